#include "cnpg/inventory.h"

#include "base/arena.h"
#include "base/limits.h"
#include "index.h"

#include <string.h>

struct member {
	struct known *known;
	const struct member *next; /* of all */
};

struct inventory {
	struct arena *arena;
	struct index index;
	const struct member *first;
	struct member *last;
	bool whole, meant_whole;
	bool has_parts;
	unsigned unknown;      /* kinds, of a whole one */
	bool has_secrets;      /* any is known */
	unsigned char *doubts; /* of each bundle */
	size_t doubts_len;
	inventory_apart_fn *apart;
	const void *apart_ctx;
};

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

static unsigned doubts_of(const struct inventory *inv, uint32_t bundle)
{
	return bundle < inv->doubts_len ? inv->doubts[bundle] : 0;
}

static bool sets(const struct object *o, const char *path)
{
	return obj_at(o->root, path).node != NULL;
}

/* A part that says nothing of the archive leaves its object whole: what else it brings (a way to
 * bootstrap, an annotation) is for the rules about that to look up. */
static bool completes(const struct object *part)
{
	return part->kind != KIND_CLUSTER || sets(part, "spec.backup") ||
	       sets(part, "spec.plugins");
}

/* A key under which an object is found. */
typedef void key_fn(void *ctx, const struct index_key *key);

/* A relation to what has the name, in one namespace and in any. */
struct naming {
	enum relation here, anywhere;
};
static const struct naming by_cluster = {REL_CLUSTER, REL_CLUSTER_NAME};
static const struct naming by_store = {REL_STORE, REL_STORE_NAME};
static const struct naming by_secret = {REL_SECRET, REL_SECRET_NAME};

static void give_name(const struct naming *n, struct str namespace, struct str name, key_fn *each,
		      void *ctx)
{
	each(ctx, &(struct index_key){n->here, KIND_OTHER, 0, namespace, name});
	each(ctx, &(struct index_key){n->anywhere, KIND_OTHER, 0, STR_EMPTY, name});
}

struct secret_keys {
	struct str namespace;
	key_fn *each;
	void *ctx;
};

static void secret_key(void *ctx, const struct secret_ref *ref)
{
	const struct secret_keys *s = ctx;

	give_name(&by_secret, s->namespace, ref->name, s->each, s->ctx);
}

static void store_keys(const struct known *k, key_fn *each, void *ctx)
{
	const struct archive *a = k->archive;
	const struct str stores[] = {a->place.store,
				     a->recovery.plugin ? a->recovery.place.store : STR_EMPTY,
				     a->replica.plugin ? a->replica.place.store : STR_EMPTY};

	for (size_t i = 0; i < ARRAY_LEN(stores); i++) {
		bool again = (i > 0 && str_eq(stores[i], stores[0])) ||
			     (i > 1 && str_eq(stores[i], stores[1]));

		if (!stores[i].len || again)
			continue;
		give_name(&by_store, k->object.namespace, stores[i], each, ctx);
		if (value_is_placeholder(stores[i], NULL))
			give_name(&by_store, k->object.namespace, STR_EMPTY, each, ctx);
	}
}

static void mention_key(const struct object *o, struct obj entry, key_fn *each, void *ctx)
{
	struct str store = obj_text(entry, "parameters.barmanObjectName");

	if (store.len && str_is(obj_text(entry, "name"), PLUGIN_NAME))
		each(ctx, &(struct index_key){.relation = REL_STORE_MENTION,
					      .namespace = o->namespace,
					      .name = store});
}

static void mention_keys(const struct object *o, key_fn *each, void *ctx)
{
	struct obj external = obj_at(o->root, "spec.externalClusters");

	mention_key(o, obj_at(o->root, "spec.pluginConfiguration"), each, ctx);
	for (struct obj e = obj_first(external); e.node; e = obj_next(e))
		mention_key(o, obj_at(e, "plugin"), each, ctx);
}

/* What provides a Secret is found as one. */
static enum kind kind_as(const struct known *k)
{
	return k->secret.provides ? KIND_SECRET : k->object.kind;
}

