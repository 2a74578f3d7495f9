#include "base/condition.h"

#include <time.h>

void condition_init(pthread_cond_t *c)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(c, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void condition_wait_until(pthread_cond_t *c, pthread_mutex_t *lock, int64_t end)
{
	const struct timespec until = {.tv_sec = end / 1000, .tv_nsec = end % 1000 * 1000000};

	pthread_cond_timedwait(c, lock, &until);
}
