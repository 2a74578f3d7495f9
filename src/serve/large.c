/*
 * Large reviews: a queue of suspended connections, and the threads that answer them, so that small
 * ones wait for none. Side by side are only so many as take the memory of one of the largest.
 */
#include "server_internal.h"

#include <sys/resource.h>
#include <unistd.h>

/* A thread of small reviews that wakes up takes the core from one of these at once. */
#define LARGE_NICE 10

/* A buffer that grew beyond this is not kept: an API server's own store takes objects of 1.5 MiB,
 * of which an UPDATE has two. */
#define LARGE_SPARE_BYTES (4u << 20)

/* The next one, taken out; NULL: it is stopped. Who waits and is told to keeps no memory. */
static struct conn *next(struct large *l, struct arena **a)
{
	struct conn *c = NULL;

	pthread_mutex_lock(&l->lock);
	while (!l->stopped &&
	       !(l->first && (!l->bytes || l->bytes + l->first->body.len <= LIMIT_BODY_BYTES))) {
		if (l->resting) {
			arena_free(*a);
			*a = NULL;
		}
		pthread_cond_wait(&l->changed, &l->lock);
	}
	if (!l->stopped) {
		c = l->first;
		l->first = c->next_large;
		if (!l->first)
			l->last = &l->first;
		l->bytes += c->body.len;
	}
	pthread_mutex_unlock(&l->lock);
	return c;
}

static void done(struct large *l, size_t size)
{
	pthread_mutex_lock(&l->lock);
	l->bytes -= size;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

static void *life(void *ctx)
{
	struct large *l = ctx;
	struct arena *a = NULL;
	struct conn *c;

	/* Of this thread alone. Refused, it is as fast as the others: no harm. */
	setpriority(PRIO_PROCESS, (id_t)gettid(), LARGE_NICE);
	while ((c = next(l, &a))) {
		size_t size = c->body.len;

		if (!a)
			a = arena_new_blocks(ARENA_LARGE_BLOCK);
		l->answer(c, a);
		arena_recycle(a, l->keep);
		done(l, size);
		MHD_resume_connection(c->connection);
	}
	arena_free(a);
	return NULL;
}

void large_start(struct large *l, size_t threads, large_answer_fn *answer)
{
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->changed, NULL);
	l->last = &l->first;
	l->answer = answer;
	l->keep = ARENA_LARGE_KEEP / threads;
	for (; l->len < threads; l->len++)
		if (pthread_create(&l->threads[l->len], NULL, life, l) != 0)
			out_of_memory(0);
}

bool large_push(struct large *l, struct conn *c)
{
	bool taken;

	pthread_mutex_lock(&l->lock);
	taken = !l->stopped;
	if (taken) {
		state_set(c, CONN_WAITING);
		MHD_suspend_connection(c->connection); /* before anybody can resume it */
		c->next_large = NULL;
		*l->last = c;
		l->last = &c->next_large;
		pthread_cond_signal(&l->changed);
	}
	pthread_mutex_unlock(&l->lock);
	return taken;
}

struct buf large_body(struct large *l)
{
	struct buf body = {0};

	pthread_mutex_lock(&l->lock);
	l->resting = false;
	if (l->spare_len)
		body = l->spare[--l->spare_len];
	pthread_mutex_unlock(&l->lock);
	return body;
}

void large_body_back(struct large *l, struct buf *body)
{
	pthread_mutex_lock(&l->lock);
	if (body->cap && body->cap <= LARGE_SPARE_BYTES && !l->resting &&
	    l->spare_len < ARRAY_LEN(l->spare)) {
		body->len = 0;
		l->spare[l->spare_len++] = *body;
		*body = (struct buf){0};
	}
	pthread_mutex_unlock(&l->lock);
	buf_release(body);
}

void large_rest(struct large *l)
{
	pthread_mutex_lock(&l->lock);
	l->resting = true;
	while (l->spare_len)
		buf_release(&l->spare[--l->spare_len]);
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
}

void large_stop(struct large *l)
{
	pthread_mutex_lock(&l->lock);
	l->stopped = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	while (l->len)
		pthread_join(l->threads[--l->len], NULL);
	for (struct conn *c = l->first, *after; c; c = after) {
		after = c->next_large;
		c->refusal = REFUSE_DRAIN;
		MHD_resume_connection(c->connection);
	}
	l->first = NULL;
}

void large_free(struct large *l)
{
	large_rest(l);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
}
