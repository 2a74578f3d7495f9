/* A major upgrade of PostgreSQL that keeps the place of its archive. */
#include "facts/cluster_change.h"

#include <inttypes.h>

static void check_major_upgrade_same_server_name(const struct rule_ctx *c)
{
	struct archive before;
	struct cluster_side old, new;
	int64_t from, to;
	const char *at;

	if (!cluster_was_running(c->old) || !cluster_is_major_upgrade(c, &at, &from, &to))
		return;
	archive_resolve(c->old, &before);
	if (!cluster_side_read(c, c->old, &before, &old) ||
	    !cluster_side_read(c, c->object, c->archive, &new) ||
	    cluster_move(&old, &new) != MOVED_NOT)
		return;
	struct finding *f = finding_add(c, c->root, at,
					"PostgreSQL %" PRId64 " becomes %" PRId64
					", and the archive stays %.*s",
					from, to, STR_ARG(buf_slice(&new.shown)));
	finding_effect(
		c, f,
		"WAL and base backups of two database systems mix in one archive, and neither can be restored for certain");
	finding_fix(c, f, "serverName: %.*s-%" PRId64 " in %s - in the same change",
		    STR_ARG(c->object->name), to,
		    new.plugin ? "the parameters of spec.plugins"
			       : "spec.backup.barmanObjectStore");
}

static const struct rule rows[] = {
	{
		.id = "major-upgrade-same-server-name",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_CHANGE,
		.severity = SEV_WARN,
		.check = check_major_upgrade_same_server_name,
		.summary = "A major upgrade keeps the place of its archive",
		.reference = "cloudnative-pg/plugin-barman-cloud#827",
	},
};

RULE_ROWS(major_upgrade_same_server_name);
