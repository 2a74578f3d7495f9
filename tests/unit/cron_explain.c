#include "base/arena.h"
#include "base/utc.h"
#include "cron/cron.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct str explain(struct arena *a, struct str spec, struct cron *c)
{
	struct buf text = BUF_ARENA(a);

	cr_assert_eq(cron_parse(spec, c, NULL), CRON_OK, "%.*s", STR_ARG(spec));
	cron_explain(c, &text);
	return buf_slice(&text);
}

Test(cron_explain, says_what_a_schedule_does)
{
	static const struct {
		const char *spec, *text;
	} table[] = {
		{"0 0 3 * * *", "at 03:00:00 every day"},
		{"@hourly", "every hour at minute 0"},
		{"0 3 * * *", "every hour at minute 3"},
		{"30 2 * * *", "every hour at minute 2 and second 30"},
		{"*/15 * * * *", "every 15 seconds"},
		{"0 */15 * * * *", "every 15 minutes"},
		{"50 * * * *", "every minute at second 50"},
		{"0 2 * * 1", "every hour at minute 2 on every day in January"},
		{"0 2 * * 1-5", "every hour at minute 2 on every day from January to May"},
		{"0 0 4,16 * * *", "at 04:00:00 and 16:00:00 every day"},
		{"0 5/15 * * * *", "every 15 minutes from 00:05:00 to 23:50:00 every day"},
		{"0 0 9-17 * * mon-fri",
		 "every hour from 09:00:00 to 17:00:00 on Monday to Friday"},
		{"0 0,10,20,30,40 * * * *", "at minutes 0 to 40 in steps of 10 of every hour"},
		{"0 0,10,20,30,45 * * * *", "at minutes 0, 10, 20, 30 and 45 of every hour"},
		{"0 0,5,20,30,40 * * * *", "at minutes 0, 5, 20, 30 and 40 of every hour"},
		{"0 10,20,30,40 * * * *", "at minutes 10, 20, 30 and 40 of every hour"},
		{"* 0 3 * * *", "every second from 03:00:00 to 03:00:59 every day"},
		{"30 10,20 */2 * * *",
		 "at second 30 of minutes 10 and 20 of hours 0 to 22 in steps of 2 every day"},
		{"0 0,12 * * * *", "at minutes 0 and 12 of every hour"},
		{"* 5/5 * * * *", "every second of minutes 5 to 55 in steps of 5 of every hour"},
		{"0 0 3 * * 0,3", "at 03:00:00 on Sunday and Wednesday"},
		{"@monthly", "at 00:00:00 on day 1 of the month"},
		{"@yearly", "at 00:00:00 on 1 January"},
		{"0 0 3 1,15 1-3 *", "at 03:00:00 on days 1 and 15 of January to March"},
		{"0 0 2 */2 * *", "at 02:00:00 on every 2nd day of the month from day 1 to 31"},
		{"0 0 3 13 * 5",
		 "at 03:00:00 on day 13 of the month or on Friday (either is enough)"},
		{"0 0 3 1,15 3 0",
		 "at 03:00:00 in March, on days 1 and 15 of the month or on Sunday (either is enough)"},
		{"0 0 3 */10 * 0",
		 "at 03:00:00 on days 1, 11, 21 and 31 of the month when they fall on Sunday"},
		{"0 0 3 31 2,3 *", "at 03:00:00 on 31 March"},
		{"0 0 3 1-31 * 0", "at 03:00:00 every day"},
		{"0 0 3 30 2 0", "at 03:00:00 on Sunday in February"},
		{"0 0 3 29 2 *", "at 03:00:00 on 29 February (leap years only)"},
		{"0 0 3 30 2 *", "never: February has no day 30"},
		{"0 0 3 31 4,6 *", "never: April and June have no day 31"},
		{"0 , 3 * * *", "never: the list of minutes is empty"},
		{"0 0 3 , * *", "never: the list of days is empty"},
		{"@every 90m", "every 1 hour 30 minutes, counted from the last run"},
		{"@every 24h", "every day, counted from the last run"},
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct cron c;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct str text = explain(a, str_from(table[i].spec), &c);

		cr_assert(str_is(text, table[i].text), "%s: %.*s", table[i].spec, STR_ARG(text));
	}
}

/* Specs at random, the same ones in each run. */
static uint32_t roll(uint64_t *state, uint32_t sides)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33) % sides;
}

