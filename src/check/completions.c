/* Texts for `kubectl patch --patch-file` beside the Clusters that they complete. */
#include "internal.h"

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

/* Which of the Clusters is meant is said on a command line: it may be any. */
static void name(struct catalog *c, struct held *text, const struct input_file *file)
{
	for (const struct held *h = file->first; h; h = h->next) {
		struct object object = text->object;

		if (!lacks_backup(&h->object))
			continue;
		object.name = h->object.name;
		object.namespace = h->object.namespace;
		if (text->object.name.len)
			catalog_hold(c, text->file, &object);
		else
			text->object = object;
	}
}

void completions_name(struct catalog *c)
{
	for (size_t i = 0; i < c->len; i++)
		for (struct held *h = c->files[i].first; h; h = h->next)
			for (size_t j = 0; j < c->len && is_text(&h->object) && !h->object.name.len;
			     j++)
				if (c->files[j].folder == c->files[i].folder)
					name(c, h, &c->files[j]);
}
