/*
 * What the server counts, as Prometheus text. Counters are C11 atomics: any thread may count, no
 * thread waits. Labels come from closed sets; never a resource's name.
 */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "base/buf.h"
#include "review/review.h"

struct metrics; /* opaque */

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m); /* NULL is fine */

enum metrics_count {
	COUNT_HANDSHAKES_OK,
	COUNT_HANDSHAKES_FAILED, /* closed before the handshake was done */
	COUNT_SHED_OVERLOAD,
	COUNT_SHED_DRAIN,
	COUNT_CROWDED_OUT, /* a connection that was cut for another one */
	COUNT_NOT_FOUND,
	COUNT_WRONG_METHOD,
	COUNT_WRONG_TYPE,
	COUNT_TOO_LARGE,
	COUNT_FORBIDDEN,
	COUNT_BAD_REVIEW,
	COUNT_CUT_OFF, /* a connection past its deadline */
	COUNT_TLS_RELOAD_OK,
	COUNT_TLS_RELOAD_FAILED,
	COUNT_POLICY_RELOAD_OK,
	COUNT_POLICY_RELOAD_FAILED,
	COUNT_SELF_MANAGE_OK,
	COUNT_SELF_MANAGE_FAILED,
	COUNTS
};

void metrics_add(struct metrics *m, enum metrics_count which);

/* One review answered; its time from the last byte of the request to the answer. */
void metrics_answer(struct metrics *m, const struct review_outcome *o, int64_t nanoseconds);

/* What is not counted but looked up when somebody asks. */
struct metrics_now {
	int64_t in_flight, connections;
	int64_t not_after; /* of the serving certificate */
	struct str policy, profile, policy_hash, version;
	bool silent; /* see server_options */
};
void metrics_print(const struct metrics *m, const struct metrics_now *now, struct buf *out);

#endif
