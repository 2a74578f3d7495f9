/* The patches of a kustomization: patches, patchesStrategicMerge, patchesJson6902. */
#include "evaluate_internal.h"

#include <string.h>

/* One entry of the lists, read once for all roots. */
struct loaded {
	struct str file; /* where it stands, as it is reported */
	struct doc_list docs;
	bool read;    /* it was tried */
	bool unknown; /* it cannot be had */
};

/* A patch that is applied. */
struct patching {
	struct evaluation *e;
	struct kustomization *k;
	struct made *made;
	const struct loaded *loaded;
	struct obj entry;
};

static size_t lists_len(const struct kustomization *k)
{
	return obj_len(obj_at(k->root, "patches")) +
	       obj_len(obj_at(k->root, "patchesStrategicMerge")) +
	       obj_len(obj_at(k->root, "patchesJson6902"));
}

/* A text of one line that is no map is a path, of which there are lists of their own. */
static bool is_inline(struct str text)
{
	return str_find_byte(text, '\n') != STR_NONE || str_contains(text, STR(": "));
}

/* Operations that begin with '[' are read as JSON, all others as YAML. */
static bool is_loose_json(struct arena *scratch, struct str text)
{
	const struct doc *doc;
	struct err err;

	return str_has_prefix(str_trim(text), STR("[")) &&
	       !doc_read_json(scratch, text, &doc, &err);
}

static void refuse_loose(struct patching *p, struct loaded *l, struct obj at)
{
	l->unknown = true;
	evaluate_refuse(
		p->e, p->k, at,
		"kustomize reads a list that begins with '[' as JSON: quote its keys and words, or write a line for each operation");
}

static void load_inline(struct patching *p, struct loaded *l, struct obj text)
{
	struct err err;

	l->file = doc_name(obj_source(text));
	l->unknown = !doc_read_embedded(p->e->arena, &text, p->e->budget, &l->docs, &err);
	if (l->unknown)
		evaluate_fail(p->e, p->k, l->file, &err);
	else if (is_loose_json(p->e->scratch, obj_text(text, "")))
		refuse_loose(p, l, text);
}

static void load_file(struct patching *p, struct loaded *l, struct obj at)
{
	l->unknown = !evaluate_documents(p->e, p->k, at, &l->docs, &l->file);
	if (!l->unknown && l->docs.len && is_loose_json(p->e->scratch, doc_text(l->docs.docs[0])))
		refuse_loose(p, l, at);
}

static const struct loaded *load(struct patching *p, struct loaded *l)
{
	static const char *const texts[] = {"patch", "jsonOp"};
	bool map = obj_type(p->entry) == OBJ_MAP;
	struct obj path = obj_at(p->entry, map ? "path" : ""), text = p->entry;

	if (l->read)
		return l;
	l->read = true;
	for (size_t i = 0; map && i < ARRAY_LEN(texts) && !obj_text(text, "").len; i++)
		text = obj_at(p->entry, texts[i]);
	bool inlined = obj_text(text, "").len && (map || is_inline(obj_text(text, "")));
	l->unknown = true;
	if (map && inlined == (obj_text(path, "").len != 0))
		evaluate_refuse(p->e, p->k, p->entry,
				inlined ? "a patch has either a path or a text, not both"
					: "a patch needs a path or a text (patch)");
	else if (inlined)
		load_inline(p, l, text);
	else
		load_file(p, l, path);
	return l;
}

/* As far as is known it may have changed this in any way. */
static void doubt_all(const struct patching *p, const struct target *t)
{
	for (struct resource *r = p->made->first; r; r = r->next)
		if (!t || target_is_unknown(t) || target_takes(t, r))
			resource_doubt(r);
}

static unsigned may_change(struct obj entry)
{
	return (obj_true(entry, "options.allowNameChange", false) ? RENDER_CHANGE_NAME : 0) |
	       (obj_true(entry, "options.allowKindChange", false) ? RENDER_CHANGE_KIND : 0);
}

static void fail_at(struct patching *p, struct resource *r, struct err *err)
{
	evaluate_fail(p->e, p->k, p->loaded->file, err);
	resource_doubt(r);
	r->object.root = r->held ? r->held->object.root : (struct obj){0};
	r->render = NULL;
}

static bool has_list(struct obj o)
{
	bool found = obj_type(o) == OBJ_LIST;

	for (struct obj m = obj_first(o); m.node && !found; m = obj_next(m))
		found = has_list(m); /* as deep as LIMIT_DEPTH at most */
	return found;
}

static void merge(struct patching *p, struct resource *r, struct obj patch)
{
	unsigned change = may_change(p->entry);
	struct err err;

	if (change)
		resource_remember(p->e, r);
	if (str_is(obj_text(patch, "$patch"), "replace"))
		return; /* at the top it does nothing */
	if (!r->object.root.node) {
		r->gone = str_is(obj_text(patch, "$patch"), "delete");
		return;
	}
	if (!resource_open(p->e, r))
		return;
	if (p->made->doubts & MADE_SCHEMA && has_list(patch)) {
		resource_doubt(r);
		return;
	}
	if (!render_merge(r->render, patch, change, &err)) {
		fail_at(p, r, &err);
		return;
	}
	r->gone = obj_type(render_root(r->render)) != OBJ_MAP;
	if (!r->gone)
		resource_reread(r);
}

