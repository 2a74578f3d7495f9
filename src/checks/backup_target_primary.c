/* The instance that base backups are taken from. */
#include "rules/rule.h"

#include <inttypes.h>

static void check_backup_target_primary(const struct rule_ctx *c)
{
	bool cluster = c->object->kind == KIND_CLUSTER;
	const char *path = cluster ? "spec.backup.target" : "spec.target";
	int64_t instances = 1;
	struct finding *f;

	if (!str_is(obj_text(c->root, path), "primary"))
		return;
	obj_int(c->root, "spec.instances", &instances);
	if (cluster && instances < 2)
		return;
	if (cluster)
		f = finding_add(c, c->root, path,
				"base backups run on the primary, one of %" PRId64 " instances",
				instances);
	else
		f = finding_add(c, c->root, path,
				"base backups of this schedule run on the primary");
	finding_effect(c, f, "they take I/O and CPU from the instance that serves the writes");
	finding_fix(c, f, "target: prefer-standby");
}

static const struct rule rows[] = {
	{
		.id = "backup-target-primary",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_backup_target_primary,
		.summary = "Base backups run on the primary although there are standbys",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},
};

RULE_ROWS(backup_target_primary);
