/* What a kustomization does to all of its objects: namespace, names, labels, annotations. */
#include "evaluate_internal.h"

/* Kinds that kustomize knows to be of no namespace; any that it does not know has one. */
static bool is_cluster_wide(const struct object *o)
{
	static const char *const kinds[] = {"APIService",
					    "CSIDriver",
					    "CertificateSigningRequest",
					    "ClusterRole",
					    "ClusterRoleBinding",
					    "CustomResourceDefinition",
					    "FlowSchema",
					    "IngressClass",
					    "MutatingWebhookConfiguration",
					    "Namespace",
					    "Node",
					    "PersistentVolume",
					    "PriorityClass",
					    "PriorityLevelConfiguration",
					    "RuntimeClass",
					    "StorageClass",
					    "ValidatingAdmissionPolicy",
					    "ValidatingAdmissionPolicyBinding",
					    "ValidatingWebhookConfiguration",
					    "VolumeAttachment"};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_is(o->kind_name, kinds[i]))
			return true;
	return false;
}

/* What has no tree of its own yet gets it there when it has one. */
static void set_namespace(struct resource *r, struct str namespace, struct obj by)
{
	struct obj metadata;
	struct err err;

	r->object.namespace = namespace;
	if (!r->render) {
		r->namespace_by = by;
		return;
	}
	if (!render_open(r->render, render_root(r->render), STR("metadata"), by, &metadata, &err) ||
	    !render_put_text(r->render, metadata, STR("namespace"), namespace, by, &err))
		resource_doubt(r);
}

void evaluate_namespace(struct made *made, struct str namespace)
{
	for (struct resource *r = made->first; r; r = r->next)
		if (!is_cluster_wide(&r->object))
			r->object.namespace = namespace;
}

static bool keeps_name(const struct object *o)
{
	return str_is(o->kind_name, "CustomResourceDefinition") ||
	       str_is(o->kind_name, "Namespace") || str_is(o->kind_name, "APIService");
}

static void give_name(struct evaluation *e, struct resource *r, struct str name, struct obj by)
{
	struct obj metadata;
	struct err err;

	resource_remember(e, r);
	r->object.name = name;
	if (!resource_open(e, r))
		return;
	if (!render_open(r->render, render_root(r->render), STR("metadata"), by, &metadata, &err) ||
	    !render_put_text(r->render, metadata, STR("name"), name, by, &err))
		resource_doubt(r);
	resource_reread(r);
}

/* A Namespace itself is called so then. */
static void set_namespaces(struct evaluation *e, struct made *m, const struct kustomization *k)
{
	struct obj by = obj_at(k->root, "namespace");

	for (struct resource *r = m->first; r; r = r->next) {
		if (str_is(r->object.kind_name, "Namespace") && str_is(r->object.api_version, "v1"))
			give_name(e, r, k->namespace, by);
		if (is_cluster_wide(&r->object))
			continue;
		resource_remember(e, r);
		set_namespace(r, k->namespace, by);
	}
	made_check(e, m, k, by);
}

static void affix(struct evaluation *e, struct made *m, struct obj prefix, struct obj suffix)
{
	struct str before = obj_text(prefix, ""), after = obj_text(suffix, "");

	if (!before.len && !after.len)
		return;
	for (struct resource *r = m->first; r; r = r->next) {
		struct str name = r->object.name;

		if (keeps_name(&r->object) || !name.len)
			continue;
		name = arena_fmt(e->arena, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(name),
				 STR_ARG(after));
		give_name(e, r, name, before.len ? prefix : suffix);
	}
	made_sweep(m);
}

void evaluate_names(struct evaluation *e, const struct kustomization *k, struct made *m)
{
	struct obj none = {0};

	if (k->namespace.len)
		set_namespaces(e, m, k);
	affix(e, m, obj_at(k->root, "namePrefix"), none);
	affix(e, m, none, obj_at(k->root, "nameSuffix"));
}

void resource_put_metadata(struct evaluation *e, struct resource *r, const char *field,
			   struct obj pairs)
{
	struct obj metadata, map;
	struct err err;

	if (!obj_len(pairs) || !resource_open(e, r))
		return;
	bool ok = render_open(r->render, render_root(r->render), STR("metadata"), pairs, &metadata,
			      &err) &&
		  render_open(r->render, metadata, str_from(field), pairs, &map, &err);
	for (struct obj p = obj_first(pairs); p.node && ok; p = obj_next(p))
		ok = render_put(r->render, map, obj_key(p), p, &err);
	if (!ok)
		resource_doubt(r);
}

static void put_pairs(struct evaluation *e, struct made *m, const char *field, struct obj pairs)
{
	for (struct resource *r = m->first; r && obj_len(pairs); r = r->next)
		resource_put_metadata(e, r, field, pairs);
}

