/* An archive from which nothing can be restored. */
#include "base/arena.h"
#include "base/utc.h"
#include "facts/cluster.h"
#include "facts/probed.h"
#include "facts/quoted.h"

/* A Cluster that is younger may not have had its first backup. */
#define NEW_SECONDS UTC_DAY

struct stock {
	size_t done, unfinished;     /* base backups */
	const struct backup *hollow; /* one that is done and has no data */
	const struct backup *broken; /* one that is done and lacks this segment of its own */
	uint64_t lacks;
	int64_t oldest_wal; /* LastModified; 0: there is none */
	bool good;	    /* something can be restored */
	bool unknown;	    /* or may be */
};

static void look_at_backup(const struct catalogue *c, const struct backup *b, struct stock *s)
{
	if (!b->known) {
		s->unknown |= b->has_info;
		return;
	}
	s->unknown |= b->cold; /* archive-in-cold-storage says it */
	if (b->info.status == BACKUP_DONE && !b->has_data) {
		s->hollow = b;
		return;
	}
	if (b->info.status == BACKUP_DONE && !c->segments) {
		s->broken = b;
		s->lacks = b->info.begin_segment;
	}
	s->done += b->info.status == BACKUP_DONE;
	s->unfinished += b->info.status != BACKUP_DONE;
	for (size_t i = 0; i < c->timelines_len; i++) {
		struct reach r;

		if (catalogue_reach(c, c->timelines[i].id, b, &r)) {
			s->good = true;
		} else if (r.next) {
			s->broken = b;
			s->lacks = r.next;
		}
	}
}

static struct stock take_stock(const struct catalogue *c)
{
	struct stock s = {.unknown = c->cold_len > 0};

	for (size_t i = 0; i < c->backups_len; i++)
		look_at_backup(c, &c->backups[i], &s);
	for (size_t i = 0; i < c->timelines_len; i++)
		s.unknown |= !c->timelines[i].known;
	for (size_t i = 0; i < c->runs_len; i++)
		if (!s.oldest_wal || c->runs[i].oldest < s.oldest_wal)
			s.oldest_wal = c->runs[i].oldest;
	return s;
}

/* When it could be restored, as the status has it. */
static struct str promised(const struct rule_ctx *c, const struct probed_archive *a)
{
	const struct known *store =
		a->by_plugin ? view_store(c->view, c->object, &c->archive->place) : NULL;

	if (!a->by_plugin)
		return obj_text(c->root, "status.lastSuccessfulBackup");
	if (!store)
		return STR_EMPTY;
	return obj_text(obj_member(obj_at(store->object.root, "status.serverRecoveryWindow"),
				   a->server->name),
			"firstRecoverabilityPoint");
}

static struct finding *add_empty(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct finding *f = finding_add(
		c, a->at, a->path, "neither WAL nor a base backup of server %.*s is in the store",
		STR_ARG(a->server->name));

	finding_fix(c, f, "%.*s - once WAL is archived: status.conditions says why it is not",
		    STR_ARG(probed_backup_command(c, a)));
	finding_subject(c, f, a->server->name);
	return f;
}

/* In files a Cluster may be yet to be made. */
static void empty(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct str point;
	struct finding *f;
	int64_t created;

	if (!a->archived || !c->view ||
	    object_has_annotation(c->object, "cnpg.io/skipWalArchiving", "enabled"))
		return;
	if (!view_is_live(c->view)) {
		f = add_empty(c, a);
		finding_effect(
			c, f,
			"of a Cluster that runs nothing can be restored; one that is yet to be made begins so");
		finding_at_most(f, SEV_INFO);
		return;
	}
	point = promised(c, a);
	if (!point.len && (!utc_parse(obj_text(c->root, "metadata.creationTimestamp"), &created) ||
			   c->now - created <= NEW_SECONDS))
		return;
	f = add_empty(c, a);
	if (point.len)
		finding_effect(
			c, f,
			"nothing can be restored, though the status speaks of %.*s: what lay there is gone, or the place is another",
			STR_ARG(quoted_text(c, point)));
	else
		finding_effect(c, f,
			       "nothing can be restored, and the Cluster is more than a day old");
}

/* WAL, and nothing to begin with. */
static struct finding *without_backup(const struct rule_ctx *c, const struct probed_archive *a,
				      const struct stock *s)
{
	struct finding *f =
		s->hollow
			? finding_add(
				  c, a->at, a->path,
				  "base backup %.*s of server %.*s has a backup.info and no data",
				  STR_ARG(quoted_text(c, s->hollow->id)), STR_ARG(a->server->name))
		: s->unfinished
			? finding_add(
				  c, a->at, a->path,
				  "no base backup of server %.*s is done: %zu failed or never ended",
				  STR_ARG(a->server->name), s->unfinished)
			: finding_add(c, a->at, a->path,
				      "WAL of server %.*s is in the store, and no base backup",
				      STR_ARG(a->server->name));

	finding_effect(c, f, "nothing can be restored: WAL is of use behind a base backup only");
	if (!s->hollow && s->oldest_wal && c->now - s->oldest_wal <= NEW_SECONDS)
		finding_unsure(f, SEV_INFO);
	return f;
}

static struct finding *without_wal(const struct rule_ctx *c, const struct probed_archive *a,
				   const struct stock *s)
{
	char name[SEGMENT_NAME];
	struct finding *f = finding_add(
		c, a->at, a->path,
		"no base backup of server %.*s has the WAL that it needs: %.*s lacks %s",
		STR_ARG(a->server->name), STR_ARG(quoted_text(c, s->broken->id)),
		segment_name(s->broken->info.timeline, s->lacks, a->catalogue->segment_size, name));

	finding_effect(
		c, f,
		"nothing can be restored: a base backup does not start without the WAL from its begin to its end");
	return f;
}

static void look(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct stock s = take_stock(a->catalogue);
	struct finding *f;

	if (s.good || s.unknown)
		return;
	if (!a->catalogue->backups_len && !a->catalogue->segments) {
		empty(c, a);
		return;
	}
	if (s.done && !s.broken)
		return;
	f = s.done ? without_wal(c, a, &s) : without_backup(c, a, &s);
	finding_subject(c, f, a->server->name);
	if (a->archived)
		finding_fix(c, f, "%.*s - a base backup now", STR_ARG(probed_backup_command(c, a)));
	else
		finding_at_most(f, SEV_WARN);
}

static void check_nothing_to_restore(const struct rule_ctx *c)
{
	probed_each_archive(c, look);
}

static const struct rule rows[] = {
	{
		.id = "nothing-to-restore",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_nothing_to_restore,
		.summary = "The archive holds nothing from which a database can be restored",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
};

RULE_ROWS(nothing_to_restore);
