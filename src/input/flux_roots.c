#include "flux_roots_internal.h"

#include "input/flux.h"
#include "input/kustomization.h"

#include <search.h>
#include <string.h>

static void keep(void *in_arena)
{
	(void)in_arena;
}

static int by_id(const void *left, const void *right)
{
	uintptr_t a = (uintptr_t)((const struct flux_root *)left)->id;
	uintptr_t b = (uintptr_t)((const struct flux_root *)right)->id;

	return (a > b) - (a < b);
}

static int by_path(const void *left, const void *right)
{
	const struct flux_root *a = left, *b = right;

	return strcmp(a->path, b->path);
}

void flux_roots_release(struct flux_roots *all)
{
	tdestroy(all->by_id, keep);
	tdestroy(all->by_path, keep);
}

void flux_roots_note(struct flux_roots *all, const struct folder *folder,
		     const struct object *object)
{
	struct flux_root *f = ARENA_NEW(all->arena, struct flux_root);

	*f = (struct flux_root){.id = object->root.node, .object = *object, .from = folder};
	if (!tsearch(f, &all->by_id, by_id))
		out_of_memory(sizeof *f);
	if (all->last)
		all->last->next = f;
	else
		all->first = all->at = f;
	all->last = f;
}

static struct kustomization *kustomization_at(const struct catalog *c, const char *path)
{
	const struct folder *f = path ? folders_known(c->folders, path) : NULL;

	return f ? f->kustomization : NULL;
}

static void claim(struct flux_roots *all, struct evaluation *e, struct flux_root *f)
{
	const struct catalog *c = e->catalog;
	struct flux flux;
	struct kustomization *k;

	if (!flux_read(&f->object, &flux))
		return;
	f->path = flux_folder(&flux, all->arena, f->from);
	k = kustomization_at(c, f->path);
	f->generated = f->path && !k;
	if (f->generated)
		k = flux_generate(e, &flux, f->path);
	if (!k || k->component || !k->docs.len) {
		f->path = NULL;
		return;
	}
	f->own = k;
	k->included = true;
	struct flux_root **first = tsearch(f, &all->by_path, by_path);
	if (!first)
		out_of_memory(sizeof *first);
	f->alone = *first == f;
	(*first)->alone = f->alone;
	for (struct obj o = obj_first(obj_at(flux.spec, "components")); o.node; o = obj_next(o)) {
		struct kustomization *used =
			kustomization_at(c, kustomization_path(k, all->arena, obj_text(o, "")));

		if (used)
			used->included = true;
	}
}

void flux_roots_claim(struct flux_roots *all, struct evaluation *e)
{
	for (struct flux_root *f = all->first; f; f = f->next)
		claim(all, e, f);
}

static void enqueue(struct flux_roots *all, struct flux_root *f)
{
	f->queued = true;
	if (all->queue)
		all->last_queued->next_queued = f;
	else
		all->queue = f;
	all->last_queued = f;
}

void flux_roots_queue(struct flux_roots *all, const struct object *object, const struct cJSON *id)
{
	struct flux_root like = {.id = id}, **found = tfind(&like, &all->by_id, by_id);

	if (!found || (*found)->queued)
		return;
	(*found)->object = *object;
	enqueue(all, *found);
}

/* Another one builds the folder in which it lies, or one above, and may change it. */
static bool is_applied(const struct flux_roots *all, const struct flux_root *f)
{
	for (const struct folder *at = f->from; at; at = at->above) {
		struct flux_root like = {.path = at->path};
		struct flux_root **found = tfind(&like, &all->by_path, by_path);

		if (found && (*found != f || !f->alone))
			return true;
	}
	return false;
}

/* The next that was not queued: first of those that nobody applies, then of all. */
static struct flux_root *find_unqueued(struct flux_roots *all)
{
	for (;;) {
		struct flux_root *f = all->at;

		if (!f && all->asked)
			return NULL;
		all->asked |= !f;
		all->at = f ? f->next : all->first;
		if (f && !f->queued && (all->asked || !is_applied(all, f)))
			return f;
	}
}

const struct flux_root *flux_roots_next(struct flux_roots *all)
{
	struct flux_root *f;

	do {
		if (!all->queue && (f = find_unqueued(all)))
			enqueue(all, f);
		f = all->queue;
		all->queue = f ? f->next_queued : NULL;
	} while (f && !f->path);
	return f;
}
