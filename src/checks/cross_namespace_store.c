/* A Cluster that is to use an ObjectStore of another namespace. */
#include "facts/cluster.h"
#include "facts/plugin.h"

static void store_elsewhere(const struct rule_ctx *c, const struct archive_place *place)
{
	const struct known *elsewhere;

	if (!cluster_lacks_store(c, place->store, &elsewhere) || !elsewhere)
		return;
	struct str namespace = elsewhere->object.namespace;
	struct finding *f = finding_add(
		c, place->store_at, "",
		"ObjectStore %.*s exists in namespace %.*s, not in the Cluster's own, %.*s",
		STR_ARG(place->store), STR_ARG(namespace), STR_ARG(c->object->namespace));
	finding_effect(
		c, f, "stores are looked up in the Cluster's namespace only; " CLUSTER_NO_FAILOVER);
	finding_fix(c, f, "an ObjectStore %.*s%.*s, with the Secret that it names",
		    STR_ARG(place->store), STR_ARG(cluster_in_namespace(c)));
	finding_absent(c, f, KIND_OBJECT_STORE, c->object->namespace);
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

		if (plugin_key(obj_key(key)) != PLUGIN_KEY_NAMESPACE ||
		    obj_str(key, "", &value) != OBJ_SET || value_is_placeholder(value, NULL))
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

static void check_cross_namespace_store(const struct rule_ctx *c)
{
	plugin_each_entry(c, cross_namespace);
	cluster_each_place(c, store_elsewhere);
}

static const struct rule rows[] = {
	{
		.id = "cross-namespace-store",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_cross_namespace_store,
		.summary = "The plugin is told to use a store of another namespace",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/448",
	},
};

RULE_ROWS(cross_namespace_store);
