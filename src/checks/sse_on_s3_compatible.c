/* Server-side encryption that a store may not have. */
#include "facts/store.h"

static void encryption(const struct rule_ctx *c, const char *path, struct str host)
{
	enum store_kind kind = store_kind(store_configuration(c));
	struct str value;
	struct finding *f;

	if (obj_str(store_configuration(c), path, &value) != OBJ_SET || !value.len ||
	    value_is_placeholder(value, NULL))
		return;
	bool kms = str_is(value, "aws:kms");
	if (host.len) {
		f = finding_add(c, store_configuration(c), path,
				"%s: %.*s on %.*s, which is not AWS", path, STR_ARG(value),
				STR_ARG(host));
		finding_effect(
			c, f,
			"a store that has no %s refuses every upload, or ignores it and encrypts nothing",
			kms ? "key service" : "server-side encryption");
	} else {
		f = finding_add(c, store_configuration(c), path, "%s: %.*s beside %s", path,
				STR_ARG(value),
				kind == STORE_GOOGLE ? "googleCredentials" : "azureCredentials");
		finding_effect(c, f,
			       "barman-cloud uses it with S3 only: nothing is encrypted by it");
	}
	finding_fix(c, f, "remove it, and set the bucket's default encryption in the store");
	if (host.len && kms)
		finding_at_least(f, SEV_DENY);
}

static void check_sse_on_s3_compatible(const struct rule_ctx *c)
{
	enum store_kind kind = store_kind(store_configuration(c));
	struct str host = STR_EMPTY;

	if (kind == STORE_NONE ||
	    (kind == STORE_S3 && !store_foreign_host(store_configuration(c), &host)))
		return;
	encryption(c, "wal.encryption", host);
	encryption(c, "data.encryption", host);
}

static const struct rule rows[] = {
	{
		.id = "sse-on-s3-compatible",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_sse_on_s3_compatible,
		.summary = "Server-side encryption is asked of a store that may not have it",
		.reference = "cloudnative-pg/plugin-barman-cloud#646",
	},
};

RULE_ROWS(sse_on_s3_compatible);
