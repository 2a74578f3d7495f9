/* References to the plugin: name, number, whether they are enabled, and their parameters. */
#include "base/arena.h"
#include "facts/cluster.h"
#include "facts/neighbour.h"
#include "facts/plugin.h"
#include "facts/schedule.h"
#include "facts/store.h"

/* Something else archives: only backups by the plugin suffer, if there are any. */
static void disabled_beside(const struct rule_ctx *c, struct finding *f)
{
	struct cluster_schedules s = {0};
	struct str schedule;

	if (c->view)
		cluster_schedules(c, &s);
	if (s.plugin) {
		schedule = neighbour_called(c, s.plugin);
		finding_scope(f, SCOPE_USERS);
		finding_effect(
			c, f,
			"each backup of %.*s fails with \"requested plugin is not available\"",
			STR_ARG(schedule));
	} else {
		finding_at_most(f, SEV_WARN);
		finding_effect(
			c, f,
			"backups with method plugin fail with \"requested plugin is not available\"");
	}
	if (c->archive->in_tree.node)
		finding_fix(
			c, f,
			"%sset enabled: true and isWALArchiver: true, and remove spec.backup.barmanObjectStore",
			s.plugin ? "" : "remove the entry - or ");
}

static void check_plugin_disabled(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct finding *f;

	if (!ar->entries || ar->enabled_entries)
		return;
	f = finding_add(c, ar->last, "enabled", "plugin " PLUGIN_NAME " is disabled");
	finding_fix(c, f, "enabled: true%s",
		    ar->wal_archiver || obj_true(ar->last, "isWALArchiver", false)
			    ? ""
			    : " - and isWALArchiver: true");
	if (ar->in_tree.node || ar->wal_archiver)
		disabled_beside(c, f);
	else
		finding_effect(
			c, f,
			"no WAL is stored (archive_command succeeds without doing anything) and backups fail with \"requested plugin is not available\"");
}

static void check_plugin_entry_duplicate(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct str store = ar->place.store;

	if (ar->entries < 2)
		return;
	struct finding *f =
		finding_add(c, ar->last, "name", "%zu entries of plugin " PLUGIN_NAME, ar->entries);
	if (!ar->enabled_entries) {
		finding_effect(c, f, "none of them is enabled");
		finding_at_most(f, SEV_WARN); /* plugin-disabled has the harm */
	} else
		finding_effect(
			c, f,
			"WAL and backups go to ObjectStore %.*s (of the last entry, enabled or not), server %.*s (%s)",
			STR_ARG(store.len ? store : STR("<none>")),
			STR_ARG(ar->place.server.len ? ar->place.server : STR("''")),
			ar->place.server_default ? "the default"
						 : "of the last enabled entry that has one");
	finding_fix(c, f, "one entry, with barmanObjectName and serverName in it");
}

/* An entry of spec.plugins that would not archive under the right name either. */
static bool is_bare(const struct rule_ctx *c, struct obj entry)
{
	const struct archive *ar = c->archive;

	return !c->object->part &&
	       (!obj_len(obj_at(entry, "parameters")) ||
		!(ar->wal_archiver || ar->in_tree.node || obj_true(entry, "isWALArchiver", false)));
}

/* The remedy of a near miss. */
static void offer_plugin_name(const struct rule_ctx *c, struct finding *f, struct obj entry,
			      bool bare)
{
	if (bare)
		finding_fix(c, f,
			    "{name: " PLUGIN_NAME
			    ", isWALArchiver: true, parameters: {barmanObjectName: %.*s}}",
			    STR_ARG(store_meant(c)));
	else
		finding_fix(c, f, "name: " PLUGIN_NAME);
	if (!bare && plugin_name_is_typo(obj_text(entry, "name")))
		finding_edit(c, f,
			     (struct edit){.kind = EDIT_TEXT,
					   .at = obj_at(entry, "name"),
					   .text = STR(PLUGIN_NAME)});
}

/* `entry` is a plugin entry or a pluginConfiguration; a disabled one is never loaded. `archives`:
 * it is one of spec.plugins. */
