#include "input/catalog.h"

#include "input/kustomization.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static void keep(void *in_arena)
{
	(void)in_arena;
}

static int by_path(const void *left, const void *right)
{
	struct input_file *const *a = left, *const *b = right;

	return strcmp((*a)->path, (*b)->path);
}

static int by_kind(const void *left, const void *right)
{
	return strcmp(left, right);
}

/* The kinds from which this list of replacements takes values. One without a kind: from any. */
static void note_sources(struct catalog *c, struct obj replacements)
{
	for (struct obj r = obj_first(replacements); r.node; r = obj_next(r)) {
		struct str kind = obj_text(r, "source.kind");
		bool path = obj_text(r, "path").len;

		c->all_named |= path || (obj_at(r, "source").node && !kind.len);
		if (kind.len && !tsearch(arena_cstr(c->arena, kind), &c->named, by_kind))
			out_of_memory(sizeof(void *));
	}
}

/* Once for each; its name says whether it was done. */
static void note_entries(struct catalog *c, const struct kustomization *k)
{
	if (!k->docs.len || doc_name(k->docs.docs[0]).len)
		return;
	doc_set_name(&k->docs, catalog_name(c, c->arena, k->path));
	for (size_t i = 0; i < k->entries_len; i++) {
		struct input_file *f =
			k->entries[i].path ? catalog_find(c, k->entries[i].path) : NULL;

		if (f)
			f->included = true;
	}
	note_sources(c, obj_at(k->root, "replacements"));
}

struct catalog *catalog_new(struct arena *a, struct folders *folders, const struct file_list *list)
{
	struct catalog *c = ARENA_NEW(a, struct catalog);

	*c = (struct catalog){.arena = a,
			      .folders = folders,
			      .files = ARENA_ARRAY(a, struct input_file, list->len + 1),
			      .len = list->len,
			      .by_path = ARENA_ARRAY(a, struct input_file *, list->len + 1),
			      .here = files_here(a)};
	for (size_t i = 0; i < list->len; i++) {
		struct str path = list->items[i].path;
		bool is_stdin = str_is(path, "-");
		struct input_file *f = &c->files[i];

		f->name = is_stdin ? STR("<stdin>") : path;
		f->path = arena_cstr(a, files_absolute(a, c->here, f->name));
		f->outside = list->items[i].outside;
		if (!is_stdin)
			f->folder = folders_of(folders, path);
		c->by_path[i] = f;
	}
	qsort(c->by_path, c->len, sizeof *c->by_path, by_path);
	for (size_t i = 0; i < c->len; i++) {
		const struct folder *folder = c->files[i].folder;

		if (folder && folder->kustomization)
			note_entries(c, folder->kustomization);
	}
	return c;
}

void catalog_free(struct catalog *c)
{
	tdestroy(c->named, keep);
}

struct input_file *catalog_find(const struct catalog *c, const char *path)
{
	struct input_file like = {.path = path}, *key = &like;
	struct input_file **found = bsearch(&key, c->by_path, c->len, sizeof key, by_path);

	return found ? *found : NULL;
}

struct str catalog_name(const struct catalog *c, struct arena *a, const char *path)
{
	const struct input_file *f = catalog_find(c, path);

	return f ? f->name : files_relative(a, c->here, str_from(path));
}

bool catalog_wants(const struct catalog *c, const struct object *object)
{
	return c->all_named ||
	       (c->named && tfind(arena_cstr(c->arena, object->kind_name), &c->named, by_kind));
}

static void copy_names(struct arena *a, struct object *o)
{
	o->api_version = arena_str(a, o->api_version);
	o->kind_name = arena_str(a, o->kind_name);
	o->namespace = arena_str(a, o->namespace);
	o->name = arena_str(a, o->name);
}

struct held *catalog_hold(struct catalog *c, struct input_file *file, const struct object *object)
{
	struct held *h = ARENA_NEW(c->arena, struct held);

	h->object = *object;
	h->file = file;
	if (object->root.node)
		file->holds = true;
	else
		copy_names(c->arena, &h->object);
	if (file->last)
		file->last->next = h;
	else
		file->first = h;
	file->last = h;
	return h;
}

struct held *catalog_hold_made(struct catalog *c, struct held *release, const struct object *object)
{
	struct held *h = ARENA_NEW(c->arena, struct held), **link = &release->made;

	*h = (struct held){.object = *object, .file = release->file};
	while (*link)
		link = &(*link)->next;
	*link = h;
	return h;
}
