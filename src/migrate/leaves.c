/* Patches that change parts of an archive which is written in the Cluster: they become patches of
 * its ObjectStore. */
#include "internal.h"

#include <string.h>

#define BACKUP "/spec/backup/"
#define STORE BACKUP "barmanObjectStore/"
#define SERVER STORE "serverName"
#define RETENTION BACKUP "retentionPolicy"

struct leaves {
	struct migrate *m;
	struct migration *of;
	struct buf *found; /* struct written, each with another root */
};

static const struct written *found_of(const struct buf *found, size_t *len)
{
	*len = found->len / sizeof(struct written);
	return (const struct written *)(const void *)found->ptr;
}

/* The patch that wrote this value. False: it is none that can be changed. */
static bool note(struct leaves *l, struct obj applied)
{
	const struct written *known;
	struct written w;
	size_t len;

	if (!texts_written(l->m, applied, &w) || texts_closed(w.text) ||
	    w.root.node == l->of->held->object.root.node)
		return false;
	known = found_of(l->found, &len);
	for (size_t i = 0; i < len; i++)
		if (known[i].root.node == w.root.node)
			return true;
	buf_add(l->found, &w, sizeof w);
	return true;
}

/* False: something is different that no such patch wrote. */
static bool compare(struct leaves *l, struct obj here, struct obj applied)
{
	if (migration_is_written(here, applied))
		return true;
	if (obj_type(here) != OBJ_MAP || obj_type(applied) != OBJ_MAP)
		return note(l, applied);
	for (struct obj h = obj_first(here); h.node; h = obj_next(h))
		if (!obj_member(applied, obj_key(h)).node)
			return false;
	for (struct obj a = obj_first(applied); a.node; a = obj_next(a))
		if (!compare(l, obj_member(here, obj_key(a)), a))
			return false;
	return true;
}

static bool is_of_store(struct str path)
{
	return (str_has_prefix(path, STR(STORE)) && !str_is(path, SERVER)) ||
	       str_is(path, RETENTION);
}

/* Operations on the store alone, or on the server name. */
static bool are_operations(struct obj list, bool server)
{
	for (struct obj o = obj_first(list); o.node; o = obj_next(o)) {
		struct str op = obj_text(o, "op"), path = obj_text(o, "path");

		if ((!str_is(op, "add") && !str_is(op, "replace")) ||
		    !(server ? str_is(path, SERVER) : is_of_store(path)))
			return false;
	}
	return obj_len(list) != 0;
}

/* A part of a Cluster with nothing but that. */
static bool is_part(struct obj root)
{
	static const char *const known[] = {"apiVersion", "kind", "metadata", "spec"};
	struct obj metadata = obj_at(root, "metadata"), spec = obj_at(root, "spec");
	struct obj backup = obj_at(spec, "backup"), own = obj_at(backup, "barmanObjectStore");
	size_t members = 0U + (own.node != NULL) + (obj_at(backup, "retentionPolicy").node != NULL);

	for (struct obj m = obj_first(root); m.node; m = obj_next(m)) {
		bool any = false;

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			any |= str_is(obj_key(m), known[i]);
		if (!any)
			return false;
	}
	return str_is(obj_text(root, "kind"), "Cluster") && obj_len(spec) == 1 && members &&
	       obj_len(backup) == members && !obj_at(own, "serverName").node &&
	       (!own.node || obj_type(own) == OBJ_MAP) &&
	       obj_len(metadata) == 1U + (obj_at(metadata, "namespace").node != NULL) &&
	       obj_text(metadata, "name").len;
}

bool leaves_find(struct migrate *m, struct migration *of, struct buf *out)
{
	struct leaves l = {m, of, out};
	const struct written *found;
	size_t len;

	for (const struct use *u = of->held->uses; u; u = u->next)
		if (u->changed || !compare(&l, of->backup, obj_at(u->object.root, "spec.backup")))
			return false;
	found = found_of(out, &len);
	for (size_t i = 0; i < len; i++) {
		struct obj root = found[i].root;
		bool list = obj_type(root) == OBJ_LIST;

		if (!(list ? are_operations(root, false) || are_operations(root, true)
			   : is_part(root)))
			return false;
	}
	return obj_at(of->backup, "barmanObjectStore").node != NULL;
}

