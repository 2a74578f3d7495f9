/*
 * The stores of a site: ObjectStores that share a name template, a destination and an endpoint. Of
 * all templates of names the one is taken whose followers share most, then the one that holds the
 * fewest others, then the one whose {app} is seen elsewhere (a namespace, a Cluster, the path),
 * then the one that says most. What belongs to it is taken away, and the rest looked at again.
 */
#include "internal.h"

#include "cnpg/location.h"
#include "rules/template.h"

enum { TRIED = 24 }; /* templates that most give */

/* Destinations that ObjectStores of one template share. */
struct destination {
	struct str template; /* empty: none that two follow */
	size_t followers;
	struct template_weight weight;
	size_t free; /* placeholders that the name does not bind */
};

struct family {
	struct str template; /* of names; empty: none */
	struct template_weight weight;
	size_t members, sharing, seen;
	struct destination destination;
};

/* What the rules bind before they compare. */
static struct template_bindings bindings_of(const struct store_lesson *s)
{
	return (struct template_bindings){.namespace = s->namespace};
}

static bool is_member(const struct store_lesson *s, struct str template,
		      struct template_bindings *b)
{
	*b = bindings_of(s);
	return !s->placed && template_match(template, s->name, b);
}

/* The location of the template, as that of a path. */
static struct str location(struct arena *a, struct str template)
{
	struct buf out = BUF_ARENA(a);

	location_of(STR_EMPTY, template, STR_EMPTY, &out);
	return buf_slice(&out);
}

static bool goes_to(const struct store_lesson *s, struct str place,
		    const struct template_bindings *b)
{
	struct template_bindings free = *b;

	return s->destination.len && template_match(place, s->location, &free);
}

static bool destination_is_better(const struct destination *a, const struct destination *b)
{
	if (a->followers != b->followers)
		return a->followers > b->followers;
	if (a->weight.mixed != b->weight.mixed)
		return a->weight.mixed < b->weight.mixed;
	if (a->free != b->free)
		return a->free < b->free;
	if (a->weight.namespaces != b->weight.namespaces)
		return a->weight.namespaces < b->weight.namespaces;
	return a->weight.constants > b->weight.constants;
}

/* Of members that go to none of `known` already. */
static struct destination best_destination(struct learn *l, struct arena *a, struct str template,
					   const struct str_values *known)
{
	struct template_weight names = templates_weigh(template);
	struct destination best = {0};
	struct template_bindings b;
	struct texts given = {0};

	for (size_t i = 0; i < l->stores.len; i++) {
		struct store_lesson *s = &l->stores.items[i];
		bool taken = !is_member(s, template, &b) || !s->destination.len;

		for (size_t k = 0; k < known->len && !taken; k++)
			taken = goes_to(s, location(a, known->items[k]), &b);
		if (!taken)
			templates_of_path(a, s->destination,
					  &(struct path_parts){b.app, s->namespace, s->cluster},
					  &given);
	}
	struct votes v = votes_count(a, &given);
	for (size_t i = 0; i < v.len && i < TRIED && v.items[i].count >= LEARN_LEAST; i++) {
		struct destination d = {.template = v.items[i].text,
					.weight = templates_weigh(v.items[i].text)};
		struct str place = location(a, d.template);

		d.free = (size_t)(d.weight.clusters && !names.clusters) +
			 (size_t)(d.weight.apps && !names.apps);
		for (size_t k = 0; k < l->stores.len; k++)
			d.followers += is_member(&l->stores.items[k], template, &b) &&
				       goes_to(&l->stores.items[k], place, &b);
		if (!best.template.len || destination_is_better(&d, &best))
			best = d;
	}
	return best;
}

/* The endpoint that most members have; an empty one is one, too. */
static struct str most_frequent_endpoint(struct learn *l, struct arena *a, struct str template)
{
	struct template_bindings b;
	struct texts given = {0};

	for (size_t i = 0; i < l->stores.len; i++)
		if (is_member(&l->stores.items[i], template, &b) &&
		    l->stores.items[i].endpoint_known)
			*LEARN_ADD(a, &given) = l->stores.items[i].endpoint;
	struct votes v = votes_count(a, &given);
	return v.len ? v.items[0].text : STR_EMPTY;
}

/* One that is filled in later may be any. */
static bool may_have_endpoint(const struct store_lesson *s, struct str endpoint)
{
	return !s->endpoint_known || str_eq(s->endpoint, endpoint);
}

/* What the template takes for an {app} is something elsewhere, too. */
static bool is_seen(const struct store_lesson *s, struct str app)
{
	struct str rest = s->destination, part;

	if (!app.len || str_eq(app, s->namespace) || templates_find(s->cluster, app) == 0)
		return true;
	while (str_split(&rest, '/', &part))
		if (str_eq(part, app))
			return true;
	return false;
}

