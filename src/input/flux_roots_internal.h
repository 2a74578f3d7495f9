/*
 * The Kustomizations of Flux among the files, in the order in which they are to be built: what one
 * of them applies may be another, with patches on it.
 */
#ifndef INPUT_FLUX_ROOTS_INTERNAL_H
#define INPUT_FLUX_ROOTS_INTERNAL_H

#include "input/evaluate.h"

struct flux_root {
	const struct cJSON *id; /* of the object in its file */
	struct object object;	/* as it is applied, as far as that is known */
	const struct folder *from;
	const char *path;	   /* of the folder that it builds; NULL: unknown */
	struct kustomization *own; /* of the folder */
	bool generated;		   /* Flux would write it */
	bool alone;		   /* no other one builds that folder */
	bool queued;
	struct flux_root *next, *next_queued;
};

/* Begins as zeros but for the arena. */
struct flux_roots {
	struct arena *arena;
	struct flux_root *first, *last, *queue, *last_queued;
	void *by_id, *by_path; /* tsearch trees */
	struct flux_root *at;  /* those before it were asked whether somebody applies them */
	bool asked;	       /* and all were */
};

void flux_roots_release(struct flux_roots *all);

/* One in a file of this folder, as it is read. */
void flux_roots_note(struct flux_roots *all, const struct folder *folder,
		     const struct object *object);
/* When all are noted: finds their folders. What Flux builds counts as included by another. */
void flux_roots_claim(struct flux_roots *all, struct evaluation *e);
/* The object of a file (`id`), as some root applies it: it is the next. Of several the first
 * counts. */
void flux_roots_queue(struct flux_roots *all, const struct object *object, const struct cJSON *id);
/* The next that can be built. Those that nobody applies come first, and what they apply follows.
 * NULL at the end. */
const struct flux_root *flux_roots_next(struct flux_roots *all);

#endif
