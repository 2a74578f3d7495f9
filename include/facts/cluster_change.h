/*
 * What an UPDATE does to the archive of a Cluster. All of it reads c->old and c->archive.
 */
#ifndef FACTS_CLUSTER_CHANGE_H
#define FACTS_CLUSTER_CHANGE_H

#include "cnpg/archive.h"
#include "rules/rule.h"

/* It has run, so something lies where it archived: what stood in files before is taken for running.
 */
bool cluster_was_running(const struct object *cluster);

/* PostgreSQL's major version grows, as far as it can be told; `at` gets the field that says it. */
bool cluster_is_major_upgrade(const struct rule_ctx *c, const char **at, int64_t *from,
			      int64_t *to);

/* Where one side of the change archives. */
struct cluster_side {
	const struct object *object;
	const struct archive *archive;
	bool plugin; /* by the plugin, else in-tree */
	struct buf location, shown;
	bool known; /* the location is */
};
/* False when it archives nowhere that is known. `archive` is that of `object`. */
bool cluster_side_read(const struct rule_ctx *c, const struct object *object,
		       const struct archive *archive, struct cluster_side *out);

enum cluster_move { MOVED_NOT, MOVED, MOVED_PERHAPS };
enum cluster_move cluster_move(const struct cluster_side *old, const struct cluster_side *new);

#endif
