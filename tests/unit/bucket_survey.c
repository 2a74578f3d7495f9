#include "bucket/survey.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/utc.h"
#include "peer.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD(status) "HTTP/1.1 " status "\r\nConnection: close\r\n"
#define OK(body) HEAD("200 OK") "\r\n" body
#define NO(status, code) HEAD(status) "\r\n<Error><Code>" code "</Code></Error>"
#define LIST(objects) OK("<ListBucketResult>" objects "</ListBucketResult>")
#define SIZED(key, size)                                                                           \
	"<Contents><Key>db/" key                                                                   \
	"</Key><LastModified>2026-11-29T15:00:00Z</LastModified><Size>" size "</Size></Contents>"
#define AT(key) SIZED(key, "10")
#define INFO                                                                                       \
	"status=DONE\nbegin_wal=000000010000000000000002\nend_wal=000000010000000000000002\n"      \
	"end_xlog=0/2000100\nend_time=2026-11-29 15:00:00+00:00\n"
#define EMPTY OK("<ListBucketResult/>")

struct outcome {
	struct arena *arena;
	struct probe_server server;
	struct probe_answer read;
	struct str asked;
};

static void survey_at(struct outcome *o, struct peer *p)
{
	struct s3_options options = {.endpoint = str_from(p->url),
				     .bucket = STR("pg"),
				     .keys = {STR("id"), STR("secret"), STR_EMPTY, STR_EMPTY},
				     .ca = STR_EMPTY,
				     .proxy = STR_EMPTY};
	struct s3 *s;
	struct err err;

	*o = (struct outcome){.arena = arena_new()};
	cr_assert(s3_open(&options, &s, &err), "%s", err.msg);
	survey_server(&(struct survey_order){s, STR("db/"), {0, 0}}, o->arena, &o->server,
		      &o->read);
	s3_close(s);
	o->asked = peer_asked(p, o->arena);
}

static void survey(struct outcome *o, const char *const *answers)
{
	struct peer p;

	peer_begin_with(&p, answers);
	survey_at(o, &p);
}

Test(survey, says_of_each_text_why_it_was_not_read)
{
	static const char *const answers[] = {
		LIST(AT("base/1/backup.info") AT("base/2/backup.info")
			     SIZED("base/3/backup.info", "65537")
				     SIZED("base/4/backup.info", "65536") AT("base/5/data.tar")),
		OK(INFO),
		NO("404 Not Found", "NoSuchKey"),
		OK("status=DONE\nbegin_wal=x\n"),
		LIST(AT("wals/00000002.history") AT("wals/00000002.history.gz")
			     AT("wals/00000003.history.gz") AT("wals/00000004.history")
				     AT("wals/00000005.history") AT("wals/00000006.history.xz")
					     AT("wals/00000007.history.snappy")),
		OK("1\t0/3000100\twhy\n"),
		OK("\x1f\x8b and so on"),
		NO("404 Not Found", "NoSuchKey"),
		OK("9 x\n"),
		OK("\xfd"
		   "7zXZ"),
		OK("sNaPpY"),
		NULL};
	static const char *const problems[] = {"backup.info: begin_wal is no segment",
					       "backup.info: the store answers 404 NoSuchKey",
					       "backup.info: it has 65537 bytes, more than 65536",
					       "", "it has no backup.info"};
	static const char *const histories[] = {
		"",
		"it is compressed (.gz), and could not be unpacked",
		"the store answers 404 NoSuchKey",
		"line 1: the timelines do not increase up to 5",
		"it is compressed (.xz), and could not be unpacked",
		"it is compressed (.snappy), and could not be unpacked"};
	struct outcome o;

	survey(&o, answers);
	const struct catalogue *c = o.server.catalogue;

	cr_assert(c);
	cr_expect_eq(o.read.said, PROBE_YES);
	cr_assert_eq(c->backups_len, ARRAY_LEN(problems));
	for (size_t i = 0; i < c->backups_len; i++) {
		cr_expect_eq(c->backups[i].known, !*problems[i]);
		cr_expect(c->backups[i].known || str_is(c->backups[i].problem, problems[i]),
			  "%zu: %.*s", i, STR_ARG(c->backups[i].problem));
	}
	cr_assert_eq(c->timelines_len, 7u, "that of the backup, too");
	for (size_t i = 0; i < ARRAY_LEN(histories); i++) {
		const struct timeline *t = &c->timelines[i + 1];

		cr_expect_eq(t->known, !*histories[i]);
		cr_expect(t->known || str_is(t->problem, histories[i]), "%" PRIu32 ": %.*s", t->id,
			  STR_ARG(t->problem));
	}
	cr_expect(
		str_has_prefix(o.asked,
			       STR("GET /pg?list-type=2&prefix=db%2Fbase%2F\n"
				   "GET /pg/db/base/4/backup.info\nGET /pg/db/base/2/backup.info\n"
				   "GET /pg/db/base/1/backup.info\nGET /pg?list-type=2")),
		"the newest first: %.*s", STR_ARG(o.asked));
	arena_free(o.arena);
}

