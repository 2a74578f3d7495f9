/* The words for what a schedule does, and the words of its spec. */
#include "facts/schedule.h"

#include <inttypes.h>

/* Which days, in the library's logic: a star in either field means that both must match. */
static bool restrict_days(const struct cron *cron, struct buf *out)
{
	uint64_t day = cron->set[CRON_DAY], weekday = cron->set[CRON_WEEKDAY];
	bool all_days = day == cron_full(CRON_DAY);
	bool all_weekdays = weekday == cron_full(CRON_WEEKDAY);
	bool both = cron->star[CRON_DAY] || cron->star[CRON_WEEKDAY];

	if ((all_days && all_weekdays) || (!both && (all_days || all_weekdays)))
		return false;
	buf_text(out, ", only on ");
	if (!all_weekdays)
		cron_names(out, weekday, CRON_WEEKDAY);
	if (!all_weekdays && !all_days)
		buf_text(out, both ? " that are the " : " and the ");
	else if (!all_days)
		buf_text(out, "the ");
	if (!all_days)
		cron_names(out, day, CRON_DAY);
	return true;
}

void schedule_how_often(const struct cron *cron, struct buf *out)
{
	int times = __builtin_popcountll(cron->set[CRON_SECOND]) *
		    __builtin_popcountll(cron->set[CRON_MINUTE]) *
		    __builtin_popcountll(cron->set[CRON_HOUR]);
	uint64_t month = cron->set[CRON_MONTH];

	if (cron->every) {
		buf_text(out, "every ");
		schedule_duration(cron->every, out);
		return;
	}
	if (times == 24 && cron->set[CRON_HOUR] == cron_full(CRON_HOUR))
		buf_fmt(out, "hourly at :%02d, ", __builtin_ctzll(cron->set[CRON_MINUTE]));
	if (times == 1)
		buf_text(out, "once a day");
	else
		buf_fmt(out, "%d times a day", times);
	bool days = restrict_days(cron, out);
	if (month == cron_full(CRON_MONTH))
		return;
	if (days)
		buf_text(out, cron->set[CRON_WEEKDAY] == cron_full(CRON_WEEKDAY) ? " of " : " in ");
	else
		buf_text(out, ", only in ");
	cron_names(out, month, CRON_MONTH);
}

void schedule_duration(int64_t seconds, struct buf *out)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
	size_t u = 0;

	while (u + 1 < ARRAY_LEN(units) && seconds < units[u].seconds)
		u++;
	int64_t n = seconds / units[u].seconds, rest = seconds % units[u].seconds;
	buf_fmt(out, "%" PRId64 " %s%s", n, units[u].name, n == 1 ? "" : "s");
	if (u + 1 == ARRAY_LEN(units) || (!u && n >= 10))
		return; /* who waits for months does not count hours */
	n = rest / units[u + 1].seconds;
	if (n)
		buf_fmt(out, " %" PRId64 " %s%s", n, units[u + 1].name, n == 1 ? "" : "s");
}

struct schedule_words schedule_split(struct str spec)
{
	struct schedule_words w;
	size_t at = 0;

	for (size_t i = 0; i < CRON_FIELDS_LEN; i++) {
		while (at < spec.len && (spec.ptr[at] == ' ' || spec.ptr[at] == '\t'))
			at++;
		size_t from = at;
		while (at < spec.len && spec.ptr[at] != ' ' && spec.ptr[at] != '\t')
			at++;
		w.word[i] = at > from ? str_slice(spec, from, at) : STR("*");
	}
	return w;
}

struct str schedule_join(struct arena *a, const struct schedule_words *w)
{
	struct buf out = BUF_ARENA(a);

	for (size_t i = 0; i < CRON_FIELDS_LEN; i++) {
		buf_text(&out, i ? " " : "");
		buf_str(&out, w->word[i]);
	}
	return buf_slice(&out);
}
