#include "client.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "exec.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct kube {
	const struct kube_config *config;
	CURL *easy;
	struct arena *arena;
	struct str base; /* of every URL */
	struct str host; /* its header, where the URL says another; else empty */
	struct curl_slist *connect_to;
	struct arena *credentials; /* of the plugin */
	struct credential plugin;
	bool (*stop)(const void *ctx);
	const void *stop_ctx;
};

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct kube *k = ctx;

	(void)a, (void)b, (void)c, (void)d;
	return kube_stopped(k);
}

bool kube_stopped(const struct kube *k)
{
	return k->stop && k->stop(k->stop_ctx);
}

void kube_stop_when(struct kube *k, bool (*stop)(const void *ctx), const void *ctx)
{
	k->stop = stop;
	k->stop_ctx = ctx;
}

static void set_blob(CURL *easy, CURLoption option, struct str pem)
{
	struct curl_blob blob = {
		.data = (void *)(uintptr_t)pem.ptr, .len = pem.len, .flags = CURL_BLOB_COPY};

	curl_easy_setopt(easy, option, pem.len ? &blob : NULL);
}

static void set_text(CURL *easy, CURLoption option, struct str text, struct arena *a)
{
	if (text.len)
		curl_easy_setopt(easy, option, arena_cstr(a, text));
}

/* What does not change between calls. */
static void set_connection(struct kube *k)
{
	const struct kube_config *c = k->config;
	CURL *easy = k->easy;

	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 15L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)LIMIT_KUBE_CONNECT_SECONDS);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, k);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	set_text(easy, CURLOPT_PROXY, c->proxy, k->arena);
	set_blob(easy, CURLOPT_CAINFO_BLOB, c->ca);
	if (c->ca.len) /* this one, not those of the system beside it */
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	set_blob(easy, CURLOPT_SSLCERT_BLOB, c->cert);
	set_blob(easy, CURLOPT_SSLKEY_BLOB, c->key);
	if (c->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
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
 * libcurl sends and verifies the name that the URL has. So where the certificate says another one
 * (tls-server-name), the URL has that, the connection goes where the kubeconfig says, and the Host
 * header, too.
 */
static void set_server_name(struct kube *k)
{
	struct str server = k->config->server, host = authority_of(server), name;
	size_t before = (size_t)(host.ptr - server.ptr), colon = host.len;

	k->base = server;
	if (!k->config->server_name.len)
		return;
	while (colon && host.ptr[colon - 1] != ':' && host.ptr[colon - 1] != ']')
		colon--;
	bool has_port = colon && host.ptr[colon - 1] == ':';
	name = str_slice(host, 0, has_port ? colon - 1 : host.len);
	k->connect_to = curl_slist_append(
		NULL, arena_fmt(k->arena, "::%.*s:", STR_ARG(name)).ptr); /* the port stays */
	if (!k->connect_to)
		out_of_memory(0);
	curl_easy_setopt(k->easy, CURLOPT_CONNECT_TO, k->connect_to);
	k->host = host;
	k->base = arena_fmt(k->arena, "%.*s%.*s%.*s", STR_ARG(str_slice(server, 0, before)),
			    STR_ARG(k->config->server_name),
			    STR_ARG(str_slice(server, before + name.len, server.len)));
}

bool kube_open(const struct kube_config *config, struct kube **out, struct err *err)
{
	struct kube *k = calloc(1, sizeof *k);

	if (!k)
		out_of_memory(sizeof *k);
	k->config = config;
	k->arena = arena_new();
	k->easy = curl_easy_init();
	if (!k->easy) {
		kube_close(k);
		return err_set(err, E_IO, "libcurl does not start");
	}
	set_connection(k);
	set_server_name(k);
	*out = k;
	return true;
}

void kube_close(struct kube *k)
{
	if (!k)
		return;
	curl_easy_cleanup(k->easy);
	curl_slist_free_all(k->connect_to);
	arena_free(k->credentials);
	arena_free(k->arena);
	free(k);
}

/* A minute before the end, so that it does not end on the way. */
static bool renew_plugin(struct kube *k, struct err *err)
{
	enum { EARLY_SECONDS = 60 };
	bool fresh = k->plugin.until && (k->plugin.until == INT64_MAX ||
					 k->plugin.until - EARLY_SECONDS > clock_utc());
	CLEANUP(arena) struct arena *a = NULL;

	if (!k->config->exec || fresh)
		return true;
	a = arena_new();
	k->plugin = (struct credential){.until = 0};
	if (!exec_run(k->config, a, &k->plugin, err))
		return false;
	arena_free(k->credentials);
	k->credentials = STEAL(a);
	set_blob(k->easy, CURLOPT_SSLCERT_BLOB, k->plugin.cert);
	set_blob(k->easy, CURLOPT_SSLKEY_BLOB, k->plugin.key);
	return true;
}

static bool find_token(struct kube *k, struct arena *a, struct str *out, struct err *err)
{
	*out = k->plugin.token.len ? k->plugin.token : k->config->token;
	if (!k->config->token_file.len)
		return true;
	if (!file_read(a, k->config->token_file, LIMIT_PEM_BYTES, out, err))
		return err_within(err, "%.*s: ", STR_ARG(k->config->token_file));
	*out = str_trim(*out);
	return true;
}

struct headers {
	struct curl_slist *list;
	struct arena *arena;
};

/* libcurl sends what it gets: a line break would begin another header. */
static bool add_header(struct headers *h, const char *name, struct str value, struct err *err)
{
	struct curl_slist *longer;

	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < ' ' || value.ptr[i] == 0x7f)
			return err_set(err, E_VALUE, "%s: a control character in its value", name);
	longer = curl_slist_append(h->list,
				   arena_fmt(h->arena, "%s: %.*s", name, STR_ARG(value)).ptr);
	if (!longer)
		out_of_memory(0);
	h->list = longer;
	return true;
}

