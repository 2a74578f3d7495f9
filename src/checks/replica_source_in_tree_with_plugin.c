/* A replica that reads in-tree while the plugin serves its WAL. */
#include "facts/cluster.h"

static void check_replica_source_in_tree_with_plugin(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct obj e = ar->replica.external;
	struct obj connection = obj_at(e, "connectionParameters");

	if (!cluster_follows_source(c) || !ar->replica.in_tree.node || obj_at(e, "plugin").node ||
	    obj_type(connection) == OBJ_MAP || !cluster_archives_by_plugin(c) || !ar->wal_archiver)
		return;
	struct finding *f = finding_add(
		c, e, "barmanObjectStore",
		"replica source %.*s is in-tree, while this Cluster archives by the plugin",
		STR_ARG(ar->replica.name));
	finding_effect(
		c, f,
		"the plugin serves the WAL and does not know that store: the replica stays behind for ever");
	finding_fix(
		c, f,
		"plugin: {name: " PLUGIN_NAME
		", parameters: {barmanObjectName: <ObjectStore>, serverName: %.*s}} in its place",
		STR_ARG(ar->replica.name));
}

static const struct rule rows[] = {
	{
		.id = "replica-source-in-tree-with-plugin",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_replica_source_in_tree_with_plugin,
		.summary = "A replica reads in-tree while the plugin is its WAL archiver",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/7499",
	},
};

RULE_ROWS(replica_source_in_tree_with_plugin);
