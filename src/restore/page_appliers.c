/* Who applies the Cluster, as it is written on it. */
#include "page_internal.h"

static struct str metadata(const struct page *p, const char *map, const char *key)
{
	struct obj all = obj_at(restore_cluster(p->r)->root, map);

	return obj_text(obj_member(all, str_from(key)), "");
}

/* Empty: Flux does not, as far as is known. */
static struct str flux(const struct page *p, const char *verb)
{
	static const struct {
		const char *kind, *name, *namespace;
	} appliers[] = {
		{"kustomization", "kustomize.toolkit.fluxcd.io/name",
		 "kustomize.toolkit.fluxcd.io/namespace"},
		{"helmrelease", "helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace"},
	};

	for (size_t i = 0; i < ARRAY_LEN(appliers); i++) {
		struct str name = metadata(p, "metadata.labels", appliers[i].name);
		struct str in = metadata(p, "metadata.labels", appliers[i].namespace);

		if (object_is_name(name))
			return page_code(p, arena_fmt(p->r->arena, "flux %s %s %.*s%.*s", verb,
						      appliers[i].kind, STR_ARG(name),
						      STR_ARG(page_in_namespace(p, in))));
	}
	return STR_EMPTY;
}

/* "shop" of "shop:postgresql.cnpg.io/Cluster:app/db": what is copied from another object with its
 * annotations says nothing. Empty: it is not there. */
static struct str tracked(const struct page *p)
{
	const struct object *o = restore_cluster(p->r);
	struct str id = metadata(p, "metadata.annotations", "argocd.argoproj.io/tracking-id");
	struct str of = arena_fmt(p->r->arena, ":postgresql.cnpg.io/Cluster:%.*s/%.*s",
				  STR_ARG(o->namespace), STR_ARG(o->name));

	return str_has_suffix(id, of) ? str_slice(id, 0, id.len - of.len) : STR_EMPTY;
}

/* The label is Helm's, too. */
static struct str labelled(const struct page *p)
{
	bool helm = str_is(metadata(p, "metadata.labels", "app.kubernetes.io/managed-by"), "Helm");

	return helm ? STR_EMPTY : metadata(p, "metadata.labels", "app.kubernetes.io/instance");
}

/* "shop", or as "data_shop" says it "data/shop": an Application outside of Argo CD's own namespace.
 * Empty: none that is a name. */
static struct str application(const struct page *p)
{
	struct str name = tracked(p), namespace = STR_EMPTY;

	if (!name.len)
		name = labelled(p);
	size_t between = str_find_byte(name, '_');
	if (between != STR_NONE) {
		namespace = str_slice(name, 0, between);
		name = str_slice(name, between + 1, name.len);
	}
	if (!object_is_name(name) || (between != STR_NONE && !object_is_name(namespace)))
		return STR_EMPTY;
	return arena_fmt(p->r->arena, "%.*s%s%.*s", STR_ARG(namespace), namespace.len ? "/" : "",
			 STR_ARG(name));
}

struct str page_appliers(const struct page *p, const char *verb, const char *policy)
{
	struct str by_flux = flux(p, verb), name = application(p);
	bool argo = tracked(p).len || !by_flux.len;

	if (!by_flux.len && !name.len)
		by_flux = page_code(p, arena_fmt(p->r->arena, "flux %s kustomization NAME", verb));
	if (!name.len)
		name = STR("NAME");
	struct str by_argo =
		page_code(p, arena_fmt(p->r->arena, "argocd app set %.*s --sync-policy %s",
				       STR_ARG(name), policy));

	return arena_fmt(p->r->arena, "%s%.*s%s%s%.*s", by_flux.len ? "Flux: " : "",
			 STR_ARG(by_flux), by_flux.len && argo ? ". " : "", argo ? "Argo CD: " : "",
			 STR_ARG(argo ? by_argo : STR_EMPTY));
}
