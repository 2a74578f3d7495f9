/*
 * The webhook of `serve` from its start to its end: certificate and policy are read, what keeps the
 * cache, writes Events and renews the certificate is started, the server answers until a signal
 * ends it, and everything is taken down again.
 */
#ifndef WEBHOOK_WEBHOOK_H
#define WEBHOOK_WEBHOOK_H

#include "base/err.h"
#include "policy/source.h"
#include "rotation/self_manage.h"

/* Of the words of the command line; who calls has seen to it that they agree with one another. */
struct webhook_options {
	struct str cert, key;	/* files; empty with self_manage */
	struct str client_ca;	/* a file; empty: clients are not asked for a certificate */
	struct str client_name; /* with commas: a client's certificate has one; empty: any */
	struct policy_source policy;
	struct str listen, health;	/* as in serve/server.h */
	struct str address_file;	/* gets the addresses really bound; empty: none */
	struct str kubeconfig, context; /* empty: as kubectl, or as the Pod */
	int64_t drain;			/* seconds */
	int64_t threads;		/* as in serve/server.h; 0: by the cores */
	bool cache, cache_secrets, events, self_manage;
	/* Whoever asks is believed, as with a client CA. Without either, nobody is told of other
	 * objects: the cache and Events are as if they had not been asked for. */
	bool trust_network;
	struct self_manage_options manage; /* its kubeconfig and context are those above */
};

/* Returns when it is over; false when it could not begin. Logs on stderr. The arena holds what is
 * needed until then. */
MUST_CHECK bool webhook_serve(const struct webhook_options *options, struct arena *a,
			      struct err *err);

#endif
