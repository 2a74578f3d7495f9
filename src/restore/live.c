/* What is live. Of Secrets nothing is asked. */
#include "internal.h"

#include "kube/manifest.h"

enum { FORBIDDEN = 403, NOT_FOUND = 404 };

struct live {
	struct restore *restore;
	struct str namespace;
	struct kube_manifest manifest;
};

/* What may not be listed is not known, and nothing else depends on it: that is told. */
static bool is_forbidden(struct live *l, const struct kind_api *api, long status, bool needed)
{
	struct restore *r = l->restore;

	if (status != FORBIDDEN || needed)
		return false;
	buf_fmt(&r->unlisted, "%s%ss", r->unlisted.len ? ", " : "", api->name);
	if (!str_eq(l->namespace, r->in->namespace))
		buf_fmt(&r->unlisted, " of namespace %.*s", STR_ARG(l->namespace));
	else
		r->schedules_unlisted |= api == kind_api(KIND_SCHEDULED_BACKUP);
	return true;
}

static bool list(struct live *l, const struct kind_api *api, bool needed, struct err *err)
{
	long status;

	/* of a cluster that has no plugin nobody can list its stores, and an older CloudNativePG
	 * has no Databases */
	return kube_manifest_list(&l->manifest, api, l->namespace, &status, err) ||
	       (api != kind_api(KIND_CLUSTER) && status == NOT_FOUND) ||
	       is_forbidden(l, api, status, needed);
}

static bool list_all(struct live *l, struct err *err)
{
	if (!list(l, kind_api(KIND_CLUSTER), true, err) ||
	    !list(l, kind_api(KIND_OBJECT_STORE), true, err) ||
	    !list(l, kind_api(KIND_SCHEDULED_BACKUP), false, err))
		return false;
	for (size_t i = 0; i < RESTORE_DEPENDENTS; i++)
		if (!list(l, &restore_dependents[i], false, err))
			return false;
	return true;
}

bool restore_read_live(struct restore *r, struct str *out, struct err *err)
{
	struct live l = {.restore = r,
			 .namespace = r->in->namespace,
			 .manifest = {.kube = r->in->kube, .arena = r->arena}};
	struct str other = r->in->in_namespace;

	kube_manifest_open(&l.manifest);
	if (!list_all(&l, err))
		return false;
	if (other.len && !str_eq(other, l.namespace)) {
		l.namespace = other;
		if (!list(&l, kind_api(KIND_CLUSTER), true, err) ||
		    !list(&l, kind_api(KIND_OBJECT_STORE), true, err) ||
		    !list(&l, kind_api(KIND_SCHEDULED_BACKUP), false, err))
			return false;
	}
	*out = kube_manifest_close(&l.manifest);
	return true;
}
