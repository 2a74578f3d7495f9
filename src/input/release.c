#include "input/release.h"

#include "base/file.h"
#include "base/limits.h"
#include "input/argo.h"
#include "appliers_internal.h"
#include "evaluate_internal.h"
#include "release_internal.h"

#include <string.h>
#include <unistd.h>

#define CHART "cluster"

/* A repository of charts, or of one, by the name that a HelmRelease gives it. */
struct repository {
	struct str kind, name;
	bool official;
	struct repository *next;
};

/* A chart of this repository that a release installs, or a values file that it has. */
struct installed {
	const char *path;
	struct installed *next;
};

struct releases {
	struct arena *arena;
	struct repository *first;
	struct installed *installed;
};

struct releases *releases_new(struct arena *a)
{
	struct releases *r = ARENA_NEW(a, struct releases);

	r->arena = a;
	return r;
}

static bool is_helm_release(const struct object *o)
{
	return str_is(o->kind_name, "HelmRelease") &&
	       str_has_prefix(o->api_version, STR("helm.toolkit.fluxcd.io/"));
}

/* Of the controller in k3s and RKE2. */
static bool is_helm_chart(const struct object *o)
{
	return str_is(o->kind_name, "HelmChart") &&
	       str_has_prefix(o->api_version, STR("helm.cattle.io/"));
}

/* `backups` with a schedule, as that chart has them. */
static bool has_schedules(struct obj values)
{
	struct obj first = obj_first(obj_at(values, "backups.scheduledBackups"));

	return obj_text(first, "schedule").len;
}

static bool is_values(const struct object *o)
{
	return !o->api_version.len && str_is(o->kind_name, "values");
}

bool release_read_values(struct str file, struct obj root, struct object *out)
{
	struct str name = files_name(file);
	bool found = has_schedules(root) && obj_type(obj_at(root, "cluster")) == OBJ_MAP;

	if (!str_contains(name, STR("values")) || obj_type(root) != OBJ_MAP)
		return false;
	for (struct obj m = obj_first(root); m.node && !found; m = obj_next(m))
		found = has_schedules(m);
	*out = (struct object){.kind = KIND_OTHER, .kind_name = STR("values"), .root = root};
	return found;
}

bool release_is_chart(const struct object *o)
{
	return !o->api_version.len && str_is(o->kind_name, "helmCharts");
}

bool release_read_chart(struct obj entry, struct object *out)
{
	struct str name = obj_text(entry, "releaseName");

	*out = (struct object){.kind = KIND_OTHER,
			       .kind_name = STR("helmCharts"),
			       .namespace = obj_text(entry, "namespace"),
			       .name = name.len ? name : obj_text(entry, "name"),
			       .root = entry};
	return obj_text(entry, "name").len;
}

/* Its source is a folder of the repository. */
static bool is_local(struct obj spec)
{
	struct str kind = obj_text(spec, "chart.spec.sourceRef.kind");

	return str_is(kind, "GitRepository") || str_is(kind, "Bucket");
}

bool release_is(const struct object *object)
{
	struct obj spec = obj_at(object->root, "spec");
	struct obj values = obj_at(spec, "values");

	if (is_helm_chart(object))
		return true;
	return is_helm_release(object) &&
	       (is_local(spec) || str_is(obj_text(spec, "chart.spec.chart"), CHART) ||
		(obj_at(spec, "chartRef").node &&
		 (obj_at(values, "backups").node || obj_at(values, "cluster").node)));
}

/* Where CloudNativePG publishes its charts. */
static bool is_official(struct str url)
{
	static const char *const places[] = {"cloudnative-pg.github.io/charts",
					     "cloudnative-pg.io/charts",
					     "ghcr.io/cloudnative-pg/charts"};

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (str_contains(url, str_from(places[i])))
			return true;
	return false;
}

static bool is_oci(const struct object *object)
{
	return str_is(object->kind_name, "OCIRepository") &&
	       str_has_prefix(object->api_version, STR("source.toolkit.fluxcd.io/"));
}

bool release_is_source(const struct object *object)
{
	struct str url = obj_text(object->root, "spec.url");

	return is_oci(object) && is_official(url) && str_has_suffix(url, STR("/" CHART));
}

