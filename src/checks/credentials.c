#include "checks/checks.h"
#include "facts/secrets.h"
#include "facts/store.h"

void check_credentials_absent(const struct rule_ctx *c)
{
	store_credentials_absent(c, store_configuration(c));
}

void check_credentials_kinds_mixed(const struct rule_ctx *c)
{
	store_credentials_kinds_mixed(c, store_configuration(c));
}

void check_credentials_incomplete(const struct rule_ctx *c)
{
	store_credentials_incomplete(c, store_configuration(c));
}

#define ALL_FAIL                                                                                   \
	"without it WAL archiving, backups and retention all fail, and WAL fills the volume "      \
	"until PostgreSQL stops"

void check_credentials_secret_missing(const struct rule_ctx *c)
{
	struct secret_asking a = {.c = c, .use = SECRET_USE_CREDENTIAL, .effect = ALL_FAIL};

	secret_each(&a, secret_ask);
}

void check_credentials_key_missing(const struct rule_ctx *c)
{
	struct secret_asking a = {.c = c, .use = SECRET_USE_CREDENTIAL, .effect = ALL_FAIL};

	secret_each(&a, secret_ask_key);
}
