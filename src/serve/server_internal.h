/*
 * What the files of this layer share. Threads: the owner's (start, reload, tick, stop), one that
 * accepts (accept.c), the workers of each generation (each has its connections, and answers their
 * small reviews), as many for large reviews (large.c), one for the health port.
 */
#ifndef SERVE_SERVER_INTERNAL_H
#define SERVE_SERVER_INTERNAL_H

#include "serve/conn.h"
#include "serve/server.h"

#include "base/limits.h"
#include "tls_internal.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* What we answer instead of a review; rows in handler.c. */
enum refusal {
	REFUSE_NOT,
	REFUSE_NOT_FOUND,
	REFUSE_METHOD,
	REFUSE_TYPE,
	REFUSE_LENGTH,
	REFUSE_LARGE,
	REFUSE_FORBIDDEN,
	REFUSE_OVERLOAD,
	REFUSE_DRAIN,
};

/* A connection to the webhook, and its request: HTTP/1.1 has one at a time. */
struct conn {
	uint32_t magic;
	struct worker *worker;
	struct conn *prev, *next; /* of the server's list, under its lock */
	struct MHD_Connection *connection;
	int fd;
	unsigned char address[16]; /* of the client; IPv4 as IPv6 has it */
	bool cut;		   /* told to go; under the server's lock */
	bool excess; /* there were too many when it came, and none that could go for it */

	/* Written by the connection's thread, `since` first; read by the owner's. */
	_Atomic int64_t since;	  /* milliseconds, monotonic */
	atomic_int state;	  /* enum conn_state */
	_Atomic int64_t until;	  /* microseconds, monotonic: its body is too slow from then on */
	atomic_bool asked, whole; /* see struct conn_look */

	/* Of the connection's thread alone; while it is CONN_WAITING, of who answers it. */
	struct tls_watch watch;
	struct tls_out out;
	bool forbidden; /* its certificate is not on the list */
	enum refusal refusal;
	enum policy_mode softened; /* by the path of the request */
	struct buf body;
	bool small;	  /* the body was announced as such, and is it so far */
	int64_t received; /* of the body, what was thrown away included */
	int64_t whole_at; /* clock_ns: when the last of it came */
	int status;
	struct MHD_Response *response; /* NULL: none yet */
	struct conn *next_large;       /* of those that wait */
};

/* Large reviews that wait for a thread, and the threads that answer them. */
typedef void large_answer_fn(struct conn *c, struct arena *a);
struct large {
	large_answer_fn *answer;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct conn *first, **last;
	size_t bytes;			     /* of the bodies being answered */
	struct buf spare[LIMIT_LARGE_SPARE]; /* for bodies to come */
	size_t spare_len;
	size_t keep;  /* bytes that each thread may keep for the next review */
	bool resting; /* nobody is there who could ask */
	bool stopped;
	pthread_t threads[LIMIT_SERVE_THREADS];
	size_t len;
};

/* A libmicrohttpd daemon of one thread. */
struct worker {
	struct generation *generation;
	struct MHD_Daemon *daemon;
	struct arena *arena;	   /* of the small review that it answers */
	atomic_size_t connections; /* those that it has not seen yet included */
};

/* The workers with one certificate. */
struct generation {
	uint32_t magic;
	struct server *server;
	struct worker workers[LIMIT_SERVE_THREADS];
	size_t len;
	struct generation *next; /* older */
	struct arena *material;	 /* of tls */
	struct server_tls tls;
	atomic_bool retired;
};

/* Who gives connections to the newest generation. */
struct acceptor {
	pthread_mutex_t lock; /* while one is given: no other is the newest until it is counted */
	pthread_t thread;
	bool runs;
	int stop_fd; /* an eventfd */
	size_t last; /* the worker that got the last one */
};

/* A connection to the health port. */
struct caller {
	int fd; /* -1: free */
	int64_t since;
};

struct server {
	uint32_t magic;
	struct server_options options;
	struct metrics *metrics;
	int listen_fd, health_fd;
	char listen_address[64], health_address[64];
	struct MHD_Daemon *health;
	struct generation
		*generations; /* newest first; the owner's, the first also the acceptor's */
	struct acceptor acceptor;
	bool used;	  /* since the last trim; the owner's */
	atomic_int phase; /* enum server_phase */
	_Atomic int64_t not_after;
	atomic_size_t connections, in_flight, body_bytes;

	pthread_mutex_t conns_lock;
	struct conn *conns;				 /* newest first */
	struct caller callers[LIMIT_HEALTH_CONNECTIONS]; /* under the same lock */
	pthread_mutex_t state_lock;			 /* for an instant only */
	struct policy *policy;

	struct large large;
};

struct policy *state_policy(struct server *s); /* one count for the caller */
void state_set(struct conn *c, enum conn_state state);

struct worker *worker_of(void *cls);
struct server *server_of(void *cls);
struct conn *conn_of(struct MHD_Connection *connection);

/* listen.c: a listening socket, not blocking, and the address it has. */
MUST_CHECK bool listen_on(struct str address, int *fd, char text[static 64], struct err *err);

/* accept.c: its thread. Stopped, nobody is accepted any more; twice is fine. */
void accept_start(struct server *s);
void accept_stop(struct server *s);

/* conn.c: cuts off who is past a deadline. */
void conns_cut_late(struct server *s);
/* health.c: the same for the health port. */
void health_cut_late(struct server *s);
struct conn_look conn_look(const struct conn *c, int64_t now);

/* large.c: its threads, and their end: what still waits then is refused. It is freed when no
 * connection is left that could ask. */
void large_start(struct large *l, size_t threads, large_answer_fn *answer);
void large_stop(struct large *l);
void large_free(struct large *l);
/* A buffer for a large body, and its way back: empty, it may have memory already. */
struct buf large_body(struct large *l);
void large_body_back(struct large *l, struct buf *body);
/* Until the next such body nothing is kept for it. */
void large_rest(struct large *l);
/* Suspends the connection until its review is answered. False: it is stopped, nobody will. */
MUST_CHECK bool large_push(struct large *l, struct conn *c);
/* handler.c: the review of a whole body, to the response that will be sent. Any thread's. */
large_answer_fn handler_answer;

/* conn.c, handler.c, health.c: callbacks of libmicrohttpd. */
void conn_notify(void *cls, struct MHD_Connection *connection, void **context,
		 enum MHD_ConnectionNotificationCode code);
enum MHD_Result handler_request(void *cls, struct MHD_Connection *connection, const char *url,
				const char *method, const char *version, const char *bytes,
				size_t *len, void **context);
void handler_completed(void *cls, struct MHD_Connection *connection, void **context,
		       enum MHD_RequestTerminationCode code);
void health_notify(void *cls, struct MHD_Connection *connection, void **context,
		   enum MHD_ConnectionNotificationCode code);
enum MHD_Result health_request(void *cls, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *bytes,
			       size_t *len, void **context);

#endif
