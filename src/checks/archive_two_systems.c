/* Backups of two database systems in one archive. */
#include "facts/probed.h"
#include "facts/quoted.h"

/* "7713606499394828123 (base backups 20260825T030000 and 20260826T030000)" */
static void add_system(const struct rule_ctx *c, const struct catalogue *catalogue, struct str id,
		       struct buf *out)
{
	struct str names[QUOTED_NAMES];
	size_t len = 0;

	for (size_t i = 0; i < catalogue->backups_len; i++) {
		const struct backup *b = &catalogue->backups[i];

		if (!b->known || !str_eq(b->info.system_id, id))
			continue;
		if (len < QUOTED_NAMES)
			names[len] = quoted_text(c, b->id);
		len++;
	}
	buf_fmt(out, "%.*s (base backup%s ", STR_ARG(quoted_text(c, id)), len == 1 ? "" : "s");
	quoted_names(out, names, len);
	buf_byte(out, ')');
}

/* The Cluster that archives there is none of those that the base backups are of: made anew, under
 * the name of one that is gone. One that was upgraded is another matter
 * (no-backup-of-running-major).
 */
static void look_at_cluster(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct str own = obj_text(c->root, "status.systemID");
	const struct backup *newest = catalogue_newest_backup(a->catalogue);
	int64_t major = 0;

	if (!a->archived || !own.len || !newest || !newest->info.system_id.len ||
	    catalogue_has_system(a->catalogue, own))
		return;
	if (obj_int(c->root, "status.pgDataImageInfo.majorVersion", &major) == OBJ_SET &&
	    major > backup_major(newest))
		return;
	struct finding *f = finding_add(
		c, a->at, a->path,
		"the base backups of server %.*s are of database system %.*s, and the Cluster is %.*s",
		STR_ARG(a->server->name), STR_ARG(quoted_text(c, newest->info.system_id)),
		STR_ARG(quoted_text(c, own)));
	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f,
		"they bring back the other database: what this one has is in its volumes alone, and its WAL may have overwritten the other's");
	finding_fix(c, f,
		    "a serverName of its own, and then %.*s - what is mixed cannot be sorted out",
		    STR_ARG(probed_backup_command(c, a)));
}

static void look(const struct rule_ctx *c, const struct probed_archive *a)
{
	const struct str *ids = a->catalogue->systems;
	struct buf both = BUF_ARENA(c->arena);

	if (!ids[1].len) {
		look_at_cluster(c, a);
		return;
	}
	add_system(c, a->catalogue, ids[0], &both);
	buf_text(&both, " and ");
	add_system(c, a->catalogue, ids[1], &both);
	struct finding *f =
		finding_add(c, a->at, a->path,
			    "the archive of server %.*s holds more than one database system: %.*s",
			    STR_ARG(a->server->name), STR_ARG(buf_slice(&both)));
	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f,
		"WAL of both may have the same names: then one has overwritten the other's, and a recovery may end with \"invalid checkpoint record\"");
	if (a->archived)
		finding_fix(
			c, f,
			"a serverName of its own for each Cluster, and a base backup of each - what is mixed cannot be sorted out; after a major upgrade the backups from before are of the old system");
	else
		finding_at_most(f, SEV_WARN);
}

static void check_archive_two_systems(const struct rule_ctx *c)
{
	probed_each_archive(c, look);
}

static const struct rule rows[] = {
	{
		.id = "archive-two-systems",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_archive_two_systems,
		.summary = "One archive holds backups of more than one database system",
		.reference = "cloudnative-pg/plugin-barman-cloud#263",
	},
};

RULE_ROWS(archive_two_systems);
