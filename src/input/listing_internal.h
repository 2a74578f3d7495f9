/*
 * A folder without a kustomization, of which Flux or Argo CD applies the manifests: the
 * kustomization that lists them.
 */
#ifndef INPUT_LISTING_INTERNAL_H
#define INPUT_LISTING_INTERNAL_H

#include "evaluate_internal.h"

struct listing {
	struct obj by; /* who asks for it: the place of its entries */
	bool below;    /* what lies in folders below, too... */
	/* ...of which those with a kustomization stand for all that is in them */
	bool as_kustomizations;
	/* Globs of paths from the folder, in which '*' may be several folders. Empty: all, none. */
	struct str include, exclude;
};

/* In the arena of `e`; `folder` is absolute. What it includes is marked as included. NULL when
 * there is nothing. */
struct kustomization *listing_kustomization(struct evaluation *e, const char *folder,
					    const struct listing *l);

#endif
