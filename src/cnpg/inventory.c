#include "cnpg/inventory.h"

#include "base/arena.h"
#include "cnpg/view.h"
#include "internal.h"

#include <string.h>

struct inventory *inventory_new(struct arena *a)
{
	struct inventory *inv = ARENA_NEW(a, struct inventory);

	inv->arena = a;
	inv->index.arena = a;
	return inv;
}

/* A store has two of its own, a Cluster and its schedule five each. */
void inventory_expect(struct inventory *inv, size_t objects)
{
	index_expect(&inv->index, objects * 4);
}

void inventory_is_whole(struct inventory *inv)
{
	inv->whole = true;
}

void inventory_is_whole_but(struct inventory *inv, unsigned kinds)
{
	inv->whole = true;
	inv->unknown = kinds;
}

void inventory_lacks_kinds(struct inventory *inv, unsigned kinds)
{
	inv->unserved = kinds;
}

void inventory_is_meant_whole(struct inventory *inv)
{
	inv->meant_whole = true;
}

void inventory_apart(struct inventory *inv, inventory_apart_fn *apart, const void *ctx)
{
	inv->apart = apart;
	inv->apart_ctx = ctx;
}

void inventory_doubt(struct inventory *inv, uint32_t bundle, unsigned doubts)
{
	if (bundle >= inv->doubts_len) {
		size_t len = ((size_t)bundle + 1) * 2;
		unsigned char *grown = ARENA_ARRAY(inv->arena, unsigned char, len);

		if (inv->doubts_len)
			memcpy(grown, inv->doubts, inv->doubts_len);
		inv->doubts = grown;
		inv->doubts_len = len;
	}
	inv->doubts[bundle] |= (unsigned char)doubts;
}

struct adding {
	struct inventory *inventory;
	const struct known *known;
};

/* Once among all, once among those of its bundle. */
static void add_key(void *ctx, const struct index_key *key)
{
	const struct adding *adding = ctx;
	struct index_key own = *key;

	index_add(&adding->inventory->index, key, adding->known);
	own.bundle = adding->known->bundle;
	if (own.bundle)
		index_add(&adding->inventory->index, &own, adding->known);
}

static void add_part(struct inventory *inv, const struct known *k)
{
	struct index_key key = {.relation = REL_PART, .kind = keys_kind(k), .name = keys_name(k)};

	add_key(&(struct adding){.inventory = inv, .known = k}, &key);
	inv->has_parts = true;
}

static void insert(struct inventory *inv, struct known *k, struct str file, uint32_t bundle)
{
	struct adding adding = {.inventory = inv, .known = k};
	struct member *m;

	k->file = file;
	k->bundle = bundle;
	if (k->object.part) {
		add_part(inv, k);
		return;
	}
	inv->has_secrets |= k->secret.provides;
	keys_own(k, add_key, &adding);
	keys_other(k, add_key, &adding);
	m = ARENA_NEW(inv->arena, struct member);
	m->known = k;
	if (inv->last)
		inv->last->next = m;
	else
		inv->first = m;
	inv->last = m;
}

const struct known *inventory_add(struct inventory *inv, const struct object *object,
				  struct str file, uint32_t bundle)
{
	struct known *k = known_make(object, inv->arena);

	if (k)
		insert(inv, k, file, bundle);
	for (const struct provider *p = k ? k->secret.next : NULL; p; p = p->next) {
		struct known *more = ARENA_NEW(inv->arena, struct known);

		*more = (struct known){.object = k->object, .secret = *p};
		insert(inv, more, file, bundle);
	}
	return k;
}

void inventory_add_generated(struct inventory *inv, const struct provider *secret,
			     struct str namespace, struct str file, uint32_t bundle)
{
	struct known *k = ARENA_NEW(inv->arena, struct known);

	k->secret = *secret;
	k->object.kind_name = STR("secretGenerator");
	k->object.name = k->secret.name;
	k->object.former = k->secret.former;
	k->object.namespace = index_namespace(namespace);
	insert(inv, k, file, bundle);
}

void inventory_add_looked_up(struct inventory *inv, const struct provider *secret,
			     struct str namespace)
{
	struct known *k = ARENA_NEW(inv->arena, struct known);

	k->secret = *secret;
	k->looked_up = true;
	k->object.kind = KIND_SECRET;
	k->object.kind_name = STR("Secret");
	k->object.name = secret->name;
	k->object.namespace = secret->anywhere ? STR_EMPTY : namespace;
	inv->has_secrets = true;
	if (secret->provides)
		insert(inv, k, STR_EMPTY, 0);
	else
		index_add(
			&inv->index,
			&(struct index_key){REL_NOT_THERE, KIND_SECRET, 0, namespace, secret->name},
			k);
}

static void mark_part(const struct view *v, struct known *k)
{
	const struct object as = {
		.kind = keys_kind(k), .namespace = k->object.namespace, .name = keys_name(k)};

	if (!view_has_part(v, &as))
		return;
	k->object.part = true;
	k->secret.open = true;
}

void inventory_settle(struct inventory *inv)
{
	for (const struct member *m = inv->first; m; m = m->next)
		mark_part(&(struct view){.inventory = inv, .bundle = m->known->bundle}, m->known);
	for (const struct member *m = inv->first; m; m = m->next) {
		const struct known *k = m->known;
		struct view v = {.inventory = inv, .bundle = k->bundle};
		struct buf locations[LOCATIONS] = {BUF_ARENA(inv->arena), BUF_ARENA(inv->arena)};
		size_t len = k->archive && !k->object.part
				     ? view_locations(&v, &k->object, k->archive, locations)
				     : 0;

		for (size_t i = 0; i < len; i++)
			add_key(&(struct adding){.inventory = inv, .known = k},
				&(struct index_key){.relation = REL_LOCATION,
						    .name = buf_slice(&locations[i])});
	}
}
