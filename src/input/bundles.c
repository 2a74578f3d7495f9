#include "input/bundles.h"

#include "base/limits.h"
#include "input/claims.h"
#include "input/files.h"
#include "input/flux.h"
#include "input/forks.h"
#include "input/kustomization.h"
#include "input/release.h"
#include "bundles_internal.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#define DEFINING (KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE)

static int by_folder(const void *left, const void *right)
{
	const struct loose *a = left, *b = right;

	return strcmp(a->folder->path, b->folder->path);
}

static int by_definition(const void *left, const void *right)
{
	const struct loose_definition *a = left, *b = right;
	int by = strcmp(a->what, b->what);

	return by ? by : strcmp(a->folder->path, b->folder->path);
}

static int by_target(const void *left, const void *right)
{
	const struct target *a = left, *b = right;

	return strcmp(a->path, b->path);
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

/* The one that equals `like`, or a copy of it. */
static void *intern(struct bundles *b, void **tree, const void *like, size_t size,
		    int (*compare)(const void *, const void *))
{
	void **found = tfind(like, tree, compare);
	void *copy;

	if (found)
		return *found;
	copy = arena_alloc(b->arena, size);
	memcpy(copy, like, size);
	if (!tsearch(copy, tree, compare))
		out_of_memory(size);
	return copy;
}

struct bundles *bundles_new(struct arena *a, struct catalog *catalog)
{
	struct bundles *b = ARENA_NEW(a, struct bundles);

	b->arena = a;
	b->catalog = catalog;
	b->forks = forks_new(a);
	b->clusters = forks_new(a);
	b->claims.arena = a;
	b->last = &b->first;
	b->appliers.arena = a;
	b->releases = releases_new(a);
	return b;
}

void bundles_free(struct bundles *b)
{
	tdestroy(b->loose, keep);
	tdestroy(b->definitions, keep);
	tdestroy(b->targets, keep);
	appliers_release(&b->appliers);
	forks_free(b->forks);
	forks_free(b->clusters);
	claims_release(&b->claims);
}

/* A folder that several apply is one of several clusters: nobody can say of which. What is
 * suspended or goes to a cluster of its own is of none that is known. */
static void note_applier(struct bundles *b, struct target *t, const char *folder,
			 const struct object *flux)
{
	struct place *p = forks_place(b->clusters, folder);

	forks_define(
		b->clusters,
		arena_fmt(b->arena, "%.*s/%.*s", STR_ARG(flux->namespace), STR_ARG(flux->name)), p,
		true);
	struct obj spec = obj_at(flux->root, "spec");
	t->several_appliers |= (t->from && strcmp(forks_folder(t->from), folder) != 0) ||
			       obj_true(spec, "suspend", false) || obj_at(spec, "kubeConfig").node;
	t->from = p;
}

static void note_target(struct bundles *b, const struct folder *folder, const struct object *flux)
{
	static const char *const changes[] = {"patches", "namePrefix", "nameSuffix"};
	struct obj spec = obj_at(flux->root, "spec");
	struct str namespace = obj_text(spec, "targetNamespace"), path = obj_text(spec, "path");
	struct target like = {.path = appliers_folder(b->arena, folder, path)}, *target;

	if (!like.path)
		return;
	target = intern(b, &b->targets, &like, sizeof like, by_target);
	if (namespace.len && target->namespace.len && !str_eq(namespace, target->namespace))
		target->several = true;
	if (namespace.len)
		target->namespace = target->several ? STR_EMPTY : arena_str(b->arena, namespace);
	note_applier(b, target, folder->path, flux);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		if (obj_at(spec, changes[i]).node)
			target->doubts |= BUNDLE_CHANGED;
	if (obj_at(spec, "components").node)
		target->doubts |= BUNDLE_PARTIAL;
}

static struct str what(struct bundles *b, const struct object *o)
{
	return arena_fmt(b->arena, "%s %.*s/%.*s", kind_name(o->kind), STR_ARG(o->namespace),
			 STR_ARG(o->name));
}

static struct loose *loose_of(struct bundles *b, const struct folder *folder)
{
	struct loose like = {.folder = folder};

	return intern(b, &b->loose, &like, sizeof like, by_folder);
}

void bundles_note(struct bundles *b, struct input_file *file, const struct object *object)
{
	if (file->folder && flux_is(object))
		note_target(b, file->folder, object);
	if (file->folder && (flux_is(object) || flux_settings_is(object) || argo_is(object)))
		appliers_note(&b->appliers, file->folder, object);
	if (file->folder)
		releases_note(b->releases, file->folder, object);
	if (!(object->kind & DEFINING) || object->part)
		return;
	file->defines = true;
	if (!file->folder)
		return;
	struct loose_definition like = {file->folder, what(b, object).ptr, file};
	const struct loose_definition *first =
		intern(b, &b->definitions, &like, sizeof like, by_definition);
	if (first->file != file)
		loose_of(b, file->folder)->apart = true;
}

struct str bundles_root(const struct bundles *b, uint32_t bundle)
{
	const char *folder = bundle ? b->bundles[bundle].folder : "";
	struct str name = bundle ? b->bundles[bundle].applier : STR_EMPTY;
	struct str path = files_relative(b->arena, b->catalog->here, str_from(folder));

	return name.len ? arena_fmt(b->arena, "%.*s (%.*s)", STR_ARG(path), STR_ARG(name)) : path;
}

bool bundles_install(const struct bundles *b, const char *chart)
{
	return releases_install(b->releases, chart);
}

bool bundles_have_flux(const struct bundles *b)
{
	return b->appliers.flux;
}

static uint32_t add_bundle(struct bundles *b, const char *folder)
{
	if (b->bundles_len + 1 >= b->bundles_cap) {
		uint32_t cap = b->bundles_cap ? b->bundles_cap * 2 : 64;
		struct bundle *grown = ARENA_ARRAY(b->arena, struct bundle, cap);

		if (b->bundles_cap)
			memcpy(grown, b->bundles, b->bundles_cap * sizeof *grown);
		b->bundles = grown;
		b->bundles_cap = cap;
	}
	b->bundles[++b->bundles_len] =
		(struct bundle){.place = forks_place(b->forks, folder), .folder = folder};
	return b->bundles_len;
}

/* What Flux says of a folder: of itself, or of one above that has no kustomization to say what is
 * included. */
static struct target target_of(const struct bundles *b, const struct folder *folder)
{
	const struct folder *start = folder;

	for (; b->targets && folder; folder = folder->above) {
		struct target like = {.path = folder->path};
		struct target **found = tfind(&like, &b->targets, by_target);

		if (found && (folder == start || !folder->kustomization))
			return **found;
		if (found)
			break;
	}
	return (struct target){.namespace = STR_EMPTY};
}

/* The same of a file that no kustomization includes: Flux does not apply what one leaves out. */
static struct target target_of_loose(const struct bundles *b, const struct folder *folder)
{
	for (const struct folder *at = folder; at; at = at->above) {
		struct target like = {.path = at->path};

		if (at->kustomization && at->kustomization->docs.len)
			break;
		if (tfind(&like, &b->targets, by_target))
			return target_of(b, folder);
	}
	return (struct target){.namespace = STR_EMPTY};
}

/* What references say that did not follow. */
static struct str former_name(const struct bundles *b, const struct resource *r)
{
	return r->former && !str_eq(r->former->name, r->object.name)
		       ? arena_str(b->arena, r->former->name)
		       : STR_EMPTY;
}

static void place_secret(struct bundles *b, const struct resource *r, uint32_t bundle)
{
	struct secret s = {.provider = *r->secret,
			   .namespace = r->object.namespace,
			   .file = catalog_name(b->catalog, b->arena, r->from->path),
			   .bundle = bundle};

	s.provider.name = r->object.name;
	s.provider.former = former_name(b, r);
	s.provider.open |= r->object.part;
	bundles_add_secret(b, &s);
}

static void place_resource(struct bundles *b, struct evaluation *e, const struct folder *root,
			   struct resource *r, uint32_t bundle)
{
	struct input_file *file = r->held ? r->held->file : NULL;

	if (file && flux_is(&r->object) && r->object.root.node)
		appliers_queue(&b->appliers, &r->object, r->held->object.root.node);
	bundles_fill_namespace(b, root, &r->object);
	if (r->secret)
		place_secret(b, r, bundle);
	if (!file || !r->object.root.node)
		return;
	r->object.part |= object_is_part(&r->object) && !object_is_bare(&r->object);
	r->object.part |= b->bundles[bundle].unapplied; /* a component, there to be completed */
	r->object.former = former_name(b, r);
	/* Two that have one component are two applications, not two environments. */
	if (file->defines && file->stamp != b->stamp &&
	    !(b->bundles[bundle].applied && r->from->component))
		forks_define(b->forks, str_from(file->path), b->bundles[bundle].place, true);
	file->stamp = b->stamp;
	bundles_add_use(b, r->held, &r->object, bundle);
	bundles_place_release(b, e, r->held, &r->object, bundle);
}

static unsigned doubts_of(const struct made *made)
{
	return (made->doubts & MADE_PARTIAL ? BUNDLE_PARTIAL : 0) |
	       (made->doubts & MADE_CHANGED ? BUNDLE_CHANGED : 0);
}

static void place_root(struct bundles *b, struct evaluation *e, struct kustomization *k)
{
	struct target target = target_of(b, k->folder);
	uint32_t bundle = add_bundle(b, k->folder->path);
	struct bundle *own = &b->bundles[bundle];
	struct made made;

	own->unapplied = k->component;
	own->applied_by = target.several_appliers ? NULL : target.from;
	if (k->component)
		evaluate_quietly(e, k, &made);
	else
		(void)evaluate(e, k, &made);
	if (target.namespace.len)
		evaluate_namespace(&made, target.namespace);
	own->doubts = target.doubts | doubts_of(&made);
	b->stamp++;
	for (struct resource *r = made.first; r; r = r->next)
		place_resource(b, e, k->folder, r, bundle);
	arena_reset(e->scratch);
}

/* What it does to the folder, and then to what was built. NULL when that is not known. */
static struct kustomization *build(const struct bundles *b, struct evaluation *e,
				   const struct applier *f, struct made *made)
{
	struct kustomization *k;
	struct flux flux;
	bool is_argo = f->argo.source.node;

	if (!is_argo && !flux_read(&f->object, &flux))
		return NULL;
	flux.settings = b->appliers.settings;
	flux.from = f->from;
	k = is_argo ? argo_kustomization(e, &f->argo, f->own)
		    : flux_kustomization(e, &flux, f->own);
	if (!k)
		return NULL;
	e->plain = is_argo && f->generated;
	if (f->generated) /* what Flux is told to ignore is not known */
		evaluate_quietly(e, k, made);
	else
		(void)evaluate(e, k, made);
	e->plain = false;
	if (is_argo)
		argo_finish(&f->argo, made);
	else
		flux_finish(e, &flux, k, made);
	return k;
}

/* Two Applications of one name in two folders are of two clusters. */
static const struct place *applied_by(struct bundles *b, const struct applier *f,
				      struct str destination)
{
	struct place *p = forks_place(b->clusters, f->from->path);

	forks_define(b->clusters, arena_fmt(b->arena, "Application %.*s", STR_ARG(f->object.name)),
		     p, true);
	return destination.len ? p : NULL;
}

static void place_applied(struct bundles *b, struct evaluation *e, const struct applier *f)
{
	struct made made;
	const struct kustomization *k = build(b, e, f, &made);

	if (!k)
		return;
	struct target target = target_of(b, k->folder);
	uint32_t bundle = add_bundle(b, f->alone ? f->path : f->from->path);
	struct bundle *own = &b->bundles[bundle];

	own->folder = f->path;
	own->applier = f->alone ? STR_EMPTY : f->object.name;
	own->applied = true;
	own->applied_by = target.several_appliers ? NULL : target.from;
	own->destination = appliers_destination(b->arena, f);
	if (f->argo.source.node)
		own->applied_by = applied_by(b, f, own->destination);
	own->doubts = doubts_of(&made);
	b->stamp++;
	for (struct resource *r = made.first; r; r = r->next)
		place_resource(b, e, k->folder, r, bundle);
	arena_reset(e->scratch);
}

/* It, or one above, does not include what lies here, and it is not known that Flux applies it. */
static const struct kustomization *leaves_out(const struct folder *folder)
{
	for (; folder; folder = folder->above)
		if (folder->kustomization)
			return folder->kustomization;
	return NULL;
}

/* The bundle of a loose file. */
static uint32_t loose_bundle(struct bundles *b, const struct input_file *file,
			     const struct target *target)
{
	const struct folder *folder = file->folder;
	const struct kustomization *out = target->path ? NULL : leaves_out(folder);
	bool own = folder && folder->kustomization;
	struct loose *loose = folder ? loose_of(b, folder) : NULL;
	uint32_t bundle = loose ? loose->bundle : 0;

	if (!bundle || loose->apart || (own && out))
		bundle = add_bundle(b, folder ? folder->path : "/");
	b->bundles[bundle].doubts |= target->doubts;
	if (target->path && !target->several_appliers)
		b->bundles[bundle].applied_by = target->from;
	b->bundles[bundle].unapplied = out && out->docs.len;
	if (own && !folder->kustomization->docs.len) /* it may do anything with it */
		b->bundles[bundle].doubts |= BUNDLE_PARTIAL | BUNDLE_CHANGED;
	if (loose && loose->unknown)
		b->bundles[bundle].doubts |= BUNDLE_PARTIAL;
	if (loose)
		loose->bundle = bundle;
	return bundle;
}

static void place_loose(struct bundles *b, struct evaluation *e, struct input_file *file)
{
	const struct folder *folder = file->folder;
	struct target target = target_of_loose(b, folder);
	uint32_t bundle = loose_bundle(b, file, &target);
	bool unlisted = folder && folder->kustomization && folder->kustomization->docs.len &&
			b->bundles[bundle].unapplied &&
			(!folder->kustomization->component || folder->kustomization->built) &&
			!kustomization_names(folder->kustomization, e->scratch, file->path);

	for (struct held *h = file->first; h; h = h->next) {
		struct object object = h->object;

		if (!object.root.node)
			continue;
		if (target.namespace.len)
			object.namespace = target.namespace;
		bundles_fill_namespace(b, folder, &object);
		if (unlisted)
			object.left_out_by =
				catalog_name(b->catalog, b->arena, folder->kustomization->path);
		bundles_add_use(b, h, &object, bundle);
		bundles_place_release(b, e, h, &object, bundle);
	}
	arena_reset(e->scratch);
}

static void find_kustomizations(struct bundles *b)
{
	for (size_t i = 0; i < b->catalog->len; i++) {
		const struct input_file *f = &b->catalog->files[i];
		struct kustomization *k = f->folder ? f->folder->kustomization : NULL;

		if (k)
			k->ours |= f->defines;
		if (!k || k->next || b->last == &k->next)
			continue;
		*b->last = k;
		b->last = &k->next;
	}
	for (const struct kustomization *k = b->first; k; k = k->next)
		for (size_t i = 0; i < k->entries_len; i++) {
			const char *path = k->entries[i].path;
			const struct folder *f =
				path ? folders_known(b->catalog->folders, path) : NULL;

			if (f && f->kustomization && f->kustomization != k)
				f->kustomization->included = true;
		}
}

void bundles_place(struct bundles *b, struct evaluation *e, struct str namespace)
{
	struct input_file *files = b->catalog->files;
	size_t len = b->catalog->len;

	b->namespace = namespace;
	find_kustomizations(b);
	appliers_claim(&b->appliers, e);
	for (struct kustomization *k = b->first; k; k = k->next)
		if (!k->included && k->docs.len)
			place_root(b, e, k);
	for (const struct applier *f; (f = appliers_next(&b->appliers));)
		place_applied(b, e, f);
	for (struct kustomization *k = b->first; k; k = k->next)
		if (!k->built && !k->component && k->docs.len)
			place_root(b, e, k); /* of a circle */
	for (const struct input_file *f = files; f != files + len; f++)
		if (f->unknown && f->folder && !f->taken)
			loose_of(b, f->folder)->unknown = true;
	for (struct input_file *f = files; f != files + len; f++)
		if (f->holds && !f->taken)
			place_loose(b, e, f);
}

/* Of an object whose names are known, in a folder that is applied for sure. */
static void claim(struct bundles *b, const struct held *h, struct use *u)
{
	const struct bundle *own = &b->bundles[u->bundle];
	const struct object *o = &u->object;
	const struct claim claim = {.what = arena_fmt(b->arena, "%.*s %.*s", STR_ARG(what(b, o)),
						      STR_ARG(own->destination)),
				    .folder = str_from(own->folder),
				    .file = h->file->name,
				    .root = bundles_root(b, u->bundle),
				    .object = &u->object,
				    .applier = own->applied_by};

	if (own->applied_by && !(own->doubts & BUNDLE_CHANGED) && o->namespace.len &&
	    !value_is_placeholder(o->namespace, NULL) && !value_is_placeholder(o->name, NULL))
		claims_add(&b->claims, &claim);
}

static void define_use(struct bundles *b, const struct held *h, struct use *u)
{
	const struct object *o = &u->object;

	u->object.shared = h->uses_len > 1;
	u->changed = b->bundles[u->bundle].doubts & BUNDLE_CHANGED;
	if (!(o->kind & DEFINING) || o->part)
		return;
	claim(b, h, u);
	forks_define(b->forks, what(b, o), b->bundles[u->bundle].place,
		     o->namespace.len && !value_is_placeholder(o->namespace, NULL));
}

static void define_uses(struct bundles *b, const struct held *h)
{
	for (struct use *u = h->uses; u; u = u->next)
		define_use(b, h, u);
}

static void add_uses(struct inventory *inv, const struct held *h, const struct use *without)
{
	for (const struct use *u = h->uses; u; u = u->next)
		if (u != without)
			inventory_add(inv, &u->object, h->file->name, u->bundle);
}

static enum apart apart_of(const void *ctx, uint32_t left, uint32_t right)
{
	const struct bundles *b = ctx;
	const struct bundle *l = &b->bundles[left], *r = &b->bundles[right];

	return l->unapplied || r->unapplied ? APART_LOOSELY : forks_apart(l->place, r->place);
}

void bundles_fill(struct bundles *b, struct inventory *inv)
{
	for (size_t i = 0; i < b->catalog->len; i++)
		for (const struct held *h = b->catalog->files[i].first; h; h = h->next) {
			define_uses(b, h);
			for (const struct held *m = h->made; m; m = m->next)
				define_uses(b, m);
		}
	bundles_fill_without(b, inv, NULL);
}

void bundles_fill_without(const struct bundles *b, struct inventory *inv, const struct use *without)
{
	for (size_t i = 0; i < b->catalog->len; i++)
		for (const struct held *h = b->catalog->files[i].first; h; h = h->next) {
			add_uses(inv, h, without);
			for (const struct held *m = h->made; m; m = m->next)
				add_uses(inv, m, without);
		}
	for (const struct secret *s = b->secrets; s; s = s->next)
		inventory_add_generated(inv, &s->provider, s->namespace, s->file, s->bundle);
	for (uint32_t i = 1; i <= b->bundles_len; i++)
		if (b->bundles[i].doubts)
			inventory_doubt(inv, i, b->bundles[i].doubts);
	inventory_apart(inv, apart_of, b);
}
