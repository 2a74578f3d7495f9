#include "http/http.h"

#include "base/limits.h"

#include <curl/curl.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#define HTTP_MAGIC 0x0c0de477u

struct http {
	uint32_t magic;
	const struct http_server *server;
	CURL *easy;
	struct arena *arena;
	struct str base; /* of every URL */
	struct str host; /* its header, where the URL says another; else empty */
	struct curl_slist *connect_to;
	bool (*stop)(const void *ctx);
	const void *stop_ctx;
	/* Of the call. */
	const struct http_call *call;
	long status;
	size_t taken;
	bool too_large, kept;
	enum http_cause cause;
	struct curl_slist *headers;
};

static struct http *checked(void *ctx)
{
	struct http *h = ctx;

	BUG_IF(!h || h->magic != HTTP_MAGIC);
	return h;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	return http_stopped(checked(ctx));
}

/* "HTTP/1.1 200 OK" */
static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct http *h = checked(ctx);
	struct str line = {bytes, size * count}, word;
	int64_t status;

	if (!str_has_prefix(line, STR("HTTP/")) || !str_split(&line, ' ', &word) ||
	    !str_split(&line, ' ', &word) || !str_to_i64(str_trim(word), &status))
		return size * count;
	h->status = (long)status;
	if (h->call->answered)
		h->call->answered(h->call->ctx, h->status);
	return size * count;
}

/* Returning less than it got ends the transfer. */
static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct http *h = checked(ctx);
	struct str piece = {bytes, size * count};

	h->too_large = piece.len > h->call->most - h->taken;
	if (h->too_large)
		return 0;
	h->taken += piece.len;
	return h->call->take(h->call->ctx, piece) ? piece.len : 0;
}

bool http_stopped(const struct http *h)
{
	return h->stop && h->stop(h->stop_ctx);
}

void http_stop_when(struct http *h, bool (*stop)(const void *ctx), const void *ctx)
{
	h->stop = stop;
	h->stop_ctx = ctx;
}

void http_pause(const struct http *h, unsigned tenths)
{
	const struct timespec tenth = {.tv_nsec = 100000000};

	while (tenths-- && !http_stopped(h))
		nanosleep(&tenth, NULL);
}

static void set_blob(CURL *easy, CURLoption option, struct str pem)
{
	struct curl_blob blob = {
		.data = (void *)(uintptr_t)pem.ptr, .len = pem.len, .flags = CURL_BLOB_COPY};

	curl_easy_setopt(easy, option, pem.len ? &blob : NULL);
}

void http_set_certificate(struct http *h, struct str cert, struct str key)
{
	set_blob(h->easy, CURLOPT_SSLCERT_BLOB, cert);
	set_blob(h->easy, CURLOPT_SSLKEY_BLOB, key);
}

static void set_tls(struct http *h)
{
	const struct http_server *s = h->server;
	CURL *easy = h->easy;

	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	set_blob(easy, CURLOPT_CAINFO_BLOB, s->ca);
	if (s->ca.len) /* this one, not those of the system beside it */
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	http_set_certificate(h, s->cert, s->key);
	if (s->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

/* What does not change between calls. */
static void set_connection(struct http *h)
{
	CURL *easy = h->easy;

	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 15L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)LIMIT_HTTP_CONNECT_SECONDS);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* a proxy's answer is none */
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, h);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, h);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, h);
	if (!h->server->proxy.len)
		return; /* as the environment says */
	curl_easy_setopt(easy, CURLOPT_PROXY, arena_cstr(h->arena, h->server->proxy));
	curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); /* NO_PROXY is not about it */
}

/* "host:port" of a URL, without user and path. */
static struct str authority_of(struct str url)
{
	size_t scheme = str_find(url, STR("://")), at;

	url = str_slice(url, scheme == STR_NONE ? 0 : scheme + 3, url.len);
	url = str_slice(url, 0, str_find_byte(url, '/'));
	at = str_find_byte(url, '@');
	return at == STR_NONE ? url : str_slice(url, at + 1, url.len);
}

