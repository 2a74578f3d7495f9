/* Small readers of text, on both sides of each of their edges. */
#include "base/utc.h"
#include "cron/cron.h"

#include <criterion/criterion.h>
#include <string.h>

static int64_t time_of(const char *text)
{
	int64_t t = INT64_MIN;

	return utc_parse(str_from(text), &t) ? t : INT64_MIN;
}

Test(edges, a_time_has_hours_minutes_and_an_offset_within_their_bounds)
{
	static const struct {
		const char *text, *same; /* NULL: it is none */
	} rows[] = {
		{"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"},
		{"2026-12-31T23:59:59Z", "2026-12-31T23:59:59z"},
		{"2026-12-31t23:59:59+00:00", "2026-12-31 23:59:59Z"},
		{"2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"2026-12-31T23:59:59+23:59", "2026-12-31T00:00:59Z"},
		{"2026-12-31T23:59:59-23:59", "2027-01-01T23:58:59Z"},
		{"2026-12-31T23:59:59-00:01", "2027-01-01T00:00:59Z"},
		{"2026-12-31T23:59:59.9Z", "2026-12-31T23:59:59Z"},
		{"2026-12-31T23:59:59.0090+01:00", "2026-12-31T22:59:59Z"},
		{"2026-00-01T00:00:00Z", NULL},
		{"2026-13-01T00:00:00Z", NULL},
		{"2026-01-00T00:00:00Z", NULL},
		{"2026-01-32T00:00:00Z", NULL},
		{"2026-04-31T00:00:00Z", NULL},
		{"2026-01-01T24:00:00Z", NULL},
		{"2026-01-01T00:60:00Z", NULL},
		{"2026-01-01T00:00:60Z", NULL},
		{"2026-01-01T00:00:00+24:00", NULL},
		{"2026-01-01T00:00:00+23:60", NULL},
		{"2026-01-01T00:00:00+2300", NULL},
		{"2026-01-01T00:00:00.Z", NULL},
		{"2026-01-01T00:00:00.:Z", NULL},
		{"2026-01-01T00:00:00./Z", NULL},
		{"2026-01-01T00:00:0/Z", NULL},
		{"2026-01-01T00:00:0:Z", NULL},
		{"2026-01-01T00:00:00Z ", NULL},
		{"2026-01-01T00:00:00", NULL},
		{"2026-01-01T00:00:0", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t got = time_of(rows[i].text);
		char text[UTC_TEXT];

		if (!rows[i].same) {
			cr_assert_eq(got, INT64_MIN, "%s", rows[i].text);
			continue;
		}
		cr_assert_neq(got, INT64_MIN, "%s", rows[i].text);
		cr_assert_eq(got, time_of(rows[i].same), "%s is %s", rows[i].text,
			     utc_format(got, text));
	}
}

/* unicode.IsSpace of Go, and the characters beside those of it. */
Test(edges, a_schedule_is_split_where_go_splits_it)
{
	static const uint32_t spaces[] = {
		'\t',	'\n',	'\v',	'\f',	'\r',	' ',	0x85,	0xa0,	0x1680,
		0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008,
		0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
	};
	size_t at = 0;

	for (uint32_t c = 1; c < 0x3100; c++) {
		char bytes[8] = "a";
		size_t len = 1;

		if (c < 0x80) {
			bytes[len++] = (char)c;
		} else if (c < 0x800) {
			bytes[len++] = (char)(0xc0 | c >> 6);
			bytes[len++] = (char)(0x80 | (c & 0x3f));
		} else {
			bytes[len++] = (char)(0xe0 | c >> 12);
			bytes[len++] = (char)(0x80 | (c >> 6 & 0x3f));
			bytes[len++] = (char)(0x80 | (c & 0x3f));
		}
		bytes[len++] = 'b';
		bool space = at < ARRAY_LEN(spaces) && spaces[at] == c;
		at += space;
		cr_assert_eq(cron_words((struct str){bytes, len}), space ? 2 : 1, "U+%04X",
			     (unsigned)c);
	}
	cr_assert_eq(at, ARRAY_LEN(spaces));
	cr_assert_eq(cron_words(STR("a\xc2")), 1);
	cr_assert_eq(cron_words(STR("a\xe3\x80")), 1);
	cr_assert_eq(cron_words(STR(" a  b ")), 2);
	cr_assert_eq(cron_words(STR("")), 0);
}

Test(edges, a_duration_is_a_sum_of_parts_up_to_what_go_can_hold)
{
	static const struct {
		const char *text;
		int64_t seconds; /* -1: it is none */
	} rows[] = {
		{"0s", 0},
		{"1s", 1},
		{"1m", 60},
		{"1h", 3600},
		{"1d", 86400},
		{"1w", 604800},
		{"1w1d1h1m1s", 604800 + 86400 + 3600 + 60 + 1},
		{"19s", 19},
		{"9223372036s", 9223372036},
		{"9223372037s", -1},
		{"9223372035s1s", 9223372036},
		{"9223372036s1s", -1},
		{"2562047h", 9223369200},
		{"2562048h", -1},
		{"15250w", 9223200000},
		{"15251w", -1},
		{"99999999999999999999s", -1},
		{"", -1},
		{"1", -1},
		{"1h1", -1},
		{"s", -1},
		{"1y", -1},
		{"1hs", -1},
		{"-1s", -1},
		{"1 s", -1},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t n = -1;

		if (!str_to_seconds(str_from(rows[i].text), &n))
			n = -1;
		cr_assert_eq(n, rows[i].seconds, "%s", rows[i].text);
	}
}

Test(edges, every_month_and_weekday_is_known_by_its_whole_name)
{
	static const char *const names[] = {
		"January", "February",	"March",    "April",	"May",	    "June",   "July",
		"August",  "September", "October",  "November", "December", "Sunday", "Monday",
		"Tuesday", "Wednesday", "Thursday", "Friday",	"Saturday",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf spec CLEANUP(buf) = {0}, got CLEANUP(buf) = {0}, why CLEANUP(buf) = {0};
		struct buf wanted CLEANUP(buf) = {0};

		if (strlen(names[i]) == 3) /* May */
			continue;
		buf_fmt(&spec, i < 12 ? "0 0 3 1 %s *" : "0 0 3 * * %ss", names[i]);
		buf_fmt(&wanted, i < 12 ? "0 0 3 1 %.3s *" : "0 0 3 * * %.3s", names[i]);
		cr_assert(cron_suggest(buf_slice(&spec), &got, &why), "%s", names[i]);
		cr_assert(str_eq_nocase(buf_slice(&got), buf_slice(&wanted)), "%s: %.*s", names[i],
			  STR_ARG(buf_slice(&got)));
	}
}
