/* The patch of a kustomization in which the archive of a Cluster is written. */
#include "internal.h"

/* Of a JSON patch: what adds this value as the Cluster's backup. */
static struct obj operation_of(struct obj operations, struct obj value)
{
	struct obj found = {0};

	for (struct obj o = obj_first(operations); o.node; o = obj_next(o))
		if (obj_at(o, "value").node == value.node && str_is(obj_text(o, "op"), "add") &&
		    str_is(obj_text(o, "path"), "/spec/backup"))
			found = o;
	return found;
}

/* A patch that is merged, or an operation. */
static bool is_of_cluster(const struct written *own)
{
	if (obj_type(own->root) == OBJ_LIST)
		return operation_of(own->root, own->parent).node;
	return str_is(obj_text(own->root, "kind"), "Cluster") &&
	       obj_at(own->root, "spec.backup").node == own->parent.node;
}

bool patches_find(struct migrate *m, struct migration *of)
{
	struct written first = {0}, w;

	if (of->backup.node)
		return false;
	for (const struct use *u = of->held->uses; u; u = u->next) {
		struct obj backup = obj_at(u->object.root, "spec.backup");
		struct obj own = obj_at(backup, "barmanObjectStore");

		if (!own.node)
			continue;
		/* all uses with an archive have it of one patch, which writes all of spec.backup */
		if (!texts_written(m, own, &w) || !is_of_cluster(&w) ||
		    (first.at.node && first.at.node != w.at.node) ||
		    !migration_is_written(w.parent, backup))
			return false;
		first = w;
	}
	if (!first.at.node)
		return false;
	of->at = first;
	of->backup = first.parent;
	of->operation = operation_of(first.root, first.parent);
	return true;
}
