/* The parameters of a reference to the plugin. */
#include "facts/plugin.h"

#include "cnpg/archive.h"

static bool is_one_of(struct str s, const char *const *names, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (str_eq_nocase(s, str_from(names[i])))
			return true;
	return false;
}

enum plugin_key plugin_key(struct str key)
{
	static const char *const store_names[] = {
		"barmanObject",	     "barmanObjectStore", "barmanObjectStoreName",
		"objectStoreName",   "objectStore",	  "objectName",
		"barmanStore",	     "barmanStoreName",	  "storeName",
		"object_store_name", "object_store",	  "barman_object_store"};
	static const char *const server_names[] = {"server", "server_name", "server-name"};

	if (str_is(key, "barmanObjectName"))
		return PLUGIN_KEY_STORE;
	if (str_is(key, "serverName"))
		return PLUGIN_KEY_SERVER;
	if (str_has_suffix_nocase(key, STR("namespace")))
		return PLUGIN_KEY_NAMESPACE;
	if (str_distance(key, STR("barmanObjectName"), 3) <= 3 ||
	    is_one_of(key, store_names, ARRAY_LEN(store_names)))
		return PLUGIN_KEY_STORE_NEAR;
	if (str_distance(key, STR("serverName"), 2) <= 2 ||
	    is_one_of(key, server_names, ARRAY_LEN(server_names)))
		return PLUGIN_KEY_SERVER_NEAR;
	return PLUGIN_KEY_OTHER;
}

struct obj plugin_mistyped_store(struct obj entry)
{
	struct obj key = obj_first(obj_at(entry, "parameters"));

	while (key.node && plugin_key(obj_key(key)) != PLUGIN_KEY_STORE_NEAR)
		key = obj_next(key);
	return key;
}

bool plugin_has_mistyped_archiver(struct obj entry)
{
	for (struct obj e = obj_first(entry); e.node; e = obj_next(e))
		if (str_eq_nocase(obj_key(e), STR("isWALArchiver")) &&
		    !str_is(obj_key(e), "isWALArchiver") && obj_true(e, "", false))
			return true;
	return false;
}

void plugin_rename_key(const struct rule_ctx *c, struct finding *f, struct obj entry,
		       struct obj key, const char *meant)
{
	struct obj parameters = obj_at(entry, "parameters"), k = obj_first(parameters);

	if (!obj_text(key, "").len || obj_member(parameters, str_from(meant)).node)
		return;
	for (; k.node; k = obj_next(k))
		if (k.node != key.node && plugin_key(obj_key(k)) == plugin_key(obj_key(key)))
			return;
	finding_edit(c, f, (struct edit){.kind = EDIT_KEY, .at = key, .text = str_from(meant)});
}

bool plugin_lacks_store(struct obj entry)
{
	struct obj name = obj_at(entry, "parameters.barmanObjectName");
	enum obj_type parameters = obj_type(obj_at(entry, "parameters"));

	if (parameters != OBJ_NONE && parameters != OBJ_NULL_VALUE && parameters != OBJ_MAP)
		return false;
	return obj_type(name) == OBJ_NONE || obj_type(name) == OBJ_NULL_VALUE ||
	       (obj_type(name) == OBJ_STRING && !obj_text(name, "").len);
}

bool plugin_has_odd_server_name(struct obj plugin)
{
	struct str name;

	return obj_str(plugin, "parameters.serverName", &name) == OBJ_WRONG_TYPE;
}

static bool is_plugin(struct obj entry)
{
	return str_is(obj_text(entry, "name"), PLUGIN_NAME);
}

void plugin_each_entry(const struct rule_ctx *c, plugin_entry_fn *each)
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
