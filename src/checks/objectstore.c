/* ObjectStores that are missing, that nobody uses, or that go while somebody does. */
#include "base/limits.h"
#include "facts/cluster.h"
#include "facts/neighbour.h"
#include "facts/plugin.h"
#include "facts/store.h"

static void check_objectstore_delete_in_use(const struct rule_ctx *c)
{
	struct store_users users;

	store_find_users(c, c->object->name, &users);
	if (!users.len)
		return;
	struct str names = store_users_text(c, &users);
	struct finding *f =
		users.len > 1
			? finding_add(c, c->root, "", "%.*s still use this ObjectStore",
				      STR_ARG(names))
			: finding_add(c, c->root, "", "%.*s still %s", STR_ARG(names), users.use);

	finding_effect(
		c, f,
		"without it the operator tries again for ever: no WAL is archived, no backup made, and no failover either");
	/* "this again": kubectl deletes what a file holds in its order, the Cluster after its store
	 */
	finding_fix(c, f, "delete %s first, then this again - or give %s another barmanObjectName",
		    users.len > 1 ? "those Clusters" : "that Cluster",
		    users.len > 1 ? "them" : "it");
}

/* The ObjectStore of this namespace whose name is nearest, or the only one. */
static struct str nearest_store(const struct rule_ctx *c, struct str name, bool *near)
{
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_OBJECT_STORE, c->object->namespace, STR_EMPTY);
	const struct known *k, *only = NULL;
	struct str best = STR_EMPTY;
	size_t most = name.len / 3 > 3 ? name.len / 3 : 3, seen = 0;

	for (; seen < LIMIT_SHARERS && (k = view_next(&it)); seen++) {
		size_t distance = str_distance(name, k->object.name, most);

		only = k;
		if (distance > most)
			continue;
		best = k->object.name;
		most = distance ? distance - 1 : 0;
	}
	*near = best.len;
	return best.len || seen != 1 ? best : only->object.name;
}

/* No ObjectStore can be there, and none can be made. */
static void plugin_missing(const struct rule_ctx *c, const struct archive_place *place)
{
	struct finding *f = finding_add(
		c, place->store_at, "",
		"the Barman Cloud plugin is not installed: the API server knows no ObjectStore");

	finding_effect(c, f, "until it is, " CLUSTER_NO_FAILOVER);
	finding_fix(c, f,
		    "install the plugin in the operator's namespace - then the ObjectStore %.*s",
		    STR_ARG(place->store));
	finding_absent(c, f, KIND_OBJECT_STORE, c->object->namespace);
}

static void store_missing(const struct rule_ctx *c, const struct archive_place *place)
{
	struct str name = place->store, in = cluster_in_namespace(c), store;
	const struct known *elsewhere, *renamed;
	bool near;

	if (!cluster_lacks_store(c, name, &elsewhere) || elsewhere)
		return; /* cross-namespace-store */
	if (view_is_unserved(c->view, KIND_OBJECT_STORE)) {
		plugin_missing(c, place);
		return;
	}
	struct finding *f =
		finding_add(c, place->store_at, "", "ObjectStore %.*s does not exist%.*s",
			    STR_ARG(name), STR_ARG(in));
	finding_effect(c, f, "until it does, " CLUSTER_NO_FAILOVER);
	renamed = neighbour_renamed(c, KIND_OBJECT_STORE, name);
	store = nearest_store(c, name, &near);
	if (renamed)
		finding_fix(
			c, f,
			"barmanObjectName: %.*s - a kustomization renames the ObjectStore, and kustomize changes no reference in a custom resource: write no namePrefix or nameSuffix, or list the field under nameReference in its configurations",
			STR_ARG(renamed->object.name));
	else if (near)
		finding_fix(c, f, "barmanObjectName: %.*s", STR_ARG(store));
	else if (store.len)
		finding_fix(c, f, "barmanObjectName: %.*s - or an ObjectStore %.*s%.*s",
			    STR_ARG(store), STR_ARG(name), STR_ARG(in));
	else
		finding_fix(c, f, "an ObjectStore %.*s%.*s, with the Secret that it names",
			    STR_ARG(name), STR_ARG(in));
	finding_absent(c, f, KIND_OBJECT_STORE, c->object->namespace);
}

/* Of a live one: something holds it, and nothing takes the deletion back. */
static void store_goes(const struct rule_ctx *c, const struct archive_place *place)
{
	const struct known *store = c->backups ? view_store(c->view, c->object, place) : NULL;
	struct finding *f;

	if (!store || !object_is_terminating(&store->object))
		return;
	f = finding_add(c, place->store_at, "", "ObjectStore %.*s is being deleted",
			STR_ARG(place->store));
	finding_effect(c, f, "as soon as no finalizer holds it any more, " CLUSTER_NO_FAILOVER);
	finding_fix(
		c, f,
		"an ObjectStore of another name for the same place, and that name here - a deletion is not taken back");
	finding_at_most(f, SEV_WARN);
}

