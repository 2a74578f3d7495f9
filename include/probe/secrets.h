/*
 * Secrets of a live cluster, for struct probe_secrets. The API server is asked when the first one
 * is wanted: who checks manifests may have none.
 */
#ifndef PROBE_SECRETS_H
#define PROBE_SECRETS_H

#include "kube/kube.h"
#include "probe/settings.h"

struct probe_live {
	struct str file, context; /* as kube_config_load takes them */
	struct arena *arena;
	struct kube_config config;
	struct kube *kube; /* NULL: not open yet; who made the struct closes it */
};

/* probe_secrets.read; its ctx is a struct probe_live. A Secret without a namespace is looked for in
 * that of the configuration. */
MUST_CHECK bool probe_live_read(void *ctx, struct str namespace, struct str name, struct arena *a,
				struct obj *out, struct err *err);

/* Opens it, if it is not. */
MUST_CHECK bool probe_live_open(struct probe_live *live, struct err *err);

#endif
