/* Base backups of several Clusters that begin in the same second in one bucket, and schedules by
 * which they do not. */
#include "internal.h"

#include "base/limits.h"
#include "base/utc.h"
#include "facts/schedule.h"

#include <stdlib.h>

#define APART_MOST 15 /* minutes */
#define TRIES 4	      /* distances: each looks at the whole bucket */

/* A schedule that makes base backups in a bucket that is known. */
struct starter {
	const struct plan_cluster *cluster;
	const struct plan_schedule *schedule;
	size_t group; /* its number; then the index of one that it collides with, in turn */
};

struct start {
	int64_t at;
	size_t starter;
};

struct work {
	struct arena *arena;
	struct plan *plan;
	struct starter *starters;
	struct plan_cut *cuts;
	int64_t until;	     /* of the bucket that is looked at: up to here all starts are known */
	struct str *instead; /* of each starter: what is proposed */
	struct plan_collision **of; /* of the group whose first starter has this number */
	size_t len;
};

static int by_bucket(const void *left, const void *right)
{
	const struct starter *a = left, *b = right;
	int by = str_cmp(a->cluster->bucket, b->cluster->bucket);

	/* in their order */
	if (!by)
		by = (a->group > b->group) - (a->group < b->group);
	return by;
}

static int by_time(const void *left, const void *right)
{
	const struct start *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->starter > b->starter) - (a->starter < b->starter);
}

static size_t group_of(const struct starter *s, size_t i)
{
	while (s[i].group != i)
		i = s[i].group;
	return i;
}

static void join(struct starter *s, size_t a, size_t b)
{
	a = group_of(s, a);
	b = group_of(s, b);
	s[a < b ? b : a].group = a < b ? a : b;
}

/* Those of one schedule, at most `most`, up to *until, which is lowered where there are more. */
static void add_starts(const struct work *w, const struct starter *by, struct str spec,
		       struct buf *starts, size_t most, int64_t *until)
{
	int64_t t;
	struct cron cron;

	if (cron_parse(spec, &cron, NULL) != CRON_OK ||
	    !plan_begin(by->schedule, &cron, w->plan->options.now, &t))
		return;
	for (size_t n = 0; cron_next(&cron, t, &t) && t <= *until; n++) {
		const struct start s = {t, (size_t)(by - w->starters)};

		if (n == most) {
			*until = t - 1;
			return;
		}
		buf_add(starts, &s, sizeof s);
	}
}

static struct start *sorted(struct buf *starts, int64_t until, size_t *len)
{
	struct start *items = (struct start *)(void *)starts->ptr;

	*len = starts->len / sizeof *items;
	if (*len)
		qsort(items, *len, sizeof *items, by_time);
	while (*len && items[*len - 1].at > until)
		--*len;
	return items;
}

/* The end of those from `i` on that begin in its second; `several`: of more than one Cluster. */
static size_t together(const struct starter *s, const struct start *starts, size_t len, size_t i,
		       bool *several)
{
	size_t end = i;

	*several = false;
	for (; end < len && starts[end].at == starts[i].at; end++)
		*several |= s[starts[end].starter].cluster != s[starts[i].starter].cluster;
	return end;
}

/* The minute of a schedule that has one, and one second; else false. Descriptors as six fields. */
static bool minute_of(struct str spec, struct schedule_words *w, int *minute)
{
	static const struct {
		const char *name, *spec;
	} descriptors[] = {{"@hourly", "0 0 * * * *"},
			   {"@daily", "0 0 0 * * *"},
			   {"@midnight", "0 0 0 * * *"},
			   {"@weekly", "0 0 0 * * 0"},
			   {"@monthly", "0 0 0 1 * *"}};
	struct cron cron;

	for (size_t i = 0; i < ARRAY_LEN(descriptors); i++)
		if (str_is(spec, descriptors[i].name))
			spec = str_from(descriptors[i].spec);
	*w = schedule_split(spec);
	if (cron_parse(spec, &cron, NULL) != CRON_OK || cron.every ||
	    __builtin_popcountll(cron.set[CRON_MINUTE]) != 1)
		return false;
	*minute = __builtin_ctzll(cron.set[CRON_MINUTE]);
	return true;
}

