/* What CloudNativePG accepts of a ScheduledBackup and refuses of its Backups. */
#include "facts/schedule.h"

/* Names of Backups are the schedule's, '-', and 14 digits; a VolumeSnapshot's label holds them
 * whole, and labels end at 63 (cnpg#9343). */
#define LABEL_BYTES 63

#define SNAPSHOT_NAME_BYTES 48

static void check_scheduled_backup_name_too_long(const struct rule_ctx *c)
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

static void check_scheduled_backup_plugin_config_missing(const struct rule_ctx *c)
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

static const struct rule rows[] = {
	{
		.id = "scheduled-backup-name-too-long",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.check = check_scheduled_backup_name_too_long,
		.summary = "Name of the schedule does not fit into a label",
		.reference = "cloudnative-pg/cloudnative-pg#9343",
	},
	{
		.id = "scheduled-backup-plugin-config-missing",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.check = check_scheduled_backup_plugin_config_missing,
		.summary = "Method plugin without the name of a plugin",
		.reference = "cloudnative-pg/cloudnative-pg#7513",
	},
};

RULE_ROWS(scheduled_backup);
