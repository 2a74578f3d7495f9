#include "http/http.h"

#include "base/buf.h"
#include "peer.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What came back, in one line: "<STATUS>" where a status line came, then the body. */
struct heard {
	struct buf text;
	size_t enough; /* bytes after which it wants no more */
};

static void answered(void *ctx, long status)
{
	struct heard *h = ctx;

	buf_fmt(&h->text, "<%ld>", status);
}

static bool take(void *ctx, struct str bytes)
{
	struct heard *h = ctx;

	buf_str(&h->text, bytes);
	return !h->enough || h->text.len < h->enough;
}

struct outcome {
	struct arena *arena;
	struct http_server server;
	struct http *http;
	struct heard heard;
	struct err err;
	enum http_cause cause;
	bool ok;
};

static void ask(struct outcome *o, struct peer *p, struct http_call *call)
{
	o->arena = arena_new();
	o->server = (struct http_server){.url = str_from(p->url)};
	cr_assert(http_open(&o->server, &o->http, &o->err), "%s", o->err.msg);
	o->heard.text = BUF_ARENA(o->arena);
	call->seconds = 30;
	call->answered = answered;
	call->take = take;
	call->ctx = &o->heard;
	o->ok = http_do(o->http, call, o->arena, &o->err);
	peer_end(p);
}

static void forget(struct outcome *o)
{
	http_close(o->http);
	arena_free(o->arena);
}

static bool heard(const struct outcome *o, const char *text)
{
	return str_is(buf_slice(&o->heard.text), text);
}

