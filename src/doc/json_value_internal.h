/* One JSON value to a tree, in the one pass that checks it. */
#ifndef DOC_JSON_VALUE_H
#define DOC_JSON_VALUE_H

#include "scan_internal.h"
#include "tree_internal.h"

/* Where a place was counted up to. Only forward: a file may be one long line. */
struct json_place {
	const struct doc *file; /* NULL: the tree has no positions */
	size_t offset;
	uint32_t line, column;
};

/* Begins as zeros but for what the caller says. */
struct json_reader {
	struct scan scan;
	struct arena *arena;
	struct json_place place;
	struct str left_out; /* a list under this key is checked, and no member of the tree */
	size_t most;	     /* nodes of the tree */
	size_t nodes;	     /* out: those of this value */
	bool refused;	     /* out: the error is not about JSON's grammar */

	/* inside */
	size_t depth;
	bool unbuilt;	     /* in what is left out */
	struct node nothing; /* stands for every node there */
	const struct cJSON *twice;
	uint32_t twice_in; /* where the map starts in which it is */
};

/* The value at the scan's place; moves behind it. With positions a key that stands twice is an
 * error where its map ends, without them when the whole value is read. */
MUST_CHECK bool json_read_value(struct json_reader *r, const struct cJSON **root);

/* After a value: a key that stands twice in the same map is an error. */
MUST_CHECK bool json_keys_differ(struct json_reader *r);

/* E_LIMIT at the scan's place. Returns false. */
bool json_refuse(struct json_reader *r, const char *fmt, ...) PRINTF(2, 3);

#endif
