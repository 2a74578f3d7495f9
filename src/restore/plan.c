#include "restore/plan.h"

#include "base/utc.h"

bool restore_wish_read(struct str text, int64_t now, struct restore_wish *out, struct err *err)
{
	*out = (struct restore_wish){RESTORE_LATEST, 0};
	if (!text.len || str_is(text, "latest"))
		return true;
	out->goal = str_is(text, "immediate") ? RESTORE_IMMEDIATE : RESTORE_TIME;
	if (out->goal == RESTORE_TIME && !utc_parse(text, &out->time))
		return err_set(
			err, E_VALUE,
			"'%.*s' is none of latest, immediate and a time with its zone, as 2026-08-26T10:20:30Z",
			STR_ARG(text));
	if (out->goal == RESTORE_TIME &&
	    (str_find_byte(text, '.') != STR_NONE || str_find_byte(text, ',') != STR_NONE))
		return err_set(
			err, E_VALUE,
			"'%.*s' has a fraction, and what is archived is known by whole seconds: leave it out",
			STR_ARG(text));
	if (out->goal == RESTORE_TIME && out->time > now)
		return err_set(err, E_VALUE, "%.*s is in the future", STR_ARG(text));
	return true;
}

/* The path to a timeline, and what can be restored on it. */
struct path {
	const struct catalogue *c;
	uint32_t timeline;
	struct window *windows;
	size_t len;
};

static const struct window *window_at(const struct path *p, int64_t time)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->windows[i].from <= time && time <= p->windows[i].reach.until)
			return &p->windows[i];
	return NULL;
}

/* The newest that reaches the moment; NULL: none does. */
static const struct backup *base_for(const struct path *p, int64_t time, struct reach *reach)
{
	const struct backup *best = NULL;
	struct reach own;

	for (size_t i = p->c->backups_len; i-- > 0;) { /* ids are times: mostly the first is it */
		const struct backup *b = &p->c->backups[i];

		if (b->info.end > time || (best && b->info.end <= best->info.end) ||
		    !catalogue_reach(p->c, p->timeline, b, &own) || own.until < time)
			continue;
		best = b;
		*reach = own;
	}
	return best;
}

/* What CloudNativePG takes: the newest that ended by then, whatever WAL is missing, and whether it
 * failed or not: it looks at the two times of a backup alone (isBackupDone). */
static const struct backup *taken_by_itself(const struct catalogue *c, int64_t time)
{
	const struct backup *newest = NULL;

	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (backup_is_taken(b) && b->info.end <= time &&
		    (!newest || b->info.end >= newest->info.end))
			newest = b;
	}
	return newest;
}

/* Segments from the base backup to the moment, at most: one that begins later begins behind it. */
static uint64_t segments_to(const struct path *p, const struct restore_plan *plan,
			    const struct reach *reach)
{
	uint64_t last = reach->last;
	struct reach own;

	if (plan->target.goal == RESTORE_IMMEDIATE)
		last = plan->base->info.end_segment;
	for (size_t i = 0; plan->target.goal == RESTORE_TIME && i < p->c->backups_len; i++) {
		const struct backup *b = &p->c->backups[i];

		if (b->info.begin > plan->target.time && b->info.begin_segment < last &&
		    b->info.begin_segment >= plan->base->info.begin_segment &&
		    catalogue_reach(p->c, p->timeline, b, &own))
			last = b->info.begin_segment;
	}
	return last - plan->base->info.begin_segment + 1;
}

static struct path path_to(struct arena *a, const struct catalogue *c, uint32_t timeline)
{
	struct path p = {c, timeline, NULL, 0};

	p.len = catalogue_windows(c, timeline, a, &p.windows);
	return p;
}

/* What the timeline that nobody has to name makes of a moment. */
static void look_at_followed(struct arena *a, const struct catalogue *c, struct restore_plan *out)
{
	struct path p = path_to(a, c, out->followed->id);

	for (size_t i = 0; i < p.len && p.windows[i].reach.until < out->target.time; i++)
		if (p.windows[i].reach.why == REACH_LEFT &&
		    (i + 1 == p.len || p.windows[i + 1].from > out->target.time)) {
			out->left = p.windows[i].reach.timeline;
			out->left_at = p.windows[i].reach.until;
		}
}

