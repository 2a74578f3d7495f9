/*
 * What the files of doc/ share: the tree is cJSON's, with two additions. A string that holds NUL
 * bytes carries NODE_NUL in its type and its length in valueint (cJSON uses that for numbers only).
 * In a document with positions every cJSON is the first member of a struct node.
 */
#ifndef DOC_TREE_H
#define DOC_TREE_H

#include "base/limits.h"
#include "doc/doc.h"

#include <cjson/cJSON.h>

#define NODE_NUL (1 << 16)
#define NODE_TYPE(node) ((node)->type & 0xff)

struct node {
	struct cJSON json;
	struct pos key, value;
};

struct doc {
	const struct cJSON *root;
	struct str text;	/* the whole file; empty without positions */
	const uint32_t *starts; /* offsets of its lines; as many as `lines` */
	size_t lines;
	bool positions, nul;
};

/* Only for nodes of a document with positions. */
static inline const struct node *as_node(const struct cJSON *node)
{
	return (const struct node *)(const void *)node;
}

/* The nodes from the root down to `node`; their number, 0 when it is not in the tree. */
size_t tree_trail(const struct cJSON *root, const struct cJSON *node,
		  const struct cJSON *trail[LIMIT_DEPTH + 1]);

/* The string of a string node, with the NUL bytes it may hold. */
struct str node_str(const struct cJSON *node);

/* The `len` > 0 members of a map in the order of their keys' bytes, in malloc'ed memory that the
 * caller frees. */
const struct cJSON **members_sorted(const struct cJSON *map, size_t len);

/* A member whose key stands before in the same map; NULL when all differ. */
const struct cJSON *members_duplicate(const struct cJSON *map);

/* err_at for a byte offset of a text; the offset may be the text's length. */
bool text_err(struct err *err, enum err_code code, struct str text, size_t offset, const char *fmt,
	      ...) PRINTF(5, 6);

#define EXCERPT 64
/* The beginning of `s` for a message: whole characters, no control bytes. Returns out. */
const char *text_excerpt(struct str s, char out[EXCERPT]);

/* Length of the well-formed UTF-8 sequence at p, which has a byte >= 0x80 and `room` bytes; 0 when
 * it is none. */
size_t text_sequence(const unsigned char *p, size_t room);

size_t text_columns(struct str s); /* characters of valid UTF-8 */

/* Sets the text and its lines, which end where libyaml ends them. Returns how many bytes libyaml
 * can read: up to the first that is NUL, another control character, or not UTF-8. */
size_t lines_index(struct arena *a, struct str text, struct doc *file);

#endif
