/*
 * What the webhook knows beside the object under review: the live objects of some kinds, kept by
 * watches (webhook/watches.h), each reduced to what rules read. Requests read a snapshot: an
 * inventory that never changes, made anew after changes by a thread of its own, and counted.
 * Secrets are not watched but looked up (serve/secrets.h), when that is asked for.
 *
 * What is absent or stale is unknown: until each kind was listed once, and when a watch is not
 * heard of, there is no snapshot. A kind that the API server does not serve (yet) is unknown by
 * itself: nothing of it is said to be missing, and the others are known. A request waits for one
 * lock, that of the snapshot's pointer.
 *
 * `now` is in milliseconds of the monotonic clock.
 */
#ifndef SERVE_CACHE_H
#define SERVE_CACHE_H

#include "serve/secrets.h"

#define CACHE_KINDS 3 /* ObjectStore, Cluster, ScheduledBackup */

struct cache;
struct cache_snapshot;

struct cache *cache_new(int64_t now);
/* From the beginning: what live objects refer to is looked up, too. */
void cache_look_up_secrets(struct cache *c);
struct secrets *cache_secrets(const struct cache *c); /* NULL: they are not */
void cache_free(struct cache *c); /* NULL is fine; after the last drop of a snapshot */

enum kind cache_kind(size_t which); /* the kind at this place of the table */

/* What a watch tells, of each kind from one thread. */
void cache_begin(struct cache *c, size_t which); /* a list begins, maybe anew */
void cache_put(struct cache *c, size_t which, struct obj object, int64_t now);
/* One that is there and cannot be read: it is too large. Until it can, or is gone, what is not
 * known of its kind may be there. True when that is new. */
bool cache_skip(struct cache *c, size_t which, struct obj object, int64_t now);
void cache_remove(struct cache *c, size_t which, struct obj object, int64_t now);
void cache_synced(struct cache *c, size_t which, int64_t now); /* the list is complete */
/* The API server does not serve the kind. True when that is new. */
bool cache_absent(struct cache *c, size_t which, int64_t now);
/* Nothing has happened, and we would have heard of it. True when it was failing until now. */
bool cache_alive(struct cache *c, size_t which, int64_t now);
/* True when it had not failed before. */
bool cache_failed(struct cache *c, size_t which, int64_t now);

/* It was known, and is not any more: only a new list makes it known again. */
bool cache_is_lost(const struct cache *c, size_t which, int64_t now);

/* Makes snapshots until cache_stop, at once after a change, but with a tenth of its time at most:
 * the whole life of a thread. */
void cache_run(struct cache *c);
void cache_stop(struct cache *c);
bool cache_stopped(const struct cache *c);
/* The same once, when something has changed and every kind was listed or is not served. For tests.
 */
bool cache_refresh(struct cache *c);
/* Its two halves: NULL, there is nothing to do; and the end of one that was begun. */
struct cache_snapshot *cache_refresh_begin(struct cache *c);
void cache_refresh_end(struct cache *c, struct cache_snapshot *s);

/* One count for the caller; NULL when nothing is known that can be relied on. */
struct cache_snapshot *cache_acquire(struct cache *c, int64_t now);
void cache_drop(struct cache_snapshot *s);				 /* NULL is fine */
const struct inventory *cache_inventory(const struct cache_snapshot *s); /* of NULL: NULL */

/* Every kind was listed or is not served, or it has been waited for long enough: a webhook that
 * cannot reach the API server still judges each object by itself. */
bool cache_is_ready(const struct cache *c, int64_t now);
/* The rest of a line for a person: "; the cluster is known", but for what, or why not. Appends. */
void cache_describe(const struct cache *c, int64_t now, struct buf *out);
void cache_metrics(const struct cache *c, int64_t now, struct buf *out);

#endif
