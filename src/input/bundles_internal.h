/* What the files of the bundles have of one another. */
#ifndef INPUT_BUNDLES_INTERNAL_H
#define INPUT_BUNDLES_INTERNAL_H

#include "input/bundles.h"
#include "input/claims.h"
#include "appliers_internal.h"

/* The files of a folder that no kustomization includes. */
struct loose {
	const struct folder *folder;
	bool apart;   /* two of them define one object: each is a bundle of its own */
	bool unknown; /* what one of them holds */
	uint32_t bundle;
};

/* The first file of a folder that defines an object. */
struct loose_definition {
	const struct folder *folder;
	const char *what;
	const struct input_file *file;
};

/* A folder that a Flux Kustomization applies. */
struct target {
	const char *path;
	struct str namespace; /* empty: none, or several */
	/* among the folders of Flux: two that define one Kustomization are of two clusters */
	const struct place *from;
	bool several, several_appliers;
	unsigned doubts;
};

/* One that a kustomization or a chart makes. */
struct secret {
	struct provider provider;
	struct str namespace, file;
	uint32_t bundle;
	struct secret *next;
};

struct bundle {
	struct place *place;
	unsigned doubts;
	const char *folder;
	struct str applier;		/* the name of one of several that apply the folder */
	bool unapplied;			/* by anything that is seen */
	const struct place *applied_by; /* one Kustomization of Flux; NULL: it is not known */
	bool applied;			/* Flux or Argo CD builds it */
	struct str destination; /* of both: what is compared is of one cluster and one repository */
};

struct bundles {
	struct arena *arena;
	struct catalog *catalog;
	struct forks *forks, *clusters;
	struct claims claims;
	struct kustomization *first, **last; /* of the input */
	/* tsearch trees of struct loose, loose_definition, target */
	void *loose, *definitions, *targets;
	struct secret *secrets;
	struct bundle *bundles; /* the first is none: bundles are counted from 1 */
	uint32_t bundles_len, bundles_cap;
	uint32_t stamp;
	struct appliers appliers;
	struct releases *releases;
	struct str namespace; /* the default */
};

/* It stands so in this bundle. */
void bundles_add_use(struct bundles *b, struct held *h, const struct object *as, uint32_t bundle);
void bundles_add_secret(struct bundles *b, const struct secret *like);
/* Where it is in no namespace; of a file in this folder (NULL: none). */
void bundles_fill_namespace(const struct bundles *b, const struct folder *folder, struct object *o);

/* What the object makes, if it is a release of a chart, in the bundle in which it stands so. */
void bundles_place_release(struct bundles *b, struct evaluation *e, struct held *h,
			   const struct object *as, uint32_t bundle);

#endif
