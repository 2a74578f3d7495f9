/* Inside doc/: nodes of a rendered document, which are ours to change. */
#ifndef DOC_RENDER_INTERNAL_H
#define DOC_RENDER_INTERNAL_H

#include "doc/render.h"
#include "tree_internal.h"

/* A node of the document is not const for who renders it. */
static inline struct cJSON *render_own(const struct cJSON *node)
{
	return (struct cJSON *)(uintptr_t)node;
}

/* The place of `writer`, key and value. */
void render_place(struct cJSON *node, struct obj writer);

/* A new value without a key, under `level` containers, with the place of `writer`. NULL after an
 * error. */
struct cJSON *render_node(struct render *r, struct obj writer, size_t level, struct err *err);

/* A copy of `from` and what is below, under `level` containers, with its key. With `words` those
 * are text (struct render). NULL after an error. */
struct cJSON *render_tree(struct render *r, struct obj from, bool words, size_t level,
			  struct err *err);

/* The same without what is below. */
struct cJSON *render_bare(struct render *r, struct obj from, bool words, size_t level,
			  struct err *err);

/* The key of a member as kustomize reads it: "on" where kubectl reads "true". */
struct str render_key(struct obj member);

/* `node` becomes the member `key` of the map, in the place of one that it has. */
void render_member(struct obj map, struct str key, struct cJSON *node);

/* How many containers stand above it. */
size_t render_level(const struct render *r, const struct cJSON *node);

/* The link in a list or map that leads to this member; one with that key, or where the next member
 * goes. */
struct cJSON **render_link(struct cJSON *map, struct str key);

/* Notes that `by` took a member of it away. */
void render_note_removal(struct render *r, const struct cJSON *from, struct str key, struct obj by);

/* An error at the place of `at`. Returns false. */
bool render_too_deep(struct err *err, struct obj at);
bool render_err(struct err *err, struct obj at, const char *fmt, ...) PRINTF(3, 4);

#endif