static struct str name_as(const struct known *k)
{
	return k->secret.provides ? k->secret.name : k->object.name;
}

/* By which it is found itself: REL_SELF to REL_VARIABLE. */
static void own_keys(const struct known *k, key_fn *each, void *ctx)
{
	struct str namespace = k->object.namespace, name = name_as(k);
	enum kind kind = kind_as(k);

	each(ctx, &(struct index_key){REL_SELF, kind, 0, namespace, name});
	each(ctx, &(struct index_key){REL_KIND, kind, 0, namespace, STR_EMPTY});
	each(ctx, &(struct index_key){REL_NAME, kind, 0, STR_EMPTY, name});
	if (value_is_placeholder(name, NULL))
		each(ctx, &(struct index_key){REL_VARIABLE, kind, 0, STR_EMPTY, STR_EMPTY});
}

/* By what it refers to, but the location. */
static void other_keys(const struct known *k, key_fn *each, void *ctx)
{
	const struct object *o = &k->object;
	enum kind kind = kind_as(k);

	if (k->archive)
		store_keys(k, each, ctx);
	if (kind & (KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP))
		mention_keys(o, each, ctx);
	if (kind & (KIND_SCHEDULED_BACKUP | KIND_BACKUP)) {
		struct str name = obj_text(o->root, "spec.cluster.name");

		give_name(&by_cluster, o->namespace, name, each, ctx);
		each(ctx, &(struct index_key){REL_CLUSTER, kind, 0, o->namespace, name});
	}
	if (kind == KIND_OBJECT_STORE)
		object_store_secrets(
			o->root, secret_key,
			&(struct secret_keys){.namespace = o->namespace, .each = each, .ctx = ctx});
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
	struct index_key key = {.relation = REL_PART, .kind = kind_as(k), .name = name_as(k)};

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
	own_keys(k, add_key, &adding);
	other_keys(k, add_key, &adding);
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
	return k;
}

void inventory_add_generated(struct inventory *inv, const struct provider *secret,
			     struct str namespace, struct str file, uint32_t bundle)
{
	struct known *k = ARENA_NEW(inv->arena, struct known);

	k->secret = *secret;
	k->object.kind_name = STR("secretGenerator");
	k->object.name = k->secret.name;
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

/* It is of an alternative, or not what it will be. */
static bool is_passed_over(struct view_iter *it, const struct known *k)
{
	const struct view *v = it->view;
	const struct inventory *inv = v->inventory;
	enum apart apart = APART_NOT;

	if (it->relation != REL_PART && (doubts_of(inv, k->bundle) & BUNDLE_CHANGED))
		apart = APART_LOOSELY;
	else if (k->bundle != v->bundle && inv->apart)
		apart = inv->apart(inv->apart_ctx, v->bundle, k->bundle);
	it->hidden |= apart == APART_LOOSELY;
	return apart != APART_NOT;
}

/* The write that is judged replaces it, or takes it away. */
static bool is_gone(const struct view *v, const struct known *k)
{
	return (v->instead && known_same(&v->instead->object, &k->object)) ||
	       (v->without && known_same(&v->without->object, &k->object));
}

struct matching {
	const struct index_key *wanted;
	bool found;
};

static void match_key(void *ctx, const struct index_key *key)
{
	struct matching *m = ctx;

	m->found |= index_key_equal(m->wanted, key);
}

static bool lies_at(const struct view *v, const struct known *k, struct str location)
{
	struct buf locations[LOCATIONS] = {0};
	size_t len = k->archive ? known_locations(v, &k->object, k->archive, locations) : 0;
	bool found = false;

	for (size_t i = 0; i < len; i++)
		found |= str_eq(buf_slice(&locations[i]), location);
	for (size_t i = 0; i < LOCATIONS; i++)
		buf_release(&locations[i]);
	return found;
}

static bool instead_matches(const struct view_iter *it)
{
	const struct view *v = it->view;
	struct matching m = {
		.wanted = &(struct index_key){it->relation, it->kind, 0, it->namespace, it->name}};

	if (!v->instead)
		return false;
	if (it->relation == REL_LOCATION)
		return lies_at(v, v->instead, it->name);
	if (it->relation > REL_VARIABLE)
		other_keys(v->instead, match_key, &m);
	else if (it->kind == kind_as(v->instead))
		own_keys(v->instead, match_key, &m);
	return m.found;
}

struct view_iter view_each(const struct view *v, enum relation relation, enum kind kind,
			   struct str namespace, struct str name)
{
	struct view_iter it = {.view = v,
			       .relation = relation,
			       .kind = kind,
			       .namespace = index_namespace(namespace),
			       .name = name};
	struct index_key key = {relation, kind, v->bundle, it.namespace, name};

