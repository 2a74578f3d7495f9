/* What the files of kube share; for this folder only. */
#ifndef KUBE_INTERNAL_H
#define KUBE_INTERNAL_H

#include "http/http.h"
#include "kube/kube.h"

/* exec.c: credential plugins */
struct credential {
	struct str token, cert, key; /* empty: none; PEM */
	int64_t until;		     /* seconds, UTC; INT64_MAX: it does not say */
};

/* Runs the program and reads what it prints: status of an ExecCredential. It ends at its limit, or
 * when the client stops, and everything that it has started and that could still print with it. */
MUST_CHECK bool exec_run(const struct kube *k, const struct kube_config *config, struct arena *a,
			 struct credential *out, struct err *err);

/* peek.c: the text at a path of names, which ends with NULL, in JSON that may be cut off anywhere;
 * as it is written, and empty when it is not there or not whole. */
struct str peek(struct str json, const char *const *path);

/* client.c */

/* One request; `how` says how its answer is read, and gets the rest from `call`. True when there
 * was an answer, whatever its status. */
bool kube_transfer(struct kube *k, const struct kube_call *call, struct http_call *how,
		   struct arena *a, struct err *err);

/* Of the answer that is being read, or was last; 0: there was none. */
long kube_status(const struct kube *k);

/* Says what the API server said. Returns false. */
bool kube_refused(const struct kube_call *call, const struct kube_answer *answer, struct arena *a,
		  struct err *err);

bool kube_stopped(const struct kube *k);
/* Tenths of a second, or until it is stopped. */
void kube_pause(const struct kube *k, unsigned tenths);

#endif
