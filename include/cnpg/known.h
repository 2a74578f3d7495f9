/*
 * What is known of one object, for an inventory and for what is judged beside one.
 */
#ifndef CNPG_KNOWN_H
#define CNPG_KNOWN_H

#include "cnpg/archive.h"
#include "cnpg/provider.h"
#include "cnpg/secret_ref.h"

struct known {
	struct object object;	 /* root is absent when it provides a Secret */
	struct archive *archive; /* of a Cluster, else NULL */
	struct provider secret;	 /* of what provides a Secret */
	struct str file;	 /* where it stands; empty in a live cluster */
	uint32_t bundle;	 /* 0 in a live cluster */
	bool looked_up;		 /* a Secret as it was some time ago: see inventory_add_looked_up */
};

/* Of another kind, and known for what it tells of ours: a ConfigMap (where a Secret is meant), a
 * Bundle that makes one, a NetworkPolicy. Found as KIND_OTHER. */
bool known_is_beside(const struct object *object);

/* Of a Cluster, ScheduledBackup, Backup, ObjectStore, whatever provides a Secret, or stands beside;
 * NULL for an object that is none of these. Its text and tree are borrowed. */
struct known *known_make(const struct object *object, struct arena *a);

/* Every key of a Secret that it makes the run time read: of an ObjectStore, or of the in-tree
 * stores of a Cluster's archive. */
void known_secrets(const struct known *k, secret_ref_fn *each, void *ctx);

/* The same kind, namespace and name. */
bool known_same(const struct object *a, const struct object *b);

#endif