static bool set(struct leaves *l, struct obj at, struct str text)
{
	return migration_edit_here(
		l->m, l->of, (struct edit){.kind = EDIT_TEXT, .at = at, .text = text}, STR_EMPTY);
}

/* It is for the ObjectStore alone, whatever Clusters it was for. False: what else it is for is not
 * known. */
static bool aim(struct leaves *l, const struct store *store, struct obj target)
{
	struct obj group = obj_at(target, "group"), kind = obj_at(target, "kind");
	struct obj name = obj_at(target, "name");
	struct edit named = {.kind = name.node ? EDIT_TEXT : EDIT_INSERT,
			     .at = name.node ? name : kind,
			     .key = name.node ? STR_EMPTY : STR("name"),
			     .text = store->name};

	if (!str_is(obj_text(kind, ""), "Cluster") || obj_at(target, "labelSelector").node ||
	    obj_at(target, "annotationSelector").node)
		return false;
	return set(l, kind, STR("ObjectStore")) &&
	       (!group.node || set(l, group, STR("barmancloud.cnpg.io"))) &&
	       migration_edit_here(l->m, l->of, named, STR_EMPTY);
}

static bool set_operations(struct leaves *l, struct obj list)
{
	for (struct obj o = obj_first(list); o.node; o = obj_next(o)) {
		struct obj path = obj_at(o, "path");
		struct str is = obj_text(path, "");
		struct str to = str_is(is, RETENTION) ? STR("/spec/retentionPolicy")
				: str_is(is, SERVER)
					? STR("/spec/plugins/0/parameters/serverName")
					: arena_fmt(l->m->arena, "/spec/configuration/%.*s",
						    STR_ARG(str_slice(is, STR(STORE).len, is.len)));

		if (!set(l, path, to))
			return false;
	}
	return true;
}

/* The members of `backup`, each with what stands above it. */
static bool replace_backup(struct leaves *l, struct obj backup)
{
	struct str text = l->of->at.text->bytes;
	struct buf lines = BUF_ARENA(l->m->arena);
	uint32_t next = obj_key_pos(backup).line + 1;
	size_t from = obj_key_pos(obj_first(backup)).column - 1;

	for (struct obj b = obj_first(backup); b.node; b = obj_next(b)) {
		struct pos key = obj_key_pos(b);
		bool own = str_is(obj_key(b), "barmanObjectStore");
		struct pos above = {.line = next, .end_line = key.line - 1};
		struct pos inner = {.line = own ? key.line + 1 : key.line,
				    .end_line = obj_pos(b).end_line};

		if (key.line < next)
			return false;
		buf_str(&lines, lines_moved(l->m->arena, text, above, from, 0));
		if (own)
			buf_fmt(&lines, "configuration:%.*s\n", STR_ARG(lines_comment(text, b)));
		if (!own)
			buf_str(&lines, lines_moved(l->m->arena, text, inner, from, 0));
		else if (obj_key_pos(obj_first(b)).line <= key.line ||
			 !members_write(l->m->arena, text, b, inner, 2, &lines))
			return false;
		next = inner.end_line + 1;
	}
	return migration_edit_here(l->m, l->of, (struct edit){.kind = EDIT_REPLACE, .at = backup},
				   buf_slice(&lines));
}

static bool set_part(struct leaves *l, const struct store *store, struct obj root)
{
	return set(l, obj_at(root, "apiVersion"), STR("barmancloud.cnpg.io/v1")) &&
	       set(l, obj_at(root, "kind"), STR("ObjectStore")) &&
	       set(l, obj_at(root, "metadata.name"), store->name) &&
	       replace_backup(l, obj_at(root, "spec.backup"));
}

