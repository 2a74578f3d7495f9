#include "cron/cron.h"
#include "wall.h"

#include <criterion/criterion.h>

static void assert_error(struct str spec, const char *name, const char *text)
{
	struct buf message CLEANUP(buf) = {0};
	struct cron c;
	enum cron_error e = cron_parse(spec, &c, &message);

	cr_assert_str_eq(cron_error_name(e), name, "%.*s: %s", STR_ARG(spec), cron_error_name(e));
	cr_assert(str_is(buf_slice(&message), text), "%.*s", STR_ARG(buf_slice(&message)));
	cr_assert_eq(cron_parse(spec, &c, NULL), e);
}

/* The members of one field. */
static uint64_t set_of(const char *spec, enum cron_field f)
{
	struct cron c;

	cr_assert_eq(cron_parse(str_from(spec), &c, NULL), CRON_OK, "%s", spec);
	return c.set[f];
}

static int64_t every(const char *spec)
{
	struct cron c;

	cr_assert_eq(cron_parse(str_from(spec), &c, NULL), CRON_OK, "%s", spec);
	return c.every;
}

#define BIT(n) ((uint64_t)1 << (n))

Test(cron_parse, five_fields_lack_the_weekday_and_not_the_second)
{
	cr_assert_eq(set_of("0 3 * * *", CRON_MINUTE), BIT(3));
	cr_assert_eq(set_of("0 3 * * *", CRON_WEEKDAY), 0x7f);
	cr_assert_eq(set_of("0 2 * * 1", CRON_MONTH), BIT(1));
}

Test(cron_parse, step_after_a_single_value_runs_to_the_maximum)
{
	cr_assert_eq(set_of("5/15 0 3 * * *", CRON_SECOND), BIT(5) | BIT(20) | BIT(35) | BIT(50));
}

Test(cron_parse, step_over_range_is_inclusive)
{
	cr_assert_eq(set_of("0 0 8-16/4 * * *", CRON_HOUR), BIT(8) | BIT(12) | BIT(16));
}

Test(cron_parse, huge_step_means_the_first_value_only)
{
	cr_assert_eq(set_of("0 */9223372036854775807 3 * * *", CRON_MINUTE), BIT(0));
}

Test(cron_parse, what_follows_a_star_and_a_hyphen_is_not_looked_at)
{
	cr_assert_eq(set_of("0 ?-x-y/20 3 * * *", CRON_MINUTE), BIT(0) | BIT(20) | BIT(40));
}

Test(cron_parse, star_bit_comes_from_an_item_and_survives_a_step)
{
	struct cron c;

	cr_assert_eq(cron_parse(STR("0 0 3 5,*/10 * 0-6"), &c, NULL), CRON_OK);
	cr_assert(c.star[CRON_DAY]);
	cr_assert_not(c.star[CRON_WEEKDAY]);
	cr_assert_eq(c.set[CRON_WEEKDAY], 0x7f);
}

Test(cron_parse, empty_items_vanish_and_commas_alone_are_an_empty_set)
{
	cr_assert_eq(set_of("0 ,1,,2, 3 * * *", CRON_MINUTE), BIT(1) | BIT(2));
	cr_assert_eq(set_of("0 , 3 * * *", CRON_MINUTE), 0);
}

Test(cron_parse, number_may_have_a_plus_and_leading_zeros)
{
	cr_assert_eq(set_of("0 1-+05 3 * * *", CRON_MINUTE), 0x3e);
	cr_assert_eq(set_of("0 0000000000000000000000003 */+2 * * *", CRON_MINUTE), BIT(3));
}

Test(cron_parse, names_have_three_letters_in_any_case_and_turkish_i)
{
	cr_assert_eq(set_of("0 0 3 * jAn-MAR Mon-5", CRON_MONTH), 0xe);
	cr_assert_eq(set_of("0 0 3 * * fr\xc4\xb0", CRON_WEEKDAY), BIT(5));
	assert_error(
		STR("0 0 3 * * \xc5\xbfun"), "int",
		"Failed to parse int from \xc5\xbfun: strconv.Atoi: parsing \"\xc5\xbfun\": invalid syntax");
}

Test(cron_parse, first_error_from_the_left_is_the_answer)
{
	assert_error(STR("61 99 x * * *"), "above", "End of range (61) above maximum (59): 61");
	assert_error(STR("0 3-1,x * * * *"), "beyond",
		     "Beginning of range (3) beyond end of range (1): 3-1");
	assert_error(STR("0 1-x-3 3 * * *"), "hyphens", "Too many hyphens: 1-x-3");
}

