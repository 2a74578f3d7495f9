/* The method of a backup, and whether the Cluster has what it needs. */
#include "base/arena.h"
#include "base/limits.h"
#include "cnpg/archive.h"
#include "facts/plugin.h"
#include "facts/schedule.h"
#include "facts/store.h"

/* The plugin by which the Cluster can be backed up: ours before others; empty when there is none.
 */
static struct str plugin_of(const struct rule_ctx *c, const struct known *cluster)
{
	struct obj plugins = obj_at(cluster->object.root, "spec.plugins");
	struct str found = STR_EMPTY, name;

	if (cluster->archive->enabled_entries)
		return STR(PLUGIN_NAME);
	for (struct obj e = obj_first(plugins); e.node; e = obj_next(e))
		if (obj_true(e, "enabled", true) && obj_str(e, "name", &name) == OBJ_SET &&
		    plugin_may_make_backups(c, name))
			found = name;
	return found;
}

/* What the Cluster has in place of an in-tree store. */
static void offer_method(const struct rule_ctx *c, struct finding *f, const struct known *cluster)
{
	struct str plugin = plugin_of(c, cluster);
	struct str named = obj_text(c->root, "spec.pluginConfiguration.name");

	if (plugin.len && str_eq(plugin, named)) {
		finding_fix(c, f, "method: plugin");
		schedule_set_method(c, f);
	} else if (plugin.len) {
		finding_fix(c, f, "method: plugin - and pluginConfiguration: {name: %.*s}",
			    STR_ARG(plugin));
		if (str_is(plugin, PLUGIN_NAME) && schedule_cluster_is_certain(c, cluster))
			schedule_name_plugin(c, f);
	} else if (cluster->archive->volume_snapshot) {
		finding_fix(c, f, "method: volumeSnapshot");
	} else {
		finding_fix(
			c, f,
			"plugins: [{name: " PLUGIN_NAME
			", isWALArchiver: true, parameters: {barmanObjectName: %.*s}}] in Cluster %.*s, and here method: plugin",
			STR_ARG(store_meant(c)), STR_ARG(cluster->object.name));
		if (!named.len)
			schedule_lacking(c, f, cluster);
	}
}

static void in_tree_missing(const struct rule_ctx *c, const char *method,
			    const struct known *cluster)
{
	bool configured = !schedule_lacks(c->root, "spec.pluginConfiguration");
	struct finding *f = finding_add(
		c, c->root, "spec.method",
		"method %sbarmanObjectStore, but Cluster %.*s has no spec.backup.barmanObjectStore",
		method, STR_ARG(cluster->object.name));

	if (!configured)
		finding_scope(f, SCOPE_BUNDLE);
	if (!configured && (cluster->object.part || !schedule_cluster_is_certain(c, cluster)))
		finding_at_most(f, SEV_WARN);
	finding_because(c, f, cluster->object.root, "spec.backup.barmanObjectStore");
	finding_subject(c, f, STR("barmanObjectStore"));
	schedule_lack_effect(c, f, cluster, "barmanObjectStore");
	offer_method(c, f, cluster);
}

/* A Cluster of which only pieces are known, none of them with an in-tree store: the one that has
 * the plugin. */
static const struct known *piece_with_plugin(const struct rule_ctx *c)
{
	static const enum relation relations[] = {REL_PART, REL_NAME};
	struct str name = obj_text(c->root, "spec.cluster.name");
	const struct known *found = NULL;
	size_t seen = 0;

	for (size_t i = 0; c->view && name.len && i < ARRAY_LEN(relations); i++) {
		struct view_iter it =
			view_each(c->view, relations[i], KIND_CLUSTER, STR_EMPTY, name);

		for (const struct known *k; (k = view_next(&it));) {
			if (k->archive->in_tree.node || ++seen > LIMIT_HOLDERS)
				return NULL;
			if (relations[i] == REL_PART && k->archive->enabled_entries)
				found = k;
		}
	}
	return found;
}

