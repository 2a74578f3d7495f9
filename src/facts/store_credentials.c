/* The credentials of one store configuration: which kind, and whether they are whole. */
#include "facts/store.h"

#include "facts/secrets.h"

static const char *const kinds[] = {"s3Credentials", "googleCredentials", "azureCredentials"};

/* Of a Cluster, only what it recovers from is examined here. */
static const char *what_fails(const struct rule_ctx *c)
{
	return c->object->kind == KIND_CLUSTER ? "recovery from it fails"
					       : "WAL archiving and backups fail";
}

static bool given(struct obj o, const char *path)
{
	enum obj_type type = obj_type(obj_at(o, path));

	return type != OBJ_NONE && type != OBJ_NULL_VALUE;
}

/* Of the kind that is used; absent when it is another. */
static struct obj used(struct obj configuration, enum store_kind kind, const char *field)
{
	return store_kind(configuration) == kind ? obj_at(configuration, field) : (struct obj){0};
}

/* EKS gives its Pods a role of AWS (IRSA). */
static bool has_role(struct obj cluster)
{
	struct obj template = obj_at(cluster, "spec.serviceAccountTemplate.metadata.annotations");

	return obj_text(obj_member(template, STR("eks.amazonaws.com/role-arn")), "").len;
}

static bool lacks_role(void *ctx, const struct known *cluster)
{
	(void)ctx;
	return !has_role(cluster->object.root);
}

/* A Cluster that uses it has a role for AWS, and this is there. */
static bool may_inherit(const struct rule_ctx *c, struct obj configuration)
{
	struct str endpoint = obj_text(configuration, "endpointURL");

	if (endpoint.len && !str_contains(endpoint, STR(".amazonaws.com")))
		return false;
	return has_role(c->object->root) ||
	       (c->view && c->object->kind == KIND_OBJECT_STORE &&
		!store_each_user(c, c->object->name, lacks_role, NULL));
}

static void absent_fix(const struct rule_ctx *c, struct finding *f, struct obj configuration)
{
	struct str destination = obj_text(configuration, "destinationPath");

	if (str_has_prefix(destination, STR("gs://")))
		finding_fix(c, f, "googleCredentials: {applicationCredentials: %.*s}",
			    STR_ARG(secret_selector(c, "applicationCredentials", STR_EMPTY)));
	else if (str_has_prefix(destination, STR("https://")))
		finding_fix(c, f, "azureCredentials: {connectionString: %.*s}",
			    STR_ARG(secret_selector(c, "connectionString", STR_EMPTY)));
	else if (may_inherit(c, configuration))
		finding_fix(c, f, "s3Credentials: {inheritFromIAMRole: true}");
	else
		finding_fix(c, f, "s3Credentials: {accessKeyId: %.*s, secretAccessKey: %.*s}",
			    STR_ARG(secret_selector(c, "accessKeyId", STR_EMPTY)),
			    STR_ARG(secret_selector(c, "secretAccessKey", STR_EMPTY)));
}

/* A selector that stands beside its kind: indented too little. An API server prunes it. */
static bool is_outdented(struct obj configuration)
{
	static const char *const selectors[] = {"accessKeyId",	      "secretAccessKey",
						"inheritFromIAMRole", "applicationCredentials",
						"gkeEnvironment",     "connectionString",
						"storageAccount",     "storageKey"};

	for (size_t i = 0; i < ARRAY_LEN(selectors); i++)
		if (obj_at(configuration, selectors[i]).node)
			return true;
	return false;
}

void store_credentials_absent(const struct rule_ctx *c, struct obj configuration)
{
	const char *empty = NULL;
	struct finding *f;

	if (obj_type(configuration) != OBJ_MAP || store_kind(configuration) != STORE_NONE)
		return;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (obj_at(configuration, kinds[i]).node)
			empty = kinds[i];
	if (empty)
		f = finding_add(c, configuration, empty, "%s is empty", empty);
	else
		f = finding_add(
			c, configuration, "",
			"none of s3Credentials, azureCredentials and googleCredentials is set");
	for (size_t i = 0; i < ARRAY_LEN(kinds) && !empty; i++)
		finding_because(c, f, configuration, kinds[i]);
	finding_effect(c, f, "%s with \"no credentials defined\"", what_fails(c));
	if (empty && is_outdented(configuration))
		finding_fix(c, f, "indent what belongs below %s by two more blanks", empty);
	else
		absent_fix(c, f, configuration);
}

