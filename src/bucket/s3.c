#include "bucket/s3.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "cnpg/location.h"
#include "http/chain.h"
#include "pki/pki.h"

#include <stdlib.h>

#define ATTEMPTS 3
#define PAUSE_TENTHS 5 /* before the second one; twice as long before the third */
#define DEFAULT_REGION "us-east-1"

struct s3 {
	const struct s3_options *options;
	struct s3_keys keys; /* of the region in which the bucket is */
	struct arena *arena;
	struct http_server server;
	struct http *http;
	struct str host; /* of the Host header */
	struct str
		base; /* of every path: the endpoint's own, and the bucket where it stands there */
};

/* Where the bucket of this region is asked. */
static bool set_address(struct s3 *s, struct err *err)
{
	const struct s3_options *o = s->options;
	bool in_path = o->endpoint.len || str_find_byte(o->bucket, '.') != STR_NONE;
	struct str amazon = arena_fmt(s->arena, "s3.%.*s.amazonaws.com", STR_ARG(s->keys.region));
	struct str address = o->endpoint;
	struct url url;

	if (!address.len)
		address = in_path ? arena_fmt(s->arena, "https://%.*s", STR_ARG(amazon))
				  : arena_fmt(s->arena, "https://%.*s.%.*s", STR_ARG(o->bucket),
					      STR_ARG(amazon));
	if (!url_split(address, &url) || !host_is_valid(url.host) ||
	    (url.port.len && !port_is_valid(url.port)))
		return err_set(err, E_VALUE, "the endpoint is no address of a store");
	bool usual = !url.port.len ||
		     str_is(url.port, str_eq_nocase(url.scheme, STR("https")) ? "443" : "80");
	s->host = usual ? url.host
			: arena_fmt(s->arena, "%.*s:%.*s", STR_ARG(url.host), STR_ARG(url.port));
	s->server.url = arena_fmt(s->arena, "%.*s://%.*s", STR_ARG(url.scheme), STR_ARG(s->host));
	s->base = in_path ? arena_fmt(s->arena, "%.*s/%.*s", STR_ARG(url.path), STR_ARG(o->bucket))
			  : STR_EMPTY;
	return true;
}

/* Else libcurl would say so to each call, as if nobody answered. */
static bool ca_is_good(struct str ca, struct arena *a, struct err *err)
{
	struct pki_cert *certs;
	size_t len;

	return !ca.len || pki_read(ca, a, &certs, &len, err) || err_within(err, "the CA: ");
}

bool s3_open(const struct s3_options *options, struct s3 **out, struct err *err)
{
	struct arena *a = arena_new();
	struct s3 *s = ARENA_NEW(a, struct s3);

	s->arena = a;
	s->options = options;
	s->keys = options->keys;
	if (!s->keys.region.len)
		s->keys.region = STR(DEFAULT_REGION);
	s->server = (struct http_server){.ca = options->ca, .proxy = options->proxy};
	if (!ca_is_good(options->ca, a, err) || !set_address(s, err) ||
	    !http_open(&s->server, &s->http, err)) {
		arena_free(a);
		return false;
	}
	*out = s;
	return true;
}

void s3_close(struct s3 *s)
{
	if (!s)
		return;
	http_close(s->http);
	arena_free(s->arena);
}

/* One call, and what it makes of its answer. */
struct calling {
	struct s3 *s3;
	size_t most;
	struct s3_listener listener;
	struct buf *body; /* of a good answer; NULL: it is XML */
	bool unread;	  /* the answer is no XML that S3 sends, or was ended */
	bool packed;
	bool told;    /* something of the answer was, so that it cannot be asked for again */
	bool refused; /* by the listener */
	/* While one answer is read: */
	struct s3_signed sent;
	struct s3_answer *answer;
	struct s3_result result;
};

static bool tell_object(void *ctx, const struct s3_object *o)
{
	struct calling *c = ctx;

	c->told = true;
	c->refused = c->listener.object && !c->listener.object(c->listener.ctx, o);
	return !c->refused;
}

