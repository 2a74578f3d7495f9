/*
 * What building an inventory and asking it share: the inventory itself, its index, and the keys
 * under which an object is found.
 */
#ifndef CNPG_INTERNAL_H
#define CNPG_INTERNAL_H

#include "cnpg/inventory.h"
#include "cnpg/view.h"

struct index_key {
	enum relation relation;
	enum kind kind;	 /* KIND_OTHER where the relation says it */
	uint32_t bundle; /* 0: of all bundles */
	struct str namespace, name;
};

struct index_entry {
	const struct known *known;
	const struct index_entry *next;
};

struct index_slot;

/* From a key to the objects that are found under it, in the order in which they were added. */
struct index {
	struct arena *arena;
	struct index_slot *slots; /* open addressing; a power of two */
	size_t cap, len;
};

void index_expect(struct index *index, size_t keys); /* of an empty one */
/* Once for each key of an object. The key's text must live as long as the index. */
void index_add(struct index *index, const struct index_key *key, const struct known *known);
/* The first of the list; NULL when there is none. */
const struct index_entry *index_find(const struct index *index, const struct index_key *key);

/* What is kept of the value of a Secret's key: all of `out` but the name. */
void value_judge(struct str value, struct arena *a, struct provider_key *out);

/* A namespace as keys have it: one that is filled in later may be any. */
struct str index_namespace(struct str namespace);

bool index_key_equal(const struct index_key *a, const struct index_key *b);

/* A key under which an object is found. */
typedef void key_fn(void *ctx, const struct index_key *key);
/* By which it is found itself: REL_SELF to REL_VARIABLE. */
void keys_own(const struct known *k, key_fn *each, void *ctx);
/* By what it refers to, but the location. */
void keys_other(const struct known *k, key_fn *each, void *ctx);
/* It is found under this key, which is none of a location. */
bool keys_match(const struct known *k, const struct index_key *key);

/* What provides a Secret is found as one. */
enum kind keys_kind(const struct known *k);
struct str keys_name(const struct known *k);

struct member {
	struct known *known;
	const struct member *next;
};

struct inventory {
	struct arena *arena;
	struct index index;
	const struct member *first; /* of all */
	struct member *last;
	bool whole, meant_whole;
	bool has_parts;
	unsigned unknown;      /* kinds, of a whole one */
	unsigned unserved;     /* likewise */
	bool has_secrets;      /* any is known */
	unsigned char *doubts; /* of each bundle */
	size_t doubts_len;
	inventory_apart_fn *apart;
	const void *apart_ctx;
};

#endif
