/* Credential plugins. */
#ifndef KUBE_EXEC_H
#define KUBE_EXEC_H

#include "kube/config.h"

struct credential {
	struct str token, cert, key; /* empty: none; PEM */
	int64_t until;		     /* seconds, UTC; INT64_MAX: it does not say */
};

/* Runs the program and reads what it prints: status of an ExecCredential. */
MUST_CHECK bool exec_run(const struct kube_config *config, struct arena *a, struct credential *out,
			 struct err *err);

#endif
