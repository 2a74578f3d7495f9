/*
 * Which objects belong together, and how each stands there.
 *
 * A kustomization that no other one in the input includes is a root: a bundle of what it makes
 * (input/evaluate.h), in the namespaces and with the contents that it gives them. An object that
 * several roots include is in each of these bundles; they are alternatives. A file that no
 * kustomization includes is of one bundle with the others in its folder. Alternatives among
 * bundles: see input/forks.h; what is defined twice is a Cluster, ScheduledBackup, Backup or
 * ObjectStore.
 *
 * What nothing applies, as far as the input shows, answers nobody: a component that nobody uses,
 * and what lies in or below the folder of a kustomization that does not include it, unless Flux
 * applies that folder.
 *
 * The namespace of an object that is in none is the default one (-n); else that of the nearest
 * kustomization above. A Flux Kustomization's targetNamespace counts as a kustomization around the
 * folder of its path.
 */
#ifndef INPUT_BUNDLES_H
#define INPUT_BUNDLES_H

#include "input/evaluate.h"
#include "cnpg/inventory.h"

struct bundles; /* keeps what it is told in the arena */

/* An object of a file as it stands in a bundle. */
struct use {
	uint32_t bundle;
	struct object object;
	bool changed;	  /* a plugin gives it another name or other contents: judge it by itself */
	struct use *next; /* of the same object of the file */
};

struct bundles *bundles_new(struct arena *a, struct catalog *catalog);
void bundles_free(struct bundles *b);

/* An object in a file, as it is read: ours, or one of Flux. */
void bundles_note(struct bundles *b, struct input_file *file, const struct object *object);

/* The folder that makes one, as it is reported. */
struct str bundles_root(const struct bundles *b, uint32_t bundle);

/* Some release that was noted installs the chart in this folder (absolute). */
bool bundles_install(const struct bundles *b, const char *chart);
bool bundles_have_flux(const struct bundles *b); /* a Kustomization of Flux was noted */

/* When all files were read: the uses of all that is held. `namespace` is the default. What
 * kustomizations refuse is in the errors of `e`. */
void bundles_place(struct bundles *b, struct evaluation *e, struct str namespace);

/* All uses, in the order of the files, and what bundles themselves know: generated Secrets, doubts,
 * which are alternatives. */
void bundles_fill(struct bundles *b, struct inventory *inv);
/* Another inventory of the same, behind bundles_fill: but for one use. */
void bundles_fill_without(const struct bundles *b, struct inventory *inv,
			  const struct use *without);

#endif
