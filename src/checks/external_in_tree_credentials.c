/* The in-tree store of an external cluster, which CloudNativePG does not check. */
#include "cnpg/archive.h"
#include "facts/store.h"

static void credentials_and_destination(const struct rule_ctx *c, struct obj in_tree)
{
	store_credentials_absent(c, in_tree);
	store_credentials_kinds_mixed(c, in_tree);
	store_credentials_incomplete(c, in_tree);
	store_gcs_credentials_empty(c, in_tree);
	store_destination_invalid(c, in_tree);
	store_destination_mismatch(c, in_tree);
}

/* CloudNativePG checks spec.backup.barmanObjectStore, but not these. */
static void check_external_in_tree_credentials(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct obj e = obj_first(obj_at(c->root, "spec.externalClusters"));

	for (; e.node; e = obj_next(e)) {
		size_t before = c->out->len;

		credentials_and_destination(c, obj_at(e, "barmanObjectStore"));
		if (e.node == ar->recovery.external.node || e.node == ar->replica.external.node)
			continue;
		for (size_t i = before; i < c->out->len; i++)
			finding_at_most(&c->out->items[i], SEV_WARN);
	}
}

static const struct rule rows[] = {
	{
		.id = "external-in-tree-credentials",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_external_in_tree_credentials,
		.summary = "An external cluster's barmanObjectStore cannot work",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
};

RULE_ROWS(external_in_tree_credentials);
