/* What the files of check/ have of one another. */
#ifndef CHECK_INTERNAL_H
#define CHECK_INTERNAL_H

#include "doc/edit.h"

/* "schedule: '0 3 * * *' -> '0 0 3 * * *'"; its tree must still be there. */
void fix_describe(const struct edit *e, struct buf *out);

/* A file in which a document cannot be read: it may hold what is judged, or what says how that is
 * applied. `name` is its own, without folders. */
bool strangers_are_ours(struct str bytes, struct str name);
/* A file of this name lists the fields that a test of chainsaw or kuttl compares: 01-assert.yaml,
 * 01-errors.yaml, 01-assert-ready.yaml, 01-cluster-assert.yaml. */
bool strangers_assert(struct str name);
/* This document may have provided what ours refer to, or changed it. */
bool strangers_may_provide(struct str text);

#endif
