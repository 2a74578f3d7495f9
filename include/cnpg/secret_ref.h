/*
 * The keys of Secrets that an ObjectStore makes the plugin read.
 */
#ifndef CNPG_SECRET_REF_H
#define CNPG_SECRET_REF_H

#include "cnpg/object.h"

enum secret_use {
	SECRET_USE_CREDENTIAL, /* read by the sidecar: archiving, backups and retention need it */
	SECRET_USE_CA,	       /* endpointCA: projected into the Pod as a volume */
	SECRET_USE_ENV,	       /* instanceSidecarConfiguration.env: the container needs it */
};

struct secret_ref {
	enum secret_use use;
	struct str name, key;
	struct obj at; /* the selector: a map with name and key */
	bool optional; /* of an env only */
};

/*
 * Calls `each` for every selector with a name and a key that the run time really reads
 * (barman-cloud pkg/credentials/env.go): the first of AWS, Google, Azure that is set; nothing of
 * AWS with inheritFromIAMRole, of Azure with inheritFromAzureAD or useDefaultAzureCredentials;
 * endpointCA unless the credentials are Google's.
 */
typedef void secret_ref_fn(void *ctx, const struct secret_ref *ref);
void object_store_secrets(struct obj store, secret_ref_fn *each, void *ctx);
/* Of spec.configuration alone, or of the in-tree store of a Cluster. */
void configuration_secrets(struct obj configuration, secret_ref_fn *each, void *ctx);

#endif
