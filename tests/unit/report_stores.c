/* What is said of a store's servers beside their columns. */
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "bucket_file.h"
#include "report/glyph.h"
#include "report/phrase.h"
#include "report/writers.h"

#include <criterion/criterion.h>

static void said_of(struct arena *a, const char *bucket, unsigned width, struct buf *text,
		    struct buf *json)
{
	struct str path = arena_fmt(a, "tests/cases/timeline-history/%s.bucket", bucket), in;
	struct report report = {.arena = a};
	struct json j = JSON(json);
	struct err err;

	cr_assert(file_read(a, path, LIMIT_FILE_BYTES, &in, &err) &&
			  bucket_file_read(in, a, &report.stores, &err),
		  "%s", err.msg);
	stores_text(text, &report,
		    &(struct report_style){.program = "backup-guard", .width = width});
	stores_json(&j, &report);
}

Test(report_stores, which_timeline_is_taken_without_a_word_is_said)
{
	static const struct {
		const char *bucket, *text, *json;
	} table[] = {
		{"right", NULL, "\"timeline\":3,\"followed\":3,\"unknownHistories\":[],"},
		{"wrong",
		 "    PostgreSQL by itself takes timeline 1; what stands here is of timeline 3, when that is named\n",
		 "\"timeline\":3,\"followed\":1,\"unknownHistories\":[],"},
		{"nonsense",
		 "    PostgreSQL by itself takes timeline 2, whose history cannot be understood: line 1: the timelines do not increase up to 2; what stands here is of timeline 1, when that is named\n",
		 "\"timeline\":1,\"followed\":2,\"unknownHistories\":[{\"timeline\":2,\"problem\":\"line 1: the timelines do not increase up to 2\"}],"},
		{"alone", NULL, "\"timeline\":1,\"followed\":1,"},
	};
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct buf text = BUF_ARENA(a), json = BUF_ARENA(a);

		said_of(a, table[i].bucket, 400, &text, &json);
		cr_expect_eq(str_contains(buf_slice(&text), STR("by itself")),
			     table[i].text != NULL, "%s", table[i].bucket);
		cr_expect(!table[i].text || str_contains(buf_slice(&text), str_from(table[i].text)),
			  "%s: %.*s", table[i].bucket, STR_ARG(buf_slice(&text)));
		cr_expect(str_contains(buf_slice(&json), str_from(table[i].json)), "%s: %.*s",
			  table[i].bucket, STR_ARG(buf_slice(&json)));
	}
}

Test(report_stores, on_a_phone_no_line_is_wider_than_it)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf text = BUF_ARENA(a), json = BUF_ARENA(a);
	struct str rest, one;

	said_of(a, "wrong", 60, &text, &json);
	rest = buf_slice(&text);
	cr_assert(str_contains(rest, STR("\n  db\n    RESTORABLE FROM (UTC)  2026-08-25 03:00\n"
					 "    TO (UTC)               2026-08-25 ")),
		  "%.*s", STR_ARG(rest));
	cr_assert(str_contains(rest, STR("\n  head yes, list yes, ")), "%.*s", STR_ARG(rest));
	while (str_split(&rest, '\n', &one))
		cr_expect_leq(glyph_width(one), 60, "%.*s", STR_ARG(one));
}

Test(report_stores, a_long_line_goes_on_below)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf out = BUF_ARENA(a);

	phrase_lines(&out, STR("short  line\n\n  a line that is long\nAWordThatIsLonger --as it\n"),
		     12);
	cr_assert(
		str_is(buf_slice(&out),
		       "short  line\n\n  a line\n    that is\n    long\nAWordThatIsLonger\n  --as it\n"),
		"%.*s", STR_ARG(buf_slice(&out)));
}
