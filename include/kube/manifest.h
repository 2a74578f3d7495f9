/*
 * What is live, as the text of a manifest: a List in JSON, which is read as a file is. Kinds are
 * listed one after the other; the items of a list do not say their kind, and here they do.
 */
#ifndef KUBE_MANIFEST_H
#define KUBE_MANIFEST_H

#include "base/json.h"
#include "cnpg/reduce.h"
#include "kube/kube.h"

struct kube_manifest {
	struct kube *kube;
	struct arena *arena; /* of the text */
	/* What is kept of objects of the kinds that it has rows of; NULL: all are whole. */
	const struct reduce_table *kept;
	/* the rest is ours */
	struct buf text;
	struct json json;
	const struct kind_api *api;
	size_t len; /* of the text, before this kind, and whether a comma is due there */
	bool comma;
};

/* Sets the rest. */
void kube_manifest_open(struct kube_manifest *m);
/* Adds the objects of a kind, in a namespace or (empty) in all. False after an error; *status is
 * that of the answer then, or 0 when there was none, and nothing of the kind is added. */
MUST_CHECK bool kube_manifest_list(struct kube_manifest *m, const struct kind_api *api,
				   struct str namespace, long *status, struct err *err);
/* The same of kinds of ours. That the API server does not know ObjectStores is no error: nobody can
 * list them where there is no plugin. */
MUST_CHECK bool kube_manifest_list_all(struct kube_manifest *m, const enum kind *kinds, size_t len,
				       struct str namespace, struct err *err);
/* The text. */
struct str kube_manifest_close(struct kube_manifest *m);

#endif
