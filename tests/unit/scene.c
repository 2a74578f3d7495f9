#include "scene.h"

#include "base/arena.h"
#include "cnpg/inventory.h"

#include <criterion/criterion.h>

enum { MOST = 1000 };

struct cast {
	struct object objects[MOST];
	const struct known *known[MOST];
	size_t len;
	bool manifest;
};

static void collect(void *ctx, struct obj root)
{
	struct cast *cast = ctx;

	cr_assert(cast->len < MOST);
	if (object_read(root, &cast->objects[cast->len]))
		cast->objects[cast->len++].manifest = cast->manifest;
}

/* A kustomization beside the file: the file is db.yaml. */
static void kustomize(struct cast *cast, struct obj root)
{
	bool listed =
		!str_has_prefix(obj_text(root, "apiVersion"), STR("kustomize.config.k8s.io/"));

	for (struct obj e = obj_first(obj_at(root, "resources")); e.node; e = obj_next(e))
		listed |= str_is(obj_text(e, ""), "db.yaml");
	for (size_t i = 0; i < cast->len && !listed; i++)
		cast->objects[i].left_out_by = STR("kustomization.yaml");
}

/* Two of one name stand for the files of two folders. */
static void find_twins(struct cast *cast, size_t i)
{
	struct object *o = &cast->objects[i];

	for (size_t j = 0; j < i; j++) {
		struct object *other = &cast->objects[j];

		if (!o->kind || !o->namespace.len || !known_same(o, other))
			continue;
		o->defined_too = other->defined_too = STR("other/db.yaml");
	}
}

static void judge(const struct scene *scene, struct judge_request *request, scene_fn *each,
		  void *ctx)
{
	struct verdict verdict;

	if (!request->object->kind)
		return;
	engine_judge(scene->policy, request, scene->arena, &verdict);
	each(ctx, request->object, &verdict);
}

/* What is there before the write: all but what it makes. */
static bool is_there(const struct scene *scene, size_t i)
{
	if (!scene->admission)
		return true;
	return scene->operation == OP_CREATE ? i != 0 : !scene->first_is_old || i != 1;
}

static void note_backups(const struct cast *cast, struct backups *backups)
{
	for (size_t i = 0; i < cast->len; i++)
		if (cast->objects[i].kind == KIND_BACKUP)
			backups_note(backups, cast->objects[i].root);
}

void scene_judge(const struct scene *scene, const struct doc_list *docs, scene_fn *each, void *ctx)
{
	struct cast *cast = ARENA_NEW(scene->arena, struct cast);
	struct inventory *inventory = inventory_new(scene->arena);
	struct backups *backups = backups_new(scene->arena, scene->now);
	struct judge_request request = {.operation = scene->operation,
					.now = scene->now,
					.admission = scene->admission,
					.dry_run = scene->dry_run,
					.probes = scene->probes,
					.inventory = inventory};

	cast->manifest = !scene->admission && !scene->live;
	for (size_t i = 0; i < docs->len; i++)
		object_each(doc_root(docs->docs[i]), collect, cast);
	if (scene->whole || scene->live)
		inventory_is_whole(inventory);
	struct beside beside = {.namespace = STR_EMPTY};
	for (size_t i = 0; i < cast->len; i++)
		object_beside(&beside, cast->objects[i].namespace);
	for (size_t i = 0; i < cast->len && cast->manifest; i++)
		cast->objects[i].beside = beside.namespace;
	cast->objects[0].part = scene->first_is_part;
	for (size_t i = 0; i < docs->len && cast->manifest; i++)
		kustomize(cast, doc_root(docs->docs[i]));
	for (size_t i = 0; i < cast->len && cast->manifest; i++)
		find_twins(cast, i);
	for (size_t i = 0; i < cast->len; i++)
		if (is_there(scene, i))
			cast->known[i] = inventory_add(inventory, &cast->objects[i], STR_EMPTY, 0);
	inventory_settle(inventory);
	for (size_t i = 0; i < cast->len; i++)
		cast->objects[i].part |= cast->known[i] && cast->known[i]->object.part;
	note_backups(cast, backups);
	request.backups = scene->live ? backups : NULL;
	if (scene->admission) {
		cr_assert(cast->len > scene->first_is_old);
		request.object = &cast->objects[scene->first_is_old];
		request.old = scene->first_is_old ? &cast->objects[0] : NULL;
		judge(scene, &request, each, ctx);
	}
	for (size_t i = 0; i < cast->len && !scene->admission; i++) {
		request.object = &cast->objects[i];
		judge(scene, &request, each, ctx);
	}
	backups_free(backups);
}
