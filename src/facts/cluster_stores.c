/* The ObjectStores that the plugin looks up for a Cluster. */
#include "facts/cluster.h"

#include "base/arena.h"

bool cluster_lacks_store(const struct rule_ctx *c, struct str store, const struct known **elsewhere)
{
	struct str namespace = c->object->namespace;

	if (!c->view || !store.len || value_is_placeholder(store, NULL) ||
	    value_is_placeholder(namespace, NULL) || str_find_byte(store, '/') != STR_NONE ||
	    !view_lacks(c->view, KIND_OBJECT_STORE, namespace, store))
		return false;
	struct view_iter it = view_each(c->view, REL_NAME, KIND_OBJECT_STORE, STR_EMPTY, store);
	*elsewhere = view_next(&it);
	return true;
}

struct str cluster_in_namespace(const struct rule_ctx *c)
{
	struct str namespace = c->object->namespace;

	return namespace.len ? arena_fmt(c->arena, " in namespace %.*s", STR_ARG(namespace))
			     : STR_EMPTY;
}

void cluster_each_place(const struct rule_ctx *c, cluster_place_fn *each)
{
	const struct archive *ar = c->archive;
	const struct archive_place *const places[] = {
		ar->enabled_entries ? &ar->place : NULL,
		ar->recovery.plugin ? &ar->recovery.place : NULL,
		ar->replica.plugin ? &ar->replica.place : NULL};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		bool again = !places[i];

		for (size_t k = 0; k < i && !again; k++)
			again = places[k] && str_eq(places[k]->store, places[i]->store);
		if (!again)
			each(c, places[i]);
	}
}
