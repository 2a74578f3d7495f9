/* A bucket in which what is deleted stays. */
#include "base/arena.h"
#include "facts/probed.h"
#include "facts/store.h"

#include <inttypes.h>

/* Where a retention policy of the plugin, or of a Cluster's in-tree store, is written. */
static bool prunes(const struct rule_ctx *c)
{
	return obj_text(c->root, c->object->kind == KIND_OBJECT_STORE
					 ? "spec.retentionPolicy"
					 : "spec.backup.retentionPolicy")
		.len;
}

static void check_store_keeps_versions(const struct rule_ctx *c)
{
	const struct probe *p = probed_store(c);
	struct str locks = STR_EMPTY;
	struct finding *f;

	if (!p || !prunes(c) || (p->versioning != PROBE_ON && p->lock_days <= 0))
		return;
	if (p->lock_days > 0)
		locks = arena_fmt(c->arena, ", and locks each object for %" PRId64 " day%s",
				  p->lock_days, p->lock_days == 1 ? "" : "s");
	f = finding_add(c, store_configuration(c), "destinationPath",
			"the bucket keeps what is deleted, as older versions of it%.*s",
			STR_ARG(locks));
	finding_effect(
		c, f,
		"retention deletes without an error and frees no room, unless a lifecycle rule of the bucket ends versions that are not the latest");
	finding_fix(c, f,
		    "a lifecycle rule of the bucket that ends older versions after some days");
}

static const struct rule rows[] = {
	{
		.id = "store-keeps-versions",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUCKET,
		.severity = SEV_INFO,
		.check = check_store_keeps_versions,
		.summary = "The bucket keeps what retention deletes, as older versions",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
};

RULE_ROWS(store_keeps_versions);