/* What is proposed for each of from..to, in the order of the starters; empty: it stays. */
static void propose(struct work *w, const struct plan_collision *c, size_t from, size_t to)
{
	size_t group = STR_NONE, n = 0;

	for (size_t i = from; i < to && group == STR_NONE; i++)
		if (w->of[i] == c)
			group = i;
	for (size_t i = from; i < to; i++)
		if (group_of(w->starters, i) == group)
			w->instead[i] = c->starts[n++].instead;
}

/* All of the bucket begin alone, with what is proposed: those of `c`, or of any collision that is
 * spread. */
static bool is_spread(struct work *w, size_t from, size_t to, const struct plan_collision *c)
{
	struct buf starts CLEANUP(buf) = {0};
	int64_t until = w->until;
	size_t len;

	for (size_t i = from; i < to; i++)
		add_starts(w, &w->starters[i],
			   w->instead[i].len ? w->instead[i] : w->starters[i].schedule->spec,
			   &starts, LIMIT_PLAN_STARTS / (to - from), &until);
	const struct start *items = sorted(&starts, until, &len);
	for (size_t i = 1; i < len; i++) {
		size_t a = items[i].starter, b = items[i - 1].starter;

		if (items[i].at == items[i - 1].at &&
		    (w->of[group_of(w->starters, a)] == c || w->of[group_of(w->starters, b)] == c))
			return false;
	}
	return true;
}

static bool place_apart(struct arena *a, struct plan_collision *c, int apart)
{
	for (size_t i = 1; i < c->len; i++) {
		struct schedule_words w;
		int minute;

		if (!minute_of(c->starts[i].schedule->spec, &w, &minute))
			return false;
		w.word[CRON_MINUTE] = arena_fmt(a, "%d", (int)((minute + (int64_t)i * apart) % 60));
		c->starts[i].instead = schedule_join(a, &w);
	}
	return true;
}

/* As far apart as they can be without beginning with others of the bucket. */
static void spread(struct work *w, struct plan_collision *c, size_t from, size_t to)
{
	int most = c->len <= 60 ? (int)(60 / c->len) : 0;

	for (int apart = most < APART_MOST ? most : APART_MOST, tries = 0;
	     apart > 0 && tries < TRIES && !c->spread && !c->until; apart--, tries++) {
		if (!place_apart(w->arena, c, apart))
			return;
		propose(w, c, from, to);
		c->spread = is_spread(w, from, to, c);
	}
	if (c->spread)
		return;
	for (size_t i = 0; i < c->len; i++)
		c->starts[i].instead = STR_EMPTY;
	propose(w, c, from, to);
}

/* Who is in each of the groups. */
static void fill(struct work *w, size_t from, size_t to)
{
	struct plan_collision *c;

	for (size_t i = from; i < to; i++)
		if ((c = w->of[group_of(w->starters, i)]))
			c->len++;
	for (size_t i = from; i < to; i++)
		if ((c = w->of[i])) { /* the first of its group */
			c->starts = ARENA_ARRAY(w->arena, struct plan_start, c->len);
			c->len = 0;
		}
	for (size_t i = from; i < to; i++)
		if ((c = w->of[group_of(w->starters, i)]))
			c->starts[c->len++] = (struct plan_start){
				w->starters[i].cluster, w->starters[i].schedule, STR_EMPTY};
}

/* Which of the starters from..to, all of one bucket, have a start in common. */
static void join_all(struct work *w, const struct start *items, size_t len)
{
	bool several;

	for (size_t i = 0, end; i < len; i = end) {
		end = together(w->starters, items, len, i, &several);
		for (size_t j = i + 1; several && j < end; j++)
			join(w->starters, items[i].starter, items[j].starter);
	}
}

