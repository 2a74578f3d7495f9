/*
 * Pieces of work that are done ahead on all cores and taken in their order: what comes of them is
 * the same on any number of cores. Who takes them works along while the next one is not done.
 */
#ifndef BASE_AHEAD_H
#define BASE_AHEAD_H

#include <stddef.h>

struct ahead;

struct ahead_work {
	size_t len; /* pieces, numbered from 0 */
	/* Pieces that are there at a time, the one taken last included: piece `i` may use what
	 * belongs to place `i % window`. */
	size_t window;
	/* Each piece once, in any thread, several at a time. */
	void (*piece)(void *ctx, size_t i);
	void *ctx;
};

/* Starts threads as there are cores and pieces for them, perhaps none. Never fails. */
struct ahead *ahead_start(const struct ahead_work *work);

/* Returns when piece `i` is done. It may be used until the next one is taken. In order, from 0. */
void ahead_take(struct ahead *a, size_t i);

/* Joins the threads. Pieces that nobody took may have been done or not: those that are have been
 * begun before. NULL is fine. */
void ahead_end(struct ahead *a);

#endif
