/* What the policy of a site requires to be there. */
#include "base/arena.h"
#include "base/limits.h"
#include "cnpg/location.h"
#include "facts/cluster.h"
#include "facts/plugin.h"
#include "facts/site.h"
#include "facts/store.h"

static void check_policy_require_compression(const struct rule_ctx *c)
{
	static const char *const parts[] = {"wal", "data"};
	struct obj configuration = store_configuration(c);

	for (size_t i = 0; configuration.node && i < ARRAY_LEN(parts); i++) {
		struct obj part = obj_at(configuration, parts[i]);

		if (obj_text(part, "compression").len)
			continue;
		struct str path = arena_fmt(c->arena, "%s.compression", parts[i]);
		struct finding *f = finding_add(c, configuration, path.ptr,
						"%s compressed; the policy requires it",
						i ? "base backups are not" : "WAL is not");
		finding_fix(c, f, "%s: {compression: gzip}", parts[i]);
	}
}

static void check_policy_require_endpoint_ca(const struct rule_ctx *c)
{
	struct obj configuration = store_configuration(c);
	struct str endpoint;

	if (!store_endpoint(configuration, &endpoint) ||
	    !str_has_prefix_nocase(endpoint, STR("https://")) ||
	    obj_type(obj_at(configuration, "endpointCA")) == OBJ_MAP)
		return;
	struct finding *f = finding_add(c, configuration, "endpointCA",
					"endpointCA is missing, which the policy requires");
	finding_effect(c, f, "the endpoint may show a certificate of any public CA");
	finding_fix(c, f, "endpointCA: {name: <secret>, key: ca.crt}");
}

/* plugin-name-unknown tells what is meant; the site's rules would only repeat it. */
static bool has_near_miss(struct obj plugins)
{
	for (struct obj e = obj_first(plugins); e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name");

		if (plugin_name_is_near(name) || value_is_placeholder(name, NULL))
			return true;
	}
	return false;
}

static void check_policy_require_plugin(const struct rule_ctx *c)
{
	const struct archive *a = c->archive;
	struct template_bindings b = site_bindings(c, c->object->name);
	bool other = a->in_tree.node || a->volume_snapshot || a->wal_archiver;
	struct finding *f;

	if (a->enabled_entries || has_near_miss(obj_at(c->root, "spec.plugins")))
		return;
	if (a->entries) {
		f = finding_add(c, a->last, "enabled", "plugin " PLUGIN_NAME " has enabled: false");
		finding_effect(c, f, "%sbackups fail with \"requested plugin is not available\"",
			       other ? "" : "no WAL is archived, and ");
		finding_fix(c, f, "enabled: true");
		return;
	}
	f = finding_add(c, c->root, "spec.plugins", "spec.plugins lacks " PLUGIN_NAME);
	finding_effect(c, f,
		       other ? "the policy requires this plugin"
			     : "no WAL is archived and no base backup can be made");
	finding_fix(c, f,
		    "plugins: [{name: " PLUGIN_NAME
		    ", isWALArchiver: true, parameters: {barmanObjectName: %.*s}}]",
		    STR_ARG(c->params->stores_len ? site_store_names(c, &b) : STR("<store>")));
}

static const char *role_name(enum store_role role)
{
	return role == STORE_OFFSITE ? "offsite" : "archive";
}

static bool endpoint_fits(const struct store_params *s, struct str endpoint)
{
	for (size_t i = 0; i < s->endpoint_url.len; i++)
		if (endpoint_equal(s->endpoint_url.items[i], endpoint))
			return true;
	return !s->endpoint_url.len;
}

/* An in-tree store has no name: the store of the policy is told by its place. */
static bool in_tree_has(const struct rule_ctx *c, struct obj in_tree, const struct store_params *s)
{
	struct str path = obj_text(in_tree, "destinationPath");
	struct template_bindings b = site_bindings(c, c->object->name);

	if (!path.len || !endpoint_fits(s, obj_text(in_tree, "endpointURL")))
		return false;
	for (size_t i = 0; i < s->destination_path.len; i++)
		if (site_destination_fits(c, s->destination_path.items[i], path, &b))
			return true;
	return false;
}