static void check_objectstore_missing(const struct rule_ctx *c)
{
	/* the plugin is not there, nor its kinds, maybe: rule live-phase speaks */
	if (c->backups && str_is(obj_text(c->root, "status.phase"), CLUSTER_UNKNOWN_PLUGIN))
		return;
	cluster_each_place(c, store_missing);
	cluster_each_place(c, store_goes);
}

/* In a plugin of the Cluster that has another name than ours; `near`: one that is meant to be it.
 */
static bool plugin_names_it(const struct rule_ctx *c, const struct known *k, bool near)
{
	struct obj e = obj_first(obj_at(k->object.root, "spec.plugins"));

	if (k->object.kind != KIND_CLUSTER)
		return false;
	for (; e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name");

		if (!str_is(name, PLUGIN_NAME) && (!near || plugin_name_is_near(name)) &&
		    str_eq(obj_text(e, "parameters.barmanObjectName"), c->object->name))
			return true;
	}
	return false;
}

/* What names it without using it. False: who names it means to, and plugin-name-unknown says what
 * is in the way. */
static bool find_mention(const struct rule_ctx *c, const struct known **by)
{
	struct view_iter it = view_each(c->view, REL_STORE_MENTION, KIND_OTHER,
					c->object->namespace, c->object->name);
	const struct known *k;

	*by = NULL;
	while ((k = view_next(&it))) {
		if (plugin_names_it(c, k, true))
			return false;
		if (!*by && !plugin_names_it(c, k, false))
			*by = k;
	}
	return true;
}

static bool store_is_named(const struct rule_ctx *c, struct str name)
{
	struct view_iter it = view_each(c->view, REL_STORE, KIND_OTHER, c->object->namespace, name);

	return view_next(&it) != NULL;
}

/* A patch gives it to a Cluster, which is known in part. */
static bool is_patched_in(const struct rule_ctx *c)
{
	struct view_iter clusters =
		view_each(c->view, REL_KIND, KIND_CLUSTER, c->object->namespace, STR_EMPTY);
	size_t looked = 0;

	for (const struct known *k; looked < LIMIT_NEIGHBOURS && (k = view_next(&clusters));) {
		struct view_iter parts =
			view_each(c->view, REL_PART, KIND_CLUSTER, STR_EMPTY, k->object.name);

		for (const struct known *p; looked < LIMIT_NEIGHBOURS && (p = view_next(&parts));
		     looked++)
			if (store_is_archive_of(p, c->object->name))
				return true;
		looked++;
	}
	return false;
}

static void check_objectstore_unused(const struct rule_ctx *c)
{
	struct str name = c->object->name, former = c->object->former;
	const struct known *by;
	struct finding *f;

	if (former.len && store_is_named(c, former))
		return; /* objectstore-missing */
	if (!name.len || view_knows(c->view, KIND_CLUSTER, c->object->namespace) == KNOWN_NOTHING ||
	    !store_has_no_user(c) || is_patched_in(c) || !find_mention(c, &by))
		return;
	f = finding_add(c, c->root, "metadata.name",
			"no Cluster archives to ObjectStore %.*s, nor reads from it",
			STR_ARG(name));
	if (!by)
		finding_effect(c, f, "nothing is ever written to it");
	else if (by->object.kind == KIND_CLUSTER)
		finding_effect(
			c, f,
			"Cluster %.*s names it in an external cluster that nothing refers to: nothing is ever written to it",
			STR_ARG(by->object.name));
	else
		finding_effect(
			c, f,
			"%s %.*s names it in parameters that the plugin does not read: nothing is ever written to it",
			kind_name(by->object.kind), STR_ARG(by->object.name));
	finding_fix(
		c, f,
		"barmanObjectName: %.*s on the plugin of the Cluster that is to archive there - or remove it; a second copy is the bucket's replication",
		STR_ARG(name));
}

static const struct rule rows[] = {
	{
		.id = "objectstore-delete-in-use",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_DELETE,
		.severity = SEV_DENY,
		.check = check_objectstore_delete_in_use,
		.summary = "An ObjectStore goes while a Cluster needs it",
		.reference = "cloudnative-pg/plugin-barman-cloud#337",
	},
	{
		.id = "objectstore-missing",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_objectstore_missing,
		.summary = "A Cluster names an ObjectStore that does not exist",
		.reference = "cloudnative-pg/plugin-barman-cloud#337",
	},
	{
		.id = "objectstore-unused",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_USERS,
		.severity = SEV_WARN,
		.check = check_objectstore_unused,
		.summary = "No Cluster uses the ObjectStore",
		.reference = "cloudnative-pg/plugin-barman-cloud#611",
	},
};

RULE_ROWS(objectstore);
