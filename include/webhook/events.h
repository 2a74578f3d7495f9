/*
 * The thread that writes Kubernetes Events about denials (core v1, which every tool shows), with a
 * connection of its own to the API server. An Event is best effort: what the API server refuses is
 * logged, rarely, and counted.
 */
#ifndef WEBHOOK_EVENTS_H
#define WEBHOOK_EVENTS_H

#include "base/err.h"
#include "serve/events.h"

struct serve_events;

/* False when the kubeconfig cannot be read: an API server that is away comes back. */
MUST_CHECK bool serve_events_start(struct str kubeconfig, struct str context,
				   struct serve_events **out, struct err *err);
struct events *serve_events_of(const struct serve_events *s); /* of NULL: NULL */

/* The drain begins: what waits is written now. NULL is fine. */
void serve_events_hurry(struct serve_events *s);

/* Ends and joins the thread; what has no Event by now gets none. After the server has gone. NULL is
 * fine. */
void serve_events_stop(struct serve_events *s);

#endif
