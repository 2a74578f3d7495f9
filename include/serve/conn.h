/*
 * What becomes of a connection, by what is seen of it. Pure: clock and socket are the caller's.
 */
#ifndef SERVE_CONN_H
#define SERVE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing is closed on a client that has just used it, or is just coming. */
#define CONN_QUIET_MS 1000
/* A new one says what it wants within this, or can wait. */
#define CONN_COMING_MS 250

enum conn_state {
	CONN_HANDSHAKE,
	CONN_IDLE,
	CONN_BUSY,    /* its request comes, or its answer goes */
	CONN_WAITING, /* its request is here, and waits for us */
};

struct conn_look {
	enum conn_state state;
	int64_t age;  /* milliseconds in this state */
	bool pending; /* bytes that nobody has read: of an idle one, a request on its way */
	bool asked;   /* it had an answer to a review already */
	bool whole;   /* of a busy one: its body is there */
	int64_t left; /* of a busy one: milliseconds until its body is slower than LIMIT_BODY_PACE
		       */
};

/* Past its deadline (limits.h). It is crowded when half of LIMIT_HANDSHAKES are there. */
bool conn_is_late(const struct conn_look *look, bool crowded);

/* Who past its handshake goes first when there are too many: the higher, and of two that are alike
 * the older. 0: never, for it may be just what an API server waits for. */
int conn_rank(const struct conn_look *look);

/* Which of `len` workers, one at least, gets a new one: the one with the fewest; of several the
 * next after the one that got the last. */
size_t conn_worker(const size_t counts[], size_t len, size_t last);

/* A request is under way, or may be. */
bool conn_is_active(const struct conn_look *look);

#endif
