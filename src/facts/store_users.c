/* The Clusters that use an ObjectStore, and what they say about it. */
#include "facts/store.h"

#include "base/limits.h"
#include "facts/cluster.h"

static bool walk(struct view_iter it, store_user_fn *each, void *ctx)
{
	const struct known *k;
	size_t seen = 0;

	for (; seen < LIMIT_USERS && (k = view_next(&it)); seen++)
		if (!each(ctx, k))
			return false;
	return seen < LIMIT_USERS;
}

bool store_each_user(const struct rule_ctx *c, struct str name, store_user_fn *each, void *ctx)
{
	struct str in = c->object->namespace;

	if (!in.len || value_is_placeholder(in, NULL))
		return walk(view_each(c->view, REL_STORE_NAME, KIND_OTHER, STR_EMPTY, name), each,
			    ctx);
	return walk(view_each(c->view, REL_STORE, KIND_OTHER, in, name), each, ctx) &&
	       walk(view_each(c->view, REL_STORE, KIND_OTHER, STR_EMPTY, name), each, ctx);
}

static bool is_none(void *ctx, const struct known *cluster)
{
	(void)ctx, (void)cluster;
	return false;
}

bool store_is_archive_of(const struct known *cluster, struct str name)
{
	return cluster->archive->enabled_entries && str_eq(cluster->archive->place.store, name);
}

static bool is_no_archive(void *ctx, const struct known *cluster)
{
	const struct rule_ctx *c = ctx;

	return !store_is_archive_of(cluster, c->object->name);
}

/* Nobody says in which store it is. */
static bool may_have_others(const struct rule_ctx *c)
{
	return value_is_placeholder(c->object->name, NULL) ||
	       !store_each_user(c, STR_EMPTY, is_none, NULL);
}

bool store_has_no_user(const struct rule_ctx *c)
{
	return store_each_user(c, c->object->name, is_none, NULL) && !may_have_others(c);
}

bool store_is_no_archive(const struct rule_ctx *c)
{
	struct rule_ctx copy = *c;

	return c->view &&
	       view_knows(c->view, KIND_CLUSTER, c->object->namespace) != KNOWN_NOTHING &&
	       store_each_user(c, c->object->name, is_no_archive, &copy) && !may_have_others(c);
}

static bool reads(const struct archive_source *source, struct str name)
{
	return source->plugin && str_eq(source->place.store, name);
}

static bool is_no_reader(void *ctx, const struct known *cluster)
{
	const struct rule_ctx *c = ctx;
	const struct archive *a = cluster->archive;

	return !reads(&a->recovery, c->object->name) && !reads(&a->replica, c->object->name);
}

bool store_is_only_read(const struct rule_ctx *c)
{
	struct rule_ctx copy = *c;

	return store_is_no_archive(c) && !store_each_user(c, c->object->name, is_no_reader, &copy);
}

struct envs {
	const struct rule_ctx *c;
	const char *name;
	struct str *value;
	enum env_is is;
};

/* What the other stores of a Cluster set: its sidecar gets the env of them all. */
static bool add_env(void *ctx, const struct known *cluster)
{
	struct envs *e = ctx;
	const struct archive *a = cluster->archive;
	const struct archive_place *const places[] = {&a->place, &a->recovery.place,
						      &a->replica.place};
	enum env_is is = ENV_ABSENT;

	for (size_t i = 0; i < ARRAY_LEN(places) && is != ENV_SET; i++) {
		const struct known *store = view_store(e->c->view, &cluster->object, places[i]);

		if (!places[i]->store.len || str_eq(places[i]->store, e->c->object->name))
			continue;
		is = store ? store_env(obj_at(store->object.root, STORE_ENV), e->name, e->value)
			   : ENV_UNKNOWN;
	}
	e->is = is;
	return is != ENV_ABSENT;
}

enum env_is store_sidecar_env(const struct rule_ctx *c, const char *name, struct str *value)
{
	struct envs e = {.c = c, .name = name, .value = value, .is = ENV_ABSENT};
	enum env_is own = store_env(obj_at(c->root, STORE_ENV), name, value);

	if (own != ENV_ABSENT || !c->view || c->object->kind != KIND_OBJECT_STORE)
		return own;
	store_each_user(c, c->object->name, add_env, &e);
	return e.is;
}

bool store_has_env(const struct rule_ctx *c, const char *name)
{
	struct str value;

	return store_sidecar_env(c, name, &value) != ENV_ABSENT;
}

/* What a Cluster needs the ObjectStore for now; NULL when it only names it. A recovery source is
 * read no more once the Cluster runs; the plugin is not loaded where its entry is disabled. */
static const char *use_of(const struct rule_ctx *c, const struct known *cluster, struct str store)
{
	const struct archive *a = cluster->archive;
	struct rule_ctx of = *c;

	of.object = &cluster->object;
	of.root = cluster->object.root;
	of.archive = a;
	if (a->enabled_entries && str_eq(a->place.store, store))
		return "archives to it";
	if (a->recovery.plugin && str_eq(a->recovery.place.store, store) &&
	    !obj_text(of.root, "status.currentPrimary").len)
		return "recovers from it";
	if (a->replica.plugin && str_eq(a->replica.place.store, store) &&
	    cluster_follows_source(&of))
		return "reads its WAL from it";
	return NULL;
}

void store_find_users(const struct rule_ctx *c, struct str store, struct store_users *out)
{
	struct view_iter it =
		view_each(c->view, REL_STORE, KIND_OTHER, c->object->namespace, store);

	*out = (struct store_users){0};
	for (const struct known *k; (k = view_next(&it));) {
		const char *use = object_is_terminating(&k->object) ? NULL : use_of(c, k, store);

		if (!use)
			continue;
		if (!out->use)
			out->use = use;
		if (out->len < QUOTED_NAMES)
			out->names[out->len] = k->object.name;
		out->len++;
	}
}

struct str store_users_text(const struct rule_ctx *c, const struct store_users *u)
{
	struct buf text = BUF_ARENA(c->arena);

	buf_text(&text, u->len > 1 ? "Clusters " : "Cluster ");
	quoted_names(&text, u->names, u->len);
	return buf_slice(&text);
}