static void s3_mixed(const struct rule_ctx *c, struct obj s3)
{
	struct finding *f;

	if (!obj_true(s3, "inheritFromIAMRole", false) ||
	    (!given(s3, "accessKeyId") && !given(s3, "secretAccessKey")))
		return;
	f = finding_add(c, s3, "inheritFromIAMRole",
			"inheritFromIAMRole: true stands beside access keys");
	finding_because(c, f, s3, "accessKeyId");
	finding_effect(c, f, "the keys are never read; only the Pod's own IAM role counts");
	finding_fix(c, f, "remove inheritFromIAMRole, or accessKeyId and secretAccessKey");
}

static void azure_ignored(const struct rule_ctx *c, struct obj azure, const char *field,
			  const char *by, enum severity most)
{
	struct finding *f = finding_add(c, azure, field, "%s stands beside %s", field, by);

	finding_because(c, f, azure, by);
	finding_effect(c, f, "only %s is used, %s has no effect", by, field);
	finding_fix(c, f, "remove %s, or %s", field, by);
	finding_at_most(f, most);
}

/* barman-cloud works with what it takes first, so most of these are only confusing. */
static void azure_mixed(const struct rule_ctx *c, struct obj azure)
{
	static const char *const flags[] = {"inheritFromAzureAD", "useDefaultAzureCredentials"};
	static const char *const secrets[] = {"connectionString", "storageSasToken", "storageKey"};
	const char *taken = NULL;

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (!obj_true(azure, flags[i], false))
			continue;
		if (taken)
			azure_ignored(c, azure, flags[i], taken, SEV_WARN);
		else
			taken = flags[i];
	}
	enum severity most = taken ? SEV_DENY : SEV_WARN;
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		if (!given(azure, secrets[i]))
			continue;
		if (taken)
			azure_ignored(c, azure, secrets[i], taken, most);
		else
			taken = secrets[i];
	}
}

static void google_mixed(const struct rule_ctx *c, struct obj google)
{
	struct finding *f;

	if (!obj_true(google, "gkeEnvironment", false) || !given(google, "applicationCredentials"))
		return;
	f = finding_add(c, google, "gkeEnvironment",
			"gkeEnvironment: true stands beside applicationCredentials");
	finding_because(c, f, google, "applicationCredentials");
	finding_effect(c, f, "applicationCredentials are used, gkeEnvironment has no effect");
	finding_fix(c, f, "remove gkeEnvironment, or applicationCredentials");
	finding_at_most(f, SEV_WARN);
}

void store_credentials_kinds_mixed(const struct rule_ctx *c, struct obj configuration)
{
	const char *taken = NULL;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *field = kinds[i];
		struct finding *f;

		if (!given(configuration, field))
			continue;
		if (!taken) {
			taken = field;
			continue;
		}
		f = finding_add(c, configuration, field, "%s stands beside %s", field, taken);
		finding_because(c, f, configuration, taken);
		finding_effect(c, f, "only %s is used, whatever destinationPath says", taken);
		finding_fix(c, f, "remove %s or %s", field, taken);
	}
	s3_mixed(c, used(configuration, STORE_S3, "s3Credentials"));
	google_mixed(c, used(configuration, STORE_GOOGLE, "googleCredentials"));
	azure_mixed(c, used(configuration, STORE_AZURE, "azureCredentials"));
}

/* A selector that is there needs a name and a key. Empty strings pass the CRD. */
static void selector(const struct rule_ctx *c, struct obj credentials, const char *field)
{
	static const char *const parts[] = {"name", "key"};
	struct obj at = obj_at(credentials, field);

	if (obj_type(at) != OBJ_MAP)
		return;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct str text = STR_EMPTY;
		struct finding *f;

		if (obj_str(at, parts[i], &text) == OBJ_WRONG_TYPE || text.len)
			continue;
		f = finding_add(c, at, parts[i], "%s has no %s", field, parts[i]);
		finding_effect(c, f, "the Secret cannot be read; %s", what_fails(c));
		struct secret_choice s = secret_choice(c, field, obj_text(at, "name"));

		if (i)
			finding_fix(c, f, "key: %.*s - of the Secret",
				    STR_ARG(s.key.len ? s.key : STR("<key>")));
		else
			finding_fix(c, f, "name: %.*s - in the namespace of the Cluster",
				    STR_ARG(s.name.len ? s.name : STR("<secret>")));
	}
}

