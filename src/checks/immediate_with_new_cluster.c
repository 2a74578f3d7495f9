/* A first backup that is due before its Cluster runs. */
#include "base/limits.h"
#include "facts/schedule.h"

/* Where a file says both, one `kubectl apply` makes both; a live Cluster shows whether it runs. */
static bool is_new(const struct rule_ctx *c, const struct known *cluster)
{
	const struct view *v = c->view;

	if (obj_text(cluster->object.root, "status.currentPrimary").len)
		return false;
	if (!c->object->manifest)
		return true;
	struct view_iter it =
		view_each(v, REL_SELF, c->object->kind, c->object->namespace, c->object->name);
	const struct known *self;
	for (size_t i = 0; i < LIMIT_ALTERNATIVES && (self = view_next(&it)); i++)
		if (self->object.root.node == c->root.node)
			return str_eq(self->file, cluster->file);
	return false;
}

static void check_immediate_with_new_cluster(const struct rule_ctx *c)
{
	static const char *const path = "spec.immediate";
	const struct known *cluster = schedule_cluster(c);

	if (!cluster || !c->creating || !obj_true(c->root, path, false) || c->schedule->suspended ||
	    !str_is(schedule_method(c), "plugin") ||
	    obj_text(c->root, "status.lastCheckTime").len || !is_new(c, cluster))
		return;
	struct finding *f =
		finding_add(c, c->root, path, "the first backup %s due before Cluster %.*s runs%s",
			    c->object->manifest ? "may be" : "is", STR_ARG(cluster->object.name),
			    c->object->manifest ? ": both stand in one file" : "");
	finding_effect(
		c, f,
		"it waits, or fails while WAL archiving is not up yet; a failed one is not repeated before the schedule's next time");
	finding_fix(
		c, f,
		"apply the ScheduledBackup when the Cluster is ready - or look at its first Backup then");
	if (c->object->manifest)
		finding_at_most(f, SEV_INFO);
}

static const struct rule rows[] = {
	{
		.id = "immediate-with-new-cluster",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_immediate_with_new_cluster,
		.summary = "The first backup is due before its Cluster runs",
		.reference = "cloudnative-pg/klio#268",
	},
};

RULE_ROWS(immediate_with_new_cluster);