static void note_repository(struct releases *r, const struct object *object)
{
	struct str url = obj_text(object->root, "spec.url");
	bool one = is_oci(object);

	if (!str_has_prefix(object->api_version, STR("source.toolkit.fluxcd.io/")) ||
	    (!one && !str_is(object->kind_name, "HelmRepository")))
		return;
	struct repository *new = ARENA_NEW(r->arena, struct repository);
	*new = (struct repository){.kind = arena_str(r->arena, object->kind_name),
				   .name = arena_str(r->arena, object->name),
				   .official = one ? release_is_source(object) : is_official(url),
				   .next = r->first};
	r->first = new;
}

static void note_installed(struct releases *r, const char *path)
{
	struct installed *new = ARENA_NEW(r->arena, struct installed);

	*new = (struct installed){path, r->installed};
	if (path)
		r->installed = new;
}

bool releases_install(const struct releases *r, const char *path)
{
	for (const struct installed *i = r->installed; i; i = i->next)
		if (strcmp(i->path, path) == 0)
			return true;
	return false;
}

/* A values file of a release is judged as that has it. */
static void note_files(struct releases *r, const struct folder *from, struct obj source)
{
	struct obj files = obj_at(source, "helm.valueFiles");

	for (struct obj f = obj_first(files); f.node; f = obj_next(f)) {
		struct str path = obj_text(f, "");
		size_t slash = str_find_byte(path, '/');

		if (str_has_prefix(path, STR("$")) && slash != STR_NONE)
			note_installed(r, appliers_folder(r->arena, from,
							  str_slice(path, slash + 1, path.len)));
	}
}

/* The chart in a folder of the repository; NULL: there is none. */
static const char *chart_at(struct arena *a, const struct folder *from, struct str path)
{
	const char *folder = path.len ? appliers_folder(a, from, path) : NULL;

	return folder && access(files_join(a, str_from(folder), STR("Chart.yaml")).ptr, F_OK) == 0
		       ? folder
		       : NULL;
}

/* Where kustomize has it, or has put it; NULL: it is not there. */
static const char *chart_of(struct arena *a, const struct kustomization *k, struct obj entry)
{
	struct str home = obj_text(k->root, "helmGlobals.chartHome");
	struct str name = obj_text(entry, "name"), version = obj_text(entry, "version");
	struct str path =
		files_absolute(a, files_folder(str_from(k->path)), home.len ? home : STR("charts"));

	if (obj_text(entry, "repo").len && version.len)
		path = files_join(a, path,
				  arena_fmt(a, "%.*s-%.*s", STR_ARG(name), STR_ARG(version)));
	path = files_join(a, path, name);
	return access(files_join(a, path, STR("Chart.yaml")).ptr, F_OK) == 0 ? path.ptr : NULL;
}

static bool is_official_chart(struct obj entry)
{
	struct str url = obj_text(entry, "repo");

	return str_is(obj_text(entry, "name"), CHART) && is_official(url);
}

bool release_makes_chart(const struct catalog *c, const struct kustomization *k, struct obj entry)
{
	return is_official_chart(entry) || (c->helm && chart_of(c->arena, k, entry));
}

struct noting {
	struct releases *all;
	const struct folder *from;
};

static void note_source(void *ctx, const struct argo *source)
{
	const struct noting *n = ctx;

	note_installed(n->all, chart_at(n->all->arena, n->from, source->path));
}

static void note_sources(struct releases *r, const struct folder *from, const struct object *o)
{
	struct obj spec = argo_spec(o), sources = obj_at(spec, "sources");

	argo_sources(spec, o->name, note_source, &(struct noting){r, from});
	note_files(r, from, obj_at(spec, "source"));
	for (struct obj s = obj_first(sources); s.node; s = obj_next(s))
		note_files(r, from, s);
}

void releases_note(struct releases *r, const struct folder *from, const struct object *object)
{
	struct obj spec = obj_at(object->root, "spec");

	if (is_helm_release(object) && is_local(spec))
		note_installed(r, chart_at(r->arena, from, obj_text(spec, "chart.spec.chart")));
	else if (argo_is(object))
		note_sources(r, from, object);
	else if (release_is_chart(object) && from->kustomization)
		note_installed(r, chart_of(r->arena, from->kustomization, object->root));
	else
		note_repository(r, object);
}

/* One that is not seen is told by its name; of two with one name both must be it. */
static bool is_of_official(const struct releases *r, struct obj ref, bool guess)
{
	struct str name = obj_text(ref, "name"), kind = obj_text(ref, "kind");
	bool seen = false, official = true;

	for (const struct repository *at = r->first; at; at = at->next)
		if (str_eq(at->name, name) && str_eq(at->kind, kind)) {
			seen = true;
			official &= at->official;
		}
	return seen ? official
		    : guess && str_is(kind, "HelmRepository") &&
			       (str_contains(name, STR("cnpg")) ||
				str_contains(name, STR("cloudnative-pg")));
}

