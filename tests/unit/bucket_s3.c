#include "bucket/s3.h"

#include "base/buf.h"
#include "peer.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct s3 *open_at(struct peer *p, struct arena *a, struct s3_options *o)
{
	struct s3 *s;
	struct err err;

	*o = (struct s3_options){.endpoint = arena_fmt(a, "%s/under", p->url),
				 .bucket = STR("pg"),
				 .keys = {STR("id"), STR("secret"), STR_EMPTY, STR("eu")},
				 .ca = STR_EMPTY,
				 .proxy = STR_EMPTY};
	cr_assert(s3_open(o, &s, &err), "%s", err.msg);
	return s;
}

static bool note(void *ctx, const struct s3_object *o)
{
	buf_fmt(ctx, "%.*s ", STR_ARG(o->key));
	return !str_is(o->key, "enough");
}

#define HEAD(status) "HTTP/1.1 " status "\r\nConnection: close\r\n"
#define OBJECT(key)                                                                                \
	"<Contents><Key>" key                                                                      \
	"</Key><LastModified>2026-11-29T15:03:31Z</LastModified><Size>1</Size></Contents>"
#define PAGE(more) HEAD("200 OK") "\r\n<ListBucketResult>" more "</ListBucketResult>"

static bool list(struct peer *p, const struct s3_listing *what, struct arena *a, struct buf *keys,
		 struct s3_failure *why)
{
	struct s3_options o;
	CLEANUP(s3) struct s3 *s = open_at(p, a, &o);
	const struct s3_listener listener = {note, NULL, keys};

	return s3_list(s, what, &listener, a, why);
}

Test(s3, lists_page_by_page)
{
	static const char *const answers[] = {
		PAGE("<IsTruncated>true</IsTruncated><NextContinuationToken>1/=</NextContinuationToken>" OBJECT(
			"a")),
		PAGE("<IsTruncated>false</IsTruncated>" OBJECT("b")), NULL};
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf keys = BUF_ARENA(a);
	struct s3_failure why;
	struct peer p;

	peer_begin_with(&p, answers);
	cr_assert(list(&p, &(struct s3_listing){STR("x y/"), STR("/"), 0}, a, &keys, &why), "%.*s",
		  STR_ARG(why.message));
	cr_expect(str_is(buf_slice(&keys), "a b "));
	struct str asked = peer_asked(&p, a);
	cr_expect(
		str_is(asked,
		       "GET /under/pg?delimiter=%2F&list-type=2&prefix=x%20y%2F\n"
		       "GET /under/pg?continuation-token=1%2F%3D&delimiter=%2F&list-type=2&prefix=x%20y%2F\n"),
		"%.*s", STR_ARG(asked));
}

Test(s3, asks_again_what_was_too_busy)
{
	static const char *const answers[] = {
		HEAD("503 Slow Down") "\r\n<Error><Code>SlowDown</Code></Error>",
		HEAD("200 OK") "\r\n<Error><Code>InternalError</Code></Error>", PAGE(OBJECT("a")),
		NULL};
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf keys = BUF_ARENA(a);
	struct s3_failure why;
	struct peer p;

	peer_begin_with(&p, answers);
	cr_expect(list(&p, &(struct s3_listing){STR(""), STR(""), 1}, a, &keys, &why));
	cr_expect(str_is(buf_slice(&keys), "a "));
	struct str asked = peer_asked(&p, a);
	cr_expect(str_has_prefix(asked, STR("GET /under/pg?list-type=2&max-keys=1&prefix=\nGET")),
		  "%.*s", STR_ARG(asked));
}

Test(s3, says_why_a_call_failed)
{
	static const struct {
		const char *answers[4];
		const char *code, *message;
		long status;
	} table[] = {
		{{HEAD("403 Forbidden") "\r\n<Error><Code>AccessDenied</Code><Message>no</Message></Error>"},
		 "AccessDenied",
		 "no",
		 403},
		{{HEAD("200 OK") "\r\n<Error><Code>AccessDenied</Code><Message>late</Message></Error>"},
		 "AccessDenied",
		 "late",
		 200},
		{{HEAD("404 Not Found") "\r\n<html><p>nothing"},
		 "",
		 "no XML that S3 sends: no element found",
		 404},
		{{PAGE("<IsTruncated>true</IsTruncated>")},
		 "",
		 "the listing does not say where it goes on",
		 200},
		{{PAGE("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"),
		  PAGE("<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>")},
		 "",
		 "the listing does not say where it goes on",
		 200},
		{{HEAD("200 OK") "\r\n<InitiateMultipartUploadResult/>"},
		 "",
		 "the answer is no listing",
		 200},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct buf keys = BUF_ARENA(a);
		struct s3_failure why;
		struct peer p;

		peer_begin_with(&p, table[i].answers);
		cr_expect_not(list(&p, &(struct s3_listing){STR(""), STR(""), 0}, a, &keys, &why));
		cr_expect_eq(why.status, table[i].status, "%zu: %ld", i, why.status);
		cr_expect(str_is(why.code, table[i].code) && str_is(why.message, table[i].message),
			  "%zu: %.*s: %.*s", i, STR_ARG(why.code), STR_ARG(why.message));
		peer_end(&p);
	}
}

