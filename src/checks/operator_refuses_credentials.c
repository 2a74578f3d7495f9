/* Credentials of spec.backup.barmanObjectStore that CloudNativePG refuses. */
#include "base/arena.h"
#include "cnpg/archive.h"
#include "facts/operator.h"
#include "facts/secrets.h"

static void say(const struct rule_ctx *c, struct finding *f, const char *words, const char *fix)
{
	operator_says(c, f, words);
	finding_fix(c, f, "%s", fix);
}

/* "FIELD: {name: ..., key: ...}", from the Secret `name` */
static const char *remedy(const struct rule_ctx *c, const char *field, struct str name)
{
	return arena_fmt(c->arena, "%s: %.*s", field, STR_ARG(secret_selector(c, field, name))).ptr;
}

static const char *both_keys(const struct rule_ctx *c)
{
	return arena_fmt(c->arena, "s3Credentials: {accessKeyId: %.*s, secretAccessKey: %.*s}",
			 STR_ARG(secret_selector(c, "accessKeyId", STR_EMPTY)),
			 STR_ARG(secret_selector(c, "secretAccessKey", STR_EMPTY)))
		.ptr;
}

static struct finding *blame(const struct rule_ctx *c, struct finding *f, struct obj at,
			     const char *key)
{
	finding_because(c, f, at, key);
	return f;
}

static void azure(const struct rule_ctx *c, struct obj at)
{
	bool connection = operator_has(at, "connectionString");
	bool key = operator_has(at, "storageKey"), sas = operator_has(at, "storageSasToken");
	int methods = obj_true(at, "inheritFromAzureAD", false) +
		      obj_true(at, "useDefaultAzureCredentials", false) + key + sas;

	if (!connection && methods != 1)
		say(c,
		    finding_add(c, at, "", "azureCredentials has %s",
				methods ? "more than one way to log in" : "no way to log in"),
		    "when connection string is not specified, one and only one of storage key, storage SAS token, Azure AD authentication, or default Azure credentials is required",
		    "one of connectionString, storageKey, storageSasToken, inheritFromAzureAD and useDefaultAzureCredentials");
	if (connection && (methods || operator_has(at, "storageAccount")))
		say(c,
		    finding_add(c, at, "connectionString",
				"connectionString stands beside other credentials"),
		    "when connection string is specified, the other parameters must be empty",
		    "remove all but connectionString - or connectionString");
	if ((key || sas) && !operator_has(at, "storageAccount"))
		say(c,
		    finding_add(c, at, "storageAccount", "azureCredentials has no storageAccount"),
		    "storage account must be specified when using storage key or SAS token",
		    remedy(c, "storageAccount",
			   obj_text(at, key ? "storageKey.name" : "storageSasToken.name")));
}

static void s3(const struct rule_ctx *c, struct obj at)
{
	bool id = operator_has(at, "accessKeyId"), secret = operator_has(at, "secretAccessKey");
	bool role = obj_true(at, "inheritFromIAMRole", false);
	const char *has = id ? "accessKeyId" : "secretAccessKey";
	const char *lacks = id ? "secretAccessKey" : "accessKeyId";

	if (id != secret)
		say(c,
		    blame(c, finding_add(c, at, lacks, "s3Credentials has no %s", lacks), at, has),
		    "when using AWS credentials both accessKeyId and secretAccessKey must be provided",
		    id ? remedy(c, "secretAccessKey", obj_text(at, "accessKeyId.name"))
		       : remedy(c, "accessKeyId", obj_text(at, "secretAccessKey.name")));
	if (role && (id || secret))
		say(c,
		    blame(c,
			  finding_add(c, at, "inheritFromIAMRole",
				      "inheritFromIAMRole: true stands beside access keys"),
			  at, has),
		    "only one AWS authentication method should be supplied",
		    "remove inheritFromIAMRole - or accessKeyId and secretAccessKey");
	if (!role && !id && !secret)
		say(c, finding_add(c, at, "", "s3Credentials is empty"),
		    "at least one AWS authentication method should be supplied", both_keys(c));
}

static void google(const struct rule_ctx *c, struct obj at)
{
	bool secret = operator_has(at, "applicationCredentials");
	bool gke = obj_true(at, "gkeEnvironment", false);

	if (!gke && !secret)
		say(c,
		    finding_add(
			    c, at, "",
			    "googleCredentials has neither applicationCredentials nor gkeEnvironment: true"),
		    "if gkeEnvironment is false, secret with credentials must be provided",
		    arena_fmt(
			    c->arena,
			    "googleCredentials: {applicationCredentials: %.*s} - or gkeEnvironment: true",
			    STR_ARG(secret_selector(c, "applicationCredentials", STR_EMPTY)))
			    .ptr);
	if (gke && secret)
		say(c,
		    blame(c,
			  finding_add(c, at, "gkeEnvironment",
				      "gkeEnvironment: true stands beside applicationCredentials"),
			  at, "applicationCredentials"),
		    "if gkeEnvironment is true, secret with credentials must not be provided",
		    "gkeEnvironment: false - or no applicationCredentials");
}

static const struct {
	const char *key;
	void (*check)(const struct rule_ctx *c, struct obj at);
} kinds[] = {
	{"azureCredentials", azure},
	{"s3Credentials", s3},
	{"googleCredentials", google},
};

/* Of the three kinds of credentials as a whole. */
static void say_of_kinds(const struct rule_ctx *c, struct finding *f, const char *words,
			 const char *fix)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		finding_because(c, f, c->archive->in_tree, kinds[i].key);
	say(c, f, words, fix);
}

static void check_operator_refuses_credentials(const struct rule_ctx *c)
{
	struct obj store = c->archive->in_tree;
	size_t found = 0;

	if (!operator_validates(c) || obj_type(store) != OBJ_MAP)
		return;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!operator_has(store, kinds[i].key))
			continue;
		found++;
		if (obj_type(obj_at(store, kinds[i].key)) == OBJ_MAP)
			kinds[i].check(c, obj_at(store, kinds[i].key));
	}
	if (!found)
		say_of_kinds(
			c,
			finding_add(
				c, store, "",
				"none of s3Credentials, azureCredentials and googleCredentials is set"),
			"missing credentials. One and only one of azureCredentials, s3Credentials and googleCredentials are required",
			both_keys(c));
	if (found > 1)
		say_of_kinds(
			c,
			finding_add(
				c, store, "",
				"%zu of s3Credentials, azureCredentials and googleCredentials are set",
				found),
			"too many credentials. One and only one of azureCredentials, s3Credentials and googleCredentials are required",
			"keep one of s3Credentials, azureCredentials and googleCredentials");
}

static const struct rule rows[] = {
	{
		.id = "operator-refuses-credentials",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.check = check_operator_refuses_credentials,
		.summary = "Credentials of an in-tree store are ones that CloudNativePG refuses",
		.reference = "cloudnative-pg/cloudnative-pg#4142",
	},
};

RULE_ROWS(operator_refuses_credentials);
