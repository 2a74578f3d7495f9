/*
 * An Application of Argo CD, or the template of an ApplicationSet: the folders of this repository
 * that it applies, and what it does to them. Argo CD edits the kustomization of a folder as
 * `kustomize edit` would, and gives objects without a namespace that of its destination.
 */
#ifndef INPUT_ARGO_H
#define INPUT_ARGO_H

#include "input/evaluate.h"

/* One of its sources. */
struct argo {
	struct obj source;    /* its tree must live as long as what is made of it */
	struct obj namespace; /* of its destination; may be absent */
	struct str name, path;
};

bool argo_is(const struct object *object);

bool argo_is_set(const struct object *object);

/* Of an Application, or of the template of a set as it is written. */
struct obj argo_spec(const struct object *object);

/* Calls `each` for every source of the Application of this name and spec with a path that is known.
 * A source with a chart has none. */
void argo_sources(struct obj spec, struct str name,
		  void (*each)(void *ctx, const struct argo *source), void *ctx);

/* To which cluster it goes, and of which state of which repository: two with the same are applied
 * to one. Empty: it is not known, or there are many. */
struct str argo_destination(struct arena *arena, const struct object *object, const struct argo *a);

/* What it applies of a folder (absolute) that is neither a kustomization nor a chart: the files in
 * it, as source.directory has them. NULL when that is not known. */
struct kustomization *argo_listing(struct evaluation *e, const struct argo *a, const char *folder);

/* The kustomization that it builds, in the arena of `e`. `own` is that of the folder. NULL after an
 * error, which is told. */
struct kustomization *argo_kustomization(struct evaluation *e, const struct argo *a,
					 const struct kustomization *own);

/* The namespace of the objects that were built and have none. */
void argo_finish(const struct argo *a, struct made *made);

#endif
