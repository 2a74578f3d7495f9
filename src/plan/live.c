/* What is live, with the Backups. Of Secrets nothing is asked. */
#include "internal.h"

#include "kube/manifest.h"

enum { NOT_FOUND = 404 };

/* When it was made, how and of what: there may be thousands. */
static const struct reduce_row rows[] = {
	{KIND_BACKUP, "metadata", "namespace"},
	{KIND_BACKUP, "metadata", "name"},
	{KIND_BACKUP, "spec", "cluster"},
	{KIND_BACKUP, "spec", "method"},
	{KIND_BACKUP, "spec", "pluginConfiguration"},
	{KIND_BACKUP, "status", "phase"},
	{KIND_BACKUP, "status", "stoppedAt"},
	{KIND_BACKUP, "status", "serverName"},
};
static const struct reduce_table of_backups = {rows, ARRAY_LEN(rows)};

bool plan_read_live(struct arena *a, const struct plan_input *in, struct str *out, struct err *err)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP,
					  KIND_BACKUP};
	struct kube_manifest m = {.kube = in->kube, .arena = a};

	kube_manifest_open(&m);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		long status;

		m.kept = kinds[i] == KIND_BACKUP ? &of_backups : NULL;
		/* of a cluster that has no plugin nobody can list its stores */
		if (!kube_manifest_list(&m, kind_api(kinds[i]), in->namespace, &status, err) &&
		    (kinds[i] != KIND_OBJECT_STORE || status != NOT_FOUND))
			return false;
	}
	*out = kube_manifest_close(&m);
	return true;
}
