#include "facts/schedule_set.h"

#include "base/utc.h"
#include "facts/schedule.h"

/* Every hour for two years is less. What runs more often is held against nothing: what it leaves
 * alone is short enough. */
#define ACTIVATIONS_MOST 20000

bool schedule_set_add(struct schedule_set *set, struct obj schedule, struct str name, int64_t now)
{
	struct cron cron;

	if (obj_true(schedule, "spec.suspend", false) ||
	    cron_parse(obj_text(schedule, SCHEDULE_PATH), &cron, NULL) != CRON_OK)
		return false;
	struct cron_gaps gaps = cron_gaps(&cron, now, SCHEDULE_HORIZON_DAYS);
	if (!gaps.longest)
		return false;
	if (!set->least || gaps.longest < set->least) {
		set->least = gaps.longest;
		set->densest = name;
	}
	if (cron.every || set->len == SCHEDULE_SET_MOST ||
	    set->activations + gaps.activations > ACTIVATIONS_MOST)
		return true;
	set->activations += gaps.activations;
	set->items[set->len].name = name;
	set->items[set->len++].cron = cron;
	return true;
}

/* The first activation of any behind `t`; each has its own in `next`, which is 0 before. */
static int64_t next_of(const struct schedule_set *set, int64_t t, int64_t next[SCHEDULE_SET_MOST])
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < set->len; i++) {
		if (next[i] <= t && !cron_next(&set->items[i].cron, t, &next[i]))
			next[i] = INT64_MAX;
		if (next[i] < first)
			first = next[i];
	}
	return first;
}

int64_t schedule_set_gap(const struct schedule_set *set, int64_t now)
{
	int64_t next[SCHEDULE_SET_MOST] = {0}, gap = 0, end = now + SCHEDULE_HORIZON_DAYS * UTC_DAY;

	if (set->len < 2)
		return set->least;
	for (int64_t last = next_of(set, now - 1, next), t; last < end; last = t) {
		t = next_of(set, last, next);
		if (t < end && t - last > gap)
			gap = t - last;
	}
	return gap && gap < set->least ? gap : set->least;
}

void schedule_set_names(const struct schedule_set *set, int64_t gap, struct buf *out)
{
	if (gap == set->least) {
		if (set->densest.len)
			buf_fmt(out, "ScheduledBackup %.*s", STR_ARG(set->densest));
		return;
	}
	for (size_t i = 0; i < set->len; i++)
		if (!set->items[i].name.len)
			return;
	for (size_t i = 0; i < set->len; i++)
		buf_fmt(out, "%s%.*s", i ? ", " : "ScheduledBackups ", STR_ARG(set->items[i].name));
}
