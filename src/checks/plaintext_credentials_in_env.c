/* Secret keys that stand in clear in an environment variable. */
#include "facts/store.h"

static void check_plaintext_credentials_in_env(const struct rule_ctx *c)
{
	static const char *const secrets[] = {
		"AWS_SECRET_ACCESS_KEY",   "AWS_SESSION_TOKEN",
		"AZURE_STORAGE_KEY",	   "AZURE_STORAGE_CONNECTION_STRING",
		"AZURE_STORAGE_SAS_TOKEN", "AZURE_CLIENT_SECRET"};
	struct obj env = obj_at(c->root, c->object->kind == KIND_CLUSTER ? "spec.env" : STORE_ENV);

	for (struct obj e = obj_first(env); e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name"), value = obj_text(e, "value");

		for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
			if (!str_is(name, secrets[i]) || !value.len ||
			    value_is_placeholder(value, NULL))
				continue;
			struct finding *f =
				finding_add(c, e, "value", "%s holds a literal value", secrets[i]);
			finding_effect(
				c, f,
				"everybody who may read the object or its repository can read the backups");
			finding_fix(c, f, "valueFrom: {secretKeyRef: {name: <secret>, key: %s}}",
				    secrets[i]);
			finding_confidential(f);
		}
	}
}

static const struct rule rows[] = {
	{
		.id = "plaintext-credentials-in-env",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plaintext_credentials_in_env,
		.summary = "A secret key stands in clear in an environment variable",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},
};

RULE_ROWS(plaintext_credentials_in_env);
