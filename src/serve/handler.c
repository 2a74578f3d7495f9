/* A request to the webhook, from its first header to its answer. */
#include "server_internal.h"

#include "base/clock.h"

#include "review/review.h"

#include <string.h>

/* A namespace is in a mode by its label: a review carries no labels of its namespace, but each
 * webhook with a namespaceSelector has a path of its own. */
static const char *const paths[] = {
	[MODE_ENFORCE] = "/validate", /* as the policy says */
	[MODE_WARN] = "/validate/warn",
	[MODE_AUDIT] = "/validate/audit",
};

static const struct {
	int status;
	const char *reason; /* metav1.StatusReason */
	const char *message;
	enum metrics_count count;
	bool retry; /* later, or somebody else */
	bool close;
} refusals[] = {
	[REFUSE_NOT_FOUND] =
		{.status = 404,
		 .reason = "NotFound",
		 .message =
			 "reviews are answered at POST /validate, /validate/warn and /validate/audit",
		 .count = COUNT_NOT_FOUND},
	[REFUSE_METHOD] = {.status = 405,
			   .reason = "MethodNotAllowed",
			   .message = "a review comes by POST",
			   .count = COUNT_WRONG_METHOD},
	[REFUSE_TYPE] = {.status = 415,
			 .reason = "UnsupportedMediaType",
			 .message = "a review comes as application/json",
			 .count = COUNT_WRONG_TYPE},
	[REFUSE_LENGTH] = {.status = 400,
			   .reason = "BadRequest",
			   .message = "the headers say two lengths of the body",
			   .count = COUNT_BAD_REVIEW,
			   .close = true},
	[REFUSE_LARGE] = {.status = 413,
			  .reason = "RequestEntityTooLarge",
			  .message = "the body is larger than 8 MiB; an API server sends at most 7",
			  .count = COUNT_TOO_LARGE,
			  .close = true},
	[REFUSE_FORBIDDEN] = {.status = 403,
			      .reason = "Forbidden",
			      .message =
				      "no name of the client certificate is one of --client-name",
			      .count = COUNT_FORBIDDEN,
			      .close = true},
	[REFUSE_OVERLOAD] = {.status = 503,
			     .reason = "ServiceUnavailable",
			     .message = "too many requests at once; try again",
			     .count = COUNT_SHED_OVERLOAD,
			     .retry = true,
			     .close = true},
	[REFUSE_DRAIN] = {.status = 503,
			  .reason = "ServiceUnavailable",
			  .message = "stopping; try again for another replica",
			  .count = COUNT_SHED_DRAIN,
			  .retry = true,
			  .close = true},
};
_Static_assert(LIMIT_BODY_BYTES == 8u << 20, "the message of REFUSE_LARGE says 8 MiB");

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool is_json(const char *content_type)
{
	struct str rest = str_from(content_type), type;

	if (!content_type)
		return true;
	str_split(&rest, ';', &type);
	return str_eq_nocase(str_trim(type), STR("application/json"));
}

static int64_t announced(struct MHD_Connection *connection)
{
	int64_t n;

	return str_to_i64(str_from(header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH)), &n) ? n : 0;
}

struct lengths {
	const char *first;
	bool differ;
};

static enum MHD_Result each_length(void *cls, enum MHD_ValueKind kind, const char *name,
				   const char *value)
{
	struct lengths *l = cls;

	(void)kind;
	if (!str_eq_nocase(str_from(name), STR(MHD_HTTP_HEADER_CONTENT_LENGTH)))
		return MHD_YES;
	l->differ |= l->first && !str_is(str_from(value), l->first);
	l->first = value;
	return MHD_YES;
}

/* Of two lengths, or one beside chunks, each reader between the client and us may take another. */
static bool lengths_differ(struct MHD_Connection *connection)
{
	struct lengths l = {NULL, false};

	MHD_get_connection_values(connection, MHD_HEADER_KIND, each_length, &l);
	return l.differ || (l.first && header(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING));
}

static bool find_path(const char *url, enum policy_mode *softened)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (strcmp(url, paths[i]) == 0) {
			*softened = (enum policy_mode)i;
			return true;
		}
	}
	return false;
}

