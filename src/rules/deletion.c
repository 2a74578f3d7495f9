#include "rules/checks.h"
#include "rules/cluster.h"
#include "rules/schedule.h"

#include "base/arena.h"
#include "base/limits.h"

/* Names in a message: a person acts on the first few. */
#define NAMED 3

/* "db", "db and web", "db, web, shop and 4 more". */
static void add_names(struct buf *out, const struct str *names, size_t len)
{
	size_t shown = len <= NAMED ? len : NAMED;

	for (size_t i = 0; i < shown; i++) {
		buf_text(out, i == 0 ? "" : i + 1 == len ? " and " : ", ");
		buf_str(out, names[i]);
	}
	if (len > shown)
		buf_fmt(out, " and %zu more", len - shown);
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

struct users {
	struct str names[NAMED];
	size_t len;
	const char *use; /* of the first */
};

/* The Clusters that need the ObjectStore, but for those that are going themselves. */
static void find_users(const struct rule_ctx *c, struct str store, struct users *out)
{
	struct view_iter it =
		view_each(c->view, REL_STORE, KIND_OTHER, c->object->namespace, store);

	*out = (struct users){0};
	for (const struct known *k; (k = view_next(&it));) {
		const char *use = object_is_terminating(&k->object) ? NULL : use_of(c, k, store);

		if (!use)
			continue;
		if (!out->use)
			out->use = use;
		if (out->len < NAMED)
			out->names[out->len] = k->object.name;
		out->len++;
	}
}

static struct str users_text(const struct rule_ctx *c, const struct users *u)
{
	struct buf text = BUF_ARENA(c->arena);

	buf_text(&text, u->len > 1 ? "Clusters " : "Cluster ");
	add_names(&text, u->names, u->len);
	return buf_slice(&text);
}

void check_objectstore_delete_in_use(const struct rule_ctx *c)
{
	struct users users;

	find_users(c, c->object->name, &users);
	if (!users.len)
		return;
	struct str names = users_text(c, &users);
	struct finding *f =
		users.len > 1
			? finding_add(c, c->root, "", "%.*s still use this ObjectStore",
				      STR_ARG(names))
			: finding_add(c, c->root, "", "%.*s still %s", STR_ARG(names), users.use);

	finding_effect(
		c, f,
		"without it the operator tries again for ever: no WAL is archived, no backup made, and no failover either");
	/* "this again": kubectl deletes what a file holds in its order, the Cluster after its store
	 */
	finding_fix(c, f, "delete %s first, then this again - or give %s another barmanObjectName",
		    users.len > 1 ? "those Clusters" : "that Cluster",
		    users.len > 1 ? "them" : "it");
}

static bool has_key(const struct provider *p, struct str key)
{
	return provider_has(p, key, NULL) == PROVIDER_HAS;
}

/*
 * Whether the write takes `key` away: a deletion takes all. An update of a Secret shows at once at
 * the ObjectStores that read it, and their rules speak; what an ExternalSecret does not make any
 * more is in the Secret until it is refreshed, and nobody would notice.
 */
static bool is_taken(const struct rule_ctx *c, const struct provider *old,
		     const struct provider *now, struct str key)
{
	if (!now)
		return true;
	return c->object->kind == KIND_EXTERNAL_SECRET && now->provides &&
	       str_eq(now->name, old->name) && has_key(old, key) &&
	       provider_has(now, key, NULL) == PROVIDER_LACKS &&
	       view_secret_key(c->view, c->object->namespace, old->name, key, NULL) ==
		       SECRET_HAS_KEY;
}

/* Something else makes the Secret: what ExternalSecret wrote it goes with it, so for an
 * ExternalSecret the Secret itself does not count. */
static bool is_made_otherwise(const struct rule_ctx *c, struct str name)
{
	struct view_iter it = view_each(c->view, REL_SELF, KIND_SECRET, c->object->namespace, name);

	for (const struct known *k; (k = view_next(&it));)
		if (!known_same(&k->object, c->object) &&
		    (c->object->kind != KIND_EXTERNAL_SECRET || k->object.kind != KIND_SECRET))
			return true;
	return false;
}

/* The Secret stays when an ExternalSecret goes that does not own it. */
static bool leaves_secret(const struct rule_ctx *c)
{
	struct str policy = obj_text(c->root, "spec.target.creationPolicy");

	return c->object->kind == KIND_EXTERNAL_SECRET && !c->old && policy.len &&
	       !str_is(policy, "Owner");
}

struct taking {
	const struct rule_ctx *c;
	const struct known *store;
	const struct provider *old, *now; /* now: NULL on a deletion */
	struct users users;		  /* of the store: looked for when a key is taken */
	bool asked, told;
};

static void judge_ref(void *ctx, const struct secret_ref *ref)
{
	struct taking *t = ctx;
	const struct rule_ctx *c = t->c;
	struct str store = t->store->object.name;
	const char *what = c->object->kind == KIND_SECRET ? "this Secret"
							  : "the Secret of this ExternalSecret";

	/* of a deletion one key says it all */
	if (ref->optional || !str_eq(ref->name, t->old->name) || (t->told && !t->now) ||
	    !is_taken(c, t->old, t->now, ref->key))
		return;
	if (!t->asked)
		find_users(c, store, &t->users);
	t->asked = true;
	if (!t->users.len)
		return;
	struct str users = users_text(c, &t->users);
	struct finding *f =
		t->now ? finding_add(
				 c, c->root, c->object->kind == KIND_SECRET ? "data" : "spec",
				 "key %.*s is taken away, and ObjectStore %.*s of %.*s reads it",
				 STR_ARG(ref->key), STR_ARG(store), STR_ARG(users))
		       : finding_add(c, c->root, "", "ObjectStore %.*s of %.*s still reads %s",
				     STR_ARG(store), STR_ARG(users), what);

	t->told = true;
	finding_subject(c, f,
			arena_fmt(c->arena, "%.*s %.*s", STR_ARG(store),
				  STR_ARG(t->now ? ref->key : STR_EMPTY)));
	if (ref->use == SECRET_USE_CREDENTIAL)
		finding_effect(
			c, f,
			"archiving, backups and retention fail, and WAL stays on the volume until it is full");
	else
		finding_effect(c, f, "the Pods of the Cluster do not start any more");
	finding_fix(c, f, "change the ObjectStore first, then %s",
		    t->now ? "take the key away" : "delete this");
}

void check_secret_delete_in_use(const struct rule_ctx *c)
{
	struct provider old, now = {0};
	struct taking taking = {.c = c, .old = &old, .now = c->old ? &now : NULL};

	if (!provider_read(c->old ? c->old : c->object, c->arena, &old) || leaves_secret(c) ||
	    is_made_otherwise(c, old.name))
		return;
	provider_read(c->object, c->arena, &now);
	struct view_iter it =
		view_each(c->view, REL_SECRET, KIND_OTHER, c->object->namespace, old.name);
	for (size_t i = 0; i < LIMIT_HOLDERS && (taking.store = view_next(&it)); i++) {
		taking.asked = taking.told = false;
		if (!object_is_terminating(&taking.store->object))
			object_store_secrets(taking.store->object.root, judge_ref, &taking);
	}
}

static bool is_active(const struct object *schedule)
{
	return !object_is_terminating(schedule) && !obj_true(schedule->root, "spec.suspend", false);
}

static bool has_another(const struct rule_ctx *c, struct str cluster)
{
	struct view_iter it = view_each(c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP,
					c->object->namespace, cluster);

	for (const struct known *k; (k = view_next(&it));)
		if (!str_eq(k->object.name, c->object->name) && is_active(&k->object))
			return true;
	return false;
}

/* The Cluster stays: it is known, and not going itself. */
static const struct known *staying_cluster(const struct rule_ctx *c)
{
	const struct known *cluster = schedule_cluster(c);

	return cluster && !object_is_terminating(&cluster->object) ? cluster : NULL;
}

void check_last_schedule_delete(const struct rule_ctx *c)
{
	const struct known *cluster = staying_cluster(c);
	bool suspends = c->old && is_active(c->old) && !is_active(c->object);

	if (!cluster || (c->old ? !suspends : !is_active(c->object)) ||
	    has_another(c, cluster->object.name))
		return;
	struct finding *f = finding_add(c, c->root, suspends ? "spec.suspend" : "",
					"Cluster %.*s has no other active schedule",
					STR_ARG(cluster->object.name));
	finding_effect(
		c, f,
		"no base backup is made any more, and its WAL is never deleted: that happens only with a base backup");
	finding_fix(c, f, "%s another ScheduledBackup of the Cluster first",
		    suspends ? "create or resume" : "create");
}

/* Those that the schedule made and owns; 0 when none is known. */
static size_t owned_backups(const struct rule_ctx *c, struct str cluster)
{
	size_t count = 0;
	struct view_iter it =
		view_each(c->view, REL_CLUSTER, KIND_BACKUP, c->object->namespace, cluster);

	for (const struct known *k; (k = view_next(&it));) {
		struct obj owner = obj_first(obj_at(k->object.root, "metadata.ownerReferences"));

		while (owner.node && !(str_is(obj_text(owner, "kind"), "ScheduledBackup") &&
				       str_eq(obj_text(owner, "name"), c->object->name)))
			owner = obj_next(owner);
		count += owner.node != NULL;
	}
	return count;
}

void check_owner_self_cascade(const struct rule_ctx *c)
{
	const struct known *cluster = staying_cluster(c);
	size_t owned = cluster ? owned_backups(c, cluster->object.name) : 0;

	if (!owned)
		return;
	struct finding *f =
		finding_add(c, c->root, "", "%zu Backup%s of this schedule %s deleted with it",
			    owned, owned == 1 ? "" : "s", owned == 1 ? "is" : "are");
	finding_effect(
		c, f,
		"backupOwnerReference was self; what lies in the object store stays, but nothing in Kubernetes lists it any more");
	finding_fix(c, f, "kubectl delete --cascade=orphan - keeps the Backups");
}
