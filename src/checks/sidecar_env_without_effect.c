/* Variables of the sidecar that nothing reads. */
#include "facts/store.h"

/* Other programs and other libraries read them; what boto3 and barman-cloud read in their place. */
static const struct {
	const char *name, *instead; /* NULL: nothing is needed */
} unread[] = {
	{"AWS_REGION", "AWS_DEFAULT_REGION"}, {"REGION", "AWS_DEFAULT_REGION"},
	{"AWS_ENDPOINT", "endpointURL"},      {"AWS_ENDPOINTS", "endpointURL"},
	{"AWS_S3_ENDPOINT", "endpointURL"},   {"S3_ENDPOINT", "endpointURL"},
	{"S3_ENDPOINT_URL", "endpointURL"},   {"AWS_S3_FORCE_PATH_STYLE", NULL},
	{"AWS_S3_ADDRESSING_STYLE", NULL},
};

/* What the variable was meant to set is set. */
static bool is_set(const struct rule_ctx *c, const char *instead)
{
	struct obj configuration = store_configuration(c);
	bool iam = obj_true(configuration, "s3Credentials.inheritFromIAMRole", false);

	if (str_is(str_from(instead), "endpointURL"))
		return obj_type(obj_at(configuration, instead)) > OBJ_NULL_VALUE ||
		       store_has_env(c, "AWS_ENDPOINT_URL") ||
		       store_has_env(c, "AWS_ENDPOINT_URL_S3");
	return store_has_env(c, instead) ||
	       (!iam && obj_type(obj_at(configuration, "s3Credentials.region")) > OBJ_NULL_VALUE);
}

static void without_effect(const struct rule_ctx *c, struct obj at, const char *name,
			   const char *instead)
{
	struct finding *f = finding_add(c, at, "name", "%s sets nothing", name);

	if (!instead) {
		finding_effect(
			c, f,
			"boto3 does not read it; with an endpointURL it puts the bucket into the path anyway");
		finding_fix(c, f, "remove it");
	} else if (str_is(str_from(instead), "endpointURL")) {
		finding_effect(c, f, "boto3 does not read it: requests go to AWS");
		finding_fix(c, f, "endpointURL in the configuration, in place of the variable");
	} else {
		finding_effect(c, f, "boto3 does not read it: requests are signed for us-east-1");
		finding_fix(c, f, "name: %s", instead);
	}
}

static void check_sidecar_env_without_effect(const struct rule_ctx *c)
{
	struct obj env = obj_at(c->root, STORE_ENV);

	if (store_kind(store_configuration(c)) != STORE_S3 || obj_type(env) != OBJ_LIST)
		return;
	for (struct obj e = obj_first(env); e.node; e = obj_next(e))
		for (size_t i = 0; i < ARRAY_LEN(unread); i++)
			if (str_is(obj_text(e, "name"), unread[i].name) &&
			    !(unread[i].instead && is_set(c, unread[i].instead)))
				without_effect(c, e, unread[i].name, unread[i].instead);
}

static const struct rule rows[] = {
	{
		.id = "sidecar-env-without-effect",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.partial = true,
		.check = check_sidecar_env_without_effect,
		.summary = "A variable of the sidecar is one that nothing reads",
		.reference = "cloudnative-pg/charts#758",
		.superseded_by = "endpoint-aws-redundant-or-region",
	},
};

RULE_ROWS(sidecar_env_without_effect);
