/* What is to be changed: which Clusters there are, and what is known of each before. */
#include "internal.h"

/* An empty one is none: the API server drops it. */
static bool is_there(struct obj in_tree)
{
	return in_tree.node && obj_type(in_tree) != OBJ_NULL_VALUE;
}

static bool has_in_tree(struct obj root)
{
	if (is_there(obj_at(root, "spec.backup.barmanObjectStore")))
		return true;
	for (struct obj e = obj_first(obj_at(root, "spec.externalClusters")); e.node;
	     e = obj_next(e))
		if (is_there(obj_at(e, "barmanObjectStore")))
			return true;
	return false;
}

bool cluster_is_in_tree(const struct held *held)
{
	bool applied = has_in_tree(held->object.root);

	for (const struct use *u = held->uses; u && !applied; u = u->next)
		applied = has_in_tree(u->object.root);
	return applied;
}

static struct str writer_of(struct migrate *m, const struct held *held)
{
	for (const struct use *u = held->uses; u; u = u->next) {
		struct obj own = obj_at(u->object.root, "spec.backup.barmanObjectStore");

		if (own.node)
			return arena_str(m->arena, doc_name(obj_source(own)));
	}
	return STR_EMPTY;
}

/* `release`: the chart of which makes it; or NULL. */
static void plan_one(struct migrate *m, const struct held *held, size_t nth,
		     const struct held *release)
{
	if (!cluster_is_in_tree(held))
		return;
	struct migration *of = migration_of(m, held, nth);
	of->held = held;
	of->at = (struct written){.text = texts_find(m, held->file->name),
				  .root = held->object.root};
	of->backup = obj_at(of->at.root, "spec.backup");
	of->operation = (struct obj){0};
	of->stored = of->at.text;
	of->edits = NULL;
	of->stores = NULL;
	of->told = BUF_ARENA(m->arena);
	of->checksums = of->asked;
	of->patched = false;
	of->writers = BUF_ARENA(m->arena);
	of->leaves = BUF_ARENA(m->arena);
	of->writer = writer_of(m, held);
	of->places = BUF_ARENA(m->arena);
	of->unplaced = places_of(m, held, &of->places);
	if (of->refused.len)
		return;
	if (release)
		plan_chart(m, of, release);
	else
		plan_cluster(m, of);
}

static bool has_method(enum method method, const struct held *release)
{
	for (const struct held *made = release->made; made; made = made->next)
		if (made->object.kind == KIND_SCHEDULED_BACKUP &&
		    method_of(made->object.root) == method)
			return true;
	return false;
}

/* Other values may say what the method of its backups is; by itself the chart has the in-tree one.
 */
static void note_values(struct migrate *m, const struct held *release, const struct held *made)
{
	struct obj spec = obj_at(made->object.root, "spec");
	struct pos pos = obj_pos(made->object.root);

	if (made->object.part && !cluster_is_in_tree(made) && !obj_at(spec, "plugins").node &&
	    has_method(METHOD_IN_TREE, release))
		buf_fmt(&m->values, "%.*s:%u\n", STR_ARG(release->file->name), pos.line);
}

static void plan_made(struct migrate *m, const struct held *release, size_t *nth)
{
	for (const struct held *made = release->made; made; made = made->next) {
		if (made->object.kind != KIND_CLUSTER)
			continue;
		plan_one(m, made, (*nth)++, release);
		note_values(m, release, made);
	}
}

void plan_all(struct migrate *m)
{
	const struct catalog *c = m->placed->catalog;

	for (struct migration *of = m->first; of; of = of->next)
		of->stores = NULL;
	m->parts = BUF_ARENA(m->arena);
	m->values = BUF_ARENA(m->arena);
	for (size_t i = 0; i < c->len; i++) {
		size_t nth = 0;

		for (const struct held *h = c->files[i].first; h; h = h->next) {
			if (h->object.kind == KIND_CLUSTER)
				plan_one(m, h, nth++, NULL);
			plan_made(m, h, &nth);
		}
	}
	plan_schedules(m);
}
