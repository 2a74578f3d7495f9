/* Texts for `kubectl patch --patch-file` beside the Clusters that they complete. */
#include "internal.h"

#include "base/limits.h"

#include <stdlib.h>

bool completions_read(const struct folder *folder, struct obj root, struct object *out)
{
	if (!folder || folder->kustomization || root.node != doc_root(root.doc).node ||
	    obj_at(root, "kind").node || obj_at(root, "apiVersion").node ||
	    (!obj_len(obj_at(root, "spec.plugins")) && !obj_len(obj_at(root, "spec.backup"))))
		return false;
	*out = (struct object){
		.kind = KIND_CLUSTER, .kind_name = STR("Cluster"), .root = root, .part = true};
	return true;
}

static bool is_text(const struct object *o)
{
	return o->kind == KIND_CLUSTER && !o->api_version.len;
}

/* One that reads from another is often meant to have no backup of its own. */
static bool lacks_backup(const struct object *o)
{
	return o->kind == KIND_CLUSTER && !o->part && !obj_len(obj_at(o->root, "spec.plugins")) &&
	       !obj_len(obj_at(o->root, "spec.backup")) &&
	       !obj_len(obj_at(o->root, "spec.externalClusters"));
}

/* A text, or a Cluster that it may be meant for, in the order of the run. */
struct side {
	const struct folder *folder;
	struct held *held;
	size_t at;
};

static int by_folder(const void *a, const void *b)
{
	const struct side *x = a, *y = b;

	if (x->folder != y->folder)
		return x->folder < y->folder ? -1 : 1;
	if (is_text(&x->held->object) != is_text(&y->held->object))
		return is_text(&x->held->object) ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

static size_t sides_of(struct catalog *c, struct side *sides)
{
	size_t len = 0;

	for (size_t i = 0; i < c->len; i++)
		for (struct held *h = c->files[i].first; h; h = h->next)
			if (is_text(&h->object) || lacks_backup(&h->object)) {
				if (sides)
					sides[len] = (struct side){c->files[i].folder, h, len};
				len++;
			}
	return len;
}

/* Which of the Clusters is meant is said on a command line: it may be any. */
static void name(struct catalog *c, struct held *text, const struct side *clusters, size_t len)
{
	for (size_t i = 0; i < len && i < LIMIT_ALTERNATIVES; i++) {
		struct object object = text->object;

		object.name = clusters[i].held->object.name;
		object.namespace = clusters[i].held->object.namespace;
		if (i)
			catalog_hold(c, text->file, &object);
		else
			text->object = object;
	}
}

void completions_name(struct catalog *c)
{
	size_t len = sides_of(c, NULL), end;
	struct side *sides = ARENA_ARRAY(c->arena, struct side, len + 1);

	sides_of(c, sides);
	qsort(sides, len, sizeof *sides, by_folder);
	for (size_t from = 0; from < len; from = end) {
		size_t texts = from;

		while (texts < len && sides[texts].folder == sides[from].folder &&
		       is_text(&sides[texts].held->object))
			texts++;
		for (end = texts; end < len && sides[end].folder == sides[from].folder;)
			end++;
		for (size_t i = from; i < texts; i++)
			name(c, sides[i].held, sides + texts, end - texts);
	}
}
