/*
 * A Kustomization of Flux: what it applies, and what it does to that. As Flux itself does
 * (github.com/fluxcd/pkg/kustomize), it is read as the kustomization of the folder that it names,
 * with its own namespace, prefix, patches and components in it; then it fills in variables.
 */
#ifndef INPUT_FLUX_H
#define INPUT_FLUX_H

#include "input/evaluate.h"
#include "input/substitute.h"

struct folder;
struct settings;

struct flux {
	struct obj spec; /* its tree must live as long as what is made of it */
	struct str name, namespace;
	struct str path; /* as it is written; empty: the root of the repository */
	/* spec.postBuild says something: else Flux substitutes nothing. */
	bool substitutes;
	/* Set by who builds it: the ConfigMaps among the files, and in which folder it stands. */
	const struct settings *settings;
	const struct folder *from;
};

bool flux_is(const struct object *object);
/* A ConfigMap that may be one of spec.postBuild.substituteFrom. */
bool flux_settings_is(const struct object *object);
/* Of one as it is applied. False: it is none, or does not say which folder. */
bool flux_read(const struct object *object, struct flux *out);

/* Its spec.postBuild.substitute, and what ConfigMaps among the files say (substituteFrom); anything
 * else may come from others, from a Secret, or from who applies the Kustomization, and is unknown.
 * Valid as long as `f` stays where it is. */
struct variables flux_variables(const struct flux *f);

/* The kustomization that Flux writes into a folder (absolute) that has none: of all files in it and
 * below, and of each folder that has one, with nothing of what is below that. What it includes is
 * marked as included. NULL when there is nothing. */
struct kustomization *flux_generate(struct evaluation *e, const struct flux *f, const char *folder);

/* The kustomization that it builds, in the arena of `e`. `own` is that of its folder. NULL after an
 * error, which is told. */
struct kustomization *flux_kustomization(struct evaluation *e, const struct flux *f,
					 const struct kustomization *own);

/* What it does with the objects that were built: spec.commonMetadata, and variables. `k` is the
 * kustomization, in which errors are told. */
void flux_finish(struct evaluation *e, const struct flux *f, const struct kustomization *k,
		 struct made *made);

#endif