/* As Flux names it; one that Flux shortens is not known. */
static struct str name_of_release(struct arena *a, const struct object *o)
{
	struct obj spec = obj_at(o->root, "spec");
	struct str own = obj_text(spec, "releaseName"), target = obj_text(spec, "targetNamespace");

	if (!own.len && target.len)
		own = arena_fmt(a, "%.*s-%.*s", STR_ARG(target), STR_ARG(o->name));
	own = own.len ? own : o->name;
	return own.len > 53 ? STR("{{ .Release.Name }}") : own;
}

static void make_of_flux(const struct releasing *at)
{
	struct obj spec = obj_at(at->object->root, "spec"), chart = obj_at(spec, "chart.spec");
	struct obj ref = obj_at(spec, chart.node ? "chart.spec.sourceRef" : "chartRef");
	struct str target = obj_text(spec, "targetNamespace");

	if (is_local(spec)) {
		release_render_flux(
			at, name_of_release(at->e->arena, at->object),
			chart_at(at->e->arena, at->file->folder, obj_text(chart, "chart")));
		return;
	}
	if (!is_of_official(at->all, ref, chart.node) || obj_len(obj_at(spec, "postRenderers")))
		return;
	struct chart_release release = {
		.name = name_of_release(at->e->arena, at->object),
		.namespace = target.len ? target : at->object->namespace,
		.values = obj_at(spec, "values"),
		.at = obj_at(at->object->root, "metadata.name"),
		.open = obj_len(obj_at(spec, "valuesFrom")) != 0,
	};
	cluster_chart_make(at->e->arena, at->e->budget, &release, at->out);
}

/* In the order of Argo CD: valueFiles, values or valuesObject, parameters. */
static void make_of_argo(const struct releasing *at, struct obj source, struct str namespace)
{
	struct obj helm = obj_at(source, "helm"), parameters = obj_at(helm, "parameters");
	struct obj files = obj_at(helm, "valueFiles"), text = obj_at(helm, "values");
	struct layers l = LAYERS(at);
	struct str name = obj_text(helm, "releaseName");
	bool known = !obj_len(obj_at(helm, "fileParameters"));

	for (struct obj f = obj_first(files); f.node; f = obj_next(f))
		known &= layers_add_source(at, &l, obj_text(f, ""));
	if (obj_len(obj_at(helm, "valuesObject")))
		layers_add(&l, obj_at(helm, "valuesObject"));
	else if (obj_text(text, "").len)
		known &= layers_add_text(at, &l, text);
	known &= layers_set(&l, parameters);
	if (l.failed)
		return;
	struct chart_release release = {
		.name = name.len ? name : at->object->name,
		.namespace = namespace,
		.values = l.any ? render_root(&l.render) : (struct obj){0},
		.at = obj_at(source, "chart"),
		.open = !known,
	};
	cluster_chart_make(at->e->arena, at->e->budget, &release, at->out);
}

static void make_of_application(const struct releasing *at)
{
	struct obj spec = argo_spec(at->object);
	struct obj sources = obj_at(spec, "sources"), one = obj_at(spec, "source");
	bool several = obj_len(sources) != 0;

	for (struct obj s = several ? obj_first(sources) : one; s.node;
	     s = several ? obj_next(s) : (struct obj){0}) {
		struct str namespace = obj_text(spec, "destination.namespace");

		if (str_is(obj_text(s, "chart"), CHART) && is_official(obj_text(s, "repoURL")))
			make_of_argo(at, s, namespace);
		else
			release_render_argo(
				at, s, namespace,
				chart_at(at->e->arena, at->file->folder, obj_text(s, "path")));
	}
}

static void make_of_k3s(const struct releasing *at)
{
	struct obj spec = obj_at(at->object->root, "spec"), text = obj_at(spec, "valuesContent");
	struct str chart = obj_text(spec, "chart"), repo = obj_text(spec, "repo");
	struct str target = obj_text(spec, "targetNamespace");
	struct layers l = LAYERS(at);
	bool official = str_is(chart, CHART)
				? is_official(repo)
				: is_official(chart) && str_has_suffix(chart, STR("/" CHART));

	if (!official || obj_len(obj_at(spec, "set")) || obj_len(obj_at(spec, "valuesSecrets")) ||
	    (obj_text(text, "").len && !layers_add_text(at, &l, text)) || l.failed)
		return;
	struct chart_release release = {
		.name = at->object->name,
		.namespace = target.len ? target : at->object->namespace,
		.values = l.any ? render_root(&l.render) : (struct obj){0},
		.at = obj_at(spec, "chart"),
	};
	cluster_chart_make(at->e->arena, at->e->budget, &release, at->out);
}

