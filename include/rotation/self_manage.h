/*
 * `serve --self-manage`: CA and serving certificate live in a Secret, which every replica reads,
 * makes and renews, and the CAs in the caBundle of our ValidatingWebhookConfiguration. rotation.h
 * says when; resourceVersions see to it that each change is made once. A thread of its own talks to
 * the API server; whatever that one says, what is being served stays until there is better.
 */
#ifndef ROTATION_SELF_MANAGE_H
#define ROTATION_SELF_MANAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "serve/metrics.h"

struct self_manage; /* opaque */

/* Ten years: of what lives longer nobody knows any more how to replace it. */
#define SELF_MANAGE_LONGEST (INT64_C(3652) * 86400)

struct self_manage_options {
	struct str kubeconfig, context;
	struct str secret;	  /* "NAME" or "NAMESPACE/NAME" */
	struct str names;	  /* of the certificate, with commas; empty: that of the Service */
	struct str configuration; /* the ValidatingWebhookConfiguration */
	/* Seconds; each is a small part of the one before: cmd/serve.c says how small. */
	int64_t ca_lifetime, cert_lifetime, check;
};

/* Asks nobody yet. Also a failed one is closed by the caller. */
MUST_CHECK bool self_manage_open(const struct self_manage_options *options,
				 struct self_manage **out, struct err *err);

/* Until there is a certificate that the API server trusts, as far as it lets itself be asked; logs
 * what goes wrong. False when SIGTERM or SIGINT came in on the signalfd. */
MUST_CHECK bool self_manage_wait(struct self_manage *m, int signals);

/* From now on in its own thread. The metrics must live until self_manage_close. */
void self_manage_start(struct self_manage *m, struct metrics *metrics);

/* There is a new certificate since the last call of self_manage_get. */
bool self_manage_changed(struct self_manage *m);
void self_manage_get(struct self_manage *m, struct arena *a, struct str *cert, struct str *key);

void self_manage_close(struct self_manage *m); /* NULL is fine */

#endif
