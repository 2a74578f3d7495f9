/* Inside cmd/: an edit in words. */
#ifndef CHECK_FIX_WORDS_H
#define CHECK_FIX_WORDS_H

#include "doc/edit.h"

/* "schedule: '0 3 * * *' -> '0 0 3 * * *'"; its tree must still be there. */
void fix_describe(const struct edit *e, struct buf *out);

#endif