/* The base backup of a target on this path. */
static void take(struct arena *a, const struct path *p, int64_t time, struct restore_plan *out)
{
	struct reach reach = {0};

	out->known = true;
	out->windows = p->windows;
	out->windows_len = p->len;
	out->timeline = p->timeline;
	out->base = base_for(p, time, &reach);
	BUG_IF(!out->base); /* the moment is in a window of the path */
	out->followed = catalogue_followed(p->c, out->base);
	out->name_timeline = p->timeline != out->followed->id;
	if (out->name_timeline && out->target.goal == RESTORE_TIME)
		look_at_followed(a, p->c, out);
	/* of another timeline than the one that is named it finds none by itself */
	out->name_base = out->target.goal == RESTORE_IMMEDIATE ||
			 taken_by_itself(p->c, time) != out->base ||
			 (out->name_timeline && out->base->info.timeline != p->timeline);
	out->at_edge = out->target.goal == RESTORE_TIME && time > reach.surely;
	out->late = out->at_edge && reach.late;
	out->segments = segments_to(p, out, &reach);
	out->bytes = out->segments * p->c->segment_size;
	if (!out->followed->known && out->followed->id != out->base->info.timeline)
		out->unread = out->followed;
}

/* The newest base backup by that time from which PostgreSQL takes the timeline by itself; NULL:
 * none. */
static const struct backup *base_before(const struct catalogue *c, const struct timeline *t,
					int64_t time)
{
	const struct backup *best = NULL;
	struct reach own;

	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (b->info.end <= time && (!best || b->info.end >= best->info.end) &&
		    b->info.timeline < t->id && catalogue_reach(c, b->info.timeline, b, &own) &&
		    catalogue_followed(c, b) == t)
			best = b;
	}
	return best;
}

/* When the newest segment of the timeline was stored, or its history. */
static int64_t newest_of(const struct catalogue *c, const struct timeline *t)
{
	int64_t newest = t->begun;

	for (size_t i = 0; i < c->runs_len; i++)
		if (c->runs[i].timeline == t->id && c->runs[i].last_at > newest)
			newest = c->runs[i].last_at;
	return newest;
}

/* The target may lie on a timeline whose history is there and was not read: where it began is not
 * known, and PostgreSQL, which can read it, finds the way. False: it does not lie there. */
static bool take_unread(struct arena *a, const struct catalogue *c, const struct timeline *t,
			struct restore_plan *out)
{
	int64_t time = out->target.goal == RESTORE_TIME ? out->target.time : INT64_MAX;
	struct path p;

	if (t->known || t->wrong || out->target.goal == RESTORE_IMMEDIATE ||
	    (out->target.goal == RESTORE_TIME && (time < t->begun || time > newest_of(c, t))))
		return false;
	out->base = base_before(c, t, time);
	if (!out->base)
		return false;
	p = path_to(a, c, out->base->info.timeline);
	out->known = true;
	out->windows = p.windows;
	out->windows_len = p.len;
	out->timeline = t->id;
	out->followed = out->unread = t;
	out->beyond = true;
	out->name_base = taken_by_itself(c, time) != out->base;
	for (size_t i = 0; i < c->runs_len; i++)
		if (c->runs[i].timeline <= t->id &&
		    c->runs[i].last >= out->base->info.begin_segment &&
		    c->runs[i].last - out->base->info.begin_segment >= out->segments)
			out->segments = c->runs[i].last - out->base->info.begin_segment + 1;
	out->bytes = out->segments * c->segment_size;
	return true;
}

/* The moments nearest to one that is in no window, on any path. */
struct nearest {
	int64_t before, after; /* 0: none */
};

static void look_near(const struct path *p, int64_t time, struct nearest *n)
{
	for (size_t i = 0; i < p->len; i++) {
		int64_t until = p->windows[i].reach.until, from = p->windows[i].from;

		if (until < time && until > n->before)
			n->before = until;
		if (from > time && (!n->after || from < n->after))
			n->after = from;
	}
}

/* NULL: all were read. */
static const struct backup *unread_backup(const struct catalogue *c)
{
	for (size_t i = c->backups_len; i-- > 0;)
		if (c->backups[i].has_info && !c->backups[i].known)
			return &c->backups[i];
	return NULL;
}

static bool holds_cold(const struct catalogue *c)
{
	bool any = c->cold_len;

	for (size_t i = 0; i < c->backups_len; i++)
		any |= c->backups[i].cold;
	return any;
}

