#include "cron/cron.h"

#include <criterion/criterion.h>

static void assert_suggests(const char *spec, const char *want, const char *reason)
{
	struct buf suggestion CLEANUP(buf) = {0}, why CLEANUP(buf) = {0};

	cr_assert(cron_suggest(str_from(spec), &suggestion, &why), "%s", spec);
	cr_assert(str_is(buf_slice(&suggestion), want), "%s: %.*s", spec,
		  STR_ARG(buf_slice(&suggestion)));
	cr_assert(str_contains(buf_slice(&why), str_from(reason)), "%s: %.*s", spec,
		  STR_ARG(buf_slice(&why)));
}

static void assert_suggests_nothing(const char *spec)
{
	struct buf suggestion CLEANUP(buf) = {0}, why CLEANUP(buf) = {0};

	cr_assert_not(cron_suggest(str_from(spec), &suggestion, &why), "%s: %.*s", spec,
		      STR_ARG(buf_slice(&suggestion)));
	cr_assert_eq(suggestion.len, 0);
}

struct pair {
	const char *spec, *want;
};

static void assert_all(const struct pair *table, size_t len, const char *reason)
{
	for (size_t i = 0; i < len; i++)
		assert_suggests(table[i].spec, table[i].want, reason);
}

#define ASSERT_ALL(table, reason) assert_all(table, ARRAY_LEN(table), reason)

Test(cron_suggest, five_fields_get_a_second_in_front)
{
	static const struct pair table[] = {
		{"0 3 * * *", "0 0 3 * * *"},	      {"*/15 * * * *", "0 */15 * * * *"},
		{"0 2 * * 1-5", "0 0 2 * * 1-5"},     {"0 0 * * SUN", "0 0 0 * * SUN"},
		{"0 0 1 1 *", "0 0 0 1 1 *"},	      {"59 23 31 12 *", "0 59 23 31 12 *"},
		{"0 22 * * 7", "0 0 22 * * 0"},	      {"\"0 3 * * *\"", "0 0 3 * * *"},
		{"0 3 * * * # daily", "0 0 3 * * *"},
	};

	ASSERT_ALL(table, "reads the first as seconds");
}

Test(cron_suggest, five_fields_that_lack_the_weekday_get_a_star)
{
	assert_suggests("0 30 2 * *", "0 30 2 * * *", "the sixth field");
}

Test(cron_suggest, weekday_seven_is_sunday_in_lists_and_ranges)
{
	static const struct pair table[] = {
		{"0 0 3 * * 7", "0 0 3 * * 0"},		  {"0 0 3 * * 0,7", "0 0 3 * * 0"},
		{"0 0 3 * * 1-7", "0 0 3 * * *"},	  {"0 0 3 * * 5-7", "0 0 3 * * 0,5,6"},
		{"0 0 3 * * sat-7", "0 0 3 * * 0,6"},	  {"0 0 3 * * 2-7", "0 0 3 * * 0,2-6"},
		{"0 0 3 * * 7-5", "0 0 3 * * 0-5"},	  {"0 0 3 * * 7-7", "0 0 3 * * 0"},
		{"0 0 3 * * 1-7/2", "0 0 3 * * 0,1,3,5"},
	};

	ASSERT_ALL(table, "0 (Sunday) to 6");
}

Test(cron_suggest, all_weekdays_stay_without_a_star_beside_a_day_of_the_month)
{
	assert_suggests("0 0 3 13 * 1-7", "0 0 3 13 * 0-6", "Sunday");
}

Test(cron_suggest, wrapped_ranges_are_split)
{
	static const struct pair table[] = {
		{"0 0 22-2 * * *", "0 0 22-23,0-2 * * *"},
		{"0 0 22-2/2 * * *", "0 0 22,0,2 * * *"},
		{"0 0 3 * * fri-mon", "0 0 3 * * 0,1,5,6"},
		{"0 0 3 * nov-feb *", "0 0 3 * 11-12,1-2 *"},
		{"0 0 3 28-2 * *", "0 0 3 28-31,1-2 * *"},
	};

	ASSERT_ALL(table, "cannot pass the end");
}

Test(cron_suggest, hour_24_and_minute_60_are_the_beginning)
{
	static const struct pair table[] = {
		{"0 0 24 * * *", "0 0 0 * * *"},
		{"0 60 3 * * *", "0 0 3 * * *"},
		{"0 0 0-24 * * *", "0 0 0-23 * * *"},
		{"0 0 8-24 * * *", "0 0 8-23,0 * * *"},
	};

	ASSERT_ALL(table, "from 0 to 23");
}

Test(cron_suggest, full_names_become_three_letters)
{
	static const struct pair table[] = {
		{"0 0 3 * January *", "0 0 3 * jan *"},
		{"0 0 3 * * Mondays,Tues", "0 0 3 * * mon,tue"},
		{"0 0 3 * * monday-friday/2", "0 0 3 * * mon-fri/2"},
	};

	ASSERT_ALL(table, "three letters");
}

Test(cron_suggest, zone_is_dropped_and_the_hour_left_to_the_author)
{
	static const struct pair table[] = {
		{"CRON_TZ=Europe/Berlin 0 0 3 * * *", "0 0 3 * * *"},
		{"TZ=Europe/Berlin 0 3 * * *", "0 0 3 * * *"},
		{"TZ=UTC @daily", "@daily"},
	};

	ASSERT_ALL(table, "convert the hour");
}