static bool is_dependency(struct obj chart_yaml, struct str key)
{
	struct obj all = obj_at(chart_yaml, "dependencies");

	for (struct obj d = obj_first(all); d.node; d = obj_next(d)) {
		struct str alias = obj_text(d, "alias");

		if (str_is(obj_text(d, "name"), CHART) && is_official(obj_text(d, "repository")) &&
		    str_eq(alias.len ? alias : STR(CHART), key))
			return true;
	}
	return false;
}

static void make_of_part(const struct releasing *at, struct obj values)
{
	struct chart_release release = {.name = STR("{{ .Release.Name }}"),
					.values = values,
					.at = obj_at(values, "backups"),
					.open = true};

	cluster_chart_make(at->e->arena, at->e->budget, &release, at->out);
}

/* With --helm the chart that it lies beside is rendered. */
static void make_of_values(const struct releasing *at)
{
	struct arena *a = at->e->arena;
	struct obj root = at->object->root;
	struct str chart = files_join(a, files_folder(str_from(at->file->path)), STR("Chart.yaml"));
	struct doc_list docs = {0};
	struct str text;
	struct err err;

	if (releases_install(at->all, at->file->path))
		return;
	bool beside = file_read_regular(a, chart, LIMIT_FILE_BYTES, &text, &err) &&
		      doc_read_yaml_within(a, text, at->e->budget, &docs, &err) && docs.len;
	if (has_schedules(root) && obj_at(root, "cluster").node)
		make_of_part(at, root);
	for (struct obj m = obj_first(root); m.node && beside && !at->e->catalog->helm;
	     m = obj_next(m))
		if (has_schedules(m) && is_dependency(doc_root(docs.docs[0]), obj_key(m)))
			make_of_part(at, m);
}

/* Patches of the kustomization may change all of it. */
static bool is_open(const struct kustomization *k)
{
	static const char *const keys[] = {"patches",	      "patchesStrategicMerge",
					   "patchesJson6902", "replacements",
					   "namePrefix",      "nameSuffix",
					   "transformers"};
	bool open = false;

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		open |= obj_at(k->root, keys[i]).node != NULL;
	return open;
}

static void make_of_kustomize(const struct releasing *at)
{
	const struct kustomization *k = at->file->folder->kustomization;
	struct obj entry = at->object->root;
	struct str name = obj_text(entry, "releaseName"), file = obj_text(entry, "valuesFile");
	struct layers l = LAYERS(at);
	struct str merge = obj_text(entry, "valuesMerge");
	struct obj inlined = obj_at(entry, "valuesInline");
	struct obj additional = obj_at(entry, "additionalValuesFiles");
	bool open = is_open(k);

	if (!is_official_chart(entry)) {
		release_render_kustomize(at, chart_of(at->e->arena, k, entry), open);
		return;
	}
	/* what comes later holds above the rest */
	if (str_is(merge, "merge"))
		layers_add(&l, inlined);
	if (file.len && (!obj_len(inlined) || !str_is(merge, "replace")))
		open |= !layers_add_beside(at, &l, file);
	if (!str_is(merge, "merge"))
		layers_add(&l, inlined);
	for (struct obj f = obj_first(additional); f.node; f = obj_next(f))
		open |= !layers_add_beside(at, &l, obj_text(f, ""));
	if (l.failed)
		return;
	struct chart_release release = {
		.name = name.len ? name : STR("{{ .Release.Name }}"),
		.namespace = at->object->namespace,
		.values = l.any ? render_root(&l.render) : (struct obj){0},
		.at = obj_at(entry, "name"),
		.open = open,
	};
	cluster_chart_make(at->e->arena, at->e->budget, &release, at->out);
}

void releases_make(struct releases *r, struct evaluation *e, const struct input_file *file,
		   const struct object *object, const struct chart_sink *out)
{
	const struct releasing at = {r, e, file, object, out};

	if (is_helm_chart(object))
		make_of_k3s(&at);
	else if (release_is(object))
		make_of_flux(&at);
	else if (argo_is(object))
		make_of_application(&at);
	else if (is_values(object))
		make_of_values(&at);
	else if (release_is_chart(object) && file->folder && file->folder->kustomization)
		make_of_kustomize(&at);
}
