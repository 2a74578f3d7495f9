/* The remedies of a ScheduledBackup or Backup that should name the plugin as its method. */
#include "facts/schedule.h"

#include "cnpg/archive.h"
#include "facts/plugin.h"

/* Where a person would write the method: above pluginConfiguration. */
static struct obj member_before(struct obj spec, const char *key)
{
	struct obj before = {0}, m = obj_first(spec);

	for (; m.node && !str_is(obj_key(m), key); m = obj_next(m))
		before = m;
	return before.node ? before : m;
}

void schedule_set_method(const struct rule_ctx *c, struct finding *f)
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

void schedule_name_method(const struct rule_ctx *c, struct finding *f)
{
	struct str plugin = obj_text(c->root, "spec.pluginConfiguration.name");

	if (str_is(plugin, PLUGIN_NAME) || plugin_name_is_typo(plugin))
		schedule_set_method(c, f);
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
		schedule_name_method(c, f);
		return;
	}
	if (!configuration.node) {
		name.at = method.node ? method : member_before(spec, "pluginConfiguration");
		name.key = STR("pluginConfiguration.name");
	}
	if (!name.at.node)
		return; /* an empty pluginConfiguration */
	schedule_set_method(c, f);
	finding_edit(c, f, name);
}
