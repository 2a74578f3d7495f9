#include "base/utc.h"
#include "cron/cron.h"

#include <criterion/criterion.h>

static int64_t at(const char *text)
{
	int64_t t;

	cr_assert(utc_parse(str_from(text), &t), "%s", text);
	return t;
}

static struct cron parse(const char *spec)
{
	struct cron c;

	cr_assert_eq(cron_parse(str_from(spec), &c, NULL), CRON_OK, "%s", spec);
	return c;
}

static void assert_next(const char *spec, const char *from, const char *want)
{
	struct buf text CLEANUP(buf) = {0};
	struct cron c = parse(spec);

	cron_next_text(&c, at(from), 3, &text);
	cr_assert(str_is(buf_slice(&text), want), "%s from %s: %.*s", spec, from,
		  STR_ARG(buf_slice(&text)));
}

Test(cron_next, schedules_run_when_the_library_says)
{
	static const struct {
		const char *spec, *next;
	} table[] = {
		{"0 3 * * *", "11:03:00, 12:03:00, 13:03:00 UTC"},
		{"0 2 * * 1-5",
		 "2027-01-01 00:02:00, 2027-01-01 01:02:00, 2027-01-01 02:02:00 UTC"},
		{"*/15 * * * *", "10:20:45, 10:21:00, 10:21:15 UTC"},
		{"50 * * * *", "10:20:50, 10:21:50, 10:22:50 UTC"},
		{"0 0 1 1 *", "2026-09-01 01:00:00, 2026-10-01 01:00:00, 2026-11-01 01:00:00 UTC"},
		{"0 0 3 * * *",
		 "2026-08-27 03:00:00, 2026-08-28 03:00:00, 2026-08-29 03:00:00 UTC"},
		{"* 0 3 * * *", "03:00:00, 03:00:01, 03:00:02 UTC"},
		{"0 0 3 29 2 *",
		 "2028-02-29 03:00:00, 2032-02-29 03:00:00, 2036-02-29 03:00:00 UTC"},
		{"0 0 3 30 2 0",
		 "2027-02-07 03:00:00, 2027-02-14 03:00:00, 2027-02-21 03:00:00 UTC"},
		{"0 0 3 */31 2 *",
		 "2027-02-01 03:00:00, 2028-02-01 03:00:00, 2029-02-01 03:00:00 UTC"},
		{"0 0 3 * jan-mar mon-fri",
		 "2027-01-01 03:00:00, 2027-01-04 03:00:00, 2027-01-05 03:00:00 UTC"},
		{"@weekly", "2026-08-30 00:00:00, 2026-09-06 00:00:00, 2026-09-13 00:00:00 UTC"},
		{"@every 6h", "16:20:30, 22:20:30, 04:20:30 UTC"},
		{"@every 2562047h47m16s",
		 "2318-12-06 10:07:46, 2611-03-17 09:55:02, 2903-06-26 09:42:18 UTC"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		assert_next(table[i].spec, "2026-08-26T10:20:30Z", table[i].next);
}

Test(cron_next, activation_is_strictly_later)
{
	assert_next("0 0 3 * * *", "2026-08-26T03:00:00Z",
		    "2026-08-27 03:00:00, 2026-08-28 03:00:00, 2026-08-29 03:00:00 UTC");
	assert_next("59 59 23 31 12 *", "2026-12-31T23:59:58Z",
		    "2026-12-31 23:59:59, 2027-12-31 23:59:59, 2028-12-31 23:59:59 UTC");
}

Test(cron_next, without_a_star_day_or_weekday_suffices)
{
	assert_next("0 0 3 13 * FRI", "2026-11-01T00:00:00Z",
		    "2026-11-06 03:00:00, 2026-11-13 03:00:00, 2026-11-20 03:00:00 UTC");
	assert_next("0 0 3 1-31 * 0", "2026-11-01T00:00:00Z",
		    "2026-11-01 03:00:00, 2026-11-02 03:00:00, 2026-11-03 03:00:00 UTC");
}

Test(cron_next, with_a_star_day_and_weekday_must_match)
{
	assert_next("0 0 3 */10 * 0", "2026-08-26T10:20:30Z",
		    "2026-10-11 03:00:00, 2026-11-01 03:00:00, 2027-01-31 03:00:00 UTC");
}

Test(cron_next, empty_day_field_leaves_the_weekday)
{
	assert_next("0 0 3 , * 1", "2026-08-26T10:20:30Z",
		    "2026-08-31 03:00:00, 2026-09-07 03:00:00, 2026-09-14 03:00:00 UTC");
	assert_next("0 0 3 , * *", "2026-08-26T10:20:30Z", "never");
}

Test(cron_next, empty_sets_and_missing_days_never_fire)
{
	static const char *const specs[] = {", * * * * *", "0 , * * * *",      "0 0 , * * *",
					    "0 0 3 * , *", "0 0 3 30 2 *",     "0 0 3 31 4,6 ?",
					    ", , , , , ,", "* * * 30,31 2 */1"};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++)
		assert_next(specs[i], "2026-08-26T10:20:30Z", "never");
}

Test(cron_next, search_ends_with_the_fifth_calendar_year_after_the_next_second)
{
	assert_next("0 0 3 29 2 */8", "2026-12-31T23:59:58Z", "never");
	assert_next("0 0 3 29 2 */8", "2026-12-31T23:59:59Z", "2032-02-29 03:00:00 UTC");
	assert_next("0 0 3 29 2 *", "2096-03-01T00:00:00Z", "never");
}

Test(cron_next, times_within_a_day_need_no_date)
{
	assert_next("0 0 3 * * *", "2026-08-26T03:00:01Z",
		    "2026-08-27 03:00:00, 2026-08-28 03:00:00, 2026-08-29 03:00:00 UTC");
	assert_next("0 0 */6 * * *", "2026-08-26T23:00:00Z", "00:00:00, 06:00:00, 12:00:00 UTC");
}

Test(cron_next, works_before_1970_and_at_the_end_of_time)
{
	struct cron c = parse("0 0 0 1 1 *");
	int64_t t;

	cr_assert(cron_next(&c, -1, &t));
	cr_assert_eq(t, 0);
	cr_assert(cron_next(&c, -UTC_DAY * 10 - 1, &t));
	cr_assert_eq(t, 0);
	cr_assert_not(cron_next(&c, INT64_MAX, &t));
	c = parse("@every 1h");
	cr_assert_not(cron_next(&c, INT64_MAX - 1, &t));
}

static void assert_gaps(const char *spec, int days, int64_t activations, int64_t shortest,
			int64_t longest)
{
	struct cron c = parse(spec);
	struct cron_gaps g = cron_gaps(&c, at("2026-01-01T00:00:00Z"), days);

	cr_assert_eq(g.activations, activations, "%s: %ld", spec, (long)g.activations);
	cr_assert_eq(g.shortest, shortest, "%s: %ld", spec, (long)g.shortest);
	cr_assert_eq(g.longest, longest, "%s: %ld", spec, (long)g.longest);
}

Test(cron_gaps, gaps_cross_midnight_and_months)
{
	assert_gaps("0 0 3 * * *", 400, 400, UTC_DAY, UTC_DAY);
	assert_gaps("0 0 1,23 * * *", 10, 20, 2 * 3600, 22 * 3600);
	assert_gaps("0 0 3 31 * *", 365, 7, 31 * UTC_DAY, 61 * UTC_DAY);
	assert_gaps("* * * * * *", 1000, 1000LL * UTC_DAY, 1, 1);
	assert_gaps("0 2 * * 1", 400, (31 + 31) * 24, 3600, (334 * 24 + 1) * 3600);
}

Test(cron_gaps, window_with_fewer_than_two_has_no_gap)
{
	assert_gaps("0 0 3 30 2 *", 400, 0, 0, 0);
	assert_gaps("0 0 3 1 1 *", 365, 1, 0, 0);
	assert_gaps(", * * * * *", 400, 0, 0, 0);
}

Test(cron_gaps, every_is_counted_from_the_second_before_the_window)
{
	assert_gaps("@every 1h", 1, 24, 3600, 3600);
	assert_gaps("@every 24h", 1, 1, 0, 0);
	assert_gaps("@every 86401s", 1, 0, 0, 0);
}

/* What cron_gaps finds without enumerating. */
static struct cron_gaps enumerate(const struct cron *c, int64_t from, int days)
{
	struct cron_gaps g = {0};
	int64_t t = from - 1, last = 0;

	while (cron_next(c, t, &t) && t < from + (int64_t)days * UTC_DAY) {
		int64_t gap = t - last;

		if (g.activations && (!g.shortest || gap < g.shortest))
			g.shortest = gap;
		if (g.activations && gap > g.longest)
			g.longest = gap;
		g.activations++;
		last = t;
	}
	return g;
}

Test(cron_gaps, window_may_begin_and_end_within_a_day)
{
	static const char *const specs[] = {"0 0 3 * * *",	  "*/7 */13 3,9-11 * * *",
					    "59 59 23 * * *",	  "0 0 0 * * *",
					    "30 20 10 26-28 * *", "0,59 0,59 * * * 3"};
	static const char *const times[] = {"2026-08-26T10:20:30Z", "2026-08-26T00:00:01Z",
					    "2026-02-27T23:59:59Z", "2026-08-26T10:20:31Z",
					    "2027-12-31T03:07:00Z"};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++)
		for (size_t j = 0; j < ARRAY_LEN(times); j++)
			for (int days = 0; days <= 3; days++) {
				struct cron c = parse(specs[i]);
				struct cron_gaps got = cron_gaps(&c, at(times[j]), days);
				struct cron_gaps want = enumerate(&c, at(times[j]), days);

				cr_assert(got.activations == want.activations &&
						  got.shortest == want.shortest &&
						  got.longest == want.longest,
					  "%s from %s, %d days", specs[i], times[j], days);
			}
}
