/* Arguments that a person adds to the command lines of barman-cloud. */
#include "rules/rule.h"

static const struct {
	const char *block, *list;
} lists[] = {
	{"data", "additionalCommandArgs"},
	{"data", "restoreAdditionalCommandArgs"},
	{"wal", "archiveAdditionalCommandArgs"},
	{"wal", "restoreAdditionalCommandArgs"},
};

typedef void args_fn(const struct rule_ctx *c, struct obj block, struct obj list);

/* `block` is data or wal, which holds the typed fields beside the list. */
static void each_list(const struct rule_ctx *c, args_fn *each)
{
	struct obj configuration = obj_at(c->root, "spec.configuration");

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		each(c, obj_at(configuration, lists[i].block),
		     obj_at(obj_at(configuration, lists[i].block), lists[i].list));
}

static bool is_option(struct str argument)
{
	return str_has_prefix(argument, STR("-"));
}

/* Up to the first '=' or blank. */
static struct str option_name(struct str argument)
{
	size_t end = 0;

	while (end < argument.len && argument.ptr[end] != '=' &&
	       (unsigned char)argument.ptr[end] > ' ')
		end++;
	return str_slice(argument, 0, end);
}

/* "--opt value" and "-o value" as one element: one word to the program. */
static bool joined(const struct rule_ctx *c, struct obj at, struct str argument)
{
	struct str name = option_name(argument);
	struct str value = str_trim(str_slice(argument, name.len, argument.len));
	struct finding *f;

	if (name.len == argument.len || argument.ptr[name.len] == '=')
		return false;
	f = finding_add(c, at, "", "\"%.*s\" is one argument, not an option and its value",
			STR_ARG(argument));
	finding_effect(c, f, "barman-cloud stops with \"invalid arguments\"");
	if (str_has_prefix(name, STR("--")) && value.len)
		finding_fix(c, f, "\"%.*s=%.*s\"", STR_ARG(name), STR_ARG(value));
	else
		finding_fix(c, f, "[\"%.*s\", \"%.*s\"] - two elements of the list", STR_ARG(name),
			    STR_ARG(value));
	return true;
}

static void malformed(const struct rule_ctx *c, struct obj block UNUSED, struct obj list)
{
	bool value_may_follow = false;

	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct str argument;
		struct finding *f;

		if (obj_str(e, "", &argument) != OBJ_SET || value_is_placeholder(argument, NULL)) {
			value_may_follow = true;
		} else if (!argument.len) {
			f = finding_add(c, e, "", "an argument is empty");
			finding_effect(c, f, "CloudNativePG drops it");
			finding_fix(c, f, "remove the element");
			finding_at_most(f, SEV_WARN);
		} else if (is_option(argument)) {
			value_may_follow = !joined(c, e, argument) &&
					   option_name(argument).len == argument.len;
		} else if (!value_may_follow) {
			f = finding_add(c, e, "", "\"%.*s\" belongs to no option",
					STR_ARG(argument));
			finding_effect(
				c, f,
				"it moves the positional arguments: barman-cloud stops with \"invalid arguments\"");
			finding_fix(c, f, "\"--OPTION=%.*s\"", STR_ARG(argument));
		} else {
			value_may_follow = false;
		}
	}
}

static void check_additional_args_malformed(const struct rule_ctx *c)
{
	each_list(c, malformed);
}

static const struct {
	const char *option;
	const char *field; /* of data or wal; NULL: set whatever the configuration says */
	const char *fix;
} reserved[] = {
	{"--azure-credential", NULL, "azureCredentials"},
	{"--bzip2", "compression", "compression: bzip2"},
	{"--cloud-provider", NULL, "s3Credentials, googleCredentials or azureCredentials"},
	{"--encryption", "encryption", "encryption: AES256"},
	{"--endpoint-url", NULL, "endpointURL: https://HOST:PORT"},
	{"--gzip", "compression", "compression: gzip"},
	{"--history-tags", NULL, "historyTags: {KEY: VALUE}"},
	{"--immediate-checkpoint", "immediateCheckpoint", "immediateCheckpoint: true"},
	{"--jobs", "jobs", "jobs: N"},
	{"--lz4", "compression", "compression: lz4"},
	{"--name", NULL, NULL},
	{"--snappy", "compression", "compression: snappy"},
	{"--tags", NULL, "tags: {KEY: VALUE}"},
	{"--user", NULL, NULL},
	{"--xz", "compression", "compression: xz"},
	{"--zstd", "compression", "compression: zstd"},
	{"-J", "jobs", "jobs: N"},
	{"-e", "encryption", "encryption: AES256"},
	{"-j", "compression", "compression: bzip2"},
	{"-n", NULL, NULL},
	{"-z", "compression", "compression: gzip"},
};

static void reserved_option(const struct rule_ctx *c, struct obj block, struct obj at, size_t i)
{
	const char *option = reserved[i].option, *field = reserved[i].field;
	struct finding *f;

	if (!field) {
		f = finding_add(c, at, "", "%s is an argument that CloudNativePG passes itself",
				option);
		finding_effect(
			c, f,
			"of the two the last one counts, and the commands that list and delete backups never see this one");
	} else if (obj_type(obj_at(block, field)) > OBJ_NULL_VALUE) {
		f = finding_add(c, at, "", "%s stands beside the field %s", option, field);
		finding_effect(
			c, f,
			"only one of the two counts; a value in an element of its own stays behind");
	} else {
		f = finding_add(c, at, "", "%s has a field of its own", option);
		finding_at_most(f, SEV_INFO); /* it works */
	}
	if (reserved[i].fix)
		finding_fix(c, f, "%s - in place of the argument", reserved[i].fix);
	else
		finding_fix(c, f, "remove it");
}

static void reserved_in(const struct rule_ctx *c, struct obj block, struct obj list)
{
	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct str name = option_name(obj_text(e, ""));

		for (size_t i = 0; i < ARRAY_LEN(reserved); i++)
			if (str_is(name, reserved[i].option))
				reserved_option(c, block, e, i);
	}
}

static void check_additional_args_reserved(const struct rule_ctx *c)
{
	each_list(c, reserved_in);
}

static const struct rule rows[] = {
	{
		.id = "additional-args-malformed",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_additional_args_malformed,
		.summary = "An additional argument is not one word of a command line",
		.reference = "cloudnative-pg/plugin-barman-cloud#428",
	},
	{
		.id = "additional-args-reserved",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_additional_args_reserved,
		.summary = "An additional argument is one that CloudNativePG sets itself",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},
};

RULE_ROWS(additional_args);
