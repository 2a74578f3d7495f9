/* What is live, reduced to what rules read. Of Secrets nothing is asked. */
#include "internal.h"

#include "kube/manifest.h"

enum { NOT_FOUND = 404 };

bool live_read(struct learn *l, struct str *out, struct err *err)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP};
	struct kube_manifest m = {.kube = l->in->kube, .arena = l->arena, .kept = &reduce_table};

	kube_manifest_open(&m);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		long status;

		/* nobody can list stores where there is no plugin */
		if (!kube_manifest_list(&m, kind_api(kinds[i]), l->in->namespace, &status, err) &&
		    (kinds[i] != KIND_OBJECT_STORE || status != NOT_FOUND))
			return false;
	}
	*out = kube_manifest_close(&m);
	return true;
}
