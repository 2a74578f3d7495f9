/* From a key to the objects that are found under it, in the order in which they were added. */
#ifndef CNPG_INDEX_H
#define CNPG_INDEX_H

#include "cnpg/inventory.h"

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

/* A namespace as keys have it: one that is filled in later may be any. */
struct str index_namespace(struct str namespace);

bool index_key_equal(const struct index_key *a, const struct index_key *b);

#endif
