/*
 * What rules read of a live object, in memory of its own: for inventories that outlive the text of
 * a list or a watch. A Cluster of 17 kB with its managed fields and status becomes one of some
 * hundred bytes.
 *
 * A rule reads a neighbour only through what the table says. A test holds both: that every case is
 * judged the same beside neighbours that are whole and reduced, and that no row could go.
 */
#ifndef CNPG_REDUCE_H
#define CNPG_REDUCE_H

#include "cnpg/object.h"

/* Kept only of what is judged itself: no neighbour is asked for it. */
#define REDUCE_JUDGED (1U << KINDS)

/* What is kept, with all that is below it, beside apiVersion and kind. */
struct reduce_row {
	unsigned kinds;	  /* enum kind, or-ed, and REDUCE_JUDGED */
	const char *of;	  /* the map that holds it: "metadata" */
	const char *name; /* its key, or the beginning of all keys that are meant when it ends in
			     '/' */
};

struct reduce_table {
	const struct reduce_row *rows;
	size_t len;
};
extern const struct reduce_table reduce_table;

/* `root` is an item of a list, which says no kind itself: the caller knows it. Of Secrets nothing
 * is kept here (see cnpg/provider.h). */
void object_reduce(struct obj root, enum kind kind, struct arena *a, struct object *out);
/* What is kept of one that is a neighbour and nothing else. */
void object_reduce_neighbour(struct obj root, enum kind kind, struct arena *a, struct object *out);

/* The same by another table. */
void object_reduce_by(const struct reduce_table *table, struct obj root, enum kind kind,
		      struct arena *a, struct object *out);

#endif
