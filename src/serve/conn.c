/*
 * Connections: the list of them with what each is about, and what happens in their handshakes.
 */
#include "server_internal.h"

#include "base/clock.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define CONN_MAGIC 0xc0220a11u

void state_set(struct conn *c, enum conn_state state)
{
	atomic_store(&c->since, clock_coarse_ms());
	atomic_store(&c->state, (int)state);
}

/* Nothing of what it sent waits for us, so the delay is its own. */
static bool is_slow(const struct conn_look *look)
{
	return look->state == CONN_BUSY && !look->whole && !look->pending && look->left < 0;
}

bool conn_is_late(const struct conn_look *look, bool crowded)
{
	const int64_t limits[] = {[CONN_HANDSHAKE] = crowded ? LIMIT_HANDSHAKE_CROWDED_SECONDS
							     : LIMIT_HANDSHAKE_SECONDS,
				  [CONN_IDLE] = LIMIT_IDLE_SECONDS,
				  [CONN_BUSY] = LIMIT_REQUEST_SECONDS,
				  [CONN_WAITING] = INT64_MAX / 1000};

	return is_slow(look) || (look->age > limits[look->state] * 1000 &&
				 !(look->state == CONN_IDLE && look->pending));
}

/* An API server sends head and body at once, and takes what it asked for. */
static int rank_of_busy(const struct conn_look *look)
{
	if (look->whole)
		return look->age > LIMIT_BODY_SECONDS * 1000 ? 2 : 0;
	return !look->pending && look->age >= CONN_COMING_MS ? 2 : 0;
}

int conn_rank(const struct conn_look *look)
{
	if (look->state == CONN_BUSY)
		return rank_of_busy(look);
	if (look->state == CONN_HANDSHAKE || look->state == CONN_WAITING || look->pending)
		return 0;
	if (look->asked)
		return look->age < CONN_QUIET_MS ? 0 : 1;
	return look->age < CONN_COMING_MS ? 0 : 2;
}

size_t conn_worker(const size_t counts[], size_t len, size_t last)
{
	BUG_IF(!len);
	size_t best = (last + 1) % len;

	for (size_t i = 1; i < len; i++) {
		size_t other = (last + 1 + i) % len;

		if (counts[other] < counts[best])
			best = other;
	}
	return best;
}

