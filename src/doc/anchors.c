#include "anchors_internal.h"

#include <search.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct anchor *)a)->name, ((const struct anchor *)b)->name);
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

static struct anchor *find(const struct anchors *all, const char *name)
{
	struct anchor like = {.name = name};
	struct anchor *const *found = tfind(&like, &all->root, by_name);

	return found ? *found : NULL;
}

struct anchor *anchors_open(struct anchors *all, struct arena *a, const char *name,
			    const struct placed *node)
{
	if (!name)
		return NULL;
	struct anchor *anchor = find(all, name);
	if (!anchor) {
		anchor = ARENA_NEW(a, struct anchor);
		anchor->name = arena_cstr(a, str_from(name));
		if (!tsearch(anchor, &all->root, by_name))
			out_of_memory(sizeof *anchor);
	}
	anchor->node = node;
	anchor->open = true;
	return anchor;
}

void anchor_close(struct anchor *a)
{
	if (a)
		a->open = false;
}

const struct anchor *anchors_find(const struct anchors *all, const char *name)
{
	return find(all, name);
}

void anchors_release(struct anchors *all)
{
	tdestroy(all->root, keep);
	all->root = NULL;
}
