/* The env of the plugin's sidecar, which boto3 reads: values, and Secrets that they come from. */
#include "cnpg/location.h"
#include "facts/secrets.h"
#include "facts/store.h"

#define WORDS_MOST 6

enum env_type {
	ENV_WORD,	   /* one of `words`, as they stand */
	ENV_WORD_ANY_CASE, /* or in capitals */
	ENV_NUMBER,	   /* whole, not below `least` */
	ENV_PROFILE,
	ENV_REGION,
	ENV_ENDPOINT,
	ENV_BUNDLE,
};

/* Read by botocore when a client is made, before any request; tried with boto3 1.43. */
static const struct env_row {
	const char *name;
	enum env_type type;
	int64_t least;
	bool empty_is_absent;
	const char *words[WORDS_MOST];
} env_rows[] = {
	{.name = "AWS_ACCOUNT_ID_ENDPOINT_MODE",
	 .type = ENV_WORD_ANY_CASE,
	 .words = {"preferred", "disabled", "required"}},
	{.name = "AWS_CA_BUNDLE", .type = ENV_BUNDLE},
	{.name = "AWS_DEFAULTS_MODE",
	 .type = ENV_WORD_ANY_CASE,
	 .words = {"standard", "legacy", "auto", "in-region", "cross-region", "mobile"}},
	{.name = "AWS_DEFAULT_PROFILE", .type = ENV_PROFILE},
	{.name = "AWS_DEFAULT_REGION", .type = ENV_REGION},
	{.name = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
	 .type = ENV_WORD_ANY_CASE,
	 .words = {"ipv4", "ipv6"}},
	{.name = "AWS_ENDPOINT_URL", .type = ENV_ENDPOINT, .empty_is_absent = true},
	{.name = "AWS_ENDPOINT_URL_S3", .type = ENV_ENDPOINT, .empty_is_absent = true},
	{.name = "AWS_MAX_ATTEMPTS", .type = ENV_NUMBER, .least = 1},
	{.name = "AWS_METADATA_SERVICE_NUM_ATTEMPTS", .type = ENV_NUMBER, .least = INT64_MIN},
	{.name = "AWS_METADATA_SERVICE_TIMEOUT", .type = ENV_NUMBER, .least = INT64_MIN},
	{.name = "AWS_PROFILE", .type = ENV_PROFILE},
	{.name = "AWS_REQUEST_CHECKSUM_CALCULATION",
	 .type = ENV_WORD_ANY_CASE,
	 .words = {"when_required", "when_supported"}},
	{.name = "AWS_RESPONSE_CHECKSUM_VALIDATION",
	 .type = ENV_WORD_ANY_CASE,
	 .words = {"when_required", "when_supported"}},
	{.name = "AWS_RETRY_MODE", .type = ENV_WORD, .words = {"standard", "legacy", "adaptive"}},
	{.name = "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT",
	 .type = ENV_WORD_ANY_CASE,
	 .empty_is_absent = true,
	 .words = {"regional", "legacy"}},
	{.name = "AWS_STS_REGIONAL_ENDPOINTS",
	 .type = ENV_WORD_ANY_CASE,
	 .empty_is_absent = true,
	 .words = {"regional", "legacy"}},
};

static bool is_one_of(const struct env_row *row, struct str value)
{
	for (size_t i = 0; i < WORDS_MOST && row->words[i]; i++) {
		struct str word = str_from(row->words[i]);

		if (row->type == ENV_WORD ? str_eq(value, word) : str_eq_nocase(value, word))
			return true;
	}
	return false;
}

/* As Python's int() reads it: blanks around and a '+' are allowed. */
static bool is_number(const struct env_row *row, struct str value)
{
	struct str text = str_trim(value);
	int64_t n;

	if (str_has_prefix(text, STR("+")))
		text = str_slice(text, 1, text.len);
	return str_to_i64(text, &n) && n >= row->least;
}

/* Somebody mounted a file with profiles, and says where. */
static bool has_profiles(const struct rule_ctx *c)
{
	return store_has_env(c, "AWS_CONFIG_FILE") ||
	       store_has_env(c, "AWS_SHARED_CREDENTIALS_FILE");
}

/* s3Credentials.region is put behind the env, and wins. */
static bool region_counts(const struct rule_ctx *c)
{
	struct obj s3 = obj_at(store_configuration(c), "s3Credentials");

	return obj_true(s3, "inheritFromIAMRole", false) ||
	       obj_type(obj_at(s3, "region")) <= OBJ_NULL_VALUE;
}

/* So is endpointCA's file; without TLS nobody asks for one. */
static bool bundle_counts(const struct rule_ctx *c)
{
	struct obj configuration = store_configuration(c);

	return obj_type(obj_at(configuration, "endpointCA")) <= OBJ_NULL_VALUE &&
	       !str_has_prefix_nocase(obj_text(configuration, "endpointURL"), STR("http://"));
}

/* Folders of the image, and what a Pod of CloudNativePG has mounted. */
static bool may_be_there(struct str file)
{
	static const struct str folders[] = {
		STR_INIT("/etc/"), STR_INIT("/usr/"), STR_INIT("/projected/"),
		STR_INIT("/var/"), STR_INIT("/run/"), STR_INIT("/controller/"),
		STR_INIT("/opt/"), STR_INIT("/app/"), STR_INIT("/plugins/"),
	};

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (str_has_prefix(file, folders[i]))
			return true;
	return false;
}

