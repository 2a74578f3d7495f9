#include "input/bundles.h"

#include "base/limits.h"
#include "input/files.h"
#include "input/forks.h"
#include "input/kustomization.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFINING (KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE)

/* A kustomization of the input. */
struct node {
	const struct kustomization *kustomization;
	struct node *next;
	bool included; /* by another */
	bool split;    /* being split: a circle ends here */
	bool holds;    /* with all it includes, since the last count */
	uint32_t stamp, visits;
};

/* The files of a folder that no kustomization includes. */
struct loose {
	const struct folder *folder;
	bool apart;   /* two of them define one object: each is a bundle of its own */
	bool unknown; /* what one of them holds */
	uint32_t bundle;
};

/* The first file of a folder that defines an object. */
struct loose_definition {
	const struct folder *folder;
	const char *what;
	const struct bundle_file *file;
};

/* A folder that a Flux Kustomization applies. */
struct target {
	const char *path;
	struct str namespace; /* empty: none, or several */
	bool several;
	unsigned doubts;
};

struct secret {
	const struct generated_secret *made;
	struct membership membership;
	struct str file;
	struct secret *next;
};

struct bundle {
	struct place *place;
	unsigned doubts;
};

struct bundles {
	struct arena *arena;
	const struct folders *folders;
	struct bundle_file *files;
	struct bundle_file **by_path;
	size_t files_len;
	struct forks *forks;
	struct node *first, **last;
	/* tsearch trees of struct node, loose, loose_definition, target */
	void *nodes, *loose, *definitions, *targets;
	struct secret *secrets;
	struct bundle *bundles; /* the first is none: bundles are counted from 1 */
	uint32_t bundles_len, bundles_cap;
	uint32_t stamp;
};

static int by_kustomization(const void *left, const void *right)
{
	const struct node *a = left, *b = right;

	return strcmp(a->kustomization->path, b->kustomization->path);
}

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