static bool tell_prefix(void *ctx, struct str prefix)
{
	struct calling *c = ctx;

	c->told = true;
	c->refused = c->listener.prefix && !c->listener.prefix(c->listener.ctx, prefix);
	return !c->refused;
}

static bool take(void *ctx, struct str bytes)
{
	struct calling *c = ctx;
	long status = http_status(c->s3->http);

	if (c->body && status >= 200 && status < 300) {
		c->told = true;
		buf_str(c->body, bytes);
		return true;
	}
	c->unread = !s3_answer_take(c->answer, bytes);
	return !c->unread;
}

/* What a store says may repeat what it was sent. */
static struct str without_keys(const struct s3_keys *k, struct str message)
{
	const struct str secrets[] = {k->access_key_id, k->secret_access_key, k->session_token};

	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		if (secrets[i].len && str_contains(message, secrets[i]))
			return STR("its message repeats a key, and is not shown");
	return message;
}

/* True: an answer came whole, is understood, and is no error. Else *why says what it is. */
static bool call_once(struct calling *c, const struct s3_request *request, struct arena *a,
		      struct s3_failure *why)
{
	struct s3 *s = c->s3;
	struct s3_request r = *request;
	struct s3_listener listener = {tell_object, tell_prefix, c};
	CLEANUP(s3_answer) struct s3_answer *answer = s3_answer_new(&listener, a);
	struct err err, xml;
	int64_t date;

	r.host = s->host;
	r.path = arena_fmt(a, "%.*s%.*s", STR_ARG(s->base), STR_ARG(r.path));
	s3_sign(&s->keys, &r, clock_utc(), a, &c->sent);
	c->answer = answer;
	const struct http_call call = {.method = r.method,
				       .path = c->sent.target,
				       .headers = c->sent.headers,
				       .headers_len = c->sent.headers_len,
				       .body = r.body,
				       .packed = c->packed,
				       .seconds = LIMIT_S3_SECONDS,
				       .most = c->most,
				       .take = take,
				       .ctx = c};
	if (s->options->before)
		s->options->before(s->options->ctx);
	bool came = http_do(s->http, &call, a, &err),
	     read = s3_answer_end(answer, &c->result, &xml);

	*why = (struct s3_failure){
		.status = http_status(s->http), .code = STR_EMPTY, .message = STR_EMPTY};
	if (http_date(s->http, &date))
		why->skew = date - clock_utc();
	if (!read && (came || c->unread)) {
		why->message = arena_fmt(a, "%s", xml.msg);
	} else if (!came) {
		why->status = 0;
		why->cause = http_cause(s->http);
		why->message = arena_fmt(a, "%s", err.msg);
		c->told |= err.code == E_LIMIT; /* it would be too large again */
	} else {
		why->code = c->result.code;
		why->message = without_keys(&s->keys, c->result.message);
	}
	return c->refused ||
	       (came && read && why->status >= 200 && why->status < 300 && !why->code.len);
}

/* The store is too busy, or the connection broke, and nothing was told. */
static bool may_ask_again(const struct calling *c, const struct s3_failure *why)
{
	if (c->told)
		return false;
	return (!why->status && http_cause(c->s3->http) == HTTP_CAUSE_OTHER) ||
	       why->status == 429 || why->status >= 500 || str_is(why->code, "SlowDown") ||
	       str_is(why->code, "InternalError") || str_is(why->code, "RequestTimeout");
}

/* The answer says that the bucket is in another region, and that one can be asked. */
static bool follow_region(struct calling *c)
{
	struct s3 *s = c->s3;
	struct str region = c->result.region;
	struct http *there;
	struct err err;

	if (!region.len && !http_find_header(s->http, "x-amz-bucket-region", 0, &region))
		return false;
	if (!region_is_label(region) || str_eq(region, s->keys.region))
		return false;
	s->keys.region = arena_str(s->arena, region);
	if (s->options->endpoint.len)
		return true;
	if (!set_address(s, &err) || !http_open(&s->server, &there, &err))
		return false;
	http_close(s->http);
	s->http = there;
	return true;
}

