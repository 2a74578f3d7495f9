/*
 * What the files of doc/ share: the tree is of cJSON's nodes, each the first member of a struct
 * node, which knows the lengths: strings and keys may hold NUL bytes, and those of a JSON text are
 * not copied out of it, so that no NUL ends them. No function of cJSON is ever called with them.
 */
#ifndef DOC_TREE_H
#define DOC_TREE_H

#include "base/limits.h"
#include "doc/doc.h"

#include <cjson/cJSON.h>
#include <string.h>

#define NODE_TYPE(node) ((node)->type & 0xff)

struct node {
	struct cJSON json;
	uint32_t len; /* of the string that it is */
	/* of the key under which it stands; key_at: where its quote is in a JSON text */
	uint32_t key_len, key_hash, key_at;
};

/* A node of a document with positions. */
struct placed {
	struct node node;
	struct pos key, value;
};

enum scalar_style { STYLE_WRITTEN, STYLE_PLAIN, STYLE_QUOTED };

/* A node of a rendered document. */
struct rendered {
	struct placed placed;
	const struct doc *source;   /* that wrote it; never a rendered one */
	const struct cJSON *origin; /* of which it began as a copy, in `source`; NULL: of none */
	const struct cJSON *filled; /* what stood there before a value from elsewhere; or NULL */
	enum scalar_style style;    /* kustomize's; STYLE_WRITTEN: as it stands in `source` */
};

/* A member of a map or list of a rendered document that is there no more. */
struct removal {
	const struct cJSON *from;
	struct str key; /* empty in a list */
	const struct doc *by_doc;
	const struct cJSON *by;
	const struct removal *next;
};

struct doc {
	const struct cJSON *root; /* NULL: a rendered document of which nothing is left */
	struct str name;	  /* see doc_set_name */
	struct str text;	  /* the whole file; empty without positions */
	const uint32_t *starts;	  /* offsets of its lines; as many as `lines` */
	size_t lines;
	bool positions, nul, rendered;
	const struct removal *removals; /* the last first */
	bool printed;			/* see doc_set_printed */
};

static inline const struct node *as_node(const struct cJSON *json)
{
	return (const struct node *)(const void *)json;
}

/* Only for nodes of a document with positions. */
static inline const struct placed *as_placed(const struct cJSON *json)
{
	return (const struct placed *)(const void *)json;
}

/* Only for nodes of a rendered document. */
static inline const struct rendered *as_rendered(const struct cJSON *json)
{
	return (const struct rendered *)(const void *)json;
}

/* What kustomize reads as text, kubectl as a boolean ("off"), or what null is written as; nothing
 * for the words that are the same to both, and for a null without a word. */
static inline struct str node_word(const struct cJSON *node)
{
	bool has = NODE_TYPE(node) < cJSON_Number && node->valuestring;

	return has ? (struct str){node->valuestring, as_node(node)->len} : STR_EMPTY;
}

/* The string of a string node, with the NUL bytes it may hold. */
static inline struct str node_str(const struct cJSON *node)
{
	return (struct str){node->valuestring, as_node(node)->len};
}

/* The key of a member of a map. */
static inline struct str node_key(const struct cJSON *member)
{
	return (struct str){member->string, as_node(member)->key_len};
}

/* Of the length and of the first and last bytes: it spares comparisons, and proves nothing. */
static inline uint32_t key_hash(struct str key)
{
	uint64_t first = 0, last = 0;

	if (key.len >= 8) {
		memcpy(&first, key.ptr, 8);
		memcpy(&last, key.ptr + key.len - 8, 8);
	} else if (key.len >= 4) {
		memcpy(&first, key.ptr, 4);
		memcpy(&last, key.ptr + key.len - 4, 4);
	} else if (key.len) {
		first = (unsigned char)key.ptr[0];
		last = (uint64_t)(unsigned char)key.ptr[key.len / 2] << 8 |
		       (unsigned char)key.ptr[key.len - 1];
	}
	first = ((first + key.len) * 0x9e3779b97f4a7c15u) ^ last;
	first ^= first >> 32; /* the last byte of the key is the highest */
	return (uint32_t)(first * 0xd6e8feb86659fd93u >> 32);
}

static inline void node_set_key(struct node *member, struct str key)
{
	/* cJSON's type has no const; nobody writes there */
	member->json.string = (char *)(uintptr_t)key.ptr;
	member->key_len = (uint32_t)key.len;
	member->key_hash = key_hash(key);
}

static inline void node_set_str(struct node *n, struct str text)
{
	n->json.type = cJSON_String;
	n->json.valuestring = (char *)(uintptr_t)text.ptr;
	n->len = (uint32_t)text.len;
}

static inline bool node_has_key(const struct cJSON *member, struct str key, uint32_t hash)
{
	const struct node *n = as_node(member);

	return n->key_hash == hash && n->key_len == key.len &&
	       (!key.len || memcmp(member->string, key.ptr, key.len) == 0);
}

static inline bool same_keys(const struct cJSON *a, const struct cJSON *b)
{
	return node_has_key(a, node_key(b), as_node(b)->key_hash);
}

/* The nodes from the root down to `node`; their number, 0 when it is not in the tree. */
size_t tree_trail(const struct cJSON *root, const struct cJSON *node,
		  const struct cJSON *trail[LIMIT_DEPTH + 1]);

/* The `len` > 0 members of a map in an order that their keys alone decide, in malloc'ed memory that
 * the caller frees. */
const struct cJSON **members_sorted(const struct cJSON *map, size_t len);

/* The order of members_sorted. */
int members_order(const struct cJSON *a, const struct cJSON *b);

/* A member whose key stands before in the same map; NULL when all differ. */
const struct cJSON *members_duplicate(const struct cJSON *map);

/* err_at for a byte offset of a text; the offset may be the text's length. */
bool text_err(struct err *err, enum err_code code, struct str text, size_t offset, const char *fmt,
	      ...) PRINTF(5, 6);

/* Messages of E_LIMIT that JSON and YAML share. */
#define TOO_MANY_IN_RUN "more than %u nodes in all that is read"
#define TOO_MANY_DOCUMENTS "more than %u documents in one file"

#define EXCERPT 64
/* The beginning of `s` for a message: whole characters, no control bytes. Returns out. */
const char *text_excerpt(struct str s, char out[EXCERPT]);

/* How many bytes libyaml can read: up to the first that is NUL, another control character, or not
 * UTF-8. */
size_t text_readable(struct str text);
/* Sets the text and its lines, which end where libyaml ends them. Returns text_readable. */
size_t lines_index(struct arena *a, struct str text, struct doc *file);

#endif
