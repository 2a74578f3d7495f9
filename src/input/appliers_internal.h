/*
 * The Kustomizations of Flux and the Applications of Argo CD among the files, in the order in which
 * they are to be built: what a Kustomization applies may be another, with patches on it.
 */
#ifndef INPUT_APPLIERS_INTERNAL_H
#define INPUT_APPLIERS_INTERNAL_H

#include "input/argo.h"

struct applier {
	const struct cJSON *id; /* of the object in its file */
	struct object object;	/* as it is applied, as far as that is known */
	struct argo argo;	/* one of its sources, with a tree; else the object is of Flux */
	bool set;		/* or an ApplicationSet, which builds nothing itself */
	const struct folder *from;
	const char *path;	   /* of the folder that it builds; NULL: unknown */
	struct kustomization *own; /* of the folder */
	bool generated;		   /* Flux would write it */
	bool alone;		   /* no other one builds that folder */
	bool queued;
	struct applier *next, *next_queued;
};

/* Begins as zeros but for the arena. */
struct appliers {
	struct arena *arena;
	struct applier *first, *last, *queue, *last_queued;
	void *by_id, *by_path; /* tsearch trees */
	bool flux;	       /* one of them is of Flux */
	const struct settings *settings;
	struct applier *at; /* those before it were asked whether somebody applies them */
	bool asked;	    /* and all were */
};

void appliers_release(struct appliers *all);

/* What an applier in a file of folder `from` means by its path, which is relative to the
 * repository: to the first folder above below which it exists. Absolute, in the arena. NULL: there
 * is none, or it is the whole repository. */
const char *appliers_folder(struct arena *a, const struct folder *from, struct str path);

/* One in a file of this folder, or a ConfigMap with settings, as it is read. */
void appliers_note(struct appliers *all, const struct folder *folder, const struct object *object);
/* When all are noted: finds their folders. What Flux builds counts as included by another. */
void appliers_claim(struct appliers *all, struct evaluation *e);
/* The object of a file (`id`), as some root applies it: it is the next. Of several the first
 * counts. */
void appliers_queue(struct appliers *all, const struct object *object, const struct cJSON *id);
/* What it applies from which repository, and to which cluster: see argo_destination. */
struct str appliers_destination(struct arena *a, const struct applier *f);
/* The next that can be built. Those that nobody applies come first, and what they apply follows.
 * NULL at the end. */
const struct applier *appliers_next(struct appliers *all);

#endif
