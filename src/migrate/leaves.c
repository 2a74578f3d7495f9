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
	/* of the patch at hand */
	const struct store *store;
	struct obj backup;
	struct buf patch; /* of the ObjectStore, that goes beside it; or empty */
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

/* How many members of this backup are the store's. */
static size_t count_members(struct obj backup)
{
	return 0U + (obj_at(backup, "barmanObjectStore").node != NULL) +
	       (obj_at(backup, "retentionPolicy").node != NULL);
}

/* A part of a Cluster, with members of the store among others. */
static bool is_mixed(struct obj root)
{
	struct obj spec = obj_at(root, "spec"), backup = obj_at(spec, "backup");
	struct obj own = obj_at(backup, "barmanObjectStore");
	size_t members = count_members(backup);

	return str_is(obj_text(root, "kind"), "Cluster") && members &&
	       (obj_len(backup) > members || obj_len(spec) > 1) &&
	       !obj_at(own, "serverName").node && (!own.node || obj_type(own) == OBJ_MAP);
}

/* A part of a Cluster with nothing but those. */
static bool is_part(struct obj root)
{
	static const char *const known[] = {"apiVersion", "kind", "metadata", "spec"};
	struct obj metadata = obj_at(root, "metadata"), spec = obj_at(root, "spec");
	struct obj backup = obj_at(spec, "backup"), own = obj_at(backup, "barmanObjectStore");
	size_t members = count_members(backup);

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
	struct leaves l = {.m = m, .of = of, .found = out};
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
			   : is_part(root) || is_mixed(root)))
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

/* A member of the backup as one of an ObjectStore's spec, and the lines above it. */
static bool add_member(struct leaves *l, struct obj member, uint32_t above, size_t to,
		       struct buf *out)
{
	struct str text = l->of->at.text->bytes;
	struct pos key = obj_key_pos(member);
	bool own = str_is(obj_key(member), "barmanObjectStore");
	struct pos inner = {.line = own ? key.line + 1 : key.line,
			    .end_line = obj_pos(member).end_line};

	if (key.line < above || key.line <= obj_key_pos(l->backup).line)
		return false;
	buf_str(out, lines_moved(l->m->arena, text,
				 (struct pos){.line = above, .end_line = key.line - 1},
				 key.column - 1, to));
	if (!own) {
		buf_str(out, lines_moved(l->m->arena, text, inner, key.column - 1, to));
		return true;
	}
	buf_repeat(out, ' ', to);
	buf_fmt(out, "configuration:%.*s\n", STR_ARG(lines_comment(text, member)));
	return obj_key_pos(obj_first(member)).line > key.line &&
	       members_write(l->m->arena, text, member, inner, to + 2, out);
}

static bool replace_backup(struct leaves *l)
{
	struct buf lines = BUF_ARENA(l->m->arena);
	uint32_t next = obj_key_pos(l->backup).line + 1;

	for (struct obj b = obj_first(l->backup); b.node; b = obj_next(b)) {
		if (!add_member(l, b, next, 0, &lines))
			return false;
		next = obj_pos(b).end_line + 1;
	}
	return migration_edit_here(l->m, l->of,
				   (struct edit){.kind = EDIT_REPLACE, .at = l->backup},
				   buf_slice(&lines));
}

