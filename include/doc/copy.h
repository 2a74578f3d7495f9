/*
 * A document that is put together of parts of others, in memory of its own: members of maps are
 * copied with all that is below them. It has no positions.
 */
#ifndef DOC_COPY_H
#define DOC_COPY_H

#include "doc/obj.h"

#define COPY_DEPTH 8 /* maps that are open at once */

struct copy {
	struct arena *arena;
	struct doc *doc;
	struct cJSON **link[COPY_DEPTH]; /* where the next member goes, of each map that is open */
	size_t depth;
	char *room; /* for text */
	size_t left;
};

/* The document, in the arena: an empty map, which is open. */
const struct doc *copy_begin(struct copy *c, struct arena *a);

/* To the map that was opened last; keys are the caller's to keep different. */
void copy_member(struct copy *c, struct obj member);
void copy_text(struct copy *c, const char *key, struct str text);

void copy_open(struct copy *c, const char *key); /* a map in it */
void copy_close(struct copy *c);

#endif
