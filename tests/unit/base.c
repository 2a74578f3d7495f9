#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utc.h"
#include "base/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

#define EQ(buffer, text)                                                                           \
	cr_assert(str_is(buf_slice(&(buffer)), text), "%.*s", STR_ARG(buf_slice(&(buffer))))

Test(base, split_keeps_empty_parts)
{
	struct str rest = STR("a,,b"), part;
	int parts = 0;

	while (str_split(&rest, ',', &part))
		parts++;
	cr_assert_eq(parts, 3);
}

Test(base, number_refuses_what_is_not_one)
{
	static const char *const bad[] = {
		"", "-", "+1", " 1", "1 ", "1x", "9223372036854775808", "-9223372036854775809"};
	int64_t n;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert_not(str_to_i64(str_from(bad[i]), &n), "%s", bad[i]);
	cr_assert(str_to_i64(STR("-9223372036854775808"), &n));
	cr_assert_eq(n, INT64_MIN);
}

Test(base, duration_has_units_up_to_weeks)
{
	int64_t n;

	cr_assert(str_to_seconds(STR("1h30m"), &n));
	cr_assert_eq(n, 5400);
	cr_assert(str_to_seconds(STR("8d"), &n));
	cr_assert_eq(n, 8 * UTC_DAY);
	cr_assert_not(str_to_seconds(STR("8"), &n));
	cr_assert_not(str_to_seconds(STR("h"), &n));
	cr_assert_not(str_to_seconds(STR("99999999999w"), &n));
}

Test(base, utf8_refuses_overlong_surrogate_and_cut_sequences)
{
	cr_assert(utf8_valid(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x98")));
	cr_assert_not(utf8_valid(STR("\xc0\x80")));
	cr_assert_not(utf8_valid(STR("\xed\xa0\x80")));
	cr_assert_not(utf8_valid(STR("\xe2\x82")));
	cr_assert_not(utf8_valid(STR("\xf4\x90\x80\x80")));
	cr_assert_not(utf8_valid(STR("\xff")));
}

Test(base, nearest_name_counts_a_swap_as_one)
{
	static const char *const names[] = {"check", "cron", "serve"};

	cr_assert_str_eq(str_nearest(STR("chekc"), names, 3), "check");
	cr_assert_str_eq(str_nearest(STR("Serv"), names, 3), "serve");
	cr_assert_str_eq(str_nearest(STR("check"), names, 3), "check");
	cr_assert_null(str_nearest(STR("frobnicate"), names, 3));
	cr_assert_eq(str_distance(STR("abcd"), STR("abdc"), 3), 1);
	cr_assert_eq(str_distance(STR("abcd"), STR("wxyz"), 2), 3);
}

Test(base, arena_goes_back_to_a_mark_and_keeps_what_was_before)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct arena_mark empty = arena_mark(a), mark;
	struct str kept = arena_str(a, STR("kept"));

	mark = arena_mark(a);
	for (size_t size = 1; size < 300000; size *= 3)
		memset(arena_alloc(a, size), 'x', size);
	arena_rewind(a, mark);
	cr_assert(str_is(kept, "kept"));
	cr_assert_eq(((unsigned char *)arena_alloc(a, 100))[99], 0);
	cr_assert(str_is(kept, "kept"));
	arena_rewind(a, empty);
	cr_assert(str_is(arena_str(a, STR("new")), "new"));
}

/* With ARENA_CHECKED no block outlives it to be looked at. */
#ifndef ARENA_CHECKED
#ifndef ARENA_CHECKED
Test(base, a_recycled_arena_has_its_blocks_again_up_to_a_limit)
{
	CLEANUP(arena) struct arena *a = arena_new_blocks(1000);
	char *first = arena_alloc_raw(a, 900), *second = arena_alloc_raw(a, 900);

	arena_alloc_raw(a, 5000);
	arena_recycle(a, 2999);
	char *again = arena_alloc_raw(a, 900), *once_more = arena_alloc_raw(a, 900);
	cr_assert((again == first && once_more == second) ||
		  (again == second && once_more == first));
	arena_recycle(a, 2999);
	arena_alloc_raw(a, 10);
	arena_recycle(a, 1000); /* one of the two waits still, and counts */
	char *other = arena_alloc_raw(a, 900);
	cr_assert(other == again || other == once_more);
}
#endif

Test(base, a_wiped_arena_holds_nothing_of_what_was_in_it)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *secret = arena_cstr(a, STR("not-shown"));

	arena_wipe(a);
	char *again = arena_alloc_raw(a, sizeof "not-shown");
	cr_assert_eq(again, secret);
	for (size_t i = 0; i < sizeof "not-shown"; i++)
		cr_assert_eq(again[i], 0);
}
#endif

