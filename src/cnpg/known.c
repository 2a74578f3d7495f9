#include "cnpg/known.h"

#include "base/arena.h"
#include "internal.h"

bool known_is_beside(const struct object *object)
{
	static const struct {
		const char *group, *kind;
	} kinds[] = {{"v1", "ConfigMap"},
		     {"networking.k8s.io/", "NetworkPolicy"},
		     {"trust.cert-manager.io/", "Bundle"}};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (object->kind == KIND_OTHER && str_is(object->kind_name, kinds[i].kind) &&
		    str_has_prefix(object->api_version, str_from(kinds[i].group)))
			return true;
	return false;
}

struct known *known_make(const struct object *object, struct arena *a)
{
	struct known *k = ARENA_NEW(a, struct known);

	k->object = *object;
	k->object.namespace = index_namespace(object->namespace);
	if (provider_read(object, a, &k->secret)) {
		k->object.root = (struct obj){0};
		if (k->secret.anywhere)
			k->object.namespace = STR_EMPTY;
		return k;
	}
	if (object->kind == KIND_CLUSTER) {
		k->archive = ARENA_NEW(a, struct archive);
		archive_resolve(object, k->archive);
	}
	if (str_is(object->kind_name, "Bundle"))
		k->object.namespace = STR_EMPTY; /* it has none, and makes its ConfigMap in each */
	return (object->kind &
		(KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE)) ||
			       known_is_beside(object)
		       ? k
		       : NULL;
}

bool known_same(const struct object *a, const struct object *b)
{
	return a->kind == b->kind && str_eq(a->name, b->name) &&
	       str_eq(a->namespace, b->namespace) && str_eq(a->kind_name, b->kind_name);
}

void known_secrets(const struct known *k, secret_ref_fn *each, void *ctx)
{
	if (k->object.kind == KIND_OBJECT_STORE)
		object_store_secrets(k->object.root, each, ctx);
	if (!k->archive)
		return;
	configuration_secrets(k->archive->in_tree, each, ctx);
	configuration_secrets(k->archive->recovery.in_tree, each, ctx);
	configuration_secrets(k->archive->replica.in_tree, each, ctx);
}
