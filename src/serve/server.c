/*
 * Generations of libmicrohttpd daemons, and the life of the server.
 */
#include "server_internal.h"

#include "base/clock.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVER_MAGIC 0x5e12fe12u
#define GENERATION_MAGIC 0x9e2e2a70u

/* AES-128 and ChaCha20 make cheaper handshakes than AES-256 with this library; key exchange with
 * forward secrecy only. */
static const char priorities[] =
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM:+CHACHA20-POLY1305:+AES-256-GCM:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%SERVER_PRECEDENCE";

struct server *server_of(void *cls)
{
	struct server *s = cls;

	BUG_IF(!s || s->magic != SERVER_MAGIC);
	return s;
}

struct worker *worker_of(void *cls)
{
	struct worker *w = cls;

	BUG_IF(!w || !w->generation || w->generation->magic != GENERATION_MAGIC);
	return w;
}

struct policy *state_policy(struct server *s)
{
	pthread_mutex_lock(&s->state_lock);
	struct policy *p = policy_acquire(s->policy);
	pthread_mutex_unlock(&s->state_lock);
	return p;
}

void server_set_policy(struct server *s, struct policy *policy)
{
	pthread_mutex_lock(&s->state_lock);
	struct policy *old = s->policy;
	s->policy = policy;
	pthread_mutex_unlock(&s->state_lock);
	policy_drop(old);
}

static void generation_free(struct generation *g)
{
	while (g->len) {
		struct worker *w = &g->workers[--g->len];

		if (w->daemon)
			MHD_stop_daemon(w->daemon);
		arena_free(w->arena);
	}
	arena_free(g->material);
	free(g);
}

/* A path is compared as it was sent: unescaped, "/validate%00/audit" would end at its NUL. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls, (void)connection;
	return strlen(text);
}

static struct MHD_Daemon *start_daemon(struct worker *w)
{
	const struct server_tls *tls = &w->generation->tls;
	struct MHD_OptionItem options[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)tls->cert.ptr},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)tls->key.ptr},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities},
		{MHD_OPTION_CONNECTION_LIMIT, LIMIT_CONNECTIONS_HARD, NULL},
		{MHD_OPTION_CONNECTION_MEMORY_LIMIT, LIMIT_CONNECTION_BYTES, NULL},
		{MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_escapes, NULL},
		{tls->client_ca.len ? MHD_OPTION_HTTPS_MEM_TRUST : MHD_OPTION_END, 0,
		 (void *)(uintptr_t)tls->client_ca.ptr},
		{MHD_OPTION_END, 0, NULL},
	};

	/* poll, not epoll: in epoll mode a client that stalls in its handshake costs a core */
	return MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
					MHD_USE_TLS | MHD_ALLOW_SUSPEND_RESUME,
				0, NULL, NULL, handler_request, w, MHD_OPTION_NOTIFY_COMPLETED,
				handler_completed, w, MHD_OPTION_NOTIFY_CONNECTION, conn_notify, w,
				MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static bool start_workers(struct generation *g)
{
	while (g->len < g->server->options.threads) {
		struct worker *w = &g->workers[g->len++];

		w->generation = g;
		w->arena = arena_new();
		w->daemon = start_daemon(w);
		if (!w->daemon)
			return false;
	}
	return true;
}

bool server_set_tls(struct server *s, const struct server_tls *tls, struct err *err)
{
	struct generation *old = s->generations, *g = calloc(1, sizeof *g);

	if (!g)
		out_of_memory(sizeof *g);
	g->magic = GENERATION_MAGIC;
	g->server = s;
	g->next = old;
	g->material = arena_new();
	g->tls = (struct server_tls){.cert = arena_str(g->material, tls->cert),
				     .key = arena_str(g->material, tls->key),
				     .client_ca = arena_str(g->material, tls->client_ca),
				     .not_after = tls->not_after};
	if (!start_workers(g)) {
		generation_free(g);
		return err_set(err, E_CRYPTO, "GnuTLS does not take the certificate or its key");
	}
	pthread_mutex_lock(&s->acceptor.lock);
	s->generations = g;
	pthread_mutex_unlock(&s->acceptor.lock);
	atomic_store(&s->not_after, tls->not_after);
	if (old)
		atomic_store(&old->retired, true);
	return true;
}

