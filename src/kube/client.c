#include "client.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/utc.h"
#include "exec.h"

#include <stdlib.h>
#include <string.h>

struct kube {
	const struct kube_config *config;
	CURL *easy;
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

	if (pem.len)
		curl_easy_setopt(easy, option, &blob);
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
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)LIMIT_KUBE_CONNECT_SECONDS);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, k);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	set_text(easy, CURLOPT_PROXY, c->proxy, k->credentials);
	set_blob(easy, CURLOPT_CAINFO_BLOB, c->ca);
	set_blob(easy, CURLOPT_SSLCERT_BLOB, c->cert);
	set_blob(easy, CURLOPT_SSLKEY_BLOB, c->key);
	if (c->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

bool kube_open(const struct kube_config *config, struct kube **out, struct err *err)
{
	struct kube *k = calloc(1, sizeof *k);

	if (!k)
		out_of_memory(sizeof *k);
	if (config->server_name.len) {
		free(k);
		return err_set(err, E_VALUE, "kubeconfig: tls-server-name is not supported");
	}
	k->config = config;
	k->credentials = arena_new();
	k->easy = curl_easy_init();
	if (!k->easy)
		out_of_memory(0);
	set_connection(k);
	*out = k;
	return true;
}

void kube_close(struct kube *k)
{
	if (!k)
		return;
	curl_easy_cleanup(k->easy);
	arena_free(k->credentials);
	free(k);
}

/* A minute before the end, as client-go. */
static bool renew_plugin(struct kube *k, struct err *err)
{
	enum { EARLY_SECONDS = 60 };
	bool fresh = k->plugin.until &&
		     (k->plugin.until == INT64_MAX || k->plugin.until - EARLY_SECONDS > utc_now());

	if (!k->config->exec || fresh)
		return true;
	k->plugin = (struct credential){.until = 0};
	if (!exec_run(k->config, k->credentials, &k->plugin, err))
		return false;
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

static void add_header(struct curl_slist **headers, const char *text)
{
	struct curl_slist *longer = curl_slist_append(*headers, text);

	if (!longer)
		out_of_memory(0);
	*headers = longer;
}

static bool set_call(struct kube *k, const struct kube_call *call, struct arena *a,
		     struct curl_slist **headers, struct err *err)
{
	const struct kube_config *c = k->config;
	CURL *easy = k->easy;
	struct str token;

	if (!renew_plugin(k, err) || !find_token(k, a, &token, err))
		return false;
	curl_easy_setopt(easy, CURLOPT_URL,
			 arena_fmt(a, "%.*s%.*s", STR_ARG(c->server), STR_ARG(call->path)).ptr);
	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (call->body.len) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.ptr);
		add_header(headers, arena_fmt(a, "Content-Type: %s", call->content_type).ptr);
		add_header(headers, "Expect:");
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
	add_header(headers, "Accept: application/json");
	add_header(headers, "User-Agent: backup-guard");
	if (token.len) {
		add_header(headers, arena_fmt(a, "Authorization: Bearer %.*s", STR_ARG(token)).ptr);
	} else if (c->user.len) {
		set_text(easy, CURLOPT_USERNAME, c->user, a);
		set_text(easy, CURLOPT_PASSWORD, c->password, a);
	}
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
	return true;
}

bool kube_transfer(struct kube *k, const struct kube_call *call, struct kube_sink *sink,
		   struct arena *a, struct err *err)
{
	char why[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = NULL;
	bool ready = set_call(k, call, a, &headers, err);

	sink->status = 0;
	if (!ready) {
		curl_slist_free_all(headers);
		return false;
	}
	curl_easy_setopt(k->easy, CURLOPT_TIMEOUT, sink->seconds);
	curl_easy_setopt(k->easy, CURLOPT_WRITEFUNCTION, sink->write);
	curl_easy_setopt(k->easy, CURLOPT_WRITEDATA, sink->ctx);
	curl_easy_setopt(k->easy, CURLOPT_HEADERFUNCTION, sink->header);
	curl_easy_setopt(k->easy, CURLOPT_HEADERDATA, sink->header ? sink->ctx : NULL);
	curl_easy_setopt(k->easy, CURLOPT_ERRORBUFFER, why);
	CURLcode code = curl_easy_perform(k->easy);
	curl_easy_getinfo(k->easy, CURLINFO_RESPONSE_CODE, &sink->status);
	curl_easy_setopt(k->easy, CURLOPT_ERRORBUFFER, NULL);
	curl_easy_setopt(k->easy, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	if (sink->status == 401)
		k->plugin.until = 0;
	if (code == CURLE_OK)
		return true;
	return err_set(err, E_IO, "%.*s: %s", STR_ARG(k->config->server),
		       *why ? why : curl_easy_strerror(code));
}

struct collecting {
	struct buf body;
};

static size_t collect(char *bytes, size_t size, size_t count, void *ctx)
{
	struct collecting *c = ctx;

	if (c->body.len + count * size > LIMIT_KUBE_BYTES)
		return 0;
	buf_add(&c->body, bytes, size * count);
	return size * count;
}

/* What a Status says; some other text only when there is none. */
bool kube_refused(const struct kube_call *call, const struct kube_answer *answer, struct err *err)
{
	struct str message = obj_text(answer->root, "message");
	struct str path = str_slice(call->path, 0, str_find_byte(call->path, '?'));

	if (!message.len)
		message = str_slice(str_trim(answer->body), 0, 200);
	return err_set(err, E_IO, "%s %.*s: %ld%s%.*s", call->method, STR_ARG(path), answer->status,
		       message.len ? ": " : "", STR_ARG(message));
}

bool kube_do(struct kube *k, const struct kube_call *call, struct arena *a,
	     struct kube_answer *answer, struct err *err)
{
	struct collecting c = {.body = BUF_ARENA(a)};
	struct kube_sink sink = {.write = collect, .ctx = &c, .seconds = LIMIT_KUBE_SECONDS};
	const struct doc *doc;
	struct err ignored;

	*answer = (struct kube_answer){0};
	bool answered = kube_transfer(k, call, &sink, a, err);

	answer->status = sink.status;
	if (!answered)
		return false;
	answer->body = buf_slice(&c.body);
	if (doc_read_json(a, answer->body, &doc, &ignored))
		answer->root = doc_root(doc);
	return answer->status / 100 == 2 || kube_refused(call, answer, err);
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