Test(survey, asks_for_no_second_text_when_none_may_be_read)
{
	static const char *const answers[] = {
		LIST(AT("base/1/backup.info") AT("base/2/backup.info")),
		NO("403 Forbidden", "AccessDenied"),
		LIST(AT("wals/00000002.history") AT("wals/00000003.history")),
		NO("403 Forbidden", "AccessDenied"), NULL};
	struct outcome o;

	survey(&o, answers);
	const struct catalogue *c = o.server.catalogue;

	cr_assert(c);
	cr_expect_eq(o.read.said, PROBE_NO);
	cr_expect(str_is(o.read.why.code, "AccessDenied"));
	cr_assert_eq(c->backups_len, 2u);
	for (size_t i = 0; i < 2; i++)
		cr_expect(str_is(c->backups[i].problem,
				 "backup.info: the store answers 403 AccessDenied"),
			  "%.*s", STR_ARG(c->backups[i].problem));
	cr_assert_eq(c->timelines_len, 2u);
	cr_expect(str_is(c->timelines[0].problem, "the store answers 403 AccessDenied"));
	cr_expect(str_is(c->timelines[1].problem, "its history was not read"));
	arena_free(o.arena);
}

Test(survey, says_nothing_of_what_it_could_not_list)
{
	static const struct {
		const char *answers[4];
		enum probe_said said;
		const char *code, *problem;
	} table[] = {
		{{NO("403 Forbidden", "AccessDenied")}, PROBE_NO, "AccessDenied", ""},
		{{EMPTY, NO("403 Forbidden", "AccessDenied")}, PROBE_NO, "AccessDenied", ""},
		{{LIST(AT("base/2/backup.info") AT("base/1/backup.info"))},
		 PROBE_YES,
		 "",
		 "the store does not list in the order of keys: \"base/1/backup.info\" comes behind \"base/2/backup.info\""},
		{{EMPTY, LIST(AT("wals/00000003.history") AT("wals/00000002.history"))},
		 PROBE_YES,
		 "",
		 "the store does not list in the order of keys: \"wals/00000002.history\" comes behind \"wals/00000003.history\""},
		{{OK("<ListBucketResult><Contents><Key>x</Key><LastModified>2026-11-29T15:00:00Z"
		     "</LastModified></Contents></ListBucketResult>")},
		 PROBE_YES,
		 "",
		 "the store lists \"x\" as below \"db/base/\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct outcome o;

		survey(&o, table[i].answers);
		cr_expect(!o.server.catalogue && !o.server.timeline, "%zu", i);
		cr_expect_eq(o.server.list.said, table[i].said, "%zu", i);
		cr_expect(str_is(o.server.list.why.code, table[i].code), "%zu", i);
		cr_expect(str_is(o.server.problem, table[i].problem), "%zu: %.*s", i,
			  STR_ARG(o.server.problem));
		arena_free(o.arena);
	}
}

/* A store with very many objects: a page of 1,000 segments for each request below wals/. */
enum { PAGES = 100, PAGE = 1000 };

static void add_page(struct buf *out, unsigned page)
{
	char name[SEGMENT_NAME];

	if (page + 1 < PAGES)
		buf_fmt(out,
			"<IsTruncated>true</IsTruncated><NextContinuationToken>page-%u</NextContinuationToken>",
			page + 1);
	for (unsigned i = 0; i < PAGE; i++) {
		segment_name(1, 1 + page * PAGE + i, SEGMENT_SIZE, name);
		buf_fmt(out,
			"<Contents><Key>db/wals/%.16s/%s</Key><LastModified>2026-11-29T15:00:00.000Z"
			"</LastModified><ETag>\"d41d8cd98f00b204e9800998ecf8427e\"</ETag><Size>16777216</Size>"
			"<StorageClass>STANDARD</StorageClass></Contents>",
			name, name);
	}
}

/* "1\t0/3000100\tx\n", by gzip. */
static const uint8_t PACKED[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
				 0x03, 0x33, 0xe4, 0x34, 0xd0, 0x37, 0x36, 0x30, 0x30,
				 0x30, 0x34, 0x30, 0xe0, 0xac, 0xe0, 0x02, 0x00, 0x7e,
				 0x21, 0x2f, 0x77, 0x0e, 0x00, 0x00, 0x00};

static void answer_packed(struct str request, struct buf *out)
{
	bool history = str_contains(
		request,
		STR("GET /pg/db/wals/00000002.history.gz?response-content-encoding=gzip "));
	const char *page =
		str_contains(request, STR("prefix=db%2Fbase%2F"))
			? "<ListBucketResult/>"
			: "<ListBucketResult>" AT("wals/00000002.history.gz") "</ListBucketResult>";

	buf_fmt(out, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n",
		history ? "Content-Encoding: gzip\r\n" : "",
		history ? sizeof PACKED : strlen(page));
	buf_add(out, history ? (const void *)PACKED : page, history ? sizeof PACKED : strlen(page));
}

static void answer_many(struct str request, struct buf *out)
{
	CLEANUP(buf) struct buf body = {.len = 0};
	size_t token = str_find(request, STR("continuation-token=page-"));
	int64_t page = 0;

	if (token != STR_NONE) {
		struct str rest =
			str_slice(request, token + strlen("continuation-token=page-"), request.len);
		struct str digits;

		cr_assert(str_split(&rest, '&', &digits) && str_to_i64(digits, &page));
	}
	if (str_contains(request, STR("/backup.info"))) {
		buf_text(&body, INFO);
	} else {
		buf_text(&body, "<ListBucketResult>");
		if (str_contains(request, STR("prefix=db%2Fbase%2F")))
			buf_text(&body, AT("base/20261129T150000/backup.info")
						AT("base/20261129T150000/data.tar"));
		else
			add_page(&body, (unsigned)page);
		buf_text(&body, "</ListBucketResult>");
	}
	buf_fmt(out, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", body.len);
	buf_str(out, buf_slice(&body));
}

/* One connection that is kept; notes the request lines alone. */
static void *store_main(void *ctx)
{
	struct peer *p = ctx;
	int fd = accept(p->fd, NULL, NULL);
	char request[4096];
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, request + len, sizeof request - len)) > 0) {
		CLEANUP(buf) struct buf out = {.len = 0};
		struct str text = {request, len += (size_t)n};

		if (!str_has_suffix(text, STR("\r\n\r\n")))
			continue;
		if (p->one[0])
			answer_packed(text, &out);
		else
			answer_many(text, &out);
		for (size_t at = 0; at < out.len && n > 0; at += (size_t)n)
			n = write(fd, out.ptr + at, out.len - at);
		size_t line = str_find(text, STR("\r\n")) + 2;

		memcpy(p->asked + p->len, request, line);
		p->len += line;
		len = 0;
	}
	close(fd);
	return NULL;
}