static enum refusal judge_head(struct conn *c, struct MHD_Connection *connection, const char *url,
			       const char *method)
{
	struct server *s = c->worker->generation->server;

	if (c->forbidden)
		return REFUSE_FORBIDDEN;
	if (lengths_differ(connection))
		return REFUSE_LENGTH;
	if (!find_path(url, &c->softened))
		return REFUSE_NOT_FOUND;
	if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
		return REFUSE_METHOD;
	if (atomic_load(&s->phase) == SERVER_SHEDDING)
		return REFUSE_DRAIN;
	if (c->excess && atomic_load(&s->connections) > LIMIT_ADDRESS_CONNECTIONS)
		return REFUSE_OVERLOAD;
	if (!is_json(header(connection, MHD_HTTP_HEADER_CONTENT_TYPE)))
		return REFUSE_TYPE;
	if (announced(connection) > LIMIT_BODY_BYTES)
		return REFUSE_LARGE;
	return REFUSE_NOT;
}

static void drop_body(struct conn *c)
{
	struct server *s = c->worker->generation->server;

	if (c->small) {
		buf_release(&c->body);
		return;
	}
	atomic_fetch_sub(&s->body_bytes, c->body.len);
	large_body_back(&s->large, &c->body);
}

/* libmicrohttpd copies it: what it sends late must not keep the arena. */
static void set_answer(struct conn *c, int status, struct str body)
{
	c->status = status;
	c->response = MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.ptr,
						      MHD_RESPMEM_MUST_COPY);
	if (!c->response)
		out_of_memory(body.len);
}

static void drop_answer(struct conn *c)
{
	if (c->response)
		MHD_destroy_response(c->response);
	c->response = NULL;
}

static enum MHD_Result send_answer(struct conn *c, struct MHD_Connection *connection)
{
	const struct generation *g = c->worker->generation;
	enum refusal why = c->refusal;
	struct MHD_Response *r = c->response;

	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	if (why == REFUSE_METHOD)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, MHD_HTTP_METHOD_POST);
	if (refusals[why].retry)
		MHD_add_response_header(r, MHD_HTTP_HEADER_RETRY_AFTER, "1");
	if (refusals[why].close || atomic_load(&g->retired) ||
	    atomic_load(&g->server->phase) != SERVER_SERVING)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
	enum MHD_Result queued = MHD_queue_response(connection, (unsigned int)c->status, r);
	drop_answer(c);
	return queued;
}

static enum MHD_Result refuse(struct conn *c, struct MHD_Connection *connection)
{
	CLEANUP(buf) struct buf body = {0};

	metrics_add(c->worker->generation->server->metrics, refusals[c->refusal].count);
	review_status(refusals[c->refusal].status, refusals[c->refusal].reason,
		      refusals[c->refusal].message, &body);
	set_answer(c, refusals[c->refusal].status, buf_slice(&body));
	return send_answer(c, connection);
}

static void tell_of(struct events *events, const struct review_outcome *outcome, struct arena *a,
		    int64_t time)
{
	struct review_denial denial;

	review_denial(outcome, a, &denial);
	events_add(events, &denial, time, clock_coarse_ms());
}

/* What is known of a Secret is not what it will be. */
static void note_write(struct cache *cache, const struct review_outcome *o)
{
	if (cache && cache_secrets(cache) && o->allowed && !o->dry_run &&
	    o->object.kind == KIND_SECRET)
		secrets_written(cache_secrets(cache), o->object.namespace, o->object.name,
				clock_coarse_ms());
}

void handler_answer(struct conn *c, struct arena *a)
{
	struct server *s = c->worker->generation->server;
	struct policy *policy = state_policy(s);
	struct cache *cache = s->options.cache;
	struct cache_snapshot *known = cache ? cache_acquire(cache, clock_coarse_ms()) : NULL;
	struct buf answer = BUF_ARENA(a);
	struct review_outcome outcome = {0};

	struct review_input input = {buf_slice(&c->body), clock_utc(), c->softened,
				     cache_inventory(known)};
	review_answer(policy, &input, a, &answer, &outcome);
	set_answer(c, outcome.http_status, buf_slice(&answer));
	metrics_answer(s->metrics, &outcome, clock_ns() - c->whole_at);
	if (s->options.events && !outcome.allowed && !outcome.dry_run)
		tell_of(s->options.events, &outcome, a, input.now);
	note_write(cache, &outcome);
	policy_drop(policy);
	cache_drop(known);
	drop_body(c);
}

static enum MHD_Result send_review(struct conn *c, struct MHD_Connection *connection)
{
	c->out.join = true; /* it has a body: nobody reviews a HEAD */
	atomic_store(&c->asked, true);
	return send_answer(c, connection);
}

static enum MHD_Result review(struct conn *c, struct MHD_Connection *connection)
{
	struct server *s = c->worker->generation->server;

