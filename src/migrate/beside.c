/* Where new ObjectStores go: behind the documents of a file that has several, else into a file of
 * their own, which a kustomization lists when it lists the other. */
#include "internal.h"

#include "input/files.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const struct kustomization *beside_kustomization(const struct input_file *file)
{
	const struct kustomization *k = file->folder ? file->folder->kustomization : NULL;

	return k && k->docs.len && strcmp(k->path, file->path) == 0 ? k : NULL;
}

/* By a file that is there, or by one that is to be made and listed elsewhere. */
static bool is_path_taken(struct migrate *m, struct str path, const struct text *lists)
{
	const struct text *text = texts_find(m, path);

	return faccessat(AT_FDCWD, text->path.ptr, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
	       (text->created && (!lists || text->lists != lists));
}

/* "apps/db.yaml" makes "apps/db-objectstore.yaml", or with a number where that is taken. */
static struct str free_path(struct migrate *m, struct str folder, struct str name,
			    const struct text *lists)
{
	size_t dot = name.len, number = 1;
	struct str path;

	while (dot && name.ptr[dot] != '.')
		dot--;
	bool yaml = dot && !str_has_suffix(name, STR(".json"));
	struct str end = yaml ? str_slice(name, dot, name.len) : STR(".yaml");
	struct str stem = str_slice(name, 0, dot);
	do {
		path = arena_fmt(m->arena, "%.*s%.*s%sobjectstore", STR_ARG(folder), STR_ARG(stem),
				 stem.len ? "-" : "");
		path = number == 1 ? arena_fmt(m->arena, "%.*s%.*s", STR_ARG(path), STR_ARG(end))
				   : arena_fmt(m->arena, "%.*s-%zu%.*s", STR_ARG(path), number,
					       STR_ARG(end));
		number++;
	} while (is_path_taken(m, path, lists));
	return path;
}

/* The path up to its name: "apps/", or nothing. */
static struct str folder_part(struct str path)
{
	return str_slice(path, 0, path.len - files_name(path).len);
}

static struct text *new_text(struct migrate *m, struct str path)
{
	struct text *text = texts_find(m, path);

	text->created = text->whole = true;
	text->original = text->bytes = STR("");
	text->docs = (struct doc_list){0};
	return text;
}

static void list(struct migrate *m, struct migration *of, const struct written *w, struct edit e,
		 struct str lines)
{
	struct edit *edits = NULL;
	size_t len;

	e.root = w->root;
	if (!migration_edit(m, &edits, e, lines))
		return; /* it is a list of a name */
	migration_change(m, of, w->text, edits);
	struct part *parts = migration_parts(m, &len);
	parts[len - 1].lists = true;
	migration_tell(of, "the ObjectStore is in the new file %.*s, which %.*s lists",
		       STR_ARG(of->stored->path), STR_ARG(w->text->path));
}

/* Every place where a kustomization lists the file (absolute). False: one cannot be changed. */
static bool find_entries(struct migrate *m, const char *path, struct buf *out)
{
	const struct catalog *c = m->placed->catalog;

	for (size_t i = 0; i < c->len; i++) {
		const struct kustomization *k = beside_kustomization(&c->files[i]);

		for (size_t n = 0; k && n < k->entries_len; n++) {
			const struct kustomization_entry *e = &k->entries[n];
			struct written w;

			if (!e->path || strcmp(e->path, path) != 0)
				continue;
			if (!texts_written(m, e->at, &w) || texts_closed(w.text))
				return false;
			buf_add(out, &w, sizeof w);
		}
	}
	return true;
}

/* Beside the file of the Cluster, which has nothing but that. */
static void put_beside(struct migrate *m, struct migration *of)
{
	struct buf places = BUF_ARENA(m->arena);
	struct str old = of->held->file->name,
		   path = free_path(m, folder_part(old), files_name(old), NULL);

	if (!find_entries(m, of->held->file->path, &places))
		return;
	const struct written *w = (const struct written *)(const void *)places.ptr;
	size_t len = places.len / sizeof *w;
	of->stored = new_text(m, path);
	for (size_t i = 0; i < len; i++) {
		struct str name =
			arena_fmt(m->arena, "%.*s%.*s", STR_ARG(folder_part(obj_text(w[i].at, ""))),
				  STR_ARG(files_name(path)));

		list(m, of, &w[i], (struct edit){.kind = EDIT_ITEM, .at = w[i].at, .text = name},
		     STR_EMPTY);
	}
	if (!len)
		migration_tell(
			of,
			"the ObjectStore is in the new file %.*s, to be applied as %.*s is, which no kustomization lists",
			STR_ARG(path), STR_ARG(old));
}

static const struct folder *folder_of_patch(const struct migrate *m, const struct migration *of)
{
	const struct catalog *c = m->placed->catalog;
	const struct folder *f = NULL;

	for (size_t i = 0; i < c->len && !f; i++)
		if (str_eq(c->files[i].name, of->at.text->path))
			f = c->files[i].folder;
	while (f && !f->kustomization)
		f = f->above;
	return f;
}

/* A file that the kustomization of the patch lists, in which something of ours stands: that of the
 * Cluster before all others. NULL: there is none. */
static struct text *listed_file(struct migrate *m, const struct migration *of,
				const struct kustomization *k)
{
	const struct catalog *c = m->placed->catalog;
	const struct input_file *found = NULL;

	for (size_t i = 0; i < k->entries_len; i++) {
		const struct kustomization_entry *e = &k->entries[i];
		const struct input_file *file =
			e->path && !e->component ? catalog_find(c, e->path) : NULL;

		if (file && file->holds && (!found || file == of->held->file))
			found = file;
	}
	return found ? texts_find(m, found->name) : NULL;
}

/* Behind the other resources, or below the head of the kustomization. */
static void list_in(struct migrate *m, struct migration *of, struct written *w, struct str name)
{
	struct obj resources = obj_at(w->root, "resources"), last = obj_first(resources);
	struct obj kind = obj_at(w->root, "kind"), head = obj_at(w->root, "apiVersion");
	struct str lines = arena_fmt(m->arena, "resources:\n- %.*s\n", STR_ARG(name));

	for (struct obj r = last; r.node; r = obj_next(r))
		last = r;
	if (last.node)
		list(m, of, w, (struct edit){.kind = EDIT_ITEM, .at = last, .text = name},
		     STR_EMPTY);
	else if (resources.node)
		list(m, of, w, (struct edit){.kind = EDIT_REPLACE, .at = resources}, lines);
	else
		list(m, of, w,
		     (struct edit){.kind = EDIT_BEHIND,
				   .at = kind.node   ? kind
					 : head.node ? head
						     : obj_first(w->root)},
		     lines);
}

/* Beside the kustomization of the patch. */
static void put_beside_patch(struct migrate *m, struct migration *of, const struct kustomization *k)
{
	struct written w = {
		.text = texts_open(m, catalog_name(m->placed->catalog, m->arena, k->path))};
	struct str patch = files_name(of->at.text->path);

	if (!w.text || texts_closed(w.text) || w.text->docs.len != 1)
		return;
	struct str path = free_path(m, folder_part(w.text->path),
				    w.text == of->at.text ? STR_EMPTY : patch, w.text);
	w.root = doc_root(w.text->docs.docs[0]);
	of->stored = new_text(m, path);
	of->stored->lists = w.text;
	list_in(m, of, &w, files_name(path));
}

/* A Kustomization of Flux has the patch, and lists nothing: what it applies gets the store where
 * the Cluster is, if nobody else applies that without the patch. */
static bool is_flux_alone(const struct migration *of)
{
	struct obj root = of->at.inside.node ? doc_root(of->at.inside.doc) : (struct obj){0};

	for (const struct use *u = of->held->uses; u; u = u->next)
		if (!obj_at(u->object.root, "spec.backup.barmanObjectStore").node)
			return false;
	return patches_len(of) == 1 &&
	       str_has_prefix(obj_text(root, "apiVersion"), STR("kustomize.toolkit.fluxcd.io/"));
}

static void put_for_patch(struct migrate *m, struct migration *of)
{
	const struct folder *f = folder_of_patch(m, of);
	const struct kustomization *k = f ? f->kustomization : NULL;
	bool flux = is_flux_alone(of);

	of->stored = flux ? texts_find(m, of->held->file->name) : k ? listed_file(m, of, k) : NULL;
	if (of->together || (of->stored && of->stored->docs.len != 1))
		return;
	if (flux)
		put_beside(m, of);
	else if (k)
		put_beside_patch(m, of, k);
}

static bool find_for_patch(struct migrate *m, struct migration *of)
{
	const char *closed;

	put_for_patch(m, of);
	if (!of->stored)
		migration_refuse(
			m, of,
			"its archive is written in %.*s, and the kustomization there lists no file with something of CloudNativePG, in which the ObjectStore could stand",
			STR_ARG(of->at.text->path));
	closed = of->stored ? texts_closed(of->stored) : NULL;
	if (closed)
		migration_refuse(m, of, "%s", closed);
	else if (of->stored && of->stored->created)
		migration_tell(of, "its archive is written in %.*s", STR_ARG(of->at.text->path));
	else if (of->stored)
		migration_tell(of, "its archive is written in %.*s, and %.*s gets the ObjectStore",
			       STR_ARG(of->at.text->path), STR_ARG(of->stored->path));
	return !of->refused.len;
}

bool stored_find(struct migrate *m, struct migration *of)
{
	if (of->patched)
		return find_for_patch(m, of);
	of->stored = of->at.text;
	if (of->at.text->docs.len == 1 && !of->together)
		put_beside(m, of);
	if (of->stored == of->at.text && str_has_suffix(of->at.text->path, STR(".json")))
		migration_refuse(m, of, "its file is JSON, in which no ObjectStore can stand, too");
	return !of->refused.len;
}