static void check_method_default_in_tree(const struct rule_ctx *c)
{
	const struct known *whole = schedule_cluster(c);
	const struct known *cluster = whole ? whole : piece_with_plugin(c);
	struct str written;
	const char *method = obj_str(c->root, "spec.method", &written) == OBJ_SET
				     ? "is "
				     : "is not set and defaults to ";

	if (!str_is(schedule_method(c), "barmanObjectStore"))
		return;
	if (cluster && schedule_lacks(cluster->object.root, "spec.backup.barmanObjectStore")) {
		in_tree_missing(c, method, cluster);
		return;
	}
	if (schedule_lacks(c->root, "spec.pluginConfiguration"))
		return;
	struct finding *f =
		finding_add(c, c->root, "spec.method",
			    "method %sbarmanObjectStore, but pluginConfiguration is there", method);
	finding_subject(c, f, STR("barmanObjectStore"));
	if (!cluster) {
		finding_effect(
			c, f,
			"the plugin is never asked; without an in-tree store every backup fails: \"no barmanObjectStore section defined on the target cluster\"");
	} else {
		finding_effect(
			c, f,
			"the plugin is never asked; every backup goes to the in-tree store of Cluster %.*s",
			STR_ARG(cluster->object.name));
	}
	if (cluster && !cluster->archive->enabled_entries) {
		finding_fix(c, f, "remove pluginConfiguration - until Cluster %.*s has the plugin",
			    STR_ARG(cluster->object.name));
		finding_at_most(f, SEV_WARN);
		return;
	}
	finding_fix(c, f, "method: plugin");
	schedule_name_method(c, f);
}

static void snapshot_missing(const struct rule_ctx *c, const struct known *cluster)
{
	struct str name = cluster->object.name;

	if (!schedule_lacks(cluster->object.root, "spec.backup.volumeSnapshot"))
		return;
	struct finding *f = finding_add(
		c, c->root, "spec.method",
		"method is volumeSnapshot, but Cluster %.*s has no spec.backup.volumeSnapshot",
		STR_ARG(name));
	finding_because(c, f, cluster->object.root, "spec.backup.volumeSnapshot");
	schedule_lack_effect(c, f, cluster, "volumeSnapshot");
	finding_fix(
		c, f,
		"backup: {volumeSnapshot: {className: <VolumeSnapshotClass>}} in the spec of Cluster %.*s",
		STR_ARG(name));
	schedule_lacking(c, f, cluster);
}

static void plugins_missing(const struct rule_ctx *c, const struct known *cluster)
{
	struct obj plugins = obj_at(cluster->object.root, "spec.plugins");
	struct str name = cluster->object.name;
	struct str plugin = obj_text(c->root, "spec.pluginConfiguration.name");
	bool ours = !plugin.len || str_is(plugin, PLUGIN_NAME);

	if (obj_len(plugins) || (obj_type(plugins) != OBJ_LIST &&
				 !schedule_lacks(cluster->object.root, "spec.plugins")))
		return; /* some, or a placeholder */
	struct finding *f =
		finding_add(c, c->root, "spec.method",
			    "method is plugin, but Cluster %.*s has no plugins", STR_ARG(name));
	finding_because(c, f, cluster->object.root, "spec.plugins");
	finding_effect(
		c, f,
		"%s: \"cannot proceed with the backup as the cluster has no plugin configured\"",
		c->object->kind == KIND_BACKUP ? "the Backup fails" : "every backup fails");
	finding_fix(
		c, f, "plugins: [{name: %.*s%.*s}] in the spec of Cluster %.*s%s",
		STR_ARG(ours ? STR(PLUGIN_NAME) : plugin),
		STR_ARG(ours ? arena_fmt(
				       c->arena,
				       ", isWALArchiver: true, parameters: {barmanObjectName: %.*s}",
				       STR_ARG(store_meant(c)))
			     : STR_EMPTY),
		STR_ARG(name),
		ours && cluster->archive->in_tree.node ? ", in place of backup.barmanObjectStore"
						       : "");
	schedule_lacking(c, f, cluster);
}

static void check_method_section_missing(const struct rule_ctx *c)
{
	const struct known *cluster = schedule_cluster(c);
	struct str method = schedule_method(c);

	if (!cluster)
		return;
	if (str_is(method, "volumeSnapshot"))
		snapshot_missing(c, cluster);
	if (str_is(method, "plugin"))
		plugins_missing(c, cluster);
}

static const struct rule rows[] = {
	{
		.id = "method-default-in-tree",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.helped = true,
		.severity = SEV_DENY,
		.check = check_method_default_in_tree,
		.summary = "Method barmanObjectStore where only the plugin is set up",
		.reference = "cloudnative-pg/cloudnative-pg#8445",
		.superseded_by = "policy-method",
	},
	{
		.id = "method-section-missing",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_method_section_missing,
		.summary = "The Cluster does not have what the method of its backup needs",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},
};

RULE_ROWS(method);
