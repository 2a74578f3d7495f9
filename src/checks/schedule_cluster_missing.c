/* Schedules and Backups of a Cluster that is not there. */
#include "base/limits.h"
#include "facts/neighbour.h"
#include "facts/schedule.h"

/* A Cluster whose name is farther away than this is another one. */
#define NAME_DISTANCE 3

static bool has_affix(struct str name, struct str part)
{
	return str_has_prefix(name, part) || str_has_suffix(name, part);
}

/* "pg" and "pg-restored" are one database, and "gp" is a slip. */
static size_t distance(struct str a, struct str b)
{
	if (has_affix(a, b) || has_affix(b, a))
		return 1;
	return str_distance(a, b, NAME_DISTANCE);
}

static bool has_schedule(const struct rule_ctx *c, const struct known *cluster)
{
	struct view_iter it = view_each(c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP,
					cluster->object.namespace, cluster->object.name);

	return view_next(&it) != NULL;
}

/* The Cluster of the namespace that was most likely meant; empty when none is near. One that has a
 * schedule is a sibling: "db-1" and "db-2". */
static struct str nearest(const struct rule_ctx *c, struct str name)
{
	size_t looked = 0, best = NAME_DISTANCE + 1;
	struct str found = STR_EMPTY;
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_CLUSTER, c->object->namespace, STR_EMPTY);

	for (const struct known *k; looked < LIMIT_NEIGHBOURS && (k = view_next(&it)); looked++) {
		size_t d = distance(name, k->object.name);

		if (k->object.name.len && d < best && !has_schedule(c, k)) {
			best = d;
			found = k->object.name;
		}
	}
	return found;
}

/* A namespace in which there is a Cluster of that name; empty when there is none. */
static struct str elsewhere(const struct rule_ctx *c, struct str name)
{
	struct view_iter it = view_each(c->view, REL_NAME, KIND_CLUSTER, STR_EMPTY, name);
	const struct known *k = view_next(&it);

	return k ? k->object.namespace : STR_EMPTY;
}

static void check_schedule_cluster_missing(const struct rule_ctx *c)
{
	static const char *const path = "spec.cluster.name";
	struct str name = obj_text(c->root, path), namespace = c->object->namespace;

	if (!name.len || value_is_placeholder(name, NULL) ||
	    value_is_placeholder(namespace, NULL) ||
	    !view_lacks(c->view, KIND_CLUSTER, namespace, name))
		return;
	const struct known *renamed = neighbour_renamed(c, KIND_CLUSTER, name);
	struct str other = elsewhere(c, name), near = nearest(c, name);
	if (!other.len && view_knows(c->view, KIND_CLUSTER, namespace) == KNOWN_NOTHING)
		return; /* a schedule by itself, whose Cluster is made elsewhere */
	struct finding *f =
		finding_add(c, c->root, path, "there is no Cluster %.*s%s%.*s%s%.*s", STR_ARG(name),
			    namespace.len ? " in namespace " : "", STR_ARG(namespace),
			    other.len ? ", only in namespace " : "", STR_ARG(other));
	if (c->object->kind == KIND_BACKUP)
		finding_effect(c, f, "the Backup stays \"pending\" and is tried every 30 seconds");
	else
		finding_effect(
			c, f,
			"its first Backup stays \"pending\", and the schedule makes no other while it does");
	if (renamed)
		finding_fix(
			c, f,
			"cluster: {name: %.*s} - a kustomization renames the Cluster, and kustomize changes no reference in a custom resource: write no namePrefix or nameSuffix, or list the field under nameReference in its configurations",
			STR_ARG(renamed->object.name));
	else if (other.len)
		finding_fix(c, f, "namespace: %.*s - its Cluster must be in its own namespace",
			    STR_ARG(other));
	else if (near.len)
		finding_fix(c, f, "cluster: {name: %.*s}", STR_ARG(near));
	else
		finding_fix(c, f, "the metadata.name of a Cluster%s%.*s",
			    namespace.len ? " in namespace " : "", STR_ARG(namespace));
	/* a Backup in a file may be one that was made long ago, a Cluster a chart's */
	if ((c->object->kind == KIND_BACKUP ? c->object->manifest : c->schedule->suspended) ||
	    (!near.len && !renamed && view_knows(c->view, KIND_CLUSTER, namespace) != KNOWN_ALL))
		finding_at_most(f, SEV_WARN);
	finding_absent(c, f, KIND_CLUSTER, namespace);
}

static const struct rule rows[] = {
	{
		.id = "schedule-cluster-missing",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_schedule_cluster_missing,
		.summary = "There is no Cluster of the name that is to be backed up",
		.reference = "cloudnative-pg/cloudnative-pg#10778",
	},
};

RULE_ROWS(schedule_cluster_missing);