void evaluate_labels(struct evaluation *e, const struct kustomization *k, struct made *m)
{
	struct obj labels = obj_at(k->root, "labels");

	for (struct obj l = obj_first(labels); l.node; l = obj_next(l))
		put_pairs(e, m, "labels", obj_at(l, "pairs"));
	put_pairs(e, m, "labels", obj_at(k->root, "commonLabels"));
	put_pairs(e, m, "annotations", obj_at(k->root, "commonAnnotations"));
}

static void note_references(struct evaluation *e, struct made *m, struct obj root)
{
	struct obj list = obj_at(root, "nameReference");

	for (struct obj n = obj_first(list); n.node; n = obj_next(n)) {
		struct reference *ref = ARENA_NEW(e->scratch, struct reference);

		*ref = (struct reference){n, m->references};
		m->references = ref;
	}
}

void evaluate_configurations(struct evaluation *e, const struct kustomization *k, struct made *m)
{
	struct obj list = obj_at(k->root, "configurations");

	for (struct obj c = obj_first(list); c.node; c = obj_next(c)) {
		struct doc_list docs;
		struct str name;

		if (!evaluate_documents(e, k, c, &docs, &name))
			continue;
		for (size_t i = 0; i < docs.len; i++)
			note_references(e, m, doc_root(docs.docs[i]));
	}
}

static bool is_of(struct obj spec, const struct object *o)
{
	struct str group = obj_text(spec, "group"), version = obj_text(spec, "version");
	struct str kind = obj_text(spec, "kind");

	return (!kind.len || str_eq(kind, o->kind_name)) &&
	       (!group.len || str_eq(group, resource_group(o->api_version))) &&
	       (!version.len || str_eq(version, resource_version(o->api_version)));
}

static bool was_called(const struct resource *r, struct str name)
{
	for (const struct former *f = r->former; f; f = f->next)
		if (str_eq(f->name, name))
			return true;
	return false;
}

struct following {
	const struct made *made;
	struct obj reference; /* whose names are followed */
	struct resource *referrer;
};

/* NULL: none was called so, or several. */
static const struct resource *meant_by(const struct following *f, struct str name)
{
	struct str namespace = resource_namespace(f->referrer->object.namespace);
	const struct resource *found = NULL;

	for (const struct resource *r = f->made->first; r; r = r->next) {
		if (!is_of(f->reference, &r->object) || !was_called(r, name) ||
		    (!is_cluster_wide(&r->object) &&
		     !str_eq(resource_namespace(r->object.namespace), namespace)))
			continue;
		if (found && !str_eq(found->object.name, r->object.name))
			return NULL;
		found = r;
	}
	return found;
}

/* `path` has slashes; lists on the way are walked through. */
static void follow(const struct following *f, struct obj at, struct str path)
{
	struct str rest = path, part;
	const struct resource *meant;

	if (obj_type(at) == OBJ_LIST) {
		for (struct obj e = obj_first(at); e.node; e = obj_next(e))
			follow(f, e, path);
		return;
	}
	if (path.len) {
		str_split(&rest, '/', &part);
		if (str_has_suffix(part, STR("[]")))
			part = str_slice(part, 0, part.len - 2);
		follow(f, obj_member(at, part), rest.ptr ? rest : STR_EMPTY);
		return;
	}
	if (obj_type(at) == OBJ_MAP)
		at = obj_member(at, STR("name"));
	meant = obj_type(at) == OBJ_STRING ? meant_by(f, obj_text(at, "")) : NULL;
	if (meant && !str_eq(meant->object.name, obj_text(at, "")))
		render_text(f->referrer->render, at, meant->object.name, at);
}

static void follow_all(struct evaluation *e, struct made *m, struct obj reference)
{
	struct obj specs = obj_at(reference, "fieldSpecs");

	for (struct obj s = obj_first(specs); s.node; s = obj_next(s))
		for (struct resource *r = m->first; r; r = r->next) {
			struct following f = {m, reference, r};

			if (is_of(s, &r->object) && resource_open(e, r))
				follow(&f, r->object.root, obj_text(s, "path"));
		}
}

/* The suffix is not computed. Whoever writes a name without it does not mean this one. */
static void add_hashes(struct evaluation *e, struct made *m)
{
	for (struct resource *r = m->first; r; r = r->next) {
		struct str name = r->object.name;

		if (!r->hashed)
			continue;
		name = arena_fmt(e->arena, "%.*s-${hash}", STR_ARG(name));
		give_name(e, r, name, r->entry);
	}
}

void evaluate_references(struct evaluation *e, struct made *m)
{
	add_hashes(e, m);
	for (const struct reference *ref = m->references; ref; ref = ref->next)
		follow_all(e, m, ref->at);
	made_sweep(m);
}
