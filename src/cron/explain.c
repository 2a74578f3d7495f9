/* A schedule in English: times of day, then days and months. */
#include "cron_internal.h"

#include "base/utc.h"

#include <inttypes.h>

#define TIMES_MAX 6 /* more times of day than these are not listed */
#define HOUR 3600
#define MINUTE 60

static void clock(struct buf *out, int64_t t)
{
	buf_fmt(out, "%02d:%02d:%02d", (int)(t / HOUR), (int)(t / MINUTE % 60), (int)(t % MINUTE));
}

static void amount(struct buf *out, int64_t n, const char *unit)
{
	buf_fmt(out, "%" PRId64 " %s%s", n, unit, n == 1 ? "" : "s");
}

void cron_period(int64_t seconds, struct buf *out)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{UTC_DAY, "day"}, {HOUR, "hour"}, {MINUTE, "minute"}, {1, "second"}};
	bool more = false;

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		int64_t n = seconds / units[i].seconds;

		seconds %= units[i].seconds;
		if (!n)
			continue;
		buf_text(out, more ? " " : "");
		amount(out, n, units[i].name);
		more = true;
	}
	if (!more)
		amount(out, 0, "second");
}

/* "every 15 minutes", "every hour". */
static void every(struct buf *out, int64_t seconds)
{
	struct buf period CLEANUP(buf) = {0};

	cron_period(seconds, &period);
	struct str text = buf_slice(&period);
	bool one = str_has_prefix(text, STR("1 ")) &&
		   str_find_byte(str_slice(text, 2, text.len), ' ') == STR_NONE;
	buf_text(out, "every ");
	buf_str(out, str_slice(text, one ? 2 : 0, text.len));
}

static void time_list(struct buf *out, const struct cron *c, int64_t count)
{
	int64_t at = 0;

	buf_text(out, "at ");
	for (uint64_t h = c->set[CRON_HOUR]; h; h &= h - 1)
		for (uint64_t m = c->set[CRON_MINUTE]; m; m &= m - 1)
			for (uint64_t s = c->set[CRON_SECOND]; s; s &= s - 1) {
				buf_text(out, at == 0 ? "" : at + 1 < count ? ", " : " and ");
				clock(out, cron_lowest(h) * HOUR + cron_lowest(m) * MINUTE +
						   cron_lowest(s));
				at++;
			}
}

/* All times of the day have the same distance. True when it runs round the clock, so that "every
 * day" goes without saying. */
static bool progression(struct buf *out, const struct cron_span *day)
{
	int64_t step = day->shortest;
	bool round = step * day->count == UTC_DAY;

	every(out, step);
	if (round && step == HOUR) {
		buf_fmt(out, " at minute %d", (int)(day->first / MINUTE));
		if (day->first % MINUTE)
			buf_fmt(out, " and second %d", (int)(day->first % MINUTE));
		return true;
	}
	if (round && step == MINUTE && day->first) {
		buf_fmt(out, " at second %d", (int)day->first);
		return true;
	}
	if (round && step < HOUR && !day->first)
		return true;
	buf_text(out, " from ");
	clock(out, day->first);
	buf_text(out, " to ");
	clock(out, day->last);
	return false;
}

/* "at second 30 of minutes 10 and 20 of every hour". True as progression(). */
static bool by_fields(struct buf *out, const struct cron *c)
{
	uint64_t second = c->set[CRON_SECOND], minute = c->set[CRON_MINUTE];
	bool every_hour = c->set[CRON_HOUR] == cron_full(CRON_HOUR);
	bool begun = true;

	if (second == cron_full(CRON_SECOND)) {
		buf_text(out, "every second of ");
	} else if (second != 1) {
		buf_text(out, "at ");
		cron_values(out, second, CRON_SECOND);
		buf_text(out, " of ");
	} else {
		begun = false;
	}
	if (minute == cron_full(CRON_MINUTE)) {
		buf_text(out, "every minute of ");
	} else {
		buf_text(out, begun ? "" : "at ");
		cron_values(out, minute, CRON_MINUTE);
		buf_text(out, " of ");
	}
	if (every_hour)
		buf_text(out, "every hour");
	else
		cron_values(out, c->set[CRON_HOUR], CRON_HOUR);
	return every_hour;
}