Test(survey, asks_little_and_keeps_little_of_very_many_objects)
{
	struct outcome o;
	size_t requests = 0, before, after;
	struct peer p;

	peer_listen(&p, NULL, store_main);
	before = mallinfo2().uordblks;
	survey_at(&o, &p);
	after = mallinfo2().uordblks;
	cr_assert(o.server.catalogue, "%.*s", STR_ARG(o.server.list.why.message));
	cr_expect_eq(o.server.catalogue->segments, PAGES * PAGE);
	cr_expect_eq(o.server.catalogue->runs_len, 1u);
	cr_expect_eq(o.server.windows_len, 1u);
	for (size_t i = 0; i < o.asked.len; i++)
		requests += o.asked.ptr[i] == '\n';
	cr_expect_eq(requests, 1u + 1u + PAGES, "%zu", requests);
	cr_expect_lt(after - before, 1u << 20, "%zu bytes", after - before);
	arena_free(o.arena);
}

Test(survey, reads_a_history_that_is_packed)
{
	struct outcome o;
	struct peer p;

	peer_listen(&p, "packed", store_main);
	survey_at(&o, &p);
	const struct catalogue *c = o.server.catalogue;

	cr_assert(c, "%.*s", STR_ARG(o.server.list.why.message));
	cr_assert_eq(c->timelines_len, 1u);
	cr_assert(c->timelines[0].known, "%.*s", STR_ARG(c->timelines[0].problem));
	cr_assert_eq(c->timelines[0].steps_len, 1u);
	cr_expect_eq(c->timelines[0].steps[0].end_lsn, 0x3000100u);
	arena_free(o.arena);
}

