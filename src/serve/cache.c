/*
 * The objects that watches tell of, each in memory of its own, and the snapshots made of them.
 */
#include "cache_internal.h"

#include "base/clock.h"
#include "base/condition.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const enum kind kinds[CACHE_KINDS] = {KIND_OBJECT_STORE, KIND_CLUSTER,
					     KIND_SCHEDULED_BACKUP};

/* Kinds that rules look for and that nobody watches: Backups come by the thousand, and Secrets are
 * nobody's to list. */
#define UNWATCHED (KIND_ALL & ~(KIND_OBJECT_STORE | KIND_CLUSTER | KIND_SCHEDULED_BACKUP))

#define BUILD_SHARE 10 /* one part in so many of a thread's time */
#define FREE_WAIT_NS 1000000

/* Lives in its own arena. */
struct kept {
	atomic_uint count;
	struct arena *arena;
	struct object object;
	uint64_t list; /* in which it was seen last; under the cache's lock */
	bool skipped;  /* nothing but its name is known */
};

struct cache_snapshot {
	atomic_uint count;
	struct arena *arena;
	struct inventory *inventory;
	struct kept **entries; /* counted */
	size_t len;
	uint64_t epoch;	  /* of the cache when it was begun */
	unsigned unknown; /* kinds of which not all was known then */
};

enum kind cache_kind(size_t which)
{
	return kinds[which];
}

struct cache *cache_new(int64_t now)
{
	struct cache *c = calloc(1, sizeof *c);

	if (!c)
		out_of_memory(sizeof *c);
	c->born = now;
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->snapshot_lock, NULL);
	condition_init(&c->changed);
	return c;
}

static void kept_drop(void *kept)
{
	struct kept *e = kept;

	if (e && atomic_fetch_sub(&e->count, 1) == 1)
		arena_free(e->arena);
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	cache_drop(c->snapshot);
	for (size_t i = 0; i < CACHE_KINDS; i++)
		tdestroy(c->shelves[i].tree, kept_drop);
	secrets_free(c->secrets);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->snapshot_lock);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static int by_name(const void *left, const void *right)
{
	const struct kept *a = left, *b = right;
	int order = str_cmp(a->object.namespace, b->object.namespace);

	return order ? order : str_cmp(a->object.name, b->object.name);
}

/* Under the lock. */
static void note_change(struct cache *c)
{
	c->dirty = true;
	pthread_cond_signal(&c->changed);
}

static void secrets_changed(void *cache)
{
	struct cache *c = cache;

	pthread_mutex_lock(&c->lock);
	note_change(c);
	pthread_mutex_unlock(&c->lock);
}

void cache_look_up_secrets(struct cache *c)
{
	c->secrets = secrets_new(secrets_changed, c);
}

struct secrets *cache_secrets(const struct cache *c)
{
	return c->secrets;
}

static void is_well(struct shelf *s, int64_t now)
{
	atomic_store(&s->heard, now);
	atomic_store(&s->failing, 0);
}

/* What was lost is not found by one event: the others may still be on their way. */
static void note_life(struct shelf *s, int64_t now)
{
	if (!shelf_is_lost(s, now))
		is_well(s, now);
}

void cache_begin(struct cache *c, size_t which)
{
	pthread_mutex_lock(&c->lock);
	c->shelves[which].list++;
	pthread_mutex_unlock(&c->lock);
}

static struct kept *kept_new(struct obj root, enum kind kind, bool skipped)
{
	struct arena *a = arena_new_blocks(LIMIT_CACHE_BLOCK);
	struct kept *e = ARENA_NEW(a, struct kept);

	e->arena = a;
	atomic_init(&e->count, 1);
	e->skipped = skipped;
	object_reduce_neighbour(root, kind, a, &e->object);
	return e;
}

/* What most events tell of is in no field that is kept. */
static bool is_same(const struct kept *a, const struct kept *b)
{
	return a->skipped == b->skipped && obj_equal(a->object.root, b->object.root);
}