static void judge_plugin_name(const struct rule_ctx *c, struct obj entry, bool archives)
{
	struct str name;
	bool enabled = obj_true(entry, "enabled", true), near;
	struct finding *f;

	if (obj_str(entry, "name", &name) != OBJ_SET || !name.len || str_is(name, PLUGIN_NAME) ||
	    plugin_is_well_known(name) || str_list_has(c->params->known_plugins, name) ||
	    value_is_placeholder(name, NULL))
		return;
	near = plugin_name_is_near(name);
	if (!near && !enabled)
		return;
	f = finding_add(c, entry, "name",
			near ? "no plugin is called %.*s" : "plugin %.*s is not a known one",
			STR_ARG(name));
	if (!enabled)
		finding_effect(c, f, "no harm while it is disabled");
	else if (c->object->kind == KIND_CLUSTER)
		finding_effect(
			c, f,
			"%sthe operator stops at an unknown plugin: it reconciles nothing else of this Cluster, no backup and no failover",
			near ? "" : "where it does not run, ");
	else
		finding_effect(c, f,
			       "%severy backup fails with \"requested plugin is not available\"",
			       near ? "" : "where it does not run, ");
	if (near && enabled)
		offer_plugin_name(c, f, entry, archives && is_bare(c, entry));
	else if (near)
		finding_fix(c, f,
			    "remove the entry - or name: " PLUGIN_NAME
			    ", enabled and with its parameters");
	else
		finding_fix(
			c, f,
			"list it in knownPlugins of the policy, if it runs in your cluster; else the name of one that does, such as " PLUGIN_NAME);
	if (!near)
		finding_at_most(f, SEV_WARN);
	if (!enabled)
		finding_at_most(f, SEV_INFO);
}

/* A backup by a plugin that the Cluster does not have, or has switched off. */
static void plugin_not_loaded(const struct rule_ctx *c, bool disabled)
{
	static const char *const path = "spec.pluginConfiguration.name";
	const struct known *cluster = schedule_cluster(c);
	struct str cluster_name = cluster->object.name, name = obj_text(c->root, path);
	struct finding *f =
		finding_add(c, c->root, path,
			    disabled ? "plugin %.*s is disabled in Cluster %.*s"
				     : "plugin %.*s is not among the plugins of Cluster %.*s",
			    STR_ARG(name), STR_ARG(cluster_name));

	finding_effect(c, f, "%s with \"requested plugin is not available\"",
		       c->object->kind == KIND_BACKUP ? "the Backup fails" : "every backup fails");
	if (disabled)
		finding_fix(c, f, "enabled: true at that entry of spec.plugins in Cluster %.*s",
			    STR_ARG(cluster_name));
	else if (cluster->archive->enabled_entries)
		finding_fix(c, f, "name: " PLUGIN_NAME);
	else
		finding_fix(c, f,
			    "the name of one of them, or this one in spec.plugins of Cluster %.*s",
			    STR_ARG(cluster_name));
	schedule_lacking(c, f, cluster);
}

static void judge_requested(const struct rule_ctx *c)
{
	struct obj configuration = obj_at(c->root, "spec.pluginConfiguration");
	struct str name = obj_text(configuration, "name");
	enum schedule_plugin is = PLUGIN_NOT_KNOWN;

	if (name.len && !value_is_placeholder(name, NULL) && !plugin_name_is_near(name))
		is = schedule_plugin(c, name);
	if (is == PLUGIN_NOT_KNOWN)
		judge_plugin_name(c, configuration, false);
	else if (is != PLUGIN_ENABLED)
		plugin_not_loaded(c, is == PLUGIN_DISABLED);
}

static void check_plugin_name_unknown(const struct rule_ctx *c)
{
	struct obj e;

	if (c->object->kind != KIND_CLUSTER) {
		judge_requested(c);
		return;
	}
	for (e = obj_first(obj_at(c->root, "spec.plugins")); e.node; e = obj_next(e))
		judge_plugin_name(c, e, true);
	for (e = obj_first(obj_at(c->root, "spec.externalClusters")); e.node; e = obj_next(e))
		judge_plugin_name(c, obj_at(e, "plugin"), false);
}

