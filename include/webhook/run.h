/*
 * The life of a running server in its owner's thread: signals, reloads, the drain.
 */
#ifndef WEBHOOK_RUN_H
#define WEBHOOK_RUN_H

#include "webhook/watches.h"
#include "webhook/events.h"
#include "webhook/files.h"

struct serving {
	struct serve_files files;
	struct server *server;
	struct serve_cache *cache;   /* NULL: without --cache */
	struct serve_events *events; /* NULL: without --events */
	int64_t not_after;	     /* of the serving certificate */
	int64_t warned_day;	     /* when its end was last logged */
	unsigned failed;	     /* bits of serve_changed: the last reload of it failed... */
	int64_t retry;		     /* ...and this is when it is tried again */
};

/* Logs, once a day from two weeks before the certificate ends. */
void serve_warn_of_expiry(struct serving *s);

/* Until SIGTERM or SIGINT comes in on the signalfd. SIGHUP and changed files reload. */
void serve_run(struct serving *s, int signals);

/* Answers on for that long, sheds in its last part, leaves when nobody is being answered; at once
 * on a second signal. */
void serve_drain(struct serving *s, int signals, int64_t seconds);

#endif