static void count_skipped(struct shelf *s, const struct kept *taken, const struct kept *put)
{
	size_t before = taken && taken->skipped, after = put && put->skipped;

	atomic_fetch_add(&s->skipped, after - before);
}

/* Returns the one that has no place any more. */
static struct kept *shelve(struct cache *c, struct shelf *s, struct kept *new)
{
	struct kept **slot = tsearch(new, &s->tree, by_name);

	if (!slot)
		out_of_memory(sizeof *slot);
	struct kept *old = *slot;
	new->list = s->list;
	if (old == new) {
		atomic_fetch_add(&s->len, 1);
		count_skipped(s, NULL, new);
		note_change(c);
		return NULL;
	}
	if (is_same(old, new)) {
		old->list = new->list;
		return new;
	}
	*slot = new;
	count_skipped(s, old, new);
	note_change(c);
	return old;
}

/* True when something has changed. */
static bool put(struct cache *c, size_t which, struct kept *new, int64_t now)
{
	struct shelf *s = &c->shelves[which];
	struct kept *left = new;

	note_life(s, now);
	if (new->object.name.len) { /* else it cannot be read, nor can anybody name it */
		pthread_mutex_lock(&c->lock);
		left = shelve(c, s, new);
		pthread_mutex_unlock(&c->lock);
	}
	kept_drop(left);
	return left != new;
}

void cache_put(struct cache *c, size_t which, struct obj object, int64_t now)
{
	put(c, which, kept_new(object, kinds[which], false), now);
}

bool cache_skip(struct cache *c, size_t which, struct obj object, int64_t now)
{
	return put(c, which, kept_new(object, kinds[which], true), now);
}

/* Under the lock. */
static void take_away(struct cache *c, struct shelf *s, struct kept *e)
{
	tdelete(e, &s->tree, by_name);
	atomic_fetch_sub(&s->len, 1);
	count_skipped(s, e, NULL);
	kept_drop(e);
	note_change(c);
}

void cache_remove(struct cache *c, size_t which, struct obj object, int64_t now)
{
	struct shelf *s = &c->shelves[which];
	const struct kept like = {.object = {.namespace = obj_text(object, "metadata.namespace"),
					     .name = obj_text(object, "metadata.name")}};

	note_life(s, now);
	pthread_mutex_lock(&c->lock);
	struct kept **found = tfind(&like, &s->tree, by_name);
	if (found)
		take_away(c, s, *found);
	pthread_mutex_unlock(&c->lock);
}

/* Some entries of a tree, in its order. */
struct gathering {
	struct kept **entries;
	size_t len;
	uint64_t unless_list;
};

static void gather(const void *node, VISIT visit, void *ctx)
{
	struct gathering *g = ctx;
	struct kept *e = *(struct kept *const *)node;

	if ((visit == postorder || visit == leaf) && e->list != g->unless_list)
		g->entries[g->len++] = e;
}

/* Returns the one before. */
static struct cache_snapshot *exchange(struct cache *c, struct cache_snapshot *s)
{
	pthread_mutex_lock(&c->snapshot_lock);
	struct cache_snapshot *old = c->snapshot;
	c->snapshot = s;
	atomic_store(&c->published, s != NULL);
	pthread_mutex_unlock(&c->snapshot_lock);
	return old;
}

/* But those of a list. Under the lock. */
static void take_all_away(struct cache *c, struct shelf *s, uint64_t but)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct gathering gone = {.entries = ARENA_ARRAY(a, struct kept *, atomic_load(&s->len)),
				 .unless_list = but};

	twalk_r(s->tree, gather, &gone);
	for (size_t i = 0; i < gone.len; i++)
		take_away(c, s, gone.entries[i]);
}

/* What was known cannot be relied on any more: no snapshot of before is shown. Under the lock;
 * returns the one that was. */
static struct cache_snapshot *begin_epoch(struct cache *c)
{
	c->epoch++;
	note_change(c);
	return exchange(c, NULL);
}

