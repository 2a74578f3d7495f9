#include "listing_internal.h"

#include "base/json.h"
#include "input/files.h"

#include <fnmatch.h>
#include <string.h>

/* What stands for this file in the kustomization of a folder above it: itself, or the outermost
 * folder on the way that has a kustomization. */
static const char *entry_of(const struct input_file *file, struct str folder)
{
	const char *entry = file->path;

	for (const struct folder *at = file->folder; at && strlen(at->path) > folder.len;
	     at = at->above)
		if (at->kustomization)
			entry = at->path;
	return entry;
}

static bool matches(struct arena *a, struct str glob, struct str path)
{
	return fnmatch(arena_cstr(a, glob), arena_cstr(a, path), 0) == 0;
}

/* `path`: from the folder. */
static bool is_listed(struct arena *scratch, const struct listing *l, struct str path)
{
	return (l->below || str_find_byte(path, '/') == STR_NONE) &&
	       (!l->include.len || matches(scratch, l->include, path)) &&
	       (!l->exclude.len || !matches(scratch, l->exclude, path));
}

static void write_entries(const struct evaluation *e, const char *folder, const struct listing *l,
			  struct json *out)
{
	const struct catalog *c = e->catalog;
	struct str above = str_from(folder);
	const char *last = "";

	json_open(out, '{');
	json_name(out, STR("resources"));
	json_open(out, '[');
	for (size_t i = 0; i < c->len; i++) {
		const struct input_file *f = c->by_path[i];
		struct str path = str_from(f->path);

		if (!str_has_prefix(path, above) || path.len <= above.len ||
		    path.ptr[above.len] != '/')
			continue;
		const char *entry = l->as_kustomizations ? entry_of(f, above) : f->path;
		struct str from = str_slice(str_from(entry), above.len + 1, strlen(entry));
		if (strcmp(entry, last) == 0 || (entry == f->path && !f->first) ||
		    !is_listed(e->scratch, l, from))
			continue;
		json_str(out, from);
		last = entry;
	}
	json_close(out, ']');
	json_close(out, '}');
}

static void mark_included(const struct evaluation *e, const struct kustomization *k)
{
	for (size_t i = 0; i < k->entries_len; i++) {
		const struct folder *f = folders_known(e->catalog->folders, k->entries[i].path);

		if (f && f->kustomization)
			f->kustomization->included = true;
	}
}

struct kustomization *listing_kustomization(struct evaluation *e, const char *folder,
					    const struct listing *l)
{
	struct render r = {.arena = e->arena, .budget = e->budget};
	struct kustomization like = {.folder = folders_known(e->catalog->folders, folder)};
	struct buf text = BUF_ARENA(e->arena);
	struct json json = JSON(&text);
	struct err err;

	write_entries(e, folder, l, &json);
	like.path = files_join(e->arena, str_from(folder), STR("kustomization.yaml")).ptr;
	if (!doc_read_yaml_within(e->arena, buf_slice(&text), e->budget, &like.docs, &err) ||
	    !render_copy(&r, doc_root(like.docs.docs[0]), &err))
		return NULL;
	struct obj list = obj_at(render_root(&r), "resources");
	for (struct obj m = obj_first(list); m.node; m = obj_next(m))
		render_move(&r, m, l->by);
	if (!like.folder || !obj_len(list))
		return NULL;
	struct kustomization *k = kustomization_with(e->arena, &like, render_root(&r));
	mark_included(e, k);
	return k;
}
