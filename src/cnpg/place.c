/* Where the archives of what an inventory knows lie. */
#include "cnpg/inventory.h"
#include "cnpg/location.h"

const struct known *view_store(const struct view *v, const struct object *cluster,
			       const struct archive_place *place)
{
	if (!place->store.len || value_is_placeholder(place->store, NULL))
		return NULL;
	return view_find(v, KIND_OBJECT_STORE, cluster->namespace, place->store);
}

/* `http://minio:9000` is another server in another namespace. */
static bool add_location(const struct object *cluster, struct str endpoint, struct str destination,
			 struct str server, struct buf *out)
{
	struct url url;

	if (!destination.len || value_is_placeholder(destination, NULL) ||
	    value_is_placeholder(endpoint, NULL) || value_is_placeholder(server, NULL))
		return false;
	if (url_split(endpoint, &url) && str_find_byte(url.host, '.') == STR_NONE &&
	    str_find_byte(url.host, ':') == STR_NONE) {
		buf_str(out, cluster->namespace);
		buf_byte(out, '@');
	}
	location_of(endpoint, destination, server, out);
	return true;
}

bool known_place(const struct view *v, const struct object *cluster,
		 const struct archive_place *place, struct buf *out)
{
	const struct known *store = view_store(v, cluster, place);
	struct obj configuration;

	if (!store)
		return false;
	configuration = obj_at(store->object.root, "spec.configuration");
	return add_location(cluster, obj_text(configuration, "endpointURL"),
			    obj_text(configuration, "destinationPath"), place->server, out);
}

bool known_in_tree(const struct object *cluster, struct obj in_tree, struct str name,
		   struct buf *out)
{
	struct str server = obj_text(in_tree, "serverName");

	return in_tree.node &&
	       add_location(cluster, obj_text(in_tree, "endpointURL"),
			    obj_text(in_tree, "destinationPath"), server.len ? server : name, out);
}

size_t known_locations(const struct view *v, const struct object *cluster, const struct archive *a,
		       struct buf out[LOCATIONS])
{
	size_t len = archive_by_plugin(a) && known_place(v, cluster, &a->place, &out[0]);

	if (known_in_tree(cluster, a->in_tree, cluster->name, &out[len]) &&
	    (!len || !str_eq(buf_slice(&out[0]), buf_slice(&out[1]))))
		len++;
	return len;
}
