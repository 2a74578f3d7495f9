#include "bucket/probe.h"

#include "base/buf.h"
#include "base/utc.h"
#include "peer.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD(status) "HTTP/1.1 " status "\r\nConnection: close\r\n"
#define OK(body) HEAD("200 OK") "\r\n" body
#define NO(status, code) HEAD(status) "\r\n<Error><Code>" code "</Code></Error>"
#define EMPTY OK("<ListBucketResult/>")
#define DENIED NO("403 Forbidden", "AccessDenied")
#define LIST(objects) OK("<ListBucketResult>" objects "</ListBucketResult>")
#define AT(key, time)                                                                              \
	"<Contents><Key>" key "</Key><LastModified>2026-11-29T" time                               \
	"Z</LastModified><Size>10</Size></Contents>"
#define FOLDER(name) "<CommonPrefixes><Prefix>" name "</Prefix></CommonPrefixes>"
#define WAL(tl, n, time) AT("p/db/wals/0000000" tl "00000000/0000000" tl "00000000000000" n, time)
#define INFO(status)                                                                               \
	"status=" status                                                                           \
	"\nbegin_wal=000000010000000000000002\nend_wal=000000010000000000000002\n"                 \
	"end_xlog=0/2000100\nend_time=2026-11-29 15:00:00+00:00\nsystemid=71\n"
#define NO_LOCK NO("404 Not Found", "ObjectLockConfigurationNotFoundError")

struct outcome {
	struct arena *arena;
	struct probe probe;
	struct str asked;
};

static const struct str SERVERS[] = {STR_INIT("db"), STR_INIT("db2"), STR_INIT("new")};

static void ask(struct outcome *o, const char *const *answers, const struct probe_wish *wish)
{
	struct s3_options options = {.bucket = STR("pg"),
				     .keys = {STR("id"), STR("secret"), STR_EMPTY, STR_EMPTY},
				     .ca = STR_EMPTY,
				     .proxy = STR_EMPTY};
	struct s3 *s;
	struct err err;
	struct peer p;

	o->arena = arena_new();
	peer_begin_with(&p, answers);
	options.endpoint = str_from(p.url);
	cr_assert(s3_open(&options, &s, &err), "%s", err.msg);
	probe_ask(s, wish, o->arena, &o->probe);
	s3_close(s);
	o->asked = peer_asked(&p, o->arena);
}

/* What each call said, a letter each. */
static const char *said(const struct probe *p, char out[PROBE_CALLS + 1])
{
	for (size_t i = 0; i < PROBE_CALLS; i++)
		out[i] = "-yn"[p->calls[i].said];
	out[PROBE_CALLS] = '\0';
	return out;
}

Test(probe, looks_at_what_is_there)
{
	static const char *const answers[] = {
		HEAD("200 OK") "Date: Thu, 01 Jan 1970 00:00:10 GMT\r\n\r\n",
		LIST(AT("p/db/base/20261129T150000/backup.info", "15:00:01")
			     AT("p/db/base/20261129T150000/data.tar", "15:00:00")),
		OK(INFO("DONE")),
		LIST(WAL("1", "02", "15:00:10") WAL("1", "03.partial", "15:10:00") AT(
			"p/db/wals/00000002.history", "15:15:00") WAL("2", "03", "15:20:00")),
		OK("1\t0/3000100\tno recovery target\n"),
		LIST(FOLDER("p/db/") FOLDER("p/old/") FOLDER("p/db2/")),
		EMPTY,
		EMPTY,
		OK("<VersioningConfiguration/>"),
		NO_LOCK,
		NULL};
	const struct probe_wish wish = {.path = STR("p"),
					.servers = SERVERS,
					.servers_len = ARRAY_LEN(SERVERS),
					.now = 1795966200}; /* 15:30 */
	struct outcome o;
	char calls[PROBE_CALLS + 1], time[UTC_TEXT];

	ask(&o, answers, &wish);
	cr_expect_str_eq(said(&o.probe, calls), "yyy---");
	cr_expect(
		str_is(o.asked,
		       "HEAD /pg\nGET /pg?list-type=2&prefix=p%2Fdb%2Fbase%2F\n"
		       "GET /pg/p/db/base/20261129T150000/backup.info\n"
		       "GET /pg?list-type=2&prefix=p%2Fdb%2Fwals%2F\nGET /pg/p/db/wals/00000002.history\n"
		       "GET /pg?delimiter=%2F&list-type=2&max-keys=1000&prefix=p%2F\n"
		       "GET /pg?list-type=2&prefix=p%2Fdb2%2Fbase%2F\nGET /pg?list-type=2&prefix=p%2Fdb2%2Fwals%2F\n"
		       "GET /pg?versioning=\nGET /pg?object-lock=\n"),
		"%.*s", STR_ARG(o.asked));
	cr_assert_eq(o.probe.servers_len, 3u);
	const struct probe_server *db = &o.probe.servers[0], *new = &o.probe.servers[2];

	cr_assert(db->catalogue && !db->problem.len);
	cr_expect_eq(db->timeline, 2u);
	cr_assert_eq(db->windows_len, 1u);
	cr_expect_str_eq(utc_format(db->windows[0].from, time), "2026-11-29T15:00:00Z");
	cr_expect_str_eq(utc_format(db->windows[0].reach.until, time), "2026-11-29T15:30:00Z",
			 "its clock may be far behind");
	cr_expect(str_is(db->catalogue->systems[0], "71"));
	cr_expect_eq(new->list.said, PROBE_YES, "it is none of the folders");
	cr_assert(new->catalogue);
	cr_expect(!new->catalogue->backups_len && !new->timeline);
	cr_assert_eq(o.probe.folders_len, 1u);
	cr_expect(str_is(o.probe.folders[0], "old"));
	cr_expect_lt(o.probe.skew, -1000000000);
	cr_expect_eq(o.probe.versioning, PROBE_OFF);
	cr_expect_eq(o.probe.lock, PROBE_OFF);
	arena_free(o.arena);
}

