#include "base/utc.h"
#include "base/zone.h"
#include "report/cron_text.h"
#include "doc/json_text.h"

#include <criterion/criterion.h>

static void assert_text(struct str line, struct str want)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = STR_EMPTY;

	cr_assert(json_text(a, line, &text), "%.*s", STR_ARG(line));
	cr_assert(str_eq(text, want), "%.*s: %.*s", STR_ARG(line), STR_ARG(text));
}

Test(json_text, escapes_are_decoded)
{
	assert_text(STR("\"\""), STR(""));
	assert_text(STR("\"0 3 * * *\""), STR("0 3 * * *"));
	assert_text(STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), STR("\"\\/\b\f\n\r\t"));
	assert_text(STR("\"a\\u0000b\""), STR("a\0b"));
	assert_text(STR("\"\\u00e4\\u20AC\\ud83d\\udc18\""),
		    STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x98"));
}

Test(json_text, surrogate_without_its_half_is_replaced)
{
	assert_text(STR("\"\\ud83dx\\udc18\""), STR("\xef\xbf\xbdx\xef\xbf\xbd"));
	assert_text(STR("\"\\ud83d\\u0041\""), STR("\xef\xbf\xbd"
						   "A"));
}

Test(json_text, refuses_what_is_no_json_string)
{
	static const struct str lines[] = {
		STR_INIT(""),	       STR_INIT("\""),	    STR_INIT("x"),
		STR_INIT("\"a"),       STR_INIT("\"a\" "),  STR_INIT("\"a\"b\""),
		STR_INIT("\"\\\""),    STR_INIT("\"\\x\""), STR_INIT("\"\\u00g0\""),
		STR_INIT("\"\\u00\""), STR_INIT("\"\t\""),  STR_INIT("\"\xff\""),
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		cr_assert_not(json_text(a, lines[i], &text), "%.*s", STR_ARG(lines[i]));
}

static void assert_report(const char *spec, bool accepted, const char *want)
{
	struct buf text CLEANUP(buf) = {0};
	int64_t from = utc_days(2026, 8, 26) * UTC_DAY + 37230; /* 10:20:30 */

	cr_assert_eq(cron_text(str_from(spec), &(struct cron_look){from, 3, false}, &text),
		     accepted);
	cr_assert(str_is(buf_slice(&text), want), "%.*s", STR_ARG(buf_slice(&text)));
}

Test(cron_text, says_what_runs_and_what_to_write)
{
	assert_report(
		"0 3 * * *", true,
		"0 3 * * *\n"
		"  means:    every hour at minute 3\n"
		"  next:     11:03:00, 12:03:00, 13:03:00 UTC\n"
		"  gaps:     1 hour\n"
		"  warning:  five fields: CloudNativePG takes 0 as the second, 3 as the minute and * as the hour\n"
		"  write:    0 0 3 * * *\n"
		"            CloudNativePG wants six fields and reads the first as seconds\n");
}

Test(cron_text, five_fields_that_run_once_a_day_have_two_readings)
{
	assert_report(
		"0 0 3 * *", true,
		"0 0 3 * *\n"
		"  means:    at 03:00:00 every day\n"
		"  next:     2026-08-27 03:00:00, 2026-08-28 03:00:00, 2026-08-29 03:00:00 UTC\n"
		"  gaps:     1 day\n"
		"  warning:  five fields: CloudNativePG takes 0 as the second, 0 as the minute and 3 as the hour\n"
		"  write:    0 0 3 * * *\n"
		"            as it runs now; as crontab reads it: 0 0 0 3 * *\n");
}

Test(cron_text, warns_of_days_that_do_not_exist_and_of_either_day)
{
	assert_report(
		"0 0 3 29 2 */8", true,
		"0 0 3 29 2 */8\n"
		"  means:    at 03:00:00 on 29 February when it falls on Sunday (leap years only)\n"
		"  next:     never\n"
		"  warning:  no backup within five years, not even with immediate: true\n");
	assert_report(
		"0 0 3 13 * 5", true,
		"0 0 3 13 * 5\n"
		"  means:    at 03:00:00 on day 13 of the month or on Friday (either is enough)\n"
		"  next:     2026-08-28 03:00:00, 2026-09-04 03:00:00, 2026-09-11 03:00:00 UTC\n"
		"  gaps:     1 day to 7 days\n"
		"  warning:  day of month or weekday: one of them is enough\n");
}

Test(cron_text, gap_of_rare_schedules_is_that_of_the_next_two)
{
	assert_report(
		"0 0 3 29 2 *", true,
		"0 0 3 29 2 *\n"
		"  means:    at 03:00:00 on 29 February (leap years only)\n"
		"  next:     2028-02-29 03:00:00, 2032-02-29 03:00:00, 2036-02-29 03:00:00 UTC\n"
		"  gaps:     1461 days\n");
}

Test(cron_text, no_control_byte_of_a_spec_is_printed)
{
	assert_report("0 \x1b[31m", false,
		      "0 \\x1b[31m\n"
		      "  refused:  Expected 5 to 6 fields, found 2: 0 \\x1b[31m\n");
}

Test(zone, times_and_days_on_which_clocks_are_set)
{
	int64_t from = utc_days(2026, 11, 29) * UTC_DAY, at = 0, by = 0;
	char text[ZONE_TEXT];
	struct err err;

	cr_assert(zone_use(STR("Europe/Berlin"), &err), "%s", err.msg);
	cr_assert_str_eq(zone_format(from, text), "2026-11-29 01:00:00 CET");
	cr_assert_str_eq(zone_format_rfc3339(from, text), "2026-11-29T01:00:00+01:00");
	cr_assert(zone_change(from, from + 366 * UTC_DAY, &at, &by));
	cr_assert_eq(at, utc_days(2027, 3, 28) * UTC_DAY + 3600);
	cr_assert_eq(by, 3600);
	cr_assert(zone_change(at, from + 366 * UTC_DAY, &at, &by));
	cr_assert_eq(at, utc_days(2027, 10, 31) * UTC_DAY + 3600);
	cr_assert_eq(by, -3600);
	cr_assert_not(zone_change(at, from + 366 * UTC_DAY, &at, &by));
	cr_assert(zone_use(STR("America/St_Johns"), &err), "%s", err.msg);
	cr_assert_str_eq(zone_format_rfc3339(from, text), "2026-11-28T20:30:00-03:30");
	/* a year that the C library has no room for */
	char utc[UTC_TEXT];
	utc_format(INT64_MAX, utc);
	cr_assert_str_eq(zone_format(INT64_MAX, text), utc);
	cr_assert_str_eq(zone_format_rfc3339(INT64_MAX, text), utc);
}

Test(zone, one_that_is_not_there_is_refused)
{
	static const char *const names[] = {"", "Mars/Olympus", "../UTC", "/etc/localtime",
					    "Europe"};
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		cr_assert_not(zone_use(str_from(names[i]), &err), "%s", names[i]);
}

Test(cron_text, local_times_and_when_the_clocks_are_set)
{
	struct buf text CLEANUP(buf) = {0};
	int64_t from = utc_days(2026, 11, 29) * UTC_DAY;
	struct err err;

	cr_assert(zone_use(STR("Europe/Berlin"), &err), "%s", err.msg);
	cr_assert(cron_text(STR("0 0 3 * * *"), &(struct cron_look){from, 1, true}, &text));
	cr_assert(
		str_contains(
			buf_slice(&text),
			STR("  next:     03:00:00 UTC\n"
			    "  local:    2026-11-29 04:00:00 CET\n"
			    "  clocks:   set forward, to 2027-03-28 03:00:00 CEST: from then on the same runs are 1 hour later by them\n"
			    "  clocks:   set back, to 2027-10-31 02:00:00 CET: from then on the same runs are 1 hour earlier by them\n")),
		"%.*s", STR_ARG(buf_slice(&text)));
}
