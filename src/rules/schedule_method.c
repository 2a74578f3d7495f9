#include "rules/checks.h"
#include "rules/cluster.h"
#include "rules/schedule.h"

#include "base/buf.h"

/* Names of Backups are the schedule's, '-', and 14 digits; a VolumeSnapshot's label holds them
 * whole, and labels end at 63 (cnpg#9343). */
#define LABEL_BYTES 63
#define SNAPSHOT_NAME_BYTES 48

void check_plugin_parameters_ignored(const struct rule_ctx *c)
{
	static const char *const path = "spec.pluginConfiguration.parameters";
	struct obj parameters;
	struct buf keys = BUF_ARENA(c->arena);

	if (!str_is(schedule_method(c), "plugin") ||
	    !str_is(obj_text(c->root, "spec.pluginConfiguration.name"), PLUGIN_NAME) ||
	    !version_before(c->params->plugin, 0, 16) ||
	    obj_map(c->root, path, &parameters) != OBJ_SET || !obj_len(parameters))
		return;
	for (struct obj p = obj_first(parameters); p.node; p = obj_next(p)) {
		buf_text(&keys, keys.len ? ", " : "");
		buf_str(&keys, obj_key(p));
	}
	struct finding *f = finding_add(c, c->root, path,
					"pluginConfiguration.parameters (%.*s) is ignored by "
					"barman-cloud <= 0.15",
					STR_ARG(buf_slice(&keys)));
	finding_edit(c, f, (struct edit){.kind = EDIT_REMOVE, .at = parameters});
	if (obj_member(parameters, STR("barmanObjectName")).node ||
	    obj_member(parameters, STR("serverName")).node) {
		finding_effect(c, f,
			       "the backup goes to the store of the Cluster's own plugin entry, "
			       "whatever is written here");
		finding_fix(c, f,
			    "remove parameters - a second copy needs bucket replication or a "
			    "replica cluster with its own store");
		return;
	}
	finding_effect(c, f, "the operator passes them on, and nobody reads them");
	finding_fix(c, f,
		    "remove parameters - how backups are made is set in spec.configuration.data of "
		    "the ObjectStore");
}

/* Where a person would write the method: above pluginConfiguration. */
static struct obj member_before(struct obj spec, const char *key)
{
	struct obj before = {0}, m = obj_first(spec);

	for (; m.node && !str_is(obj_key(m), key); m = obj_next(m))
		before = m;
	return before.node ? before : m;
}

/* The plugin is named, so it is what is meant; which one, a near miss tells as well. */
static void name_method(const struct rule_ctx *c, struct finding *f)
{
	struct obj spec = obj_at(c->root, "spec"), method = obj_at(spec, "method");
	struct str plugin = obj_text(spec, "pluginConfiguration.name");

	if (!str_is(plugin, PLUGIN_NAME) && !plugin_name_is_typo(plugin))
		return;
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

void check_method_default_in_tree(const struct rule_ctx *c)
{
	struct str method;
	enum obj_type configured = obj_type(obj_at(c->root, "spec.pluginConfiguration"));

	if (configured == OBJ_NONE || configured == OBJ_NULL_VALUE ||
	    !str_is(schedule_method(c), "barmanObjectStore"))
		return;
	struct finding *f = finding_add(
		c, c->root, "spec.method",
		"method is %sbarmanObjectStore, but pluginConfiguration is there",
		obj_str(c->root, "spec.method", &method) == OBJ_SET ? ""
								    : "not set and defaults to ");
	finding_effect(
		c, f,
		"the plugin is never asked; without an in-tree store every backup fails: \"no "
		"barmanObjectStore section defined on the target cluster\"");
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
	finding_effect(c, f,
		       "CloudNativePG accepts the schedule and refuses every Backup it creates: "
		       "\"cannot be empty when the backup method is plugin\"");
	finding_fix(c, f, "pluginConfiguration: { name: " PLUGIN_NAME " }");
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
			"the name of each Backup, with its time of 15 characters, is a label "
			"of its snapshots: every one fails");
	else
		finding_effect(
			c, f,
			"each Backup carries it as label cnpg.io/scheduled-backup: every one "
			"is refused");
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
	finding_effect(c, f,
		       "Backup objects outlive schedule and cluster, and failed ones are never "
		       "deleted");
	finding_fix(c, f, "backupOwnerReference: self");
}