#define DONE_DELETE OK("<DeleteResult><Deleted><Key>k</Key></Deleted></DeleteResult>")

/* One server, nothing in it; the answers behind those that read. */
#define ASK_WRITE(o, ...)                                                                          \
	ask((o),                                                                                   \
	    (const char *const[]){OK(""), EMPTY, EMPTY, EMPTY, DENIED, DENIED, __VA_ARGS__, NULL}, \
	    &(const struct probe_wish){                                                            \
		    .path = STR_EMPTY, .servers = SERVERS, .servers_len = 1, .write = true})

Test(probe, writes_one_object_beside_what_counts_and_takes_it_away)
{
	struct outcome o;
	char calls[PROBE_CALLS + 1];

	/* what is listed cannot be told before the name is known: it is not the one */
	ASK_WRITE(&o, OK(""), OK(""), LIST(AT("db/.backup-guard-probe-1", "15:00:00")),
		  DONE_DELETE);
	cr_expect_str_eq(said(&o.probe, calls), "yyyyny");
	cr_expect(!o.probe.left.len);
	cr_expect_eq(o.probe.versioning, PROBE_UNKNOWN);
	cr_expect_eq(o.probe.lock, PROBE_UNKNOWN);
	const struct s3_failure *why = &o.probe.calls[PROBE_FIND].why;
	cr_expect(why->status == 200 && !why->code.len && why->message.len);
	size_t at = str_find(o.asked, STR("PUT /pg/db/.backup-guard-probe-"));
	cr_assert_neq(at, STR_NONE, "%.*s", STR_ARG(o.asked));
	struct str key = str_slice(o.asked, at + strlen("PUT /pg/db/"),
				   at + strlen("PUT /pg/db/.backup-guard-probe-") + 16);
	struct str rest = arena_fmt(
		o.arena,
		"PUT /pg/db/%.*s\nGET /pg/db/%.*s\nGET /pg?list-type=2&max-keys=1&prefix=db%%2F%.*s\n"
		"POST /pg?delete=\n",
		STR_ARG(key), STR_ARG(key), STR_ARG(key));
	cr_expect(str_has_suffix(o.asked, rest), "%.*s", STR_ARG(o.asked));
	arena_free(o.arena);
}

Test(probe, says_what_it_could_not_take_away)
{
	static const char *const refusals[] = {
		OK("<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code></Error></DeleteResult>"),
		DENIED};
	struct outcome o;

	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		ASK_WRITE(&o, OK(""), DENIED, EMPTY, refusals[i]);
		cr_expect_eq(o.probe.calls[PROBE_DELETE].said, PROBE_NO);
		cr_expect_eq(o.probe.calls[PROBE_READ].said, PROBE_NO);
		cr_expect(str_is(o.probe.calls[PROBE_READ].why.code, "AccessDenied"));
		cr_expect(str_is(o.probe.calls[PROBE_DELETE].why.code, "AccessDenied"));
		cr_expect(str_has_prefix(o.probe.left, STR("db/.backup-guard-probe-")));
		arena_free(o.arena);
	}
}

