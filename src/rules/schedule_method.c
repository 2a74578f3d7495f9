#include "rules/checks.h"
#include "rules/cluster.h"
#include "rules/schedule.h"

#include "base/arena.h"
#include "base/limits.h"

/* Names of Backups are the schedule's, '-', and 14 digits; a VolumeSnapshot's label holds them
 * whole, and labels end at 63 (cnpg#9343). */
#define LABEL_BYTES 63
#define SNAPSHOT_NAME_BYTES 48

#define PARAMETERS_PATH "spec.pluginConfiguration.parameters"

/* A parameter against what is in force: whether they are the same, as far as is known. */
enum agreement { AGREE_NOT_SAID, AGREE_UNKNOWN, AGREE_SAME, AGREE_DIFFERENT };

static enum agreement compare(struct obj parameters, const char *key, struct str real)
{
	struct str value;

	if (!obj_member(parameters, str_from(key)).node)
		return AGREE_NOT_SAID;
	if (obj_str(parameters, key, &value) != OBJ_SET)
		return AGREE_UNKNOWN;
	if (str_eq(value, real))
		return AGREE_SAME;
	return value_is_placeholder(value, NULL) || value_is_placeholder(real, NULL)
		       ? AGREE_UNKNOWN
		       : AGREE_DIFFERENT;
}

#define NO_SECOND_COPY                                                                             \
	"remove parameters - a second copy needs bucket replication or a replica cluster with "    \
	"its own store"

/* The parameters name a place at which this Cluster never writes. */
static void another_place(const struct rule_ctx *c, struct finding *f, const struct known *cluster,
			  const char *key)
{
	const struct archive_place *place = &cluster->archive->place;
	bool store = str_is(str_from(key), "barmanObjectName");
	struct obj parameters = obj_at(c->root, PARAMETERS_PATH);
	struct str wanted = obj_text(parameters, key);

	f->message = arena_fmt(c->arena, "%s %.*s is named, but Cluster %.*s uses %.*s",
			       store ? "ObjectStore" : "serverName", STR_ARG(wanted),
			       STR_ARG(cluster->object.name),
			       STR_ARG(store ? place->store : place->server));
	finding_effect(
		c, f,
		"the plugin (up to 0.15) reads the Cluster alone: no backup is ever written to %.*s",
		STR_ARG(wanted));
	finding_fix(c, f, NO_SECOND_COPY);
	if (schedule_cluster_is_certain(c, cluster))
		finding_at_least(f, SEV_DENY);
	finding_scope(f, SCOPE_BUNDLE);
}

/* Holds them against the Cluster's own; true when there is nothing more to say. */
static bool against_cluster(const struct rule_ctx *c, struct finding *f, struct obj parameters)
{
	const struct known *cluster = schedule_cluster(c);

	if (!cluster || !cluster->archive->enabled_entries || !cluster->archive->place.store.len)
		return false;
	const struct archive_place *place = &cluster->archive->place;
	enum agreement store = compare(parameters, "barmanObjectName", place->store);
	enum agreement server = compare(parameters, "serverName", place->server);

	if (store == AGREE_DIFFERENT || server == AGREE_DIFFERENT) {
		another_place(c, f, cluster,
			      store == AGREE_DIFFERENT ? "barmanObjectName" : "serverName");
		return true;
	}
	if (obj_len(parameters) != (size_t)(store == AGREE_SAME) + (size_t)(server == AGREE_SAME))
		return false;
	finding_effect(
		c, f,
		"no harm while they say the same as Cluster %.*s, but they would not follow it or change anything",
		STR_ARG(cluster->object.name));
	finding_fix(c, f, "remove parameters");
	finding_at_most(f, SEV_INFO);
	finding_scope(f, SCOPE_BUNDLE);
	return true;
}

void check_plugin_parameters_ignored(const struct rule_ctx *c)
{
	struct obj parameters;
	struct buf keys = BUF_ARENA(c->arena);

	if (!str_is(schedule_method(c), "plugin") ||
	    !str_is(obj_text(c->root, "spec.pluginConfiguration.name"), PLUGIN_NAME) ||
	    !version_before(c->params->plugin, 0, 16) ||
	    obj_map(c->root, PARAMETERS_PATH, &parameters) != OBJ_SET || !obj_len(parameters))
		return;
	for (struct obj p = obj_first(parameters); p.node; p = obj_next(p)) {
		buf_text(&keys, keys.len ? ", " : "");
		buf_str(&keys, obj_key(p));
	}
	struct finding *f =
		finding_add(c, c->root, PARAMETERS_PATH, "the plugin (up to 0.15) ignores %.*s",
			    STR_ARG(buf_slice(&keys)));
	finding_edit(c, f, (struct edit){.kind = EDIT_REMOVE, .at = parameters});
	if (against_cluster(c, f, parameters))
		return;
	if (obj_member(parameters, STR("barmanObjectName")).node ||
	    obj_member(parameters, STR("serverName")).node) {
		finding_effect(
			c, f,
			"the backup goes to the store of the Cluster's own plugin entry, whatever is written here");
		finding_fix(c, f, NO_SECOND_COPY);
		return;
	}
	finding_effect(c, f, "the operator passes them on, and nobody reads them");
	finding_fix(
		c, f,
		"remove parameters - how backups are made is set in spec.configuration.data of the ObjectStore");
}

/* Where a person would write the method: above pluginConfiguration. */
static struct obj member_before(struct obj spec, const char *key)
{
	struct obj before = {0}, m = obj_first(spec);