Test(s3, goes_where_the_bucket_is_but_not_with_head)
{
#define ELSEWHERE                                                                                  \
	"<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"
	static const char *const answers[] = {
		HEAD("400 Bad Request") "x-amz-bucket-region: eu-west-1\r\n\r\n",
		HEAD("400 Bad Request") "\r\n" ELSEWHERE,
		HEAD("200 OK") "Date: Thu, 01 Jan 1970 00:00:10 GMT\r\n\r\nbytes",
		HEAD("200 OK") "\r\n", NULL};
	CLEANUP(arena) struct arena *a = arena_new();
	struct s3_failure why;
	struct s3_options o;
	struct str text;
	struct peer p;

	peer_begin_with(&p, answers);
	CLEANUP(s3) struct s3 *s = open_at(&p, a, &o);
	cr_expect_not(s3_head(s, a, &why), "boto3 does not either");
	cr_expect_eq(why.status, 400);
	cr_assert(s3_get(s, STR("a b/c"), 100, a, &text, &why), "%.*s", STR_ARG(why.message));
	cr_expect(str_is(text, "bytes"));
	cr_expect_lt(why.skew, -1000000000, "the store's clock is far behind");
	cr_expect(s3_head(s, a, &why), "now it is known");
	struct str asked = peer_asked(&p, a);
	cr_expect(
		str_is(asked,
		       "HEAD /under/pg\nGET /under/pg/a%20b/c\nGET /under/pg/a%20b/c\nHEAD /under/pg\n"),
		"%.*s", STR_ARG(asked));
	cr_expect(str_contains((struct str){p.asked, p.len}, STR("/eu-west-1/s3/aws4_request")));
}

Test(s3, takes_no_more_than_asked_for)
{
	static const char *const answers[] = {HEAD("200 OK") "\r\n0123456789",
					      PAGE(OBJECT("enough") OBJECT("more")), NULL};
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf keys = BUF_ARENA(a);
	struct s3_failure why;
	struct s3_options o;
	struct str text;
	struct peer p;

	peer_begin_with(&p, answers);
	CLEANUP(s3) struct s3 *s = open_at(&p, a, &o);
	cr_expect_not(s3_get(s, STR("k"), 9, a, &text, &why));
	cr_expect(str_contains(why.message, STR("more than 9 bytes")), "%.*s",
		  STR_ARG(why.message));
	const struct s3_listener listener = {note, NULL, &keys};
	cr_expect(s3_list(s, &(struct s3_listing){STR(""), STR(""), 0}, &listener, a, &why), "%.*s",
		  STR_ARG(why.message));
	cr_expect(str_is(buf_slice(&keys), "enough "));
	peer_end(&p);
}

Test(s3, refuses_what_is_no_address)
{
	struct s3_options o = {.endpoint = STR("minio:9000"), .bucket = STR("pg")};
	struct s3 *s;
	struct err err;

	cr_assert_not(s3_open(&o, &s, &err));
	cr_expect_str_eq(err.msg, "the endpoint is no address of a store");
	o.endpoint = STR("http://a:99999");
	cr_assert_not(s3_open(&o, &s, &err));
}

/* Says the same to all that come, before they have asked, and counts them. */
static void *blunt_main(void *ctx)
{
	struct peer *p = ctx;
	int fd;

	while ((fd = accept(p->fd, NULL, NULL)) >= 0) {
		p->len += write(fd, p->one[0], strlen(p->one[0])) > 0;
		close(fd);
	}
	return NULL;
}

Test(s3, is_not_opened_with_a_ca_that_is_none)
{
	struct s3_options o = {.endpoint = STR("https://127.0.0.1:1"),
			       .bucket = STR("pg"),
			       .ca = STR("no certificate"),
			       .proxy = STR_EMPTY};
	struct s3 *s;
	struct err err;

	cr_assert_not(s3_open(&o, &s, &err));
	cr_expect_str_eq(err.msg, "the CA: no certificate in it (-----BEGIN CERTIFICATE-----)");
}

Test(s3, asks_no_second_time_who_speaks_no_tls)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct s3_options o = {.bucket = STR("pg"), .ca = STR_EMPTY, .proxy = STR_EMPTY};
	struct s3_failure why;
	struct s3 *s;
	struct err err;
	struct peer p;

	peer_listen(&p, HEAD("400 Bad Request") "\r\n", blunt_main);
	o.endpoint = arena_fmt(a, "https%s", p.url + strlen("http"));
	cr_assert(s3_open(&o, &s, &err), "%s", err.msg);
	cr_expect_not(s3_head(s, a, &why));
	cr_expect_eq(why.cause, HTTP_CAUSE_TLS);
	cr_expect_eq(s3_certificate(s, a), 0);
	s3_close(s);
	shutdown(p.fd, SHUT_RDWR);
	peer_end(&p);
	cr_expect_eq(p.len, 2u, "once, and once for its certificate: %zu", p.len);
}

/* A proxy is told the host, and nothing is sent to it. */
Test(s3, asks_amazon_at_the_host_of_the_bucket_or_by_its_path)
{
	static const struct {
		const char *bucket, *region, *host;
	} table[] = {
		{"pg", "", "pg.s3.us-east-1.amazonaws.com:443"},
		{"pg", "eu-west-1", "pg.s3.eu-west-1.amazonaws.com:443"},
		{"p.g", "eu-west-1",
		 "s3.eu-west-1.amazonaws.com:443"}, /* two labels: no TLS name */
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct s3_options o = {
			.bucket = str_from(table[i].bucket),
			.keys = {STR("id"), STR("secret"), STR_EMPTY, str_from(table[i].region)}};
		struct s3_failure why;
		struct s3 *s;
		struct err err;
		struct peer p;

		peer_begin(&p, HEAD("403 Forbidden") "\r\n");
		o.proxy = str_from(p.url);
		cr_assert(s3_open(&o, &s, &err), "%s", err.msg);
		cr_expect_not(s3_head(s, a, &why));
		cr_expect_eq(s3_certificate(s, a), 0);
		s3_close(s);
		struct str asked = peer_asked(&p, a);
		cr_expect(str_eq(asked, arena_fmt(a, "CONNECT %s\n", table[i].host)), "%.*s",
			  STR_ARG(asked));
	}
}