/* The entry of a list of patches that holds this text. */
static struct obj entry_around(struct obj around, struct obj patch)
{
	if (obj_at(around, "patch").node == patch.node && obj_type(around) == OBJ_MAP)
		return around;
	for (struct obj m = obj_first(around); m.node; m = obj_next(m)) {
		struct obj found = entry_around(m, patch);

		if (found.node)
			return found;
	}
	return (struct obj){0};
}

/* In each kustomization that names the file of the patch. False: one cannot be changed. */
static bool aim_entries(struct leaves *l, const struct store *store, struct str file, bool needed)
{
	static const char *const lists[] = {"patches", "patchesJson6902"};
	const struct catalog *c = l->m->placed->catalog;
	const char *path = NULL;
	bool any = false;

	for (size_t i = 0; i < c->len && !path; i++)
		path = str_eq(c->files[i].name, file) ? c->files[i].path : NULL;
	for (size_t i = 0; path && i < c->len; i++) {
		const struct kustomization *k = beside_kustomization(&c->files[i]);

		for (size_t n = 0; k && n < ARRAY_LEN(lists); n++)
			for (struct obj e = obj_first(obj_at(k->root, lists[n])); e.node;
			     e = obj_next(e)) {
				const char *own =
					kustomization_path(k, l->m->arena, obj_text(e, "path"));
				struct obj target = obj_at(e, "target");

				if (!own || strcmp(own, path) != 0)
					continue;
				any = true;
				if (!target.node && !needed)
					continue;
				if (!target.node || !texts_written(l->m, target, &l->of->at) ||
				    texts_closed(l->of->at.text) || !aim(l, store, l->of->at.at))
					return false;
			}
	}
	return any || !needed;
}

static bool change(struct leaves *l, const struct store *store, const struct written *w)
{
	bool list = obj_type(w->root) == OBJ_LIST;

	l->of->at = *w;
	if (!(list ? set_operations(l, w->root) : set_part(l, store, w->root)))
		return false;
	if (list && are_operations(w->root, true))
		return true;
	if (!w->inside.node)
		return aim_entries(l, store, w->text->path, list);
	struct obj root = doc_root(w->inside.doc), entry = entry_around(root, w->inside);
	struct obj target = obj_at(entry, "target");
	if (!target.node)
		return !list;
	l->of->at = (struct written){.text = w->text, .root = root, .at = target};
	return aim(l, store, target);
}

/* Each of several Clusters gets an ObjectStore of its own, and a patch is for one. */
static void refuse_shared(struct migrate *m, struct migration *of, const struct written *w)
{
	static const char shared[] =
		"the patch in %.*s (line %u) changes the archives of several Clusters, which have each an ObjectStore then: write one for each of them";
	uint32_t line = obj_pos(w->at).line;
	size_t len;

	for (struct migration *o = m->first; o; o = o->next) {
		const struct written *found = found_of(&o->leaves, &len);

		for (size_t i = 0; o != of && i < len; i++) {
			if (found[i].root.node != w->root.node)
				continue;
			migration_refuse(m, of, shared, STR_ARG(w->text->path), line);
			migration_refuse(m, o, shared, STR_ARG(w->text->path), line);
		}
	}
}

bool leaves_change(struct migrate *m, struct migration *of, const struct buf *leaves)
{
	struct leaves l = {.m = m, .of = of};
	const struct store *store = of->stores;
	const struct written at = of->at;
	size_t len;
	const struct written *found = found_of(leaves, &len);

	for (size_t i = 0; i < len && !of->refused.len; i++) {
		const struct written *w = &found[i];

		refuse_shared(m, of, w);
		if (!change(&l, store, w))
			migration_refuse(
				m, of,
				"the patch in %.*s (line %u) changes its archive, and cannot become one of the ObjectStore: migrate it by hand",
				STR_ARG(w->text->path), obj_pos(w->at).line);
		else
			migration_tell(of, "the patch in %.*s (line %u) changes the %s",
				       STR_ARG(w->text->path), obj_pos(w->at).line,
				       are_operations(w->root, true) ? "server name"
								     : "ObjectStore");
	}
	of->at = at;
	return !of->refused.len;
}