Test(http, sends_the_path_and_the_headers_as_they_are)
{
	struct peer p;
	struct outcome o = {0};
	struct http_header headers[] = {{"X-Amz-Date", STR("20261129T000000Z")},
					{"Accept", STR_EMPTY}};
	struct http_call call = {.method = "PUT",
				 .path = STR("/a/../b//%2e?x=%2F"),
				 .headers = headers,
				 .headers_len = ARRAY_LEN(headers),
				 .body = STR("four"),
				 .most = 100};

	peer_begin(&p, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	ask(&o, &p, &call);
	cr_assert(o.ok, "%s", o.err.msg);
	struct str asked = {p.asked, p.len};
	cr_assert(str_has_prefix(asked, STR("PUT /a/../b//%2e?x=%2F HTTP/1.1\r\n")), "%s", p.asked);
	cr_assert(str_contains(asked, STR("\r\nX-Amz-Date: 20261129T000000Z\r\n")));
	cr_assert_not(str_contains(asked, STR("Accept")));
	cr_assert_not(str_contains(asked, STR("Expect")));
	cr_assert(str_has_suffix(asked, STR("\r\n\r\nfour")));
	cr_assert(heard(&o, "<200>ok"));
	forget(&o);
}

Test(http, tells_status_and_headers_and_follows_no_redirect)
{
	struct peer p;
	struct outcome o = {0};
	struct http_call call = {.method = "GET", .path = STR("/"), .most = 100};
	struct str value;

	peer_begin(&p, "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 4\r\n"
		       "Warning: 299 - \"a\"\r\nwarning: 299 - \"b\"\r\n\r\ngone");
	ask(&o, &p, &call);
	cr_assert(o.ok, "%s", o.err.msg);
	cr_assert_eq(http_status(o.http), 302);
	cr_assert(heard(&o, "<302>gone"));
	cr_assert(http_find_header(o.http, "Warning", 1, &value));
	cr_assert(str_is(value, "299 - \"b\""));
	cr_assert_not(http_find_header(o.http, "Warning", 2, &value));
	forget(&o);
}

Test(http, takes_as_many_bytes_as_it_may_and_not_one_more)
{
	for (size_t most = 4; most >= 3; most--) {
		struct peer p;
		struct outcome o = {0};
		struct http_call call = {.method = "GET", .path = STR("/"), .most = most};

		peer_begin(&p, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour");
		ask(&o, &p, &call);
		cr_assert_eq(o.ok, most == 4);
		if (!o.ok) {
			struct str end = STR(": an answer of more than 3 bytes");

			cr_assert_eq(o.err.code, E_LIMIT);
			cr_assert(str_has_prefix(str_from(o.err.msg), str_from(p.url)));
			cr_assert(str_has_suffix(str_from(o.err.msg), end), "%s", o.err.msg);
		}
		forget(&o);
	}
}

Test(http, ends_when_nobody_wants_more)
{
	struct peer p;
	struct outcome o = {.heard.enough = 1};
	struct http_call call = {.method = "GET", .path = STR("/"), .most = 100};

	peer_begin(&p, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour");
	ask(&o, &p, &call);
	cr_assert_not(o.ok);
	cr_assert_eq(http_status(o.http), 200);
	cr_assert_not(http_unreached(o.http));
	forget(&o);
}

static struct outcome ask_nobody(const struct http_header *header, struct arena *a)
{
	struct outcome o = {.server = {.url = STR("http://127.0.0.1:1")}};
	struct http_call call = {.method = "GET",
				 .path = STR("/"),
				 .headers = header,
				 .headers_len = header ? 1 : 0};

	call.seconds = 30;
	cr_assert(http_open(&o.server, &o.http, &o.err));
	o.ok = http_do(o.http, &call, a, &o.err);
	cr_assert_not(o.ok);
	cr_assert_eq(http_status(o.http), 0);
	o.ok = http_unreached(o.http);
	o.cause = http_cause(o.http);
	cr_assert_not(http_was_kept(o.http));
	http_close(o.http);
	return o;
}

Test(http, refuses_a_header_that_would_begin_another_one)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct http_header bad = {"Authorization", STR("Bearer a\r\nX: y")};
	struct outcome o = ask_nobody(&bad, a);

	cr_assert_str_eq(o.err.msg, "Authorization: a control character in its value");
	cr_assert_not(o.ok, "nothing was asked");
}

Test(http, refuses_a_host_that_would_begin_another_header)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct http_server server = {.url = STR("http://a\rb:1"), .name = STR("localhost")};
	struct http_call call = {.method = "GET", .path = STR("/"), .seconds = 30};
	struct http *h;
	struct err err;

	cr_assert(http_open(&server, &h, &err));
	cr_assert_not(http_do(h, &call, a, &err));
	cr_expect_str_eq(err.msg, "Host: a control character in its value");
	http_close(h);
}

Test(http, knows_that_nobody_was_there)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct outcome o = ask_nobody(NULL, a);

	cr_assert(o.ok);
	cr_assert_eq(o.cause, HTTP_CAUSE_REFUSED);
	cr_assert(str_has_prefix(str_from(o.err.msg), STR("http://127.0.0.1:1: ")), "%s",
		  o.err.msg);
}

/* It answers whatever it is sent, and goes. */
static void *blunt_main(void *ctx)
{
	struct peer *p = ctx;
	int fd = accept(p->fd, NULL, NULL);

	if (read(fd, p->asked, sizeof p->asked) < 0 || write(fd, p->one[0], strlen(p->one[0])) < 0)
		p->len = 0;
	close(fd);
	return NULL;
}

/* The first is answered; of what comes after it on the same connection nothing is heard. */
static void *silent_main(void *ctx)
{
	struct peer *p = ctx;
	int fd = accept(p->fd, NULL, NULL);
	ssize_t n;

	if (read(fd, p->asked, sizeof p->asked) > 0 && write(fd, p->one[0], strlen(p->one[0])) > 0)
		while ((n = read(fd, p->asked, sizeof p->asked)) > 0)
			p->len += (size_t)n;
	close(fd);
	return NULL;
}

Test(http, knows_that_it_was_no_tls)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct http_call call = {.method = "GET", .path = STR("/"), .seconds = 30};
	struct http_server server;
	struct http *h;
	struct peer p;
	struct err err;

	peer_listen(&p, "HTTP/1.1 400 Bad Request\r\n\r\n", blunt_main);
	server = (struct http_server){.url = arena_fmt(a, "https%s", p.url + strlen("http"))};
	cr_assert(http_open(&server, &h, &err));
	cr_assert_not(http_do(h, &call, a, &err));
	cr_assert_eq(http_cause(h), HTTP_CAUSE_TLS, "%s", err.msg);
	cr_assert_not(http_was_kept(h));
	http_close(h);
	peer_end(&p);
}