Test(probe, takes_away_what_may_have_been_written)
{
	struct outcome o;
	char calls[PROBE_CALLS + 1];

	ASK_WRITE(&o, NO("500 Oops", "X"), NO("500 Oops", "X"), NO("500 Oops", "X"), DENIED);
	cr_expect_str_eq(said(&o.probe, calls), "yy-n--");
	cr_expect(str_has_suffix(o.asked, STR("POST /pg?delete=\n")), "%.*s", STR_ARG(o.asked));
	cr_expect(!o.probe.left.len, "nobody knows that it is there");
	arena_free(o.arena);
	ASK_WRITE(&o, NO("403 Forbidden", "AccessDenied"), DENIED);
	cr_expect_str_eq(said(&o.probe, calls), "yy-n--");
	cr_expect_not(str_contains(o.asked, STR("POST")));
	arena_free(o.arena);
}

/* What the stores of the field answer to what is wrong, and how far a probe goes then. */
static const struct {
	const char *answers[10];
	const char *said, *code;
	long status;
	enum probe_call of;
} REFUSALS[] = {
	{{HEAD("404 Not Found") "\r\n", NO("404 Not Found", "NoSuchBucket")},
	 "nn----",
	 "NoSuchBucket",
	 404,
	 PROBE_LIST},
	{{HEAD("403 Forbidden") "\r\n", NO("403 Forbidden", "SignatureDoesNotMatch")},
	 "nn----",
	 "SignatureDoesNotMatch",
	 403,
	 PROBE_LIST},
	{{HEAD("403 Forbidden") "\r\n", NO("403 Forbidden", "InvalidAccessKeyId")},
	 "nn----",
	 "InvalidAccessKeyId",
	 403,
	 PROBE_LIST},
	{{HEAD("400 Bad Request") "\r\n", NO("400 Bad Request", "InvalidToken")},
	 "nn----",
	 "InvalidToken",
	 400,
	 PROBE_LIST},
	{{HEAD("400 Bad Request") "\r\n", NO("400 Bad Request", "InvalidBucketName")},
	 "nn----",
	 "InvalidBucketName",
	 400,
	 PROBE_LIST},
	{{HEAD("403 Forbidden") "\r\n", NO("403 Forbidden", "RequestTimeTooSkewed")},
	 "nn----",
	 "RequestTimeTooSkewed",
	 403,
	 PROBE_LIST},
	/* a right is missing, and others may be there: write-only */
	{{HEAD("403 Forbidden") "\r\n", DENIED, DENIED, DENIED, DENIED, OK(""), DENIED, DENIED,
	  DONE_DELETE},
	 "nnnyny",
	 "AccessDenied",
	 403,
	 PROBE_FIND},
	/* another region: HEAD fails, and who is asked otherwise is told where to go */
	{{HEAD("400 Bad Request") "\r\n",
	  HEAD("400 Bad Request") "\r\n<Error><Code>AuthorizationHeaderMalformed</Code>"
				  "<Region>eu-west-1</Region></Error>",
	  EMPTY, EMPTY, EMPTY, DENIED, DENIED, NO("400 Bad Request", "InvalidTag")},
	 "ny-n--",
	 "InvalidTag",
	 400,
	 PROBE_WRITE},
	{{HEAD("400 Bad Request") "\r\n", NO("400 Bad Request", "AuthorizationHeaderMalformed")},
	 "nn----",
	 "AuthorizationHeaderMalformed",
	 400,
	 PROBE_LIST},
};

Test(probe, ends_where_the_rest_would_fail_as_well)
{
	for (size_t i = 0; i < ARRAY_LEN(REFUSALS); i++) {
		const struct probe_wish wish = {
			.path = STR("p"), .servers = SERVERS, .servers_len = 1, .write = true};
		char calls[PROBE_CALLS + 1];
		struct outcome o;

		ask(&o, REFUSALS[i].answers, &wish);
		cr_expect_str_eq(said(&o.probe, calls), REFUSALS[i].said, "%zu: %s", i, calls);
		const struct s3_failure *why = &o.probe.calls[REFUSALS[i].of].why;
		cr_expect_eq(why->status, REFUSALS[i].status, "%zu: %ld", i, why->status);
		cr_expect(str_is(why->code, REFUSALS[i].code), "%zu: %.*s", i, STR_ARG(why->code));
		arena_free(o.arena);
	}
}

