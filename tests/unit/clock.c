#include "base/clock.h"
#include "base/condition.h"

#include <criterion/criterion.h>

Test(clock, coarse_is_the_same_clock_and_late)
{
	int64_t before = clock_coarse_ms();
	int64_t now = clock_ms();

	cr_assert_leq(before, now);
	cr_assert_leq(now, clock_ns() / 1000000);
}

Test(condition, waits_until_a_time_of_that_clock)
{
	enum { FOR_NO_REASON = 3 };
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t c;
	int64_t end = clock_ms() + 20;

	condition_init(&c);
	pthread_mutex_lock(&lock);
	for (int i = 0; i < FOR_NO_REASON && clock_ms() < end; i++)
		condition_wait_until(&c, &lock, end);
	pthread_mutex_unlock(&lock);
	cr_assert_geq(clock_ms(), end);
	pthread_cond_destroy(&c);
}
