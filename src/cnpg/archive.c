#include "cnpg/archive.h"

#include "cnpg/location.h"

static bool is_plugin(struct obj entry)
{
	return str_is(obj_text(entry, "name"), PLUGIN_NAME);
}

static void read_store(struct obj entry, struct archive_place *out)
{
	if (obj_str(entry, "parameters.barmanObjectName", &out->store) == OBJ_SET)
		out->store_at = obj_at(entry, "parameters.barmanObjectName");
}

/* spec.plugins, first to last: a later entry overrides what an earlier one said. */
static void read_plugins(struct obj spec, struct archive *out)
{
	for (struct obj e = obj_first(obj_at(spec, "plugins")); e.node; e = obj_next(e)) {
		bool enabled = obj_true(e, "enabled", true);
		struct str server;

		if (enabled && obj_true(e, "isWALArchiver", false))
			out->wal_archiver = true;
		if (!is_plugin(e))
			continue;
		out->entries++;
		out->last = e;
		if (!enabled)
			continue;
		out->enabled_entries++;
		out->last_enabled = e;
		if (obj_str(e, "parameters.serverName", &server) == OBJ_SET) {
			out->place.server = server;
			out->place.server_at = obj_at(e, "parameters.serverName");
			out->place.server_default = false;
		}
	}
	read_store(out->last, &out->place);
}

static struct obj find_external(struct obj spec, struct str name)
{
	struct obj e = obj_first(obj_at(spec, "externalClusters"));

	while (e.node && !str_eq(obj_text(e, "name"), name))
		e = obj_next(e);
	return e;
}

static struct obj map_at(struct obj o, const char *path)
{
	struct obj map = {0};

	obj_map(o, path, &map);
	return map;
}

static void read_source(const struct object *cluster, const char *path, struct archive_source *out)
{
	struct obj spec = obj_at(cluster->root, "spec"), plugin;

	out->place = (struct archive_place){.store = STR_EMPTY, .server = cluster->name};
	out->name = obj_text(spec, path);
	if (!out->name.len)
		return;
	out->named = true;
	out->external = find_external(spec, out->name);
	out->in_tree = map_at(out->external, "barmanObjectStore");
	plugin = map_at(out->external, "plugin");
	out->plugin = is_plugin(plugin);
	if (!out->plugin)
		return;
	read_store(plugin, &out->place);
	struct str server = obj_text(plugin, "parameters.serverName");
	out->place.server_default = !server.len;
	if (server.len) {
		out->place.server = server;
		out->place.server_at = obj_at(plugin, "parameters.serverName");
	}
}

void archive_resolve(const struct object *cluster, struct archive *out)
{
	struct obj spec = obj_at(cluster->root, "spec");

	*out = (struct archive){
		.place = {.store = STR_EMPTY, .server = cluster->name, .server_default = true}};
	read_plugins(spec, out);
	out->in_tree = map_at(spec, "backup.barmanObjectStore");
	out->volume_snapshot = map_at(spec, "backup.volumeSnapshot").node != NULL;
	read_source(cluster, "bootstrap.recovery.source", &out->recovery);
	read_source(cluster, "replica.source", &out->replica);
}

bool archive_by_plugin(const struct archive *a)
{
	return a->enabled_entries && a->place.store.len;
}

struct str archive_in_tree_server(struct obj in_tree, struct str name)
{
	struct str server = obj_text(in_tree, "serverName");

	return server.len ? server : name;
}

void archive_in_tree_location(struct obj in_tree, struct str name, struct buf *out)
{
	location_of(obj_text(in_tree, "endpointURL"), obj_text(in_tree, "destinationPath"),
		    archive_in_tree_server(in_tree, name), out);
}