void cache_synced(struct cache *c, size_t which, int64_t now)
{
	struct shelf *s = &c->shelves[which];
	struct cache_snapshot *old = NULL;

	pthread_mutex_lock(&c->lock);
	take_all_away(c, s, s->list);
	enum shelf_state state = shelf_state(s, now);
	if (state == SHELF_ABSENT)
		note_change(c);
	else if (state != SHELF_KNOWN)
		old = begin_epoch(c); /* before anybody can take it for what was just listed */
	is_well(s, now);
	atomic_store(&s->synced, true);
	atomic_store(&s->absent, false);
	pthread_mutex_unlock(&c->lock);
	cache_drop(old);
}

bool cache_absent(struct cache *c, size_t which, int64_t now)
{
	struct shelf *s = &c->shelves[which];
	struct cache_snapshot *old = NULL;

	pthread_mutex_lock(&c->lock);
	bool new = !atomic_load(&s->absent);
	if (new) {
		take_all_away(c, s, UINT64_MAX);
		old = begin_epoch(c);
	}
	is_well(s, now);
	atomic_store(&s->absent, true);
	pthread_mutex_unlock(&c->lock);
	cache_drop(old);
	return new;
}

bool cache_alive(struct cache *c, size_t which, int64_t now)
{
	struct shelf *s = &c->shelves[which];
	bool failed = atomic_load(&s->failing) != 0;

	note_life(s, now);
	return failed && !atomic_load(&s->failing);
}

bool cache_failed(struct cache *c, size_t which, int64_t now)
{
	struct shelf *s = &c->shelves[which];

	atomic_fetch_add(&s->errors, 1);
	if (atomic_load(&s->failing))
		return false;
	atomic_store(&s->failing, now);
	return true;
}

static bool is_synced(const struct cache *c)
{
	for (size_t i = 0; i < CACHE_KINDS; i++)
		if (!atomic_load(&c->shelves[i].synced) && !atomic_load(&c->shelves[i].absent))
			return false;
	return true;
}

/* What stands on the shelves now, each with a count. Under the lock. */
static struct cache_snapshot *snapshot_begin(struct cache *c)
{
	struct cache_snapshot *s = calloc(1, sizeof *s);
	struct gathering all = {.unless_list = UINT64_MAX};
	size_t len = 0;

	if (!s)
		out_of_memory(sizeof *s);
	atomic_init(&s->count, 1);
	s->arena = arena_new();
	for (size_t i = 0; i < CACHE_KINDS; i++) {
		len += atomic_load(&c->shelves[i].len);
		if (atomic_load(&c->shelves[i].absent) || atomic_load(&c->shelves[i].skipped))
			s->unknown |= kinds[i];
	}
	all.entries = ARENA_ARRAY(s->arena, struct kept *, len);
	for (size_t i = 0; i < CACHE_KINDS; i++)
		twalk_r(c->shelves[i].tree, gather, &all);
	for (size_t i = 0; i < all.len; i++)
		atomic_fetch_add(&all.entries[i]->count, 1);
	s->entries = all.entries;
	s->len = all.len;
	s->epoch = c->epoch;
	return s;
}

struct reference {
	struct secrets *secrets;
	struct str namespace;
};

static void refer(void *ctx, const struct secret_ref *ref)
{
	const struct reference *r = ctx;

	secrets_refer(r->secrets, r->namespace, ref->name);
}

/* The secrets are locked for this only, not while the inventory is made. */
static void tell_of_secrets(struct cache_snapshot *s, const struct known *const *all,
			    struct secrets *secrets)
{
	secrets_begin(secrets);
	for (size_t i = 0; i < s->len; i++)
		if (all[i])
			known_secrets(all[i], refer,
				      &(struct reference){secrets, all[i]->object.namespace});
	secrets_end(secrets);
	secrets_tell(secrets, s->inventory, s->arena);
}

