#include "base/buf.h"
#include "bucket/s3.h"
#include "peer.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct http_header TAGS[] = {{"x-amz-tagging", STR_INIT("a=b")}};

/* "name:value" of each header, in one line. */
static struct str headers_of(const struct s3_request *r, struct arena *a)
{
	struct buf out = BUF_ARENA(a);

	for (size_t i = 0; i < r->headers_len; i++)
		buf_fmt(&out, "%s:%.*s ", r->headers[i].name, STR_ARG(r->headers[i].value));
	return buf_slice(&out);
}

/* As botocore 1.43.11 sent them. */
Test(change, says_an_upload_as_boto3_does)
{
	static const struct {
		bool checksum, tls;
		const char *text, *body, *hash, *headers;
	} table[] = {
		{false, true, "", "", "", "x-amz-tagging:a=b content-type: "},
		{true, false, "", "", "",
		 "x-amz-tagging:a=b x-amz-sdk-checksum-algorithm:CRC32 x-amz-checksum-crc32:AAAAAA== content-type: "},
		{true, false, "four", "four", "",
		 "x-amz-tagging:a=b x-amz-sdk-checksum-algorithm:CRC32 x-amz-checksum-crc32:kMFmfQ== content-type: "},
		{true, true, "", "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
		 "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
		 "x-amz-tagging:a=b x-amz-sdk-checksum-algorithm:CRC32 content-encoding:aws-chunked transfer-encoding:chunked x-amz-decoded-content-length:0 x-amz-trailer:x-amz-checksum-crc32 content-type: "},
		{true, true, "four", "4\r\nfour\r\n0\r\nx-amz-checksum-crc32:kMFmfQ==\r\n\r\n",
		 "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
		 "x-amz-tagging:a=b x-amz-sdk-checksum-algorithm:CRC32 content-encoding:aws-chunked transfer-encoding:chunked x-amz-decoded-content-length:4 x-amz-trailer:x-amz-checksum-crc32 content-type: "},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct s3_upload upload = {STR("k"), str_from(table[i].text), TAGS, 1,
					   table[i].checksum};
		struct s3_request r;

		s3_upload_request(&upload, table[i].tls, a, &r);
		cr_expect(str_is(r.body, table[i].body), "%zu: %.*s", i, STR_ARG(r.body));
		cr_expect(str_is(r.path, "/k") && !strcmp(r.method, "PUT"));
		cr_expect_eq(r.body_hash.len, strlen(table[i].hash));
		cr_expect(!r.body_hash.len || str_is(r.body_hash, table[i].hash));
		struct str headers = headers_of(&r, a);
		cr_expect(str_is(headers, table[i].headers), "%zu: %.*s", i, STR_ARG(headers));
	}
}

Test(change, says_a_deletion_as_boto3_does)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct s3_request r;

	s3_delete_request(STR("a/b&<>\"'\xc3\xa9"), a, &r);
	cr_expect(
		str_is(r.body,
		       "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a/b&amp;&lt;&gt;\"'\xc3\xa9</Key></Object></Delete>"),
		"%.*s", STR_ARG(r.body));
	struct str headers = headers_of(&r, a);
	cr_expect(
		str_is(headers,
		       "x-amz-sdk-checksum-algorithm:CRC32 x-amz-checksum-crc32:QW32GA== content-type: "),
		"%.*s", STR_ARG(headers));
	cr_expect(r.query_len == 1 && !strcmp(r.query[0].name, "delete") && !r.path.len);
}

static struct s3 *open_at(struct peer *p, struct s3_options *o)
{
	struct s3 *s;
	struct err err;

	*o = (struct s3_options){.endpoint = str_from(p->url),
				 .bucket = STR("pg"),
				 .keys = {STR("id"), STR("secret"), STR_EMPTY, STR_EMPTY},
				 .ca = STR_EMPTY,
				 .proxy = STR_EMPTY};
	cr_assert(s3_open(o, &s, &err), "%s", err.msg);
	return s;
}

#define ANSWER(status, body) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n" body

Test(change, sends_what_is_put_and_nothing_of_its_own)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct s3_failure why;
	struct s3_options o;
	struct peer p;

	peer_begin(&p, ANSWER("200 OK", ""));
	CLEANUP(s3) struct s3 *s = open_at(&p, &o);
	cr_expect(s3_put(s, &(struct s3_upload){STR("a b"), STR_EMPTY, TAGS, 1, true}, a, &why),
		  "%.*s", STR_ARG(why.message));
	peer_end(&p);
	struct str asked = {p.asked, p.len};
	cr_expect(str_has_prefix(asked, STR("PUT /pg/a%20b HTTP/1.1\r\n")), "%s", p.asked);
	cr_expect(str_contains(asked, STR("\r\nContent-Length: 0\r\n")), "%s", p.asked);
	cr_expect(str_contains(asked, STR("\r\nx-amz-tagging: a=b\r\n")));
	cr_expect(str_contains(asked, STR("\r\nx-amz-checksum-crc32: AAAAAA==\r\n")));
	cr_expect(str_contains(
		asked,
		STR("SignedHeaders=host;x-amz-checksum-crc32;x-amz-content-sha256;x-amz-date;x-amz-sdk-checksum-algorithm;x-amz-tagging,")));
	cr_expect_not(str_contains(asked, STR("ontent-Type")) ||
			      str_contains(asked, STR("content-type")),
		      "%s", p.asked);
	cr_expect(str_has_suffix(asked, STR("\r\n\r\n")));
}