/* The request has no host yet; its path is what stands behind the bucket. */
static bool do_call(struct calling *c, const struct s3_request *request, struct arena *a,
		    struct s3_failure *why)
{
	bool follows = !str_is(str_from(request->method), "HEAD");

	for (unsigned attempt = 1;; attempt++) {
		if (call_once(c, request, a, why))
			return true;
		if (follows && why->status >= 300 && follow_region(c)) {
			follows = false;
			continue;
		}
		if (attempt == ATTEMPTS || !may_ask_again(c, why))
			return false;
		http_pause(c->s3->http, PAUSE_TENTHS * attempt);
	}
}

bool s3_head(struct s3 *s, struct arena *a, struct s3_failure *why)
{
	const struct s3_request request = {.method = "HEAD", .path = STR_EMPTY};
	struct calling c = {.s3 = s, .most = LIMIT_S3_BYTES};

	return do_call(&c, &request, a, why);
}

/* One page; *token is where it begins, and becomes where the next one does. */
static bool list_page(struct calling *c, const struct s3_listing *what, struct buf *token,
		      struct arena *a, struct s3_failure *why)
{
	struct s3_parameter query[5] = {{"list-type", STR("2")}, {"prefix", what->prefix}};
	struct s3_request request = {
		.method = "GET", .path = STR_EMPTY, .query = query, .query_len = 2};

	if (what->delimiter.len)
		query[request.query_len++] = (struct s3_parameter){"delimiter", what->delimiter};
	if (what->most)
		query[request.query_len++] =
			(struct s3_parameter){"max-keys", arena_fmt(a, "%u", what->most)};
	if (token->len)
		query[request.query_len++] =
			(struct s3_parameter){"continuation-token", buf_slice(token)};
	c->told = false;
	if (!do_call(c, &request, a, why))
		return false;
	if (!str_is(c->result.root, "ListBucketResult") && !c->refused) {
		why->message = STR("the answer is no listing");
		return false;
	}
	if (c->result.truncated &&
	    (!c->result.token.len || str_eq(c->result.token, buf_slice(token)))) {
		why->message = STR("the listing does not say where it goes on");
		return false;
	}
	token->len = 0;
	buf_str(token, c->result.token);
	return true;
}

bool s3_list(struct s3 *s, const struct s3_listing *what, const struct s3_listener *listener,
	     struct arena *a, struct s3_failure *why)
{
	CLEANUP(arena) struct arena *page = arena_new();
	CLEANUP(buf) struct buf token = {.len = 0};
	struct calling c = {.s3 = s, .most = LIMIT_S3_BYTES, .listener = *listener};
	bool more = true;

	for (unsigned pages = 0; more; pages++) {
		arena_reset(page);
		if (pages == LIMIT_S3_PAGES)
			why->message =
				arena_fmt(page, "a listing of more than %u pages", LIMIT_S3_PAGES);
		if (pages == LIMIT_S3_PAGES || !list_page(&c, what, &token, page, why)) {
			why->code = arena_str(a, why->code);
			why->message = arena_str(a, why->message);
			return false;
		}
		more = c.result.truncated && !c.refused && !what->most;
	}
	return true;
}

bool s3_get(struct s3 *s, struct str key, size_t most, struct arena *a, struct str *out,
	    struct s3_failure *why)
{
	struct buf body = BUF_ARENA(a);
	const struct s3_request request = {.method = "GET",
					   .path = arena_fmt(a, "/%.*s", STR_ARG(key))};
	struct calling c = {.s3 = s, .most = most, .body = &body};

	if (!do_call(&c, &request, a, why))
		return false;
	*out = buf_slice(&body);
	return true;
}