Test(cron_parse, error_texts_are_those_of_the_library)
{
	static const struct {
		struct str spec;
		const char *name, *text;
	} table[] = {
		{STR_INIT(""), "empty", "Empty spec string"},
		{STR_INIT("0 0 3"), "fields", "Expected 5 to 6 fields, found 3: 0 0 3"},
		{STR_INIT("TZ=UTC 0 0 3 * * *"), "fields",
		 "Expected 5 to 6 fields, found 7: TZ=UTC 0 0 3 * * *"},
		{STR_INIT(" @daily"), "fields", "Expected 5 to 6 fields, found 1:  @daily"},
		{STR_INIT("@daily "), "descriptor", "Unrecognized descriptor: @daily "},
		{STR_INIT("@reboot"), "descriptor", "Unrecognized descriptor: @reboot"},
		{STR_INIT("0 1-2-3 3 * * *"), "hyphens", "Too many hyphens: 1-2-3"},
		{STR_INIT("0 1/2/3 3 * * *"), "slashes", "Too many slashes: 1/2/3"},
		{STR_INIT("0 0 3 0 * *"), "below", "Beginning of range (0) below minimum (1): 0"},
		{STR_INIT("0 0 3 * * 7"), "above", "End of range (7) above maximum (6): 7"},
		{STR_INIT("0 60/5 3 * * *"), "beyond",
		 "Beginning of range (60) beyond end of range (59): 60/5"},
		{STR_INIT("0 */-0 3 * * *"), "step",
		 "Step of range should be a positive number: */-0"},
		{STR_INIT("0 */-1 3 * * *"), "negative", "Negative number (-1) not allowed: -1"},
		{STR_INIT("0 -3 3 * * *"), "int",
		 "Failed to parse int from : strconv.Atoi: parsing \"\": invalid syntax"},
		{STR_INIT("0 18446744073709551615x 3 * * *"), "int",
		 "Failed to parse int from 18446744073709551615x: strconv.Atoi: parsing \"18446744073709551615x\": invalid syntax"},
		{STR_INIT("0 18446744073709551616x 3 * * *"), "int-range",
		 "Failed to parse int from 18446744073709551616x: strconv.Atoi: parsing \"18446744073709551616x\": value out of range"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		assert_error(table[i].spec, table[i].name, table[i].text);
}

Test(cron_parse, nul_does_not_end_a_spec_and_is_escaped_where_go_quotes)
{
	static const char want[] =
		"Failed to parse int from *\0: strconv.Atoi: parsing \"*\\x00\": invalid syntax";
	struct buf message CLEANUP(buf) = {0};
	struct cron c;

	cr_assert_eq(cron_parse(STR("0 0 3 * * *\0"), &c, &message), CRON_INT);
	cr_assert(str_eq(buf_slice(&message), (struct str){want, sizeof want - 1}));
}

Test(cron_parse, quoting_is_that_of_go)
{
	assert_error(
		STR("\"\\ 0 3 * *"), "int",
		"Failed to parse int from \"\\: strconv.Atoi: parsing \"\\\"\\\\\": invalid syntax");
	assert_error(
		STR("\xff\xc3\xa4\xe2\x80\x8b\x1b\x07 0 3 * *"), "int",
		"Failed to parse int from \xff\xc3\xa4\xe2\x80\x8b\x1b\x07: strconv.Atoi: parsing \"\\xff\xc3\xa4\\u200b\\x1b\\a\": invalid syntax");
	assert_error(
		STR("@every 1\xc3\xa4\"\x7f"), "duration-unit",
		"Failed to parse duration @every 1\xc3\xa4\"\x7f: time: unknown unit \"\\xc3\\xa4\\\"\x7f\" in duration \"1\\xc3\\xa4\\\"\x7f\"");
}

Test(cron_parse, words_are_separated_by_unicode_white_space)
{
	cr_assert_eq(cron_words(STR("a\tb\xc2\xa0"
				    "c\xe2\x80\x8a"
				    "d\xe3\x80\x80"
				    "e\xc2\x85"
				    "f")),
		     6);
	cr_assert_eq(cron_words(STR("a\xe2\x80\x8b"
				    "b\x85"
				    "c\xa0"
				    "d\x1c"
				    "e\0f")),
		     1);
	cr_assert_eq(cron_words(STR("")), 0);
}

Test(cron_parse, duration_is_read_as_go_does)
{
	cr_assert_eq(every("@every 1h30m10.9s"), 5410);
	cr_assert_eq(every("@every .5h"), 1800);
	cr_assert_eq(every("@every 5.h"), 18000);
	cr_assert_eq(every("@every +60s"), 60);
	cr_assert_eq(every("@every 3000000\xc2\xb5s"), 3);
	cr_assert_eq(every("@every 1.9999999999999999s"), 2);
	cr_assert_eq(every("@every 1.999999999999999s"), 1);
	cr_assert_eq(every("@every 2562047h47m16.854775807s"), 9223372036);
}

Test(cron_parse, duration_below_a_second_is_one_second)
{
	cr_assert_eq(every("@every 0"), 1);
	cr_assert_eq(every("@every 500ms"), 1);
	cr_assert_eq(every("@every -5m"), 1);
}

Test(cron_parse, sum_of_a_duration_wraps_at_64_bits)
{
	cr_assert_eq(every("@every 9223372036854775808ns9223372036854775808ns5s"), 5);
	cr_assert_eq(every("@every -9223372036854775808ns"), 1);
	assert_error(
		STR("@every 9223372036854775808ns"), "duration",
		"Failed to parse duration @every 9223372036854775808ns: time: invalid duration \"9223372036854775808ns\"");
}

Test(cron_parse, duration_that_is_none_or_too_long_is_refused)
{
	static const char *const durations[] = {
		"",
		"-",
		".h",
		"x1h",
		"9223372036854775809ns",
		"99999999999999999999h",
		"2562048h",
		"9223372036854775808.5ns1h",
		"9223372036854775807ns2ns",
		"2562047h47m16.854775808s",
	};

	for (size_t i = 0; i < ARRAY_LEN(durations); i++) {
		struct buf spec CLEANUP(buf) = {0}, message CLEANUP(buf) = {0};
		struct cron c;

		buf_fmt(&spec, "@every %s", durations[i]);
		cr_assert_eq(cron_parse(buf_slice(&spec), &c, &message), CRON_DURATION, "%s",
			     durations[i]);
		cr_assert(str_contains(buf_slice(&message), STR("time: invalid duration \"")));
	}
}

Test(cron_parse, digits_of_a_fraction_that_do_not_fit_are_skipped)
{
	cr_assert_eq(every("@every 1.99999999999999999999999999999999999999999999s"), 2);
	cr_assert_eq(every("@every 1.50000000000000000000000000000000000000000009h"), 5400);
}

Test(cron_parse, duration_needs_known_units)
{
	assert_error(STR("@every 00"), "duration-no-unit",
		     "Failed to parse duration @every 00: time: missing unit in duration \"00\"");
	assert_error(
		STR("@every 1d"), "duration-unit",
		"Failed to parse duration @every 1d: time: unknown unit \"d\" in duration \"1d\"");
	assert_error(STR("@every  6h"), "duration",
		     "Failed to parse duration @every  6h: time: invalid duration \" 6h\"");
}

Test(cron_parse, nothing_is_read_beyond_the_end)
{
	static const struct str specs[] = {
		STR_INIT("@every 1.5"),	       STR_INIT("@every 1h"),
		STR_INIT("0 0 3 * * fr\xc4"),  STR_INIT("0 0 3 * * 1-"),
		STR_INIT("0 0 3 * * */"),      STR_INIT("0 0 3 * *\xe2\x80"),
		STR_INIT("0 0 3 * * *\xc2"),   STR_INIT("@"),
		STR_INIT("@every \xf0\x9f"),   STR_INIT("0 0 3 * * \xf0\x9f"),
		STR_INIT("22-2 0 3 L * mon#"), STR_INIT("TZ="),
	};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct wall w CLEANUP(wall) = wall_build(specs[i]);
		struct buf message CLEANUP(buf) = {0}, suggestion CLEANUP(buf) = {0},
				   reason CLEANUP(buf) = {0};
		struct cron at_wall, elsewhere;

		cr_assert_eq(cron_parse(w.text, &at_wall, &message),
			     cron_parse(specs[i], &elsewhere, NULL));
		cr_assert_eq(cron_words(w.text), cron_words(specs[i]));
		if (cron_suggest(w.text, &suggestion, &reason))
			cr_assert_eq(cron_parse(buf_slice(&suggestion), &at_wall, NULL), CRON_OK);
	}
}

Test(cron_parse, long_fields_are_read_to_the_end)
{
	struct buf spec CLEANUP(buf) = {0};
	struct cron c;

	buf_text(&spec, "0 ");
	buf_repeat(&spec, ',', 1000000);
	buf_text(&spec, "7 3 * * *");
	cr_assert_eq(cron_parse(buf_slice(&spec), &c, NULL), CRON_OK);
	cr_assert_eq(c.set[CRON_MINUTE], BIT(7));
}
