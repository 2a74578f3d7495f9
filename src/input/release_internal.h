/* What the files of releases have of one another. */
#ifndef INPUT_RELEASE_INTERNAL_H
#define INPUT_RELEASE_INTERNAL_H

#include "input/release.h"

/* A release as it is applied. */
struct releasing {
	struct releases *all;
	struct evaluation *e;
	const struct input_file *file;
	const struct object *object;
	const struct chart_sink *out;
};

/* Renders a chart of this repository (its folder, absolute), when the catalog says so; NULL: there
 * is none. */
void release_render_flux(const struct releasing *at, struct str name, const char *chart);
void release_render_argo(const struct releasing *at, struct obj source, struct str namespace,
			 const char *chart);

/* The values of several places, each before those in front of it: what comes later holds above. */
struct layers {
	struct render render;
	bool any, failed;
};
#define LAYERS(at)                                                                                 \
	{                                                                                          \
		.render = {.arena = (at)->e->arena, .budget = (at)->e->budget }                    \
	}

void layers_add(struct layers *l, struct obj values); /* a map; nothing else is added */
/* False, of these four: something of the values is not known.
 * A file "$name/path" of another source, which is this repository as far as the file is there; */
bool layers_add_source(const struct releasing *at, struct layers *l, struct str path);
/* a file beside that of the release; YAML in a string; parameters of Argo CD. */
bool layers_add_beside(const struct releasing *at, struct layers *l, struct str path);
bool layers_add_text(const struct releasing *at, struct layers *l, struct obj text);
bool layers_set(struct layers *l, struct obj parameters);

/* A parameter of Argo CD (name, value, forceString) over values that are a map. False: it is of a
 * form that is not read; some of it may be there. */
bool release_set(struct render *r, struct obj parameter);

/* A chart that a kustomization installs; `open`: something else has a say. */
void release_render_kustomize(const struct releasing *at, const char *chart, bool open);

#endif
