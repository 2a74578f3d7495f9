/* What is live, with the Backups. Of Secrets nothing is asked. */
#include "internal.h"

#include "kube/manifest.h"

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
	struct kube_manifest m = {.kube = in->kube, .arena = a, .kept = &of_backups};

	kube_manifest_open(&m);
	if (!kube_manifest_list_all(&m, kinds, ARRAY_LEN(kinds), in->namespace, err))
		return false;
	*out = kube_manifest_close(&m);
	return true;
}