Test(base, arena_pieces_are_zeroed_and_aligned)
{
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t size = 0; size < 3000; size += 7) {
		unsigned char *p = arena_alloc(a, size);

		cr_assert_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			cr_assert_eq(p[i], 0);
		memset(p, 0xff, size);
	}
	arena_reset(a);
	cr_assert_eq(((unsigned char *)arena_alloc(a, 1))[0], 0);
}

Test(base, calendar_goes_there_and_back)
{
	for (int64_t day = utc_days(1599, 12, 31); day < utc_days(2401, 1, 1); day++) {
		struct utc_date d = utc_date(day);

		cr_assert_eq(utc_days(d.year, d.month, d.day), day);
	}
	cr_assert_eq(utc_weekday(utc_days(2026, 11, 22)), 0);
	cr_assert_eq(utc_month_days(2100, 2), 28);
}

Test(base, time_is_read_with_offset_and_fraction)
{
	int64_t t;
	char text[UTC_TEXT];

	cr_assert(utc_parse(STR("2026-08-26T12:20:30.25+02:00"), &t));
	cr_assert_str_eq(utc_format(t, text), "2026-08-26T10:20:30Z");
	cr_assert_not(utc_parse(STR("2026-02-29T00:00:00Z"), &t));
	cr_assert_not(utc_parse(STR("2026-08-26"), &t));
	cr_assert_not(utc_parse(STR("2026-08-26T10:20:30"), &t));
}

Test(base, json_escapes_and_replaces_what_is_not_utf8)
{
	struct buf b CLEANUP(buf) = {0};
	struct json j = JSON(&b);

	json_open(&j, '{');
	json_key_str(&j, "a\"b", STR("x\n\x01\xff\xc3\xa4\x7f"));
	json_key_int(&j, "n", -3);
	json_key(&j, "l");
	json_open(&j, '[');
	json_bool(&j, true);
	json_null(&j);
	json_close(&j, ']');
	json_close(&j, '}');
	EQ(b, "{\"a\\\"b\":\"x\\n\\u0001\xef\xbf\xbd\xc3\xa4\\u007f\",\"n\":-3,\"l\":[true,null]}");
}

Test(base, error_prefix_keeps_the_message)
{
	struct err e;

	cr_assert_not(err_at(&e, E_SYNTAX, 3, 5, "no %s", "colon"));
	cr_assert_not(err_within(&e, "%s: ", "policy.yaml"));
	cr_assert_str_eq(e.msg, "policy.yaml: no colon");
	cr_assert_eq(e.line, 3);
}

Test(buf, control_characters_are_escaped)
{
	struct buf b CLEANUP(buf) = {0};

	buf_clean(&b, (struct str){"a\0\n\x7f\xc2\x85\xc2\xa0\xc3\xa9\xc2", 11});
	EQ(b, "a\\x00\\x0a\\x7f\\u0085\xc2\xa0\xc3\xa9\xc2");
}

Test(buf, what_is_not_plain_in_a_uri_is_percent_encoded)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf b = BUF_ARENA(a);

	buf_uri(&b, STR("aZ9-._~/\0\xc3:"), "");
	buf_uri(&b, STR("/\0 "), "/");
	EQ(b, "aZ9-._~%2F%00%C3%3A/%00%20");
}

Test(base, an_error_with_a_long_prefix_is_cut_at_its_end)
{
	struct err e;
	char prefix[sizeof e.msg];

	memset(prefix, 'p', sizeof prefix);
	prefix[sizeof e.msg - 4] = '\0';
	cr_assert_not(err_set(&e, E_VALUE, "message"));
	cr_assert_not(err_within(&e, "%s", prefix));
	cr_expect_eq(strlen(e.msg), sizeof e.msg - 1);
	cr_expect(strncmp(e.msg, prefix, sizeof e.msg - 4) == 0);
	cr_expect_str_eq(e.msg + sizeof e.msg - 4, "mes");
}
