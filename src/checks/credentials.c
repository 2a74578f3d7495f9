/* Credentials of a store: whole, of one kind, and in a Secret that is there. */
#include "base/utc.h"
#include "facts/secrets.h"
#include "facts/store.h"

#include <string.h>

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

static bool says(struct str key, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= key.len; i++)
		if (str_eq_nocase(str_slice(key, i, i + len), str_from(word)))
			return true;
	return false;
}

static bool is_id(struct str key)
{
	return !says(key, "secret") && (says(key, "access") || says(key, "id"));
}

static bool is_secret(struct str key)
{
	return says(key, "secret") && !says(key, "id");
}

static void check_credentials_swapped(const struct rule_ctx *c)
{
	struct obj s3 = obj_at(store_configuration(c), "s3Credentials");
	struct str id = obj_text(s3, "accessKeyId.key"),
		   secret = obj_text(s3, "secretAccessKey.key");
	struct finding *f;

	if (obj_true(s3, "inheritFromIAMRole", false) || value_is_placeholder(id, NULL) ||
	    value_is_placeholder(secret, NULL))
		return;
	if (id.len && str_eq(id, secret) &&
	    str_eq(obj_text(s3, "accessKeyId.name"), obj_text(s3, "secretAccessKey.name"))) {
		f = finding_add(c, s3, "secretAccessKey.key",
				"accessKeyId and secretAccessKey are one key, %.*s", STR_ARG(id));
		finding_fix(c, f, "the key of the other in one of them");
	} else if (is_secret(id) && is_id(secret)) {
		f = finding_add(c, s3, "accessKeyId.key",
				"accessKeyId reads key %.*s, and secretAccessKey %.*s", STR_ARG(id),
				STR_ARG(secret));
		finding_fix(c, f, "exchange the two keys");
	} else {
		return;
	}
	finding_effect(
		c, f,
		"the store refuses every request: \"InvalidAccessKeyId\" or \"403 Forbidden\"");
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
	{
		.id = "credentials-swapped",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_credentials_swapped,
		.summary = "The keys of id and secret say the opposite of what they are",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
		.superseded_by = "policy-credentials-secret",
	},
};

RULE_ROWS(credentials);
