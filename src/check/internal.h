/* What the files of check/ have of one another. */
#ifndef CHECK_INTERNAL_H
#define CHECK_INTERNAL_H

#include "doc/edit.h"

/* "schedule: '0 3 * * *' -> '0 0 3 * * *'"; its tree must still be there. */
void fix_describe(const struct edit *e, struct buf *out);

#endif
