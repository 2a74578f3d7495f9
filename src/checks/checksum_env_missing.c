/* Stores that may refuse the checksums which newer boto3 sends. */
#include "facts/store.h"

static bool when_required(const struct rule_ctx *c, const char *name)
{
	struct str value;
	enum env_is is = store_sidecar_env(c, name, &value);

	return is == ENV_UNKNOWN || (is == ENV_SET && str_eq_nocase(value, STR("when_required")));
}

/* Services that are known to refuse the checksums. Most others learned them, or always took them:
 * of the stores in public repositories more than half do without the variables. */
static bool refuses_checksums(struct str host)
{
	static const struct str known[] = {
		STR_INIT(".backblazeb2.com"),	/* django-storages#1498, boto/s3transfer#327 */
		STR_INIT(".aliyuncs.com"),	/* cloudfoundry/bosh-s3cli#65 */
		STR_INIT(".myhuaweicloud.com"), /* langgenius/dify#13354 */
		STR_INIT(".volces.com"),
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_has_suffix_nocase(host, known[i]))
			return true;
	return false;
}

/* A site that knows a host to refuse checksums lists it in checksumEnvRequired. */
static void check_checksum_env_missing(const struct rule_ctx *c)
{
	static const char *const names[] = {"AWS_REQUEST_CHECKSUM_CALCULATION",
					    "AWS_RESPONSE_CHECKSUM_VALIDATION"};
	bool has[ARRAY_LEN(names)];
	struct str host;
	struct finding *f;

	if (!store_foreign_host(store_configuration(c), &host) ||
	    str_list_matches(c->params->checksum_env_ok, host))
		return;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		has[i] = when_required(c, names[i]);
	if (has[0] && has[1])
		return;
	f = finding_add(c, c->root, STORE_ENV, "%s%s%s %s not when_required for %.*s",
			has[0] ? "" : names[0], has[0] || has[1] ? "" : " and ",
			has[1] ? "" : names[1], has[0] || has[1] ? "is" : "are", STR_ARG(host));
	finding_effect(
		c, f,
		"newer boto3 sends checksums that some S3-compatible stores refuse (XAmzContentSHA256Mismatch)");
	if (has[0] || has[1])
		finding_fix(c, f, "env: [{name: %s, value: when_required}]",
			    has[0] ? names[1] : names[0]);
	else
		finding_fix(
			c, f,
			"env: [{name: %s, value: when_required}, {name: %s, value: when_required}]",
			names[0], names[1]);
	if (str_list_matches(c->params->checksum_env_required, host))
		finding_at_least(f, SEV_DENY);
	else if (!refuses_checksums(host))
		finding_at_most(f, SEV_INFO);
}

static const struct rule rows[] = {
	{
		.id = "checksum-env-missing",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_checksum_env_missing,
		.summary = "A store that is not AWS may refuse the checksums of newer boto3",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
};

RULE_ROWS(checksum_env_missing);
