/*
 * The property of every remedy: done as it is printed, its finding goes, and nothing else becomes a
 * denial. For what `check --fix` changes, and for a printed "key: value" where the finding stands.
 */
#ifndef UNIT_CURE_H
#define UNIT_CURE_H

#include "scene.h"

struct cure {
	size_t edited, printed; /* how many were tried */
	struct buf complaint;	/* what did not cure, a line each */
};

/* Every finding of `rule` in the documents of `text`, which are as `scene` says; `name` is for the
 * complaints. */
void cure_try(struct cure *cure, const struct scene *scene, struct str name, struct str text,
	      const char *rule);

#endif
