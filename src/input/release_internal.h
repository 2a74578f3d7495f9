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

/* A parameter of Argo CD (name, value, forceString) over values that are a map. False: it is of a
 * form that is not read; some of it may be there. */
bool release_set(struct render *r, struct obj parameter);

/* A chart that a kustomization installs; `open`: something else has a say. */
void release_render_kustomize(const struct releasing *at, const char *chart, bool open);

#endif
