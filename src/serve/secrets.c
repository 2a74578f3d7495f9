#include "serve/secrets.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/condition.h"
#include "base/limits.h"

#include <inttypes.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <sys/queue.h>

/* What waits in one line waits for as long, so the first is due first. The first line goes first.
 */
enum line { LINE_SOON, LINE_AGAIN, LINE_REFUSED, LINES };
static const int64_t waits_ms[LINES] = {
	[LINE_AGAIN] = LIMIT_SECRET_SECONDS * INT64_C(1000),
	[LINE_REFUSED] = LIMIT_SECRET_REFUSED_SECONDS * INT64_C(1000),
};
_Static_assert(LIMIT_SECRETS *LIMIT_SECRET_PAUSE_MS / 1000 + LIMIT_SECRET_SECONDS <
		       LIMIT_SECRET_STALE_SECONDS,
	       "each is looked up again before it is stale");

enum { REFUSED, FAILED, ERRORS };

struct secret {
	TAILQ_ENTRY(secret) place;
	struct arena *arena; /* of its names; lives in it, too */
	struct str namespace, name;
	enum line line;
	bool asked;	/* is being looked up, and stands in no line */
	int64_t due;	/* when it may be looked up */
	int64_t looked; /* when it was */
	uint64_t round;
	struct arena *keys;	  /* of `provider`; NULL: unknown */
	struct provider provider; /* `provides` is false: absent */
};
TAILQ_HEAD(queue, secret);

struct secrets {
	void (*changed)(void *ctx);
	void *ctx;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopped;
	void *tree; /* tsearch, of struct secret */
	size_t len, beyond;
	uint64_t round; /* of references */
	struct queue lines[LINES];
	uint64_t errors[ERRORS];
};

struct secrets *secrets_new(void (*changed)(void *ctx), void *ctx)
{
	struct secrets *s = calloc(1, sizeof *s);

	if (!s)
		out_of_memory(sizeof *s);
	s->changed = changed;
	s->ctx = ctx;
	for (size_t i = 0; i < LINES; i++)
		TAILQ_INIT(&s->lines[i]);
	pthread_mutex_init(&s->lock, NULL);
	condition_init(&s->wake);
	return s;
}

static void secret_free(void *secret)
{
	struct secret *e = secret;

	arena_free(e->keys);
	arena_free(e->arena);
}

void secrets_free(struct secrets *s)
{
	if (!s)
		return;
	tdestroy(s->tree, secret_free);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static int by_name(const void *left, const void *right)
{
	const struct secret *a = left, *b = right;
	int order = str_cmp(a->namespace, b->namespace);

	return order ? order : str_cmp(a->name, b->name);
}

static struct secret *find(const struct secrets *s, struct str namespace, struct str name)
{
	const struct secret like = {.namespace = namespace, .name = name};
	struct secret **found = tfind(&like, &s->tree, by_name);

	return found ? *found : NULL;
}

static void leave_line(struct secrets *s, struct secret *e)
{
	if (!e->asked)
		TAILQ_REMOVE(&s->lines[e->line], e, place);
}

static void join_line(struct secrets *s, struct secret *e, enum line line, int64_t due)
{
	e->asked = false;
	e->line = line;
	e->due = due;
	TAILQ_INSERT_TAIL(&s->lines[line], e, place);
	pthread_cond_signal(&s->wake);
}

/* Returns whether anything was known. */
static bool forget(struct secret *e)
{
	bool known = e->keys != NULL;

	arena_free(e->keys);
	e->keys = NULL;
	e->provider = (struct provider){.provides = false};
	return known;
}

void secrets_begin(struct secrets *s)
{
	pthread_mutex_lock(&s->lock);
	s->round++;
	s->beyond = 0;
}

void secrets_refer(struct secrets *s, struct str namespace, struct str name)
{
	struct secret *e = find(s, namespace, name);
	struct arena *a;

	if (!e && object_is_name(name) && s->len == LIMIT_SECRETS)
		s->beyond++;
	if (!e && object_is_name(name) && s->len < LIMIT_SECRETS) {
		a = arena_new_blocks(LIMIT_SECRET_BLOCK);
		e = ARENA_NEW(a, struct secret);
		e->arena = a;
		e->namespace = arena_str(a, namespace);
		e->name = arena_str(a, name);
		if (!tsearch(e, &s->tree, by_name))
			out_of_memory(sizeof *e);
		s->len++;
		join_line(s, e, LINE_SOON, 0);
	}
	if (e)
		e->round = s->round;
}

/* Entries of the tree: those of another round than `unless`. */
struct gathering {
	struct secret **entries;
	size_t len;
	uint64_t unless;
};

static void gather(const void *node, VISIT visit, void *ctx)
{
	struct gathering *g = ctx;
	struct secret *e = *(struct secret *const *)node;

	if ((visit == postorder || visit == leaf) && e->round != g->unless)
		g->entries[g->len++] = e;
}

void secrets_end(struct secrets *s)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct gathering gone = {.entries = ARENA_ARRAY(a, struct secret *, s->len),
				 .unless = s->round};

	twalk_r(s->tree, gather, &gone);
	for (size_t i = 0; i < gone.len; i++) {
		tdelete(gone.entries[i], &s->tree, by_name);
		leave_line(s, gone.entries[i]);
		secret_free(gone.entries[i]);
	}
	s->len -= gone.len;
	pthread_mutex_unlock(&s->lock);
}

