#include "serve/events.h"

#include "base/clock.h"
#include "base/condition.h"
#include "base/limits.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define SECOND INT64_C(1000)
#define INTERVAL SECOND /* between two Events, in the long run */

/* One denial, and the Event that tells it. */
struct slot {
	struct arena *arena; /* of the denial; NULL: never used */
	struct review_denial denial;
	int64_t first, last, count; /* not yet told; count 0: nothing is to be done */
	int64_t due;
	int64_t used; /* when the denial came last */
	int64_t told;
	char version[64]; /* of the Event; a number, and longer ones are not kept */
	size_t version_len;
	int tries;
	bool taken;
};

struct events {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct slot slots[LIMIT_EVENTS];
	int64_t allowed; /* when the next one may be written, had there been no burst: GCRA */
	uint64_t created, updated, failed, dropped;
	bool hurry;
	atomic_bool stopped;
};

struct events *events_new(void)
{
	struct events *e = calloc(1, sizeof *e);

	if (!e)
		out_of_memory(sizeof *e);
	pthread_mutex_init(&e->lock, NULL);
	condition_init(&e->changed);
	return e;
}

void events_free(struct events *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < LIMIT_EVENTS; i++)
		arena_free(e->slots[i].arena);
	pthread_cond_destroy(&e->changed);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

static void copy_denial(struct arena *a, const struct review_denial *from, struct review_denial *to)
{
	*to = (struct review_denial){.api_version = arena_str(a, from->api_version),
				     .kind = arena_str(a, from->kind),
				     .namespace = arena_str(a, from->namespace),
				     .name = arena_str(a, from->name),
				     .uid = arena_str(a, from->uid),
				     .operation = arena_str(a, from->operation),
				     .message = arena_str(a, from->message),
				     .fingerprint = from->fingerprint};
}

/* The words are always the newest. */
static void fill(struct slot *s, const struct review_denial *d)
{
	arena_free(s->arena);
	s->arena = arena_new_blocks(LIMIT_EVENT_BYTES * 2);
	copy_denial(s->arena, d, &s->denial);
}

/* The one of this denial, else one that is free, else the one that was not needed for the longest
 * time; NULL: every one has still something to tell. */
static struct slot *find(struct events *e, const struct review_denial *d)
{
	struct slot *best = NULL;

	for (size_t i = 0; i < LIMIT_EVENTS; i++) {
		struct slot *s = &e->slots[i];

		if (s->arena && s->denial.fingerprint == d->fingerprint)
			return s;
		if (!s->count && !s->taken && (!best || s->used < best->used))
			best = s;
	}
	if (best) {
		arena_free(best->arena);
		*best = (struct slot){.arena = NULL};
	}
	return best;
}

void events_add(struct events *e, const struct review_denial *d, int64_t time, int64_t now)
{
	pthread_mutex_lock(&e->lock);
	struct slot *s = find(e, d);
	if (s) {
		fill(s, d);
		s->used = now;
		s->last = time;
		if (!s->count++)
			s->first = time;
		if (s->count == 1)
			pthread_cond_signal(&e->changed);
	} else {
		e->dropped++;
	}
	pthread_mutex_unlock(&e->lock);
}

/* The one that is due first; NULL: nothing is to be told. */
static struct slot *earliest(struct events *e)
{
	struct slot *first = NULL;

	for (size_t i = 0; i < LIMIT_EVENTS; i++) {
		struct slot *s = &e->slots[i];

		if (s->count && !s->taken && (!first || s->due < first->due))
			first = s;
	}
	return first;
}

static int64_t due(const struct events *e, const struct slot *s)
{
	int64_t burst = e->allowed - (LIMIT_EVENTS_BURST - 1) * INTERVAL;

	return e->hurry || s->due < burst ? burst : s->due;
}

bool events_take(struct events *e, int64_t now, struct arena *a, struct events_task *out)
{
	pthread_mutex_lock(&e->lock);
	struct slot *s = earliest(e);
	bool found = s && due(e, s) <= now;
	if (found) {
		copy_denial(a, &s->denial, &out->denial);
		out->first = s->first;
		out->last = s->last;
		out->count = s->count;
		out->version = arena_str(a, (struct str){s->version, s->version_len});
		out->told = s->told;
		out->slot = (size_t)(s - e->slots);
		s->taken = true;
		s->count = 0;
		e->allowed = (e->allowed > now ? e->allowed : now) + INTERVAL;
	}
	pthread_mutex_unlock(&e->lock);
	return found;
}

static void keep(struct slot *s, const struct events_task *task)
{
	s->tries = 0;
	s->told = task->told;
	s->version_len = task->version.len <= sizeof s->version ? task->version.len : 0;
	for (size_t i = 0; i < s->version_len; i++)
		s->version[i] = task->version.ptr[i];
}

void events_done(struct events *e, const struct events_task *task, enum events_result result,
		 int64_t now)
{
	struct slot *s = &e->slots[task->slot];

	pthread_mutex_lock(&e->lock);
	BUG_IF(!s->taken);
	s->taken = false;
	s->due = now + LIMIT_EVENTS_PAUSE_SECONDS * SECOND;
	if (result == EVENTS_LATER && ++s->tries < LIMIT_EVENTS_TRIES) {
		s->count += task->count;
		s->first = task->first;
	} else if (result == EVENTS_LATER || result == EVENTS_FAILED) {
		s->tries = 0;
		e->failed++;
	} else {
		keep(s, task);
		e->created += result == EVENTS_CREATED;
		e->updated += result == EVENTS_UPDATED;
	}
	pthread_mutex_unlock(&e->lock);
}

bool events_wait(struct events *e)
{
	pthread_mutex_lock(&e->lock);
	while (!events_stopped(e)) {
		const struct slot *s = earliest(e);
		int64_t until = s ? due(e, s) : 0;

		if (!s) {
			pthread_cond_wait(&e->changed, &e->lock);
			continue;
		}
		if (until <= clock_ms())
			break;
		condition_wait_until(&e->changed, &e->lock, until);
	}
	pthread_mutex_unlock(&e->lock);
	return !events_stopped(e);
}

static void tell(struct events *e, bool stop)
{
	pthread_mutex_lock(&e->lock);
	e->hurry = true;
	if (stop)
		atomic_store(&e->stopped, true);
	pthread_cond_broadcast(&e->changed);
	pthread_mutex_unlock(&e->lock);
}

void events_hurry(struct events *e)
{
	tell(e, false);
}

void events_stop(struct events *e)
{
	tell(e, true);
}

bool events_stopped(const struct events *e)
{
	return atomic_load(&e->stopped);
}

size_t events_waiting(struct events *e)
{
	size_t waiting = 0;

	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < LIMIT_EVENTS; i++)
		waiting += e->slots[i].count > 0;
	pthread_mutex_unlock(&e->lock);
	return waiting;
}

void events_metrics(struct events *e, struct buf *out)
{
	pthread_mutex_lock(&e->lock);
	buf_fmt(out,
		"# HELP backup_guard_events_total Events about denials; dropped: too many waited.\n"
		"# TYPE backup_guard_events_total counter\n"
		"backup_guard_events_total{result=\"created\"} %" PRIu64 "\n"
		"backup_guard_events_total{result=\"updated\"} %" PRIu64 "\n"
		"backup_guard_events_total{result=\"failed\"} %" PRIu64 "\n"
		"backup_guard_events_total{result=\"dropped\"} %" PRIu64 "\n",
		e->created, e->updated, e->failed, e->dropped);
	pthread_mutex_unlock(&e->lock);
}
