#include "base/ahead.h"

#include "base/limits.h"
#include "base/macros.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

struct ahead {
	struct ahead_work work;
	pthread_mutex_t lock;
	pthread_cond_t room, done; /* for a thread to work on; of a piece that is waited for */
	size_t next;		   /* the first that nobody has begun */
	size_t taken;		   /* the one taken last */
	bool *is_done;		   /* by place */
	size_t idle;		   /* threads that wait for room */
	bool waited_for, over;
	pthread_t threads[LIMIT_THREADS];
	size_t threads_len;
};

static bool has_room(const struct ahead *a)
{
	return a->next < a->work.len && a->next < a->taken + a->work.window;
}

/* With the lock, which it gives away meanwhile. */
static void work_on_next(struct ahead *a)
{
	size_t i = a->next++;

	pthread_mutex_unlock(&a->lock);
	a->work.piece(a->work.ctx, i);
	pthread_mutex_lock(&a->lock);
	a->is_done[i % a->work.window] = true;
	if (a->waited_for)
		pthread_cond_signal(&a->done);
}

static void *life(void *ctx)
{
	struct ahead *a = ctx;

	pthread_mutex_lock(&a->lock);
	while (!a->over && a->next < a->work.len) {
		if (has_room(a)) {
			work_on_next(a);
			continue;
		}
		a->idle++;
		pthread_cond_wait(&a->room, &a->lock);
		a->idle--;
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* Beside the one that takes. A thread costs more than a few pieces. */
static size_t threads_wanted(size_t pieces)
{
	cpu_set_t set;
	size_t cores = sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
	size_t wanted = cores > 1 ? cores - 1 : 0;

	if (wanted > pieces / LIMIT_THREAD_PIECES)
		wanted = pieces / LIMIT_THREAD_PIECES;
	return wanted < LIMIT_THREADS ? wanted : LIMIT_THREADS;
}

struct ahead *ahead_start(const struct ahead_work *work)
{
	struct ahead *a = calloc(1, sizeof *a);
	size_t wanted = threads_wanted(work->len);

	if (!a)
		out_of_memory(sizeof *a);
	a->work = *work;
	a->is_done = calloc(work->window, sizeof *a->is_done);
	if (!a->is_done)
		out_of_memory(work->window);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->room, NULL);
	pthread_cond_init(&a->done, NULL);
	while (a->threads_len < wanted &&
	       pthread_create(&a->threads[a->threads_len], NULL, life, a) == 0)
		a->threads_len++;
	return a;
}

void ahead_take(struct ahead *a, size_t i)
{
	size_t place = i % a->work.window;

	pthread_mutex_lock(&a->lock);
	a->taken = i;
	/* Not for each place that is free again: waking costs as much as a piece. */
	if (a->idle && a->next - a->taken <= a->work.window / 2)
		pthread_cond_broadcast(&a->room);
	while (!a->is_done[place]) {
		if (has_room(a)) {
			work_on_next(a);
			continue;
		}
		a->waited_for = true;
		pthread_cond_wait(&a->done, &a->lock);
		a->waited_for = false;
	}
	a->is_done[place] = false;
	pthread_mutex_unlock(&a->lock);
}

void ahead_end(struct ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->over = true;
	pthread_cond_broadcast(&a->room);
	pthread_mutex_unlock(&a->lock);
	for (size_t i = 0; i < a->threads_len; i++)
		pthread_join(a->threads[i], NULL);
	pthread_cond_destroy(&a->done);
	pthread_cond_destroy(&a->room);
	pthread_mutex_destroy(&a->lock);
	free(a->is_done);
	free(a);
}
