#include "evaluate_internal.h"

#include "base/file.h"

#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void keep(void *in_arena)
{
	(void)in_arena;
}

void evaluate_fail(struct evaluation *e, const struct kustomization *k, struct str file,
		   const struct err *err)
{
	e->failed = true;
	for (const struct evaluation_error *old = e->errors; old; old = old->next)
		if (old->err.line == err->line && old->err.column == err->column &&
		    str_eq(old->file, file) && strcmp(old->err.msg, err->msg) == 0)
			return;
	if (e->errors_len++ >= LIMIT_ROOT_ERRORS)
		return;
	struct evaluation_error *new = ARENA_NEW(e->arena, struct evaluation_error);
	*new = (struct evaluation_error){k, file, *err, e->errors};
	e->errors = new;
}

void evaluate_refuse(struct evaluation *e, const struct kustomization *k, struct obj at,
		     const char *fmt, ...)
{
	const struct doc *source = obj_source(at);
	struct pos pos = obj_pos(at);
	struct err err = {.code = E_VALUE, .line = pos.line, .column = pos.column};
	va_list args;

	va_start(args, fmt);
	vsnprintf(err.msg, sizeof err.msg, fmt, args);
	va_end(args);
	evaluate_fail(e, k, source ? doc_name(source) : catalog_name(e->catalog, e->arena, k->path),
		      &err);
}

struct str resource_namespace(struct str namespace)
{
	return namespace.len ? namespace : STR("default");
}

struct str resource_group(struct str api_version)
{
	size_t slash = str_find_byte(api_version, '/');

	return slash == STR_NONE ? STR_EMPTY : str_slice(api_version, 0, slash);
}

struct str resource_version(struct str api_version)
{
	size_t slash = str_find_byte(api_version, '/');

	return slash == STR_NONE ? api_version : str_slice(api_version, slash + 1, api_version.len);
}

static int by_id(const void *left, const void *right)
{
	const struct object *a = &((const struct resource *)left)->object;
	const struct object *b = &((const struct resource *)right)->object;
	int by = str_cmp(a->name, b->name);

	by = by ? by : str_cmp(a->kind_name, b->kind_name);
	by = by ? by : str_cmp(resource_namespace(a->namespace), resource_namespace(b->namespace));
	return by ? by : str_cmp(a->api_version, b->api_version);
}

static struct resource *enter(struct made *m, struct resource *r)
{
	struct resource **slot = tsearch(r, &m->ids, by_id);

	if (!slot)
		out_of_memory(sizeof *slot);
	return *slot;
}

static void forget_ids(struct made *m)
{
	tdestroy(m->ids, keep);
	m->ids = NULL;
	m->stale = true;
}

void made_add(struct evaluation *e, struct made *m, struct resource *r)
{
	if (m->stale)
		for (struct resource *old = m->first; old; old = old->next)
			enter(m, old);
	m->stale = false;
	if (enter(m, r) != r) {
		evaluate_refuse(
			e, r->from, r->entry,
			"%.*s '%.*s' is there already: kustomize builds nothing with two objects of one name",
			STR_ARG(r->object.kind_name), STR_ARG(r->object.name));
		return;
	}
	r->next = NULL;
	*m->last = r;
	m->last = &r->next;
}

void made_check(struct evaluation *e, struct made *m, const struct kustomization *k, struct obj by)
{
	forget_ids(m);
	for (struct resource *r = m->first; r; r = r->next)
		if (enter(m, r) != r)
			evaluate_refuse(
				e, k, by,
				"this gives two objects one name, %.*s '%.*s': kustomize builds nothing",
				STR_ARG(r->object.kind_name), STR_ARG(r->object.name));
	m->stale = false;
}

void made_sweep(struct made *m)
{
	struct resource **link = &m->first;

	forget_ids(m);
	while (*link) {
		if ((*link)->gone)
			*link = (*link)->next;
		else
			link = &(*link)->next;
	}
	m->last = link;
}

void resource_doubt(struct resource *r)
{
	r->object.part = true;
}

static bool write_namespace(struct resource *r, struct err *err)
{
	struct obj metadata;

	return !r->namespace_by.node ||
	       (render_open(r->render, render_root(r->render), STR("metadata"), r->namespace_by,
			    &metadata, err) &&
		render_put_text(r->render, metadata, STR("namespace"), r->object.namespace,
				r->namespace_by, err));
}

bool resource_open(struct evaluation *e, struct resource *r)
{
	struct err err;

	if (r->render)
		return true;
	if (!r->object.root.node)
		return false;
	r->render = ARENA_NEW(e->scratch, struct render);
	*r->render = (struct render){.arena = e->arena, .budget = e->budget, .words = true};
	if (!render_copy(r->render, r->object.root, &err) || !write_namespace(r, &err)) {
		r->render = NULL;
		resource_doubt(r);
		return false;
	}
	r->namespace_by = (struct obj){0};
	r->object.root = render_root(r->render);
	return true;
}

