/*
 * Objects that two applied folders define: each overwrites the other. Two environments, of which
 * each Kubernetes cluster has one, are no such folders; the names of folders tell them, as far as
 * they can.
 */
#ifndef INPUT_CLAIMS_H
#define INPUT_CLAIMS_H

#include "cnpg/object.h"
#include "input/forks.h"

/* Somebody who defines an object. */
struct claim {
	struct str what;   /* the object, with its namespace */
	struct str folder; /* that is applied, absolute */
	struct str file;   /* in which the object stands, as it is reported */
	struct str root;   /* who applies it, as it is reported */
	/* out: defined_too, the file of another claim, or its root if the file is one; and
	 * defined_alike */
	struct object *object;
	const struct place *applier; /* of the folder; two that are apart are of two clusters */
};

struct claims {
	struct arena *arena;
	void *all; /* a tsearch tree of the first of each */
};

/* Says to it and to the first claim of the same object that there are two, unless both are of one
 * root, or may be of two environments. */
void claims_add(struct claims *c, const struct claim *claim);
void claims_release(struct claims *c);

#endif
