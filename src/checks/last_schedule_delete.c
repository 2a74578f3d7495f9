/* The deletion, or suspension, of the last schedule of a Cluster. */
#include "facts/schedule.h"

static bool is_active(const struct object *schedule)
{
	return !object_is_terminating(schedule) && !obj_true(schedule->root, "spec.suspend", false);
}

static bool has_another(const struct rule_ctx *c, struct str cluster)
{
	struct view_iter it = view_each(c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP,
					c->object->namespace, cluster);

	for (const struct known *k; (k = view_next(&it));)
		if (!str_eq(k->object.name, c->object->name) && is_active(&k->object))
			return true;
	return false;
}

static void check_last_schedule_delete(const struct rule_ctx *c)
{
	const struct known *cluster = schedule_staying_cluster(c);
	bool suspends = c->old && is_active(c->old) && !is_active(c->object);

	if (!cluster || view_is_blind(c->view, KIND_SCHEDULED_BACKUP) ||
	    (c->old ? !suspends : !is_active(c->object)) || has_another(c, cluster->object.name))
		return;
	struct finding *f = finding_add(c, c->root, suspends ? "spec.suspend" : "",
					"Cluster %.*s has no other active schedule",
					STR_ARG(cluster->object.name));
	finding_effect(
		c, f,
		"no base backup is made any more, and its WAL is never deleted: that happens only with a base backup");
	finding_fix(c, f, "%s another ScheduledBackup of the Cluster first",
		    suspends ? "create or resume" : "create");
}

static const struct rule rows[] = {
	{
		.id = "last-schedule-delete",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_DELETE,
		.update_too = true,
		.severity = SEV_WARN,
		.check = check_last_schedule_delete,
		.summary = "The last active schedule of a Cluster goes, or is suspended",
		.reference = "JiRaska/open-bank-oss#1487",
	},
};

RULE_ROWS(last_schedule_delete);
