/* What is told on a terminal beside the manifest. */
#include "internal.h"

#include "base/utc.h"
#include "report/glyph.h"
#include "report/phrase.h"

#include <inttypes.h>
#include <stdarg.h>

/* A line. What a terminal would obey is escaped. */
static void PRINTF(2, 3) say(struct restore *r, const char *fmt, ...)
{
	struct buf line = BUF_ARENA(r->arena);
	va_list args;

	va_start(args, fmt);
	buf_vfmt(&line, fmt, args);
	va_end(args);
	glyph_clean(&r->summary, buf_slice(&line));
	buf_byte(&r->summary, '\n');
}

/* In the last segment what is written when is not known: it ends somewhere between the two. */
static void tell_window(struct restore *r, const struct window *w)
{
	const char *why = phrase_then(w),
		   *then = why ? arena_fmt(r->arena, ", then %s", why).ptr : "";
	const char *what = w->from == w->oldest->info.end ? "the end of a base backup, " : "";
	char from[UTC_TEXT], surely[UTC_TEXT], until[UTC_TEXT];

	utc_format(w->from, from);
	utc_format(w->reach.until, until);
	if (w->reach.until == w->from)
		say(r, "can be restored: %s%s%s", what, from, then);
	else if (w->reach.surely <= w->from)
		say(r, "can be restored: %s%s, perhaps up to %s%s", what, from, until, then);
	else if (w->reach.surely == w->reach.until)
		say(r, "can be restored: %s to %s%s", from, until, then);
	else
		say(r, "can be restored: %s to %s, perhaps up to %s%s", from,
		    utc_format(w->reach.surely, surely), until, then);
}

static void tell_windows(struct restore *r)
{
	const struct restore_plan *p = &r->plan;

	if (!p->known)
		say(r, "the window is not known: %.*s", STR_ARG(r->unknown));
	for (size_t i = 0; i < p->windows_len; i++)
		tell_window(r, &p->windows[i]);
	if (p->copied)
		say(r, RESTORE_COPIED);
}

struct str restore_why_timeline(const struct restore *r)
{
	const struct restore_plan *p = &r->plan;
	const struct timeline *f = p->followed;
	char left_at[UTC_TEXT];

	if (!p->known || !p->name_timeline)
		return STR_EMPTY;
	if (!f->known)
		return arena_fmt(r->arena,
				 "timeline %" PRIu32
				 " is named: PostgreSQL by itself takes timeline %" PRIu32
				 ", whose history cannot be %s: %.*s",
				 p->timeline, f->id, f->wrong ? "understood" : "read here",
				 STR_ARG(f->problem));
	if (f->id < p->timeline)
		return arena_fmt(
			r->arena,
			"timeline %" PRIu32 " is named: the history of timeline %" PRIu32
			" is missing, where PostgreSQL ends its search and takes timeline %" PRIu32,
			p->timeline, f->id + 1, f->id);
	if (p->left)
		return arena_fmt(
			r->arena,
			"timeline %" PRIu32
			" is named: PostgreSQL by itself takes timeline %" PRIu32
			", which has nothing of that moment, and gives what there was when timeline %" PRIu32
			" was left, at %s or later",
			p->timeline, f->id, p->left, utc_format(p->left_at, left_at));
	return arena_fmt(r->arena,
			 "timeline %" PRIu32
			 " is named: PostgreSQL by itself takes timeline %" PRIu32
			 ", which does not lead there",
			 p->timeline, f->id);
}

struct str restore_why_unread(const struct restore *r)
{
	const struct restore_plan *p = &r->plan;
	const struct timeline *t = p->unread;

	if (!t)
		return STR_EMPTY;
	if (p->beyond)
		return arena_fmt(
			r->arena,
			"timeline %" PRIu32
			" could not be read (%.*s), so which moments of it can be restored is not known: no timeline is named, and what it holds is restored by PostgreSQL itself, when it can read that history",
			t->id, STR_ARG(t->problem));
	return arena_fmt(
		r->arena,
		"timeline %" PRIu32
		" could not be read (%.*s): what it holds is not known, and is not restored when timeline %" PRIu32
		" is named",
		t->id, STR_ARG(t->problem), p->timeline);
}

const char *restore_at_edge(const struct restore *r)
{
	return r->plan.late
		       ? "the last WAL was stored late, much of it at once, and may end before that moment"
		       : "the last segment may end before that moment";
}

