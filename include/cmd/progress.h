/*
 * How far a run is, in one line on a terminal: from its second second on, and erased at its end.
 */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include "audit/audit.h"
#include "base/buf.h"
#include "probe/stores.h"

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

/* It begins now. False: stderr is no terminal, and nobody looks. */
bool progress_begin(struct progress *p);
/* Writes one of the above to stderr. */
void progress_write(const struct buf *out);
/* Which store is asked, from its first request on; `p` must live as long as they are asked. */
struct probe_progress progress_of_stores(struct progress *p);

/* What was listed; likewise. */
struct audit_progress progress_of_lists(struct progress *p);

#endif