static void random_field(uint64_t *state, int min, int max, struct buf *out)
{
	uint32_t size = (uint32_t)(max - min + 1);
	int a = min + (int)roll(state, size), b = a + (int)roll(state, (uint32_t)(max - a + 1));

	switch (roll(state, 7)) {
	case 0:
	case 1:
		buf_byte(out, '*');
		return;
	case 2:
		buf_fmt(out, "*/%u", 1 + roll(state, size));
		return;
	case 3:
		buf_fmt(out, "%d/%u", a, 1 + roll(state, size));
		return;
	case 4:
		buf_fmt(out, "%d-%d", a, b);
		return;
	case 5:
		buf_fmt(out, "%d,%d,%d", a, b, min + (int)roll(state, size));
		return;
	default:
		buf_fmt(out, "%d", a);
	}
}

static struct str random_spec(struct arena *a, uint64_t *state)
{
	static const int bounds[][2] = {{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};
	struct buf spec = BUF_ARENA(a);

	for (size_t f = 0; f < ARRAY_LEN(bounds); f++) {
		buf_text(&spec, f ? " " : "");
		if (f == 0 && roll(state, 2))
			buf_byte(&spec, '0');
		else
			random_field(state, bounds[f][0], bounds[f][1], &spec);
	}
	return buf_slice(&spec);
}

struct sample {
	struct str spec, text;
	struct cron c;
};

static int by_text(const void *a, const void *b)
{
	return str_cmp(((const struct sample *)a)->text, ((const struct sample *)b)->text);
}

static void assert_same_behaviour(const struct sample *a, const struct sample *b)
{
	static const int64_t times[] = {1767225600, 1772323199, 1788258030, 1798761599};

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		int64_t t = times[i], u = times[i];

		for (int n = 0; n < 40; n++) {
			bool more = cron_next(&a->c, t, &t);

			cr_assert(more == cron_next(&b->c, u, &u) && (!more || t == u),
				  "'%.*s' and '%.*s' differ, but both are '%.*s'", STR_ARG(a->spec),
				  STR_ARG(b->spec), STR_ARG(a->text));
			if (!more)
				break;
		}
		struct cron_gaps g = cron_gaps(&a->c, times[i], 400);
		struct cron_gaps h = cron_gaps(&b->c, times[i], 400);
		cr_assert(g.activations == h.activations && g.longest == h.longest);
	}
}

Test(cron_explain, one_explanation_means_one_behaviour)
{
	enum { SAMPLES = 20000 };
	CLEANUP(arena) struct arena *a = arena_new();
	struct sample *samples = ARENA_ARRAY(a, struct sample, SAMPLES);
	uint64_t state = 20260826;
	size_t same = 0;

	for (size_t i = 0; i < SAMPLES; i++) {
		samples[i].spec = random_spec(a, &state);
		samples[i].text = explain(a, samples[i].spec, &samples[i].c);
	}
	qsort(samples, SAMPLES, sizeof samples[0], by_text);
	for (size_t i = 1; i < SAMPLES; i++) {
		if (!str_eq(samples[i - 1].text, samples[i].text))
			continue;
		assert_same_behaviour(&samples[i - 1], &samples[i]);
		same++;
	}
	cr_assert_gt(same, 100);
}

/* "HH:MM:SS" at the start of *text, taken off. */
static bool take_clock(const char **text, int64_t *out)
{
	int h, m, s, used = 0;

	if (sscanf(*text, "%2d:%2d:%2d%n", &h, &m, &s, &used) != 3 || used != 8)
		return false;
	*out = h * 3600 + m * 60 + s;
	*text += used;
	return true;
}

/* Reads the beginning of an explanation back: the times of a day that it names. False when it names
 * none by the clock. */
static bool read_times(const char *text, int64_t *times, size_t *len)
{
	int64_t step = 1, to;
	char unit = 's';

	*len = 0;
	if (strncmp(text, "at ", 3) == 0) {
		text += 3;
		while (take_clock(&text, &times[*len])) {
			++*len;
			text += strncmp(text, ", ", 2) == 0	 ? 2
				: strncmp(text, " and ", 5) == 0 ? 5
								 : 0;
		}
		return *len > 0;
	}
	const char *from = strstr(text, " from ");
	if (strncmp(text, "every ", 6) != 0 || !from)
		return false;
	if (sscanf(text, "every %" SCNd64 " %c", &step, &unit) != 2)
		sscanf(text, "every %c", &unit);
	step *= unit == 'h' ? 3600 : unit == 'm' ? 60 : 1;
	from += 6;
	if (!take_clock(&from, &times[0]) || strncmp(from, " to ", 4) != 0)
		return false;
	from += 4;
	if (!take_clock(&from, &to))
		return false;
	for (*len = 1; times[*len - 1] < to; ++*len)
		times[*len] = times[*len - 1] + step;
	return times[*len - 1] == to;
}

