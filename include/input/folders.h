/*
 * What the folders around a file say about it: the namespace and the patches of kustomizations, and
 * whether it is a template of a Helm chart. Read once a folder, up to the root of the repository
 * (the folder that holds .git) or of the file system.
 */
#ifndef INPUT_FOLDERS_H
#define INPUT_FOLDERS_H

#include "base/arena.h"
#include "base/str.h"

struct kustomization;
struct kustomization_texts;

struct folder {
	const char *path;	    /* absolute */
	struct str namespace;	    /* of the nearest kustomization that names one; may be empty */
	bool helm_templates;	    /* templates/ beside a Chart.yaml, or below it */
	const struct folder *above; /* NULL at the root */
	struct kustomization *kustomization; /* NULL: it has none */
};

struct folders; /* keeps what it read in the arena */

/* `texts` may be NULL; else it outlives the folders. */
struct folders *folders_new(struct arena *a, const struct kustomization_texts *texts);
void folders_free(struct folders *f);

/* The folder of a file. Reading one learns what its kustomizations name as patches: ask for all
 * files before the first folders_patches. */
const struct folder *folders_of(struct folders *f, struct str file);
/* The folder of this path (absolute), which is there. */
const struct folder *folders_at(struct folders *f, const char *path);
/* NULL when nothing was asked about the folder (absolute) or one below it. */
const struct folder *folders_known(const struct folders *f, const char *path);
/* Some kustomization seen so far lists this file (absolute) as a patch. */
bool folders_patches(const struct folders *f, const char *file);
/* Some test of chainsaw seen so far compares what is there with this file (absolute). */
bool folders_asserts(const struct folders *f, const char *file);

#endif
