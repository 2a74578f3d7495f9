/* The buckets of what is checked. */
#include "check/check.h"
#include "internal.h"

#include "cnpg/secret.h"
#include "probe/stores.h"

struct holding {
	const struct held *held;
	struct holding *next;
};

struct buckets {
	struct probe_options options; /* those that were given, with Secrets of the input */
	const struct probe_secrets *live;
	const struct inventory *inventory;
	struct report *report;
	struct stores *stores;
	struct holding *first, **last;
};

/* All of it is there: nothing is decrypted or filled in later. */
static bool is_readable(struct obj secret, struct arena *a)
{
	static const char *const parts[] = {"data", "stringData"};
	struct str value;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (struct obj e = obj_first(obj_at(secret, parts[i])); e.node; e = obj_next(e))
			if (secret_entry(secret, e, i == 0, a, &value) != SECRET_SET)
				return false;
	return true;
}

bool check_is_secret(const struct object *o, struct str namespace, struct str name, struct arena *a)
{
	return o->kind == KIND_SECRET && str_eq(o->name, name) &&
	       (!o->namespace.len || !namespace.len || str_eq(o->namespace, namespace)) &&
	       is_readable(o->root, a);
}

static bool read_secret(void *ctx, struct str namespace, struct str name, struct arena *a,
			struct obj *out, struct err *err)
{
	const struct buckets *b = ctx;

	for (const struct holding *h = b->first; h; h = h->next)
		for (const struct use *u = h->held->uses; u; u = u->next) {
			if (!check_is_secret(&u->object, namespace, name, a))
				continue;
			*out = u->object.root;
			return true;
		}
	return b->live->read(b->live->ctx, namespace, name, a, out, err);
}

struct buckets *buckets_new(const struct probe_options *options, const struct inventory *inv,
			    struct report *report)
{
	struct buckets *b = ARENA_NEW(report->arena, struct buckets);

	b->options = *options;
	b->live = &options->secrets;
	b->options.secrets = (struct probe_secrets){read_secret, b};
	b->inventory = inv;
	b->report = report;
	b->last = &b->first;
	b->stores = stores_new(&b->options, report->arena);
	return b;
}

void buckets_add(struct buckets *b, const struct held *held)
{
	struct holding *h = ARENA_NEW(b->report->arena, struct holding);

	h->held = held;
	*b->last = h;
	b->last = &h->next;
}

void buckets_ask(struct buckets *b)
{
	for (const struct holding *h = b->first; h; h = h->next)
		for (const struct use *u = h->held->uses; u; u = u->next) {
			const struct view v = {.inventory = b->inventory, .bundle = u->bundle};

			if (!u->changed)
				stores_add(b->stores, &v, &u->object);
		}
	stores_ask(b->stores, b->report);
}

const struct probes *buckets_seen_from(struct buckets *b, uint32_t bundle)
{
	return b ? stores_seen_from(b->stores, bundle) : NULL;
}

bool buckets_alone(const struct buckets *b)
{
	return b && b->options.alone;
}
