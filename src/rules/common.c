#include "rules/checks.h"
#include "rules/cluster.h"
#include "rules/schedule.h"

#include <string.h>

/* What rules read of each kind, as subtrees. */
static const struct {
	enum kind kind;
	const char *paths[7];
} read_parts[] = {
	{KIND_CLUSTER,
	 {"spec.plugins", "spec.externalClusters", "spec.backup", "spec.bootstrap.recovery",
	  "spec.replica"}},
	{KIND_SCHEDULED_BACKUP, {"spec"}},
	{KIND_BACKUP, {"spec"}},
	{KIND_OBJECT_STORE, {"spec.configuration", "spec.retentionPolicy"}},
};

typedef void string_fn(const struct rule_ctx *c, struct obj at, struct str value);

static void walk(const struct rule_ctx *c, struct obj at, string_fn *each)
{
	struct str value;

	if (obj_str(at, "", &value) == OBJ_SET)
		each(c, at, value);
	for (struct obj member = obj_first(at); member.node; member = obj_next(member))
		walk(c, member, each);
}

static void each_string(const struct rule_ctx *c, string_fn *each)
{
	for (size_t k = 0; k < ARRAY_LEN(read_parts); k++) {
		if (read_parts[k].kind != c->object->kind)
			continue;
		for (const char *const *path = read_parts[k].paths; *path; path++)
			walk(c, obj_at(c->root, *path), each);
	}
}

static void has_nul(const struct rule_ctx *c, struct obj at, struct str value)
{
	size_t nul = str_find_byte(value, '\0');

	if (nul == STR_NONE)
		return;
	struct finding *f =
		finding_add(c, at, "", "value holds a NUL character after %zu bytes", nul);
	finding_effect(c, f, "programs cut it there, or refuse it: it never means what it says");
	finding_fix(c, f, "remove the NUL character (\\u0000)");
}

void check_nul_in_value(const struct rule_ctx *c)
{
	if (doc_has_nul(c->root.doc))
		each_string(c, has_nul);
}

/* ${VAR} in a file is for Flux, Argo CD or Helm to fill in; at the API server nobody will. */
static void has_placeholder(const struct rule_ctx *c, struct obj at, struct str value)
{
	struct str which;

	if (!value_is_placeholder(value, &which) || str_find_byte(value, '\0') != STR_NONE ||
	    (c->object->manifest && value_is_variable(value, NULL)))
		return;
	struct finding *f =
		finding_add(c, at, "", "placeholder %.*s was never filled in", STR_ARG(which));
	/* in a file: $NAME for envsubst, CHANGEME in a base that an overlay completes */
	if (c->object->manifest && which.ptr[0] != '<')
		finding_at_most(f, SEV_WARN);
	finding_effect(c, f, "CloudNativePG takes it literally");
	finding_fix(c, f, "the real value in place of %.*s", STR_ARG(which));
}

void check_unresolved_placeholder(const struct rule_ctx *c)
{
	each_string(c, has_placeholder);
}

bool plugin_name_is_near(struct str name)
{
	struct str lower_barman = STR("barman");

	if (str_is(name, PLUGIN_NAME) || !name.len)
		return false;
	for (size_t i = 0; i + lower_barman.len <= name.len; i++)
		if (str_has_prefix_nocase(str_slice(name, i, name.len), lower_barman))
			return true;
	return str_distance(name, STR(PLUGIN_NAME), 3) <= 3;
}

/* Nothing but words that its name, its project and its repository have. */
bool plugin_name_is_typo(struct str name)
{
	static const char *const words[] = {"barman", "cloud",	       "barmancloud", "cloudnative",
					    "pg",     "cloudnativepg", "cnpg",	      "plugin",
					    "io",     "org",	       "com"};
	size_t at = 0;

	if (!plugin_name_is_near(name) || str_distance(name, STR(PLUGIN_NAME), 3) <= 3)
		return plugin_name_is_near(name);
	while (at < name.len) {
		size_t from = at;
		bool known = false;

		while (at < name.len && !strchr("-._", name.ptr[at]))
			at++;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			known |= str_eq_nocase(str_slice(name, from, at), str_from(words[i]));
		if (!known)
			return false;
		at++;
	}
	return true;
}

/* What people run beside the Barman Cloud plugin or in its place; a site adds its own in
 * knownPlugins. */
static const struct {
	const char *name;
	bool makes_backups;
} well_known[] = {
	{"cnpg-i-scale-to-zero.xata.io", false},
	{"pgbackrest.cnpg.opera.com", true},
	{"pgbackrest.dalibo.com", true},
};

static bool is_well_known(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(well_known); i++)
		if (str_is(name, well_known[i].name))
			return true;
	return false;
}

bool plugin_may_make_backups(const struct rule_ctx *c, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(well_known); i++)
		if (str_is(name, well_known[i].name))
			return well_known[i].makes_backups;
	return str_list_has(c->params->known_plugins, name);
}

/* `entry` is a plugin entry or a pluginConfiguration; a disabled one is never loaded. */
static void judge_plugin_name(const struct rule_ctx *c, struct obj entry)
{
	struct str name;
	bool enabled = obj_true(entry, "enabled", true), near;
	struct finding *f;

	if (obj_str(entry, "name", &name) != OBJ_SET || !name.len || str_is(name, PLUGIN_NAME) ||
	    is_well_known(name) || str_list_has(c->params->known_plugins, name) ||
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
			"the operator stops at an unknown plugin: it reconciles nothing else of this Cluster, no backup and no failover");
	else
		finding_effect(c, f,
			       "every backup fails with \"requested plugin is not available\"");
	if (plugin_name_is_typo(name))
		finding_edit(c, f,
			     (struct edit){.kind = EDIT_TEXT,
					   .at = obj_at(entry, "name"),
					   .text = STR(PLUGIN_NAME)});
	if (near)
		finding_fix(c, f, "name: " PLUGIN_NAME);
	else
		finding_fix(
			c, f,
			"name: " PLUGIN_NAME
			" - or, if you do run that plugin, list it in knownPlugins of the policy");
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
		judge_plugin_name(c, configuration);
	else if (is != PLUGIN_ENABLED)
		plugin_not_loaded(c, is == PLUGIN_DISABLED);
}

void check_plugin_name_unknown(const struct rule_ctx *c)
{
	struct obj e;

	if (c->object->kind != KIND_CLUSTER) {
		judge_requested(c);
		return;
	}
	for (e = obj_first(obj_at(c->root, "spec.plugins")); e.node; e = obj_next(e))
		judge_plugin_name(c, e);
	for (e = obj_first(obj_at(c->root, "spec.externalClusters")); e.node; e = obj_next(e))
		judge_plugin_name(c, obj_at(e, "plugin"));
}
