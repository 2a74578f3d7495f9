/* An archive that moves while its Cluster runs. */
#include "base/arena.h"
#include "cnpg/location.h"
#include "facts/cluster_change.h"
#include "facts/neighbour.h"
#include "facts/store.h"

static struct finding *moved_finding(const struct rule_ctx *c, const struct cluster_side *old,
				     const struct cluster_side *new)
{
	const struct archive_place *a = &old->archive->place, *b = &new->archive->place;
	struct obj at = new->archive->in_tree;
	const char *path = "";

	if (new->plugin) {
		at = b->store_at;
		if (old->plugin && str_eq(a->store, b->store)) {
			at = new->archive->last_enabled;
			path = "parameters.serverName";
		}
	}
	struct finding *f =
		finding_add(c, at, path, "the archive moves from %.*s to %.*s",
			    STR_ARG(buf_slice(&old->shown)), STR_ARG(buf_slice(&new->shown)));
	finding_subject(c, f, buf_slice(&new->shown));
	return f;
}

#define LEFT_BEHIND                                                                                \
	"the old backups are never pruned, their Backup objects are deleted, and the new place "   \
	"restores nothing before its first base backup"

static void cluster_moved(const struct rule_ctx *c)
{
	struct archive before;
	struct cluster_side old, new;
	int64_t from, to;
	const char *at;

	/* a new major version belongs to a new place */
	if (!cluster_was_running(c->old) || cluster_is_major_upgrade(c, &at, &from, &to))
		return;
	archive_resolve(c->old, &before);
	if (!cluster_side_read(c, c->old, &before, &old) ||
	    !cluster_side_read(c, c->object, c->archive, &new))
		return;
	enum cluster_move moved = cluster_move(&old, &new);
	if (moved == MOVED_NOT)
		return;
	struct finding *f = moved_finding(c, &old, &new);
	finding_effect(c, f, "%s" LEFT_BEHIND, moved == MOVED ? "" : "unless both are one place, ");
	if (moved == MOVED_PERHAPS)
		finding_at_most(f, SEV_INFO);
	finding_fix(c, f, "a Backup of %.*s as soon as this is applied", STR_ARG(c->object->name));
}

/* Who archived to this ObjectStore: a Cluster that runs, or the servers in its status. */
static struct str archived_here(const struct rule_ctx *c)
{
	struct obj window = obj_at(c->old->root, "status.serverRecoveryWindow");
	struct view_iter it;

	if (c->view) {
		it = view_each(c->view, REL_STORE, KIND_OTHER, c->object->namespace,
			       c->object->name);
		for (const struct known *k; (k = view_next(&it));)
			if (cluster_was_running(&k->object) && archive_by_plugin(k->archive) &&
			    str_eq(k->archive->place.store, c->object->name))
				return neighbour_called(c, k);
	}
	if (!obj_len(window))
		return STR_EMPTY;
	return arena_fmt(c->arena, "server %.*s", STR_ARG(obj_key(obj_first(window))));
}

static void store_moved(const struct rule_ctx *c)
{
	struct obj old = obj_at(c->old->root, "spec.configuration");
	struct obj new = obj_at(c->root, "spec.configuration");
	struct str from = obj_text(old, "destinationPath"), to = obj_text(new, "destinationPath");
	struct str a = obj_text(old, "endpointURL"), b = obj_text(new, "endpointURL"), user;
	struct buf here = BUF_ARENA(c->arena), there = BUF_ARENA(c->arena);
	bool path;

	location_of(STR_EMPTY, from, STR_EMPTY, &here);
	location_of(STR_EMPTY, to, STR_EMPTY, &there);
	path = !str_eq(buf_slice(&here), buf_slice(&there));
	if (!from.len || !to.len || (!path && endpoint_equal(a, b)))
		return;
	here.len = there.len = 0;
	location_of(a, from, STR_EMPTY, &here);
	location_of(b, to, STR_EMPTY, &there);
	if (str_eq(buf_slice(&here), buf_slice(&there)) || !(user = archived_here(c)).len)
		return;
	struct str shown = store_url_shown(c->arena, path ? from : a);
	struct finding *f =
		finding_add(c, new, path ? "destinationPath" : "endpointURL",
			    "%s was %.*s, and %.*s has archived there",
			    path ? "destinationPath" : "endpointURL",
			    STR_ARG(shown.len ? shown : STR("that of AWS")), STR_ARG(user));
	if (!str_eq(store_url_shown(c->arena, path ? to : b), path ? to : b))
		finding_confidential(f);
	finding_effect(c, f, "%s" LEFT_BEHIND,
		       path ? "" : "unless it is the same store by another address, ");
	finding_fix(c, f,
		    "a new ObjectStore for the new place, or a Backup as soon as this is applied");
}

static void check_location_changed_on_live_cluster(const struct rule_ctx *c)
{
	if (c->object->kind == KIND_CLUSTER)
		cluster_moved(c);
	else
		store_moved(c);
}

static const struct rule rows[] = {
	{
		.id = "location-changed-on-live-cluster",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_CHANGE,
		.severity = SEV_WARN,
		.check = check_location_changed_on_live_cluster,
		.summary = "The archive of a running Cluster moves",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
};

RULE_ROWS(location_changed_on_live_cluster);
