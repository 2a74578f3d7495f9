/* What is live, reduced to what rules read. Of Secrets nothing is asked. */
#include "internal.h"

#include "cnpg/reduce.h"
#include "kube/manifest.h"

enum { NOT_FOUND = 404 };

struct reducing {
	enum kind kind;
	struct arena *scratch; /* of one object */
};

static bool members(void *ctx, struct json *j, struct obj item)
{
	struct reducing *r = ctx;
	struct object object;

	object_reduce(item, r->kind, r->scratch, &object);
	kube_manifest_members(j, object.root);
	arena_reset(r->scratch);
	return true;
}

bool live_read(struct learn *l, struct str *out, struct err *err)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP};
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct reducing reducing = {.scratch = scratch};
	struct kube_manifest m = {
		.kube = l->in->kube, .arena = l->arena, .members = members, .ctx = &reducing};

	kube_manifest_open(&m);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		long status;

		reducing.kind = kinds[i];
		/* nobody can list stores where there is no plugin */
		if (!kube_manifest_list(&m, kind_api(kinds[i]), l->in->namespace, &status, err) &&
		    (kinds[i] != KIND_OBJECT_STORE || status != NOT_FOUND))
			return false;
	}
	*out = kube_manifest_close(&m);
	return true;
}
