/*
 * The life of a running server in its owner's thread: signals, reloads, the drain.
 */
#ifndef WEBHOOK_RUN_H
#define WEBHOOK_RUN_H

#include "webhook/event_writer.h"
#include "webhook/files.h"
#include "webhook/watches.h"

struct serving {
	struct webhook_files files;
	struct server *server;
	struct watches *cache;	     /* NULL: without --cache */
	struct event_writer *events; /* NULL: without --events */
	int64_t not_after;	     /* of the serving certificate */
	int64_t warned_day;	     /* when its end was last logged */
	struct {
		bool asked;    /* by SIGHUP: what comes of it is told */
		bool failed;   /* the last time... */
		int64_t retry; /* ...and this is when it is tried again */
		bool hangs;    /* that is told */
	} reloads[FILES];
};

/* Logs, once a day from two weeks before the certificate ends. */
void webhook_warn_of_expiry(struct serving *s);

/* The next signal, or 0: some time has passed, or a file is read. */
int webhook_signal(const struct serving *s, int signals, int timeout_ms);

/* Until SIGTERM or SIGINT comes in on the signalfd. SIGHUP and changed files reload. */
void webhook_run(struct serving *s, int signals);

/* Answers on for that long, sheds in its last part, leaves when nobody is being answered; at once
 * on a second signal. */
void webhook_drain(struct serving *s, int signals, int64_t seconds);

#endif
