#include "input/argo.h"

#include "input/files.h"
#include "evaluate_internal.h"
#include "listing_internal.h"

#include <unistd.h>

static bool is_set(const struct object *object)
{
	return str_is(object->kind_name, "ApplicationSet");
}

bool argo_is(const struct object *object)
{
	return str_has_prefix(object->api_version, STR("argoproj.io/")) &&
	       (str_is(object->kind_name, "Application") || is_set(object));
}

static bool is_known(struct str text)
{
	return text.len && !value_is_placeholder(text, NULL);
}

bool argo_is_set(const struct object *object)
{
	return argo_is(object) && is_set(object);
}

struct obj argo_spec(const struct object *object)
{
	return obj_at(object->root, is_set(object) ? "spec.template.spec" : "spec");
}

void argo_sources(struct obj spec, struct str name,
		  void (*each)(void *ctx, const struct argo *source), void *ctx)
{
	struct obj sources = obj_at(spec, "sources"), one = obj_at(spec, "source");
	struct argo a = {.namespace = obj_at(spec, "destination.namespace"), .name = name};

	/* `source` counts for nothing beside `sources`. */
	for (struct obj s = obj_len(sources) ? obj_first(sources) : one; s.node;
	     s = obj_len(sources) ? obj_next(s) : (struct obj){0}) {
		a.source = s;
		a.path = obj_text(s, "path");
		if (is_known(a.path))
			each(ctx, &a);
	}
}

static bool is_known_or_absent(struct obj at)
{
	return !obj_text(at, "").len || is_known(obj_text(at, ""));
}

struct str argo_destination(struct arena *arena, const struct object *object, const struct argo *a)
{
	struct obj to = obj_at(object->root, "spec.destination");
	struct obj parts[] = {obj_at(to, "server"), obj_at(to, "name"),
			      obj_at(a->source, "repoURL"), obj_at(a->source, "targetRevision")};
	struct buf out = BUF_ARENA(arena);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (is_set(object) || !is_known_or_absent(parts[i]))
			return STR_EMPTY;
		buf_str(&out, obj_text(parts[i], ""));
		buf_byte(&out, ' ');
	}
	return buf_slice(&out);
}

/* Braces are more than fnmatch knows. */
static bool is_plain_glob(struct str glob)
{
	return !glob.len || (is_known(glob) && str_find_byte(glob, '{') == STR_NONE);
}

struct kustomization *argo_listing(struct evaluation *e, const struct argo *a, const char *folder)
{
	static const char *const others[] = {"chart", "helm", "kustomize", "plugin"};
	struct obj directory = obj_at(a->source, "directory");
	struct listing l = {.by = obj_at(a->source, "path"),
			    .below = obj_true(directory, "recurse", false),
			    .include = obj_text(directory, "include"),
			    .exclude = obj_text(directory, "exclude")};
	struct str chart = files_join(e->scratch, str_from(folder), STR("Chart.yaml"));

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (obj_at(a->source, others[i]).node)
			return NULL;
	if (access(chart.ptr, F_OK) == 0 || !is_plain_glob(l.include) || !is_plain_glob(l.exclude))
		return NULL;
	return listing_kustomization(e, folder, &l);
}

static bool put(struct render *r, const struct argo *a, const char *from, const char *key,
		struct err *err)
{
	struct obj value = obj_at(obj_at(a->source, "kustomize"), from);

	return !obj_text(value, "").len || render_put(r, render_root(r), str_from(key), value, err);
}

static bool put_pairs(struct render *r, const struct argo *a, const char *key, struct err *err)
{
	struct obj pairs = obj_at(obj_at(a->source, "kustomize"), key), map;

	if (!obj_len(pairs))
		return true;
	bool good = render_open(r, render_root(r), str_from(key), pairs, &map, err);
	for (struct obj p = obj_first(pairs); p.node && good; p = obj_next(p))
		good = render_put(r, map, obj_key(p), p, err);
	return good;
}

struct kustomization *argo_kustomization(struct evaluation *e, const struct argo *a,
					 const struct kustomization *own)
{
	struct render r = {.arena = e->arena, .budget = e->budget};
	struct obj kustomize = obj_at(a->source, "kustomize");
	struct err err;

	if (!obj_len(kustomize))
		return kustomization_with(e->arena, own, own->root);
	if (render_copy(&r, own->root, &err) && put(&r, a, "namePrefix", "namePrefix", &err) &&
	    put(&r, a, "nameSuffix", "nameSuffix", &err) &&
	    put(&r, a, "namespace", "namespace", &err) && put_pairs(&r, a, "commonLabels", &err) &&
	    put_pairs(&r, a, "commonAnnotations", &err) &&
	    kustomization_append(&r, kustomize, "patches", &err) &&
	    kustomization_append(&r, kustomize, "components", &err))
		return kustomization_with(e->arena, own, render_root(&r));
	evaluate_fail(e, own, doc_name(obj_source(a->source)), &err);
	return NULL;
}

void argo_finish(const struct argo *a, struct made *made)
{
	struct str namespace = obj_text(a->namespace, "");

	if (!is_known(namespace))
		return;
	for (struct resource *r = made->first; r; r = r->next)
		if (!r->object.namespace.len)
			r->object.namespace = namespace;
}
