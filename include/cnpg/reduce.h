/*
 * What rules read of a live object, in memory of its own: for inventories that outlive the text of
 * a list or a watch. A Cluster of 17 kB with its managed fields and status becomes one of some
 * hundred bytes.
 */
#ifndef CNPG_REDUCE_H
#define CNPG_REDUCE_H

#include "cnpg/object.h"

/* `root` is an item of a list, which says no kind itself: the caller knows it. Of Secrets nothing
 * is kept here (see cnpg/provider.h). */
void object_reduce(struct obj root, enum kind kind, struct arena *a, struct object *out);

#endif
