/*
 * The tokens of a JSON text (RFC 8259), and nothing of what cJSON lets pass: bytes that are not
 * UTF-8, raw NUL and control bytes, numbers such as 01. On an error `err` has its place.
 */
#ifndef DOC_SCAN_H
#define DOC_SCAN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct scan {
	struct str text;
	const unsigned char *at, *end; /* of the text: what comes next, and behind its last */
	struct err *err;
	bool nul; /* a string that was taken holds an escaped NUL */
};

/* What strings become: nothing without an arena; a key keeps an escaped NUL as it is written. */
struct scan_text {
	struct arena *arena;
	bool key;
};

static inline void scan_blanks(struct scan *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
		s->at++;
}

static inline bool scan_at(const struct scan *s, char c)
{
	return s->at < s->end && *s->at == (unsigned char)c;
}

static inline size_t scan_offset(const struct scan *s, const unsigned char *at)
{
	return (size_t)(at - (const unsigned char *)s->text.ptr);
}

/* An error at this place; at the end of the text, that it ends. Returns false. */
bool scan_fail(struct scan *s, const char *what);

/* At the opening quote. `out` borrows from the text, or is in the arena where an escape stands. */
MUST_CHECK bool scan_string(struct scan *s, struct scan_text how, struct str *out);

/* At a digit or '-'. The double that strtod gives in the C locale. */
MUST_CHECK bool scan_number(struct scan *s, double *out);

/* This word stands here. */
MUST_CHECK bool scan_word(struct scan *s, const char *word);

#endif
