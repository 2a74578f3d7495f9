/*
 * Variables in text as Flux fills them in behind a build (spec.postBuild): ${X} and the functions
 * of its envsubst, "$$" for one '$'; a plain $X is none. What each of them gives was seen with
 * github.com/fluxcd/pkg/envsubst 1.5.
 *
 * What rests on a variable of which nothing is known stays as "${X}": text that rules take for a
 * value that they do not know. A default counts, there too: ${X:=5} is 5 where nobody is seen to
 * set X, unless its name has SECRET in it.
 */
#ifndef INPUT_SUBSTITUTE_H
#define INPUT_SUBSTITUTE_H

#include "doc/render.h"

enum variable_is {
	VARIABLE_SET,
	VARIABLE_ABSENT, /* nobody sets it: it is empty */
	VARIABLE_UNKNOWN,
};

struct variables {
	/* `value` is set on VARIABLE_SET; `by`, where that is written, may be set then. */
	enum variable_is (*look)(const void *ctx, struct str name, struct str *value,
				 struct obj *by);
	const void *ctx;
};

struct substituted {
	struct str text; /* in the arena, or what it was made of */
	bool unknown;	 /* it rests on what is unknown */
	struct obj by;	 /* wrote all of it; absent: nobody did alone */
};

/* E_VALUE, without a place, where envsubst refuses the text: nothing of the build is applied. */
MUST_CHECK bool substitute_text(struct arena *a, struct str text, const struct variables *v,
				struct substituted *out, struct err *err);

/*
 * All text of the object, keys too; a value that is one variable stands where that is set. Flux
 * substitutes in the text of what was built, in which a value has lost the quotes that it had in
 * its file: "${N:=3}" becomes the number 3, ${X:=off} a boolean, and ${X:=@daily} cannot be read
 * any more (E_VALUE). An object that asks for it (label or annotation
 * kustomize.toolkit.fluxcd.io/substitute: disabled) stays as it is.
 */
MUST_CHECK bool substitute_object(struct render *r, const struct variables *v, struct err *err);

#endif
