/* Histories of timelines without which a restore goes another way, or none. */
#include "base/arena.h"
#include "facts/probed.h"
#include "facts/quoted.h"

#include <inttypes.h>

static void cannot_be_understood(const struct rule_ctx *c, const struct probed_archive *a,
				 const struct timeline *t)
{
	struct finding *f = finding_add(
		c, a->at, a->path,
		"the history of timeline %" PRIu32 " of server %.*s cannot be understood: %.*s",
		t->id, STR_ARG(a->server->name), STR_ARG(quoted_text(c, t->problem)));

	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f,
		"a restore that names no timeline takes this one: where PostgreSQL cannot read its history either, none starts");
	finding_fix(
		c, f,
		"put wals/%08" PRIX32
		".history right from a copy, as in pg_wal of the primary, or restore with the targetTLI of an older timeline",
		t->id);
	if (!a->archived)
		finding_at_most(f, SEV_WARN);
}

static void cannot_be_read(const struct rule_ctx *c, const struct probed_archive *a,
			   const struct timeline *t)
{
	struct finding *f = finding_add(
		c, a->at, a->path,
		"the history of timeline %" PRIu32 " of server %.*s could not be read: %.*s", t->id,
		STR_ARG(a->server->name), STR_ARG(quoted_text(c, t->problem)));

	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f,
		"a restore that names no timeline takes this one, and to which moments of it is not known here");
	if (a->archived)
		finding_fix(c, f,
			    "%.*s - a base backup now: what it leads to is known without that history",
			    STR_ARG(probed_backup_command(c, a)));
	finding_at_most(f, SEV_WARN);
}

/* The newest timeline behind `t` of which WAL came when the backup had ended; NULL: there is none.
 */
static const struct timeline *left_behind(const struct catalogue *c, const struct backup *newest,
					  const struct timeline *t)
{
	uint32_t behind = t->id;

	for (size_t i = 0; i < c->runs_len; i++)
		if (c->runs[i].timeline > behind && c->runs[i].last_at > newest->info.end)
			behind = c->runs[i].timeline;
	for (size_t i = 0; behind > t->id && i < c->timelines_len; i++)
		if (c->timelines[i].id == behind)
			return &c->timelines[i];
	return NULL;
}

static void is_missing(const struct rule_ctx *c, const struct probed_archive *a,
		       const struct timeline *t, const struct timeline *behind)
{
	struct finding *f =
		finding_add(c, a->at, a->path,
			    "the history of timeline %" PRIu32
			    " of server %.*s is missing, and there is WAL of timeline %" PRIu32,
			    t->id + 1, STR_ARG(a->server->name), behind->id);

	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f,
		"PostgreSQL ends its search for the newest timeline there: a restore that names none takes timeline %" PRIu32
		" without a word, and has nothing of timeline %" PRIu32,
		t->id, behind->id);
	if (a->archived)
		finding_fix(c, f,
			    "%.*s - a base backup now: it leads on from the timeline of today",
			    STR_ARG(probed_backup_command(c, a)));
	else if (behind->has_history)
		finding_fix(c, f, "a recoveryTarget with the targetTLI %" PRIu32, behind->id);
	if (!a->archived)
		finding_at_most(f, SEV_WARN);
}

static void look(const struct rule_ctx *c, const struct probed_archive *a)
{
	const struct backup *newest = catalogue_newest_backup(a->catalogue);
	const struct timeline *t = newest ? catalogue_followed(a->catalogue, newest) : NULL,
			      *behind = t ? left_behind(a->catalogue, newest, t) : NULL;

	if (t && t->wrong)
		cannot_be_understood(c, a, t);
	if (t && !t->known && !t->wrong && t->id != newest->info.timeline)
		cannot_be_read(c, a, t);
	if (behind)
		is_missing(c, a, t, behind);
}

static void check_timeline_history(const struct rule_ctx *c)
{
	probed_each_archive(c, look);
}

static const struct rule rows[] = {
	{
		.id = "timeline-history",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_timeline_history,
		.summary = "A timeline's history is missing or wrong: restores go another way",
		.reference = "https://www.postgresql.org/docs/current/continuous-archiving.html",
	},
};

RULE_ROWS(timeline_history);
