#include "input/flux.h"

#include "evaluate_internal.h"
#include "listing_internal.h"
#include "settings_internal.h"

bool flux_is(const struct object *object)
{
	return str_is(object->kind_name, "Kustomization") &&
	       str_has_prefix(object->api_version, STR("kustomize.toolkit.fluxcd.io/"));
}

bool flux_settings_is(const struct object *object)
{
	return settings_is(object);
}

bool flux_read(const struct object *object, struct flux *out)
{
	struct obj spec = obj_at(object->root, "spec");

	*out = (struct flux){.spec = spec,
			     .name = object->name,
			     .namespace = object->namespace,
			     .path = obj_text(spec, "path")};
	out->substitutes = obj_len(obj_at(spec, "postBuild.substitute")) ||
			   obj_len(obj_at(spec, "postBuild.substituteFrom"));
	return flux_is(object) && out->path.len && !value_is_placeholder(out->path, NULL);
}

static enum variable_is look(const void *ctx, struct str name, struct str *value, struct obj *by)
{
	const struct flux *f = ctx;
	struct obj at = obj_member(obj_at(f->spec, "postBuild.substitute"), name);
	struct str text;

	if (!at.node) { /* where nobody is seen to set it, who applies this may */
		enum variable_is is =
			settings_look(f->settings, obj_at(f->spec, "postBuild.substituteFrom"),
				      f->namespace, f->from, name, value, by);

		return is == VARIABLE_SET ? VARIABLE_SET : VARIABLE_UNKNOWN;
	}
	/* What is set by a variable of somebody else, or no text, is for that one to know. */
	if (obj_str(at, "", &text) != OBJ_SET || value_is_placeholder(text, NULL) ||
	    str_find_byte(text, '\n') != STR_NONE)
		return VARIABLE_UNKNOWN;
	*value = text;
	*by = at;
	return VARIABLE_SET;
}

struct variables flux_variables(const struct flux *f)
{
	return (struct variables){.look = look, .ctx = f};
}

struct kustomization *flux_generate(struct evaluation *e, const struct flux *f, const char *folder)
{
	struct listing all = {
		.by = obj_at(f->spec, "path"), .below = true, .as_kustomizations = true};

	return listing_kustomization(e, folder, &all);
}

static bool replace(struct render *r, const struct flux *f, const char *from, const char *key,
		    struct err *err)
{
	struct obj value = obj_at(f->spec, from);

	return !obj_text(value, "").len || render_put(r, render_root(r), str_from(key), value, err);
}

struct kustomization *flux_kustomization(struct evaluation *e, const struct flux *f,
					 const struct kustomization *own)
{
	struct render r = {.arena = e->arena, .budget = e->budget};
	struct err err;

	if (render_copy(&r, own->root, &err) &&
	    replace(&r, f, "targetNamespace", "namespace", &err) &&
	    replace(&r, f, "namePrefix", "namePrefix", &err) &&
	    replace(&r, f, "nameSuffix", "nameSuffix", &err) &&
	    kustomization_append(&r, f->spec, "patches", &err) &&
	    kustomization_append(&r, f->spec, "components", &err))
		return kustomization_with(e->arena, own, render_root(&r));
	evaluate_fail(e, own, doc_name(obj_source(f->spec)), &err);
	return NULL;
}

static bool is_ours(const struct resource *r)
{
	return r->object.kind != KIND_OTHER && r->object.root.node;
}

static bool has_variable(struct obj o)
{
	bool found = str_find_byte(obj_text(o, ""), '$') != STR_NONE ||
		     str_find_byte(obj_key(o), '$') != STR_NONE;

	for (struct obj m = obj_first(o); m.node && !found; m = obj_next(m))
		found = has_variable(m); /* as deep as LIMIT_DEPTH at most */
	return found;
}

/* Of what is known by its name alone. */
static void fill_names(struct evaluation *e, const struct variables *v, struct resource *r)
{
	struct str *names[] = {&r->object.name, &r->object.namespace};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct substituted out;
		struct err err;

		if (substitute_text(e->arena, *names[i], v, &out, &err))
			*names[i] = out.text;
	}
}

static void fill(struct evaluation *e, const struct variables *v, const struct kustomization *k,
		 struct resource *r)
{
	struct err err;

	if (!has_variable(r->object.root) && str_find_byte(r->object.namespace, '$') == STR_NONE)
		return;
	if (!resource_open(e, r))
		return;
	if (substitute_object(r->render, v, &err)) {
		resource_reread(r);
		return;
	}
	resource_doubt(r);
	if (is_ours(r))
		evaluate_fail(e, k, doc_name(r->render->wrong), &err);
}

void flux_finish(struct evaluation *e, const struct flux *f, const struct kustomization *k,
		 struct made *made)
{
	struct obj common = obj_at(f->spec, "commonMetadata");
	struct variables v = flux_variables(f);

	for (struct resource *r = made->first; r; r = r->next) {
		if (is_ours(r)) {
			resource_put_metadata(e, r, "labels", obj_at(common, "labels"));
			resource_put_metadata(e, r, "annotations", obj_at(common, "annotations"));
		}
		if (!f->substitutes)
			continue;
		if (r->object.root.node)
			fill(e, &v, k, r);
		else
			fill_names(e, &v, r);
	}
}