static void snapshot_finish(struct cache_snapshot *s, struct secrets *secrets)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct known **all = ARENA_ARRAY(a, const struct known *, s->len + 1);

	s->inventory = inventory_new(s->arena);
	inventory_expect(s->inventory, s->len);
	inventory_is_whole_but(s->inventory, UNWATCHED | s->unknown);
	for (size_t i = 0; i < s->len; i++)
		if (!s->entries[i]->skipped)
			all[i] = inventory_add(s->inventory, &s->entries[i]->object, STR_EMPTY, 0);
	if (secrets)
		tell_of_secrets(s, all, secrets);
	inventory_settle(s->inventory);
}

/* It is freed here, not by the request that reads it last. */
static void retire(const struct cache *c, struct cache_snapshot *old)
{
	const struct timespec pause = {.tv_nsec = FREE_WAIT_NS};

	while (old && atomic_load(&old->count) > 1 && !cache_stopped(c))
		nanosleep(&pause, NULL);
	cache_drop(old);
}

struct cache_snapshot *cache_refresh_begin(struct cache *c)
{
	struct cache_snapshot *s = NULL;

	pthread_mutex_lock(&c->lock);
	if (c->dirty && is_synced(c)) {
		c->dirty = false;
		s = snapshot_begin(c);
	}
	pthread_mutex_unlock(&c->lock);
	return s;
}

void cache_refresh_end(struct cache *c, struct cache_snapshot *s)
{
	snapshot_finish(s, c->secrets);
	pthread_mutex_lock(&c->lock);
	if (s->epoch == c->epoch)
		s = exchange(c, s);
	pthread_mutex_unlock(&c->lock);
	retire(c, s);
	atomic_fetch_add(&c->built, 1);
}

bool cache_refresh(struct cache *c)
{
	struct cache_snapshot *s = cache_refresh_begin(c);

	if (s)
		cache_refresh_end(c, s);
	return s != NULL;
}

/* Returns early when the cache stops. */
static void pause_until(struct cache *c, int64_t end)
{
	pthread_mutex_lock(&c->lock);
	while (!cache_stopped(c) && clock_ms() < end)
		condition_wait_until(&c->changed, &c->lock, end);
	pthread_mutex_unlock(&c->lock);
}

static void await_change(struct cache *c)
{
	pthread_mutex_lock(&c->lock);
	while (!cache_stopped(c) && !(c->dirty && is_synced(c)))
		pthread_cond_wait(&c->changed, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

void cache_run(struct cache *c)
{
	while (!cache_stopped(c)) {
		await_change(c);
		int64_t begin = clock_ns();
		if (cache_refresh(c)) {
			int64_t end = clock_ns(), took = end - begin;

			atomic_store(&c->build_ns, took);
			pause_until(c, (end + took * (BUILD_SHARE - 1)) / 1000000 + 1);
		}
	}
}

void cache_stop(struct cache *c)
{
	pthread_mutex_lock(&c->lock);
	atomic_store(&c->stopped, true);
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	if (c->secrets)
		secrets_stop(c->secrets);
}

bool cache_stopped(const struct cache *c)
{
	return atomic_load(&c->stopped);
}

struct cache_snapshot *cache_acquire(struct cache *c, int64_t now)
{
	if (!cache_is_relied_on(c, now))
		return NULL;
	pthread_mutex_lock(&c->snapshot_lock);
	struct cache_snapshot *s = c->snapshot;
	if (s)
		atomic_fetch_add(&s->count, 1);
	pthread_mutex_unlock(&c->snapshot_lock);
	return s;
}

void cache_drop(struct cache_snapshot *s)
{
	if (!s || atomic_fetch_sub(&s->count, 1) != 1)
		return;
	for (size_t i = 0; i < s->len; i++)
		kept_drop(s->entries[i]);
	arena_free(s->arena);
	free(s);
}

const struct inventory *cache_inventory(const struct cache_snapshot *s)
{
	return s ? s->inventory : NULL;
}
