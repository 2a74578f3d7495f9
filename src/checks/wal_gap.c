/* Segments that are missing in the WAL of an archive. */
#include "base/arena.h"
#include "facts/probed.h"
#include "facts/quoted.h"

#include <inttypes.h>

/* Several segments are sent at once (wal.maxParallel): one may come before another. */
#define SETTLED_SECONDS 900

/* When the oldest segment from `number` on was stored. */
static int64_t stored_behind(const struct catalogue *c, uint64_t number)
{
	int64_t oldest = INT64_MAX;

	for (size_t i = 0; i < c->runs_len; i++)
		if (c->runs[i].last >= number && c->runs[i].oldest < oldest)
			oldest = c->runs[i].oldest;
	return oldest;
}

/* "000000010000000000000005", or how many, and from where to where. */
static struct str missing(const struct rule_ctx *c, const struct probed_archive *a,
			  const struct reach *r)
{
	uint64_t size = a->catalogue->segment_size, count = r->next - r->last - 1;
	char first[SEGMENT_NAME], last[SEGMENT_NAME];

	if (r->timeline != a->server->timeline) /* of which timeline they are is not known */
		return arena_fmt(c->arena, "%" PRIu64 " behind %s", count,
				 segment_name(r->timeline, r->last, size, first));
	segment_name(r->timeline, r->last + 1, size, first);
	segment_name(r->timeline, r->next - 1, size, last);
	return count == 1 ? arena_fmt(c->arena, "%s", first)
			  : arena_fmt(c->arena, "%s to %s, %" PRIu64 " in all", first, last, count);
}

static struct finding *add_gap(const struct rule_ctx *c, const struct probed_archive *a,
			       const struct window *w)
{
	struct finding *f = finding_add(
		c, a->at, a->path, "segments are missing in the archive of server %.*s: %.*s",
		STR_ARG(a->server->name), STR_ARG(missing(c, a, &w->reach)));
	char name[SEGMENT_NAME];

	segment_name(w->reach.timeline, w->reach.last, a->catalogue->segment_size, name);
	finding_subject(c, f, arena_fmt(c->arena, "%.*s %s", STR_ARG(a->server->name), name));
	return f;
}

/* As far as is sure; and how far WAL that came late may lead. */
static struct str reached(const struct rule_ctx *c, const struct reach *r)
{
	struct str surely = quoted_moment(c, r->surely);

	if (!r->late)
		return surely;
	return arena_fmt(c->arena, "%.*s, perhaps up to %.*s", STR_ARG(surely),
			 STR_ARG(quoted_moment(c, r->until)));
}

/* All that was archived since is of no use. */
static void newest_is_cut(const struct rule_ctx *c, const struct probed_archive *a,
			  const struct window *w)
{
	struct finding *f = add_gap(c, a, w);
	struct str until = reached(c, &w->reach);

	if (a->archived) {
		finding_effect(
			c, f,
			"it can be restored up to %.*s, and to no moment since, however much WAL came later: nothing brings the missing back",
			STR_ARG(until));
		finding_fix(c, f,
			    "%.*s - a base backup now: from its end on it can be restored again",
			    STR_ARG(probed_backup_command(c, a)));
		return;
	}
	finding_effect(c, f, "it can be restored up to %.*s, and to no moment behind",
		       STR_ARG(until));
	finding_fix(c, f, "a recoveryTarget with a targetTime before that");
	finding_at_most(f, SEV_WARN);
}

static void older_is_cut(const struct rule_ctx *c, const struct probed_archive *a,
			 const struct window *w, const struct window *next)
{
	struct finding *f = add_gap(c, a, w);

	finding_effect(
		c, f,
		"it can be restored up to %.*s, and then from %.*s on, when the next base backup had ended: to no moment in between",
		STR_ARG(reached(c, &w->reach)), STR_ARG(quoted_moment(c, next->from)));
	finding_at_most(f, SEV_WARN);
}

/* A base backup older than all that can be restored. */
static void lacks_its_own(const struct rule_ctx *c, const struct probed_archive *a,
			  const struct backup *b, uint64_t number)
{
	char name[SEGMENT_NAME];
	struct finding *f = finding_add(
		c, a->at, a->path, "base backup %.*s of server %.*s lacks WAL of its own: %s",
		STR_ARG(quoted_text(c, b->id)), STR_ARG(a->server->name),
		segment_name(b->info.timeline, number, a->catalogue->segment_size, name));

	finding_effect(c, f, "it cannot be restored; the oldest that can had ended on %.*s",
		       STR_ARG(quoted_moment(c, a->server->windows[0].from)));
	finding_subject(c, f, b->id);
	finding_at_most(f, SEV_WARN);
}

static void find_gaps(const struct rule_ctx *c, const struct probed_archive *a)
{
	const struct window *windows = a->server->windows;
	size_t len = a->server->windows_len;

	for (size_t i = 0; i < len; i++) {
		const struct window *w = &windows[i];

		if (w->reach.why != REACH_GAP ||
		    c->now - stored_behind(a->catalogue, w->reach.next) < SETTLED_SECONDS)
			continue;
		if (i + 1 < len)
			older_is_cut(c, a, w, &windows[i + 1]);
		else
			newest_is_cut(c, a, w);
	}
	for (size_t i = 0; len && i < a->catalogue->backups_len; i++) {
		const struct backup *b = &a->catalogue->backups[i];
		struct reach r;

		if (!catalogue_reach(a->catalogue, a->server->timeline, b, &r) && r.next &&
		    !catalogue_is_cold(a->catalogue, b->info.timeline, r.next) &&
		    b->info.end < windows[0].from)
			lacks_its_own(c, a, b, r.next);
	}
}

static void check_wal_gap(const struct rule_ctx *c)
{
	probed_each_archive(c, find_gaps);
}

static const struct rule rows[] = {
	{
		.id = "wal-gap",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_wal_gap,
		.summary = "WAL is missing in the archive: what came later cannot be restored",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
};

RULE_ROWS(wal_gap);
