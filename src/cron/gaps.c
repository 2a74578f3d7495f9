/* How often a schedule runs in a window, and how far apart: by day, never by enumeration. */
#include "cron_internal.h"

#include "base/utc.h"

#define WINDOW_DAYS_MAX 1000

/* Puts `b`, moved by `at` seconds, after `a`. */
static void append(struct cron_span *a, const struct cron_span *b, int64_t at)
{
	if (!b->count)
		return;
	if (!a->count) {
		*a = *b;
		a->first += at;
	} else {
		int64_t gap = b->first + at - a->last;

		if (b->shortest && b->shortest < gap)
			gap = b->shortest;
		if (!a->shortest || gap < a->shortest)
			a->shortest = gap;
		gap = b->first + at - a->last;
		if (gap < b->longest)
			gap = b->longest;
		if (gap > a->longest)
			a->longest = gap;
		a->count += b->count;
	}
	a->last = b->last + at;
}

/* The same for several days, one after the other: from the second on each adds what it does. */
static void append_days(struct cron_span *a, const struct cron_span *day, int64_t midnight,
			int days)
{
	for (int i = 0; i < days && i < 2; i++)
		append(a, day, midnight + i * UTC_DAY);
	if (days <= 2 || !day->count)
		return;
	a->count += day->count * (days - 2);
	a->last += UTC_DAY * (days - 2);
}

/* One `inner` for each member of the set, `unit` seconds apart. */
static struct cron_span spread(uint64_t set, const struct cron_span *inner, int64_t unit)
{
	struct cron_span sum = {0};

	for (; set; set &= set - 1)
		append(&sum, inner, cron_lowest(set) * unit);
	return sum;
}

/* A day, an hour of it, a minute of that, one activation. */
struct levels {
	struct cron_span day, hour, minute, second;
};

static struct levels levels(const struct cron *c)
{
	struct levels l = {.second = {.count = 1}};

	l.minute = spread(c->set[CRON_SECOND], &l.second, 1);
	l.hour = spread(c->set[CRON_MINUTE], &l.minute, 60);
	l.day = spread(c->set[CRON_HOUR], &l.hour, 3600);
	return l;
}

struct cron_span cron_day(const struct cron *c)
{
	return levels(c).day;
}

/* Second `s` of a day begins a stretch of `unit` seconds that lies in [from, to) and runs. */
static bool runs(const struct cron *c, int s, int unit, int to)
{
	return s % unit == 0 && s + unit <= to && (c->set[CRON_HOUR] >> (s / 3600) & 1) &&
	       (unit > 60 || (c->set[CRON_MINUTE] >> (s / 60 % 60) & 1)) &&
	       (unit > 1 || (c->set[CRON_SECOND] >> (s % 60) & 1));
}

/* The part [from, to) of a day, by the largest whole units that fit. */
static struct cron_span part_of_day(const struct cron *c, const struct levels *l, int from, int to)
{
	struct cron_span sum = {0};

	for (int s = from; s < to;) {
		int unit = s % 3600 == 0 && s + 3600 <= to ? 3600
			   : s % 60 == 0 && s + 60 <= to   ? 60
							   : 1;

		if (runs(c, s, unit, to))
			append(&sum,
			       unit == 3600 ? &l->hour
			       : unit == 60 ? &l->minute
					    : &l->second,
			       s);
		s += unit;
	}
	return sum;
}

static struct cron_gaps every_gaps(int64_t every, int64_t window)
{
	struct cron_gaps g = {0};
	int64_t first = every - 1; /* counted from the second before the window */

	if (first >= window)
		return g;
	g.activations = (window - 1 - first) / every + 1;
	if (g.activations > 1)
		g.shortest = g.longest = every;
	return g;
}

static bool is_daily(const struct cron *c)
{
	return c->set[CRON_DAY] == cron_range(1, 31) && c->set[CRON_MONTH] == cron_range(1, 12) &&
	       c->set[CRON_WEEKDAY] == cron_range(0, 6);
}

struct cron_gaps cron_gaps(const struct cron *c, int64_t from, int days)
{
	const bool daily = is_daily(c);
	struct levels l = levels(c);
	struct cron_span sum = {0};
	int64_t to = from + (int64_t)days * UTC_DAY;
	int64_t day = from / UTC_DAY - (from % UTC_DAY < 0);

	BUG_IF(days < 0 || days > WINDOW_DAYS_MAX);
	if (c->every)
		return every_gaps(c->every, to - from);
	while (day * UTC_DAY < to) {
		struct utc_date date = utc_date(day);
		uint64_t month = cron_days(c, date.year, date.month);
		int month_days = utc_month_days(date.year, date.month);

		for (; date.day <= month_days && day * UTC_DAY < to; date.day++, day++) {
			int64_t midnight = day * UTC_DAY;
			int rest = daily ? (int)((to - midnight) / UTC_DAY)
					 : month_days - date.day + 1;

			if (month == cron_range(1, month_days) && midnight >= from && rest &&
			    midnight + rest * UTC_DAY <= to) {
				append_days(&sum, &l.day, midnight, rest);
				day += rest;
				break;
			}
			if (!(month >> date.day & 1))
				continue;
			if (midnight >= from && midnight + UTC_DAY <= to) {
				append(&sum, &l.day, midnight);
				continue;
			}
			struct cron_span part = part_of_day(
				c, &l, midnight < from ? (int)(from - midnight) : 0,
				midnight + UTC_DAY > to ? (int)(to - midnight) : UTC_DAY);
			append(&sum, &part, midnight);
		}
	}
	return (struct cron_gaps){sum.count, sum.shortest, sum.longest, sum.last};
}
