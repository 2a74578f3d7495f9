/*
 * How far a run is, in one line on a terminal: from its second second on, and erased at its end.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include "base/buf.h"

struct progress {
	int64_t began, told; /* milliseconds; told 0: nothing stands there */
};

/* At `now` (milliseconds of a clock that only goes forward): not in the first second, nor more
 * often than ten times in one. */
bool progress_is_due(const struct progress *p, int64_t now);
/* What to write when it is. */
void progress_tell(struct progress *p, int64_t now, struct str words, struct buf *out);
/* What erases it; nothing when nothing stands there. */
void progress_end(struct progress *p, struct buf *out);

#endif
