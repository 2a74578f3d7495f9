/* What a change takes away, or leaves behind: each Cluster before and after. */
#include "internal.h"

#include "base/utc.h"
#include "facts/schedule.h"

#include <string.h>

#define DATE 10 /* bytes of a day in front of a time */

struct work {
	struct arena *arena;
	struct plan *plan;
	struct plan_loss *losses;
	size_t cap;
	struct str object; /* that is looked at */
};

static struct buf *begin(struct buf *text, struct arena *a)
{
	*text = BUF_ARENA(a);
	return text;
}

static void append(struct work *w, struct plan_loss loss)
{
	struct plan *p = w->plan;

	if (!w->losses || p->losses_len == w->cap) {
		struct plan_loss *more =
			ARENA_ARRAY(w->arena, struct plan_loss, w->cap = 2 * w->cap + 8);
		if (w->losses)
			memcpy(more, w->losses, p->losses_len * sizeof *more);
		p->losses = w->losses = more;
	}
	w->losses[p->losses_len++] = loss;
}

static void add(struct work *w, const struct buf *text, bool final)
{
	append(w, (struct plan_loss){.object = w->object, .text = buf_slice(text), .final = final});
}

static void add_unknown(struct work *w, const struct buf *text)
{
	append(w,
	       (struct plan_loss){.object = w->object, .text = buf_slice(text), .unknown = true});
}

static void tell_absent(struct work *w, const struct plan_absent *absent)
{
	struct buf text;

	for (size_t i = 0; i < absent->len; i++) {
		w->object = absent->paths[i];
		buf_fmt(begin(&text, w->arena),
			"nothing was there under this name in %.*s: it is new, or had another name, and is not compared",
			STR_ARG(w->plan->against));
		add_unknown(w, &text);
	}
}

static bool is_same(const struct plan_cluster *a, const struct plan_cluster *b)
{
	return str_eq(a->name, b->name) && str_eq(a->namespace, b->namespace);
}

/* Of several of one name (overlays, environments) the one at its turn. */
static const struct plan_cluster *after_of(const struct plan *before, const struct plan_cluster *b,
					   const struct plan *after)
{
	size_t turn = 0;

	for (const struct plan_cluster *c = before->clusters; c < b; c++)
		turn += is_same(c, b);
	for (size_t i = 0; i < after->clusters_len; i++)
		if (is_same(&after->clusters[i], b) && !turn--)
			return &after->clusters[i];
	return NULL;
}

static void day(int64_t t, struct buf *out)
{
	char text[UTC_TEXT];

	buf_fmt(out, "%.*s", DATE, utc_format(t, text));
}

/* "up to 31 days of backups", as far as it is known. */
static void behind(const struct plan_cluster *c, struct buf *out)
{
	if (c->steady.known) {
		buf_text(out, "up to ");
		schedule_duration(c->steady.reach_most, out);
		buf_text(out, " of backups");
	} else {
		buf_text(out, "the backups made so far");
	}
}

#define LEFT " are no longer pruned, nor restored from by default"

static void removed(struct work *w, const struct plan_cluster *b)
{
	struct buf text;

	buf_text(begin(&text, w->arena),
		 "it is no longer there: where it is deleted its volumes go with it");
	if (b->archive.len) {
		buf_text(&text, "; ");
		behind(b, &text);
		buf_fmt(&text, " at %.*s stay and are no longer pruned", STR_ARG(b->archive));
	}
	add(w, &text, true);
}

/* What is filled in later is written as it was. */
static bool is_written_alike(const struct plan_cluster *b, const struct plan_cluster *a)
{
	return str_eq(b->store, a->store) && str_eq(b->server, a->server) &&
	       str_eq(b->path, a->path);
}

