/* To which moments an archive can be restored. */
#include "catalogue_internal.h"

#include "base/limits.h"

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
	bool copied; /* when its WAL was written is not known */
};

static struct path path_to(const struct catalogue *c, const struct timeline *to)
{
	return (struct path){c, to, catalogue_is_copied(c)};
}

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

/* Which leg is of that timeline; legs_of: none. */
static size_t leg_of(const struct path *p, uint32_t timeline)
{
	size_t n = 0;

	while (n < legs_of(p) && (!leg_at(p, n).timeline || leg_at(p, n).timeline->id != timeline))
		n++;
	return n;
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
	const struct wal_run *run = run_from(c, of, number);

	return run && run->first <= number ? run : NULL;
}

/* When the segment before the last one of the leg was stored, or one before that: the last one was
 * still written then. 0: it is not known. */
static int64_t stored_before_last(const struct catalogue *c, const struct leg *leg)
{
	const struct wal_run *run = leg->end ? find_run(c, leg->timeline, leg->end - 1) : NULL;

	for (size_t i = run ? run->marks_len : 0; i-- > 0;)
		if (run->marks[i].number + 1 < leg->end)
			return run->marks[i].stored;
	return 0;
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

/* What is there behind the last one, and cannot be read. */
static void look_at_cold(const struct path *p, struct reach *out)
{
	for (size_t i = 0; i < p->c->cold_len; i++) {
		const struct wal_cold *cold = &p->c->cold[i];
		uint64_t first = cold->first > out->last ? cold->first : out->last + 1;
		const struct timeline *of = leg_at(p, owner_of(p, first)).timeline;

		if (!of || of->id != cold->timeline || first > cold->last ||
		    (out->why != REACH_NEWEST && first >= out->next))
			continue;
		out->why = first == out->last + 1 ? REACH_COLD : REACH_GAP;
		out->next = first;
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

/* The last segment of the run was still written then. One that came right behind the one before it
 * may have waited with it, while nothing could be archived; that is over for sure by when as long
 * has passed as nothing came, if archiving is twice as fast as writing. */
static int64_t still_written(const struct wal_run *run, bool *late)
{
	bool at_once = run->last_at - run->before_last <= LIMIT_ARCHIVER_PAUSE;

	*late = run->pause_to && at_once &&
		run->before_last < run->pause_to + (run->pause_to - run->pause_from);
	return *late ? run->pause_from : run->before_last;
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
		out->late = false;
		if (run->last < leg.end) {
			out->last = run->last;
			out->surely = run->first < run->last ? still_written(run, &out->late)
							     : out->until;
			out->until = run->last_at;
		} else { /* it was left before it ended; the last one of the path was stored before
			    the next timeline began */
			const struct timeline *next = leg_at(p, owner + 1).timeline;

			out->last = leg.end - 1;
			out->surely = stored_before_last(p->c, &leg);
			out->until = next && next->begun ? next->begun : run->last_at;
		}
		*number = out->last + 1;
	}
}

/* The first segment of the path behind the begin of `b` that `other`, of another database system,
 * has under the same name; UINT64_MAX: none. One that came later has overwritten what was there,
 * from where its own backup began: pg_upgrade makes a system that goes on counting, initdb one that
 * begins anew. */
static uint64_t begin_of_other(const struct path *p, const struct backup *b,
			       const struct backup *other)
{
	const struct backup_info *info = &other->info;
	size_t n = leg_of(p, info->timeline), own = leg_of(p, b->info.timeline);
	uint64_t first = info->begin_segment;

	if (n == legs_of(p) || n < own)
		return UINT64_MAX;
	if (first < leg_at(p, n).first)
		first = leg_at(p, n).first;
	if (n == own && first < b->info.begin_segment)
		first = b->info.begin_segment;
	if (first >= leg_at(p, n).end || (first <= b->info.end_segment && info->end <= b->info.end))
		return UINT64_MAX;
	return first;
}

/* False: its own WAL may be the other's. */
static bool end_at_other_system(const struct path *p, const struct backup *b, struct reach *out)
{
	bool several = p->c->systems[1].len && b->info.system_id.len;

	for (size_t i = 0; several && i < p->c->backups_len; i++) {
		const struct backup *o = &p->c->backups[i];
		uint64_t first;

		if (!o->known || o->info.status != BACKUP_DONE || !o->info.system_id.len ||
		    str_eq(o->info.system_id, b->info.system_id))
			continue;
		first = begin_of_other(p, b, o);
		if (first > out->last)
			continue;
		if (first <= b->info.end_segment)
			return false;
		*out = (struct reach){
			.until = o->info.begin ? o->info.begin : o->info.end,
			.why = REACH_OTHER,
			.timeline = leg_at(p, owner_of(p, first - 1)).timeline
					    ? leg_at(p, owner_of(p, first - 1)).timeline->id
					    : o->info.timeline,
			.last = first - 1,
			.next = first};
	}
	return true;
}

const char *reach_end_name(enum reach_end end)
{
	static const char *const names[] = {"newest", "gap", "other-system", "left", "cold"};

	return names[end];
}

static int64_t clamp(int64_t t, int64_t least, int64_t most)
{
	return t < least ? least : t > most ? most : t;
}

/* What was there when other backups ended, as far as the WAL leads: of an archive that was copied
 * no more is known. */
static void take_ends(const struct path *p, const struct backup *b, struct reach *out)
{
	out->until = b->info.end;
	out->surely = out->last > b->info.end_segment ? b->info.end : b->info.end - 1;
	for (size_t i = 0; i < p->c->backups_len; i++) {
		const struct backup_info *o = &p->c->backups[i].info;
		size_t n = p->c->backups[i].known ? leg_of(p, o->timeline) : legs_of(p);

		if (n == legs_of(p) || o->status != BACKUP_DONE ||
		    !str_eq(o->system_id, b->info.system_id) ||
		    o->begin_segment < b->info.begin_segment || o->end_segment > out->last ||
		    o->end_lsn > leg_at(p, n).end_lsn)
			continue;
		out->until = clamp(out->until, o->end, INT64_MAX);
		if (o->end_segment < out->last)
			out->surely = clamp(out->surely, o->end, INT64_MAX);
	}
}

/* What the store said by its own clock, on the careful side by ours: at worst too little is sure,
 * and too much is not ruled out. */
static void take_clock(const struct catalogue *c, struct reach *out)
{
	if (c->ahead > LIMIT_CLOCK_SKEW)
		out->surely -= c->ahead;
	else if (c->ahead < -LIMIT_CLOCK_SKEW)
		out->until -= c->ahead;
	if (c->now) {
		out->surely = clamp(out->surely, INT64_MIN, c->now);
		out->until = clamp(out->until, INT64_MIN, c->now);
	}
}

static void take_times(const struct path *p, const struct backup *b, struct reach *out)
{
	struct reach ends = *out;

	out->until = clamp(out->until, b->info.end, INT64_MAX);
	/* In the last segment of its own nothing is behind its end: a new one was begun there. */
	if (out->last <= b->info.end_segment) {
		out->surely = b->info.end - 1;
		return;
	}
	out->surely = clamp(out->surely, b->info.end, out->until);
	if (!out->late)
		return;
	take_ends(p, b, &ends);
	out->surely = clamp(out->surely, ends.surely, out->until);
	out->late = out->surely < out->until;
}

static bool reach_on(const struct path *p, const struct backup *b, struct reach *out)
{
	uint64_t number = b->info.begin_segment;
	size_t n;

	*out = (struct reach){.why = REACH_NEWEST};
	if (!p->to || !b->known || b->info.status != BACKUP_DONE || !b->has_data || b->cold ||
	    !timeline_is_followed(p->c, p->to, b))
		return false;
	n = leg_of(p, b->info.timeline);
	if (n == legs_of(p) || b->info.end_lsn > leg_at(p, n).end_lsn)
		return false;
	follow(p, &number, out);
	if (number <= b->info.end_segment) {
		out->next = number;
		return false;
	}
	look_behind(p, out->last, out);
	look_at_cold(p, out);
	take_clock(p->c, out);
	if (!end_at_other_system(p, b, out))
		return false;
	if (p->copied)
		take_ends(p, b, out);
	else
		take_times(p, b, out);
	return true;
}

bool catalogue_reach(const struct catalogue *c, uint32_t timeline, const struct backup *b,
		     struct reach *out)
{
	struct path p = path_to(c, find_timeline(c, timeline));

	return reach_on(&p, b, out);
}

/* A backup that can be restored on a path, and the leg on which it ended. */
struct usable {
	const struct backup *backup;
	size_t leg;
};

struct usables {
	struct usable *items;
	size_t len;
};

static int by_end(const void *a, const void *b)
{
	const struct window *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* Moments of which a path has nothing: from where a timeline was left that had gone on, to where
 * the next one began. */
struct hole {
	int64_t from, to;
	const struct timeline *left;
	uint64_t in; /* the segment */
};

/* False: nothing lies behind where the n-th leg was left but the beginning of a segment. */
static bool find_hole(const struct path *p, const struct usables *usable, size_t n,
		      struct hole *out)
{
	struct leg leg = leg_at(p, n);
	const struct timeline *next = leg_at(p, n + 1).timeline;
	const struct wal_run *begin = run_from(p->c, next, leg.end);

	if (!run_from(p->c, leg.timeline, leg.end))
		return false;
	*out = (struct hole){0, INT64_MAX, leg.timeline, leg.end};
	for (size_t i = n + 1; !p->copied && !out->from && i-- > 0;) {
		struct leg before = leg_at(p, i);

		out->from = stored_before_last(p->c, &before);
	}
	if (!p->copied && next && next->begun)
		out->to = next->begun;
	else if (!p->copied && begin)
		out->to = begin->oldest;
	for (size_t i = 0; i < usable->len; i++) {
		const struct usable *u = &usable->items[i];

		if (u->leg > n)
			out->to = clamp(out->to, INT64_MIN, u->backup->info.end);
		else
			out->from = clamp(out->from, u->backup->info.end, INT64_MAX);
	}
	return out->from < out->to;
}

static const struct backup *newest_until(const struct usables *usable, int64_t time)
{
	const struct backup *newest = NULL;

	for (size_t i = 0; i < usable->len; i++) {
		const struct backup *b = usable->items[i].backup;

		if (b->info.end <= time && (!newest || b->info.end >= newest->info.end))
			newest = b;
	}
	return newest;
}

/* What is left of a window; two at most. */
static size_t cut(const struct usables *usable, const struct hole *hole, const struct window *w,
		  struct window *out)
{
	size_t len = 0;

	if (hole->to <= w->from || hole->from >= w->reach.until) {
		*out = *w;
		return 1;
	}
	if (w->from <= hole->from) {
		struct window *before = &out[len++];

		*before = *w;
		before->newest = newest_until(usable, hole->from);
		before->reach.surely = clamp(w->reach.surely, INT64_MIN, hole->from);
		before->reach.until = hole->from;
		before->reach.late &= before->reach.surely < hole->from;
		before->reach.why = REACH_LEFT;
		before->reach.timeline = hole->left->id;
		before->reach.last = hole->in ? hole->in - 1 : 0;
		before->reach.next = hole->in;
	}
	if (hole->to < w->reach.until) {
		out[len] = *w;
		out[len++].from = hole->to;
	}
	return len;
}

static size_t cut_out(const struct path *p, const struct usables *usable, struct window **windows,
		      size_t len, struct arena *a)
{
	for (size_t n = 0; len && n + 1 < legs_of(p); n++) {
		struct window *kept;
		struct hole hole;
		size_t count = 0;

		if (!find_hole(p, usable, n, &hole))
			continue;
		kept = ARENA_ARRAY(a, struct window, len + 1);
		for (size_t i = 0; i < len; i++)
			count += cut(usable, &hole, &(*windows)[i], &kept[count]);
		*windows = kept;
		len = count;
	}
	return len;
}

size_t catalogue_windows(const struct catalogue *c, uint32_t timeline, struct arena *a,
			 struct window **out)
{
	struct path p = path_to(c, find_timeline(c, timeline));
	struct window *all = ARENA_ARRAY(a, struct window, c->backups_len + 1);
	struct usables usable = {ARENA_ARRAY(a, struct usable, c->backups_len + 1), 0};
	size_t len = 0, kept = 0;

	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (reach_on(&p, b, &all[len].reach)) {
			all[len].from = b->info.end;
			all[len].oldest = all[len].newest = b;
			len++;
			usable.items[usable.len++] =
				(struct usable){b, leg_of(&p, b->info.timeline)};
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
	return kept ? cut_out(&p, &usable, out, kept, a) : 0;
}

/* The newest backup that can be restored on the path; NULL: none can. */
static const struct backup *newest_on(const struct catalogue *c, const struct timeline *t)
{
	const struct path p = path_to(c, t);
	const struct backup *newest = NULL;
	struct reach reach;

	for (size_t i = c->backups_len; i-- > 0;) { /* ids are times: mostly the first is it */
		const struct backup *b = &c->backups[i];

		if ((!newest || b->info.end > newest->info.end) && reach_on(&p, b, &reach))
			newest = b;
	}
	return newest;
}

static bool is_of_older(const struct catalogue *c, const struct backup *own)
{
	const struct backup *newest = catalogue_newest_backup(c);

	return newest->info.system_id.len && own->info.system_id.len &&
	       !str_eq(own->info.system_id, newest->info.system_id);
}

bool catalogue_is_older(const struct catalogue *c, const struct timeline *t)
{
	const struct backup *own = newest_on(c, t);

	return own && is_of_older(c, own);
}

uint32_t catalogue_timeline(const struct catalogue *c)
{
	uint32_t newest = 0, older = 0;

	for (size_t i = c->timelines_len; i-- > 0;) {
		const struct timeline *t = &c->timelines[i];

		if (!catalogue_is_lived(c, t))
			continue;
		if (!newest)
			newest = t->id;
		const struct backup *own = newest_on(c, t);
		if (!own)
			continue;
		if (!is_of_older(c, own))
			return t->id;
		if (!older)
			older = t->id;
	}
	return older ? older : newest;
}
