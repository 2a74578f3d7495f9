/* The anchors of one YAML document by name. A search takes the logarithm of their number, whatever
 * the names: a file may choose them so that they collide in any table. */
#ifndef DOC_ANCHORS_H
#define DOC_ANCHORS_H

#include "tree_internal.h"

struct anchor {
	const char *name;
	const struct placed *node; /* of the latest of the name */
	bool open;		   /* it is still being read */
};

/* A tsearch tree; begins as NULL. */
struct anchors {
	void *root;
};

/* Names the node that begins; a later anchor of the same name takes its place. NULL without a
 * name. In the arena. */
struct anchor *anchors_open(struct anchors *all, struct arena *a, const char *name,
			    const struct placed *node);

void anchor_close(struct anchor *a); /* NULL is fine */

const struct anchor *anchors_find(const struct anchors *all, const char *name);

void anchors_release(struct anchors *all); /* before the arena is rewound */

#endif