static void provider_copy(const struct provider *from, struct arena *a, struct provider *out)
{
	*out = *from;
	out->name = arena_str(a, from->name);
	out->keys = ARENA_ARRAY(a, struct provider_key, from->keys_len + 1);
	for (size_t i = 0; i < from->keys_len; i++) {
		out->keys[i] = from->keys[i];
		out->keys[i].name = arena_str(a, from->keys[i].name);
	}
}

static bool provider_same(const struct provider *a, const struct provider *b)
{
	if (a->provides != b->provides || a->open != b->open || a->anywhere != b->anywhere ||
	    a->keys_len != b->keys_len)
		return false;
	for (size_t i = 0; i < a->keys_len; i++)
		if (a->keys[i].flags != b->keys[i].flags || a->keys[i].ends != b->keys[i].ends ||
		    !str_eq(a->keys[i].name, b->keys[i].name))
			return false;
	return true;
}

void secrets_tell(struct secrets *s, struct inventory *inventory, struct arena *a)
{
	pthread_mutex_lock(&s->lock);
	struct gathering all = {.entries = ARENA_ARRAY(a, struct secret *, s->len),
				.unless = UINT64_MAX};
	twalk_r(s->tree, gather, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct secret *e = all.entries[i];
		struct provider secret;

		if (!e->keys)
			continue;
		provider_copy(&e->provider, a, &secret);
		inventory_add_looked_up(inventory, &secret, arena_str(a, e->namespace));
	}
	pthread_mutex_unlock(&s->lock);
}

void secrets_written(struct secrets *s, struct str namespace, struct str name, int64_t now)
{
	bool changed = false;

	pthread_mutex_lock(&s->lock);
	struct secret *e = find(s, namespace, name);
	if (e) {
		changed = forget(e);
		leave_line(s, e);
		join_line(s, e, LINE_SOON, now + LIMIT_SECRET_STORED_MS);
	}
	pthread_mutex_unlock(&s->lock);
	if (changed)
		s->changed(s->ctx);
}

/* What is known stands in LINE_AGAIN, what was looked up first before the others. */
static bool expire(struct secrets *s, int64_t now)
{
	struct queue *line = &s->lines[LINE_AGAIN];
	bool changed = false;

	for (struct secret *e; (e = TAILQ_FIRST(line)) &&
			       now - e->looked > LIMIT_SECRET_STALE_SECONDS * INT64_C(1000);) {
		changed |= forget(e);
		leave_line(s, e);
		join_line(s, e, LINE_SOON, now);
	}
	return changed;
}

static struct secret *first_due(const struct secrets *s, int64_t now)
{
	for (size_t i = 0; i < LINES; i++) {
		struct secret *e = TAILQ_FIRST(&s->lines[i]);

		if (e && e->due <= now)
			return e;
	}
	return NULL;
}

bool secrets_next(struct secrets *s, int64_t now, struct arena *a, struct secrets_turn *turn)
{
	pthread_mutex_lock(&s->lock);
	bool changed = expire(s, now);
	struct secret *e = first_due(s, now);
	if (e) {
		leave_line(s, e);
		e->asked = true;
		*turn = (struct secrets_turn){arena_str(a, e->namespace), arena_str(a, e->name)};
	}
	pthread_mutex_unlock(&s->lock);
	if (changed)
		s->changed(s->ctx);
	return e != NULL;
}

/* Returns whether it is something else than what was known. */
static bool learn(struct secret *e, const struct provider *secret)
{
	struct arena *keys;

	if (e->keys && provider_same(&e->provider, secret))
		return false;
	keys = arena_new_blocks(LIMIT_SECRET_BLOCK);
	forget(e);
	e->keys = keys;
	provider_copy(secret, keys, &e->provider);
	return true;
}

/* An answer that is no Secret is none. */
static enum secrets_found read_secret(const struct secrets_turn *turn, struct obj root,
				      struct arena *a, struct provider *out)
{
	struct object o;

	if (!object_read(root, &o) || o.kind != KIND_SECRET)
		return SECRETS_FAILED;
	o.name = turn->name;
	o.namespace = turn->namespace;
	provider_read(&o, a, out);
	return SECRETS_READ;
}

