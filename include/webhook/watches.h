/*
 * The threads that keep the webhook's cache: one for each kind that is watched, with a connection
 * of its own, one that looks up Secrets, and one that makes snapshots.
 */
#ifndef WEBHOOK_WATCHES_H
#define WEBHOOK_WATCHES_H

#include "base/err.h"
#include "serve/cache.h"

struct serve_cache;

/* False when the kubeconfig cannot be read: an API server that is away comes back. */
struct serve_cache_options {
	struct str kubeconfig, context;
	bool secrets; /* those that live objects refer to are looked up */
};
MUST_CHECK bool serve_cache_start(const struct serve_cache_options *o, struct serve_cache **out,
				  struct err *err);
struct cache *serve_cache_of(const struct serve_cache *s); /* of NULL: NULL */

/* Ends and joins the threads, frees the cache. After the server has gone. NULL is fine. */
void serve_cache_stop(struct serve_cache *s);

#endif