Test(cron_suggest, last_day_has_a_near_equivalent_and_says_so)
{
	assert_suggests("0 0 3 L * ?", "0 0 3 28-31 * ?", "up to three before");
	assert_suggests("0 0 3 15W * ?", "0 0 3 15 * ?", "weekday or not");
}

Test(cron_suggest, first_weekday_of_a_month_can_be_written_with_a_star_item)
{
	assert_suggests("0 0 3 ? * MON#1", "0 0 3 1-7,*/31 * MON", "must both match");
	assert_suggests("0 0 3 ? * sunday#2", "0 0 3 8-14 * */7", "must both match");
}

Test(cron_suggest, other_weekdays_of_a_month_have_no_equivalent)
{
	static const char *const specs[] = {"0 0 3 ? * MON#2", "0 0 3 ? * 6#3", "0 0 3 ? * 6L",
					    "0 0 3 LW * ?", "0 0 3 13 * MON#1"};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct buf none CLEANUP(buf) = {0}, why CLEANUP(buf) = {0};

		cr_assert_not(cron_suggest(str_from(specs[i]), &none, &why), "%s", specs[i]);
		cr_assert(str_contains(buf_slice(&why), STR("cannot be written")), "%s", specs[i]);
	}
}

Test(cron_suggest, descriptors_are_spelt_exactly)
{
	static const struct pair table[] = {
		{"@Daily", "@daily"},	  {" @daily", "@daily"}, {"@daily ", "@daily"},
		{"@dayly", "@daily"},	  {"daily", "@daily"},	 {"@anually", "@annually"},
		{"'@Hourly'", "@hourly"},
	};

	ASSERT_ALL(table, "a descriptor is written exactly so");
	assert_suggests("@reboot", "@daily", "immediate: true");
}

Test(cron_suggest, durations_get_units_that_go_knows)
{
	static const struct pair table[] = {
		{"@every 1d", "@every 24h"},	      {"@every 1w", "@every 168h"},
		{"@every 1h 30m", "@every 1h30m"},    {"@every  6h", "@every 6h"},
		{"@every 6h ", "@every 6h"},	      {"@EVERY 6 Hours", "@every 6h"},
		{"every 90 seconds", "@every 1m30s"}, {"@every day", "@every 24h"},
	};

	ASSERT_ALL(table, "units h, m and s");
}

Test(cron_suggest, quartz_year_is_dropped)
{
	assert_suggests("0 0 3 * * ? 2026-2030", "0 0 3 * * ?", "no field for the year");
	assert_suggests("0 0 3 ? * 2 *", "0 0 3 ? * 2", "check the weekday");
}

Test(cron_suggest, cloud_schedules_lose_the_year_and_get_a_second)
{
	assert_suggests("cron(0 3 * * ? *)", "0 0 3 * * ?", "one too many");
	assert_suggests("0 3 ? * MON *", "0 0 3 ? * MON", "one too many");
	assert_suggests_nothing("0 0 25 * * *");
}

Test(cron_suggest, lookalikes_are_replaced)
{
	assert_suggests("0 0 3 * * 1\xe2\x80\x93"
			"5",
			"0 0 3 * * 1-5", "look-alike");
	assert_suggests("\xef\xbb\xbf"
			"0 0 3 * * *",
			"0 0 3 * * *", "invisible");
}

Test(cron_suggest, padded_hourly_schedules_move_to_the_hour)
{
	assert_suggests("0 3 * * * *", "0 0 3 * * *", "runs every hour");
	assert_suggests("30 2 * * * 1", "0 30 2 * * 1", "runs every hour");
}

Test(cron_suggest, star_as_the_second_becomes_zero)
{
	assert_suggests("* 0 3 * * *", "0 0 3 * * *", "60 times a minute");
}

Test(cron_suggest, days_that_do_not_exist_become_the_last_one)
{
	assert_suggests("0 0 3 30 2 *", "0 0 3 28 2 *", "February has no day 30");
	assert_suggests("0 0 3 31 4 ?", "0 0 3 30 4 ?", "April has no day 31");
	assert_suggests("0 0 31 2 *", "0 0 0 28 2 *", "February has no day 31");
}

Test(cron_suggest, nothing_is_suggested_for_what_is_right_or_unclear)
{
	static const char *const specs[] = {
		"0 0 3 * * *",
		"0  0 3 * * * ",
		"@daily",
		"@every 6h",
		"0 30 * * * *",
		"* * * * * *",
		"0 0 3 13 * 5",
		"0 */0 3 * * *",
		"0 0 3",
		"",
		" ",
		"#",
		"TZ=UTC",
		"03:00",
		"@",
		"@every",
		"@every 5",
		"${SCHEDULE}",
		"H 3 * * *",
		"0 0 3 32 * *",
		", 0 3 * * *",
		"0 0 3 * * * UTC",
		"0 0 3 0 * *",
		"rate(1 day)",
		"0 0 3 * * foo#1",
		"1 2 3 4 5 6 7 8 9",
	};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++)
		assert_suggests_nothing(specs[i]);
}

Test(cron_suggest, a_long_name_with_a_step_keeps_the_step)
{
	static const struct pair table[] = {
		{"0 0 3 * january/3 *", "0 0 3 * jan/3 *"},
		{"0 0 3 * * tuesday/2", "0 0 3 * * tue/2"},
		{"0 0 3 * january-march/2 *", "0 0 3 * jan-mar/2 *"},
	};

	ASSERT_ALL(table, "three letters");
	assert_suggests("0 0 3 * 3/15 7", "0 0 3 * 3/15 0", "weekdays run from 0");
	assert_suggests_nothing("0 0 3 * january/0 *");
}