Test(probe, asks_nothing_more_where_nobody_is)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* its port is nobody's */
	CLEANUP(arena) struct arena *a = arena_new();
	struct s3_options options = {.bucket = STR("pg"), .ca = STR_EMPTY, .proxy = STR_EMPTY};
	const struct probe_wish wish = {
		.path = STR("p"), .servers = SERVERS, .servers_len = 1, .write = true};
	char calls[PROBE_CALLS + 1];
	struct probe probe;
	struct s3 *s;
	struct err err;

	setenv("no_proxy", "*", 1);
	cr_assert_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	options.endpoint = arena_fmt(a, "http://127.0.0.1:%u", ntohs(at.sin_port));
	cr_assert(s3_open(&options, &s, &err), "%s", err.msg);
	probe_ask(s, &wish, a, &probe);
	s3_close(s);
	close(fd);
	cr_expect_str_eq(said(&probe, calls), "n-----");
	cr_expect_eq(probe.calls[PROBE_HEAD].why.cause, HTTP_CAUSE_REFUSED);
	cr_assert_eq(probe.servers_len, 1u);
	cr_expect(!probe.servers[0].catalogue && probe.servers[0].list.said == PROBE_NOT_ASKED);
	cr_expect_eq(probe.certificate, 0);
}

Test(probe, lists_the_bucket_where_nobody_says_which_servers)
{
	static const char *const answers[] = {OK(""), LIST(FOLDER("a/") FOLDER("b/")), DENIED,
					      DENIED, NULL};
	struct outcome o;
	char calls[PROBE_CALLS + 1];

	ask(&o, answers, &(const struct probe_wish){.path = STR_EMPTY});
	cr_expect_str_eq(said(&o.probe, calls), "yy----");
	cr_assert_eq(o.probe.folders_len, 2u);
	cr_expect(str_is(o.probe.folders[1], "b"));
	cr_expect(str_has_prefix(o.asked, STR("HEAD /pg\nGET /pg?delimiter=%2F&list-type=2")));
	arena_free(o.arena);
}

Test(probe, looks_into_the_folders_beside_but_for_those_that_are_somebodys)
{
	static const struct str known[] = {STR_INIT("db2")};
	static const char *const answers[] = {
		OK(""),
		EMPTY,
		EMPTY,
		LIST(FOLDER("p/db/") FOLDER("p/db2/") FOLDER("p/old/") FOLDER("p/shut/")
			     FOLDER("p/thanos/")),
		LIST(AT("p/old/base/20261129T150000/backup.info", "15:00:01")),
		DENIED,
		EMPTY,
		DENIED,
		EMPTY,
		EMPTY,
		OK("<VersioningConfiguration/>"),
		NO_LOCK,
		NULL};
	const struct probe_wish wish = {.path = STR("p"),
					.servers = SERVERS,
					.servers_len = 1,
					.known = known,
					.known_len = 1,
					.beside = true};
	struct outcome o;
	char calls[PROBE_CALLS + 1];

	ask(&o, answers, &wish);
	cr_expect_str_eq(said(&o.probe, calls), "yy----", "%s", calls);
	cr_expect_eq(o.probe.folders_len, 3u);
	cr_assert_eq(o.probe.servers_len, 2u);
	cr_expect(o.probe.beside && !o.probe.servers[0].beside && o.probe.servers[1].beside);
	cr_expect(str_is(o.probe.servers[1].name, "old"));
	cr_expect_eq(o.probe.servers[1].catalogue->backups_len, 1u);
	cr_expect(str_contains(o.asked, STR("prefix=p%2Fthanos%2Fwals%2F")), "%.*s",
		  STR_ARG(o.asked));
	arena_free(o.arena);
}

Test(probe, reads_what_it_wrote_only_where_nothing_was_read)
{
	static const char *const answers[] = {OK(""),
					      LIST(AT("p/db/base/1/backup.info", "15:00:01")),
					      OK(INFO("DONE")),
					      EMPTY,
					      EMPTY,
					      DENIED,
					      DENIED,
					      OK(""),
					      EMPTY,
					      DONE_DELETE,
					      NULL};
	const struct probe_wish wish = {
		.path = STR("p"), .servers = SERVERS, .servers_len = 1, .write = true};
	struct outcome o;
	char calls[PROBE_CALLS + 1];

	ask(&o, answers, &wish);
	cr_expect_str_eq(said(&o.probe, calls), "yyyyny");
	cr_expect_not(str_contains(o.asked, STR("GET /pg/p/db/.backup-guard")), "%.*s",
		      STR_ARG(o.asked));
	arena_free(o.arena);
}
