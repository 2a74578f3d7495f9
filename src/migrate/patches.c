/* The patch of a kustomization in which the archive of a Cluster is written. */
#include "internal.h"

#include "input/kustomization.h"

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

static struct input_file *file_of(const struct migrate *m, struct str name)
{
	const struct catalog *c = m->placed->catalog;

	for (size_t i = 0; i < c->len; i++)
		if (str_eq(c->files[i].name, name))
			return &c->files[i];
	return NULL;
}

/* A file that the kustomization of the patch lists among its resources, in which something of ours
 * stands: that of the Cluster before all others. NULL: there is none. */
static struct text *stores_file(struct migrate *m, const struct migration *of)
{
	const struct catalog *c = m->placed->catalog;
	const struct input_file *patch = file_of(m, of->text->path);
	const struct folder *f = patch ? patch->folder : NULL;
	const struct input_file *found = NULL;

	while (f && !f->kustomization)
		f = f->above;
	for (size_t i = 0; f && i < f->kustomization->entries_len; i++) {
		const struct kustomization_entry *e = &f->kustomization->entries[i];
		const struct input_file *file =
			e->path && !e->component ? catalog_find(c, e->path) : NULL;

		if (file && file->holds && (!found || file == of->held->file))
			found = file;
	}
	return found ? texts_find(m, found->name) : NULL;
}

bool patches_find(struct migrate *m, struct migration *of)
{
	struct obj spec = obj_at(of->held->object.root, "spec");

	if (obj_at(spec, "backup").node || !find_root(m, of)) {
		of->root = of->held->object.root;
		of->text = of->stored;
		return false;
	}
	of->stored = stores_file(m, of);
	if (!of->stored)
		migration_refuse(
			m, of,
			"its archive is written in %.*s, and the kustomization there lists no file with something of CloudNativePG, in which the ObjectStore could stand",
			STR_ARG(of->text->path));
	return true;
}
