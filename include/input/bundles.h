/*
 * Which documents of files belong together, and in which namespace each stands.
 *
 * A kustomization that no other one in the input includes makes a bundle of what it includes, on
 * any way through `resources`, `components` and `bases`. A file that several of them share is a
 * member of each of these bundles; they are alternatives, as are two ways to one file inside a
 * bundle, which is split there. A file that no kustomization includes is of one bundle with the
 * others in its folder. Alternatives among bundles: see input/forks.h; what is defined twice is a
 * Cluster, ScheduledBackup, Backup or ObjectStore.
 *
 * The namespace of a document is that of the outermost kustomization on the way that names one, as
 * in kustomize; else its own; else the default one (-n); else that of the nearest kustomization
 * above. A Flux Kustomization's targetNamespace counts as one around the folder of its path.
 */
#ifndef INPUT_BUNDLES_H
#define INPUT_BUNDLES_H

#include "input/folders.h"
#include "cnpg/inventory.h"

struct bundles; /* keeps what it is told in the arena */

/* How a file is a member of a bundle. */
struct membership {
	uint32_t bundle;
	struct str namespace;
	bool over; /* the namespace replaces that of the document */
	struct membership *next;
};

struct bundle_file {
	struct str name;	     /* as it is reported */
	const char *path;	     /* absolute; of stdin: a name in the current folder */
	const struct folder *folder; /* NULL for stdin */
	bool outside;		     /* see struct file */
	bool unknown;		     /* it cannot be read, wholly or in part, or is a template */
	/* set by bundles_note */
	bool holds;   /* something */
	bool defines; /* something that is defined once in a cluster */
	struct membership *memberships;
	/* what bundles_place works with */
	struct membership *last;
	uint32_t count, stamp;
};

/* The files (in any order) must stay where they are. */
struct bundles *bundles_new(struct arena *a, const struct folders *folders,
			    struct bundle_file *files, size_t len);
void bundles_free(struct bundles *b);

/* An object in a file: ours, or one of Flux. */
void bundles_note(struct bundles *b, struct bundle_file *file, const struct object *object);
/* When all objects are noted: the memberships of every file that has an object. */
void bundles_place(struct bundles *b);

/* The object as it stands in a bundle. `namespace` is the default. */
void bundles_object(const struct membership *m, struct str namespace, struct object *object);
/* Adds it, as bundles_object has it. */
void bundles_add(struct bundles *b, struct inventory *inv, const struct bundle_file *file,
		 const struct membership *m, const struct object *object);
/* Adds what the bundles themselves know: generated Secrets, doubts, which are alternatives. */
void bundles_settle(struct bundles *b, struct inventory *inv, struct str namespace);
/* Its objects get other names or contents: judge each by itself. */
bool bundles_changed(const struct bundles *b, uint32_t bundle);
/* Each of its objects is known in part. */
bool bundles_patched(const struct bundles *b, uint32_t bundle);

#endif