static bool start_health(struct server *s, struct err *err)
{
	s->health =
		MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL,
				 health_request, s, MHD_OPTION_LISTEN_SOCKET, s->health_fd,
				 MHD_OPTION_CONNECTION_LIMIT, LIMIT_HEALTH_CONNECTIONS,
				 MHD_OPTION_NOTIFY_CONNECTION, health_notify, s, MHD_OPTION_END);
	if (!s->health)
		return err_set(err, E_IO, "cannot start the health port");
	return true;
}

bool server_start(const struct server_options *options, const struct server_tls *tls,
		  struct policy *policy, struct server **out, struct err *err)
{
	struct server *s = calloc(1, sizeof *s);

	if (!s)
		out_of_memory(sizeof *s);
	s->magic = SERVER_MAGIC;
	s->options = *options;
	s->metrics = metrics_new();
	s->policy = policy;
	s->listen_fd = s->health_fd = -1;
	for (size_t i = 0; i < ARRAY_LEN(s->callers); i++)
		s->callers[i].fd = -1;
	pthread_mutex_init(&s->acceptor.lock, NULL);
	pthread_mutex_init(&s->conns_lock, NULL);
	pthread_mutex_init(&s->state_lock, NULL);
	large_start(&s->large, options->threads, handler_answer);
	if (!listen_on(options->listen, &s->listen_fd, s->listen_address, err) ||
	    !listen_on(options->health, &s->health_fd, s->health_address, err) ||
	    !server_set_tls(s, tls, err) || !start_health(s, err)) {
		server_stop(s);
		return false;
	}
	accept_start(s);
	*out = s;
	return true;
}

struct str server_listen_address(const struct server *s)
{
	return str_from(s->listen_address);
}

struct str server_health_address(const struct server *s)
{
	return str_from(s->health_address);
}

struct metrics *server_metrics(struct server *s)
{
	return s->metrics;
}

void server_set_phase(struct server *s, enum server_phase phase)
{
	atomic_store(&s->phase, (int)phase);
}

static bool is_empty(const struct generation *g)
{
	for (size_t i = 0; i < g->len; i++)
		if (atomic_load(&g->workers[i].connections))
			return false;
	return true;
}

static void end_retired(struct server *s)
{
	struct generation **at = &s->generations->next;

	while (*at) {
		struct generation *g = *at;

		if (!is_empty(g)) {
			at = &g->next;
			continue;
		}
		*at = g->next;
		generation_free(g);
	}
}

/* What a burst of connections has left behind goes back to the system when they have gone. */
static void trim(struct server *s)
{
	if (atomic_load(&s->connections)) {
		s->used = true;
	} else if (s->used) { /* once */
		large_rest(&s->large);
		s->used = malloc_trim(0) < 0;
	}
}

void server_tick(struct server *s)
{
	conns_cut_late(s);
	health_cut_late(s);
	end_retired(s);
	trim(s);
}

void server_refuse(struct server *s)
{
	accept_stop(s);
}

bool server_is_quiet(struct server *s)
{
	int64_t now = clock_coarse_ms();
	bool quiet = atomic_load(&s->in_flight) == 0;

	pthread_mutex_lock(&s->conns_lock);
	for (struct conn *c = s->conns; c && quiet; c = c->next) {
		struct conn_look look = conn_look(c, now);

		quiet = !conn_is_active(&look);
	}
	pthread_mutex_unlock(&s->conns_lock);
	return quiet;
}

void server_stop(struct server *s)
{
	if (!s)
		return;
	accept_stop(s);
	large_stop(
		&s->large); /* libmicrohttpd ends the program when a suspended connection is left */
	if (s->health)
		MHD_stop_daemon(s->health);
	else if (s->health_fd >= 0)
		close(s->health_fd);
	while (s->generations) {
		struct generation *g = s->generations;

		s->generations = g->next;
		generation_free(g);
	}
	if (s->listen_fd >= 0)
		close(s->listen_fd);
	policy_drop(s->policy);
	metrics_free(s->metrics);
	pthread_mutex_destroy(&s->acceptor.lock);
	pthread_mutex_destroy(&s->conns_lock);
	pthread_mutex_destroy(&s->state_lock);
	large_free(&s->large);
	free(s);
}