/* What is sent where the checksum stands behind the body: pieces within pieces, as boto3 has it. */
Test(change, sends_a_trailer_in_a_chunk)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct http_server server = {.url = STR_EMPTY};
	struct s3_request r;
	struct http *http;
	struct err err;
	struct peer p;

	peer_begin(&p, ANSWER("200 OK", ""));
	server.url = str_from(p.url);
	cr_assert(http_open(&server, &http, &err), "%s", err.msg);
	s3_upload_request(&(struct s3_upload){STR("k"), STR_EMPTY, NULL, 0, true}, true, a, &r);
	const struct http_call call = {.method = r.method,
				       .path = r.path,
				       .headers = r.headers,
				       .headers_len = r.headers_len,
				       .body = r.body,
				       .seconds = 30,
				       .most = 1};
	cr_expect(http_do(http, &call, a, &err), "%s", err.msg);
	http_close(http);
	peer_end(&p);
	struct str asked = {p.asked, p.len};
	cr_expect(
		str_has_suffix(
			asked,
			STR("\r\n\r\n24\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n\r\n0\r\n\r\n")),
		"%s", p.asked);
	cr_expect_not(str_contains(asked, STR("\r\nContent-Length:")), "%s", p.asked);
}

Test(change, believes_the_body_of_a_deletion)
{
	static const struct {
		const char *answer, *code, *message;
		long status;
		bool deleted;
	} table[] = {
		{ANSWER("200 OK", "<DeleteResult><Deleted><Key>k</Key></Deleted></DeleteResult>"),
		 "", "", 200, true},
		{ANSWER("200 OK",
			"<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code><Message>no</Message>"
			"</Error></DeleteResult>"),
		 "AccessDenied", "no", 200, false},
		{ANSWER("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>"),
		 "AccessDenied", "", 403, false},
		{ANSWER("400 Bad Request", "<Error><Code>MissingContentMD5</Code></Error>"),
		 "MissingContentMD5", "", 400, false},
		{ANSWER("200 OK", "<DeleteResult/>"), "",
		 "the answer does not say that it was deleted", 200, false},
		{ANSWER("200 OK", "<html/>"), "", "the answer is none to this call", 200, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct s3_failure why;
		struct s3_options o;
		struct peer p;

		peer_begin(&p, table[i].answer);
		CLEANUP(s3) struct s3 *s = open_at(&p, &o);
		cr_expect_eq(s3_delete(s, STR("k"), a, &why), table[i].deleted, "%zu: %.*s", i,
			     STR_ARG(why.message));
		peer_end(&p);
		cr_expect_eq(why.status, table[i].status);
		cr_expect(str_is(why.code, table[i].code) && str_is(why.message, table[i].message),
			  "%zu: %.*s: %.*s", i, STR_ARG(why.code), STR_ARG(why.message));
		cr_expect(str_has_prefix((struct str){p.asked, p.len},
					 STR("POST /pg?delete= HTTP/1.1\r\n")),
			  "%s", p.asked);
	}
}

Test(change, asks_how_a_bucket_is_set)
{
	static const char *const answers[] = {
		ANSWER("200 OK",
		       "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
		ANSWER("403 Forbidden", "<Error><Code>AccessDenied</Code></Error>"),
		ANSWER("200 OK", "<ListBucketResult/>"),
		ANSWER("200 OK",
		       "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>"
		       "<Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>"),
		ANSWER("404 Not Found",
		       "<Error><Code>ObjectLockConfigurationNotFoundError</Code></Error>"),
		ANSWER("404 Not Found", "<Error><Code>NoSuchBucket</Code></Error>"),
		NULL};
	CLEANUP(arena) struct arena *a = arena_new();
	struct s3_failure why;
	struct s3_options o;
	struct s3_lock lock;
	struct peer p;
	bool on;

	peer_begin_with(&p, answers);
	CLEANUP(s3) struct s3 *s = open_at(&p, &o);
	cr_expect(s3_versioning(s, a, &on, &why) && on);
	cr_expect_not(s3_versioning(s, a, &on, &why));
	cr_expect_not(s3_versioning(s, a, &on, &why), "it does not know the question");
	cr_expect(s3_lock(s, a, &lock, &why) && lock.enabled);
	cr_expect_eq(lock.days, 30);
	cr_expect(s3_lock(s, a, &lock, &why) && !lock.enabled && !lock.days);
	cr_expect_not(s3_lock(s, a, &lock, &why));
	peer_end(&p);
	cr_expect(str_contains((struct str){p.asked, p.len},
			       STR("GET /pg?object-lock= HTTP/1.1\r\n")));
}
