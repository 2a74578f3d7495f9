/* To which moments an archive can be restored. */
#include "catalogue_internal.h"

#include <stdlib.h>

/* One timeline of a path, with the segments that are its own there: from `first`, in which it
 * began, to before `end`, in which it was left. There may be none. */
struct leg {
	const struct timeline *timeline; /* NULL: nothing of it is in the archive */
	uint64_t first, end;
	uint64_t end_lsn;
};

/* The timelines that lead to one. */
struct path {
	const struct catalogue *c;
	const struct timeline *to;
};

static size_t legs_of(const struct path *p)
{
	return p->to->steps_len + 1;
}

/* The n-th of the path. */
static struct leg leg_at(const struct path *p, size_t n)
{
	const struct timeline_step *steps = p->to->steps;
	bool is_last = n == p->to->steps_len;
	struct leg leg = {
		.timeline = is_last ? p->to : find_timeline(p->c, steps[n].timeline),
		.first = n ? steps[n - 1].end_lsn / p->c->segment_size : 0,
		.end = UINT64_MAX,
		.end_lsn = UINT64_MAX,
	};

	if (!is_last) {
		leg.end_lsn = steps[n].end_lsn;
		leg.end = leg.end_lsn / p->c->segment_size;
	}
	return leg;
}

/* Of the timelines that may have the segment, PostgreSQL asks for the newest first. */
static size_t owner_of(const struct path *p, uint64_t number)
{
	size_t n = legs_of(p) - 1;

	while (n && leg_at(p, n).first > number)
		n--;
	return n;
}

static const struct wal_run *find_run(const struct catalogue *c, const struct timeline *of,
				      uint64_t number)
{
	size_t low = 0, high = c->runs_len;
	uint32_t timeline = of ? of->id : 0; /* there is no timeline 0 */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct wal_run *run = &c->runs[middle];

		if (run->timeline < timeline || (run->timeline == timeline && run->last < number))
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->runs_len && c->runs[low].timeline == timeline &&
			       c->runs[low].first <= number
		       ? &c->runs[low]
		       : NULL;
}

/* What is there of the path behind `number`: the first segment, and when the oldest was stored. */
static void look_behind(const struct path *p, uint64_t number, struct reach *out)
{
	for (size_t n = 0; n < legs_of(p); n++) {
		struct leg leg = leg_at(p, n);
		uint64_t from = leg.first > number ? leg.first : number + 1;

		for (size_t i = 0; leg.timeline && i < p->c->runs_len; i++) {
			const struct wal_run *run = &p->c->runs[i];
			uint64_t first = run->first > from ? run->first : from;

			if (run->timeline != leg.timeline->id || run->last < first ||
			    first >= leg.end)
				continue;
			if (out->why == REACH_NEWEST || first < out->next)
				out->next = first;
			out->why = REACH_GAP;
			if (run->oldest < out->until)
				out->until = run->oldest;
		}
	}
}

static const struct wal_partial *find_partial(const struct catalogue *c, const struct timeline *of,
					      uint64_t number)
{
	for (size_t i = 0; of && i < c->partials_len; i++)
		if (c->partials[i].timeline == of->id && c->partials[i].number == number)
			return &c->partials[i];
	return NULL;
}

/* A segment is missing. What was stored of it when its timeline was left leads up to there; and in
 * place of the one in which a timeline begins, that of an older one. */
static bool take_beginning(const struct path *p, size_t owner, uint64_t number, struct reach *out)
{
	const struct timeline *of = leg_at(p, owner).timeline;
	bool begins = number == leg_at(p, owner).first;

	for (size_t n = owner + 1; n-- > 0 && (n == owner || begins);) {
		struct leg leg = leg_at(p, n);
		const struct wal_run *run = find_run(p->c, leg.timeline, number);
		const struct wal_partial *partial = find_partial(p->c, leg.timeline, number);

		if (!run && !partial)
			continue;
		out->timeline = leg.timeline->id;
		out->last = number;
		out->until = run ? run->last_at : partial->stored;
		if (n < owner && of && of->begun)
			out->until = of->begun;
		return true;
	}
	return false;
}

