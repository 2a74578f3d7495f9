/*
 * A rule's words: its page, src/checks/pages/<id>.md. It is Markdown for a person who browses the
 * repository, and a part of the program, byte for byte: the Makefile embeds what lies in that
 * folder, so a new page needs no edit elsewhere. Its shape is fixed:
 *
 *	# <id>
 *
 *	The summary of the rule's row, with a full stop.
 *
 *	## Why
 *
 *	What really happens, in CloudNativePG's own words where it has some.
 *
 *	## What to do
 *
 *	What to write instead.
 *
 *	## Wrong
 *
 *	```yaml
 *	the least YAML that shows it
 *	```
 *
 *	## Right
 *
 *	```yaml
 *	the same, mended
 *	```
 *
 * Words are one paragraph of plain text, broken at any blank. It holds no '<', which Markdown takes
 * for HTML, and no line of it begins as a list, a heading or a quotation does.
 */
#ifndef CHECKS_PAGE_H
#define CHECKS_PAGE_H

#include "base/err.h"
#include "base/str.h"

struct arena;

struct page {
	struct str id;
	struct str summary, why, fix; /* on one line, in the arena */
	struct str bad, good;	      /* without a line break at the end; parts of the text */
};

/* Reads the text of one page. An error names the line. */
MUST_CHECK bool page_parse(struct arena *a, struct str text, struct page *out, struct err *err);

/* The page of the rule with this id. That it is there and can be read is ours to promise. */
struct page page_of(struct arena *a, const char *id);

/* Takes the text of the next page off `*rest`; false when all were taken. Start with *rest = all
 * of them: page_texts(). */
bool page_next(struct str *rest, struct str *text);
struct str page_texts(void);

#endif
