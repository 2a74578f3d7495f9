#include "facts/cluster_change.h"

#include "facts/cluster.h"
#include "facts/store.h"

bool cluster_was_running(const struct object *cluster)
{
	return cluster->manifest || obj_text(cluster->root, "status.currentPrimary").len != 0;
}

bool cluster_is_major_upgrade(const struct rule_ctx *c, const char **at, int64_t *from, int64_t *to)
{
	const char *before;

	*from = cluster_major(c->old, &before);
	*to = cluster_major(c->object, at);
	return *from && *to > *from;
}

bool cluster_side_read(const struct rule_ctx *c, const struct object *object,
		       const struct archive *archive, struct cluster_side *out)
{
	struct str path = obj_text(archive->in_tree, "destinationPath");
	struct str server = obj_text(archive->in_tree, "serverName");

	*out = (struct cluster_side){.object = object,
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

enum cluster_move cluster_move(const struct cluster_side *old, const struct cluster_side *new)
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