static struct family weigh(struct learn *l, struct arena *a, struct str template)
{
	struct family f = {.template = template, .weight = templates_weigh(template)};
	struct str endpoint = most_frequent_endpoint(l, a, template);
	struct template_bindings b;

	f.destination = best_destination(l, a, template, &(struct str_values){0});
	struct str place = location(a, f.destination.template);
	for (size_t i = 0; i < l->stores.len; i++) {
		const struct store_lesson *s = &l->stores.items[i];

		if (!is_member(s, template, &b))
			continue;
		f.members++;
		f.seen += b.cluster.len ? str_eq(b.cluster, s->cluster) : is_seen(s, b.app);
		f.sharing += may_have_endpoint(s, endpoint) && f.destination.template.len &&
			     goes_to(s, place, &b);
	}
	return f;
}

/* Of two, one with {cluster}: that one leaves less of the name. "{cluster}-store" holds each
 * Cluster to its own store, where "{app}-db-store" takes any. */
static bool names_more(const struct family *a, const struct family *b)
{
	const struct family *with = a->weight.clusters ? a : b, *without = with == a ? b : a;

	return with->weight.constants < without->weight.constants;
}

static bool family_is_better(const struct family *a, const struct family *b)
{
	size_t others_a = a->members - a->sharing, others_b = b->members - b->sharing;

	if (a->sharing != b->sharing)
		return a->sharing > b->sharing;
	if (a->sharing && others_a != others_b)
		return others_a < others_b;
	if (a->members != b->members)
		return a->members > b->members;
	if (a->seen != b->seen)
		return a->seen > b->seen;
	if (a->destination.weight.mixed != b->destination.weight.mixed)
		return a->destination.weight.mixed < b->destination.weight.mixed;
	if ((a->weight.clusters != 0) != (b->weight.clusters != 0))
		return (a->weight.clusters != 0) == names_more(a, b);
	if (a->weight.constants != b->weight.constants)
		return a->weight.constants > b->weight.constants;
	return a->weight.namespaces < b->weight.namespaces;
}

/* A name that is nothing but a placeholder is a template only where something binds it. */
static bool says_something(struct str template)
{
	return templates_weigh(template).constants || str_is(template, "{namespace}");
}

static struct family best_family(struct learn *l)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct family best = {0};
	struct texts given = {0};

	for (size_t i = 0; i < l->stores.len; i++) {
		const struct store_lesson *s = &l->stores.items[i];

		if (!s->placed)
			templates_of_name(a, s->name,
					  &(struct name_parts){s->namespace, s->cluster, false},
					  &given);
	}
	struct votes v = votes_count(a, &given);
	for (size_t i = 0; i < v.len && i < TRIED && v.items[i].count >= LEARN_LEAST; i++) {
		struct family f = {0};

		if (says_something(v.items[i].text))
			f = weigh(l, a, v.items[i].text);
		if (f.members && (!best.template.len || family_is_better(&f, &best)))
			best = f;
	}
	best.template = arena_str(l->arena, best.template);
	return best;
}

static bool store_is_called(const struct learn *l, struct str name)
{
	for (size_t i = 0; i < l->learned.stores_len; i++)
		if (str_eq(l->learned.stores[i].name, name))
			return true;
	return false;
}

/* "minio" of "{app}-minio-store": what is neither a placeholder nor a word for any store. */
static struct str store_name(struct learn *l, struct str template)
{
	static const char *const any[] = {"store", "objectstore", "object"};
	struct buf out = BUF_ARENA(l->arena);
	struct str rest = template, part;

	while (str_split(&rest, '-', &part)) {
		bool left_out = !part.len || str_find_byte(part, '{') != STR_NONE;

		for (size_t i = 0; i < ARRAY_LEN(any); i++)
			left_out |= str_is(part, any[i]);
		if (!left_out)
			buf_fmt(&out, "%s%.*s", out.len ? "-" : "", STR_ARG(part));
	}
	if (!out.len)
		buf_text(&out, "store");
	while (store_is_called(l, buf_slice(&out)))
		buf_text(&out, "-too");
	return buf_slice(&out);
}

static void learn_destinations(struct learn *l, struct learned_store *to)
{
	struct str template = to->object_store_name;
	CLEANUP(arena) struct arena *a = arena_new();
	size_t known = 0, follow = 0;
	struct template_bindings b;

	for (size_t i = 0; i < l->stores.len; i++)
		known += is_member(&l->stores.items[i], template, &b) &&
			 l->stores.items[i].destination.len;
	while (to->destinations.len < LEARN_VALUES) {
		struct destination d = best_destination(l, a, template, &to->destinations);

		if (!d.template.len)
			break;
		to->destinations.items[to->destinations.len++] = arena_str(l->arena, d.template);
	}
	for (size_t i = 0; i < l->stores.len; i++) {
		const struct store_lesson *s = &l->stores.items[i];
		bool goes = false;

		for (size_t k = 0; is_member(s, template, &b) && k < to->destinations.len; k++)
			goes |= goes_to(s, location(a, to->destinations.items[k]), &b);
		follow += goes;
	}
	if (follow * 2 <= known)
		to->destinations.len = 0;
}