static bool set_part(struct leaves *l, const struct store *store, struct obj root)
{
	return set(l, obj_at(root, "apiVersion"), STR("barmancloud.cnpg.io/v1")) &&
	       set(l, obj_at(root, "kind"), STR("ObjectStore")) &&
	       set(l, obj_at(root, "metadata.name"), store->name) && replace_backup(l);
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

static bool remove_member(struct leaves *l, struct obj member)
{
	return !member.node ||
	       migration_edit_here(
		       l->m, l->of,
		       (struct edit){.kind = EDIT_REMOVE, .at = member, .comments = true},
		       STR_EMPTY);
}

/* Those of the backup, which goes: above it, and behind its key. */
static void add_comments(struct leaves *l, struct buf *out)
{
	struct str text = l->of->at.text->bytes, behind = lines_comment(text, l->backup);
	struct pos key = obj_key_pos(l->backup);
	struct pos above = {.line = lines_above(text, l->backup), .end_line = key.line - 1};

	buf_str(out, lines_moved(l->m->arena, text, above, key.column - 1, 4));
	if (behind.len)
		buf_fmt(out, "    %.*s\n", STR_ARG(str_trim(behind)));
}

/* What is the store's goes out of the patch, into one of its own. */
static bool split(struct leaves *l)
{
	struct obj own = obj_at(l->backup, "barmanObjectStore");
	struct obj retention = obj_at(l->backup, "retentionPolicy");
	struct str text = l->of->at.text->bytes;
	bool whole = obj_len(l->backup) == count_members(l->backup);

	l->patch = BUF_ARENA(l->m->arena);
	buf_fmt(&l->patch,
		"target:\n  kind: ObjectStore\n  name: %.*s\npatch: |\n"
		"  apiVersion: barmancloud.cnpg.io/v1\n  kind: ObjectStore\n  metadata:\n"
		"    name: %.*s\n  spec:\n",
		STR_ARG(l->store->name), STR_ARG(l->store->name));
	if (whole)
		add_comments(l, &l->patch);
	if ((own.node && !add_member(l, own, lines_above(text, own), 4, &l->patch)) ||
	    (retention.node &&
	     !add_member(l, retention, lines_above(text, retention), 4, &l->patch)))
		return false;
	return whole ? remove_member(l, l->backup)
		     : remove_member(l, own) && remove_member(l, retention);
}

/* Behind this entry of a list of patches. */
static bool put_beside(struct leaves *l, const struct written *entry)
{
	l->of->at = *entry;
	return !texts_closed(entry->text) &&
	       migration_edit_here(l->m, l->of, (struct edit){.kind = EDIT_ITEM, .at = entry->at},
				   buf_slice(&l->patch));
}

/* Of an entry that names the file of the patch. */
static bool change_entry(struct leaves *l, struct obj entry, bool needed)
{
	struct obj target = obj_at(entry, "target");
	struct written w;

	if (l->patch.len)
		return texts_written(l->m, entry, &w) && put_beside(l, &w);
	if (!target.node)
		return !needed;
	return texts_written(l->m, target, &l->of->at) && !texts_closed(l->of->at.text) &&
	       aim(l, l->store, l->of->at.at);
}

/* In each kustomization that names the file of the patch. False: one cannot be changed. */
static bool change_entries(struct leaves *l, struct str file, bool needed)
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

				if (!own || strcmp(own, path) != 0)
					continue;
				any = true;
				if (!change_entry(l, e, needed))
					return false;
			}
	}
	return any || (!needed && !l->patch.len);
}

static bool change_inside(struct leaves *l, const struct written *w, bool needed)
{
	struct written entry = {.text = w->text, .root = doc_root(w->inside.doc)};
	struct obj target;

	entry.at = entry_around(entry.root, w->inside);
	target = obj_at(entry.at, "target");
	if (l->patch.len)
		return entry.at.node && put_beside(l, &entry);
	if (!target.node)
		return !needed;
	entry.at = target;
	l->of->at = entry;
	return aim(l, l->store, target);
}

static bool change(struct leaves *l, const struct written *w)
{
	bool list = obj_type(w->root) == OBJ_LIST;

	l->of->at = *w;
	l->backup = obj_at(w->root, "spec.backup"); /* of a list: none */
	l->patch = (struct buf){0};
	if (!(list		 ? set_operations(l, w->root)
	      : is_part(w->root) ? set_part(l, l->store, w->root)
				 : split(l)))
		return false;
	if (list && are_operations(w->root, true))
		return true;
	return w->inside.node ? change_inside(l, w, list) : change_entries(l, w->text->path, list);
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
	struct leaves l = {.m = m, .of = of, .store = of->stores};
	const struct written at = of->at;
	size_t len;
	const struct written *found = found_of(leaves, &len);

	for (size_t i = 0; i < len && !of->refused.len; i++) {
		const struct written *w = &found[i];

		refuse_shared(m, of, w);
		if (!change(&l, w))
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