static int by_path(const void *left, const void *right)
{
	struct bundle_file *const *a = left, *const *b = right;

	return strcmp((*a)->path, (*b)->path);
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

struct bundles *bundles_new(struct arena *a, const struct folders *folders,
			    struct bundle_file *files, size_t len)
{
	struct bundles *b = ARENA_NEW(a, struct bundles);

	b->arena = a;
	b->folders = folders;
	b->files = files;
	b->files_len = len;
	b->forks = forks_new(a);
	b->last = &b->first;
	b->by_path = ARENA_ARRAY(a, struct bundle_file *, len + 1);
	for (size_t i = 0; i < len; i++)
		b->by_path[i] = &files[i];
	qsort(b->by_path, len, sizeof(struct bundle_file *), by_path);
	return b;
}

void bundles_free(struct bundles *b)
{
	tdestroy(b->nodes, keep);
	tdestroy(b->loose, keep);
	tdestroy(b->definitions, keep);
	tdestroy(b->targets, keep);
	forks_free(b->forks);
}

static struct target *target_at(struct bundles *b, struct str folder, struct str path)
{
	struct str joined = files_join(b->arena, folder, path);
	struct target like = {
		.path = arena_cstr(b->arena, files_absolute(b->arena, STR("/"), joined))};

	return access(like.path, F_OK) == 0 ? intern(b, &b->targets, &like, sizeof like, by_target)
					    : NULL;
}

/* The path of a Flux Kustomization is relative to the repository: to the first folder above its
 * file below which it exists. */
static void note_target(struct bundles *b, const struct folder *folder, const struct object *flux)
{
	static const char *const changes[] = {"patches", "namePrefix", "nameSuffix"};
	struct obj spec = obj_at(flux->root, "spec");
	struct str namespace = obj_text(spec, "targetNamespace"), path = obj_text(spec, "path");
	struct target *target = NULL;

	if (str_is(files_absolute(b->arena, STR("/"), path), "/"))
		return;
	for (; folder && !target; folder = folder->above)
		target = target_at(b, str_from(folder->path), path);
	if (!target)
		return;
	if (namespace.len && target->namespace.len && !str_eq(namespace, target->namespace))
		target->several = true;
	if (namespace.len)
		target->namespace = target->several ? STR_EMPTY : arena_str(b->arena, namespace);
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

void bundles_note(struct bundles *b, struct bundle_file *file, const struct object *object)
{
	if (file->folder && str_is(object->kind_name, "Kustomization") &&
	    str_has_prefix(object->api_version, STR("kustomize.toolkit.fluxcd.io/")))
		note_target(b, file->folder, object);
	file->holds = true;
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
	b->bundles[++b->bundles_len] = (struct bundle){.place = forks_place(b->forks, folder)};
	return b->bundles_len;
}

static void add_membership(struct bundles *b, struct bundle_file *file, struct membership like)
{
	struct membership *m;

	if (file->unknown)
		b->bundles[like.bundle].doubts |= BUNDLE_PARTIAL;
	if (file->count++ >= LIMIT_MEMBERSHIPS)
		return;
	m = ARENA_NEW(b->arena, struct membership);
	*m = like;
	if (file->last)
		file->last->next = m;
	else
		file->memberships = m;
	file->last = m;
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

static struct bundle_file *file_at(const struct bundles *b, const char *path)
{
	struct bundle_file like = {.path = path}, *key = &like;
	struct bundle_file **found = bsearch(&key, b->by_path, b->files_len, sizeof key, by_path);

	return found ? *found : NULL;
}

static struct node *node_at(const struct bundles *b, const char *path)
{
	const struct folder *folder = folders_known(b->folders, path);
	struct node like;
	struct node **found;

	if (!folder || !folder->kustomization)
		return NULL;
	like.kustomization = folder->kustomization;
	found = tfind(&like, &b->nodes, by_kustomization);
	return found ? *found : NULL;
}

/* One entry of a kustomization: a file of the input, a kustomization of it, or neither. */
struct included {
	struct bundle_file *file;
	struct node *node;
};

static struct included entry_at(const struct bundles *b, const char *path)
{
	struct included e = {0};

	if (path)
		e.file = file_at(b, path);
	if (path && !e.file)
		e.node = node_at(b, path);
	return e;
}

/* Whether something that defines is reached on two ways. `depth` is that of the includes. */
static bool reaches_twice(struct bundles *b, struct node *n, unsigned depth)
{
	const struct kustomization *k = n->kustomization;
	bool twice = false;

	if (n->stamp == b->stamp)
		return n->holds;
	n->stamp = b->stamp;
	n->holds = false;
	if (n->visits >= LIMIT_MEMBERSHIPS)
		return false;
	for (size_t i = 0; i < k->entries_len && depth < LIMIT_DEPTH; i++) {
		struct included e = entry_at(b, k->entries[i]);

		if (e.file && e.file->defines) {
			twice |= e.file->stamp == b->stamp;
			e.file->stamp = b->stamp;
			n->holds = true;
		} else if (e.node) {
			twice |= reaches_twice(b, e.node, depth + 1);
			n->holds |= e.node->holds;
		}
	}
	return twice;
}

struct placing {
	struct bundles *bundles;
	uint32_t bundle;
	const struct folder *root;
	unsigned depth;
	bool shallow; /* only what the root itself lists, and components */
};

static struct membership membership_of(const struct placing *p, struct str namespace)
{
	return (struct membership){.bundle = p->bundle,
				   .namespace = namespace.len ? namespace : p->root->namespace,
				   .over = namespace.len != 0};
}

static void place_file(struct placing *p, struct bundle_file *file, struct str namespace)
{
	struct bundles *b = p->bundles;

	if (file->last && file->last->bundle == p->bundle)
		return;
	if (file->defines)
		forks_define(b->forks, str_from(file->path), b->bundles[p->bundle].place, true);
	add_membership(b, file, membership_of(p, namespace));
}

static void place_secrets(struct placing *p, const struct kustomization *k, struct str namespace)
{
	struct bundles *b = p->bundles;
	const struct bundle_file *file = file_at(b, k->path);

	for (size_t i = 0; i < k->secrets_len; i++) {
		struct secret *s = ARENA_NEW(b->arena, struct secret);

		s->made = &k->secrets[i];
		s->membership = membership_of(p, namespace);
		s->file = file ? file->name : STR_EMPTY;
		s->next = b->secrets;
		b->secrets = s;
	}
}

static struct str namespace_of(const struct bundles *b, const struct kustomization *k,
			       struct str outer)
{
	struct str target = outer.len ? outer : target_of(b, k->folder).namespace;

	return target.len ? target : k->namespace;
}

static void place_node(struct placing *p, struct node *n, struct str outer)
{
	const struct kustomization *k = n->kustomization;
	struct str namespace = namespace_of(p->bundles, k, outer);
	struct bundles *b = p->bundles;

	if (n->stamp == b->stamp)
		return;
	n->stamp = b->stamp;
	b->bundles[p->bundle].doubts |= k->doubts | target_of(b, k->folder).doubts;
	if (p->depth == LIMIT_DEPTH || n->visits++ >= LIMIT_MEMBERSHIPS) {
		b->bundles[p->bundle].doubts |= BUNDLE_PARTIAL;
		return;
	}
	place_secrets(p, k, namespace);
	p->depth++;
	for (size_t i = 0; i < k->entries_len; i++) {
		struct included e = entry_at(b, k->entries[i]);

		if (e.file)
			place_file(p, e.file, namespace);
		else if (!e.node)
			b->bundles[p->bundle].doubts |= BUNDLE_PARTIAL;
		else if (!p->shallow || e.node->kustomization->component)
			place_node(p, e.node, namespace);
	}
	p->depth--;
}

/* A bundle of it; or several, when it would hold one object twice. */
static void place_root(struct bundles *b, struct node *n, struct str outer)
{
	const struct kustomization *k = n->kustomization;
	struct placing p = {.bundles = b, .root = k->folder};

	if (n->split || n->visits >= LIMIT_MEMBERSHIPS)
		return;
	b->stamp++;
	p.shallow = reaches_twice(b, n, 0);
	b->stamp++;
	p.bundle = add_bundle(b, k->folder->path);
	place_node(&p, n, outer);
	n->split = true;
	for (size_t i = 0; p.shallow && i < k->entries_len; i++) {
		struct included e = entry_at(b, k->entries[i]);

		if (e.node && !e.node->kustomization->component)
			place_root(b, e.node, namespace_of(b, k, outer));
	}
	n->split = false;
}

static void place_loose(struct bundles *b, struct bundle_file *file)
{
	const struct folder *folder = file->folder;
	struct target target = folder ? target_of(b, folder) : (struct target){0};
	struct loose *loose = folder ? loose_of(b, folder) : NULL;
	uint32_t bundle = loose ? loose->bundle : 0;

	if (!bundle || loose->apart)
		bundle = add_bundle(b, folder ? folder->path : "/");
	if (loose)
		loose->bundle = bundle;
	if (loose && loose->unknown)
		b->bundles[bundle].doubts |= BUNDLE_PARTIAL;
	b->bundles[bundle].doubts |= target.doubts;
	if (folder && folder->kustomization && !folder->kustomization->entries_len)
		b->bundles[bundle].doubts |= folder->kustomization->doubts;
	add_membership(b, file,
		       (struct membership){
			       .bundle = bundle,
			       .namespace = target.namespace.len ? target.namespace
					    : folder		 ? folder->namespace
								 : STR_EMPTY,
			       .over = target.namespace.len != 0,
		       });
}

static void find_nodes(struct bundles *b)
{
	for (size_t i = 0; i < b->files_len; i++) {
		const struct folder *folder = b->files[i].folder;
		struct node like = {0}, *n;

		if (!folder || !folder->kustomization)
			continue;
		like.kustomization = folder->kustomization;
		n = intern(b, &b->nodes, &like, sizeof like, by_kustomization);
		if (n->next || b->last == &n->next)
			continue;
		*b->last = n;
		b->last = &n->next;
	}
	for (struct node *n = b->first; n; n = n->next) {
		for (size_t i = 0; i < n->kustomization->entries_len; i++) {
			struct included e = entry_at(b, n->kustomization->entries[i]);

			if (e.node && e.node != n)
				e.node->included = true;
		}
	}
}

void bundles_place(struct bundles *b)
{
	find_nodes(b);
	for (struct node *n = b->first; n; n = n->next)
		if (!n->included)
			place_root(b, n, STR_EMPTY);
	for (size_t i = 0; i < b->files_len; i++)
		if (b->files[i].unknown && b->files[i].folder && !b->files[i].memberships)
			loose_of(b, b->files[i].folder)->unknown = true;
	for (size_t i = 0; i < b->files_len; i++)
		if (b->files[i].holds && !b->files[i].memberships)
			place_loose(b, &b->files[i]);
}

void bundles_object(const struct membership *m, struct str namespace, struct object *object)
{
	if (m->over)
		object->namespace = m->namespace;
	else if (!object->namespace.len)
		object->namespace = namespace.len ? namespace : m->namespace;
}

void bundles_add(struct bundles *b, struct inventory *inv, const struct bundle_file *file,
		 const struct membership *m, const struct object *object)
{
	inventory_add(inv, object, file->name, m->bundle);
	if ((object->kind & DEFINING) && !object->part)
		forks_define(b->forks, what(b, object), b->bundles[m->bundle].place,
			     object->namespace.len &&
				     !value_is_placeholder(object->namespace, NULL));
}

static enum apart apart_of(const void *ctx, uint32_t left, uint32_t right)
{
	const struct bundles *b = ctx;

	return forks_apart(b->bundles[left].place, b->bundles[right].place);
}

void bundles_settle(struct bundles *b, struct inventory *inv, struct str namespace)
{
	for (const struct secret *s = b->secrets; s; s = s->next) {
		struct object o = {.namespace = s->made->namespace};

		bundles_object(&s->membership, namespace, &o);
		inventory_add_generated(inv, &s->made->provider, o.namespace, s->file,
					s->membership.bundle);
	}
	for (uint32_t i = 1; i <= b->bundles_len; i++)
		if (b->bundles[i].doubts)
			inventory_doubt(inv, i, b->bundles[i].doubts);
	inventory_apart(inv, apart_of, b);
}

bool bundles_patched(const struct bundles *b, uint32_t bundle)
{
	return b->bundles[bundle].doubts & BUNDLE_PATCHED;
}

bool bundles_changed(const struct bundles *b, uint32_t bundle)
{
	return b->bundles[bundle].doubts & BUNDLE_CHANGED;
}
