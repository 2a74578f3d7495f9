/* The patch of a kustomization in which the archive of a Cluster is written. */
#include "internal.h"

/* All uses with an archive have it of one patch, which writes all of spec.backup. */
static bool find_root(struct migrate *m, struct migration *of)
{
	of->text = NULL;
	for (const struct use *u = of->held->uses; u; u = u->next) {
		struct obj backup = obj_at(u->object.root, "spec.backup");
		struct obj own = obj_at(backup, "barmanObjectStore");

		if (!own.node)
			continue;
		struct written w;
		if (!texts_written(m, own, &w) || (of->text && of->root.node != w.root.node) ||
		    w.inside.node || !str_is(obj_text(w.root, "kind"), "Cluster") ||
		    !migration_is_written(obj_at(w.root, "spec.backup"), backup))
			return false;
		of->text = w.text;
		of->root = w.root;
	}
	return of->text != NULL;
}

bool patches_find(struct migrate *m, struct migration *of)
{
	struct obj spec = obj_at(of->held->object.root, "spec");

	if (obj_at(spec, "backup").node || !find_root(m, of)) {
		of->root = of->held->object.root;
		of->text = texts_find(m, of->held->file->name);
		return false;
	}
	return true;
}