Test(cron_explain, times_of_day_are_those_of_next)
{
	static int64_t times[UTC_DAY];
	CLEANUP(arena) struct arena *a = arena_new();
	uint64_t state = 7;
	size_t checked = 0, len;

	for (int i = 0; i < 20000; i++) {
		struct cron c;
		int64_t t = 1767225599, day;

		arena_reset(a);
		struct str spec = random_spec(a, &state);
		const char *text = arena_cstr(a, explain(a, spec, &c));
		if (!read_times(text, times, &len) || len > 2000 || !cron_next(&c, t, &t))
			continue;
		day = t - t % UTC_DAY;
		for (size_t n = 0; n < len; n++, checked++) {
			cr_assert_eq(t, day + times[n], "%.*s: %s", STR_ARG(spec), text);
			if (!cron_next(&c, t, &t))
				t = INT64_MAX;
		}
		cr_assert_geq(t, day + UTC_DAY, "%.*s: %s", STR_ARG(spec), text);
	}
	cr_assert_gt(checked, 10000);
}

Test(cron_explain, period_names_every_unit_that_counts)
{
	struct buf text CLEANUP(buf) = {0};

	cron_period(2 * UTC_DAY + 3600 + 1, &text);
	cr_assert(str_is(buf_slice(&text), "2 days 1 hour 1 second"));
	text.len = 0;
	cron_period(59 * 60 + 59, &text);
	cr_assert(str_is(buf_slice(&text), "59 minutes 59 seconds"));
	text.len = 0;
	cron_period(0, &text);
	cr_assert(str_is(buf_slice(&text), "0 seconds"));
}

Test(cron_explain, a_set_is_named_as_a_person_says_it)
{
	static const struct {
		enum cron_field field;
		uint64_t set;
		const char *words;
	} cases[] = {
		{CRON_DAY, 1u << 13, "13th"},
		{CRON_DAY, 1u << 1 | 1u << 2 | 1u << 11, "1st, 2nd and 11th"},
		{CRON_DAY, 0x3e00802, "1st, 11th and 21st to 25th"},
		{CRON_DAY, 1u << 3 | 1u << 12 | 1u << 22 | 1u << 23, "3rd, 12th, 22nd and 23rd"},
		{CRON_DAY, 0xfffffffe, "1st to 31st"},
		{CRON_WEEKDAY, 1u << 5, "Fridays"},
		{CRON_WEEKDAY, 0x1e, "Mondays to Thursdays"},
		{CRON_WEEKDAY, 0x41, "Sundays and Saturdays"},
		{CRON_MONTH, 1u << 1, "January"},
		{CRON_MONTH, 0x11c0, "June to August and December"},
		{CRON_HOUR, 0xc0000f, "0 to 3, 22 and 23"},
		{CRON_DAY, 0, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf text CLEANUP(buf) = {0};

		cron_names(&text, cases[i].set, cases[i].field);
		cr_expect(str_is(buf_slice(&text), cases[i].words), "%.*s, not %s",
			  STR_ARG(buf_slice(&text)), cases[i].words);
	}
}

Test(cron_explain, a_full_set_begins_and_ends_with_its_field)
{
	cr_expect_eq(cron_full(CRON_SECOND), 0xfffffffffffffff);
	cr_expect_eq(cron_full(CRON_MINUTE), 0xfffffffffffffff);
	cr_expect_eq(cron_full(CRON_HOUR), 0xffffff);
	cr_expect_eq(cron_full(CRON_DAY), 0xfffffffe);
	cr_expect_eq(cron_full(CRON_MONTH), 0x1ffe);
	cr_expect_eq(cron_full(CRON_WEEKDAY), 0x7f);
}

Test(cron_explain, february_has_its_leap_day_when_any_month_may)
{
	cr_expect_eq(cron_days_of_any(1u << 2), 0x3ffffffe);
	cr_expect_eq(cron_days_of_any(1u << 2 | 1u << 4), 0x7ffffffe);
	cr_expect_eq(cron_days_of_any(0), 0);
}