/* False: it archives where it did, as far as is known. */
static bool moved(struct work *w, const struct plan_cluster *b, const struct plan_cluster *a)
{
	bool known = b->location.len && a->location.len;
	bool named = str_eq(b->store, a->store) && str_eq(b->server, a->server);
	struct buf text;

	begin(&text, w->arena);
	if (!b->archive.len || (known && str_eq(b->location, a->location)))
		return false;
	if (!a->archive.len) {
		buf_fmt(&text, "archives nowhere any more, before to %.*s: ", STR_ARG(b->archive));
	} else if (known) {
		buf_fmt(&text, "the archive moves from %.*s to %.*s: ", STR_ARG(b->location),
			STR_ARG(a->location));
	} else if (b->filled_later || a->filled_later) {
		buf_text(
			&text,
			"where it archives is filled in later: whether the archive moves, and leaves backups behind, is not known");
		if (!is_written_alike(b, a))
			add_unknown(w, &text);
		return false;
	} else if (named) {
		if (b->location.len && a->store.len)
			buf_fmt(&text,
				"its ObjectStore %.*s is no longer there, or is filled in later: no WAL is archived without it",
				STR_ARG(a->store));
		if (text.len)
			add(w, &text, false);
		return text.len;
	} else if (b->in_tree != a->in_tree) {
		return false; /* a migration, which may well keep its place */
	} else {
		buf_fmt(&text, "the archive moves from %.*s to %.*s: ", STR_ARG(b->archive),
			STR_ARG(a->archive));
	}
	behind(b, &text);
	buf_text(&text, LEFT);
	add(w, &text, false);
	return true;
}

static void when(const struct plan_cluster *a, struct buf *out)
{
	if (!a->pruned_every) {
		buf_text(out, "after the next base backup");
		return;
	}
	buf_text(out, "within ");
	schedule_duration(a->pruned_every, out);
}

/* A policy of which only one side is known, or neither. */
static void shortened_perhaps(struct work *w, const struct plan_cluster *b,
			      const struct plan_cluster *a)
{
	const struct str none = STR("(none)");
	struct buf text;

	if (!b->archive.len || !a->archive.len || str_eq(b->retention, a->retention) ||
	    (!a->retention_unknown && !a->keep.window))
		return;
	buf_fmt(begin(&text, w->arena),
		"retentionPolicy %.*s -> %.*s: ", STR_ARG(b->retention.len ? b->retention : none),
		STR_ARG(a->retention.len ? a->retention : none));
	buf_text(&text, b->retention_unknown ? "what it was is not known, nor what goes"
					     : "what it is now is not known, nor what goes");
	add_unknown(w, &text);
}

/* How many go, by the Backups that are known, else as if its schedules had always run. */
static void shortened(struct work *w, const struct plan_cluster *b, const struct plan_cluster *a)
{
	const struct plan_options *o = &w->plan->options;
	struct plan_keep old = b->keep, new = a->keep;
	struct plan_moments past;
	struct buf text;

	if (b->retention_unknown || a->retention_unknown) {
		shortened_perhaps(w, b, a);
		return;
	}
	if (!new.window || (old.window && old.window <= new.window))
		return;
	plan_moments_past(w->arena, b, o, &past);
	old.moments = new.moments = past.items;
	old.len = new.len = past.len;
	old.at_backup = new.at_backup = false;
	struct plan_alive from = plan_alive(&old, o->now), to = plan_alive(&new, o->now);

	buf_fmt(begin(&text, w->arena), "retentionPolicy %.*s -> %.*s: ",
		STR_ARG(old.window ? b->retention : STR("(none)")), STR_ARG(a->retention));
	if (!past.len || past.cut || b->schedules_unknown) {
		buf_text(&text, "what is older goes ");
		when(a, &text);
	} else if (!old.window) {
		buf_text(&text, "every base backup before ");
		day(past.items[to.from], &text);
		buf_text(&text, " goes ");
		when(a, &text);
	} else if (to.from > from.from) {
		size_t n = to.from - from.from;

		buf_fmt(&text, "%zu base backup%s ", n, n == 1 ? " goes" : "s go");
		when(a, &text);
		buf_text(&text, ", if its schedules always ran; the oldest moment moves from ");
		day(past.items[from.from], &text);
		buf_text(&text, " to ");
		day(past.items[to.from], &text);
	} else {
		buf_text(&text, "as its schedules run none goes now, and later sooner");
		add(w, &text, false);
		return;
	}
	add(w, &text, true);
}

struct made {
	const struct plan_cluster *cluster;
	const struct plan_moments *moments;
	bool snapshots;
};

/* In the coming days: counted, however many there are. */
static int64_t runs(const struct made *m)
{
	int64_t n = 0;

	for (size_t i = 0; i < m->cluster->schedules_len; i++)
		if (plan_makes(&m->cluster->schedules[i], m->snapshots))
			n += m->cluster->schedules[i].runs;
	return n;
}

static bool makes_more(const struct made *m)
{
	return m->moments->len > m->moments->old;
}

