/*
 * The thread that writes Kubernetes Events about denials (core v1, which every tool shows), with a
 * connection of its own to the API server. An Event is best effort: what the API server refuses is
 * logged, rarely, and counted.
 */
#ifndef WEBHOOK_EVENT_WRITER_H
#define WEBHOOK_EVENT_WRITER_H

#include "base/err.h"
#include "serve/events.h"

struct event_writer;

/* False when the kubeconfig cannot be read: an API server that is away comes back. */
MUST_CHECK bool event_writer_start(struct str kubeconfig, struct str context,
				   struct event_writer **out, struct err *err);
struct events *event_writer_of(const struct event_writer *s); /* of NULL: NULL */

/* The drain begins: what waits is written now. NULL is fine. */
void event_writer_hurry(struct event_writer *s);

/* Ends and joins the thread; what has no Event by now gets none. After the server has gone. NULL is
 * fine. */
void event_writer_stop(struct event_writer *s);

#endif
