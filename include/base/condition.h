/* Conditions of pthread that are waited for until a time of clock_ms, which nobody sets. */
#ifndef BASE_CONDITION_H
#define BASE_CONDITION_H

#include <pthread.h>
#include <stdint.h>

/* The owner ends it with pthread_cond_destroy. */
void condition_init(pthread_cond_t *c);

/* With the lock held. Returns when it was signalled, when clock_ms is `end`, or for no reason: the
 * caller looks again at what it waits for and at the clock. */
void condition_wait_until(pthread_cond_t *c, pthread_mutex_t *lock, int64_t end);

#endif
