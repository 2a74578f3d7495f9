/* The objects of an evaluation, its errors, and the files that it reads. */
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

void made_forget(struct made *m)
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
	made_forget(m);
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

	made_forget(m);
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
	*r->render = (struct render){.arena = e->arena, .budget = e->budget, .words = !e->plain};
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

bool evaluate_may_read(struct evaluation *e, const struct kustomization *k, struct obj at,
		       const char *path)
{
	if (e->anywhere || kustomization_is_above(k, str_from(path)))
		return true;
	evaluate_refuse(
		e, k, at,
		"kustomize reads only files in or below the folder of the kustomization: list a folder with a kustomization of its own");
	return false;
}

/* A file that was read, by its absolute path. */
struct parsed {
	const char *path;
	struct str name;
	struct doc_list docs;
	bool whole;
	struct err err;
};

static int by_path(const void *left, const void *right)
{
	const struct parsed *a = left, *b = right;

	return strcmp(a->path, b->path);
}

static bool read_text(const struct evaluation *e, struct parsed *p, struct str *out)
{
	const struct catalog *c = e->catalog;

	/* what it holds is not asked for: a device, say, may never end */
	return file_read_regular(e->arena, str_from(p->path), LIMIT_FILE_BYTES, out, &p->err) &&
	       (!c->read || c->read(c->read_ctx, e->arena, p->name, out, &p->err));
}

static void parse(struct evaluation *e, struct parsed *p)
{
	struct str text;

	p->whole = read_text(e, p, &text) &&
		   doc_read_yaml_within(e->arena, text, e->budget, &p->docs, &p->err);
	doc_set_name(&p->docs, p->name);
}

static const struct parsed *parsed_of(struct evaluation *e, const char *path)
{
	struct parsed like = {.path = path}, **found = tfind(&like, &e->files, by_path), *p;

	if (found)
		return *found;
	p = ARENA_NEW(e->arena, struct parsed);
	p->path = arena_cstr(e->arena, str_from(path));
	p->name = catalog_name(e->catalog, e->arena, path);
	parse(e, p);
	if (!tsearch(p, &e->files, by_path))
		out_of_memory(sizeof *p);
	return p;
}

bool evaluate_documents(struct evaluation *e, const struct kustomization *k, struct obj at,
			struct doc_list *docs, struct str *name)
{
	struct str path = obj_text(at, "");
	const char *absolute = kustomization_path(k, e->scratch, path);
	const struct parsed *p;

	if (!absolute)
		return false;
	evaluate_may_read(e, k, at, absolute);
	p = parsed_of(e, absolute);
	*name = p->name;
	*docs = p->docs;
	if (p->whole)
		return true;
	if (p->err.line)
		evaluate_fail(e, k, p->name, &p->err);
	else
		evaluate_refuse(e, k, at, "'%.*s' cannot be read: %s", STR_ARG(path), p->err.msg);
	return false;
}

void evaluation_release(struct evaluation *e)
{
	tdestroy(e->files, keep);
}
