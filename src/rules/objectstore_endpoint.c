#include "rules/checks.h"
#include "rules/store.h"

#include "cnpg/location.h"

#define ENV "spec.instanceSidecarConfiguration.env"

static struct obj configuration(const struct rule_ctx *c)
{
	return obj_at(c->root, "spec.configuration");
}

/* Set to something, or to what we cannot know. */
static bool has_env(const struct rule_ctx *c, const char *name)
{
	struct str value;

	return store_sidecar_env(c, name, &value) != ENV_ABSENT;
}

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
void check_checksum_env_missing(const struct rule_ctx *c)
{
	static const char *const names[] = {"AWS_REQUEST_CHECKSUM_CALCULATION",
					    "AWS_RESPONSE_CHECKSUM_VALIDATION"};
	bool has[ARRAY_LEN(names)];
	struct str host;
	struct finding *f;

	if (!store_foreign_host(configuration(c), &host) ||
	    str_list_matches(c->params->checksum_env_ok, host))
		return;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		has[i] = when_required(c, names[i]);
	if (has[0] && has[1])
		return;
	f = finding_add(c, c->root, ENV, "%s%s%s %s not when_required for %.*s",
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

/* Services that refuse a request signed for another region, and how well that is known. */
static const struct region_bound {
	struct str suffix;
	enum severity missing; /* when no region is set at all; boto3 then signs for us-east-1 */
} region_bound[] = {
	{STR_INIT(".scw.cloud"), SEV_WARN},	/* cnpg#202 */
	{STR_INIT(".cloud.ovh.net"), SEV_WARN}, /* juicefs#3129, lithops#1355 */
	{STR_INIT(".cloud.ovh.us"), SEV_WARN},
	{STR_INIT(".backblazeb2.com"), SEV_INFO}, /* cnpg#9724; others do without */
	{STR_INIT(".wasabisys.com"), SEV_INFO},
	{STR_INIT(".amazonaws.com"), SEV_INFO}, /* AWS answers with the right one, boto3 repeats */
	{STR_INIT(".amazonaws.com.cn"), SEV_INFO},
};

/* The label after "s3" (and "dualstack"), as in s3.eu-central-1.wasabisys.com; s3-eu-west-1 too. */
static struct str region_in(struct str host)
{
	struct str rest = host, label;
	bool after = false;

	while (str_split(&rest, '.', &label)) {
		if (after && str_eq_nocase(label, STR("amazonaws")))
			return STR_EMPTY;
		if (after && !str_eq_nocase(label, STR("dualstack")))
			return rest.ptr && str_find_byte(rest, '.') != STR_NONE ? label : STR_EMPTY;
		if (str_eq_nocase(label, STR("s3")))
			after = true;
		else if (!after && str_has_prefix_nocase(label, STR("s3-")))
			return str_slice(label, 3, label.len);
	}
	return STR_EMPTY;
}

static void region_missing(const struct rule_ctx *c, struct str host, struct str region,
			   enum severity most)
{
	bool iam = obj_true(configuration(c), "s3Credentials.inheritFromIAMRole", false);
	struct finding *f = finding_add(c, configuration(c), "s3Credentials.region",
					"no region is set for %.*s", STR_ARG(host));

	if (has_env(c, "AWS_REGION"))
		finding_effect(c, f, "boto3 does not read AWS_REGION; it signs for us-east-1");
	else
		finding_effect(
			c, f,
			"boto3 signs for us-east-1; a store that checks the region answers \"400 Bad Request\"");
	if (iam || has_env(c, "AWS_REGION"))
		finding_fix(c, f, "env: [{name: AWS_DEFAULT_REGION, value: %.*s}]",
			    STR_ARG(region));
	else
		finding_fix(
			c, f,
			"env: [{name: AWS_DEFAULT_REGION, value: %.*s}] in instanceSidecarConfiguration, or s3Credentials.region",
			STR_ARG(region));
	finding_at_most(f, most);
}

static void region_differs(const struct rule_ctx *c, struct str host, struct str region,
			   struct str value)
{
	struct obj env = obj_at(c->root, ENV);
	struct finding *f;

	for (struct obj e = obj_first(env); e.node; e = obj_next(e)) {
		if (!str_is(obj_text(e, "name"), "AWS_DEFAULT_REGION"))
			continue;
		f = finding_add(c, e, "value",
				"AWS_DEFAULT_REGION is %.*s, but the endpoint is %.*s",
				STR_ARG(value), STR_ARG(host));
		finding_effect(c, f, "requests are signed for the wrong region");
		finding_fix(c, f, "value: %.*s", STR_ARG(region));
		return;
	}
}

/* Regions that R2 knows, beside "auto": us-east-1 and its location hints. */
static bool is_r2_region(struct str region)
{
	static const char *const known[] = {"",	    "auto", "us-east-1", "wnam", "enam",
					    "weur", "eeur", "apac",	 "oc"};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_is(region, known[i]))
			return true;
	return false;
}

static bool is_garage(struct str host)
{
	struct str rest = host, label;

	return str_split(&rest, '.', &label) && str_has_prefix_nocase(label, STR("garage"));
}

void check_endpoint_aws_redundant_or_region(const struct rule_ctx *c)
{
	struct str text, region, value = STR_EMPTY;
	struct url u;
	enum env_is env = store_sidecar_env(c, "AWS_DEFAULT_REGION", &value);
	bool iam = obj_true(configuration(c), "s3Credentials.inheritFromIAMRole", false);

	if (store_kind(configuration(c)) != STORE_S3 || !store_endpoint(configuration(c), &text) ||
	    !url_split(text, &u) || env == ENV_UNKNOWN ||
	    (!iam && obj_type(obj_at(configuration(c), "s3Credentials.region")) > OBJ_NULL_VALUE))
		return;
	if (env == ENV_SET && str_has_suffix_nocase(u.host, STR(".r2.cloudflarestorage.com")) &&
	    !is_r2_region(value))
		region_differs(c, u.host, STR("auto"), value);
	if (env == ENV_ABSENT && is_garage(u.host))
		region_missing(c, u.host, STR("garage"), SEV_INFO); /* s3_region of garage.toml */
	region = region_in(u.host);
	for (size_t i = 0; region.len && i < ARRAY_LEN(region_bound); i++) {
		if (!str_has_suffix_nocase(u.host, region_bound[i].suffix))
			continue;
		if (env == ENV_ABSENT && !str_is(region, "us-east-1"))
			region_missing(c, u.host, region, region_bound[i].missing);
		else if (env == ENV_SET && !str_eq(region, value))
			region_differs(c, u.host, region, value);
	}
}

void check_region_ignored_with_iam(const struct rule_ctx *c)
{
	struct obj s3 = obj_at(configuration(c), "s3Credentials");
	struct finding *f;

	if (!obj_true(s3, "inheritFromIAMRole", false) ||
	    obj_type(obj_at(s3, "region")) != OBJ_MAP || has_env(c, "AWS_DEFAULT_REGION"))
		return;
	f = finding_add(c, s3, "region", "region stands beside inheritFromIAMRole: true");
	finding_effect(c, f, "with an IAM role nothing else of s3Credentials is read");
	finding_fix(
		c, f,
		"env: [{name: AWS_DEFAULT_REGION, value: REGION}] in instanceSidecarConfiguration");
}

void check_iam_on_custom_endpoint(const struct rule_ctx *c)
{
	static const char *const sources[] = {"AWS_WEB_IDENTITY_TOKEN_FILE",
					      "AWS_ROLE_ARN",
					      "AWS_ACCESS_KEY_ID",
					      "AWS_SHARED_CREDENTIALS_FILE",
					      "AWS_CONFIG_FILE",
					      "AWS_CONTAINER_CREDENTIALS_FULL_URI"};
	struct str host;
	struct finding *f;

	if (!obj_true(configuration(c), "s3Credentials.inheritFromIAMRole", false) ||
	    !store_foreign_host(configuration(c), &host))
		return;
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (has_env(c, sources[i]))
			return;
	f = finding_add(c, configuration(c), "s3Credentials.inheritFromIAMRole",
			"inheritFromIAMRole: true with %.*s, which is not AWS", STR_ARG(host));
	finding_effect(c, f, "an IAM role of AWS is no login there; boto3 finds no credentials");
	finding_fix(
		c, f,
		"accessKeyId and secretAccessKey, or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the sidecar's env");
}

void check_endpoint_ca_ignored(const struct rule_ctx *c)
{
	enum store_kind kind = store_kind(configuration(c));
	const char *what = NULL, *effect = NULL;
	struct str endpoint = STR_EMPTY;
	struct finding *f;

	if (obj_type(obj_at(configuration(c), "endpointCA")) != OBJ_MAP)
		return;
	enum obj_is given = obj_str(configuration(c), "endpointURL", &endpoint);
	if (kind == STORE_GOOGLE) {
		what = "endpointCA stands beside googleCredentials";
		effect =
			"it is not used with Google, but its Secret must exist for the Pod to start";
	} else if (kind == STORE_S3 && str_has_prefix_nocase(endpoint, STR("http://"))) {
		what = "endpointCA stands beside an http:// endpointURL";
		effect = "nothing is encrypted, so no certificate is checked";
	} else if (kind == STORE_S3 && !endpoint.len && given != OBJ_WRONG_TYPE &&
		   !has_env(c, "AWS_ENDPOINT_URL") && !has_env(c, "AWS_ENDPOINT_URL_S3")) {
		what = "endpointCA is set, but endpointURL is not";
		effect = "AWS itself is then checked against this CA, which did not sign it";
	}
	if (!what)
		return;
	f = finding_add(c, configuration(c), "endpointCA", "%s", what);
	finding_effect(c, f, "%s", effect);
	if (kind == STORE_S3)
		finding_fix(c, f, "endpointURL: https://HOST:PORT, or remove endpointCA");
	else
		finding_fix(c, f, "remove endpointCA");
}