static void s3_lacks(const struct rule_ctx *c, struct obj s3, const char *field, const char *other,
		     const char *error)
{
	struct finding *f;
	struct str name;

	f = finding_add(c, s3, field, "s3Credentials has %s but no %s", other, field);
	finding_because(c, f, s3, other);
	finding_effect(c, f, "%s with \"%s\"", what_fails(c), error);
	name = obj_text(obj_at(s3, other), "name");
	finding_fix(c, f, "%s: %.*s", field, STR_ARG(secret_selector(c, field, name)));
}

static void s3_incomplete(const struct rule_ctx *c, struct obj s3)
{
	static const char *const selectors[] = {"accessKeyId", "secretAccessKey", "region",
						"sessionToken"};
	bool id = given(s3, "accessKeyId"), key = given(s3, "secretAccessKey");

	if (obj_type(s3) != OBJ_MAP || obj_true(s3, "inheritFromIAMRole", false))
		return; /* nothing else is read */
	if (!id && !key) {
		struct finding *f = finding_add(
			c, s3, "", "s3Credentials has neither accessKeyId nor secretAccessKey");

		finding_because(c, f, s3, "accessKeyId");
		finding_effect(c, f, "%s with \"missing access key ID\"", what_fails(c));
		finding_fix(
			c, f,
			"accessKeyId: %.*s and secretAccessKey: %.*s - or inheritFromIAMRole: true",
			STR_ARG(secret_selector(c, "accessKeyId", STR_EMPTY)),
			STR_ARG(secret_selector(c, "secretAccessKey", STR_EMPTY)));
	} else if (!id) {
		s3_lacks(c, s3, "accessKeyId", "secretAccessKey", "missing access key ID");
	} else if (!key) {
		s3_lacks(c, s3, "secretAccessKey", "accessKeyId", "missing secret access key");
	}
	for (size_t i = 0; i < ARRAY_LEN(selectors); i++)
		selector(c, s3, selectors[i]);
}

static void azure_incomplete(const struct rule_ctx *c, struct obj azure)
{
	static const char *const selectors[] = {"connectionString", "storageAccount", "storageKey",
						"storageSasToken"};
	bool secret = given(azure, "storageKey") || given(azure, "storageSasToken");
	struct finding *f = NULL;

	if (obj_type(azure) != OBJ_MAP || obj_true(azure, "inheritFromAzureAD", false) ||
	    obj_true(azure, "useDefaultAzureCredentials", false))
		return;
	for (size_t i = 0; i < ARRAY_LEN(selectors); i++)
		selector(c, azure, selectors[i]);
	if (given(azure, "connectionString"))
		return;
	if (!secret) {
		f = finding_add(
			c, azure, "",
			"azureCredentials has no connectionString, storageKey or storageSasToken");
		finding_effect(c, f,
			       "barman-cloud falls back to the Pod's default Azure credentials");
		finding_fix(c, f, "useDefaultAzureCredentials: true - if that is meant");
	} else if (!given(azure, "storageAccount")) {
		f = finding_add(c, azure, "storageAccount",
				"azureCredentials has no storageAccount");
		finding_effect(
			c, f,
			"CloudNativePG demands it beside storageKey or storageSasToken, the plugin does not check");
		finding_fix(c, f, "storageAccount: %.*s",
			    STR_ARG(secret_selector(c, "storageAccount", STR_EMPTY)));
	}
	if (f)
		finding_at_most(f, SEV_WARN); /* the account is taken from destinationPath */
}

void store_credentials_incomplete(const struct rule_ctx *c, struct obj configuration)
{
	s3_incomplete(c, used(configuration, STORE_S3, "s3Credentials"));
	azure_incomplete(c, used(configuration, STORE_AZURE, "azureCredentials"));
	selector(c, used(configuration, STORE_GOOGLE, "googleCredentials"),
		 "applicationCredentials");
}

void store_gcs_credentials_empty(const struct rule_ctx *c, struct obj configuration)
{
	struct obj google = used(configuration, STORE_GOOGLE, "googleCredentials");
	struct finding *f;

	if (obj_type(google) != OBJ_MAP || obj_true(google, "gkeEnvironment", false) ||
	    given(google, "applicationCredentials"))
		return;
	f = finding_add(
		c, google, "",
		"googleCredentials has neither applicationCredentials nor gkeEnvironment: true");
	finding_effect(c, f, "the sidecar panics (nil pointer) at the first WAL file or backup");
	finding_fix(
		c, f,
		"gkeEnvironment: true - with Workload Identity; else applicationCredentials: %.*s",
		STR_ARG(secret_selector(c, "applicationCredentials", STR_EMPTY)));
}
