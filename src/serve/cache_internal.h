/* What the keeper of the cache shares with those who tell of it. */
#ifndef SERVE_CACHE_INTERNAL_H
#define SERVE_CACHE_INTERNAL_H

#include "serve/cache.h"

#include "base/arena.h"
#include "base/limits.h"
#include "cnpg/reduce.h"

#include <pthread.h>
#include <stdatomic.h>

/* The objects of one kind. */
struct shelf {
	void *tree;		    /* tsearch, of struct kept; under the cache's lock */
	uint64_t list;		    /* the number of the last one; under the cache's lock */
	atomic_size_t len, skipped; /* all, and those of them that could not be read */
	atomic_bool synced;	    /* it was listed once */
	atomic_bool absent;	    /* the API server does not serve it */
	_Atomic int64_t heard;	    /* when anything was last heard of it */
	_Atomic int64_t failing;    /* since when; 0: it is not */
	atomic_uint_fast64_t errors;
};

struct cache {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct shelf shelves[CACHE_KINDS];
	bool dirty;	/* since the last snapshot was begun; under the lock */
	uint64_t epoch; /* what was lost since is no part of a snapshot; under the lock */
	int64_t born;
	atomic_bool stopped, published;
	atomic_uint_fast64_t built;
	_Atomic int64_t build_ns; /* of the last one */
	struct secrets *secrets;  /* NULL: none is looked up */

	pthread_mutex_t snapshot_lock;
	struct cache_snapshot *snapshot;
};

enum shelf_state {
	SHELF_KNOWN,
	SHELF_ABSENT, /* not served: none of it is known, which says nothing of the others */
	SHELF_COLD,   /* never listed */
	SHELF_FAILING,
	SHELF_SILENT,
};
enum shelf_state shelf_state(const struct shelf *s, int64_t now);
bool shelf_is_lost(const struct shelf *s, int64_t now); /* of the last two */

/* Every object of the kind is known: what is not, is not there. */
bool shelf_is_whole(const struct shelf *s, int64_t now);

/* No kind is in one of the last three: what is known of the others can be relied on. */
bool cache_is_relied_on(const struct cache *c, int64_t now);

#endif
