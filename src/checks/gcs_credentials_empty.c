/* googleCredentials that say neither a key file nor a GKE environment. */
#include "facts/store.h"

static void check_gcs_credentials_empty(const struct rule_ctx *c)
{
	store_gcs_credentials_empty(c, store_configuration(c));
}

static const struct rule rows[] = {
	{
		.id = "gcs-credentials-empty",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_gcs_credentials_empty,
		.summary = "googleCredentials say neither a key file nor a GKE environment",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
};

RULE_ROWS(gcs_credentials_empty);
