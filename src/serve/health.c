/* The plain-HTTP port: /healthz, /readyz and /metrics. */
#include "server_internal.h"

#include "base/clock.h"

#include <string.h>
#include <sys/socket.h>

/* Its thread sees the end of the stream, and closes. */
static void cut(struct caller *c)
{
	shutdown(c->fd, SHUT_RDWR);
	c->since = INT64_MAX;
}

/* The new one takes a free place; when few are left the oldest goes. */
static void opened(struct server *s, int fd)
{
	struct caller *oldest = NULL, *mine = NULL;
	size_t taken = 0;

	for (size_t i = 0; i < ARRAY_LEN(s->callers); i++) {
		struct caller *c = &s->callers[i];

		if (c->fd < 0) {
			mine = c;
			continue;
		}
		taken++;
		if (c->since < (oldest ? oldest->since : INT64_MAX))
			oldest = c;
	}
	if (mine)
		*mine = (struct caller){fd, clock_coarse_ms()};
	if (taken >= LIMIT_HEALTH_CROWDED && oldest)
		cut(oldest);
}

static void closed(struct server *s, int fd)
{
	for (size_t i = 0; i < ARRAY_LEN(s->callers); i++)
		if (s->callers[i].fd == fd)
			s->callers[i].fd = -1;
}

void health_notify(void *cls, struct MHD_Connection *connection, void **context,
		   enum MHD_ConnectionNotificationCode code)
{
	struct server *s = server_of(cls);
	int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;

	(void)context;
	pthread_mutex_lock(&s->conns_lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		opened(s, fd);
	else
		closed(s, fd);
	pthread_mutex_unlock(&s->conns_lock);
}

void health_cut_late(struct server *s)
{
	int64_t now = clock_coarse_ms();

	pthread_mutex_lock(&s->conns_lock);
	for (size_t i = 0; i < ARRAY_LEN(s->callers); i++)
		if (s->callers[i].fd >= 0 &&
		    now - s->callers[i].since > LIMIT_HEALTH_SECONDS * 1000)
			cut(&s->callers[i]);
	pthread_mutex_unlock(&s->conns_lock);
}

static int readiness(struct server *s, struct buf *out)
{
	const struct cache *cache = s->options.cache;
	int64_t now = clock_coarse_ms();

	if (atomic_load(&s->phase) != SERVER_SERVING) {
		buf_text(out, "stopping\n");
		return 503;
	}
	if (clock_utc() > atomic_load(&s->not_after)) {
		buf_text(out, "the serving certificate has expired\n");
		return 503;
	}
	if (cache && !cache_is_ready(cache, now)) {
		buf_text(out, "starting");
		cache_describe(cache, now, out);
		return 503;
	}
	buf_text(out, "ok");
	if (cache)
		cache_describe(cache, now, out);
	else
		buf_text(out,
			 s->options.silent
				 ? "; clients are not verified: nothing is told of other objects\n"
				 : "\n");
	return 200;
}

static int metrics(struct server *s, struct buf *out)
{
	struct policy *policy = state_policy(s);
	struct metrics_now now = {
		.in_flight = (int64_t)atomic_load(&s->in_flight),
		.connections = (int64_t)atomic_load(&s->connections),
		.not_after = atomic_load(&s->not_after),
		.policy = policy_name(policy),
		.profile = policy_profile_name(policy),
		.policy_hash = policy_hash(policy),
		.version = s->options.version,
		.silent = s->options.silent,
	};

	metrics_print(s->metrics, &now, out);
	if (s->options.cache)
		cache_metrics(s->options.cache, clock_coarse_ms(), out);
	if (s->options.events)
		events_metrics(s->options.events, out);
	policy_drop(policy);
	return 200;
}

static int answer(struct server *s, const char *url, const char *method, struct buf *out)
{
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
		buf_text(out, "only GET\n");
		return 405;
	}
	if (strcmp(url, "/healthz") == 0) {
		buf_text(out, "ok\n");
		return 200;
	}
	if (strcmp(url, "/readyz") == 0)
		return readiness(s, out);
	if (strcmp(url, "/metrics") == 0)
		return metrics(s, out);
	buf_text(out, "there are /healthz, /readyz and /metrics\n");
	return 404;
}

enum MHD_Result health_request(void *cls, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *bytes,
			       size_t *len, void **context)
{
	struct buf body CLEANUP(buf) = {0};

	(void)version, (void)bytes;
	if (!*context) { /* headers are complete; a body may follow, and is thrown away */
		*context = cls;
		return MHD_YES;
	}
	if (*len) {
		*len = 0;
		return MHD_YES;
	}
	int status = answer(server_of(cls), url, method, &body);
	struct MHD_Response *r =
		MHD_create_response_from_buffer(body.len, body.ptr, MHD_RESPMEM_MUST_COPY);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE,
				"text/plain; version=0.0.4; charset=utf-8");
	if (status == 405)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	enum MHD_Result queued = MHD_queue_response(connection, (unsigned int)status, r);
	MHD_destroy_response(r);
	return queued;
}