static bool is_endpoint(struct str value)
{
	struct url u;

	return url_split(value, &u) && u.host.len && host_is_valid(u.host) &&
	       port_is_valid(u.port) &&
	       (str_eq_nocase(u.scheme, STR("http")) || str_eq_nocase(u.scheme, STR("https")));
}

static void fix_of(const struct rule_ctx *c, struct finding *f, const struct env_row *row)
{
	switch (row->type) {
	case ENV_WORD:
	case ENV_WORD_ANY_CASE:
		finding_fix(c, f, "value: %s - or %s, or without the variable", row->words[0],
			    row->words[1]);
		break;
	case ENV_NUMBER:
		finding_fix(c, f, "value: \"3\" - a whole number, or without the variable");
		break;
	case ENV_PROFILE:
		finding_fix(c, f, "remove it - s3Credentials name the keys");
		break;
	case ENV_REGION:
		finding_fix(c, f, "value: us-east-1 - or the store's own region");
		break;
	case ENV_ENDPOINT:
		finding_fix(c, f, "endpointURL: https://HOST:PORT in the configuration");
		break;
	case ENV_BUNDLE:
		finding_fix(c, f, "remove it, and name the CA in endpointCA");
		break;
	}
}

static const char *effect_of(const struct env_row *row)
{
	static const char *const effects[] = {
		[ENV_WORD] = "boto3 stops before any request, and with it every command",
		[ENV_WORD_ANY_CASE] = "boto3 stops before any request, and with it every command",
		[ENV_NUMBER] = "boto3 stops before any request, and with it every command",
		[ENV_PROFILE] =
			"the sidecar has no file of profiles: every command stops with \"The config profile could not be found\"",
		[ENV_REGION] =
			"boto3 stops before any request: \"doesn't match a supported format\"",
		[ENV_ENDPOINT] = "boto3 refuses it, and with it every command stops",
		[ENV_BUNDLE] = "no certificate can be checked: every command stops",
	};

	return effects[row->type];
}

/* The value stops every command; `*surely` not: where a file is, cannot be seen from here. */
static bool is_wrong(const struct rule_ctx *c, const struct env_row *row, struct str value,
		     bool *surely)
{
	*surely = true;
	if (!value.len && row->empty_is_absent)
		return false;
	switch (row->type) {
	case ENV_WORD:
	case ENV_WORD_ANY_CASE:
		return !is_one_of(row, value);
	case ENV_NUMBER:
		return !is_number(row, value);
	case ENV_PROFILE:
		return !has_profiles(c);
	case ENV_REGION:
		return region_counts(c) && !region_is_label(value);
	case ENV_ENDPOINT:
		return !obj_text(store_configuration(c), "endpointURL").len && !is_endpoint(value);
	case ENV_BUNDLE:
		*surely = !value.len;
		return bundle_counts(c) && !may_be_there(value);
	}
	return false;
}

static void judge_env(const struct rule_ctx *c, struct obj at, const struct env_row *row)
{
	struct str value = STR_EMPTY;
	bool surely;
	struct finding *f;

	if (obj_at(at, "valueFrom").node || obj_str(at, "value", &value) == OBJ_WRONG_TYPE ||
	    value_is_placeholder(value, NULL) || !is_wrong(c, row, value, &surely))
		return;
	if (!value.len)
		f = finding_add(c, at, "value", "%s is empty", row->name);
	else if (row->type == ENV_ENDPOINT)
		f = finding_add(c, at, "value", "%s is no URL of a host", row->name);
	else
		f = finding_add(c, at, "value", "%s is %.*s", row->name, STR_ARG(value));
	if (row->type == ENV_ENDPOINT)
		finding_confidential(f);
	if (row->type == ENV_REGION && !value.len)
		finding_effect(
			c, f,
			"requests are signed for no region: the store answers \"400 Bad Request\"");
	else if (surely)
		finding_effect(c, f, "%s", effect_of(row));
	else
		finding_effect(
			c, f,
			"nothing puts a file there: without it every command stops with \"No such file or directory\"");
	fix_of(c, f, row);
	if (!surely)
		finding_at_most(f, SEV_WARN);
}

/* Of two entries of one name the kubelet takes the last. */
static void check_sidecar_env_invalid(const struct rule_ctx *c)
{
	struct obj env = obj_at(c->root, STORE_ENV);

	if (store_kind(store_configuration(c)) != STORE_S3 || obj_type(env) != OBJ_LIST)
		return;
	for (size_t i = 0; i < ARRAY_LEN(env_rows); i++) {
		struct obj last = {0};

		for (struct obj e = obj_first(env); e.node; e = obj_next(e))
			if (str_is(obj_text(e, "name"), env_rows[i].name))
				last = e;
		if (last.node)
			judge_env(c, last, &env_rows[i]);
	}
}

static void check_sidecar_env_secret_missing(const struct rule_ctx *c)
{
	struct secret_asking a = {
		.c = c,
		.use = SECRET_USE_ENV,
		.effect =
			"without it the sidecar ends in CreateContainerConfigError, and the Pod with PostgreSQL does not start"};

	secret_each(&a, secret_ask);
	secret_each(&a, secret_ask_key);
}

static const struct rule rows[] = {
	{
		.id = "sidecar-env-invalid",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_sidecar_env_invalid,
		.summary = "A variable of the sidecar stops every barman-cloud command",
		.reference =
			"https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html",
	},
	{
		.id = "sidecar-env-secret-missing",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_sidecar_env_secret_missing,
		.summary = "A Secret of the sidecar's env is not there",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},
};

RULE_ROWS(sidecar_env);
