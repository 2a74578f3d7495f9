/* Whether anything archives WAL. */
#include "cnpg/archive.h"
#include "facts/cluster.h"
#include "facts/plugin.h"

static void check_wal_archiver_off(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	enum obj_type written = obj_type(obj_at(ar->last_enabled, "isWALArchiver"));

	if (!ar->enabled_entries || ar->wal_archiver || ar->in_tree.node)
		return;
	if (written != OBJ_NONE && written != OBJ_NULL_VALUE && written != OBJ_BOOL)
		return; /* "true" in quotes: the API server refuses it */
	if (plugin_has_mistyped_archiver(ar->last_enabled))
		return;
	struct finding *f = finding_add(c, ar->last_enabled, "isWALArchiver",
					"no plugin is the WAL archiver: isWALArchiver is not true");
	finding_effect(
		c, f,
		"whenever the sidecar is missing, archive_command reports success and the WAL is lost");
	finding_fix(
		c, f, "isWALArchiver: true%s",
		plugin_is_of_patch(c)
			? " - a list in a patch replaces the whole list: it must repeat what stays"
			: "");
}

static void check_wal_archiving_skipped(const struct rule_ctx *c)
{
	static const char key[] = "cnpg.io/skipWalArchiving";
	const struct archive *ar = c->archive;

	if (!object_has_annotation(c->object, key, "enabled") ||
	    (!ar->entries && !ar->in_tree.node && !ar->volume_snapshot))
		return;
	struct finding *f =
		finding_add(c, obj_member(obj_at(c->root, "metadata.annotations"), str_from(key)),
			    "", "%s: enabled switches WAL archiving off", key);
	finding_effect(
		c, f,
		"archive_mode is off: no WAL is stored, and a base backup without its WAL cannot be restored");
	finding_fix(c, f, "remove the annotation");
}

/* The schedules of a Cluster whose WAL goes to a store are all snapshots of volumes. */
static void check_wal_without_base_backup(const struct rule_ctx *c)
{
	bool plugin = cluster_archives_by_plugin(c);
	struct str store = c->archive->place.store;
	struct cluster_schedules s;

	if ((!plugin && !c->archive->in_tree.node) || cluster_follows_source(c) ||
	    view_is_blind(c->view, KIND_SCHEDULED_BACKUP))
		return;
	cluster_schedules(c, &s);
	if (!s.snapshot || s.plugin || s.in_tree || s.others || s.unknowable)
		return;
	struct finding *f = finding_add(
		c, c->root, "spec.backup",
		"WAL is archived, but every schedule (%.*s) makes a snapshot of the volume",
		STR_ARG(s.snapshot->object.name));
	finding_effect(
		c, f,
		"no base backup lies in %s%.*s: its retention counts from one and deletes nothing, so WAL is kept for ever",
		plugin ? "ObjectStore " : "the store", STR_ARG(plugin ? store : STR_EMPTY));
	finding_fix(
		c, f,
		"a ScheduledBackup with cluster: {name: %.*s}%s, too - once a week is enough; or a lifecycle rule of the bucket",
		STR_ARG(c->object->name),
		plugin ? ", method: plugin, pluginConfiguration: {name: " PLUGIN_NAME "}"
		       : ", method: barmanObjectStore");
}

static const struct rule rows[] = {
	{
		.id = "wal-archiver-off",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_wal_archiver_off,
		.summary = "The plugin is enabled, but nothing is the WAL archiver",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/606",
	},
	{
		.id = "wal-archiving-skipped",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_wal_archiving_skipped,
		.summary = "An annotation switches WAL archiving off",
		.reference = "https://cloudnative-pg.io/documentation/current/labels_annotations/",
	},
	{
		.id = "wal-without-base-backup",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_USERS,
		.severity = SEV_WARN,
		.check = check_wal_without_base_backup,
		.summary = "WAL goes to a store in which no base backup ever lies",
		.reference = "cloudnative-pg/cloudnative-pg#3809",
	},
};

RULE_ROWS(wal);
