/* The hash table of the inventory: from what may be asked for to the objects that answer, in their
 * order. */
#include "internal.h"

#include "base/arena.h"

#include <string.h>

struct index_slot {
	uint64_t hash;
	struct index_key key;
	const struct index_entry *first; /* NULL: the slot is free */
	struct index_entry *last;
};

/* As FNV-1a, but eight bytes at a time; the shift brings the high bits down, since the low ones
 * choose the slot. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (; len; len -= len < 8 ? len : 8, p += 8) {
		uint64_t word = len;

		memcpy(&word, p, len < 8 ? len : 8);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
		hash ^= hash >> 32;
	}
	return hash;
}

static uint64_t hash_key(const struct index_key *key)
{
	const uint32_t numbers[] = {(uint32_t)key->relation, (uint32_t)key->kind, key->bundle};
	uint64_t hash = hash_bytes(0xcbf29ce484222325U, numbers, sizeof numbers);

	hash = hash_bytes(hash, key->namespace.ptr, key->namespace.len);
	hash = hash_bytes(hash, "/", 1);
	return hash_bytes(hash, key->name.ptr, key->name.len);
}

struct str index_namespace(struct str namespace)
{
	return value_is_placeholder(namespace, NULL) ? STR_EMPTY : namespace;
}

bool index_key_equal(const struct index_key *a, const struct index_key *b)
{
	return a->relation == b->relation && a->kind == b->kind && a->bundle == b->bundle &&
	       str_eq(a->namespace, b->namespace) && str_eq(a->name, b->name);
}

/* Where the key stands, or the free slot where it would. */
static struct index_slot *probe(const struct index *index, uint64_t hash,
				const struct index_key *key)
{
	size_t at = (size_t)hash & (index->cap - 1);

	while (index->slots[at].first &&
	       (index->slots[at].hash != hash || !index_key_equal(&index->slots[at].key, key)))
		at = (at + 1) & (index->cap - 1);
	return &index->slots[at];
}

enum { LEAST = 64 };

void index_expect(struct index *index, size_t keys)
{
	index->cap = LEAST;
	while (index->cap <= keys * 2)
		index->cap *= 2;
	index->slots = ARENA_ARRAY(index->arena, struct index_slot, index->cap);
}

static void grow(struct index *index)
{
	struct index old = *index;

	index->cap = old.cap ? old.cap * 2 : LEAST;
	index->slots = ARENA_ARRAY(index->arena, struct index_slot, index->cap);
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].first)
			*probe(index, old.slots[i].hash, &old.slots[i].key) = old.slots[i];
}

void index_add(struct index *index, const struct index_key *key, const struct known *known)
{
	struct index_entry *entry;
	uint64_t hash = hash_key(key);
	struct index_slot *slot;

	if (index->len * 2 >= index->cap)
		grow(index);
	slot = probe(index, hash, key);
	if (slot->first && slot->last->known == known)
		return; /* a store that names its Secret twice */
	entry = ARENA_NEW(index->arena, struct index_entry);
	entry->known = known;
	if (slot->first) {
		slot->last->next = entry;
	} else {
		*slot = (struct index_slot){.hash = hash, .key = *key, .first = entry};
		index->len++;
	}
	slot->last = entry;
}

const struct index_entry *index_find(const struct index *index, const struct index_key *key)
{
	return index->cap ? probe(index, hash_key(key), key)->first : NULL;
}
