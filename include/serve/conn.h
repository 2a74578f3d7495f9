/*
 * What becomes of a connection, by what is seen of it. Pure: clock and socket are the caller's.
 */
#ifndef SERVE_CONN_H
#define SERVE_CONN_H

#include <stdbool.h>
#include <stdint.h>

/* Nothing is closed on a client that has just used it, or is just coming. */
#define CONN_QUIET_MS 1000

enum conn_state { CONN_HANDSHAKE, CONN_IDLE, CONN_BUSY };

struct conn_look {
	enum conn_state state;
	int64_t age;  /* milliseconds in this state */
	bool pending; /* bytes that nobody has read: of an idle one, a request on its way */
};

/* Past its deadline (limits.h). While connections are more than LIMIT_CONNECTIONS it is crowded. */
bool conn_is_late(const struct conn_look *look, bool crowded);

/* A request is under way, or may be. */
bool conn_is_active(const struct conn_look *look);

#endif
