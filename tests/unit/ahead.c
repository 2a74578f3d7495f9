#include "base/ahead.h"
#include "base/limits.h"
#include "base/macros.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

#define WINDOW 5

struct job {
	atomic_size_t taken;	  /* pieces before it may be forgotten */
	atomic_size_t times[500]; /* that a piece was done */
	size_t places[WINDOW];	  /* not atomic: a sanitizer sees who shares one */
	atomic_bool early;	  /* a piece was begun while its place was still used */
};

static void piece(void *ctx, size_t i)
{
	struct job *j = ctx;

	if (i >= atomic_load(&j->taken) + WINDOW)
		atomic_store(&j->early, true);
	atomic_fetch_add(&j->times[i], 1);
	j->places[i % WINDOW] = i * i;
}

static void take_all(size_t len)
{
	static struct job j;
	const struct ahead_work work = {.len = len, .window = WINDOW, .piece = piece, .ctx = &j};
	struct ahead *a = ahead_start(&work);

	for (size_t i = 0; i < len; i++) {
		atomic_store(&j.taken, i);
		ahead_take(a, i);
		cr_assert_eq(j.places[i % WINDOW], i * i, "piece %zu", i);
	}
	ahead_end(a);
	for (size_t i = 0; i < len; i++)
		cr_assert_eq(atomic_load(&j.times[i]), 1, "piece %zu", i);
	cr_assert_not(atomic_load(&j.early));
}

Test(ahead, pieces_are_taken_in_order_and_done_once)
{
	take_all(500);
}

Test(ahead, there_may_be_fewer_pieces_than_places)
{
	take_all(0);
	take_all(1);
}

Test(ahead, whoever_takes_no_more_ends_it)
{
	static struct job j;
	const struct ahead_work work = {.len = 500, .window = WINDOW, .piece = piece, .ctx = &j};
	struct ahead *a = ahead_start(&work);

	ahead_take(a, 0);
	ahead_take(a, 1);
	ahead_end(a);
	ahead_end(NULL);
	cr_assert_eq(atomic_load(&j.times[1]), 1);
	cr_assert_eq(atomic_load(&j.times[1 + WINDOW]), 0);
}

/* The first two wait for each other. */
static void meet(void *ctx, size_t i)
{
	if (i < 2)
		pthread_barrier_wait(ctx);
}

Test(ahead, on_two_cores_two_pieces_are_done_at_a_time, .timeout = 60)
{
	pthread_barrier_t both;
	const struct ahead_work work = {
		.len = 2 * LIMIT_THREAD_PIECES, .window = WINDOW, .piece = meet, .ctx = &both};
	cpu_set_t set;
	struct ahead *a;

	if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2)
		cr_skip("there is one core");
	cr_assert_eq(pthread_barrier_init(&both, NULL, 2), 0);
	a = ahead_start(&work);
	for (size_t i = 0; i < work.len; i++)
		ahead_take(a, i);
	ahead_end(a);
	pthread_barrier_destroy(&both);
}
