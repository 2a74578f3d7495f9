/*
 * The webhook's server: libmicrohttpd over TLS (GnuTLS) with a poll loop in each of some threads,
 * and a plain-HTTP port for /healthz, /readyz and /metrics. Nothing on the path of a request opens
 * a file or a socket, or waits for a lock but those of the policy's pointer, of the cache's, and of
 * the queue of Events, which are held for no longer than it takes to read or write them.
 *
 * The owner calls server_tick about once a second; everything else happens by itself.
 */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "base/arena.h"
#include "base/err.h"
#include "policy/policy.h"
#include "serve/cache.h"
#include "serve/events.h"
#include "serve/metrics.h"

struct server; /* opaque */

/* PEM, already checked (pki/pki.h): the server only hands it to GnuTLS. Copied. */
struct server_tls {
	struct str cert, key;
	struct str client_ca; /* empty: clients are not asked for a certificate; else they must */
	int64_t not_after;    /* of the serving certificate */
};

struct server_options {
	struct str listen, health; /* "ADDR:PORT", "[ADDR]:PORT", ":PORT" (all); port 0: any */
	struct str version;
	/* Of loops, each with its connections, and as many for large reviews; 1 to
	 * LIMIT_SERVE_THREADS.
	 */
	unsigned threads;
	/* May a client with this certificate, signed by client_ca, ask? NULL: every one. Called
	 * from the server's threads. */
	bool (*client_allowed)(void *ctx, struct str der);
	void *client_ctx;
	struct cache *cache;   /* NULL: each object is judged by itself; outlives the server */
	struct events *events; /* NULL: nobody is told of denials; outlives the server */
	bool silent;	       /* both are NULL because clients are not verified: to be said */
};

/* Takes over one count of the policy, also when it fails. */
MUST_CHECK bool server_start(const struct server_options *options, const struct server_tls *tls,
			     struct policy *policy, struct server **out, struct err *err);

/* The addresses really bound: "127.0.0.1:43210". */
struct str server_listen_address(const struct server *s);
struct str server_health_address(const struct server *s);
struct metrics *server_metrics(struct server *s);

/* New connections use the new certificate and client CA; old ones are told to go with their next
 * answer. On failure the old ones stay. */
MUST_CHECK bool server_set_tls(struct server *s, const struct server_tls *tls, struct err *err);

/* Takes over one count. A request keeps the policy that it began with. */
void server_set_policy(struct server *s, struct policy *policy);

/* Cuts off who is past a deadline (limits.h), ends what a new certificate has replaced. */
void server_tick(struct server *s);

/* Later phases only: /readyz is 503 from DRAINING on, and every answer says Connection: close. */
enum server_phase {
	SERVER_SERVING,
	SERVER_DRAINING, /* requests are still answered */
	SERVER_SHEDDING, /* 503 and Retry-After: the client tries again, and finds another one */
};
void server_set_phase(struct server *s, enum server_phase phase);

/* Accepts nobody any more; who waits in the kernel's queue gets a reset when the server stops. */
void server_refuse(struct server *s);

/* No request is in flight, and none has just been. */
bool server_is_quiet(struct server *s);

void server_stop(struct server *s); /* frees it; NULL is fine */

#endif