Test(survey, keeps_to_the_newest_of_very_many_backups)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf page = BUF_ARENA(a);
	struct outcome o;

	buf_text(&page, HEAD("200 OK") "\r\n<ListBucketResult>");
	for (unsigned i = 0; i <= LIMIT_BACKUPS; i++)
		buf_fmt(&page, AT("base/%06u/backup.info"), i);
	buf_text(&page, "</ListBucketResult>");
	buf_byte(&page, '\0');
	survey(&o,
	       (const char *const[]){page.ptr, NO("403 Forbidden", "AccessDenied"), EMPTY, NULL});
	const struct catalogue *c = o.server.catalogue;

	cr_assert(c);
	cr_assert_eq(c->backups_len, LIMIT_BACKUPS + 1u);
	cr_expect(str_is(c->backups[0].problem, "backup.info: not read, as too many are newer"));
	cr_expect(str_is(c->backups[1].problem, "backup.info: the store answers 403 AccessDenied"));
	arena_free(o.arena);
}

Test(survey, finds_a_folder_as_barman_does)
{
	static const char *const table[][3] = {
		{"p", "db", "p/db/"},  {"", "db", "db/"},
		{"p/", "db", "p/db/"}, {"p//q", "a", "p//q/a/"},
		{"p", "/db", "/db/"},  {"p", "", "p/"},
		{"", "", ""},	       {"p", "db/", "p/db/"},
	};
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct str folder = server_folder(str_from(table[i][0]), str_from(table[i][1]), a);

		cr_expect(str_is(folder, table[i][2]), "%zu: %.*s", i, STR_ARG(folder));
	}
}

/* It was pruned after it was listed. */
Test(survey, proves_nothing_by_what_is_gone)
{
	static const char *const answers[] = {LIST(AT("base/1/backup.info")),
					      NO("404 Not Found", "NoSuchKey"), EMPTY, NULL};
	struct outcome o;

	survey(&o, answers);
	cr_assert(o.server.catalogue);
	cr_expect_eq(o.read.said, PROBE_NOT_ASKED);
	arena_free(o.arena);
}