/* Who we are, and whom we act for. */
static bool add_identity(struct kube *k, struct headers *h, struct err *err)
{
	const struct kube_config *c = k->config;
	struct str token;

	if (!renew_plugin(k, err) || !find_token(k, h->arena, &token, err))
		return false;
	if (token.len) {
		struct str bearer = arena_fmt(h->arena, "Bearer %.*s", STR_ARG(token));

		if (!add_header(h, "Authorization", bearer, err))
			return false;
	} else if (c->user.len) {
		set_text(k->easy, CURLOPT_USERNAME, c->user, h->arena);
		set_text(k->easy, CURLOPT_PASSWORD, c->password, h->arena);
	}
	if ((c->as.len && !add_header(h, "Impersonate-User", c->as, err)) ||
	    (c->as_uid.len && !add_header(h, "Impersonate-Uid", c->as_uid, err)))
		return false;
	for (size_t i = 0; i < c->as_groups_len; i++)
		if (!add_header(h, "Impersonate-Group", c->as_groups[i], err))
			return false;
	return true;
}

static bool set_call(struct kube *k, const struct kube_call *call, struct headers *h,
		     struct err *err)
{
	CURL *easy = k->easy;

	curl_easy_setopt(
		easy, CURLOPT_URL,
		arena_fmt(h->arena, "%.*s%.*s", STR_ARG(k->base), STR_ARG(call->path)).ptr);
	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (call->body.len) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.ptr);
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
	bool ok = add_header(h, "Accept", STR("application/json"), err) &&
		  add_header(h, "User-Agent", STR("backup-guard"), err) &&
		  (!k->host.len || add_header(h, "Host", k->host, err)) &&
		  (!call->body.len ||
		   (add_header(h, "Content-Type", str_from(call->content_type), err) &&
		    add_header(h, "Expect", STR_EMPTY, err))) &&
		  add_identity(k, h, err);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, h->list);
	return ok;
}

