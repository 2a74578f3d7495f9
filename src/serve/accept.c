/* New connections: one thread accepts them, and hands each to the worker that has the fewest. */
#include "server_internal.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* Until somebody has gone, when there is no room or no descriptor for one more. */
#define ACCEPT_PAUSE_MS 10

static struct worker *choose(struct acceptor *a, struct generation *g)
{
	size_t counts[LIMIT_SERVE_THREADS];

	for (size_t i = 0; i < g->len; i++)
		counts[i] = atomic_load(&g->workers[i].connections);
	a->last = conn_worker(counts, g->len, a->last);
	return &g->workers[a->last];
}

static void hand_over(struct server *s, int fd, const struct sockaddr *from, socklen_t len)
{
	pthread_mutex_lock(&s->acceptor.lock);
	struct worker *w = choose(&s->acceptor, s->generations);

	atomic_fetch_add(&s->connections, 1);
	atomic_fetch_add(&w->connections, 1);
	/* it closes the socket of one that it does not take */
	if (MHD_add_connection(w->daemon, fd, from, len) != MHD_YES) {
		atomic_fetch_sub(&w->connections, 1);
		atomic_fetch_sub(&s->connections, 1);
	}
	pthread_mutex_unlock(&s->acceptor.lock);
}

/* False: not now. */
static bool accept_one(struct server *s)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	int fd =
		accept4(s->listen_fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
	hand_over(s, fd, (const struct sockaddr *)&from, len);
	return true;
}

static void *life(void *ctx)
{
	struct server *s = ctx;
	struct pollfd on[] = {{.fd = s->acceptor.stop_fd, .events = POLLIN},
			      {.fd = s->listen_fd, .events = POLLIN}};
	bool room = true;

	for (;;) {
		room = room && atomic_load(&s->connections) < LIMIT_CONNECTIONS_HARD;
		poll(on, room ? 2 : 1, room ? -1 : ACCEPT_PAUSE_MS);
		if (on[0].revents)
			return NULL;
		room = !room || !on[1].revents || accept_one(s);
	}
}

void accept_start(struct server *s)
{
	s->acceptor.stop_fd = eventfd(0, EFD_CLOEXEC);
	s->acceptor.runs =
		s->acceptor.stop_fd >= 0 && pthread_create(&s->acceptor.thread, NULL, life, s) == 0;
	if (!s->acceptor.runs)
		out_of_memory(0);
}

void accept_stop(struct server *s)
{
	if (!s->acceptor.runs)
		return;
	eventfd_write(s->acceptor.stop_fd, 1);
	pthread_join(s->acceptor.thread, NULL);
	close(s->acceptor.stop_fd);
	s->acceptor.runs = false;
}