bool s3_get_packed(struct s3 *s, struct str key, const char *encoding, struct arena *a,
		   struct str *out, struct s3_failure *why)
{
	struct buf body = BUF_ARENA(a);
	const struct s3_parameter query = {"response-content-encoding", str_from(encoding)};
	const struct s3_request request = {.method = "GET",
					   .path = arena_fmt(a, "/%.*s", STR_ARG(key)),
					   .query = &query,
					   .query_len = 1};
	struct calling c = {.s3 = s, .most = LIMIT_S3_TEXT_BYTES, .body = &body, .packed = true};

	if (!do_call(&c, &request, a, why))
		return false;
	*out = buf_slice(&body);
	return true;
}

bool s3_put(struct s3 *s, const struct s3_upload *upload, struct arena *a, struct s3_failure *why)
{
	bool tls = str_has_prefix_nocase(s->server.url, STR("https:"));
	struct calling c = {.s3 = s, .most = LIMIT_S3_BYTES};
	struct s3_request request;

	s3_upload_request(upload, tls, a, &request);
	return do_call(&c, &request, a, why);
}

/* The answer is what was asked for, and not a page of somebody else. */
static bool is_answer(const struct calling *c, const char *root, struct s3_failure *why)
{
	if (str_is(c->result.root, root))
		return true;
	why->message = STR("the answer is none to this call");
	return false;
}

bool s3_delete(struct s3 *s, struct str key, struct arena *a, struct s3_failure *why)
{
	struct calling c = {.s3 = s, .most = LIMIT_S3_BYTES};
	struct s3_request request;

	s3_delete_request(key, a, &request);
	if (!do_call(&c, &request, a, why) || !is_answer(&c, "DeleteResult", why))
		return false;
	if (!c.result.deleted)
		why->message = STR("the answer does not say that it was deleted");
	return c.result.deleted;
}

static bool get_setting(struct calling *c, const char *name, const char *root, struct arena *a,
			struct s3_failure *why)
{
	const struct s3_parameter query = {name, STR_EMPTY};
	const struct s3_request request = {
		.method = "GET", .path = STR_EMPTY, .query = &query, .query_len = 1};

	return do_call(c, &request, a, why) && is_answer(c, root, why);
}

bool s3_versioning(struct s3 *s, struct arena *a, bool *enabled, struct s3_failure *why)
{
	struct calling c = {.s3 = s, .most = LIMIT_S3_BYTES};

	if (!get_setting(&c, "versioning", "VersioningConfiguration", a, why))
		return false;
	*enabled = c.result.enabled;
	return true;
}

bool s3_lock(struct s3 *s, struct arena *a, struct s3_lock *out, struct s3_failure *why)
{
	struct calling c = {.s3 = s, .most = LIMIT_S3_BYTES};

	*out = (struct s3_lock){.enabled = false};
	if (!get_setting(&c, "object-lock", "ObjectLockConfiguration", a, why))
		return str_is(why->code, "ObjectLockConfigurationNotFoundError");
	*out = (struct s3_lock){c.result.enabled, c.result.days};
	return true;
}

int64_t s3_certificate(const struct s3 *s, struct arena *a)
{
	struct pki_cert *certs;
	int64_t port = 443;
	struct str pem;
	struct url url;
	struct err err;
	size_t len;

	if (s->server.proxy.len || !url_split(s->server.url, &url) ||
	    !str_eq_nocase(url.scheme, STR("https")) ||
	    (url.port.len && !str_to_i64(url.port, &port)))
		return 0;
	struct str host = str_has_prefix(url.host, STR("["))
				  ? str_slice(url.host, 1, url.host.len - 1)
				  : url.host;
	if (http_served_chain(host, host, port, a, &pem, &err) != HTTP_SERVED ||
	    !pki_read(pem, a, &certs, &len, &err))
		return 0;
	return certs[0].not_after;
}