	it.at = index_find(&v->inventory->index, &key);
	if (!v->bundle)
		it.phase = 1;
	return it;
}

/* Own bundle first, then what stands elsewhere, then what the write puts there. */
const struct known *view_next(struct view_iter *it)
{
	const struct view *v = it->view;

	while (it->phase < 2) {
		const struct index_entry *e = it->at;

		if (!e) {
			struct index_key all = {it->relation, it->kind, 0, it->namespace, it->name};

			it->at = it->phase++ ? NULL : index_find(&v->inventory->index, &all);
			continue;
		}
		it->at = e->next;
		if (is_gone(v, e->known) ||
		    (v->bundle && it->phase && e->known->bundle == v->bundle))
			continue;
		if (!is_passed_over(it, e->known))
			return e->known;
		if (++it->skipped == LIMIT_ALTERNATIVES)
			it->at = NULL;
	}
	if (it->phase++ == 2 && instead_matches(it))
		return v->instead;
	return NULL;
}

static const struct known *first_of(const struct view *v, enum relation relation, enum kind kind,
				    struct str namespace, struct str name)
{
	struct view_iter it = view_each(v, relation, kind, namespace, name);

	return view_next(&it);
}

/* A patch that names no namespace may be meant for an object in any, and the other way round. */
static bool has_part(const struct view *v, enum kind kind, struct str namespace, struct str name)
{
	size_t seen = 0;

	if (!v->inventory->has_parts)
		return false;
	struct view_iter it = view_each(v, REL_PART, kind, STR_EMPTY, name);
	for (const struct known *k; (k = view_next(&it));) {
		struct str in = k->object.namespace;

		if (((!in.len || !namespace.len || str_eq(in, namespace)) &&
		     completes(&k->object)) ||
		    ++seen == LIMIT_ALTERNATIVES)
			return true;
	}
	return false;
}

bool view_has_part(const struct view *v, const struct object *o)
{
	return has_part(v, o->kind, index_namespace(o->namespace), o->name);
}

static void mark_part(const struct view *v, struct known *k)
{
	if (!has_part(v, kind_as(k), k->object.namespace, name_as(k)))
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
				     ? known_locations(&v, &k->object, k->archive, locations)
				     : 0;

		for (size_t i = 0; i < len; i++)
			add_key(&(struct adding){.inventory = inv, .known = k},
				&(struct index_key){.relation = REL_LOCATION,
						    .name = buf_slice(&locations[i])});
	}
}

/* In any namespace; NULL when there are several. */
static const struct known *only_one(const struct view *v, enum kind kind, struct str name)
{
	struct view_iter it = view_each(v, REL_NAME, kind, STR_EMPTY, name);
	const struct known *found = view_next(&it);

	return found && view_next(&it) ? NULL : found;
}

/* Whole or in part. */
static const struct known *find(const struct view *v, enum kind kind, struct str namespace,
				struct str name)
{
	struct str in = index_namespace(namespace);
	const struct known *found = first_of(v, REL_SELF, kind, in, name);

	/* one text is one name where it is filled in once: in a bundle */
	if (value_is_placeholder(name, NULL))
		return found && found->bundle == v->bundle ? found : only_one(v, kind, name);
	if (found)
		return found;
	if (in.len)
		return first_of(v, REL_SELF, kind, STR_EMPTY, name);
	return v->inventory->whole ? NULL : only_one(v, kind, name);
}