/* By what lies between two of them where all are known, else by how many there are. */
static bool is_rarer(const struct made *b, const struct made *a)
{
	if (b->moments->cut || a->moments->cut)
		return runs(a) < runs(b);
	return b->moments->gap && (!a->moments->gap || a->moments->gap > b->moments->gap);
}

static void how_rare(const struct work *w, const struct made *b, const struct made *a,
		     struct buf *text)
{
	const struct plan_options *o = &w->plan->options;
	const char *what = a->snapshots ? "snapshot" : "base backup";

	if (!makes_more(a)) {
		buf_fmt(text, "no %s is made any more", what);
		if (!b->moments->cut) {
			buf_text(text, ": there was one at least every ");
			schedule_duration(b->moments->gap, text);
		}
	} else if (b->moments->cut || a->moments->cut) {
		buf_fmt(text, "%ss become rarer: %lld in %d days, and now %lld", what,
			(long long)runs(b), o->days, (long long)runs(a));
	} else if (!a->moments->gap) {
		buf_fmt(text, "%ss become rarer: there was one at least every ", what);
		schedule_duration(b->moments->gap, text);
		buf_fmt(text, ", and now there is one in the coming %lld days",
			(long long)((a->moments->until - o->now) / UTC_DAY));
	} else {
		buf_fmt(text, "%ss become rarer: at worst ", what);
		schedule_duration(b->moments->gap, text);
		buf_text(text, " lay between two, and now ");
		schedule_duration(a->moments->gap, text);
	}
}

static void rarer(struct work *w, const struct made *b, const struct made *a)
{
	struct buf text;

	begin(&text, w->arena);
	if (!makes_more(b) || !is_rarer(b, a))
		return;
	if (a->cluster->schedules_unknown) {
		buf_fmt(&text,
			"whether %ss become rarer is not known: nor is what a schedule makes",
			a->snapshots ? "snapshot" : "base backup");
		add_unknown(w, &text);
		return;
	}
	how_rare(w, b, a, &text);
	add(w, &text, false);
}

/* What was made before is not known, and what schedules make is another now. */
static void rarer_perhaps(struct work *w, const struct plan_cluster *b,
			  const struct plan_cluster *a)
{
	struct buf text;
	bool same = b->schedules_len == a->schedules_len;

	for (size_t i = 0; same && i < b->schedules_len; i++)
		same = str_eq(b->schedules[i].name, a->schedules[i].name) &&
		       str_eq(b->schedules[i].spec, a->schedules[i].spec) &&
		       b->schedules[i].method == a->schedules[i].method &&
		       b->schedules[i].unknown == a->schedules[i].unknown;
	if (same)
		return;
	buf_text(begin(&text, w->arena),
		 "whether backups become rarer is not known: nor is what a schedule made before");
	add_unknown(w, &text);
}

static void wal(struct work *w, const struct plan_cluster *b, const struct plan_cluster *a)
{
	struct buf text;

	if (b->wal != PLAN_WAL_ARCHIVED || a->wal != PLAN_WAL_NOWHERE)
		return;
	buf_text(begin(&text, w->arena),
		 "WAL is no longer archived: what is written from then on is in no backup");
	add(w, &text, false);
}

void plan_compare(struct arena *a, const struct plan *before, struct plan_absent absent,
		  struct plan *after)
{
	struct work w = {.arena = a, .plan = after};

	for (size_t i = 0; i < before->clusters_len; i++) {
		const struct plan_cluster *b = &before->clusters[i];
		const struct plan_cluster *now = after_of(before, b, after);
		struct buf name;

		buf_text(begin(&name, a), "Cluster ");
		plan_name(b, &name);
		w.object = buf_slice(&name);
		if (!now) {
			removed(&w, b);
			continue;
		}
		if (!moved(&w, b, now))
			shortened(&w, b, now);
		if (b->schedules_unknown) {
			rarer_perhaps(&w, b, now);
		} else {
			rarer(&w, &(struct made){b, &b->base, false},
			      &(struct made){now, &now->base, false});
			rarer(&w, &(struct made){b, &b->snapshots, true},
			      &(struct made){now, &now->snapshots, true});
		}
		wal(&w, b, now);
	}
	tell_absent(&w, &absent);
}

bool plan_is_final(const struct plan *p)
{
	for (size_t i = 0; i < p->losses_len; i++)
		if (p->losses[i].final)
			return true;
	return false;
}