void resource_reread(struct resource *r)
{
	struct object old = r->object;

	if (!object_read(render_root(r->render), &r->object)) {
		r->object = old;
		resource_doubt(r);
		return;
	}
	r->object.beside = old.beside;
	r->object.manifest = old.manifest;
	r->object.part = old.part;
}

void resource_remember(struct evaluation *e, struct resource *r)
{
	struct former *f = ARENA_NEW(e->scratch, struct former);

	*f = (struct former){r->object.kind_name, resource_namespace(r->object.namespace),
			     r->object.name, NULL};
	if (r->last_former)
		r->last_former->next = f;
	else
		r->former = f;
	r->last_former = f;
}

/* In or below the folder of the kustomization. */
static bool is_below(const struct kustomization *k, struct str path)
{
	struct str folder = files_folder(str_from(k->path));

	return str_has_prefix(path, folder) &&
	       (folder.len == 1 || (path.len > folder.len && path.ptr[folder.len] == '/'));
}

static bool may_read(struct evaluation *e, const struct kustomization *k, struct obj at,
		     const char *path)
{
	if (e->anywhere || is_below(k, str_from(path)))
		return true;
	evaluate_refuse(
		e, k, at,
		"kustomize reads only files in or below the folder of the kustomization: list a folder with a kustomization of its own");
	return false;
}

bool evaluate_read(struct evaluation *e, const struct kustomization *k, struct obj at,
		   struct str path, struct str *text, struct str *name)
{
	const char *absolute = kustomization_path(k, e->scratch, path);
	struct err err;

	*text = STR_EMPTY;
	if (!absolute)
		return false;
	*name = catalog_name(e->catalog, e->arena, absolute);
	may_read(e, k, at, absolute);
	if (file_read_regular(e->arena, str_from(absolute), LIMIT_FILE_BYTES, text, &err))
		return true;
	evaluate_refuse(e, k, at, "'%.*s' cannot be read: %s", STR_ARG(path), err.msg);
	return false;
}

/* What is evaluated at the moment. */
struct level {
	struct evaluation *e;
	struct kustomization *k;
	const struct level *above;
	unsigned depth;
};

static void take(struct level *l, struct made *m, struct held *h, struct obj entry)
{
	struct resource *r = ARENA_NEW(l->e->scratch, struct resource);

	r->object = h->object;
	r->object.part = false; /* whatever its file is called */
	r->held = h;
	r->from = l->k;
	r->entry = entry;
	made_add(l->e, m, r);
}

/* A limit was crossed before: what more there is, is not seen. */
static bool is_full(const struct level *l, struct made *m)
{
	bool full = l->depth >= LIMIT_DEPTH || l->e->made >= LIMIT_RENDERED;

	m->doubts |= full ? MADE_PARTIAL : 0;
	return full;
}

static void accumulate(struct level *l, struct made *m);

/* What a kustomization of its own makes, behind what is there. */
static void merge(struct level *l, struct made *m, struct made *sub)
{
	struct resource *next;

	for (struct resource *r = sub->first; r; r = next) {
		next = r->next;
		made_add(l->e, m, r);
	}
	m->doubts |= sub->doubts;
	while (sub->references) {
		struct reference *ref = sub->references;

		sub->references = ref->next;
		ref->next = m->references;
		m->references = ref;
	}
	forget_ids(sub);
}

static bool is_circle(const struct level *l, const struct kustomization *k)
{
	for (const struct level *at = l; at; at = at->above)
		if (is_below(k, str_from(at->k->path)))
			return true;
	return false;
}

static void take_kustomization(struct level *l, struct made *m,
			       const struct kustomization_entry *entry, struct kustomization *k)
{
	struct level below = {l->e, k, l, l->depth + 1};
	struct made sub = {.last = &sub.first};

	l->e->made++;
	if (is_full(&below, m))
		return;
	if (is_circle(l, k)) {
		evaluate_refuse(
			l->e, l->k, entry->at,
			"kustomize refuses a folder in which the kustomization stands that lists it: a circle");
	} else if (k->component != entry->component) {
		evaluate_refuse(l->e, l->k, entry->at,
				k->component
					? "a Component stands under components, not resources"
					: "under components stand only folders of kind Component");
	} else if (!k->docs.len) {
		m->doubts |= MADE_PARTIAL;
	} else if (entry->component) {
		accumulate(&below, m);
	} else {
		accumulate(&below, &sub);
		merge(l, m, &sub);
	}
}

