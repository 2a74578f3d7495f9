/* A Cluster whose source lies where it archives itself, under one name or two. */
#include "facts/cluster.h"

#include "facts/plugin.h"

static bool in_tree_location(struct obj in_tree, struct str name, struct buf *out)
{
	if (!obj_text(in_tree, "destinationPath").len)
		return false;
	archive_in_tree_location(in_tree, name, out);
	return true;
}

static bool by_name(const struct rule_ctx *c, const struct archive_source *source,
		    struct own_archive *out)
{
	const struct archive *ar = c->archive;
	struct buf where = BUF_ARENA(c->arena), here = BUF_ARENA(c->arena),
		   there = BUF_ARENA(c->arena);

	if (source->plugin) {
		if (!cluster_archives_by_plugin(c) ||
		    !str_eq(ar->place.store, source->place.store) ||
		    !str_eq(ar->place.server, source->place.server))
			return false;
		buf_fmt(&where, "ObjectStore %.*s, server %.*s%s", STR_ARG(ar->place.store),
			STR_ARG(ar->place.server),
			ar->place.server_default && source->place.server_default
				? " (the default of both)"
				: "");
	} else {
		if (!in_tree_location(ar->in_tree, c->object->name, &here) ||
		    !in_tree_location(source->in_tree, source->name, &there) ||
		    !str_eq(buf_slice(&here), buf_slice(&there)))
			return false;
		cluster_in_tree_place(c, &where);
	}
	*out = (struct own_archive){.where = buf_slice(&where), .in_tree = !source->plugin};
	return true;
}

/* Two names for one place. */
static bool by_location(const struct rule_ctx *c, const struct archive_source *source,
			struct own_archive *out)
{
	const struct archive *ar = c->archive;
	struct buf there = BUF_ARENA(c->arena), where = BUF_ARENA(c->arena);
	struct buf plugin = BUF_ARENA(c->arena), in_tree = BUF_ARENA(c->arena);
	bool known = source->plugin
			     ? view_place(c->view, c->object, &source->place, &there)
			     : view_in_tree(c->object, source->in_tree, source->name, &there);

	*out = (struct own_archive){.located = true};
	if (!known)
		return false;
	if (cluster_archives_by_plugin(c) && view_place(c->view, c->object, &ar->place, &plugin) &&
	    str_eq(buf_slice(&plugin), buf_slice(&there))) {
		cluster_place(c, &ar->place, &where);
	} else if (view_in_tree(c->object, ar->in_tree, c->object->name, &in_tree) &&
		   str_eq(buf_slice(&in_tree), buf_slice(&there))) {
		out->in_tree = true;
		cluster_in_tree_place(c, &where);
	} else {
		return false;
	}
	if (source->plugin)
		buf_fmt(&where, ", which is ObjectStore %.*s, server %.*s, too",
			STR_ARG(source->place.store), STR_ARG(source->place.server));
	else
		buf_fmt(&where, ", which is the barmanObjectStore of %.*s, too",
			STR_ARG(source->name));
	out->where = buf_slice(&where);
	return true;
}

bool cluster_reads_own_archive(const struct rule_ctx *c, const struct archive_source *source,
			       struct own_archive *out)
{
	if (!source->named ||
	    (source->plugin && (plugin_has_odd_server_name(c->archive->last_enabled) ||
				plugin_has_odd_server_name(obj_at(source->external, "plugin")))))
		return false;
	return by_name(c, source, out) || (c->view && by_location(c, source, out));
}
