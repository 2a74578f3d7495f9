#include "rules/cluster.h"

#include "base/arena.h"
#include "cnpg/location.h"
#include "rules/checks.h"
#include "rules/store.h"

#include <inttypes.h>

/* It has run, so something lies where it archived. */
static bool was_running(const struct object *cluster)
{
	return obj_text(cluster->root, "status.currentPrimary").len != 0;
}

/* The number at the front of a tag: 17.2-bookworm, 16-3.4. 0 when there is none. */
static int64_t leading_number(struct str tag)
{
	size_t end = 0;
	int64_t n = 0;

	while (end < tag.len && tag.ptr[end] >= '0' && tag.ptr[end] <= '9')
		end++;
	if (end < tag.len && tag.ptr[end] != '.' && tag.ptr[end] != '-' && tag.ptr[end] != '_')
		return 0;
	return str_to_i64(str_slice(tag, 0, end), &n) ? n : 0;
}

/* PostgreSQL's major version; 0 when it cannot be told. `at` gets the field that says it. */
static int64_t major_of(const struct object *cluster, const char **at)
{
	int64_t n = 0;

	*at = "spec.imageCatalogRef.major";
	if (obj_int(cluster->root, *at, &n) == OBJ_SET)
		return n;
	*at = "spec.imageName";
	return leading_number(cluster_image_tag(obj_text(cluster->root, *at)));
}

static bool is_major_upgrade(const struct rule_ctx *c, const char **at, int64_t *from, int64_t *to)
{
	const char *before;

	*from = major_of(c->old, &before);
	*to = major_of(c->object, at);
	return *from && *to > *from;
}

enum moved { MOVED_NOT, MOVED, MOVED_PERHAPS };

/* Where one side of the change archives. */
struct side {
	const struct object *object;
	const struct archive *archive;
	bool plugin; /* by the plugin, else in-tree */
	struct buf location, shown;
	bool known; /* the location is */
};

static bool read_side(const struct rule_ctx *c, const struct object *object,
		      const struct archive *archive, struct side *out)
{
	struct str path = obj_text(archive->in_tree, "destinationPath");
	struct str server = obj_text(archive->in_tree, "serverName");

	*out = (struct side){.object = object,
			     .archive = archive,
			     .plugin = archive_by_plugin(archive),
			     .location = BUF_ARENA(c->arena),
			     .shown = BUF_ARENA(c->arena)};
	if (out->plugin) {
		cluster_place(c, &archive->place, &out->shown);
		out->known =
			c->view && view_place(c->view, object, &archive->place, &out->location);
		return true;
	}
	path = store_url_shown(c->arena, path);
	server = server.len ? server : object->name;
	buf_fmt(&out->shown, "%.*s, server %.*s", STR_ARG(path), STR_ARG(server));
	out->known = view_in_tree(object, archive->in_tree, object->name, &out->location);
	return out->known;
}

static enum moved compare(const struct side *old, const struct side *new)
{
	const struct archive_place *a = &old->archive->place, *b = &new->archive->place;

	if (old->known && new->known)
		return str_eq(buf_slice(&old->location), buf_slice(&new->location)) ? MOVED_NOT
										    : MOVED;
	if (old->plugin != new->plugin)
		return MOVED_NOT; /* a migration, which may well keep its place */
	if (str_eq(a->store, b->store))
		return str_eq(a->server, b->server) ? MOVED_NOT : MOVED;
	return MOVED_PERHAPS;
}

void check_major_upgrade_same_server_name(const struct rule_ctx *c)
{
	struct archive before;
	struct side old, new;
	int64_t from, to;
	const char *at;

	if (!was_running(c->old) || !is_major_upgrade(c, &at, &from, &to))
		return;
	archive_resolve(c->old, &before);
	if (!read_side(c, c->old, &before, &old) || !read_side(c, c->object, c->archive, &new) ||
	    compare(&old, &new) != MOVED_NOT)
		return;
	struct finding *f = finding_add(c, c->root, at,
					"PostgreSQL %" PRId64 " becomes %" PRId64
					", and the archive stays %.*s",
					from, to, STR_ARG(buf_slice(&new.shown)));
	finding_effect(
		c, f,
		"WAL and base backups of two database systems mix in one archive, and neither can be restored for certain");
	finding_fix(c, f, "serverName: %.*s-%" PRId64 " in %s - in the same change",
		    STR_ARG(c->object->name), to,
		    new.plugin ? "the parameters of spec.plugins"
			       : "spec.backup.barmanObjectStore");
}

static struct finding *moved_finding(const struct rule_ctx *c, const struct side *old,
				     const struct side *new)
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
	struct side old, new;
	int64_t from, to;
	const char *at;

	/* a new major version belongs to a new place */
	if (!was_running(c->old) || is_major_upgrade(c, &at, &from, &to))
		return;
	archive_resolve(c->old, &before);
	if (!read_side(c, c->old, &before, &old) || !read_side(c, c->object, c->archive, &new))
		return;
	enum moved moved = compare(&old, &new);
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
			if (was_running(&k->object) && archive_by_plugin(k->archive) &&
			    str_eq(k->archive->place.store, c->object->name))
				return cluster_called(c, k);
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

void check_location_changed_on_live_cluster(const struct rule_ctx *c)
{
	if (c->object->kind == KIND_CLUSTER)
		cluster_moved(c);
	else
		store_moved(c);
}
