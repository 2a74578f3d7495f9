/*
 * What an ApplicationSet of Argo CD makes of its template: an Application for each element of its
 * generators. Known here are the generators list and git (directories that are there; of `files`
 * their folders), and matrix over these. Of any other (clusters, pull requests, SCM providers)
 * nothing is known, and what rests on it stays as "{{...}}", with Go templates and without: text
 * that nobody takes for a value.
 *
 * Source: argo-cd's documentation of the generators, and of what each puts into the template.
 */
#ifndef INPUT_ARGO_SET_INTERNAL_H
#define INPUT_ARGO_SET_INTERNAL_H

#include "input/argo.h"

/* Calls `each` for every source, with a path that is known, of every element. `from` is the folder
 * of the file; directories are those of the first folder above it in which there are some. What is
 * made lives in the arena of `e`. */
void argo_set_each(struct evaluation *e, const struct folder *from, const struct object *set,
		   void (*each)(void *ctx, const struct argo *source), void *ctx);

#endif