static bool settle(struct secrets *s, struct secret *e, enum secrets_found found,
		   const struct provider *secret, int64_t now)
{
	enum line line = found == SECRETS_REFUSED ? LINE_REFUSED : LINE_AGAIN;

	e->looked = now;
	join_line(s, e, line, now + waits_ms[line]);
	if (found == SECRETS_READ || found == SECRETS_ABSENT)
		return learn(e, secret);
	s->errors[found == SECRETS_REFUSED ? REFUSED : FAILED]++;
	return forget(e);
}

void secrets_answer(struct secrets *s, const struct secrets_turn *turn, enum secrets_found found,
		    struct obj root, int64_t now, struct arena *a)
{
	struct provider secret = {.name = turn->name};
	bool changed = false;

	if (found == SECRETS_READ)
		found = read_secret(turn, root, a, &secret);
	pthread_mutex_lock(&s->lock);
	struct secret *e = find(s, turn->namespace, turn->name);
	if (e && e->asked) /* else it was written, or forgotten, meanwhile */
		changed = settle(s, e, found, &secret, now);
	pthread_mutex_unlock(&s->lock);
	if (changed)
		s->changed(s->ctx);
}

/* Returns early when it stops. */
static void rest(struct secrets *s, int64_t end)
{
	pthread_mutex_lock(&s->lock);
	while (!s->stopped && clock_ms() < end)
		condition_wait_until(&s->wake, &s->lock, end);
	pthread_mutex_unlock(&s->lock);
}

/* Until one is due; false when it stops. */
static bool await_turn(struct secrets *s)
{
	pthread_mutex_lock(&s->lock);
	while (!s->stopped && !first_due(s, clock_ms())) {
		int64_t end = clock_ms() + waits_ms[LINE_REFUSED];

		for (size_t i = 0; i < LINES; i++) {
			const struct secret *e = TAILQ_FIRST(&s->lines[i]);

			if (e && e->due < end)
				end = e->due;
		}
		condition_wait_until(&s->wake, &s->lock, end);
	}
	bool go_on = !s->stopped;
	pthread_mutex_unlock(&s->lock);
	return go_on;
}

void secrets_run(struct secrets *s, secrets_ask_fn *ask, void *ctx)
{
	CLEANUP(arena) struct arena *a = arena_new();
	int64_t pause = LIMIT_SECRET_PAUSE_MS;
	struct secrets_turn turn;

	while (await_turn(s)) {
		struct obj root = {0};
		enum secrets_found found;

		if (!secrets_next(s, clock_ms(), a, &turn))
			continue;
		found = ask(ctx, &turn, a, &root);
		secrets_answer(s, &turn, found, root, clock_ms(), a);
		arena_wipe(a);
		pause = found != SECRETS_FAILED		      ? LIMIT_SECRET_PAUSE_MS
			: pause < LIMIT_SECRET_LONGEST_MS / 2 ? pause * 2
							      : LIMIT_SECRET_LONGEST_MS;
		rest(s, clock_ms() + pause);
	}
}

void secrets_stop(struct secrets *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopped = true;
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

struct tally {
	size_t known, absent;
};

static void count(const void *node, VISIT visit, void *ctx)
{
	const struct secret *e = *(struct secret *const *)node;
	struct tally *t = ctx;

	if ((visit != postorder && visit != leaf) || !e->keys)
		return;
	t->known += e->provider.provides;
	t->absent += !e->provider.provides;
}

void secrets_metrics(struct secrets *s, struct buf *out)
{
	struct tally t = {0};

	pthread_mutex_lock(&s->lock);
	twalk_r(s->tree, count, &t);
	buf_fmt(out,
		"# HELP backup_guard_cache_secrets Secrets that live objects refer to, by what is known of them.\n"
		"# TYPE backup_guard_cache_secrets gauge\n"
		"backup_guard_cache_secrets{state=\"known\"} %zu\n"
		"backup_guard_cache_secrets{state=\"absent\"} %zu\n"
		"backup_guard_cache_secrets{state=\"unknown\"} %zu\n",
		t.known, t.absent, s->len + s->beyond - t.known - t.absent);
	buf_fmt(out,
		"# HELP backup_guard_cache_secret_errors_total Secrets that were not read.\n"
		"# TYPE backup_guard_cache_secret_errors_total counter\n"
		"backup_guard_cache_secret_errors_total{reason=\"refused\"} %" PRIu64 "\n"
		"backup_guard_cache_secret_errors_total{reason=\"failed\"} %" PRIu64 "\n",
		s->errors[REFUSED], s->errors[FAILED]);
	pthread_mutex_unlock(&s->lock);
}
