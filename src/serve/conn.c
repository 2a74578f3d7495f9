/*
 * Connections: the list of them with what each is about, and what happens in their handshakes.
 */
#include "server_internal.h"

#include "base/clock.h"

#include <stdlib.h>

#define CONN_MAGIC 0xc0220a11u

void state_set(struct conn *c, enum conn_state state)
{
	atomic_store(&c->since, clock_coarse_ms());
	atomic_store(&c->state, (int)state);
}

bool conn_is_late(const struct conn_look *look, bool crowded)
{
	const int64_t limits[] = {[CONN_HANDSHAKE] = LIMIT_HANDSHAKE_SECONDS,
				  [CONN_IDLE] =
					  crowded ? LIMIT_IDLE_CROWDED_SECONDS : LIMIT_IDLE_SECONDS,
				  [CONN_BUSY] = LIMIT_REQUEST_SECONDS};

	return look->age > limits[look->state] * 1000 &&
	       !(look->state == CONN_IDLE && look->pending);
}

bool conn_is_active(const struct conn_look *look)
{
	return look->state == CONN_BUSY || look->age < CONN_QUIET_MS || look->pending;
}

static struct conn *checked(void *context)
{
	struct conn *c = context;

	BUG_IF(!c || c->magic != CONN_MAGIC);
	return c;
}

struct conn *conn_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return checked(info ? info->socket_context : NULL);
}

static void finished(void *ctx)
{
	struct conn *c = checked(ctx);

	if (atomic_load(&c->state) != CONN_HANDSHAKE)
		return;
	metrics_add(c->generation->server->metrics, COUNT_HANDSHAKES_OK);
	state_set(c, CONN_IDLE);
}

/* A name that is not on the list gets an answer that says so, not a broken handshake. */
static void client(void *ctx, struct str der)
{
	struct conn *c = checked(ctx);
	const struct server_options *o = &c->generation->server->options;

	c->forbidden = o->client_allowed && !o->client_allowed(o->client_ctx, der);
}

static void opened(struct generation *g, struct MHD_Connection *connection, void **context)
{
	struct server *s = g->server;
	struct conn *c = calloc(1, sizeof *c);
	const union MHD_ConnectionInfo *info;

	if (!c)
		out_of_memory(sizeof *c);
	c->magic = CONN_MAGIC;
	c->generation = g;
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	c->fd = info->connect_fd;
	state_set(c, CONN_HANDSHAKE);
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	c->watch = (struct tls_watch){finished, client, c};
	c->out.fd = c->fd;
	tls_write_through(info->tls_session, &c->out);
	tls_prepare(info->tls_session, &c->watch, g->tls.client_ca.len > 0);
	*context = c;
	atomic_fetch_add(&g->connections, 1);
	atomic_fetch_add(&s->connections, 1);
	pthread_mutex_lock(&s->conns_lock);
	c->next = s->conns;
	if (c->next)
		c->next->prev = c;
	s->conns = c;
	pthread_mutex_unlock(&s->conns_lock);
}

static void closed(struct conn *c)
{
	struct generation *g = c->generation;
	struct server *s = g->server;

	pthread_mutex_lock(&s->conns_lock);
	*(c->prev ? &c->prev->next : &s->conns) = c->next;
	if (c->next)
		c->next->prev = c->prev;
	pthread_mutex_unlock(&s->conns_lock);
	if (atomic_load(&c->state) == CONN_HANDSHAKE)
		metrics_add(s->metrics, COUNT_HANDSHAKES_FAILED);
	free(c);
	atomic_fetch_sub(&s->connections, 1);
	atomic_fetch_sub(&g->connections, 1); /* last: the owner may now end the generation */
}

void conn_notify(void *cls, struct MHD_Connection *connection, void **context,
		 enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		opened(generation_of(cls), connection, context);
	else
		closed(checked(*context));
}
