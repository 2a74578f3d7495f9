#include "rules/cluster.h"

#include "base/arena.h"
#include "rules/checks.h"

/* The keys of a plugin entry's parameters: two are read, the rest is ignored without a word. */
enum key_is { KEY_STORE, KEY_SERVER, KEY_STORE_NEAR, KEY_SERVER_NEAR, KEY_NAMESPACE, KEY_OTHER };

static bool is_one_of(struct str s, const char *const *names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_eq_nocase(s, str_from(names[i])))
			return true;
	return false;
}

static bool ends_in_namespace(struct str key)
{
	return str_has_suffix_nocase(key, STR("namespace"));
}

static enum key_is classify(struct str key)
{
	static const char *const store_names[] = {
		"barmanObject",	     "barmanObjectStore", "barmanObjectStoreName",
		"objectStoreName",   "objectStore",	  "objectName",
		"barmanStore",	     "barmanStoreName",	  "storeName",
		"object_store_name", "object_store",	  "barman_object_store"};
	static const char *const server_names[] = {"server", "server_name", "server-name"};

	if (str_is(key, "barmanObjectName"))
		return KEY_STORE;
	if (str_is(key, "serverName"))
		return KEY_SERVER;
	if (ends_in_namespace(key))
		return KEY_NAMESPACE;
	if (str_distance(key, STR("barmanObjectName"), 3) <= 3 ||
	    is_one_of(key, store_names, ARRAY_LEN(store_names)))
		return KEY_STORE_NEAR;
	if (str_distance(key, STR("serverName"), 2) <= 2 ||
	    is_one_of(key, server_names, ARRAY_LEN(server_names)))
		return KEY_SERVER_NEAR;
	return KEY_OTHER;
}

/* The key that was meant to be barmanObjectName; no node when none is. */
static struct obj mistyped_store(struct obj entry)
{
	struct obj key = obj_first(obj_at(entry, "parameters"));

	while (key.node && classify(obj_key(key)) != KEY_STORE_NEAR)
		key = obj_next(key);
	return key;
}

/* The key becomes what it was meant to be: if that is not there, nor another that was meant so. */
static void rename_key(const struct rule_ctx *c, struct finding *f, struct obj entry,
		       struct obj key, const char *meant)
{
	struct obj parameters = obj_at(entry, "parameters"), k = obj_first(parameters);

	if (!obj_text(key, "").len || obj_member(parameters, str_from(meant)).node)
		return;
	for (; k.node; k = obj_next(k))
		if (k.node != key.node && classify(obj_key(k)) == classify(obj_key(key)))
			return;
	finding_edit(c, f, (struct edit){.kind = EDIT_KEY, .at = key, .text = str_from(meant)});
}

/* Without a store: neither written nor of a type that the API server refuses. */
static bool lacks_store(struct obj entry)
{
	struct obj name = obj_at(entry, "parameters.barmanObjectName");
	enum obj_type parameters = obj_type(obj_at(entry, "parameters"));

	if (parameters != OBJ_NONE && parameters != OBJ_NULL_VALUE && parameters != OBJ_MAP)
		return false;
	return obj_type(name) == OBJ_NONE || obj_type(name) == OBJ_NULL_VALUE ||
	       (obj_type(name) == OBJ_STRING && !obj_text(name, "").len);
}

/* What `who` lacks, and its fix: at the key that was meant to be it, if there is one. */
static struct finding *store_missing(const struct rule_ctx *c, struct obj entry, struct str who)
{
	struct obj typo = mistyped_store(entry);
	bool empty = obj_type(obj_at(entry, "parameters.barmanObjectName")) == OBJ_STRING;
	struct str meant = obj_text(typo, "");
	struct finding *f;

	if (typo.node)
		f = finding_add(c, typo, "", "%.*s has %.*s in place of barmanObjectName",
				STR_ARG(who), STR_ARG(obj_key(typo)));
	else
		f = finding_add(c, entry, "parameters.barmanObjectName", "%.*s has %s",
				STR_ARG(who),
				empty ? "an empty barmanObjectName" : "no barmanObjectName");
	if (typo.node)
		rename_key(c, f, entry, typo, "barmanObjectName");
	if (meant.len)
		finding_fix(c, f, "barmanObjectName: %.*s", STR_ARG(meant));
	else
		finding_fix(c, f, "barmanObjectName: <name of an ObjectStore in this namespace>");
	return f;
}

/* An entry that bears nothing but its name and defaults: INCLUDE_PLUGINS adds such ones. */
static bool may_be_included(struct obj entry)
{
	return !obj_len(obj_at(entry, "parameters")) && !obj_true(entry, "isWALArchiver", false);
}

static void archive_store_missing(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct finding *f;

	if (!ar->enabled_entries || ar->place.store.len || !lacks_store(ar->last))
		return;
	f = store_missing(c, ar->last, STR("plugin " PLUGIN_NAME));
	if (obj_true(ar->last_enabled, "isWALArchiver", false))
		finding_effect(
			c, f,
			"the sidecar is not injected, archive_command fails with \"wal archive plugin is not available\" and the WAL volume fills up");
	else if (ar->in_tree.node)
		finding_effect(c, f,
			       "the sidecar is not injected, and the plugin archives nothing");
	else
		finding_effect(
			c, f,
			"the sidecar is not injected: no backup, and archive_command succeeds without storing any WAL");
	if (may_be_included(ar->last))
		finding_fix(
			c, f,
			"parameters: {barmanObjectName: <ObjectStore>} - if you wrote no such entry, the operator's INCLUDE_PLUGINS added it");
}