/* The values of fields that have no template. */
static void learn_values(struct learn *l, struct learned_store *to)
{
	struct texts endpoints = {0}, secrets = {0}, ids = {0}, keys = {0};
	size_t credentials = 0;
	struct template_bindings b;
	struct votes v;

	for (size_t i = 0; i < l->stores.len; i++) {
		const struct store_lesson *s = &l->stores.items[i];

		if (!is_member(s, to->object_store_name, &b))
			continue;
		to->archived |= s->archived;
		if (s->endpoint_known)
			*LEARN_ADD(l->arena, &endpoints) = s->endpoint;
		for (size_t k = 0; k < s->secrets_len; k++)
			*LEARN_ADD(l->arena, &secrets) = s->secrets[k];
		if (s->access_key_id.len)
			*LEARN_ADD(l->arena, &ids) = s->access_key_id;
		if (s->secret_access_key.len)
			*LEARN_ADD(l->arena, &keys) = s->secret_access_key;
		credentials += s->credentials_known;
	}
	v = votes_count(l->arena, &endpoints);
	to->endpoints = votes_shared(&v, endpoints.len);
	v = votes_count(l->arena, &secrets);
	to->secrets = votes_shared(&v, credentials > secrets.len ? credentials : secrets.len);
	v = votes_count(l->arena, &ids);
	to->access_key_id = votes_most(&v, ids.len);
	v = votes_count(l->arena, &keys);
	to->secret_access_key = votes_most(&v, keys.len);
}

static bool has(const struct str_values *values, struct str text)
{
	for (size_t i = 0; i < values->len; i++)
		if (str_eq(values->items[i], text))
			return true;
	return false;
}

/* Keys that more than half of the Secrets have. */
static void learn_keys(struct learn *l, struct learned_store *to)
{
	struct texts given = {0};
	size_t secrets = 0;

	for (size_t i = 0; i < l->secrets.len; i++) {
		const struct secret_lesson *s = &l->secrets.items[i];

		if (!has(&to->secrets, s->name))
			continue;
		secrets++;
		for (size_t k = 0; k < s->keys_len; k++)
			*LEARN_ADD(l->arena, &given) = s->keys[k];
	}
	struct votes v = votes_count(l->arena, &given);
	for (size_t i = 0; i < v.len && to->required_keys.len < LEARN_VALUES; i++)
		if (v.items[i].count >= LEARN_LEAST && v.items[i].count * 2 > secrets)
			to->required_keys.items[to->required_keys.len++] = v.items[i].text;
}

/* How many belong to it. */
static size_t place(struct learn *l, struct str template)
{
	struct template_bindings b;
	size_t placed = 0;

	for (size_t i = 0; i < l->stores.len; i++)
		if (is_member(&l->stores.items[i], template, &b)) {
			l->stores.items[i].placed = true;
			placed++;
		}
	return placed;
}

static size_t add_store(struct learn *l, struct str template)
{
	struct learned_store *to = &l->learned.stores[l->learned.stores_len];

	*to = (struct learned_store){.name = store_name(l, template),
				     .object_store_name = template};
	learn_destinations(l, to);
	learn_values(l, to);
	learn_keys(l, to);
	l->learned.stores_len++;
	return place(l, template);
}

static bool has_values(const struct learned_store *s)
{
	return s->destinations.len || s->endpoints.len || s->secrets.len;
}

/* Names that follow nothing may have the rest in common. */
static void learn_any_name(struct learn *l)
{
	for (size_t i = 0; i < l->stores.len; i++)
		l->stores.items[i].placed = false;
	l->learned.stores_len = 0;
	add_store(l, STR("{app}"));
	l->learned.any_name = has_values(&l->learned.stores[0]);
	if (!l->learned.any_name)
		l->learned.stores_len = 0;
}

static void learn_roles(struct learned *to)
{
	bool any = false;

	for (size_t i = 0; i < to->stores_len; i++)
		any |= to->stores[i].archived;
	for (size_t i = 0; i < to->stores_len; i++)
		to->stores[i].role = any && !to->stores[i].archived ? STORE_OFFSITE : STORE_ARCHIVE;
}

void learn_stores(struct learn *l)
{
	size_t placed = 0;

	while (l->learned.stores_len < LEARN_STORES) {
		struct family f = best_family(l);

		/* two that share a word and nothing else are no convention */
		if (f.members < LEARN_LEAST ||
		    (f.sharing < LEARN_LEAST && f.members * 2 <= l->stores.len))
			break;
		placed += add_store(l, f.template);
	}
	if (placed * 2 <= l->stores.len && l->stores.len >= LEARN_LEAST)
		learn_any_name(l);
	learn_roles(&l->learned);
}
