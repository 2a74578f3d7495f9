/* The keys under which an object is found in an inventory. */
#include "internal.h"

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

/* `ours`: of this plugin; else of any other. */
static void mention_key(const struct object *o, struct obj entry, bool ours, key_fn *each,
			void *ctx)
{
	struct str store = obj_text(entry, "parameters.barmanObjectName");

	if (store.len && str_is(obj_text(entry, "name"), PLUGIN_NAME) == ours)
		each(ctx, &(struct index_key){.relation = REL_STORE_MENTION,
					      .namespace = o->namespace,
					      .name = store});
}

static void mention_keys(const struct object *o, key_fn *each, void *ctx)
{
	struct obj external = obj_at(o->root, "spec.externalClusters");
	struct obj plugins = obj_at(o->root, "spec.plugins");

	mention_key(o, obj_at(o->root, "spec.pluginConfiguration"), true, each, ctx);
	for (struct obj e = obj_first(plugins); e.node; e = obj_next(e))
		mention_key(o, e, false, each, ctx);
	for (struct obj e = obj_first(external); e.node; e = obj_next(e))
		mention_key(o, obj_at(e, "plugin"), true, each, ctx);
}

enum kind keys_kind(const struct known *k)
{
	return k->secret.provides ? KIND_SECRET : k->object.kind;
}

struct str keys_name(const struct known *k)
{
	return k->secret.provides ? k->secret.name : k->object.name;
}

void keys_own(const struct known *k, key_fn *each, void *ctx)
{
	struct str namespace = k->object.namespace, name = keys_name(k);
	enum kind kind = keys_kind(k);

	each(ctx, &(struct index_key){REL_SELF, kind, 0, namespace, name});
	each(ctx, &(struct index_key){REL_KIND, kind, 0, namespace, STR_EMPTY});
	each(ctx, &(struct index_key){REL_NAME, kind, 0, STR_EMPTY, name});
	if (value_is_placeholder(name, NULL))
		each(ctx, &(struct index_key){REL_VARIABLE, kind, 0, STR_EMPTY, STR_EMPTY});
}

void keys_other(const struct known *k, key_fn *each, void *ctx)
{
	const struct object *o = &k->object;
	enum kind kind = keys_kind(k);

	if (k->archive)
		store_keys(k, each, ctx);
	if (kind & (KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP))
		mention_keys(o, each, ctx);
	if (kind & (KIND_SCHEDULED_BACKUP | KIND_BACKUP)) {
		struct str name = obj_text(o->root, "spec.cluster.name");

		give_name(&by_cluster, o->namespace, name, each, ctx);
		each(ctx, &(struct index_key){REL_CLUSTER, kind, 0, o->namespace, name});
	}
	if (kind == KIND_SCHEDULED_BACKUP)
		each(ctx, &(struct index_key){REL_EVERY, kind, 0, STR_EMPTY, STR_EMPTY});
	if (kind == KIND_OBJECT_STORE)
		object_store_secrets(
			o->root, secret_key,
			&(struct secret_keys){.namespace = o->namespace, .each = each, .ctx = ctx});
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

bool keys_match(const struct known *k, const struct index_key *key)
{
	/* what can be found by each, so that most keys need not be made */
	static const unsigned refer[] = {
		[REL_CLUSTER] = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		[REL_CLUSTER_NAME] = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		[REL_STORE] = KIND_CLUSTER,
		[REL_STORE_NAME] = KIND_CLUSTER,
		[REL_STORE_MENTION] = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		[REL_SECRET] = KIND_OBJECT_STORE,
		[REL_SECRET_NAME] = KIND_OBJECT_STORE,
		[REL_EVERY] = KIND_SCHEDULED_BACKUP,
		[REL_PART] = KIND_OTHER,
	};
	struct matching m = {.wanted = key};
	enum kind kind = keys_kind(k);

	if (key->relation > REL_VARIABLE && (refer[key->relation] & kind))
		keys_other(k, match_key, &m);
	else if (key->relation <= REL_VARIABLE && key->kind == kind)
		keys_own(k, match_key, &m);
	return m.found;
}
