#include "base/clock.h"

#include <time.h>

static int64_t nanoseconds(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t clock_utc(void)
{
	return (int64_t)time(NULL);
}

int64_t clock_ns(void)
{
	return nanoseconds(CLOCK_MONOTONIC);
}

int64_t clock_ms(void)
{
	return clock_ns() / 1000000;
}

int64_t clock_coarse_ms(void)
{
	return nanoseconds(CLOCK_MONOTONIC_COARSE) / 1000000;
}