	for (; m.node && !str_is(obj_key(m), key); m = obj_next(m))
		before = m;
	return before.node ? before : m;
}

static void set_method(const struct rule_ctx *c, struct finding *f)
{
	struct obj spec = obj_at(c->root, "spec"), method = obj_at(spec, "method");

	if (obj_type(method) == OBJ_STRING)
		finding_edit(c, f,
			     (struct edit){.kind = EDIT_TEXT, .at = method, .text = STR("plugin")});
	else if (!method.node)
		finding_edit(c, f,
			     (struct edit){.kind = EDIT_INSERT,
					   .at = member_before(spec, "pluginConfiguration"),
					   .key = STR("method"),
					   .text = STR("plugin")});
}

/* The plugin is named, so it is what is meant; which one, a near miss tells as well. */
static void name_method(const struct rule_ctx *c, struct finding *f)
{
	struct str plugin = obj_text(c->root, "spec.pluginConfiguration.name");

	if (str_is(plugin, PLUGIN_NAME) || plugin_name_is_typo(plugin))
		set_method(c, f);
}

void schedule_name_plugin(const struct rule_ctx *c, struct finding *f)
{
	struct obj spec = obj_at(c->root, "spec"), method = obj_at(spec, "method");
	struct obj configuration = obj_at(spec, "pluginConfiguration");
	const struct known *cluster = schedule_cluster(c);
	struct edit name = {.kind = EDIT_INSERT,
			    .at = obj_first(configuration),
			    .key = STR("name"),
			    .text = STR(PLUGIN_NAME)};

	if ((cluster && !cluster->archive->enabled_entries) ||
	    (method.node && obj_type(method) != OBJ_STRING))
		return;
	if (obj_at(configuration, "name").node) {
		name_method(c, f);
		return;
	}
	if (!configuration.node) {
		name.at = method.node ? method : member_before(spec, "pluginConfiguration");
		name.key = STR("pluginConfiguration.name");
	}
	if (!name.at.node)
		return; /* an empty pluginConfiguration */
	set_method(c, f);
	finding_edit(c, f, name);
}

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
		set_method(c, f);
	} else if (plugin.len) {
		finding_fix(c, f, "method: plugin and pluginConfiguration: {name: %.*s}",
			    STR_ARG(plugin));
		if (str_is(plugin, PLUGIN_NAME) && schedule_cluster_is_certain(c, cluster))
			schedule_name_plugin(c, f);
	} else if (cluster->archive->volume_snapshot) {
		finding_fix(c, f, "method: volumeSnapshot");
	} else {
		finding_fix(
			c, f,
			"plugins: [{name: " PLUGIN_NAME
			", isWALArchiver: true, parameters: {barmanObjectName: <ObjectStore>}}] in Cluster %.*s, and here method: plugin",
			STR_ARG(cluster->object.name));
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

void check_method_default_in_tree(const struct rule_ctx *c)
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
	name_method(c, f);
}

void check_scheduled_backup_plugin_config_missing(const struct rule_ctx *c)
{
	static const char *const path = "spec.pluginConfiguration";
	struct obj configuration;
	struct str name = STR_EMPTY;
	enum obj_is is = obj_map(c->root, path, &configuration);

	if (!str_is(schedule_method(c), "plugin") || is == OBJ_WRONG_TYPE)
		return;
	if (is == OBJ_SET && (obj_str(configuration, "name", &name) == OBJ_WRONG_TYPE || name.len))
		return;
	struct finding *f =
		finding_add(c, c->root, is == OBJ_SET ? "spec.pluginConfiguration.name" : path,
			    "method is plugin, but no plugin is named");
	finding_effect(
		c, f,
		"CloudNativePG accepts the schedule and refuses every Backup it creates: \"cannot be empty when the backup method is plugin\"");
	finding_fix(c, f, "pluginConfiguration: {name: " PLUGIN_NAME "}");
}

void check_scheduled_backup_name_too_long(const struct rule_ctx *c)
{
	struct str name = c->object->name;
	bool snapshot = str_is(schedule_method(c), "volumeSnapshot");
	size_t most = snapshot ? SNAPSHOT_NAME_BYTES : LABEL_BYTES;

	if (name.len <= most || value_is_placeholder(name, NULL))
		return;
	struct finding *f = finding_add(c, c->root, "metadata.name",
					"name has %zu characters; at most %zu fit", name.len, most);
	if (snapshot)
		finding_effect(
			c, f,
			"the name of each Backup, with its time of 15 characters, is a label of its snapshots: every one fails");
	else
		finding_effect(
			c, f,
			"each Backup carries it as label cnpg.io/scheduled-backup: every one is refused");
	finding_fix(c, f, "a metadata.name of at most %zu characters", most);
}

void check_schedule_suspended(const struct rule_ctx *c)
{
	if (!obj_true(c->root, "spec.suspend", false))
		return;
	struct finding *f = finding_add(c, c->root, "spec.suspend", "schedule is suspended");
	finding_effect(c, f, "no base backup is taken, and WAL is kept since the last one");
	finding_fix(c, f, "suspend: false");
}

void check_owner_reference_none(const struct rule_ctx *c)
{
	static const char *const path = "spec.backupOwnerReference";
	struct str reference = STR("none");

	if (obj_str(c->root, path, &reference) == OBJ_WRONG_TYPE || !str_is(reference, "none"))
		return;
	struct finding *f = finding_add(c, c->root, path, "backupOwnerReference is none");
	finding_effect(
		c, f,
		"Backup objects outlive schedule and cluster, and failed ones are never deleted");
	finding_fix(c, f, "backupOwnerReference: self");
}
