/* One call to an API server: who asks, and what the answer says. */
#include "internal.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cnpg/object.h"

#include <stdlib.h>

enum { UNAUTHORIZED = 401 };

struct kube {
	const struct kube_config *config;
	struct http_server server;
	struct http *http;
	struct arena *credentials; /* of the plugin */
	struct credential plugin;
	bool asked; /* the last call came as far as the network */
};

bool kube_stopped(const struct kube *k)
{
	return http_stopped(k->http);
}

void kube_stop_when(struct kube *k, bool (*stop)(const void *ctx), const void *ctx)
{
	http_stop_when(k->http, stop, ctx);
}

void kube_pause(const struct kube *k, unsigned tenths)
{
	http_pause(k->http, tenths);
}

bool kube_open(const struct kube_config *config, struct kube **out, struct err *err)
{
	struct kube *k = calloc(1, sizeof *k);

	if (!k)
		out_of_memory(sizeof *k);
	k->config = config;
	k->server = (struct http_server){.url = config->server,
					 .name = config->server_name,
					 .ca = config->ca,
					 .cert = config->cert,
					 .key = config->key,
					 .insecure = config->insecure,
					 .proxy = config->proxy};
	if (!http_open(&k->server, &k->http, err)) {
		kube_close(k);
		return false;
	}
	*out = k;
	return true;
}

void kube_close(struct kube *k)
{
	if (!k)
		return;
	http_close(k->http);
	arena_free(k->credentials);
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
	if (!exec_run(k->http, k->config, a, &k->plugin, err))
		return false;
	arena_free(k->credentials);
	k->credentials = STEAL(a);
	http_set_certificate(k->http, k->plugin.cert, k->plugin.key);
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
	struct http_header *list;
	size_t len;
};

static void add_header(struct headers *h, const char *name, struct str value)
{
	h->list[h->len++] = (struct http_header){name, value};
}

/* RFC 7617. */
static struct str basic(const struct kube_config *c, struct arena *a)
{
	struct buf out = BUF_ARENA(a);

	buf_text(&out, "Basic ");
	base64_encode(arena_fmt(a, "%.*s:%.*s", STR_ARG(c->user), STR_ARG(c->password)), &out);
	return buf_slice(&out);
}

/* Who we are, and whom we act for. */
static bool add_identity(struct kube *k, struct headers *h, struct arena *a, struct err *err)
{
	const struct kube_config *c = k->config;
	struct str token;

	if (!renew_plugin(k, err) || !find_token(k, a, &token, err))
		return false;
	if (token.len)
		add_header(h, "Authorization", arena_fmt(a, "Bearer %.*s", STR_ARG(token)));
	else if (c->user.len)
		add_header(h, "Authorization", basic(c, a));
	if (c->as.len)
		add_header(h, "Impersonate-User", c->as);
	if (c->as_uid.len)
		add_header(h, "Impersonate-Uid", c->as_uid);
	for (size_t i = 0; i < c->as_groups_len; i++)
		add_header(h, "Impersonate-Group", c->as_groups[i]);
	return true;
}

long kube_status(const struct kube *k)
{
	return k->asked ? http_status(k->http) : 0;
}

/* What to look at, by what was seen. In a Pod it is a NetworkPolicy more often than an API server
 * that is away, and the port that it holds back need not be the one in the URL: some networks
 * compare that of the Service, others that of the API server itself. */
static const char *advice(enum http_cause cause, bool pod)
{
	switch (cause) {
	case HTTP_CAUSE_NAME:
		return "; the name is not known here: look at the server of the kubeconfig, and at DNS";
	case HTTP_CAUSE_REFUSED:
	case HTTP_CAUSE_SILENT:
		if (pod)
			return "; if it is up, a NetworkPolicy has to let this Pod out to the port of the Service kubernetes and to that of its endpoints";
		return cause == HTTP_CAUSE_REFUSED
			       ? "; nobody listens there: it is down or starting, or its address is another"
			       : "; nothing comes back: a firewall, a VPN that is off, or another address";
	case HTTP_CAUSE_DISTRUSTED:
	case HTTP_CAUSE_MISNAMED:
		return pod ? "; who answers there is not the one whose CA this Pod was given"
			   : "; who answers there is not the one whom certificate-authority and tls-server-name of the kubeconfig mean";
	case HTTP_CAUSE_TLS:
		return "; is it HTTPS that is spoken there, and without a client certificate?";
	case HTTP_CAUSE_UNANSWERED:
		return "; it takes the connection, and does not answer: it is overloaded, or something on the way swallows the rest";
	case HTTP_CAUSE_OTHER:
		break;
	}
	return "";
}

