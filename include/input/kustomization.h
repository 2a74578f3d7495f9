/*
 * One kustomization as it is written: what it includes, and its tree, from which input/evaluate.h
 * reads what it does to that.
 */
#ifndef INPUT_KUSTOMIZATION_H
#define INPUT_KUSTOMIZATION_H

#include "doc/render.h"

struct folder;
struct loaded;

/* An entry of resources, bases or components. */
struct kustomization_entry {
	const char *path; /* absolute; NULL: it is not on this disk, as a URL */
	bool component;
	struct obj at; /* the entry in the kustomization */
};

struct kustomization {
	const struct folder *folder;
	const char *path;     /* of its file, absolute */
	struct doc_list docs; /* none: it cannot be read */
	struct obj root;      /* of the first */
	struct str namespace;
	bool component; /* kind: Component */
	bool twofold;	/* the folder has another one, under another name */
	/* resources, bases, components: in the order in which kustomize takes them */
	struct kustomization_entry *entries;
	size_t entries_len;
	bool ours;	       /* set when it is evaluated: it makes an object of ours */
	struct loaded *loaded; /* its patches, once they were read */
	bool built;	       /* set when it is evaluated, or somebody is to do so */
	/* set by input/bundles.h */
	bool included; /* by another */
	struct kustomization *next;
};

/* Of somebody who has another text for the file (absolute) of one than is there. */
struct kustomization_texts {
	bool (*find)(void *ctx, const char *path, struct str *out); /* NULL: of none */
	void *ctx;
};

/* NULL when the folder (absolute) has none. One that cannot be read includes nothing; checked as a
 * file, it is an error there. `scratch` may be reset afterwards; `texts` may be NULL. */
struct kustomization *kustomization_read(struct arena *a, struct arena *scratch, struct str folder,
					 const struct kustomization_texts *texts);

/* One of another tree, in the place of `like`: what is a path in it begins where the paths of that
 * do. */
struct kustomization *kustomization_with(struct arena *a, const struct kustomization *like,
					 struct obj root);

/* In the tree of one that is made: what `from` has in its list `key` comes behind what is in the
 * list of that name. */
MUST_CHECK bool kustomization_append(struct render *r, struct obj from, const char *key,
				     struct err *err);

/* Absolute, in the arena; NULL for what is no path: a URL, the host of a repository, text. */
const char *kustomization_path(const struct kustomization *k, struct arena *a, struct str path);

/* The path (absolute) is in or below its folder. */
bool kustomization_is_above(const struct kustomization *k, struct str path);

/* Calls `each` with every text that stands in patches, patchesStrategicMerge and patchesJson6902
 * as a path. */
void kustomization_patch_paths(const struct kustomization *k,
			       void (*each)(void *ctx, struct str path), void *ctx);

/* Something in it names this file (absolute), in whatever way. */
bool kustomization_names(const struct kustomization *k, struct arena *scratch, const char *file);

#endif
