/* When base backups are made: those that are there, and those that schedules will make. */
#include "internal.h"

#include "base/limits.h"
#include "base/utc.h"

#include <stdlib.h>
#include <string.h>

/* Behind the window: every month and a leap day at most times, as for the rules. */
#define LONG_RUN (INT64_C(800) * UTC_DAY)

static int by_time(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

bool plan_makes(const struct plan_schedule *s, bool snapshots)
{
	return snapshots ? !s->idle.len && s->method == PLAN_SNAPSHOT : s->fills;
}

static size_t count(const struct plan_cluster *c, bool snapshots)
{
	size_t n = 0;

	for (size_t i = 0; i < c->schedules_len; i++)
		n += plan_makes(&c->schedules[i], snapshots);
	return n;
}

/* Those of one schedule, at most `most`; they end where the known ones of all end. */
static void add(const struct plan_schedule *s, const struct plan_options *o, size_t most,
		struct buf *moments, struct plan_moments *out)
{
	struct cron cron;
	int64_t t = o->now, begin;
	size_t n = 0;

	if (cron_parse(s->spec, &cron, NULL) != CRON_OK)
		return;
	if (!o->live && s->immediate)
		buf_add(moments, &t, sizeof t);
	if (plan_begin(s, &cron, o->now, &begin))
		t = begin;
	while (cron_next(&cron, t, &t) && t <= out->until) {
		buf_add(moments, &t, sizeof t);
		if (++n == most) {
			out->until = t;
			out->cut = true;
		}
	}
}

/* Sorted, up to `until`. */
static void take(struct arena *a, const struct buf *moments, struct plan_moments *out)
{
	out->items = ARENA_ARRAY(a, int64_t, moments->len / sizeof *out->items + 1);
	out->len = moments->len / sizeof *out->items;
	if (out->len)
		memcpy(out->items, moments->ptr, moments->len);
	qsort(out->items, out->len, sizeof *out->items, by_time);
	while (out->len && out->items[out->len - 1] > out->until)
		out->len--;
}

void plan_moments_find(struct arena *a, const struct plan_cluster *c, bool snapshots,
		       const struct plan_options *o, struct plan_moments *out)
{
	struct buf moments CLEANUP(buf) = {0};
	size_t schedules = count(c, snapshots);
	size_t most = LIMIT_PLAN_MOMENTS / (schedules ? schedules : 1);

	buf_add(&moments, out->items, out->old * sizeof *out->items);
	out->until = o->now + o->days * (int64_t)UTC_DAY + c->keep.window + LONG_RUN;
	for (size_t i = 0; i < c->schedules_len; i++)
		if (plan_makes(&c->schedules[i], snapshots))
			add(&c->schedules[i], o, most, &moments, out);
	take(a, &moments, out);
	for (size_t i = 1; i < out->len; i++)
		if (out->items[i] > o->now && out->items[i] - out->items[i - 1] > out->gap)
			out->gap = out->items[i] - out->items[i - 1];
}

void plan_moments_past(struct arena *a, const struct plan_cluster *c, const struct plan_options *o,
		       struct plan_moments *out)
{
	struct buf moments CLEANUP(buf) = {0};
	struct plan_options past = *o;

	past.now = o->now - c->keep.window - LONG_RUN;
	past.live = true; /* it began long ago */
	*out = (struct plan_moments){.until = o->now};
	for (size_t i = 0; i < c->schedules_len; i++)
		if (plan_makes(&c->schedules[i], false))
			add(&c->schedules[i], &past, LIMIT_PLAN_MOMENTS, &moments, out);
	take(a, &moments, out);
}
