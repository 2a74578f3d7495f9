/* Releases of charts that lie in this repository: Helm renders them with their values. */
#include "evaluate_internal.h"
#include "release_internal.h"

#include "base/json.h"
#include "input/charts.h"
#include "appliers_internal.h"

#include <string.h>

/* How Helm is called. */
struct call {
	const struct releasing *at;
	struct helm_run run;
	struct buf more, later; /* struct str */
	bool open;		/* there are values that are not seen */
};

static void add_to(struct buf *list, const char *option, struct str value)
{
	buf_add(list, &(struct str){option, strlen(option)}, sizeof(struct str));
	buf_add(list, &value, sizeof value);
}

static void add(struct call *c, const char *option, struct str value)
{
	add_to(&c->more, option, value);
}

static void take(void *ctx, struct obj root)
{
	const struct call *c = ctx;
	const struct chart_sink *out = c->at->out;
	struct object o;
	struct provider provider;

	if (!object_read(root, &o))
		return;
	o.manifest = true;
	o.part = c->open;
	struct str namespace = o.namespace.len ? o.namespace : c->run.namespace;
	if (o.kind == KIND_OTHER || o.kind == KIND_SECRET) {
		if (provider_read(&o, c->at->e->arena, &provider))
			out->secret(out->ctx, &provider, namespace);
		return;
	}
	o.namespace = namespace;
	out->object(out->ctx, &o);
}

static void render(struct call *c)
{
	struct evaluation *e = c->at->e;
	struct doc_list docs;
	struct err err;

	c->run.more = (const struct str *)(const void *)c->more.ptr;
	c->run.more_len = c->more.len / sizeof(struct str);
	c->run.later = (const struct str *)(const void *)c->later.ptr;
	c->run.later_len = c->later.len / sizeof(struct str);
	if (!charts_render(e->catalog, e->arena, e->budget, &c->run, &docs, &err)) {
		if (charts_are_ours(e->catalog, c->run.chart))
			evaluate_fail(e, NULL, c->at->file->name, &err);
		return;
	}
	for (size_t i = 0; i < docs.len; i++)
		object_each(doc_root(docs.docs[i]), take, c);
}

static struct str as_json(struct arena *a, struct obj values)
{
	struct buf text = BUF_ARENA(a);
	struct json j = JSON(&text);

	if (obj_len(values))
		obj_json(values, &j);
	return buf_slice(&text);
}

/* A values file by its path in the repository. */
static void add_file(struct call *c, struct str path)
{
	const char *file = appliers_folder(c->at->e->arena, c->at->file->folder, path);

	if (file)
		add(c, "--values", str_from(file));
	else
		c->open = true;
}

/* A name that somebody fills in is none for Helm, which then takes its own. One that begins with a
 * hyphen would be an option, and some of those run programs. */
static struct str known(struct str name)
{
	bool option = str_has_prefix(name, STR("-"));

	return option || value_is_placeholder(name, NULL) ? STR_EMPTY : name;
}

void release_render_flux(const struct releasing *at, struct str name, const char *chart)
{
	struct obj spec = obj_at(at->object->root, "spec");
	struct obj files = obj_at(spec, "chart.spec.valuesFiles");
	struct str target = obj_text(spec, "targetNamespace");
	struct call c = {
		.at = at,
		.run = {.chart = chart,
			.name = known(name),
			.namespace = known(target.len ? target : at->object->namespace),
			.values = as_json(at->e->arena, obj_at(spec, "values"))},
		.more = BUF_ARENA(at->e->arena),
		.open = obj_len(obj_at(spec, "valuesFrom")) ||
			obj_len(obj_at(spec, "postRenderers")),
	};

	if (!chart || !at->e->catalog->helm)
		return;
	for (struct obj f = obj_first(files); f.node; f = obj_next(f))
		add_file(&c, obj_text(f, ""));
	render(&c);
}

void release_render_kustomize(const struct releasing *at, const char *chart, bool open)
{
	struct arena *a = at->e->arena;
	struct obj entry = at->object->root;
	struct str file = obj_text(entry, "valuesFile"), merge = obj_text(entry, "valuesMerge");
	struct str folder = files_folder(str_from(at->file->path));
	struct obj additional = obj_at(entry, "additionalValuesFiles");
	struct call c = {.at = at,
			 .run = {.chart = chart,
				 .name = known(obj_text(entry, "releaseName")),
				 .namespace = known(at->object->namespace),
				 .values = as_json(a, obj_at(entry, "valuesInline"))},
			 .more = BUF_ARENA(a),
			 .later = BUF_ARENA(a),
			 .open = open};

	if (!chart || !at->e->catalog->helm)
		return;
	if (file.len && (!c.run.values.len || !str_is(merge, "replace")))
		add_to(str_is(merge, "merge") ? &c.later : &c.more, "--values",
		       files_absolute(a, folder, file));
	for (struct obj f = obj_first(additional); f.node; f = obj_next(f))
		add_to(&c.later, "--values", files_absolute(a, folder, obj_text(f, "")));
	render(&c);
}

/* "values.yaml" of the chart, "/values.yaml" of the repository, "$name/values.yaml" of a source,
 * which is this repository as far as the file is there. */
static void add_argo_file(struct call *c, struct str path)
{
	struct arena *a = c->at->e->arena;
	size_t slash = str_find_byte(path, '/');

	if (str_has_prefix(path, STR("$")) && slash != STR_NONE)
		add_file(c, str_slice(path, slash + 1, path.len));
	else if (str_has_prefix(path, STR("/")))
		add_file(c, str_slice(path, 1, path.len));
	else if (str_contains(path, STR("://")))
		c->open = true;
	else
		add(c, "--values", files_join(a, str_from(c->run.chart), path));
}

void release_render_argo(const struct releasing *at, struct obj source, struct str namespace,
			 const char *chart)
{
	struct arena *a = at->e->arena;
	struct obj helm = obj_at(source, "helm"), files = obj_at(helm, "valueFiles");
	struct obj map = obj_at(helm, "valuesObject"), parameters = obj_at(helm, "parameters");
	struct str name = obj_text(helm, "releaseName");
	struct call c = {
		.at = at,
		.run = {.chart = chart,
			.name = known(name.len ? name : at->object->name),
			.namespace = known(namespace),
			.values = obj_len(map) ? as_json(a, map) : obj_text(helm, "values")},
		.more = BUF_ARENA(a),
		.open = obj_len(obj_at(helm, "fileParameters")) != 0};

	if (!chart || !at->e->catalog->helm)
		return;
	for (struct obj f = obj_first(files); f.node; f = obj_next(f))
		add_argo_file(&c, obj_text(f, ""));
	for (struct obj p = obj_first(parameters); p.node; p = obj_next(p))
		add(&c, obj_true(p, "forceString", false) ? "--set-string" : "--set",
		    arena_fmt(a, "%.*s=%.*s", STR_ARG(obj_text(p, "name")),
			      STR_ARG(obj_text(p, "value"))));
	render(&c);
}
