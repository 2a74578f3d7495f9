/* Sets of a field: which are full, which days exist, how people say them, what day and weekday
 * come to. */
#include "cron_internal.h"

#include "base/utc.h"

#define RUN_MIN 3 /* "1 and 2", but "1 to 3" */

#define LEAP_YEAR 2000
#define COMMON_YEAR 2001

uint64_t cron_full(enum cron_field f)
{
	return cron_range(cron_bounds[f].min, cron_bounds[f].max);
}

void cron_ordinal(struct buf *out, int n)
{
	static const char *const ends[] = {"th", "st", "nd", "rd"};

	buf_fmt(out, "%d%s", n, n / 10 % 10 != 1 && n % 10 <= 3 ? ends[n % 10] : ends[0]);
}

static void value(struct buf *out, enum cron_field f, int v)
{
	const struct cron_bounds *b = &cron_bounds[f];

	if (!b->names) {
		buf_fmt(out, "%d", v);
		return;
	}
	const char *name = b->names[v - b->min];
	buf_fmt(out, "%c%s", name[0] - 'a' + 'A', name + 1);
}

static void several(struct buf *out, enum cron_field f, int v)
{
	if (f == CRON_DAY) {
		cron_ordinal(out, v);
		return;
	}
	value(out, f, v);
	buf_text(out, f == CRON_WEEKDAY ? "s" : "");
}

/* Takes a range, or one value, off the lower end of the set. */
static void take_part(uint64_t *set, int *from, int *to)
{
	*from = *to = cron_lowest(*set);
	while (*set >> (*to + 1) & 1)
		++*to;
	if (*to - *from + 1 < RUN_MIN)
		*to = *from;
	*set &= ~cron_range(*from, *to);
}

struct list {
	enum cron_field field;
	const char *last; /* between the last two */
	void (*value)(struct buf *, enum cron_field, int);
};

static void add_list(struct buf *out, uint64_t set, const struct list *l)
{
	bool first = true;
	int from, to;

	while (set) {
		take_part(&set, &from, &to);
		if (!first && set)
			buf_text(out, ", ");
		else if (!first)
			buf_fmt(out, " %s ", l->last);
		l->value(out, l->field, from);
		if (to > from) {
			buf_text(out, " to ");
			l->value(out, l->field, to);
		}
		first = false;
	}
}

void cron_list(struct buf *out, uint64_t set, enum cron_field f, const char *last)
{
	add_list(out, set, &(struct list){f, last, value});
}

void cron_names(struct buf *out, uint64_t set, enum cron_field f)
{
	add_list(out, set, &(struct list){f, "and", several});
}

void cron_values(struct buf *out, uint64_t set, enum cron_field f)
{
	int step = cron_step(set);

	buf_fmt(out, "%s%s ", cron_bounds[f].one, cron_count(set) > 1 ? "s" : "");
	if (step > 1) {
		buf_fmt(out, "%d to %d in steps of %d", cron_lowest(set), cron_highest(set), step);
		return;
	}
	cron_list(out, set, f, "and");
}

int cron_step(uint64_t set)
{
	uint64_t rest = set & (set - 1);

	if (cron_count(set) < 5)
		return 0;
	int from = cron_lowest(set), step = cron_lowest(rest) - from;
	for (; rest; rest &= rest - 1) {
		if (cron_lowest(rest) - from != step)
			return 0;
		from += step;
	}
	return step;
}

static uint64_t days_of(int64_t year, int month)
{
	return cron_range(1, utc_month_days(year, month));
}

uint64_t cron_days_of_any(uint64_t months)
{
	uint64_t days = 0;

	for (; months; months &= months - 1)
		days |= days_of(LEAP_YEAR, cron_lowest(months));
	return days;
}

uint64_t cron_days_of_each(uint64_t months)
{
	uint64_t days = cron_full(CRON_DAY);

	for (; months; months &= months - 1)
		days &= days_of(COMMON_YEAR, cron_lowest(months));
	return days;
}

static void no_such_day(const struct cron *c, struct buf *why)
{
	uint64_t months = c->set[CRON_MONTH];

	cron_list(why, months, CRON_MONTH, "and");
	buf_text(why, cron_count(months) > 1 ? " have no " : " has no ");
	cron_values(why, c->set[CRON_DAY], CRON_DAY);
}

bool cron_is_never(const struct cron *c, struct buf *why)
{
	static const enum cron_field needed[] = {CRON_SECOND, CRON_MINUTE, CRON_HOUR, CRON_MONTH};
	uint64_t days = c->set[CRON_DAY] & cron_days_of_any(c->set[CRON_MONTH]);
	uint64_t weekdays = c->set[CRON_WEEKDAY];
	struct buf unused CLEANUP(buf) = {0};

	if (!why)
		why = &unused;
	if (c->every)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		if (!c->set[needed[i]]) {
			buf_fmt(why, "the list of %ss is empty", cron_bounds[needed[i]].one);
			return true;
		}
	}
	bool both = c->star[CRON_DAY] || c->star[CRON_WEEKDAY];
	if (both ? days && weekdays : days || weekdays)
		return false;
	if (c->set[CRON_DAY] && !days)
		no_such_day(c, why);
	else
		buf_fmt(why, "the list of %ss is empty",
			cron_bounds[days ? CRON_WEEKDAY : CRON_DAY].one);
	return true;
}

struct cron_calendar cron_calendar(const struct cron *c)
{
	struct cron_calendar k = {.month = c->set[CRON_MONTH], .weekday = c->set[CRON_WEEKDAY]};
	uint64_t any = cron_days_of_any(k.month);

	k.day = c->set[CRON_DAY] & any;
	bool all_days = k.day == any, all_week = k.weekday == cron_full(CRON_WEEKDAY);
	if (c->star[CRON_DAY] || c->star[CRON_WEEKDAY])
		k.kind = all_days && all_week ? CRON_EVERY_DAY
			 : all_days	      ? CRON_BY_WEEKDAY
			 : all_week	      ? CRON_BY_DAY
					      : CRON_BOTH;
	else
		k.kind = all_days || all_week ? CRON_EVERY_DAY
			 : !k.day	      ? CRON_BY_WEEKDAY
			 : !k.weekday	      ? CRON_BY_DAY
					      : CRON_EITHER;
	if (k.kind != CRON_BY_DAY && k.kind != CRON_BOTH)
		return k;
	for (uint64_t rest = k.month; rest; rest &= rest - 1)
		if (!(days_of(LEAP_YEAR, cron_lowest(rest)) & k.day))
			k.month &= ~(rest & -rest);
	return k;
}
