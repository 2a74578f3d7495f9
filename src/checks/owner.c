/* Who owns the Backups of a schedule, and what goes with it. */
#include "facts/schedule.h"

static void check_owner_reference_none(const struct rule_ctx *c)
{
	static const char *const path = "spec.backupOwnerReference";
	struct str reference = STR("none");

	if (obj_str(c->root, path, &reference) == OBJ_WRONG_TYPE || !str_is(reference, "none"))
		return;
	struct finding *f = finding_add(c, c->root, path, "backupOwnerReference is none");
	finding_effect(
		c, f,
		"Backup objects outlive schedule and cluster, and failed ones are never deleted");
	finding_fix(c, f, "backupOwnerReference: self");
}

/* Those that the schedule made and owns; 0 when none is known. */
static size_t owned_backups(const struct rule_ctx *c, struct str cluster)
{
	size_t count = 0;
	struct view_iter it =
		view_each(c->view, REL_CLUSTER, KIND_BACKUP, c->object->namespace, cluster);

	for (const struct known *k; (k = view_next(&it));) {
		struct obj owner = obj_first(obj_at(k->object.root, "metadata.ownerReferences"));

		while (owner.node && !(str_is(obj_text(owner, "kind"), "ScheduledBackup") &&
				       str_eq(obj_text(owner, "name"), c->object->name)))
			owner = obj_next(owner);
		count += owner.node != NULL;
	}
	return count;
}

static void check_owner_self_cascade(const struct rule_ctx *c)
{
	const struct known *cluster = schedule_staying_cluster(c);
	size_t owned = cluster ? owned_backups(c, cluster->object.name) : 0;

	if (!owned)
		return;
	struct finding *f =
		finding_add(c, c->root, "", "%zu Backup%s of this schedule %s deleted with it",
			    owned, owned == 1 ? "" : "s", owned == 1 ? "is" : "are");
	finding_effect(
		c, f,
		"backupOwnerReference was self; what lies in the object store stays, but nothing in Kubernetes lists it any more");
	finding_fix(c, f, "kubectl delete --cascade=orphan - keeps the Backups");
}

static const struct rule rows[] = {
	{
		.id = "owner-reference-none",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_owner_reference_none,
		.summary = "Backups of the schedule belong to nobody",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
		.superseded_by = "policy-owner-reference",
	},
	{
		.id = "owner-self-cascade",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_DELETE,
		.severity = SEV_WARN,
		.check = check_owner_self_cascade,
		.summary = "The Backups of a schedule are deleted with it",
		.reference = "https://kubernetes.io/docs/concepts/architecture/garbage-collection/",
	},
};

RULE_ROWS(owner);