static void count(struct work *w, const struct start *items, size_t len, struct plan_collision *out,
		  size_t *out_len)
{
	bool several;

	for (size_t i = 0, end; i < len; i = end) {
		end = together(w->starters, items, len, i, &several);
		size_t group = group_of(w->starters, items[i].starter);
		if (!several)
			continue;
		if (!w->of[group]) {
			w->of[group] = &out[(*out_len)++];
			w->of[group]->first = items[i].at;
			w->of[group]->bucket = w->starters[group].cluster->bucket;
		}
		w->of[group]->times++;
	}
}

static void find_some(struct work *w, const struct start *items, size_t len)
{
	bool several;

	for (size_t i = 0, end; i < len; i = end) {
		end = together(w->starters, items, len, i, &several);
		struct plan_collision *c = w->of[group_of(w->starters, items[i].starter)];
		if (several)
			c->some |= end - i < c->len;
	}
}

/* Groups of starters from..to, all of one bucket, by their starts. */
static void collide(struct work *w, size_t from, size_t to, struct plan_collision *out,
		    size_t *out_len)
{
	const struct plan_options *o = &w->plan->options;
	struct buf starts CLEANUP(buf) = {0};
	int64_t end = o->now + o->days * (int64_t)UTC_DAY;
	size_t len, first = *out_len;

	w->until = end;
	for (size_t i = from; i < to; i++)
		add_starts(w, &w->starters[i], w->starters[i].schedule->spec, &starts,
			   LIMIT_PLAN_STARTS / (to - from), &w->until);
	const struct start *items = sorted(&starts, w->until, &len);
	join_all(w, items, len);
	count(w, items, len, out, out_len);
	fill(w, from, to);
	find_some(w, items, len);
	for (size_t i = first; i < *out_len; i++) {
		out[i].until = w->until < end ? w->until : 0;
		spread(w, &out[i], from, to);
	}
	if (w->until < end && w->starters[from].cluster != w->starters[to - 1].cluster)
		w->cuts[w->plan->cuts_len++] =
			(struct plan_cut){w->starters[from].cluster->bucket, w->until};
}

static void find_starters(struct work *w)
{
	size_t most = 0;

	for (size_t i = 0; i < w->plan->clusters_len; i++)
		most += w->plan->clusters[i].schedules_len;
	w->starters = ARENA_ARRAY(w->arena, struct starter, most + 1);
	for (size_t i = 0; i < w->plan->clusters_len; i++) {
		const struct plan_cluster *c = &w->plan->clusters[i];

		for (size_t j = 0; c->bucket.len && j < c->schedules_len; j++)
			if (c->schedules[j].fills) {
				w->starters[w->len] = (struct starter){c, &c->schedules[j], w->len};
				w->len++;
			}
	}
	if (w->len)
		qsort(w->starters, w->len, sizeof *w->starters, by_bucket);
	for (size_t i = 0; i < w->len; i++)
		w->starters[i].group = i;
}

void plan_collide(struct arena *a, struct plan *p)
{
	struct work w = {.arena = a, .plan = p};

	find_starters(&w);
	w.cuts = ARENA_ARRAY(a, struct plan_cut, w.len + 1);
	w.instead = ARENA_ARRAY(a, struct str, w.len + 1);
	w.of = ARENA_ARRAY(a, struct plan_collision *, w.len + 1);
	struct plan_collision *out = ARENA_ARRAY(a, struct plan_collision, w.len + 1);
	for (size_t from = 0, to; from < w.len; from = to) {
		to = from + 1;
		while (to < w.len &&
		       str_eq(w.starters[to].cluster->bucket, w.starters[from].cluster->bucket))
			to++;
		collide(&w, from, to, out, &p->collisions_len);
	}
	p->collisions = out;
	p->cuts = w.cuts;
}