static void take_file(struct level *l, struct made *m, const struct kustomization_entry *entry)
{
	struct input_file *f = catalog_find(l->e->catalog, entry->path);

	may_read(l->e, l->k, entry->at, entry->path);
	if (f)
		f->taken = true;
	if (!f || f->unknown)
		m->doubts |= MADE_PARTIAL;
	for (struct held *h = f ? f->first : NULL; h && !is_full(l, m); h = h->next) {
		l->e->made++;
		take(l, m, h, entry->at);
	}
}

/* What holds secrets is often kept out of a repository: whoever builds it has it. */
static bool is_kept_out(struct str path)
{
	static const char *const words[] = {"secret", "cred", "passw", "token", "sops",
					    ".env",   "cert", "key",   "auth"};
	char name[LIMIT_NAME_BYTES];
	struct str last = files_name(path);
	size_t len = 0;

	for (; len < last.len && len < sizeof name; len++) {
		char c = last.ptr[len];
		name[len] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_contains((struct str){name, len}, str_from(words[i])))
			return true;
	return false;
}

static void take_missing(struct level *l, struct made *m, struct obj entry)
{
	struct str text = obj_text(entry, "");

	m->doubts |= MADE_PARTIAL;
	if (!l->e->strict && is_kept_out(text))
		return;
	evaluate_refuse(l->e, l->k, entry, "'%.*s' is not there: kustomize builds nothing",
			STR_ARG(text));
}

static void take_entry(struct level *l, struct made *m, const struct kustomization_entry *entry)
{
	struct str text = obj_text(entry->at, "");
	const struct folder *folder;
	struct stat s;

	if (!entry->path) {
		m->doubts |= MADE_PARTIAL;
		return;
	}
	if (stat(entry->path, &s) != 0) {
		take_missing(l, m, entry->at);
		return;
	}
	if (!S_ISDIR(s.st_mode)) {
		take_file(l, m, entry);
		return;
	}
	folder = folders_known(l->e->catalog->folders, entry->path);
	if (folder && folder->kustomization) {
		take_kustomization(l, m, entry, folder->kustomization);
		return;
	}
	m->doubts |= MADE_PARTIAL;
	if (folder)
		evaluate_refuse(
			l->e, l->k, entry->at,
			"the folder '%.*s' has no kustomization.yaml: kustomize builds nothing",
			STR_ARG(text));
}

static void take_entries(struct level *l, struct made *m, bool components)
{
	for (size_t i = 0; i < l->k->entries_len; i++)
		if (l->k->entries[i].component == components)
			take_entry(l, m, &l->k->entries[i]);
}

/* What is done by programs that are not here. */
static unsigned doubts_of(const struct kustomization *k)
{
	static const struct {
		const char *key;
		unsigned doubt;
	} keys[] = {
		{"generators", MADE_PARTIAL},
		{"helmCharts", MADE_PARTIAL},
		{"helmChartInflationGenerator", MADE_PARTIAL},
		{"transformers", MADE_CHANGED},
		{"openapi", MADE_CHANGED},
	};
	unsigned doubts = 0;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		doubts |= obj_len(obj_at(k->root, keys[i].key)) ? keys[i].doubt : 0;
	return doubts;
}

static bool makes_ours(const struct made *m)
{
	for (const struct resource *r = m->first; r; r = r->next)
		if (r->object.kind &
		    (KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE))
			return true;
	return false;
}

/* In the order of kustomize (api/internal/target/kusttarget.go, accumulateTarget). */
static void accumulate(struct level *l, struct made *m)
{
	struct evaluation *e = l->e;

	evaluate_fields(e, l->k);
	m->doubts |= doubts_of(l->k);
	take_entries(l, m, false);
	evaluate_configurations(e, l->k, m);
	evaluate_generators(e, l->k, m);
	take_entries(l, m, true);
	evaluate_merge_patches(e, l->k, m);
	evaluate_names(e, l->k, m);
	evaluate_labels(e, l->k, m);
	evaluate_json_patches(e, l->k, m);
	evaluate_replacements(e, l->k, m);
	l->k->ours |= makes_ours(m);
}

/* kustomize reads "off" as text, kubectl as a boolean. */
static void finish(struct evaluation *e, struct made *m)
{
	for (struct resource *r = m->first; r; r = r->next) {
		r->gone = str_is(object_annotation(&r->object, "config.kubernetes.io/local-config"),
				 "true");
		if (!r->render && r->object.root.node && render_differs(r->object.root))
			resource_open(e, r);
	}
	made_sweep(m);
}

bool evaluate(struct evaluation *e, struct kustomization *k, struct made *out)
{
	struct level l = {.e = e, .k = k};

	e->failed = false;
	*out = (struct made){.last = &out->first};
	accumulate(&l, out);
	evaluate_references(e, out);
	finish(e, out);
	forget_ids(out);
	return !e->failed;
}