static bool archives_to(const struct rule_ctx *c, const struct object *cluster,
			const struct archive *ar, struct str role)
{
	struct template_bindings b = site_bindings(c, cluster->name);
	const struct store_params *s = NULL;

	if (archive_by_plugin(ar))
		s = site_store_named(c, ar->place.store, &b);
	if (s && str_is(role, role_name(s->role)))
		return true;
	for (size_t i = 0; i < c->params->stores_len; i++) {
		s = &c->params->stores[i];
		if (str_is(role, role_name(s->role)) && in_tree_has(c, ar->in_tree, s))
			return true;
	}
	return false;
}

/* A replica Cluster that has its data from this one. */
static bool follows(const struct rule_ctx *c, const struct archive_source *source)
{
	const struct archive_place *here = &c->archive->place, *there = &source->place;

	if (!source->named)
		return false;
	return str_eq(source->name, c->object->name) ||
	       (source->plugin && here->store.len && str_eq(there->store, here->store) &&
		str_eq(there->server, here->server));
}

static bool follower_archives_to(const struct rule_ctx *c, struct str role)
{
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_CLUSTER, c->object->namespace, STR_EMPTY);
	const struct known *k;

	for (size_t i = 0; i < LIMIT_SHARERS && (k = view_next(&it)); i++)
		if (follows(c, &k->archive->replica) &&
		    archives_to(c, &k->object, k->archive, role))
			return true;
	return false;
}

/* The names of the stores that have the role. */
static struct str stores_of(const struct rule_ctx *c, struct str role)
{
	struct template_bindings b = site_bindings(c, c->object->name);
	struct buf names = BUF_ARENA(c->arena);

	site_store_named(c, c->archive->place.store, &b); /* binds {app} */
	for (size_t i = 0; i < c->params->stores_len; i++) {
		const struct store_params *s = &c->params->stores[i];

		if (!str_is(role, role_name(s->role)))
			continue;
		buf_text(&names, names.len ? " or " : "");
		template_fill(s->object_store_name, &b, &names);
	}
	return buf_slice(&names);
}

static void role_missing(const struct rule_ctx *c, struct str role)
{
	const struct archive *ar = c->archive;
	struct str store = ar->place.store, stores = stores_of(c, role);
	bool plugin = cluster_archives_by_plugin(c);
	struct buf where = BUF_ARENA(c->arena);

	if (plugin)
		buf_fmt(&where, "ObjectStore %.*s", STR_ARG(store));
	else
		cluster_in_tree_place(c, &where);
	struct finding *f = finding_add(
		c, plugin ? ar->place.store_at : ar->in_tree, "",
		"no archive of role %.*s, which the policy requires: this Cluster archives to %.*s",
		STR_ARG(role), STR_ARG(buf_slice(&where)));
	finding_subject(c, f, role);
	finding_effect(c, f, "what is lost there is lost for good");
	finding_fix(
		c, f,
		"a replica Cluster of this one that archives to %.*s - a Cluster has one archive store",
		STR_ARG(stores.len ? stores : STR("a store of that role")));
}

/* A replica is the second archive of its source, and judged with that. */
static void check_policy_require_store_roles(const struct rule_ctx *c)
{
	struct str_list roles = c->params->require_store_roles;
	const struct archive *ar = c->archive;

	if ((!cluster_archives_by_plugin(c) && !ar->in_tree.node) || cluster_follows_source(c) ||
	    value_is_placeholder(ar->place.store, NULL) ||
	    value_is_placeholder(obj_text(ar->in_tree, "destinationPath"), NULL))
		return;
	for (size_t i = 0; i < roles.len; i++)
		if (!archives_to(c, c->object, ar, roles.items[i]) &&
		    !follower_archives_to(c, roles.items[i]))
			role_missing(c, roles.items[i]);
}

static const struct rule rows[] = {
	{
		.id = "policy-require-compression",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_require_compression,
		.summary = "WAL or base backups are stored without compression",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "policy-require-endpoint-ca",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_require_endpoint_ca,
		.summary = "An https endpoint is trusted without a CA of its own",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "policy-require-plugin",
		.kinds = KIND_CLUSTER,
		.severity = SEV_OFF,
		.check = check_policy_require_plugin,
		.summary = "A Cluster is not backed up by the Barman Cloud plugin",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},
	{
		.id = "policy-require-store-roles",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_USERS,
		.severity = SEV_OFF,
		.check = check_policy_require_store_roles,
		.summary = "A Cluster has no archive of a role that the site requires",
		.reference = "https://cloudnative-pg.io/documentation/current/replica_cluster/",
	},
};

RULE_ROWS(policy_require);
