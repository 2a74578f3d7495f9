/* The first activation after a moment. */
#include "cron_internal.h"

#include "base/utc.h"

uint64_t cron_days(const struct cron *c, int64_t year, int month)
{
	if (!(c->set[CRON_MONTH] >> month & 1))
		return 0;
	int first = utc_weekday(utc_days(year, month, 1));
	uint64_t week = c->set[CRON_WEEKDAY], days = c->set[CRON_DAY], by_week = 0;

	week = (week | week << 7) >> first & 0x7f; /* bit 0: the weekday of day 1 */
	for (int day = 1; day <= 29; day += 7)
		by_week |= week << day;
	days = c->star[CRON_DAY] || c->star[CRON_WEEKDAY] ? days & by_week : days | by_week;
	return days & cron_range(1, utc_month_days(year, month));
}

/* Lowest member that is at least `from`; -1: none. */
static int at_least(uint64_t set, int from)
{
	set &= UINT64_MAX << from;
	return set ? cron_lowest(set) : -1;
}

/* First time of day at or after `from`; -1: none. */
static int time_at_least(const struct cron *c, int from)
{
	int hour = from / 3600, minute = from / 60 % 60, second = from % 60;
	int s = at_least(c->set[CRON_SECOND], second);

	if (s < 0) {
		s = cron_lowest(c->set[CRON_SECOND]);
		minute++;
	}
	int m = at_least(c->set[CRON_MINUTE], minute);
	if (m < 0) {
		m = cron_lowest(c->set[CRON_MINUTE]);
		hour++;
	}
	if (m != minute)
		s = cron_lowest(c->set[CRON_SECOND]);
	int h = at_least(c->set[CRON_HOUR], hour);
	if (h < 0)
		return -1;
	if (h != hour) {
		m = cron_lowest(c->set[CRON_MINUTE]);
		s = cron_lowest(c->set[CRON_SECOND]);
	}
	return h * 3600 + m * 60 + s;
}

/* By month, then by day, then by sorted time of day: at most 72 months, whatever the sets. */
static bool next_in_calendar(const struct cron *c, int64_t from, int64_t *out)
{
	int64_t today = from / UTC_DAY - (from % UTC_DAY < 0);
	struct utc_date date = utc_date(today);
	int64_t last_year = date.year + 5;
	uint64_t days = cron_days(c, date.year, date.month) & (UINT64_MAX << date.day);
	int time = -1;

	if (days >> date.day & 1)
		time = time_at_least(c, (int)(from - today * UTC_DAY));
	if (time >= 0) {
		*out = today * UTC_DAY + time;
		return true;
	}
	days &= ~((uint64_t)1 << date.day);
	while (!days) {
		date.month = date.month % 12 + 1;
		date.year += date.month == 1;
		if (date.year > last_year)
			return false;
		days = cron_days(c, date.year, date.month);
	}
	*out = utc_days(date.year, date.month, cron_lowest(days)) * UTC_DAY + time_at_least(c, 0);
	return true;
}

bool cron_next(const struct cron *c, int64_t t, int64_t *out)
{
	if (c->every)
		return !__builtin_add_overflow(t, c->every, out);
	if (!c->set[CRON_SECOND] || !c->set[CRON_MINUTE] || !c->set[CRON_HOUR] || t == INT64_MAX)
		return false;
	return next_in_calendar(c, t + 1, out);
}

void cron_next_text(const struct cron *c, int64_t from, int count, struct buf *out)
{
	char text[UTC_TEXT];
	int64_t t = from, last = from;
	int found = 0;

	for (; found < count && cron_next(c, last, &t); found++)
		last = t;
	if (!found) {
		buf_text(out, "never");
		return;
	}
	bool soon = last - from < UTC_DAY;
	t = from;
	for (int i = 0; i < found && cron_next(c, t, &t); i++) {
		struct str whole = str_from(utc_format(t, text)), date;

		str_split(&whole, 'T', &date);
		buf_text(out, i ? ", " : "");
		if (!soon) {
			buf_str(out, date);
			buf_byte(out, ' ');
		}
		buf_str(out, str_slice(whole, 0, whole.len - 1)); /* without the Z */
	}
	buf_text(out, " UTC");
}