static void tell_target(struct restore *r)
{
	struct str why = restore_why_timeline(r);
	const struct restore_plan *p = &r->plan;
	char time[UTC_TEXT];
	const char *what = p->target.goal == RESTORE_LATEST	 ? "the latest state"
			   : p->target.goal == RESTORE_IMMEDIATE ? "the end of a base backup"
								 : utc_format(p->target.time, time);

	if (p->known)
		say(r,
		    "restores %s, from base backup %.*s and at most %" PRIu64 " segment%s (%" PRIu64
		    " MiB) of WAL",
		    what, STR_ARG(p->base->id), p->segments, p->segments == 1 ? "" : "s",
		    p->bytes >> 20);
	else
		say(r, "restores %s", what);
	if (why.len)
		say(r, "%.*s", STR_ARG(why));
	if (p->unread)
		say(r, "%.*s", STR_ARG(restore_why_unread(r)));
	if (p->target.goal != r->in->wish.goal)
		say(r, "that is not the newest WAL: what lies behind the hole cannot be reached");
	if (p->at_edge)
		say(r,
		    "%s: PostgreSQL then stops with \"recovery ended before configured recovery target was reached\"",
		    restore_at_edge(r));
}

static void tell_archive(struct restore *r)
{
	const struct object *o = restore_cluster(r);

	say(r, "Cluster %.*s (%.*s) archives to %s%.*s as server %.*s",
	    STR_ARG(restore_called(r, o->namespace, o->name)), STR_ARG(restore_place(r)),
	    r->by_plugin ? "ObjectStore " : "its in-tree store", STR_ARG(r->store),
	    STR_ARG(r->server));
	if (r->by_plugin && !str_eq(r->read, r->store))
		say(r, "it is read through ObjectStore %.*s, to which nobody archives",
		    STR_ARG(r->read));
}

/* The archive that the old Cluster was made of is not missed. */
static void tell_left_out(struct restore *r)
{
	struct obj spec = obj_at(restore_cluster(r)->root, "spec"),
		   list = obj_at(spec, "externalClusters");
	const struct str used[] = {
		r->archive.recovery.name, r->archive.replica.name,
		obj_text(spec, "bootstrap.pg_basebackup.source"),
		obj_text(spec, "bootstrap.initdb.import.source.externalCluster")};
	struct buf names = BUF_ARENA(r->arena);

	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name");
		bool is_used = !name.len;

		for (size_t i = 0; i < ARRAY_LEN(used); i++)
			is_used |= str_eq(name, used[i]);
		if (is_used)
			continue;
		buf_text(&names, names.len ? ", " : "");
		buf_str(&names, name);
	}
	if (names.len)
		say(r,
		    "left out of externalClusters: %.*s; what follows them has to be set up anew",
		    STR_ARG(buf_slice(&names)));
	if (obj_at(spec, "replica").node)
		say(r, "the new Cluster is a primary: spec.replica of %.*s is left out",
		    STR_ARG(restore_cluster(r)->name));
}

static void tell_new(struct restore *r)
{
	if (r->in->drill)
		say(r, "Cluster %.*s archives nothing: delete it when it was looked at",
		    STR_ARG(restore_called(r, r->namespace, r->as)));
	else
		say(r,
		    "Cluster %.*s will archive as server %.*s: the archive of %.*s is not empty, and CloudNativePG refuses one that is not",
		    STR_ARG(restore_called(r, r->namespace, r->as)), STR_ARG(r->new_server),
		    STR_ARG(r->server));
	for (size_t i = 0; i < r->needs_len && r->moves; i++)
		say(r, "to be copied to namespace %.*s: %s %.*s", STR_ARG(r->namespace),
		    r->needs[i].kind, STR_ARG(r->needs[i].name));
}

/* What is not yet what it will be. */
static void tell_unknown(struct restore *r)
{
	struct majors majors;

	if (r->unlisted.len)
		say(r, "may not be listed, so which of them name the Cluster is not known: %.*s",
		    STR_ARG(buf_slice(&r->unlisted)));
	for (size_t i = 0; i < r->mends_len; i++)
		say(r, "%.*s", STR_ARG(r->mends[i]));
	if (restore_is_other_system(r))
		say(r,
		    "base backup %.*s is of another database system than Cluster %.*s (status.systemID): it brings back that one, and what the Cluster has is in its volumes alone",
		    STR_ARG(r->plan.base->id), STR_ARG(restore_cluster(r)->name));
	if (restore_is_unsaved(r, &majors))
		say(r,
		    "no base backup of PostgreSQL %" PRId64
		    " is known: what was written since the upgrade is in the volumes of %.*s alone, and not in what is restored",
		    majors.image, STR_ARG(restore_cluster(r)->name));
}

void restore_tell(struct restore *r)
{
	tell_archive(r);
	tell_unknown(r);
	tell_windows(r);
	tell_target(r);
	tell_new(r);
	if (!r->in->drill)
		tell_left_out(r);
}
