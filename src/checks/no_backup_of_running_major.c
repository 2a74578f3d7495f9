/* A Cluster that was upgraded, with base backups from before alone. */
#include "cnpg/backups.h"
#include "facts/cluster.h"
#include "facts/probed.h"
#include "facts/quoted.h"

#include <inttypes.h>

/* What the data are of, else what the spec wants; 0: not known. An image is another's until the
 * upgrade has ended. */
static int64_t running_major(const struct rule_ctx *c)
{
	int64_t n = 0;
	const char *at;

	if (obj_int(c->root, "status.pgDataImageInfo.majorVersion", &n) == OBJ_SET)
		return n;
	return cluster_major(c->object, &at);
}

/* The newest major version that a base backup is of; 0: there is none, or one of `running` is
 * there, or may be. */
static int64_t newest_other(const struct catalogue *c, int64_t running)
{
	int64_t newest = 0;

	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];
		int64_t major = backup_major(b);

		if (!b->has_info || (b->known && b->info.status != BACKUP_DONE))
			continue;
		if (!b->known || !major || major >= running)
			return 0;
		newest = major > newest ? major : newest;
	}
	return newest;
}

static void tell_remedy(const struct rule_ctx *c, struct finding *f, const struct probed_archive *a)
{
	finding_effect(
		c, f,
		"what was written since the upgrade cannot be restored: WAL of another major version cannot be replayed on these base backups");
	finding_fix(c, f, "%.*s - a base backup now", STR_ARG(probed_backup_command(c, a)));
}

static void look(const struct rule_ctx *c, const struct probed_archive *a)
{
	int64_t running = running_major(c);
	int64_t other = running ? newest_other(a->catalogue, running) : 0;

	if (!a->archived || !other)
		return;
	struct finding *f = finding_add(c, a->at, a->path,
					"no base backup of server %.*s is of PostgreSQL %" PRId64
					", which the Cluster is of: the newest is of %" PRId64,
					STR_ARG(a->server->name), running, other);

	finding_subject(c, f, a->server->name);
	tell_remedy(c, f, a);
	if (!view_is_live(c->view))
		finding_at_most(f, SEV_WARN); /* the upgrade may be yet to come */
}

/* Where no bucket was asked: the last one of all that were completed is a Backup that says its
 * major version. */
static void look_at_backups(const struct rule_ctx *c)
{
	const struct probed_archive a = {.by_plugin = archive_by_plugin(c->archive)};
	struct backup_history h = backups_history(c->backups, c->view, c->object, c->archive);
	int64_t running = running_major(c);

	if (h.unknown || !h.facts || !h.facts->completed_major || h.before ||
	    h.completed > h.facts->completed || h.facts->completed_major >= running)
		return;
	struct finding *f = finding_add(
		c, c->root, "metadata.name",
		"no Backup is of PostgreSQL %" PRId64
		", which the Cluster is of: the last one, of %.*s, is of %" PRId64,
		running, STR_ARG(quoted_moment(c, h.facts->completed)), h.facts->completed_major);

	finding_subject(c, f, STR_EMPTY);
	tell_remedy(c, f, &a);
}

static void check_no_backup_of_running_major(const struct rule_ctx *c)
{
	if (c->object->kind != KIND_CLUSTER || !c->view)
		return;
	if (c->probes)
		probed_each_archive(c, look);
	else
		look_at_backups(c);
}

static const struct rule rows[] = {
	{
		.id = "no-backup-of-running-major",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.live_too = true,
		.severity = SEV_DENY,
		.check = check_no_backup_of_running_major,
		.summary = "Base backups are all from before a major upgrade",
		.reference = "https://cloudnative-pg.io/documentation/current/postgres_upgrades/",
	},
};

RULE_ROWS(no_backup_of_running_major);