/*
 * libcurl sends and verifies the name that the URL has. So where the certificate says another one,
 * the URL has that, the connection goes where the server is, and the Host header, too.
 */
static void set_server_name(struct http *h)
{
	struct str server = h->server->url, host = authority_of(server), name;
	size_t before = (size_t)(host.ptr - server.ptr), colon = host.len;

	h->base = server;
	if (!h->server->name.len)
		return;
	while (colon && host.ptr[colon - 1] != ':' && host.ptr[colon - 1] != ']')
		colon--;
	bool has_port = colon && host.ptr[colon - 1] == ':';
	name = str_slice(host, 0, has_port ? colon - 1 : host.len);
	h->connect_to = curl_slist_append(
		NULL, arena_fmt(h->arena, "::%.*s:", STR_ARG(name)).ptr); /* the port stays */
	if (!h->connect_to)
		out_of_memory(0);
	curl_easy_setopt(h->easy, CURLOPT_CONNECT_TO, h->connect_to);
	h->host = host;
	h->base = arena_fmt(h->arena, "%.*s%.*s%.*s", STR_ARG(str_slice(server, 0, before)),
			    STR_ARG(h->server->name),
			    STR_ARG(str_slice(server, before + name.len, server.len)));
}

bool http_open(const struct http_server *server, struct http **out, struct err *err)
{
	struct http *h = calloc(1, sizeof *h);

	if (!h)
		out_of_memory(sizeof *h);
	h->magic = HTTP_MAGIC;
	h->server = server;
	h->arena = arena_new();
	h->easy = curl_easy_init();
	if (!h->easy) {
		http_close(h);
		return err_set(err, E_IO, "libcurl does not start");
	}
	set_connection(h);
	set_tls(h);
	set_server_name(h);
	*out = h;
	return true;
}

void http_close(struct http *h)
{
	if (!h)
		return;
	curl_easy_cleanup(h->easy);
	curl_slist_free_all(h->connect_to);
	arena_free(h->arena);
	free(h);
}

/* libcurl sends what it gets: a line break would begin another header. */
static bool add_header(struct http *h, const char *name, struct str value, struct arena *a,
		       struct err *err)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < ' ' || value.ptr[i] == 0x7f)
			return err_set(err, E_VALUE, "%s: a control character in its value", name);
	struct str line = arena_fmt(a, "%s: %.*s", name, STR_ARG(value));
	struct curl_slist *longer = curl_slist_append(h->headers, line.ptr);
	if (!longer)
		out_of_memory(0);
	h->headers = longer;
	return true;
}

static bool set_call(struct http *h, const struct http_call *call, struct arena *a, struct err *err)
{
	CURL *easy = h->easy;
	struct str url = arena_fmt(a, "%.*s%.*s", STR_ARG(h->base), STR_ARG(call->path));

	h->call = call;
	h->status = 0;
	h->taken = 0;
	h->too_large = h->kept = false;
	h->cause = HTTP_CAUSE_OTHER;
	curl_easy_setopt(easy, CURLOPT_URL, url.ptr);
	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (call->body.len || str_is(str_from(call->method), "PUT")) { /* it may be empty */
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.len ? call->body.ptr : "");
	}
	if (str_is(str_from(call->method),
		   "HEAD")) /* its answer announces a body that never comes */
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, call->packed ? "" : NULL);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, call->seconds);
	if (h->host.len && !add_header(h, "Host", h->host, a, err))
		return false;
	for (size_t i = 0; i < call->headers_len; i++)
		if (!add_header(h, call->headers[i].name, call->headers[i].value, a, err))
			return false;
	return !call->body.len || add_header(h, "Expect", STR_EMPTY, a, err);
}

/* It came as far as the request, or it has a connection: one that is kept makes none. */
static bool is_connected(CURL *easy)
{
	curl_off_t connect = 0, ready = 0;

	curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect);
	curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	return connect || ready;
}

