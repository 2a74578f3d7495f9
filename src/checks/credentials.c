/* Credentials of a store: whole, of one kind, and in a Secret that is there. */
#include "facts/secrets.h"
#include "facts/store.h"

static void check_credentials_absent(const struct rule_ctx *c)
{
	store_credentials_absent(c, store_configuration(c));
}

static void check_credentials_kinds_mixed(const struct rule_ctx *c)
{
	store_credentials_kinds_mixed(c, store_configuration(c));
}

static void check_credentials_incomplete(const struct rule_ctx *c)
{
	store_credentials_incomplete(c, store_configuration(c));
}

#define ALL_FAIL                                                                                   \
	"without it WAL archiving, backups and retention all fail, and WAL fills the volume "      \
	"until PostgreSQL stops"

static void check_credentials_secret_missing(const struct rule_ctx *c)
{
	struct secret_asking a = {.c = c, .use = SECRET_USE_CREDENTIAL, .effect = ALL_FAIL};

	secret_each(&a, secret_ask);
}

static void check_credentials_key_missing(const struct rule_ctx *c)
{
	struct secret_asking a = {.c = c, .use = SECRET_USE_CREDENTIAL, .effect = ALL_FAIL};

	secret_each(&a, secret_ask_key);
}

static const struct rule rows[] = {
	{
		.id = "credentials-absent",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_credentials_absent,
		.summary = "An ObjectStore without credentials",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "credentials-incomplete",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_credentials_incomplete,
		.summary = "Credentials lack a part that is read at every backup",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "credentials-key-missing",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_credentials_key_missing,
		.summary = "The Secret of the credentials has no such key",
		.reference = "cloudnative-pg/barman-cloud pkg/credentials/env.go",
	},
	{
		.id = "credentials-kinds-mixed",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_credentials_kinds_mixed,
		.summary = "Credentials of several kinds stand side by side",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
	{
		.id = "credentials-secret-missing",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_credentials_secret_missing,
		.summary = "The Secret of the credentials is not there",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
};

RULE_ROWS(credentials);