static void source_store_missing(const struct rule_ctx *c, const struct archive_source *source,
				 const char *field)
{
	struct obj plugin = obj_at(source->external, "plugin");
	struct finding *f;

	if (!source->plugin || source->place.store.len || !lacks_store(plugin))
		return;
	f = store_missing(c, plugin,
			  arena_fmt(c->arena, "externalClusters %.*s", STR_ARG(source->name)));
	finding_effect(c, f, "%s has no object store to read from", field);
}

void check_barman_object_name_missing(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;

	archive_store_missing(c);
	source_store_missing(c, &ar->recovery, "bootstrap.recovery.source");
	if (!str_eq(ar->recovery.name, ar->replica.name))
		source_store_missing(c, &ar->replica, "replica.source");
}

typedef void entry_fn(const struct rule_ctx *c, struct obj entry, bool used);

static bool is_plugin(struct obj entry)
{
	return str_is(obj_text(entry, "name"), PLUGIN_NAME);
}

/* Every reference to the plugin; `used` when the run time reads its parameters. */
static void each_entry(const struct rule_ctx *c, entry_fn *each)
{
	const struct archive *ar = c->archive;
	struct obj e;

	for (e = obj_first(obj_at(c->root, "spec.plugins")); e.node; e = obj_next(e))
		if (is_plugin(e))
			each(c, e, obj_true(e, "enabled", true));
	for (e = obj_first(obj_at(c->root, "spec.externalClusters")); e.node; e = obj_next(e))
		if (is_plugin(obj_at(e, "plugin")))
			each(c, obj_at(e, "plugin"),
			     e.node == ar->recovery.external.node ||
				     e.node == ar->replica.external.node);
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
		rename_key(c, f, entry, key, meant);
}

static void unknown_parameters(const struct rule_ctx *c, struct obj entry, bool used)
{
	struct obj store = obj_at(entry, "parameters.barmanObjectName");
	struct obj server = obj_at(entry, "parameters.serverName");
	struct obj named = mistyped_store(entry);
	struct obj key = obj_first(obj_at(entry, "parameters"));
	size_t before = c->out->len;

	if (!used || !lacks_store(entry))
		named = (struct obj){0}; /* else barman-object-name-missing shows it */
	for (; key.node; key = obj_next(key)) {
		enum key_is is = classify(obj_key(key));

		if (key.node == named.node)
			continue;
		if (is == KEY_STORE_NEAR)
			unknown_key(c, entry, key, "barmanObjectName", store);
		else if (is == KEY_SERVER_NEAR)
			unknown_key(c, entry, key, "serverName", server);
		else if (is == KEY_OTHER)
			unknown_key(c, entry, key, NULL, (struct obj){0});
	}
	for (; !used && before < c->out->len; before++)
		finding_at_most(&c->out->items[before], SEV_WARN);
}

void check_plugin_parameter_unknown(const struct rule_ctx *c)
{
	each_entry(c, unknown_parameters);
}

static void foreign_store(const struct rule_ctx *c, struct obj entry)
{
	struct str store, name;
	size_t slash;

	if (obj_str(entry, "parameters.barmanObjectName", &store) != OBJ_SET ||
	    value_is_placeholder(store, NULL))
		return;
	slash = str_find_byte(store, '/');
	if (slash == STR_NONE)
		return;
	name = str_slice(store, slash + 1, store.len);
	struct finding *f = finding_add(c, entry, "parameters.barmanObjectName",
					"barmanObjectName %.*s holds '/'", STR_ARG(store));
	finding_effect(
		c, f,
		"it is looked up as one name in the Cluster's own namespace and never found: the operator tries again for ever, without failover");
	if (name.len)
		finding_fix(c, f,
			    "barmanObjectName: %.*s - with that ObjectStore in this namespace",
			    STR_ARG(name));
}

static void cross_namespace(const struct rule_ctx *c, struct obj entry, bool used)
{
	struct obj key = obj_first(obj_at(entry, "parameters"));

	if (!used)
		return;
	foreign_store(c, entry);
	for (; key.node; key = obj_next(key)) {
		struct str value;

		if (!ends_in_namespace(obj_key(key)) || obj_str(key, "", &value) != OBJ_SET ||
		    value_is_placeholder(value, NULL))
			continue;
		struct finding *f = finding_add(
			c, key, "",
			"%.*s: %.*s has no effect: stores are looked up in the Cluster's own namespace",
			STR_ARG(obj_key(key)), STR_ARG(value));
		if (str_eq(value, c->object->namespace))
			finding_at_most(f, SEV_INFO);
		else
			finding_effect(
				c, f,
				"while no ObjectStore of that name is there, the operator tries again for ever, without failover");
		finding_fix(c, f, "remove it, and put the ObjectStore into this namespace");
	}
}

void check_cross_namespace_store(const struct rule_ctx *c)
{
	each_entry(c, cross_namespace);
	cluster_store_elsewhere(c);
}
