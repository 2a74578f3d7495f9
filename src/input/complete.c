/* Which files a run needs beside those that it was given. */
#include "input/catalog.h"
#include "input/kustomization.h"

#include "base/limits.h"

#include <search.h>
#include <string.h>
#include <sys/stat.h>

struct completing {
	struct arena *arena;
	struct folders *folders;
	const struct files_wanted *wanted;
	struct file_list *list;
	struct str here;
	unsigned depth; /* of the kustomizations at hand */
	void *seen;	/* a tsearch tree of absolute paths: files and folders */
};

static void keep(void *in_arena)
{
	(void)in_arena;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(left, right);
}

/* True when it was not seen before. */
static bool see(struct completing *c, const char *path)
{
	const char **slot = tsearch(path, &c->seen, by_text);

	if (!slot)
		out_of_memory(sizeof *slot);
	return *slot == path;
}

/* In none of the paths that were given. */
static bool is_beside(struct completing *c, struct str path)
{
	for (size_t i = 0; i < c->wanted->paths_len; i++) {
		struct str root = files_absolute(c->arena, c->here, c->wanted->paths[i]);

		if (str_eq(path, root) || root.len == 1 ||
		    (str_has_prefix(path, root) && path.ptr[root.len] == '/'))
			return false;
	}
	return true;
}

static void add_file(struct completing *c, const char *path)
{
	struct str absolute = str_from(path);

	files_add(c->arena, files_relative(c->arena, c->here, absolute), c->list);
	c->list->items[c->list->len - 1].outside = is_beside(c, absolute);
}

static void take_kustomization(struct completing *c, const struct kustomization *k);

static void take_entry(struct completing *c, const char *path)
{
	struct stat s;

	if (!see(c, path) || stat(path, &s) != 0 ||
	    files_excluded(c->arena, c->wanted, files_relative(c->arena, c->here, str_from(path))))
		return;
	if (S_ISREG(s.st_mode))
		add_file(c, path);
	if (!S_ISDIR(s.st_mode))
		return;
	const struct kustomization *k = folders_at(c->folders, path)->kustomization;
	if (!k)
		return;
	if (see(c, k->path))
		add_file(c, k->path);
	take_kustomization(c, k);
}

static void take_kustomization(struct completing *c, const struct kustomization *k)
{
	if (c->depth == LIMIT_DEPTH)
		return;
	c->depth++;
	for (size_t i = 0; i < k->entries_len; i++)
		if (k->entries[i].path)
			take_entry(c, k->entries[i].path);
	c->depth--;
}

void catalog_complete(struct arena *a, struct folders *folders, const struct files_wanted *wanted,
		      struct file_list *list)
{
	struct completing c = {.arena = a,
			       .folders = folders,
			       .wanted = wanted,
			       .list = list,
			       .here = files_here(a)};
	size_t given = list->len;
	const char **paths = ARENA_ARRAY(a, const char *, given + 1);

	for (size_t i = 0; i < given; i++) {
		struct str path = list->items[i].path;

		if (str_is(path, "-"))
			continue;
		paths[i] = arena_cstr(a, files_absolute(a, c.here, path));
		see(&c, paths[i]);
	}
	for (size_t i = 0; i < given; i++) {
		const struct folder *folder =
			paths[i] ? folders_of(folders, list->items[i].path) : NULL;

		if (folder && folder->kustomization &&
		    strcmp(folder->kustomization->path, paths[i]) == 0)
			take_kustomization(&c, folder->kustomization);
	}
	tdestroy(c.seen, keep);
}
