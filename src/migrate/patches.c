/* The patches of kustomizations in which the archive of a Cluster is written. */
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

static const struct written *writers_of(const struct migration *of)
{
	return (const struct written *)(const void *)of->writers.ptr;
}

size_t patches_len(const struct migration *of)
{
	return of->writers.len / sizeof(struct written);
}

void patches_take(struct migration *of, size_t nth)
{
	of->at = writers_of(of)[nth];
	of->backup = of->at.parent;
	of->operation = operation_of(of->at.root, of->at.parent);
}

bool patches_find(struct migrate *m, struct migration *of)
{
	struct written w;

	of->writers.len = 0;
	for (const struct use *u = of->backup.node ? NULL : of->held->uses; u; u = u->next) {
		struct obj backup = obj_at(u->object.root, "spec.backup");
		struct obj own = obj_at(backup, "barmanObjectStore");
		bool known = false;

		if (!own.node)
			continue;
		if (!texts_written(m, own, &w) || !is_of_cluster(&w) ||
		    !migration_is_written(w.parent, backup))
			return false;
		for (size_t i = 0; i < patches_len(of); i++)
			known |= writers_of(of)[i].at.node == w.at.node;
		if (!known)
			buf_add(&of->writers, &w, sizeof w);
	}
	if (!patches_len(of))
		return false;
	patches_take(of, 0);
	return true;
}
