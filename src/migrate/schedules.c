/* What becomes of the ScheduledBackups and Backups of a Cluster. */
#include "internal.h"

#include "cnpg/view.h"

static const char block[] = "pluginConfiguration:\n  name: " PLUGIN_NAME "\n";

/* The one whose Cluster this use of a schedule means; NULL: none that is migrated. */
static struct migration *owner(const struct migrate *m, const struct use *use)
{
	struct view view = {.inventory = m->placed->inventory, .bundle = use->bundle};
	const struct known *k = view_find(&view, KIND_CLUSTER, use->object.namespace,
					  obj_text(use->object.root, "spec.cluster.name"));

	for (struct migration *of = m->first; k && of; of = of->next)
		for (const struct use *u = of->held ? of->held->uses : NULL; u; u = u->next)
			if (u->object.root.node == k->object.root.node)
				return of;
	return NULL;
}

static bool is_in_tree(const struct object *o)
{
	struct str method = STR_EMPTY;
	enum obj_is is = obj_str(o->root, "spec.method", &method);

	return (o->kind == KIND_SCHEDULED_BACKUP || o->kind == KIND_BACKUP) &&
	       !object_is_from_schedule(o) &&
	       (is == OBJ_ABSENT || is == OBJ_NULL || str_is(method, "barmanObjectStore"));
}

static struct str called(const struct migrate *m, const struct held *h)
{
	return arena_fmt(m->arena, "%.*s %.*s", STR_ARG(h->object.kind_name),
			 STR_ARG(h->object.name));
}

static bool is_plain(struct migrate *m, struct migration *of, const struct held *h,
		     const struct text *text)
{
	static const char *const paths[] = {"spec.cluster", "spec.method",
					    "spec.pluginConfiguration"};
	const char *closed = texts_closed(text);

	if (closed)
		migration_refuse(m, of, "of its %.*s: %s", STR_ARG(called(m, h)), closed);
	else if (h->object.part || h->object.misnamed)
		migration_refuse(m, of, "a part of its %.*s stands in another file",
				 STR_ARG(called(m, h)));
	else if (obj_at(h->object.root, "spec.pluginConfiguration").node)
		migration_refuse(m, of,
				 "its %.*s has a pluginConfiguration, and not the method of one",
				 STR_ARG(called(m, h)));
	for (size_t i = 0; i < ARRAY_LEN(paths) && !of->refused.len; i++)
		migration_need_written(m, of, h, paths[i]);
	return !of->refused.len;
}

static void plan(struct migrate *m, struct migration *of, const struct held *h)
{
	struct text *text = texts_find(m, h->file->name);
	struct obj root = h->object.root, method = obj_at(root, "spec.method");
	struct obj behind = method.node ? method : obj_at(root, "spec.cluster");
	struct str lines =
		method.node ? str_from(block) : arena_fmt(m->arena, "method: plugin\n%s", block);
	struct edit *edits = NULL;

	if (!is_plain(m, of, h, text))
		return;
	if (!migration_edit(m, &edits,
			    (struct edit){.kind = EDIT_BEHIND, .at = behind, .root = root},
			    lines) ||
	    (method.node && !migration_edit(m, &edits,
					    (struct edit){.kind = EDIT_TEXT,
							  .at = method,
							  .text = STR("plugin"),
							  .root = root},
					    STR_EMPTY))) {
		migration_refuse(m, of, "what its %.*s would become cannot be read again",
				 STR_ARG(called(m, h)));
		return;
	}
	migration_change(m, of, text, edits);
	migration_tell(
		of, "%.*s (%.*s:%u) uses the plugin%s", STR_ARG(called(m, h)),
		STR_ARG(h->file->name), obj_pos(root).line,
		h->object.kind == KIND_BACKUP
			? ": one that was applied cannot be changed, so leave it out or rename it"
			: "");
}

/* All its uses are of one Cluster, or it is not to be changed for any. */
static struct migration *only_owner(struct migrate *m, const struct held *h)
{
	struct migration *of = NULL;

	for (const struct use *u = h->uses; u; u = u->next) {
		struct migration *other = owner(m, u);

		if (u != h->uses && other != of) {
			for (struct migration *each = of ? of : other; each;
			     each = each == other ? NULL : other)
				migration_refuse(m, each, "its %.*s is one of another Cluster, too",
						 STR_ARG(called(m, h)));
			return NULL;
		}
		of = other;
	}
	return of;
}

void plan_schedules(struct migrate *m)
{
	const struct catalog *c = m->placed->catalog;

	for (size_t i = 0; i < c->len; i++)
		for (const struct held *h = c->files[i].first; h; h = h->next) {
			if (!h->object.root.node || !is_in_tree(&h->object))
				continue;
			struct migration *of = only_owner(m, h);
			/* only its source is in-tree: the schedule is none of the archive */
			if (of && !of->refused.len &&
			    obj_at(of->held->object.root, "spec.backup.barmanObjectStore").node)
				plan(m, of, h);
		}
}
