/* What is live, with the Backups that were made. Of Secrets nothing is asked. */
#include "internal.h"

#include "kube/manifest.h"

enum { NOT_FOUND = 404 };

static void copy_text(struct json *j, struct obj from, const char *key)
{
	struct str text = obj_text(from, key);

	if (text.len)
		json_key_str(j, key, text);
}

/* Of a Backup only when it was made, how and of what: there may be thousands. */
static bool members(void *ctx, struct json *j, struct obj item)
{
	const struct kube_manifest *m = ctx;
	struct obj metadata = obj_at(item, "metadata"), status = obj_at(item, "status");

	if (m->api != kind_api(KIND_BACKUP)) {
		kube_manifest_members(j, item);
		return true;
	}
	if (!str_is(obj_text(status, "phase"), "completed"))
		return false;
	json_key(j, "metadata");
	json_open(j, '{');
	copy_text(j, metadata, "namespace");
	copy_text(j, metadata, "name");
	json_close(j, '}');
	json_key(j, "spec");
	obj_json(obj_at(item, "spec"), j);
	json_key(j, "status");
	json_open(j, '{');
	copy_text(j, status, "phase");
	copy_text(j, status, "stoppedAt");
	copy_text(j, status, "serverName");
	json_close(j, '}');
	return true;
}

bool plan_read_live(struct arena *a, const struct plan_input *in, struct str *out, struct err *err)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP,
					  KIND_BACKUP};
	struct kube_manifest m = {.kube = in->kube, .arena = a, .members = members, .ctx = &m};

	kube_manifest_open(&m);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		long status;

		/* of a cluster that has no plugin nobody can list its stores */
		if (!kube_manifest_list(&m, kind_api(kinds[i]), in->namespace, &status, err) &&
		    (kinds[i] != KIND_OBJECT_STORE || status != NOT_FOUND))
			return false;
	}
	*out = kube_manifest_close(&m);
	return true;
}