long kube_status(const struct kube *k)
{
	long status = 0;

	curl_easy_getinfo(k->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

/* Nothing listens there, or nothing comes back. In a Pod that is a NetworkPolicy more often than an
 * API server that is away, and the port that it holds back need not be the one in the URL: some
 * networks compare that of the Service, others that of the API server itself. */
static const char *hint_of(struct kube *k, CURLcode code)
{
	curl_off_t connected = 0;

	if ((code != CURLE_COULDNT_CONNECT && code != CURLE_OPERATION_TIMEDOUT) ||
	    k->config->context.len)
		return "";
	curl_easy_getinfo(k->easy, CURLINFO_CONNECT_TIME_T, &connected);
	return connected
		       ? ""
		       : "; if it is up, a NetworkPolicy has to let this Pod out to the port of the Service kubernetes and to that of its endpoints";
}

bool kube_transfer(struct kube *k, const struct kube_call *call, struct kube_sink *sink,
		   struct arena *a, struct err *err)
{
	char why[CURL_ERROR_SIZE] = "";
	struct headers headers = {.arena = a};
	bool ready = set_call(k, call, &headers, err);
	CURLcode code = CURLE_OK;

	sink->status = 0;
	if (ready) {
		curl_easy_setopt(k->easy, CURLOPT_TIMEOUT, sink->seconds);
		curl_easy_setopt(k->easy, CURLOPT_WRITEFUNCTION, sink->write);
		curl_easy_setopt(k->easy, CURLOPT_WRITEDATA, sink->ctx);
		curl_easy_setopt(k->easy, CURLOPT_HEADERFUNCTION, sink->header);
		curl_easy_setopt(k->easy, CURLOPT_HEADERDATA, sink->header ? sink->ctx : NULL);
		curl_easy_setopt(k->easy, CURLOPT_ERRORBUFFER, why);
		code = curl_easy_perform(k->easy);
		sink->status = kube_status(k);
	}
	curl_easy_setopt(k->easy, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(k->easy, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers.list);
	if (sink->status == 401)
		k->plugin.until = 0;
	if (!ready || code == CURLE_OK)
		return ready;
	if (sink->too_large)
		return err_set(err, E_LIMIT, "%.*s: an answer of more than %u bytes",
			       STR_ARG(k->config->server), LIMIT_KUBE_BYTES);
	return err_set(err, E_IO, "%.*s: %s%s", STR_ARG(k->config->server),
		       *why ? why : curl_easy_strerror(code), hint_of(k, code));
}

void kube_pause(const struct kube *k, unsigned tenths)
{
	const struct timespec tenth = {.tv_nsec = 100000000};

	while (tenths-- && !kube_stopped(k))
		nanosleep(&tenth, NULL);
}

/* Too busy, or not ready: an API server says when to come again. One that says nothing of the sort
 * means what it says. */
static bool may_come_again(struct kube *k, long status, unsigned *attempts)
{
	enum { MOST_ATTEMPTS = 5, MOST_SECONDS = 10 };
	struct curl_header *after;
	int64_t seconds;

	if ((status != 429 && status < 500) || ++*attempts >= MOST_ATTEMPTS ||
	    curl_easy_header(k->easy, "Retry-After", 0, CURLH_HEADER, -1, &after) != CURLHE_OK ||
	    !str_to_i64(str_from(after->value), &seconds) || seconds < 0)
		return false;
	kube_pause(k, 10 * (unsigned)(seconds < MOST_SECONDS ? seconds : MOST_SECONDS));
	return !kube_stopped(k);
}

struct collecting {
	struct buf body;
	struct kube_sink sink;
};

static size_t collect(char *bytes, size_t size, size_t count, void *ctx)
{
	struct collecting *c = ctx;

	c->sink.too_large = c->body.len + count * size > LIMIT_KUBE_BYTES;
	if (c->sink.too_large)
		return 0;
	buf_add(&c->body, bytes, size * count);
	return size * count;
}

/* A web page, of a proxy or of some other server, says nothing to the reader of an error. */
static struct str words_of(struct arena *a, const struct kube_answer *answer)
{
	struct str text = obj_text(answer->root, "message");
	struct buf clean = BUF_ARENA(a);

	if (!text.len && obj_type(answer->root) != OBJ_MAP)
		text = str_slice(str_trim(answer->body), 0, 200);
	if (answer->status / 100 == 3 || str_has_prefix(text, STR("<")))
		return STR("this is not how an API server answers");
	buf_clean(&clean, text);
	return buf_slice(&clean);
}

bool kube_refused(const struct kube_call *call, const struct kube_answer *answer, struct arena *a,
		  struct err *err)
{
	struct str path = str_slice(call->path, 0, str_find_byte(call->path, '?'));
	struct str words = words_of(a, answer);

	return err_set(err, E_IO, "%s %.*s: %ld%s%.*s", call->method, STR_ARG(path), answer->status,
		       words.len ? ": " : "", STR_ARG(words));
}

/* Everything an API server answers with is a JSON object. */
static bool read_answer(const struct kube_call *call, struct arena *a, struct kube_answer *answer,
			struct err *err)
{
	struct str path = str_slice(call->path, 0, str_find_byte(call->path, '?'));
	const struct doc *doc;
	struct err why = {0};

	if (doc_read_json(a, answer->body, &doc, &why))
		answer->root = doc_root(doc);
	if (answer->status / 100 != 2)
		return kube_refused(call, answer, a, err);
	if (!answer->body.len || obj_type(answer->root) == OBJ_MAP)
		return true;
	return err_set(err, E_SYNTAX, "%s %.*s: this is not how an API server answers%s%s",
		       call->method, STR_ARG(path), *why.msg ? ": " : "", why.msg);
}

/* Headers `Warning: 299 - "TEXT"`, TEXT with backslashes before quotes and backslashes. */
static struct str read_warnings(struct kube *k, struct arena *a)
{
	struct buf out = BUF_ARENA(a);
	struct curl_header *h;

	for (size_t i = 0;
	     curl_easy_header(k->easy, "Warning", i, CURLH_HEADER, -1, &h) == CURLHE_OK; i++) {
		struct str text = str_from(h->value);
		size_t from = str_find_byte(text, '"');

		for (size_t at = from == STR_NONE ? text.len : from + 1;
		     at < text.len && text.ptr[at] != '"'; at++) {
			at += text.ptr[at] == '\\' && at + 1 < text.len;
			buf_byte(&out, text.ptr[at]);
		}
		buf_byte(&out, '\n');
	}
	return buf_slice(&out);
}

bool kube_do(struct kube *k, const struct kube_call *call, struct arena *a,
	     struct kube_answer *answer, struct err *err)
{
	struct collecting c = {.body = BUF_ARENA(a),
			       .sink = {.write = collect, .seconds = LIMIT_KUBE_SECONDS}};
	unsigned attempts = 0;
	bool answered;

	c.sink.ctx = &c;
	do {
		c.body.len = 0;
		answered = kube_transfer(k, call, &c.sink, a, err);
	} while (answered && may_come_again(k, c.sink.status, &attempts));
	*answer = (struct kube_answer){.status = c.sink.status, .body = buf_slice(&c.body)};
	if (answered)
		answer->warnings = read_warnings(k, a);
	return answered && read_answer(call, a, answer, err);
}

bool kube_get(struct kube *k, struct str path, struct arena *a, struct kube_answer *answer,
	      struct err *err)
{
	return kube_do(k, &(struct kube_call){.method = "GET", .path = path}, a, answer, err);
}

void kube_encode(struct buf *out, struct str part)
{
	static const char plain[] = "-._~";

	for (size_t i = 0; i < part.len; i++) {
		char c = part.ptr[i];
		bool letter =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (letter || (c && strchr(plain, c)))
			buf_byte(out, c);
		else
			buf_fmt(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}
