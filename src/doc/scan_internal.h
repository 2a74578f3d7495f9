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

static inline void scan_blanks(struct scan *s)
{
	const unsigned char *at = s->at;

	while (at < s->end && *at <= ' ' &&
	       (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
		at++;
	s->at = at;
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

/* At the opening quote. `out` borrows from the text; where an escape stands it is in the arena, or
 * without an arena as it is written. A key keeps an escaped NUL. */
MUST_CHECK bool scan_string(struct scan *s, struct arena *a, bool key, struct str *out);

/* At a digit or '-'. The double that strtod gives in the C locale. */
MUST_CHECK bool scan_number(struct scan *s, double *out);

/* This word stands here. */
MUST_CHECK bool scan_word(struct scan *s, const char *word);

#endif
