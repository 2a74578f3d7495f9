/*
 * The threads that keep the webhook's cache: one for each kind that is watched, with a connection
 * of its own, one that looks up Secrets, and one that makes snapshots.
 */
#ifndef WEBHOOK_WATCHES_H
#define WEBHOOK_WATCHES_H

#include "base/err.h"
#include "serve/cache.h"

struct watches;

/* False when the kubeconfig cannot be read: an API server that is away comes back. */
struct watches_options {
	struct str kubeconfig, context;
	bool secrets; /* those that live objects refer to are looked up */
};
MUST_CHECK bool watches_start(const struct watches_options *o, struct watches **out,
			      struct err *err);
struct cache *watches_cache(const struct watches *s); /* of NULL: NULL */

/* Ends and joins the threads, frees the cache. After the server has gone. NULL is fine. */
void watches_stop(struct watches *s);

#endif
