/* What a YAML scalar means to kubectl: the rules of yaml.v2 (YAML 1.1, a little narrower). */
#ifndef DOC_SCALAR_H
#define DOC_SCALAR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct node;

struct scalar {
	struct str text;
	const char *tag; /* in its long form, or NULL */
	bool plain;	 /* without quotes, and not a block */
};

/* Makes `out` a null, boolean, number or string (its text copied to the arena). False, with the
 * reason in `problem`, when kubectl could not apply it. */
MUST_CHECK bool scalar_value(struct arena *a, const struct scalar *s, struct node *out,
			     const char **problem);

/* The same for a key: every scalar but null has a string form. `out` is in the arena. */
MUST_CHECK bool scalar_key(struct arena *a, const struct scalar *s, struct str *out,
			   const char **problem);

#endif
