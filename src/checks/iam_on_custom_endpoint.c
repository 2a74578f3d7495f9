/* An IAM role of AWS where there is no AWS. */
#include "facts/store.h"

static void check_iam_on_custom_endpoint(const struct rule_ctx *c)
{
	static const char *const sources[] = {"AWS_WEB_IDENTITY_TOKEN_FILE",
					      "AWS_ROLE_ARN",
					      "AWS_ACCESS_KEY_ID",
					      "AWS_SHARED_CREDENTIALS_FILE",
					      "AWS_CONFIG_FILE",
					      "AWS_CONTAINER_CREDENTIALS_FULL_URI"};
	struct str host;
	struct finding *f;

	if (!obj_true(store_configuration(c), "s3Credentials.inheritFromIAMRole", false) ||
	    !store_foreign_host(store_configuration(c), &host))
		return;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (store_has_env(c, sources[i]))
			return;
	f = finding_add(c, store_configuration(c), "s3Credentials.inheritFromIAMRole",
			"inheritFromIAMRole: true with %.*s, which is not AWS", STR_ARG(host));
	finding_effect(c, f, "an IAM role of AWS is no login there; boto3 finds no credentials");
	finding_fix(
		c, f,
		"accessKeyId and secretAccessKey, or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the sidecar's env");
}

static const struct rule rows[] = {
	{
		.id = "iam-on-custom-endpoint",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_iam_on_custom_endpoint,
		.summary = "An IAM role of AWS is used with a store that is not AWS",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
};

RULE_ROWS(iam_on_custom_endpoint);