/* What OpenSSL has against the certificate is asked for after its name is compared: till then
 * libcurl says 1, which OpenSSL does not (X509_V_ERR_UNSPECIFIED). */
static enum http_cause cause_of_distrust(CURL *easy)
{
	long wrong = 0;

	curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &wrong);
	return wrong <= 1 ? HTTP_CAUSE_MISNAMED : HTTP_CAUSE_DISTRUSTED;
}

static enum http_cause cause_of(CURL *easy, CURLcode code)
{
	bool connected = is_connected(easy);
	long why = 0;

	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &why);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return HTTP_CAUSE_NAME;
	case CURLE_COULDNT_CONNECT:
		return connected	     ? HTTP_CAUSE_OTHER
		       : why == ECONNREFUSED ? HTTP_CAUSE_REFUSED
					     : HTTP_CAUSE_SILENT;
	case CURLE_OPERATION_TIMEDOUT:
		return connected ? HTTP_CAUSE_UNANSWERED : HTTP_CAUSE_SILENT;
	case CURLE_PEER_FAILED_VERIFICATION:
		return cause_of_distrust(easy);
	case CURLE_SSL_CONNECT_ERROR:
		return HTTP_CAUSE_TLS;
	default:
		return HTTP_CAUSE_OTHER;
	}
}

static bool perform(struct http *h, struct err *err)
{
	char why[CURL_ERROR_SIZE] = "";
	long connects = 1;

	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, h->headers);
	curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, why);
	CURLcode code = curl_easy_perform(h->easy);
	curl_easy_setopt(h->easy, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(h->easy, CURLOPT_HTTPHEADER, NULL);
	if (code == CURLE_OK)
		return true;
	h->cause = cause_of(h->easy, code);
	curl_easy_getinfo(h->easy, CURLINFO_NUM_CONNECTS, &connects);
	h->kept = is_connected(h->easy) && !connects && !h->status &&
		  code != CURLE_ABORTED_BY_CALLBACK;
	if (h->too_large)
		return err_set(err, E_LIMIT, "%.*s: an answer of more than %zu bytes",
			       STR_ARG(h->server->url), h->call->most);
	return err_set(err, E_IO, "%.*s: %s", STR_ARG(h->server->url),
		       *why ? why : curl_easy_strerror(code));
}

bool http_do(struct http *h, const struct http_call *call, struct arena *a, struct err *err)
{
	bool ok = set_call(h, call, a, err) && perform(h, err);

	curl_slist_free_all(h->headers);
	h->headers = NULL;
	h->call = NULL;
	return ok;
}

long http_status(const struct http *h)
{
	return h->status;
}

bool http_find_header(const struct http *h, const char *name, size_t which, struct str *value)
{
	struct curl_header *found;

	if (curl_easy_header(h->easy, name, which, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return false;
	*value = str_from(found->value);
	return true;
}

bool http_date(const struct http *h, int64_t *out)
{
	struct str text;

	*out = http_find_header(h, "Date", 0, &text) ? (int64_t)curl_getdate(text.ptr, NULL) : -1;
	return *out >= 0;
}

enum http_cause http_cause(const struct http *h)
{
	return h->cause;
}

bool http_unreached(const struct http *h)
{
	return h->cause == HTTP_CAUSE_REFUSED || h->cause == HTTP_CAUSE_SILENT;
}

bool http_was_kept(const struct http *h)
{
	return h->kept;
}

bool http_comes_again(struct http *h, unsigned *attempts)
{
	enum { MOST_ATTEMPTS = 5, MOST_SECONDS = 10 };
	struct str after;
	int64_t seconds;

	if ((h->status != 429 && h->status < 500) || ++*attempts >= MOST_ATTEMPTS ||
	    !http_find_header(h, "Retry-After", 0, &after) || !str_to_i64(after, &seconds) ||
	    seconds < 0)
		return false;
	http_pause(h, 10 * (unsigned)(seconds < MOST_SECONDS ? seconds : MOST_SECONDS));
	return !http_stopped(h);
}