Test(http, a_kept_connection_that_gives_no_answer_may_have_died)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct heard text = {.text = BUF_ARENA(a)};
	struct http_call call = {.method = "GET",
				 .path = STR("/"),
				 .seconds = 1,
				 .most = 100,
				 .take = take,
				 .ctx = &text};
	struct http_server server;
	struct http *h;
	struct peer p;
	struct err err;

	peer_listen(&p, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", silent_main);
	server = (struct http_server){.url = str_from(p.url)};
	cr_assert(http_open(&server, &h, &err));
	cr_assert(http_do(h, &call, a, &err), "%s", err.msg);
	cr_assert_not(http_was_kept(h));
	cr_assert_not(http_do(h, &call, a, &err));
	cr_assert_eq(http_cause(h), HTTP_CAUSE_UNANSWERED);
	cr_assert(http_was_kept(h));
	http_close(h);
	peer_end(&p);
	cr_assert(p.len > 0, "it was sent");
}

static bool now(const void *ctx)
{
	(void)ctx;
	return true;
}

Test(http, comes_again_when_it_is_told_to_and_a_few_times)
{
	static const struct {
		const char *answer;
		unsigned times;
	} answers[] = {
		{"HTTP/1.1 429 Too Many\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", 4},
		{"HTTP/1.1 500 Oops\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", 4},
		{"HTTP/1.1 499 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n", 0},
		{"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 0},
		{"HTTP/1.1 503 No\r\nRetry-After: later\r\nContent-Length: 0\r\n\r\n", 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		struct peer p;
		struct outcome o = {0};
		struct http_call call = {.method = "GET", .path = STR("/"), .most = 100};
		unsigned attempts = 0, times = 0;

		peer_begin(&p, answers[i].answer);
		ask(&o, &p, &call);
		cr_assert(o.ok, "%s", o.err.msg);
		while (http_comes_again(o.http, &attempts))
			times++;
		cr_assert_eq(times, answers[i].times, "%zu: %u", i, times);
		attempts = 0;
		http_stop_when(o.http, now, NULL);
		cr_assert_not(http_comes_again(o.http, &attempts));
		forget(&o);
	}
}

Test(http, waits_for_no_body_after_head)
{
	struct peer p;
	struct outcome o = {0};
	struct http_call call = {.method = "HEAD", .path = STR("/"), .most = 100};

	peer_begin(&p, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
	ask(&o, &p, &call);
	cr_assert(o.ok, "%s", o.err.msg);
	cr_assert(str_has_prefix((struct str){p.asked, p.len}, STR("HEAD / HTTP/1.1\r\n")));
	forget(&o);
}

/* It connects us, and goes. */
Test(http, the_answer_of_a_proxy_is_none_of_the_server)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct outcome o = {.heard.text = BUF_ARENA(a)};
	struct http_call call = {.method = "GET",
				 .path = STR("/"),
				 .seconds = 30,
				 .most = 100,
				 .answered = answered,
				 .take = take,
				 .ctx = &o.heard};
	struct peer p;

	peer_begin(&p, "HTTP/1.1 200 Connection established\r\n\r\n");
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	o.server = (struct http_server){.url = STR("https://server.invalid"),
					.proxy = str_from(p.url)};
	cr_assert(http_open(&o.server, &o.http, &o.err));
	cr_assert_not(http_do(o.http, &call, a, &o.err));
	peer_end(&p);
	cr_assert(str_has_prefix((struct str){p.asked, p.len}, STR("CONNECT server.invalid:443 ")));
	cr_assert_eq(http_status(o.http), 0);
	cr_assert(heard(&o, ""));
	http_close(o.http);
}
