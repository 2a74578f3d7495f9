/*
 * The only place that asks what time it is. What decides by time is given it (`now`), so that a
 * test can choose it; who calls that asks here.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_utc(void); /* seconds, as base/utc.h counts them */

/* Of a clock that nobody sets. */
int64_t clock_ns(void);
int64_t clock_ms(void);
/* The same clock as that of clock_ms, some milliseconds late, and cheaper. */
int64_t clock_coarse_ms(void);

#endif
