/*
 * Several objects, one inventory: what a rule finds about them, in files and where a write is
 * judged. In a file, two of one name are of two folders that are applied, and a kustomization
 * stands beside the file, which is db.yaml.
 */
#ifndef UNIT_SCENE_H
#define UNIT_SCENE_H

#include "engine/engine.h"

struct scene {
	const struct policy *policy;
	int64_t now;
	bool whole;	    /* the inventory is that of a live cluster */
	bool first_is_part; /* the first object is a kustomize patch */
	bool live;	    /* and so is what Backups and status tell: an audit */
	/* A write at the API server, about the first object: `first_is_old` says that an UPDATE
	 * makes the second of it. Without `admission` every object is judged as in a file. */
	bool admission, first_is_old, dry_run;
	enum operation operation;
	const struct probes *probes; /* what buckets said; NULL: none was asked */
	struct arena *arena;
};

typedef void scene_fn(void *ctx, const struct object *object, const struct verdict *verdict);

/* Every object of the documents, lists flattened. Calls `each` once a judged object. */
void scene_judge(const struct scene *scene, const struct doc_list *docs, scene_fn *each, void *ctx);

#endif
