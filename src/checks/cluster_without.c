/* What a Cluster lacks altogether: a backup, a schedule. */
#include "facts/cluster.h"
#include "facts/plugin.h"
#include "facts/store.h"

/* Some other plugin may be the backup; a near miss of ours is another rule's finding. */
static bool has_other_backup_plugin(const struct rule_ctx *c)
{
	struct obj e = obj_first(obj_at(c->root, "spec.plugins"));

	for (; e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name");

		if (obj_true(e, "enabled", true) &&
		    (plugin_may_make_backups(c, name) || plugin_name_is_near(name) ||
		     value_is_placeholder(name, NULL)))
			return true;
	}
	return c->archive->wal_archiver;
}

/* unknown-field says where it belongs; an API server drops it before anybody is asked. */
static bool has_misplaced_plugin(const struct rule_ctx *c)
{
	struct obj e = obj_first(obj_at(c->root, "spec.backup.plugins"));

	for (; e.node; e = obj_next(e))
		if (str_is(obj_text(e, "name"), PLUGIN_NAME))
			return true;
	return false;
}

static void check_cluster_without_backup(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;

	if (ar->entries || ar->in_tree.node || ar->volume_snapshot || has_other_backup_plugin(c) ||
	    has_misplaced_plugin(c))
		return;
	struct finding *f = finding_add(c, c->root, "spec.plugins", "this Cluster has no backup");
	if (cluster_follows_source(c)) {
		finding_effect(
			c, f,
			"once this replica is promoted, archive_command succeeds without doing anything, and what is on its volumes is all there is");
		finding_at_most(f, SEV_INFO);
	} else {
		finding_effect(
			c, f,
			"ContinuousArchiving still shows True, because archive_command succeeds without doing anything; what is on the volumes is all there is");
	}
	finding_fix(c, f,
		    "plugins: [{name: " PLUGIN_NAME
		    ", isWALArchiver: true, parameters: {barmanObjectName: %.*s}}]",
		    STR_ARG(store_meant(c)));
}

/* What makes its base backups otherwise: a replica has those of its source. */
static bool needs_schedule(const struct rule_ctx *c)
{
	return (cluster_archives_by_plugin(c) || c->archive->in_tree.node) &&
	       !cluster_follows_source(c) && !cluster_is_hibernated(c->object);
}

/* Before a kustomization renamed it: schedule-cluster-missing. */
static bool is_scheduled_as(const struct rule_ctx *c, struct str former)
{
	struct view_iter it = view_each(c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP,
					c->object->namespace, former);

	return former.len && view_next(&it);
}

/* No ScheduledBackup is known at all. What was given may be a part, a Cluster by itself; with the
 * store beside it, or Secrets beside one that has its store in itself, is what backs it up, and a
 * schedule would stand there, too. Who makes a Backup by hand knows how. */
static bool is_among_its_own(const struct rule_ctx *c)
{
	struct view_iter it =
		view_each(c->view, REL_CLUSTER, KIND_BACKUP, c->object->namespace, c->object->name);

	bool beside =
		c->archive->in_tree.node
			? view_knows(c->view, KIND_SECRET, c->object->namespace) != KNOWN_NOTHING
			: c->archive->place.store.len &&
				  view_store(c->view, c->object, &c->archive->place);

	return beside && !view_next(&it);
}

/* A schedule that names it and does nothing, suspended or with another method, has its own
 * findings. */
static void check_cluster_without_schedule(const struct rule_ctx *c)
{
	bool plugin = cluster_archives_by_plugin(c);
	struct cluster_schedules s;
	struct str name = c->object->name;

	if (!needs_schedule(c) || !name.len || view_is_blind(c->view, KIND_SCHEDULED_BACKUP))
		return;
	cluster_schedules(c, &s);
	if (s.any || s.unknowable || is_scheduled_as(c, c->object->former))
		return;
	struct finding *f =
		finding_add(c, c->root, "metadata.name", "no ScheduledBackup names this Cluster");
	finding_effect(
		c, f,
		"its WAL is archived and never deleted, and without a base backup it restores nothing");
	finding_fix(c, f,
		    "a ScheduledBackup with cluster: {name: %.*s}%s and schedule: '0 0 3 * * *'",
		    STR_ARG(name),
		    plugin ? ", method: plugin, pluginConfiguration: {name: " PLUGIN_NAME "}" : "");
	if (view_knows(c->view, KIND_SCHEDULED_BACKUP, c->object->namespace) == KNOWN_NOTHING)
		finding_unsure(f, is_among_its_own(c) ? SEV_WARN : SEV_INFO);
}

static const struct rule rows[] = {
	{
		.id = "cluster-without-backup",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_cluster_without_backup,
		.summary = "The Cluster has no backup of any kind",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
		.superseded_by = "policy-require-plugin",
	},
	{
		.id = "cluster-without-schedule",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_USERS,
		.severity = SEV_WARN,
		.check = check_cluster_without_schedule,
		.summary = "A Cluster archives WAL, but no ScheduledBackup names it",
		.reference = "EnterpriseDB/barman#712",
	},
};

RULE_ROWS(cluster_without);