/* `meant`: the key that it resembles, or NULL; `written`: the value of that one, if it is there. */
static void unknown_key(const struct rule_ctx *c, struct obj entry, struct obj key,
			const char *meant, struct obj written)
{
	struct str name = obj_key(key), value = obj_text(key, "");
	struct finding *f =
		finding_add(c, key, "", "the plugin does not know the key %.*s", STR_ARG(name));

	finding_subject(c, f, name);
	if (!meant || (written.node && str_eq(value, obj_text(written, ""))))
		finding_at_most(f, SEV_WARN);
	if (meant && !written.node && str_is(STR("serverName"), meant))
		finding_effect(
			c, f,
			"it is ignored, and the server name is the default: this Cluster's name, %.*s",
			STR_ARG(c->object->name));
	else
		finding_effect(c, f,
			       "it is ignored; only barmanObjectName and serverName are read");
	if (!meant)
		finding_fix(c, f, "remove %.*s", STR_ARG(name));
	else if (written.node)
		finding_fix(c, f, "remove %.*s - %s is there already", STR_ARG(name), meant);
	else
		finding_fix(c, f, "%s: %.*s", meant, STR_ARG(value));
	if (meant)
		plugin_rename_key(c, f, entry, key, meant);
}

static void unknown_parameters(const struct rule_ctx *c, struct obj entry, bool used)
{
	struct obj store = obj_at(entry, "parameters.barmanObjectName");
	struct obj server = obj_at(entry, "parameters.serverName");
	struct obj named = plugin_mistyped_store(entry);
	struct obj key = obj_first(obj_at(entry, "parameters"));
	size_t before = c->out->len;

	if (!used || !plugin_lacks_store(entry))
		named = (struct obj){0}; /* else barman-object-name-missing shows it */
	for (; key.node; key = obj_next(key)) {
		enum plugin_key is = plugin_key(obj_key(key));

		if (key.node == named.node)
			continue;
		if (is == PLUGIN_KEY_STORE_NEAR)
			unknown_key(c, entry, key, "barmanObjectName", store);
		else if (is == PLUGIN_KEY_SERVER_NEAR)
			unknown_key(c, entry, key, "serverName", server);
		else if (is == PLUGIN_KEY_OTHER)
			unknown_key(c, entry, key, NULL, (struct obj){0});
	}
	for (; !used && before < c->out->len; before++)
		finding_at_most(&c->out->items[before], SEV_WARN);
}

static void check_plugin_parameter_unknown(const struct rule_ctx *c)
{
	plugin_each_entry(c, unknown_parameters);
}

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

static void check_plugin_parameters_ignored(const struct rule_ctx *c)
{
	struct obj parameters;
	struct buf keys = BUF_ARENA(c->arena);

	if (!str_is(schedule_method(c), "plugin") ||
	    !str_is(obj_text(c->root, "spec.pluginConfiguration.name"), PLUGIN_NAME) ||
	    obj_map(c->root, PARAMETERS_PATH, &parameters) != OBJ_SET || !obj_len(parameters))
		return;
	for (struct obj p = obj_first(parameters); p.node; p = obj_next(p)) {
		buf_text(&keys, keys.len ? ", " : "");
		buf_str(&keys, obj_key(p));
	}
	struct finding *f =
		finding_add(c, c->root, PARAMETERS_PATH, "the plugin (up to 0.15) ignores %.*s",
			    STR_ARG(buf_slice(&keys)));
	if (!version_before(c->params->plugin, 0, 16)) {
		/* no field of a CRD can tell */
		finding_effect(c, f, "nothing says that plugin %d.%d reads them",
			       c->params->plugin.major, c->params->plugin.minor);
		finding_fix(c, f, "remove parameters - unless you know that it does");
		finding_unsure(f, SEV_WARN);
		return;
	}
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

static const struct rule rows[] = {
	{
		.id = "plugin-disabled",
		.kinds = KIND_CLUSTER,
		.helped = true,
		.severity = SEV_DENY,
		.check = check_plugin_disabled,
		.summary = "The Barman Cloud plugin is there, but disabled",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/350",
		.superseded_by = "policy-require-plugin",
	},
	{
		.id = "plugin-entry-duplicate",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plugin_entry_duplicate,
		.summary = "spec.plugins has the Barman Cloud plugin more than once",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/934",
	},
	{
		.id = "plugin-name-unknown",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.helped = true,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plugin_name_unknown,
		.summary = "A plugin's name is not that of any plugin, or none of the Cluster's",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/196",
	},
	{
		.id = "plugin-parameter-unknown",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plugin_parameter_unknown,
		.summary = "The plugin does not know a parameter",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},
	{
		.id = "plugin-parameters-ignored",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.helped = true,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_plugin_parameters_ignored,
		.summary = "The Barman Cloud plugin ignores parameters of a backup",
		.reference = "cloudnative-pg/plugin-barman-cloud#1076",
	},
};

RULE_ROWS(plugin);
