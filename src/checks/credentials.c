/* Credentials of a store: whole, of one kind, and in a Secret that is there. */
#include "base/utc.h"
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

#define SOON (INT64_C(14) * UTC_DAY) /* time enough to make another */

static void ask_end(void *ctx, const struct secret_ref *ref)
{
	struct secret_asking *a = ctx;
	const struct rule_ctx *c = a->c;
	struct provider_key said = {.ends = 0};
	bool ca = ref->use == SECRET_USE_CA;
	char shown[UTC_TEXT];

	if (ref->use == SECRET_USE_ENV || secret_find(c, ref, &said) != SECRET_HAS_KEY ||
	    !said.ends || said.ends > c->now + SOON || ca != !!(said.flags & SECRET_FLAG_PEM))
		return;
	bool over = said.ends <= c->now;
	struct finding *f = finding_add(c, ref->at, "key", "%s under %.*s of Secret %.*s %s %s",
					ca ? "the certificate" : "the SAS token", STR_ARG(ref->key),
					STR_ARG(ref->name), over ? "has expired:" : "expires",
					utc_format(said.ends, shown));
	finding_scope(f, SCOPE_BUNDLE);
	finding_subject(c, f, over ? STR("expired") : STR("expires"));
	if (ca)
		finding_effect(
			c, f,
			"%s every connection to the store fails: its certificate is checked against this one",
			over ? "since then" : "from then on");
	else
		finding_effect(
			c, f,
			"%s the store refuses every request: no WAL is archived and no backup made",
			over ? "since then" : "from then on");
	finding_fix(c, f, "%s under %.*s of Secret %.*s",
		    ca ? "the present certificate of the CA" : "a new SAS token", STR_ARG(ref->key),
		    STR_ARG(ref->name));
	if (!over)
		finding_at_most(f, SEV_WARN);
}

static void check_credentials_expired(const struct rule_ctx *c)
{
	struct secret_asking a = {.c = c};

	secret_each(&a, ask_end);
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
		.id = "credentials-expired",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_credentials_expired,
		.summary = "A SAS token or the certificate of a CA is out of date",
		.reference = "cloudnative-pg/cloudnative-pg#3287",
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
