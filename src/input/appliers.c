#include "appliers_internal.h"

#include "input/flux.h"
#include "input/kustomization.h"
#include "argo_set_internal.h"
#include "settings_internal.h"

#include <search.h>
#include <string.h>
#include <unistd.h>

static void keep(void *in_arena)
{
	(void)in_arena;
}

static int by_id(const void *left, const void *right)
{
	uintptr_t a = (uintptr_t)((const struct applier *)left)->id;
	uintptr_t b = (uintptr_t)((const struct applier *)right)->id;

	return (a > b) - (a < b);
}

static int by_path(const void *left, const void *right)
{
	const struct applier *a = left, *b = right;

	return strcmp(a->path, b->path);
}

void appliers_release(struct appliers *all)
{
	tdestroy(all->by_id, keep);
	tdestroy(all->by_path, keep);
}

static struct applier *add(struct appliers *all, const struct folder *folder,
			   const struct object *object)
{
	struct applier *f = ARENA_NEW(all->arena, struct applier);

	*f = (struct applier){.id = object->root.node, .object = *object, .from = folder};
	if (all->last)
		all->last->next = f;
	else
		all->first = all->at = f;
	all->last = f;
	return f;
}

struct noting {
	struct appliers *all;
	const struct folder *folder;
	const struct object *object;
};

static void note_source(void *ctx, const struct argo *source)
{
	const struct noting *n = ctx;

	add(n->all, n->folder, n->object)->argo = *source;
}

static void note_settings(struct appliers *all, const struct folder *folder,
			  const struct object *object)
{
	struct settings *s = ARENA_NEW(all->arena, struct settings);

	*s = (struct settings){*object, folder, all->settings};
	all->settings = s;
}

void appliers_note(struct appliers *all, const struct folder *folder, const struct object *object)
{
	struct noting n = {all, folder, object};

	if (settings_is(object)) {
		note_settings(all, folder, object);
		return;
	}
	if (argo_is_set(object)) {
		add(all, folder, object)->set = true;
		return;
	}
	if (argo_is(object)) {
		argo_sources(argo_spec(object), object->name, note_source, &n);
		return;
	}
	struct applier *f = add(all, folder, object);
	all->flux = true;
	if (!tsearch(f, &all->by_id, by_id))
		out_of_memory(sizeof *f);
}

static struct kustomization *kustomization_at(const struct catalog *c, const char *path)
{
	const struct folder *f = path ? folders_known(c->folders, path) : NULL;

	return f ? f->kustomization : NULL;
}

const char *appliers_folder(struct arena *a, const struct folder *from, struct str path)
{
	if (str_is(files_absolute(a, STR("/"), path), "/"))
		return NULL;
	for (; from; from = from->above) {
		struct str joined = files_join(a, str_from(from->path), path);
		const char *folder = arena_cstr(a, files_absolute(a, STR("/"), joined));

		if (access(folder, F_OK) == 0)
			return folder;
	}
	return NULL;
}

static void include_components(const struct appliers *all, const struct catalog *c,
			       const struct kustomization *k, struct obj components)
{
	for (struct obj o = obj_first(components); o.node; o = obj_next(o)) {
		struct kustomization *used =
			kustomization_at(c, kustomization_path(k, all->arena, obj_text(o, "")));

		if (used)
			used->included = true;
	}
}

/* The kustomization of the folder, or what Flux would write there. */
static struct kustomization *find_own(struct appliers *all, struct evaluation *e, struct applier *f)
{
	struct kustomization *k;
	struct flux flux;

	if (f->argo.source.node) {
		f->path = appliers_folder(all->arena, f->from, f->argo.path);
		k = kustomization_at(e->catalog, f->path);
		f->generated = f->path && !k;
		return f->generated ? argo_listing(e, &f->argo, f->path) : k;
	}
	if (!flux_read(&f->object, &flux))
		return NULL;
	f->path = appliers_folder(all->arena, f->from, flux.path);
	k = kustomization_at(e->catalog, f->path);
	f->generated = f->path && !k;
	return f->generated ? flux_generate(e, &flux, f->path) : k;
}

static void claim(struct appliers *all, struct evaluation *e, struct applier *f)
{
	struct kustomization *k = find_own(all, e, f);
	struct obj spec = obj_at(f->object.root, "spec");

	if (!k || k->component || !k->docs.len) {
		f->path = NULL;
		return;
	}
	f->own = k;
	k->included = k->built = true;
	struct applier **first = tsearch(f, &all->by_path, by_path);
	if (!first)
		out_of_memory(sizeof *first);
	f->alone = *first == f;
	(*first)->alone = f->alone;
	include_components(all, e->catalog, k,
			   f->argo.source.node ? obj_at(f->argo.source, "kustomize.components")
					       : obj_at(spec, "components"));
}

void appliers_claim(struct appliers *all, struct evaluation *e)
{
	/* What a set makes comes last. */
	for (struct applier *f = all->first; f; f = f->next)
		if (f->set)
			argo_set_each(e, f->from, &f->object, note_source,
				      &(struct noting){all, f->from, &f->object});
		else
			claim(all, e, f);
}

struct str appliers_destination(struct arena *a, const struct applier *f)
{
	return f->argo.source.node ? argo_destination(a, &f->object, &f->argo)
				   : arena_str(a, obj_text(f->object.root, "spec.sourceRef.name"));
}

static void enqueue(struct appliers *all, struct applier *f)
{
	f->queued = true;
	if (all->queue)
		all->last_queued->next_queued = f;
	else
		all->queue = f;
	all->last_queued = f;
}

void appliers_queue(struct appliers *all, const struct object *object, const struct cJSON *id)
{
	struct applier like = {.id = id}, **found = tfind(&like, &all->by_id, by_id);

	if (!found || (*found)->queued)
		return;
	(*found)->object = *object;
	enqueue(all, *found);
}

/* Another one builds the folder in which it lies, or one above, and may change it. */
static bool is_applied(const struct appliers *all, const struct applier *f)
{
	for (const struct folder *at = f->from; at; at = at->above) {
		struct applier like = {.path = at->path};
		struct applier **found = tfind(&like, &all->by_path, by_path);

		if (found && (*found != f || !f->alone))
			return true;
	}
	return false;
}

/* The next that was not queued: first of those that nobody applies, then of all. */
static struct applier *find_unqueued(struct appliers *all)
{
	for (;;) {
		struct applier *f = all->at;

		if (!f && all->asked)
			return NULL;
		all->asked |= !f;
		all->at = f ? f->next : all->first;
		if (f && !f->queued && (all->asked || !is_applied(all, f)))
			return f;
	}
}

const struct applier *appliers_next(struct appliers *all)
{
	struct applier *f;

	do {
		if (!all->queue && (f = find_unqueued(all)))
			enqueue(all, f);
		f = all->queue;
		all->queue = f ? f->next_queued : NULL;
	} while (f && !f->path);
	return f;
}