static bool times(struct buf *out, const struct cron *c)
{
	struct cron_span day = cron_day(c);

	if (day.count <= TIMES_MAX) {
		time_list(out, c, day.count);
		return false;
	}
	return day.shortest == day.longest ? progression(out, &day) : by_fields(out, c);
}

static void in_months(struct buf *out, uint64_t months)
{
	int from = cron_lowest(months), to = cron_highest(months);

	if (months == cron_full(CRON_MONTH))
		return;
	buf_text(out, to - from >= 2 && months == cron_range(from, to) ? " from " : " in ");
	cron_list(out, months, CRON_MONTH, "and");
}

static void of_months(struct buf *out, uint64_t months)
{
	if (months == cron_full(CRON_MONTH)) {
		buf_text(out, " of the month");
		return;
	}
	buf_text(out, " of ");
	cron_list(out, months, CRON_MONTH, "and");
}

static void on_days(struct buf *out, uint64_t days, uint64_t months)
{
	int step = cron_step(days);

	buf_text(out, " on ");
	if (cron_count(days) == 1 && cron_count(months) == 1) {
		cron_list(out, days, CRON_DAY, "");
		buf_byte(out, ' ');
		cron_list(out, months, CRON_MONTH, "");
	} else if (step > 1) {
		buf_text(out, "every ");
		cron_ordinal(out, step);
		buf_text(out, " day");
		of_months(out, months);
		buf_fmt(out, " from day %d to %d", cron_lowest(days), cron_highest(days));
	} else {
		cron_values(out, days, CRON_DAY);
		of_months(out, months);
	}
}

static void either(struct buf *out, const struct cron_calendar *k)
{
	if (k->month != cron_full(CRON_MONTH)) {
		in_months(out, k->month);
		buf_byte(out, ',');
	}
	on_days(out, k->day, cron_full(CRON_MONTH));
	buf_text(out, " or on ");
	cron_list(out, k->weekday, CRON_WEEKDAY, "or");
	buf_text(out, " (either is enough)");
}

static void calendar(struct buf *out, const struct cron_calendar *k, bool every_day_is_clear)
{
	const uint64_t leap_day = (uint64_t)1 << 29, february = (uint64_t)1 << 2;

	switch (k->kind) {
	case CRON_EVERY_DAY:
		if (!every_day_is_clear)
			buf_text(out, " every day");
		else if (k->month != cron_full(CRON_MONTH))
			buf_text(out, " on every day");
		in_months(out, k->month);
		return;
	case CRON_BY_WEEKDAY:
		buf_text(out, " on ");
		cron_list(out, k->weekday, CRON_WEEKDAY, "and");
		in_months(out, k->month);
		return;
	case CRON_EITHER:
		either(out, k);
		return;
	case CRON_BOTH:
	case CRON_BY_DAY:
		on_days(out, k->day, k->month);
		break;
	}
	if (k->kind == CRON_BOTH) {
		buf_text(out, cron_count(k->day) > 1 && cron_step(k->day) <= 1
				      ? " when they fall on "
				      : " when it falls on ");
		cron_list(out, k->weekday, CRON_WEEKDAY, "or");
	}
	if (k->day == leap_day && k->month == february)
		buf_text(out, " (leap years only)");
}

void cron_explain(const struct cron *c, struct buf *out)
{
	if (c->every) {
		every(out, c->every);
		buf_text(out, ", counted from the last run");
		return;
	}
	struct buf why CLEANUP(buf) = {0};
	if (cron_is_never(c, &why)) {
		buf_text(out, "never: ");
		buf_str(out, buf_slice(&why));
		return;
	}
	struct cron_calendar k = cron_calendar(c);
	calendar(out, &k, times(out, c));
}