/* Name and kind of an object, now or before. */
static bool is_called(const struct resource *r, const struct object *o)
{
	struct str namespace = resource_namespace(o->namespace);
	bool called = str_eq(r->object.name, o->name) &&
		      str_eq(r->object.kind_name, o->kind_name) &&
		      str_eq(resource_namespace(r->object.namespace), namespace);

	for (const struct former *f = r->former; f && !called; f = f->next)
		called = str_eq(f->name, o->name) && str_eq(f->kind, o->kind_name) &&
			 str_eq(f->namespace, namespace);
	return called && str_eq(r->object.api_version, o->api_version);
}

/* Without a target: for the one object that is called as the patch is. */
static void merge_named(struct patching *p, struct obj patch, const struct object *like)
{
	struct resource *found = NULL;
	size_t matches = 0;

	for (struct resource *r = p->made->first; r; r = r->next) {
		if (!is_called(r, like))
			continue;
		found = r;
		matches++;
	}
	if (matches == 1) {
		merge(p, found, patch);
		return;
	}
	if (matches)
		evaluate_refuse(
			p->e, p->k, patch,
			"%zu objects are called as this patch, %.*s '%.*s': kustomize builds nothing",
			matches, STR_ARG(like->kind_name), STR_ARG(like->name));
	else if (!(p->made->doubts & MADE_PARTIAL))
		evaluate_refuse(
			p->e, p->k, patch,
			"no object is called as this patch, %.*s '%.*s'%s%.*s: kustomize builds nothing",
			STR_ARG(like->kind_name), STR_ARG(like->name),
			like->namespace.len ? " in namespace " : "", STR_ARG(like->namespace));
	else
		return;
	doubt_all(p, NULL); /* it is meant for one of them, and nothing of this is applied */
}

static void merge_document(struct patching *p, const struct target *t, struct obj patch)
{
	struct object like = {.kind_name = obj_text(patch, "kind"),
			      .api_version = obj_text(patch, "apiVersion"),
			      .name = obj_text(patch, "metadata.name"),
			      .namespace = obj_text(patch, "metadata.namespace")};

	if (!like.kind_name.len || !like.name.len) {
		evaluate_refuse(p->e, p->k, patch,
				"this patch has no %s, without which kustomize refuses it",
				like.kind_name.len ? "metadata.name" : "kind");
		doubt_all(p, t);
		return;
	}
	if (!t) {
		merge_named(p, patch, &like);
		return;
	}
	for (struct resource *r = p->made->first; r; r = r->next)
		if (target_takes(t, r))
			merge(p, r, patch);
	if (target_is_unknown(t))
		doubt_all(p, t);
}

static void merge_documents(struct patching *p, const struct target *t)
{
	const struct doc_list *docs = &p->loaded->docs;

	if (t && docs->len > 1) {
		evaluate_refuse(p->e, p->k, doc_root(docs->docs[1]),
				"a patch with a target is one document: kustomize builds nothing");
		doubt_all(p, t);
		return;
	}
	for (size_t i = 0; i < docs->len; i++)
		merge_document(p, t, doc_root(docs->docs[i]));
	made_sweep(p->made);
}

static void apply_operations(struct patching *p, const struct target *t)
{
	struct obj operations = doc_root(p->loaded->docs.docs[0]);
	struct err err;

	for (struct resource *r = p->made->first; r; r = r->next) {
		if (!target_takes(t, r))
			continue;
		resource_remember(p->e, r);
		if (!resource_open(p->e, r))
			continue;
		if (!render_json_patch(r->render, operations, &err))
			fail_at(p, r, &err);
		else
			resource_reread(r);
	}
	if (target_is_unknown(t))
		doubt_all(p, t);
	made_sweep(p->made);
}

static void apply(struct patching *p, const struct target *t)
{
	const struct doc_list *docs = &p->loaded->docs;
	bool operations = docs->len && obj_type(doc_root(docs->docs[0])) == OBJ_LIST;

	if (p->made->doubts & MADE_CHARTS) /* it may be meant for what a chart makes */
		p->made->doubts |= MADE_PARTIAL;
	if (p->loaded->unknown)
		doubt_all(p, t);
	else if (operations && !t)
		evaluate_refuse(p->e, p->k, p->entry, "a JSON patch needs a target");
	else if (operations)
		apply_operations(p, t);
	else
		merge_documents(p, t);
}

static void apply_list(struct evaluation *e, struct kustomization *k, struct made *m,
		       struct obj list, struct loaded *loaded)
{
	for (struct obj entry = obj_first(list); entry.node; entry = obj_next(entry)) {
		struct patching p = {.e = e, .k = k, .made = m, .entry = entry};
		struct obj target = obj_at(entry, "target");
		struct target *t = NULL;

		p.loaded = load(&p, loaded++);
		if (obj_type(target) == OBJ_MAP && !(t = target_new(e, k, target))) {
			doubt_all(&p, NULL);
			continue;
		}
		apply(&p, t);
		if (t)
			target_free(t);
	}
}

static struct loaded *loaded_of(struct evaluation *e, struct kustomization *k)
{
	if (!k->loaded)
		k->loaded = ARENA_ARRAY(e->arena, struct loaded, lists_len(k) + 1);
	return k->loaded;
}

void evaluate_merge_patches(struct evaluation *e, struct kustomization *k, struct made *m)
{
	struct obj merges = obj_at(k->root, "patchesStrategicMerge");
	struct loaded *loaded = loaded_of(e, k);

	apply_list(e, k, m, merges, loaded);
	apply_list(e, k, m, obj_at(k->root, "patches"), loaded + obj_len(merges));
}

void evaluate_json_patches(struct evaluation *e, struct kustomization *k, struct made *m)
{
	struct obj list = obj_at(k->root, "patchesJson6902");

	apply_list(e, k, m, list, loaded_of(e, k) + lists_len(k) - obj_len(list));
}