static bool fail_unanswered(const struct kube *k, struct arena *a, struct err *err)
{
	struct str why = arena_fmt(a, "%s", err->msg);

	return err_set(err, err->code, "%.*s%s", STR_ARG(why),
		       advice(http_cause(k->http), !k->config->context.len));
}

/* An API server takes a path apart after it has decoded it: a name with a slash, or of dots, would
 * ask for something else. */
static bool leads_elsewhere(struct str path)
{
	struct str rest = str_slice(path, 1, str_find_byte(path, '?')), part;

	while (str_split(&rest, '/', &part))
		if (!part.len || str_is(part, ".") || str_is(part, "..") ||
		    str_contains(part, STR("%2F")))
			return true;
	return false;
}

bool kube_transfer(struct kube *k, const struct kube_call *call, struct http_call *how,
		   struct arena *a, struct err *err)
{
	enum { OTHERS = 6 };
	struct headers headers = {
		.list = ARENA_ARRAY(a, struct http_header, OTHERS + k->config->as_groups_len)};

	k->asked = false;
	if (leads_elsewhere(call->path))
		return err_set(err, E_VALUE, "%s %.*s: a name in it cannot be one", call->method,
			       STR_ARG(call->path));
	add_header(&headers, "Accept", str_from(call->accept ? call->accept : KUBE_JSON));
	add_header(&headers, "User-Agent", STR("backup-guard"));
	if (call->body.len)
		add_header(&headers, "Content-Type", str_from(call->content_type));
	k->asked = add_identity(k, &headers, a, err);
	if (!k->asked)
		return false;
	how->method = call->method;
	how->path = call->path;
	how->body = call->body;
	how->headers = headers.list;
	how->headers_len = headers.len;
	how->packed = true;
	bool answered = http_do(k->http, how, a, err);
	if (http_status(k->http) == UNAUTHORIZED)
		k->plugin.until = 0;
	return answered || fail_unanswered(k, a, err);
}

static bool collect(void *ctx, struct str bytes)
{
	buf_str(ctx, bytes);
	return true;
}

/* A web page, of a proxy or of some other server, says nothing to the reader of an error. */
static struct str words_of(struct arena *a, const struct kube_answer *answer)
{
	struct str text = obj_text(answer->root, "message");
	struct buf clean = BUF_ARENA(a);

	if (!text.len && obj_type(answer->root) != OBJ_MAP)
		text = utf8_cut(str_trim(answer->body), 200);
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

	return err_set(err, E_IO, "%s %.*s: %ld%s%.*s%s", call->method, STR_ARG(path),
		       answer->status, words.len ? ": " : "", STR_ARG(words),
		       answer->status == UNAUTHORIZED
			       ? "; the token or certificate that we have is not accepted"
			       : "");
}

/* Everything an API server answers with is a JSON object. */
static bool read_answer(const struct kube_call *call, struct arena *a, struct kube_answer *answer,
			struct err *err)
{
	struct str path = str_slice(call->path, 0, str_find_byte(call->path, '?'));
	const struct doc *doc;
	struct err why = {0};

	if (object_read_json(a, answer->body, LIMIT_BODY_NODES, &doc, &why))
		answer->root = doc_root(doc);
	if (answer->status / 100 != 2)
		return kube_refused(call, answer, a, err);
	if (!answer->body.len || obj_type(answer->root) == OBJ_MAP)
		return true;
	return err_set(err, why.code == E_LIMIT ? E_LIMIT : E_SYNTAX,
		       "%s %.*s: this is not how an API server answers%s%s", call->method,
		       STR_ARG(path), *why.msg ? ": " : "", why.msg);
}

/* Headers `Warning: 299 - "TEXT"`, TEXT with backslashes before quotes and backslashes. */
static struct str read_warnings(struct kube *k, struct arena *a)
{
	struct buf out = BUF_ARENA(a);
	struct str text;

	for (size_t i = 0; http_find_header(k->http, "Warning", i, &text); i++) {
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
	struct buf body = BUF_ARENA(a);
	struct http_call how = {.seconds = call->seconds ? call->seconds : LIMIT_KUBE_SECONDS,
				.most = LIMIT_KUBE_BYTES,
				.take = collect,
				.ctx = &body};
	bool twice = call->repeatable || str_is(str_from(call->method), "GET"), answered;
	unsigned attempts = 0;

	do {
		body.len = 0;
		answered = kube_transfer(k, call, &how, a, err);
		if (!answered && twice && http_was_kept(k->http) && !kube_stopped(k)) {
			twice = false; /* the connection was dead: this one is new */
			answered = kube_transfer(k, call, &how, a, err);
		}
	} while (answered && http_comes_again(k->http, &attempts));
	*answer = (struct kube_answer){.status = kube_status(k), .body = buf_slice(&body)};
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
	buf_uri(out, part, "");
}