/* As far as segments are there, from `number`, which becomes the first that is not. */
static void follow(const struct path *p, uint64_t *number, struct reach *out)
{
	for (;;) {
		size_t owner = owner_of(p, *number);
		struct leg leg = leg_at(p, owner);
		const struct wal_run *run = find_run(p->c, leg.timeline, *number);

		if (!run) {
			*number += take_beginning(p, owner, *number, out);
			return;
		}
		out->timeline = run->timeline;
		if (run->last < leg.end) {
			out->last = run->last;
			out->surely = run->first < run->last ? run->before_last : out->until;
			out->until = run->last_at;
		} else { /* when its last one of the path was stored is not kept: before the next
			    began */
			const struct timeline *next = leg_at(p, owner + 1).timeline;

			out->last = leg.end - 1;
			out->surely = 0;
			out->until = next && next->begun ? next->begun : run->last_at;
		}
		*number = out->last + 1;
	}
}

/* Where another database system has a base backup, WAL is its own: pg_upgrade makes one that goes
 * on counting. */
static void end_at_other_system(const struct catalogue *c, const struct backup *b,
				struct reach *out)
{
	for (size_t i = 0; b->info.system_id.len && i < c->backups_len; i++) {
		const struct backup_info *other = &c->backups[i].info;

		if (!c->backups[i].known || other->status != BACKUP_DONE || !other->system_id.len ||
		    str_eq(other->system_id, b->info.system_id) ||
		    other->timeline != out->timeline ||
		    other->begin_segment <= b->info.end_segment || other->begin_segment > out->last)
			continue;
		*out = (struct reach){.until = other->begin ? other->begin : other->end,
				      .why = REACH_OTHER,
				      .timeline = out->timeline,
				      .last = other->begin_segment - 1,
				      .next = other->begin_segment};
	}
}

const char *reach_end_name(enum reach_end end)
{
	static const char *const names[] = {"newest", "gap", "other-system"};

	return names[end];
}

static int64_t clamp(int64_t t, int64_t least, int64_t most)
{
	return t < least ? least : t > most ? most : t;
}

bool catalogue_reach(const struct catalogue *c, uint32_t timeline, const struct backup *b,
		     struct reach *out)
{
	struct path p = {c, find_timeline(c, timeline)};
	uint64_t number = b->info.begin_segment;
	size_t n = 0;

	*out = (struct reach){.why = REACH_NEWEST};
	if (!p.to || !b->known || b->info.status != BACKUP_DONE ||
	    !timeline_is_followed(c, p.to, b))
		return false;
	while (n < legs_of(&p) &&
	       (!leg_at(&p, n).timeline || leg_at(&p, n).timeline->id != b->info.timeline))
		n++;
	if (n == legs_of(&p) || b->info.end_lsn > leg_at(&p, n).end_lsn)
		return false;
	follow(&p, &number, out);
	if (number <= b->info.end_segment) {
		out->next = number;
		return false;
	}
	look_behind(&p, out->last, out);
	end_at_other_system(c, b, out);
	out->until = clamp(out->until, b->info.end, INT64_MAX);
	/* In the last segment of its own nothing is behind its end: a new one was begun there. */
	out->surely = out->last > b->info.end_segment ? clamp(out->surely, b->info.end, out->until)
						      : b->info.end - 1;
	return true;
}

static int by_end(const void *a, const void *b)
{
	const struct window *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

size_t catalogue_windows(const struct catalogue *c, uint32_t timeline, struct arena *a,
			 struct window **out)
{
	struct window *all = ARENA_ARRAY(a, struct window, c->backups_len + 1);
	size_t len = 0, kept = 0;

	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (catalogue_reach(c, timeline, b, &all[len].reach)) {
			all[len].from = b->info.end;
			all[len].oldest = all[len].newest = b;
			len++;
		}
	}
	qsort(all, len, sizeof *all, by_end);
	for (size_t i = 0; i < len; i++) {
		struct window *w = kept ? &all[kept - 1] : NULL;

		if (w && all[i].from <= w->reach.until) {
			w->newest = all[i].newest;
			if (w->reach.until <= all[i].reach.until)
				w->reach = all[i].reach;
		} else {
			all[kept++] = all[i];
		}
	}
	*out = all;
	return kept;
}

static bool is_of_use(const struct catalogue *c, const struct timeline *t)
{
	struct reach reach;

	for (size_t i = 0; i < c->backups_len; i++)
		if (catalogue_reach(c, t->id, &c->backups[i], &reach))
			return true;
	return false;
}

uint32_t catalogue_timeline(const struct catalogue *c)
{
	uint32_t newest = 0;

	for (size_t i = c->timelines_len; i-- > 0;) {
		const struct timeline *t = &c->timelines[i];

		if (!catalogue_is_lived(c, t))
			continue;
		if (is_of_use(c, t))
			return t->id;
		if (!newest)
			newest = t->id;
	}
	return newest;
}
