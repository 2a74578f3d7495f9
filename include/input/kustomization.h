/*
 * One kustomization: what it includes and what it does to that, as far as it matters here.
 */
#ifndef INPUT_KUSTOMIZATION_H
#define INPUT_KUSTOMIZATION_H

#include "cnpg/inventory.h"

struct folder;
struct patches;

/* An entry of secretGenerator. */
struct generated_secret {
	struct provider provider;
	struct str namespace; /* empty: that of the kustomization */
};

struct kustomization {
	const struct folder *folder;
	const char *path; /* of its file, absolute */
	size_t documents; /* in the file; 0: it cannot be read */
	struct str namespace;
	bool component;	 /* kind: Component */
	unsigned doubts; /* enum bundle_doubt, of what it makes */
	/* Absolute paths. Of `entries`, a URL is NULL. */
	const char **entries; /* resources, components, bases, in this order */
	size_t entries_len;
	struct generated_secret *secrets;
	size_t secrets_len;
};

/* NULL when the folder (absolute) has none. One that cannot be read includes nothing and is in
 * doubt; checked as a file, it is an error there. `patches` learns of the files that it names as
 * such. `scratch` may be reset afterwards. */
struct kustomization *kustomization_read(struct arena *a, struct arena *scratch,
					 struct patches *patches, struct str folder);

#endif
