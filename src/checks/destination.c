/* destinationPath: its form, and whether it goes with the credentials. */
#include "facts/store.h"

static void check_destination_path_invalid(const struct rule_ctx *c)
{
	store_destination_invalid(c, store_configuration(c));
}

static void check_destination_credentials_mismatch(const struct rule_ctx *c)
{
	store_destination_mismatch(c, store_configuration(c));
}

static const struct rule rows[] = {
	{
		.id = "destination-credentials-mismatch",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_destination_credentials_mismatch,
		.summary = "destinationPath belongs to another provider than the credentials",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "destination-path-invalid",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_destination_path_invalid,
		.summary = "destinationPath is not a URL that barman-cloud understands",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
		.superseded_by = "policy-destination",
	},
};

RULE_ROWS(destination);
