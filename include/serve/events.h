/*
 * Denials on their way to Kubernetes Events: what requests put in, and a thread with a connection
 * to the API server takes out (webhook/events.h). This decides what is written when.
 *
 * The same denial again is counted, and told by the same Event. Nothing is written about it within
 * LIMIT_EVENTS_PAUSE_SECONDS of the last time; of all together LIMIT_EVENTS_BURST at once, then one
 * a second. What finds LIMIT_EVENTS others waiting is dropped. A request waits for one lock, which
 * nobody holds while anything is awaited.
 *
 * `now` is in milliseconds of the monotonic clock; times in Events are seconds, UTC.
 */
#ifndef SERVE_EVENTS_H
#define SERVE_EVENTS_H

#include "base/arena.h"
#include "review/review.h"

struct events; /* opaque */

struct events *events_new(void);
void events_free(struct events *e); /* NULL is fine */

void events_add(struct events *e, const struct review_denial *d, int64_t time, int64_t now);

/* An Event to be written. */
struct events_task {
	struct review_denial denial; /* in the arena given */
	int64_t first, last;	     /* of the denials not yet told */
	int64_t count;		     /* of them */
	/* The Event as it was left; version is empty when there is none that we know of. */
	struct str version;
	int64_t told; /* its count */
	size_t slot;
};

/* The next that is due; false: none is. Each one taken is given back by events_done. */
bool events_take(struct events *e, int64_t now, struct arena *a, struct events_task *out);

enum events_result {
	EVENTS_CREATED,
	EVENTS_UPDATED,
	EVENTS_FAILED, /* for good */
	EVENTS_LATER,  /* nobody answered: again after the pause, a few times */
};
/* What was written, as version and told of the task say; not read of the last two results. */
void events_done(struct events *e, const struct events_task *task, enum events_result result,
		 int64_t now);

/* Waits until something may be due. False: events_stop was called. */
bool events_wait(struct events *e);
/* Of the life that is left: no Event waits for its pause any more. */
void events_hurry(struct events *e);
void events_stop(struct events *e);
bool events_stopped(const struct events *e);

size_t events_waiting(struct events *e); /* denials told apart that no Event tells yet */
void events_metrics(struct events *e, struct buf *out);

#endif
