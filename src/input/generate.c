/* configMapGenerator and secretGenerator: api/internal/generators of kustomize. */
#include "evaluate_internal.h"

/* Whether the name stays as it is. The generator's own option comes before those of all. */
static bool is_plain(const struct kustomization *k, struct obj entry)
{
	bool all = obj_true(k->root, "generatorOptions.disableNameSuffixHash", false);

	return obj_true(entry, "options.disableNameSuffixHash", false) || all;
}

/* The tree of a ConfigMap, for replacements: what its literals say. */
static void make_tree(struct evaluation *e, struct resource *r)
{
	static const struct str text =
		STR_INIT("apiVersion: v1\nkind: ConfigMap\nmetadata: {}\ndata: {}\n");
	struct obj literals = obj_at(r->entry, "literals"), data;
	struct doc_list docs;
	struct err err;

	if (!doc_read_yaml_within(e->arena, text, e->budget, &docs, &err))
		return;
	r->object.root = doc_root(docs.docs[0]);
	if (!resource_open(e, r) ||
	    !render_put_text(r->render, obj_at(render_root(r->render), "metadata"), STR("name"),
			     r->object.name, r->entry, &err))
		return;
	data = obj_at(render_root(r->render), "data");
	for (struct obj l = obj_first(literals); l.node; l = obj_next(l)) {
		struct str pair = obj_text(l, "");
		size_t equals = str_find_byte(pair, '=');
		struct str value =
			str_slice(pair, equals == STR_NONE ? pair.len : equals + 1, pair.len);

		if (value.len >= 2 && value.ptr[0] == value.ptr[value.len - 1] &&
		    (value.ptr[0] == '"' || value.ptr[0] == '\''))
			value = str_slice(value, 1, value.len - 1);
		if (equals != STR_NONE &&
		    !render_put_text(r->render, data, str_slice(pair, 0, equals), value, l, &err))
			resource_doubt(r);
	}
}

/* The object that is called so, now or before; NULL: none. */
static struct resource *same(const struct made *m, const struct resource *new)
{
	struct str namespace = resource_namespace(new->object.namespace);

	for (struct resource *r = m->first; r; r = r->next) {
		const struct object *o = &r->object;
		bool called = str_eq(o->name, new->object.name) &&
			      str_eq(resource_namespace(o->namespace), namespace);

		for (const struct former *f = r->former; f && !called; f = f->next)
			called = str_eq(f->name, new->object.name) &&
				 str_eq(f->namespace, namespace);
		if (called && str_eq(o->kind_name, new->object.kind_name))
			return r;
	}
	return NULL;
}

/* Whether it becomes an object: not what is merged with one that is there already, which is known
 * in part from now on, and not what kustomize refuses. */
static bool is_new(struct evaluation *e, const struct made *m, const struct resource *new)
{
	struct str behavior = obj_text(new->entry, "behavior"), kind = new->object.kind_name;
	bool merges = str_is(behavior, "merge") || str_is(behavior, "replace");
	struct resource *old = same(m, new);

	if (!old && (!merges || m->doubts & MADE_PARTIAL))
		return !merges;
	if (old && merges) {
		old->hashed &= new->hashed; /* seen: only when both want one */
		resource_doubt(old);
	} else if (old) {
		evaluate_refuse(
			e, new->from, new->entry,
			"%.*s '%.*s' is there already: kustomize wants 'behavior: merge' or 'replace'",
			STR_ARG(kind), STR_ARG(new->object.name));
	} else {
		evaluate_refuse(e, new->from, new->entry,
				"there is no %.*s '%.*s' to %.*s with: kustomize builds nothing",
				STR_ARG(kind), STR_ARG(new->object.name), STR_ARG(behavior));
	}
	return false;
}

static void check_literals(struct evaluation *e, const struct resource *r)
{
	struct obj literals = obj_at(r->entry, "literals");

	for (struct obj l = obj_first(literals); l.node; l = obj_next(l))
		if (str_find_byte(obj_text(l, ""), '=') == STR_NONE)
			evaluate_refuse(e, r->from, l, "a literal is KEY=value");
}

static void generate(struct evaluation *e, const struct kustomization *k, struct made *m,
		     struct obj entry, bool secret)
{
	struct resource *r = ARENA_NEW(e->scratch, struct resource);
	struct provider *provider = ARENA_NEW(e->arena, struct provider);

	r->object.kind_name = secret ? STR("Secret") : STR("ConfigMap");
	r->object.kind = secret ? KIND_SECRET : KIND_OTHER;
	r->object.api_version = STR("v1");
	r->object.name = obj_text(entry, "name");
	r->object.namespace = obj_text(entry, "namespace");
	r->from = k;
	r->entry = entry;
	r->hashed = !is_plain(k, entry);
	check_literals(e, r);
	if (!r->object.name.len || !is_new(e, m, r))
		return;
	if (secret && provider_read_generator(entry, e->arena, provider))
		r->secret = provider;
	else
		make_tree(e, r);
	made_add(e, m, r);
}

void evaluate_generators(struct evaluation *e, const struct kustomization *k, struct made *m)
{
	struct obj maps = obj_at(k->root, "configMapGenerator");
	struct obj secrets = obj_at(k->root, "secretGenerator");

	for (struct obj g = obj_first(maps); g.node; g = obj_next(g))
		generate(e, k, m, g, false);
	for (struct obj g = obj_first(secrets); g.node; g = obj_next(g))
		generate(e, k, m, g, true);
}
