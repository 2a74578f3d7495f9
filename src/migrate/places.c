/* Where the archives of a Cluster lie, and how long they keep what is there, before and after. */
#include "internal.h"

#include "cnpg/view.h"

static bool add(const struct use *use, struct str called, struct str store, struct str server,
		struct buf *out)
{
	buf_fmt(out, "%u %.*s as %.*s: %.*s\n", use->bundle, STR_ARG(called), STR_ARG(server),
		STR_ARG(store));
	return true;
}

static struct view view_of(const struct migrate *m, const struct use *use)
{
	return (struct view){.inventory = m->placed->inventory, .bundle = use->bundle};
}

/* What something else fills in, and perhaps not alike wherever it stands. */
static bool is_unknown(struct str value)
{
	return value_is_placeholder(value, NULL) && !texts_fill_in(value);
}

/* With variables in it, in the same file: what is written is compared. */
static bool as_written(const struct use *use, struct str called, struct obj configuration,
		       struct str server, struct buf *out)
{
	struct str destination = obj_text(configuration, "destinationPath");
	struct str endpoint = obj_text(configuration, "endpointURL");

	if (!destination.len || is_unknown(server) || is_unknown(destination) ||
	    is_unknown(endpoint))
		return false;
	buf_fmt(out, "%u %.*s as %.*s: %.*s at '%.*s', as it is written\n", use->bundle,
		STR_ARG(called), STR_ARG(server), STR_ARG(destination), STR_ARG(endpoint));
	return true;
}

/* They go where it goes: no patch moves one without the other. */
static bool is_beside(const struct use *use, const struct known *store)
{
	return store && store->bundle == use->bundle &&
	       str_eq(store->object.namespace, use->object.namespace);
}

static bool of_plugin(const struct migrate *m, const struct use *use, struct str called,
		      const struct archive_place *place, struct buf *out)
{
	struct view view = view_of(m, use);
	struct buf location = BUF_ARENA(m->arena);
	const struct known *store =
		view_find(&view, KIND_OBJECT_STORE, use->object.namespace, place->store);

	if (!is_beside(use, store))
		return false;
	if (view_place(&view, &use->object, place, &location))
		return add(use, called, buf_slice(&location), place->server, out);
	return as_written(use, called, obj_at(store->object.root, "spec.configuration"),
			  place->server, out);
}

static bool of_in_tree(const struct migrate *m, const struct use *use, struct str called,
		       struct obj in_tree, struct str name, struct buf *out)
{
	struct buf location = BUF_ARENA(m->arena);
	struct str server = archive_in_tree_server(in_tree, name);

	/* its store is to be called after it */
	if (!value_is_variable(name, NULL) && view_in_tree(&use->object, in_tree, name, &location))
		return add(use, called, buf_slice(&location), server, out);
	return as_written(use, called, in_tree, server, out);
}

/* One that reads neither way is none of ours. */
static bool of_external(const struct migrate *m, const struct use *use, struct obj external,
			size_t nth, struct buf *out)
{
	struct obj plugin = obj_at(external, "plugin");
	struct str name = obj_text(external, "name");
	/* the chart calls it otherwise when the plugin reads it */
	struct str called = arena_fmt(m->arena, "externalClusters[%zu]", nth);
	struct obj in_tree = obj_at(external, "barmanObjectStore");

	if (in_tree.node)
		return of_in_tree(m, use, called, in_tree, name, out);
	if (!str_is(obj_text(plugin, "name"), PLUGIN_NAME))
		return true;
	struct archive_place place = {.store = obj_text(plugin, "parameters.barmanObjectName"),
				      .server = obj_text(plugin, "parameters.serverName")};
	if (!place.server.len)
		place.server = use->object.name;
	/* one that was there before may be known in part */
	(void)of_plugin(m, use, called, &place, out);
	return true;
}

/* How long the archive keeps what is in it. */
static void add_retention(const struct migrate *m, const struct use *use,
			  const struct archive *archive, struct buf *out)
{
	struct view view = view_of(m, use);
	struct obj retention = obj_at(use->object.root, "spec.backup.retentionPolicy");

	if (!archive->in_tree.node) {
		const struct known *store = view_find(&view, KIND_OBJECT_STORE,
						      use->object.namespace, archive->place.store);

		retention = store ? obj_at(store->object.root, "spec.retentionPolicy")
				  : (struct obj){0};
	}
	buf_fmt(out, "keeps '%.*s'\n", STR_ARG(obj_text(retention, "")));
}

static bool of_use(const struct migrate *m, const struct use *use, struct buf *out, struct str *why)
{
	struct archive archive;
	size_t nth = 0;

	archive_resolve(&use->object, &archive);
	*why = arena_fmt(
		m->arena,
		"where spec.backup.barmanObjectStore (line %u) lies is not known, or filled in later",
		obj_key_pos(archive.in_tree).line);
	if (is_unknown(use->object.name)) {
		*why = STR("its name is filled in later");
		return false;
	}
	if (archive.in_tree.node &&
	    !of_in_tree(m, use, STR("archive"), archive.in_tree, use->object.name, out))
		return false;
	if (!archive.in_tree.node && archive_by_plugin(&archive))
		of_plugin(m, use, STR("archive"), &archive.place, out);
	if (archive.in_tree.node || archive_by_plugin(&archive))
		add_retention(m, use, &archive, out);
	for (struct obj e = obj_first(obj_at(use->object.root, "spec.externalClusters")); e.node;
	     e = obj_next(e)) {
		*why = arena_fmt(
			m->arena,
			"where external cluster %.*s (line %u) lies is not known, or filled in later",
			STR_ARG(obj_text(e, "name")), obj_pos(e).line);
		if (!of_external(m, use, e, nth++, out))
			return false;
	}
	return true;
}

struct str places_of(const struct migrate *m, const struct held *held, struct buf *out)
{
	struct str why;

	for (const struct use *u = held->uses; u; u = u->next)
		if (!of_use(m, u, out, &why))
			return why;
	return STR_EMPTY;
}