/* What stands around the part that is filled in is the beginning and the end of `name`. */
static bool may_become(struct str variable, struct str name)
{
	struct str part;
	size_t end = variable.len;

	if (!value_is_placeholder(variable, &part))
		return false;
	while (end && variable.ptr[end - 1] != '}' && variable.ptr[end - 1] != ')')
		end--;
	return str_has_prefix(name, str_slice(variable, 0, (size_t)(part.ptr - variable.ptr))) &&
	       (!end || str_has_suffix(name, str_slice(variable, end, variable.len)));
}

/* One whose name is not known yet may be it. */
static bool may_be_there(const struct view *v, enum kind kind, struct str namespace,
			 struct str name)
{
	struct view_iter it = view_each(v, REL_VARIABLE, kind, STR_EMPTY, STR_EMPTY);
	size_t seen = 0;

	for (const struct known *k; (k = view_next(&it));) {
		struct str in = k->object.namespace;

		if (++seen == LIMIT_ALTERNATIVES)
			return true;
		if ((!in.len || !namespace.len || str_eq(in, namespace)) &&
		    may_become(name_as(k), name))
			return true;
	}
	return false;
}

/* What is meant may have been passed over. */
static bool is_hidden(const struct view *v, enum kind kind, struct str namespace, struct str name)
{
	struct view_iter it = view_each(v, REL_SELF, kind, namespace, name);

	return !view_next(&it) && (it.hidden || it.skipped == LIMIT_ALTERNATIVES);
}

const struct known *view_find(const struct view *v, enum kind kind, struct str namespace,
			      struct str name)
{
	const struct known *found = find(v, kind, namespace, name);

	return found && !found->object.part ? found : NULL;
}

bool view_is_certain(const struct view *v, const struct known *k, struct str namespace)
{
	struct str in = index_namespace(namespace);
	unsigned doubts = doubts_of(v->inventory, v->bundle) | doubts_of(v->inventory, k->bundle);

	return !(doubts & BUNDLE_CHANGED) &&
	       (k->bundle == v->bundle || (in.len && str_eq(in, k->object.namespace)));
}

bool view_is_blind(const struct view *v, enum kind kind)
{
	return v->inventory->unknown & kind;
}

bool view_has_secrets(const struct view *v)
{
	return v->inventory->has_secrets || (v->instead && v->instead->secret.provides);
}

bool view_is_live(const struct view *v)
{
	return v->inventory->whole;
}

bool view_lacks(const struct view *v, enum kind kind, struct str namespace, struct str name)
{
	struct str in = index_namespace(namespace);

	if (view_is_blind(v, kind) && !first_of(v, REL_NOT_THERE, kind, in, name))
		return false;
	if (find(v, kind, in, name) || has_part(v, kind, in, name) ||
	    may_be_there(v, kind, in, name) || is_hidden(v, kind, in, name) ||
	    is_hidden(v, kind, STR_EMPTY, name))
		return false;
	return in.len || !first_of(v, REL_NAME, kind, STR_EMPTY, name);
}

enum knowledge view_knows(const struct view *v, enum kind kind, struct str namespace)
{
	struct str in = index_namespace(namespace);

	if (view_is_blind(v, kind))
		return kind == KIND_SECRET && v->inventory->has_secrets ? KNOWN_SOME
									: KNOWN_NOTHING;
	if (v->inventory->whole)
		return KNOWN_ALL;
	if (doubts_of(v->inventory, v->bundle))
		return KNOWN_NOTHING;
	if (v->inventory->meant_whole)
		return KNOWN_ALL;
	return first_of(v, REL_KIND, kind, in, STR_EMPTY) ||
			       (in.len && first_of(v, REL_KIND, kind, STR_EMPTY, STR_EMPTY))
		       ? KNOWN_SOME
		       : KNOWN_NOTHING;
}
