/* A server on loopback in a thread: it answers with given bytes, and keeps what it was sent. */
#ifndef UNIT_PEER_H
#define UNIT_PEER_H

#include "base/arena.h"

#include <pthread.h>

struct peer {
	int fd;
	pthread_t thread;
	const char *const *answers; /* one for each connection; NULL behind the last */
	const char *one[2];
	char url[64], asked[16384]; /* of all connections, one behind the other */
	size_t len;
};

void peer_begin(struct peer *p, const char *answer);
void peer_begin_with(struct peer *p, const char *const *answers);
/* One that lives otherwise; `answer` is p->one[0]. */
void peer_listen(struct peer *p, const char *answer, void *(*life)(void *));
void peer_end(struct peer *p);
/* The end of it, and the request lines, one below the other, without their protocol. */
struct str peer_asked(struct peer *p, struct arena *a);

#endif