bool conn_is_active(const struct conn_look *look)
{
	return look->state == CONN_BUSY || look->state == CONN_WAITING ||
	       look->age < CONN_QUIET_MS || look->pending;
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

/* Bytes that nobody has read: a request is on its way. */
static bool has_pending(const struct conn *c)
{
	int pending = 0;

	return ioctl(c->fd, FIONREAD, &pending) == 0 && pending > 0;
}

struct conn_look conn_look(const struct conn *c, int64_t now)
{
	return (struct conn_look){
		.state = (enum conn_state)atomic_load(&c->state),
		.age = now - atomic_load(&c->since),
		.pending = has_pending(c),
		.asked = atomic_load(&c->asked),
		.whole = atomic_load(&c->whole),
		.left = atomic_load(&c->until) / 1000 - now,
	};
}

/* Its thread sees the end of its stream, and closes. */
static void cut(struct conn *c)
{
	c->cut = true;
	shutdown(c->fd, SHUT_RDWR);
}

static void cut_for_another(struct server *s, struct conn *c)
{
	cut(c);
	metrics_add(s->metrics, COUNT_CROWDED_OUT);
}

/* Of those that are not told to go yet. */
struct census {
	size_t handshakes, others, of_address;
	struct conn *oldest; /* handshake */
};

static struct census count(const struct server *s, const struct conn *new)
{
	struct census n = {0};

	for (struct conn *c = s->conns; c; c = c->next) {
		if (c->cut)
			continue;
		if (atomic_load(&c->state) != CONN_HANDSHAKE) {
			n.of_address += memcmp(c->address, new->address, sizeof c->address) == 0;
			n.others++;
			continue;
		}
		n.handshakes++;
		if (c != new)
			n.oldest = c;
	}
	return n;
}

/* One that is past its handshake goes for `new`: of its address, or any. False when none can. */
static bool make_room(struct server *s, const struct conn *new, bool of_address)
{
	int64_t now = clock_coarse_ms(), age = 0;
	struct conn *victim = NULL;
	int highest = 1;

	for (struct conn *c = s->conns; c; c = c->next) {
		if (c == new || c->cut ||
		    (of_address && memcmp(c->address, new->address, sizeof c->address) != 0))
			continue;
		struct conn_look look = conn_look(c, now);
		int rank = conn_rank(&look);

		if (rank < highest || (rank == highest && look.age < age))
			continue;
		victim = c;
		highest = rank;
		age = look.age;
	}
	if (victim)
		cut_for_another(s, victim);
	return victim != NULL;
}

/* One more that is past its handshake: another goes when there are too many. */
static void make_fit(struct server *s, struct conn *new)
{
	if (count(s, new).of_address > LIMIT_ADDRESS_CONNECTIONS)
		new->excess = !make_room(s, new, true);
	else if (count(s, new).others > LIMIT_CONNECTIONS)
		new->excess = !make_room(s, new, false);
}

static void finished(void *ctx)
{
	struct conn *c = checked(ctx);
	struct server *s = c->worker->generation->server;

	if (atomic_load(&c->state) != CONN_HANDSHAKE)
		return;
	metrics_add(s->metrics, COUNT_HANDSHAKES_OK);
	pthread_mutex_lock(&s->conns_lock);
	state_set(c, CONN_IDLE);
	make_fit(s, c);
	pthread_mutex_unlock(&s->conns_lock);
}

/* A name that is not on the list gets an answer that says so, not a broken handshake. */
static void client(void *ctx, struct str der)
{
	struct conn *c = checked(ctx);
	const struct server_options *o = &c->worker->generation->server->options;

	c->forbidden = o->client_allowed && !o->client_allowed(o->client_ctx, der);
}

static void read_address(struct MHD_Connection *connection, unsigned char out[16])
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *from = info ? info->client_addr : NULL;

	if (from && from->sa_family == AF_INET) {
		memset(out + 10, 0xff, 2);
		memcpy(out + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	} else if (from && from->sa_family == AF_INET6) {
		memcpy(out, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
	}
}

static void opened(struct worker *w, struct MHD_Connection *connection, void **context)
{
	struct generation *g = w->generation;
	struct server *s = g->server;
	struct conn *c = calloc(1, sizeof *c);
	const union MHD_ConnectionInfo *info;

	if (!c)
		out_of_memory(sizeof *c);
	c->magic = CONN_MAGIC;
	c->worker = w;
	c->connection = connection;
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	c->fd = info->connect_fd;
	read_address(connection, c->address);
	state_set(c, CONN_HANDSHAKE);
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	c->watch = (struct tls_watch){finished, client, c};
	c->out.fd = c->fd;
	tls_write_through(info->tls_session, &c->out);
	tls_prepare(info->tls_session, &c->watch, g->tls.client_ca.len > 0);
	*context = c;
	pthread_mutex_lock(&s->conns_lock);
	c->next = s->conns;
	if (c->next)
		c->next->prev = c;
	s->conns = c;
	struct census n = count(s, c);
	if (n.handshakes > LIMIT_HANDSHAKES && n.oldest)
		cut_for_another(s, n.oldest);
	pthread_mutex_unlock(&s->conns_lock);
}

static void closed(struct conn *c)
{
	struct worker *w = c->worker;
	struct server *s = c->worker->generation->server;

	pthread_mutex_lock(&s->conns_lock);
	*(c->prev ? &c->prev->next : &s->conns) = c->next;
	if (c->next)
		c->next->prev = c->prev;
	pthread_mutex_unlock(&s->conns_lock);
	if (atomic_load(&c->state) == CONN_HANDSHAKE)
		metrics_add(s->metrics, COUNT_HANDSHAKES_FAILED);
	free(c);
	atomic_fetch_sub(&w->connections, 1); /* from here on the owner may end the generation */
	atomic_fetch_sub(&s->connections, 1);
}

void conn_notify(void *cls, struct MHD_Connection *connection, void **context,
		 enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		opened(worker_of(cls), connection, context);
	else
		closed(checked(*context));
}

void conns_cut_late(struct server *s)
{
	int64_t now = clock_coarse_ms();
	size_t handshakes = 0;

	pthread_mutex_lock(&s->conns_lock);
	for (struct conn *c = s->conns; c; c = c->next)
		handshakes += !c->cut && atomic_load(&c->state) == CONN_HANDSHAKE;
	for (struct conn *c = s->conns; c; c = c->next) {
		struct conn_look look = conn_look(c, now);

		if (c->cut || !conn_is_late(&look, handshakes > LIMIT_HANDSHAKES / 2))
			continue;
		cut(c);
		if (look.state == CONN_BUSY)
			metrics_add(s->metrics, COUNT_CUT_OFF);
	}
	pthread_mutex_unlock(&s->conns_lock);
}