static bool outside_cold(const struct nearest *n, const char *at, const char *last, struct err *err)
{
	return err_set(
		err, E_VALUE,
		"some of the archive is in the storage class GLACIER or DEEP_ARCHIVE, and cannot be read before it is restored in the store: %s%s%s%s",
		n->before || n->after ? "nothing else leads to " : "nothing else can be restored",
		n->before || n->after ? at : "",
		n->before ? "; the last moment before it that can be restored is " : "",
		n->before ? last : "");
}

static bool outside(const struct catalogue *c, const struct nearest *n, int64_t time,
		    struct err *err)
{
	const struct backup *unread = unread_backup(c);
	char at[UTC_TEXT], last[UTC_TEXT], next[UTC_TEXT];

	utc_format(time, at);
	utc_format(n->before, last);
	utc_format(n->after, next);
	if (holds_cold(c))
		return outside_cold(n, at, last, err);
	if (!c->backups_len && !c->segments)
		return err_set(
			err, E_VALUE,
			"nothing lies there: neither a base backup nor WAL is in the folder of this server");
	if (n->before && catalogue_is_copied(c))
		return err_set(
			err, E_VALUE,
			"the archive was copied, and when its WAL was written is not known: that it leads to %s is not sure. The last moment before it that is sure, the end of a base backup, is %s; --to latest restores all there is",
			at, last);
	if (n->before && n->after)
		return err_set(
			err, E_VALUE,
			"no WAL that is there leads to %s: the last moment before it that can be restored is %s, and the next one %s",
			at, last, next);
	if (n->before)
		return err_set(
			err, E_VALUE,
			"no WAL that is there leads to %s: the last moment that can be restored is %s; --to latest restores all there is",
			at, last);
	if (n->after)
		return err_set(
			err, E_VALUE,
			"no base backup was complete at %s: the first moment that can be restored is %s",
			at, next);
	if (unread)
		return err_set(
			err, E_VALUE,
			"no base backup that could be read can be restored, and base backup %.*s could not be read: %.*s",
			STR_ARG(unread->id), STR_ARG(unread->problem));
	return err_set(
		err, E_VALUE,
		"no base backup in the bucket can be restored: none is complete with its WAL");
}

/* All that is there; where something newer lies behind a hole, the last moment before it is no
 * "latest", and is said as a time; or as the end of the backup, when no WAL is behind it. */
static void take_newest(struct arena *a, const struct path *p, struct restore_plan *out)
{
	const struct window *last = &p->windows[p->len - 1];
	bool is_all = last->reach.why == REACH_NEWEST || last->reach.why == REACH_LEFT;
	int64_t time = last->reach.until, end;

	BUG_IF(!last->newest);
	end = last->newest->info.end;
	if (out->target.goal == RESTORE_LATEST && !is_all) {
		bool sure = last->reach.surely >= end;

		out->target.goal = sure ? RESTORE_TIME : RESTORE_IMMEDIATE;
		out->target.time = sure ? last->reach.surely : 0;
	}
	if (out->target.goal == RESTORE_IMMEDIATE)
		time = end;
	else if (out->target.goal == RESTORE_TIME)
		time = out->target.time;
	take(a, p, time, out);
}

/* False: the target is not to be found on the path to this timeline. */
static bool take_timeline(struct arena *a, const struct catalogue *c, const struct timeline *t,
			  struct nearest *nearest, struct restore_plan *out)
{
	struct path p = path_to(a, c, t->id);

	look_near(&p, out->target.time, nearest);
	if (out->target.goal == RESTORE_TIME && window_at(&p, out->target.time))
		take(a, &p, out->target.time, out);
	else if (out->target.goal != RESTORE_TIME && p.len)
		take_newest(a, &p, out);
	else
		return take_unread(a, c, t, out);
	return true;
}

bool restore_plan(struct arena *a, const struct catalogue *c, const struct restore_wish *wish,
		  struct restore_plan *out, struct err *err)
{
	struct nearest nearest = {0};

	*out = (struct restore_plan){.target = *wish};
	if (!c && wish->goal == RESTORE_IMMEDIATE)
		return err_set(
			err, E_VALUE,
			"the end of a base backup is restored by the backup's id, and which are there is not known: give a time");
	if (!c)
		return true;
	out->copied = catalogue_is_copied(c);
	/* first those of the database system of today */
	for (int others = 0; others < 2; others++)
		for (size_t i = c->timelines_len; i-- > 0;) {
			const struct timeline *t = &c->timelines[i];

			if (catalogue_is_lived(c, t) && catalogue_is_older(c, t) == others &&
			    take_timeline(a, c, t, &nearest, out))
				return true;
		}
	return outside(c, &nearest, wish->time, err);
}
