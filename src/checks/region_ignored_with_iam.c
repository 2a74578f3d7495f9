/* A region that is not read beside an IAM role. */
#include "facts/store.h"

static void check_region_ignored_with_iam(const struct rule_ctx *c)
{
	struct obj s3 = obj_at(store_configuration(c), "s3Credentials");
	struct finding *f;

	if (!obj_true(s3, "inheritFromIAMRole", false) ||
	    obj_type(obj_at(s3, "region")) != OBJ_MAP || store_has_env(c, "AWS_DEFAULT_REGION"))
		return;
	f = finding_add(c, s3, "region", "region stands beside inheritFromIAMRole: true");
	finding_effect(c, f, "with an IAM role nothing else of s3Credentials is read");
	finding_fix(
		c, f,
		"env: [{name: AWS_DEFAULT_REGION, value: REGION}] in instanceSidecarConfiguration");
}

static const struct rule rows[] = {
	{
		.id = "region-ignored-with-iam",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_region_ignored_with_iam,
		.summary = "The region is not read together with an IAM role",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
};

RULE_ROWS(region_ignored_with_iam);
