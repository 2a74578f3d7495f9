/* Clusters that archive to one place: which of them is one too many, and where it should go. */
#include "facts/cluster.h"

#include "base/arena.h"
#include "base/limits.h"
#include "facts/neighbour.h"

/* An object whose namespace is not known may be in any. */
static bool may_be_same(const struct object *a, const struct object *b)
{
	return str_eq(a->name, b->name) &&
	       (!a->namespace.len || !b->namespace.len || str_eq(a->namespace, b->namespace) ||
		value_is_placeholder(a->namespace, NULL) ||
		value_is_placeholder(b->namespace, NULL));
}

/* How much of a server name is the name of this Cluster: all of it, or its beginning. */
static size_t owns(const struct object *o, struct str server)
{
	return str_has_prefix(server, o->name) ? o->name.len : 0;
}

/* The last part of a location. */
static struct str server_of(struct str location)
{
	struct str rest = location, part, last = location;

	while (str_split(&rest, '/', &part))
		last = part;
	return last;
}

/* A folder of the file has the name of the Cluster, or its beginning: a copy in another folder,
 * whose name was not changed, has none. */
static bool fits_folder(const struct object *o, struct str file)
{
	struct str folder;

	while (str_split(&file, '/', &folder) && file.ptr)
		if (folder.len > 1 && (str_has_prefix(o->name, folder) ||
				       (o->name.len && str_has_prefix(folder, o->name))))
			return true;
	return false;
}

/* Before the write that is judged it archived here as well. */
static bool was_here(const struct rule_ctx *c, struct str location)
{
	struct buf before[LOCATIONS] = {BUF_ARENA(c->arena), BUF_ARENA(c->arena)};
	struct archive archive;
	size_t len;

	if (!c->old)
		return false;
	archive_resolve(c->old, &archive);
	len = view_locations(c->view, c->old, &archive, before);
	for (size_t i = 0; i < len; i++)
		if (str_eq(buf_slice(&before[i]), location))
			return true;
	return false;
}

/* Which of two Clusters at one place is the one too many. Where a write brings it there it is the
 * one that is written; else the younger one; else the one whose name the server name is not; else
 * the one whose name does not fit its folder; else the one that stands later in the files. */
static bool came_before(const struct rule_ctx *c, const struct known *k, struct str location,
			bool after_this)
{
	const char *path = "metadata.creationTimestamp";
	struct str theirs = obj_text(k->object.root, path), ours = obj_text(c->root, path);
	struct str server = server_of(location);

	if ((c->view->instead || c->view->without) && !was_here(c, location))
		return true;
	if (theirs.len && ours.len && !str_eq(theirs, ours))
		return str_cmp(theirs, ours) < 0;
	if (owns(&k->object, server) != owns(c->object, server))
		return owns(&k->object, server) > owns(c->object, server);
	bool they = fits_folder(&k->object, k->file);
	if (they != fits_folder(c->object, neighbour_own_file(c)))
		return they;
	if (k->bundle != c->view->bundle)
		return k->bundle < c->view->bundle;
	return !after_this;
}

const struct known *cluster_other_at(const struct rule_ctx *c, struct str location, bool before)
{
	struct view_iter it = view_each(c->view, REL_LOCATION, KIND_OTHER, STR_EMPTY, location);
	const struct known *k;
	bool after_this = false;

	it.others = c->view->instead && c->view->instead->object.root.node == c->root.node;
	for (size_t i = 0; i < LIMIT_SHARERS && (k = view_next(&it)); i++) {
		if (may_be_same(&k->object, c->object))
			after_this = true;
		else if (!object_is_terminating(&k->object) &&
			 (!before || came_before(c, k, location, after_this)))
			return k;
	}
	return NULL;
}

/* The Cluster's own name where another was written, else with its namespace before it. */
static struct str own_name(const struct rule_ctx *c, struct str server)
{
	struct str name = c->object->name, namespace = c->object->namespace;

	if (name.len && !str_eq(name, server))
		return name;
	if (!namespace.len || value_is_placeholder(namespace, NULL))
		return cluster_next_name(c->arena, server);
	return arena_fmt(c->arena, "%.*s-%.*s", STR_ARG(namespace), STR_ARG(name));
}

struct str cluster_own_server(const struct rule_ctx *c, struct str location, struct str server)
{
	struct str store = str_slice(location, 0, location.len - server_of(location).len);
	struct str name = own_name(c, server);

	for (size_t i = 0; i < LIMIT_SHARERS; i++) {
		struct str there = arena_fmt(c->arena, "%.*s%.*s", STR_ARG(store), STR_ARG(name));

		if (!cluster_other_at(c, there, false))
			break;
		name = cluster_next_name(c->arena, name);
	}
	return name;
}
