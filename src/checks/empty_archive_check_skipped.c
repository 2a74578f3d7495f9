/* The annotation that switches the check for an empty archive off. */
#include "facts/cluster.h"

static void check_empty_archive_check_skipped(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct buf place = BUF_ARENA(c->arena);
	struct own_archive own;
	struct obj annotations = obj_at(c->root, "metadata.annotations");

	if (!cluster_skips_empty_check(c) || cluster_elsewhere(c, STR_EMPTY).recovers ||
	    (!cluster_archives_by_plugin(c) && !ar->in_tree.node) ||
	    cluster_reads_own_archive(c, &ar->recovery, &own))
		return;
	struct finding *f = finding_add(
		c, obj_member(annotations, STR("cnpg.io/skipEmptyWalArchiveCheck")), "",
		"cnpg.io/skipEmptyWalArchiveCheck: enabled lets a new Cluster archive over what is there");
	if (ar->in_tree.node)
		cluster_in_tree_place(c, &place);
	else
		buf_fmt(&place, "ObjectStore %.*s, server %.*s", STR_ARG(ar->place.store),
			STR_ARG(ar->place.server));
	finding_effect(
		c, f,
		"if WAL lies there already (%.*s), two databases mix in one archive and neither can be restored for certain",
		STR_ARG(buf_slice(&place)));
	if (obj_at(c->root, "spec.bootstrap.recovery.volumeSnapshots").node)
		finding_at_most(f, SEV_INFO);
	finding_fix(c, f, "remove the annotation - give a Cluster made anew a new serverName");
}

static const struct rule rows[] = {
	{
		.id = "empty-archive-check-skipped",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_empty_archive_check_skipped,
		.summary = "The check for an empty archive is switched off",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/263",
	},
};

RULE_ROWS(empty_archive_check_skipped);