	c->whole_at = clock_ns();
	if (c->body.len > LIMIT_SMALL_BODY_BYTES && large_push(&s->large, c))
		return MHD_YES;
	handler_answer(c, c->worker->arena);
	arena_reset(c->worker->arena);
	return send_review(c, connection);
}

static enum MHD_Result begin(struct conn *c, struct MHD_Connection *connection, const char *url,
			     const char *method)
{
	c->received = 0;
	atomic_store(&c->whole, false);
	atomic_store(&c->until, (clock_coarse_ms() + LIMIT_BODY_SECONDS * 1000) * 1000);
	state_set(c, CONN_BUSY); /* looked at from here on */
	atomic_fetch_add(&c->worker->generation->server->in_flight, 1);
	c->small = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH) &&
		   announced(connection) <= LIMIT_SMALL_BODY_BYTES;
	c->refusal = judge_head(c, connection, url, method);
	/* Where its body ends nobody knows. A client that waits for "100 Continue", or wants to
	 * send what nobody would read, gets its refusal now; everybody else when the body is
	 * through, because a connection closed on unread bytes is a reset, which may overtake the
	 * answer. */
	if (c->refusal == REFUSE_LENGTH ||
	    (c->refusal != REFUSE_NOT && (header(connection, MHD_HTTP_HEADER_EXPECT) ||
					  announced(connection) > LIMIT_DISCARD_BYTES)))
		return refuse(c, connection);
	return MHD_YES;
}

/* What came earns the time that it may take at LIMIT_BODY_PACE, but no more than a pause. */
static void earn(struct conn *c, size_t n)
{
	int64_t now = clock_coarse_ms() * 1000, most = now + LIMIT_BODY_SECONDS * 1000000;
	int64_t until = atomic_load(&c->until);

	until = (until > now ? until : now) + (int64_t)n * 1000000 / LIMIT_BODY_PACE;
	atomic_store(&c->until, until < most ? until : most);
}

/* Whatever was announced. */
static void grow_up(struct conn *c)
{
	c->small = false;
	atomic_fetch_add(&c->worker->generation->server->body_bytes, c->body.len);
}

static enum MHD_Result take(struct conn *c, const char *bytes, size_t *len)
{
	struct server *s = c->worker->generation->server;
	size_t n = *len;

	*len = 0;
	c->received += (int64_t)n;
	earn(c, n);
	if (c->refusal != REFUSE_NOT)
		return c->received <= LIMIT_DISCARD_BYTES ? MHD_YES : MHD_NO;
	if (c->small && c->received > LIMIT_SMALL_BODY_BYTES)
		grow_up(c);
	if (c->received > LIMIT_BODY_BYTES)
		c->refusal = REFUSE_LARGE;
	else if (!c->small && atomic_load(&s->body_bytes) + n > LIMIT_BODIES_BYTES)
		c->refusal = REFUSE_OVERLOAD;
	if (c->refusal != REFUSE_NOT) {
		drop_body(c);
		return MHD_YES;
	}
	if (!c->small)
		atomic_fetch_add(&s->body_bytes, n);
	if (!c->small && !c->body.cap)
		c->body = large_body(&s->large);
	buf_add(&c->body, bytes, n);
	return MHD_YES;
}

enum MHD_Result handler_request(void *cls, struct MHD_Connection *connection, const char *url,
				const char *method, const char *version, const char *bytes,
				size_t *len, void **context)
{
	struct conn *c = conn_of(connection);

	(void)version;
	BUG_IF(c->worker != worker_of(cls));
	if (!*context) {
		*context = c;
		return begin(c, connection, url, method);
	}
	if (*len)
		return take(c, bytes, len);
	atomic_store(&c->whole, true);
	state_set(c, CONN_BUSY); /* from here on it is for the client to take its answer */
	if (c->refusal != REFUSE_NOT)
		return refuse(c, connection);
	return c->response ? send_review(c, connection) : review(c, connection);
}

void handler_completed(void *cls, struct MHD_Connection *connection, void **context,
		       enum MHD_RequestTerminationCode code)
{
	struct server *s = worker_of(cls)->generation->server;

	(void)code;
	if (!*context) /* a request that libmicrohttpd itself refused */
		return;
	struct conn *c = conn_of(connection);
	tls_flush(&c->out);
	drop_body(c);
	drop_answer(c);
	state_set(c, CONN_IDLE);
	atomic_fetch_sub(&s->in_flight, 1);
	*context = NULL;
}
