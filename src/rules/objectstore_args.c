#include "rules/checks.h"
#include "rules/rule.h"

static const char *const lists[] = {
	"data.additionalCommandArgs",
	"data.restoreAdditionalCommandArgs",
	"wal.archiveAdditionalCommandArgs",
	"wal.restoreAdditionalCommandArgs",
};

typedef void args_fn(const struct rule_ctx *c, struct obj list);

static void each_list(const struct rule_ctx *c, args_fn *each)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		each(c, obj_at(obj_at(c->root, "spec.configuration"), lists[i]));
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

static void malformed(const struct rule_ctx *c, struct obj list)
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
			finding_effect(c, f,
				       "it moves the positional arguments: barman-cloud stops with "
				       "\"invalid arguments\"");
			finding_fix(c, f, "\"--OPTION=%.*s\"", STR_ARG(argument));
		} else {
			value_may_follow = false;
		}
	}
}

void check_additional_args_malformed(const struct rule_ctx *c)
{
	each_list(c, malformed);
}

static const struct {
	const char *option, *field;
} reserved[] = {
	{"--azure-credential", "azureCredentials"},
	{"--bzip2", "compression: bzip2"},
	{"--cloud-provider", "s3Credentials, googleCredentials or azureCredentials"},
	{"--encryption", "encryption: AES256"},
	{"--endpoint-url", "endpointURL: https://HOST:PORT"},
	{"--gzip", "compression: gzip"},
	{"--history-tags", "historyTags: {KEY: VALUE}"},
	{"--immediate-checkpoint", "immediateCheckpoint: true"},
	{"--jobs", "jobs: N"},
	{"--lz4", "compression: lz4"},
	{"--name", NULL},
	{"--snappy", "compression: snappy"},
	{"--tags", "tags: {KEY: VALUE}"},
	{"--user", NULL},
	{"--xz", "compression: xz"},
	{"--zstd", "compression: zstd"},
	{"-J", "jobs: N"},
	{"-e", "encryption: AES256"},
	{"-j", "compression: bzip2"},
	{"-z", "compression: gzip"},
};

static void reserved_in(const struct rule_ctx *c, struct obj list)
{
	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct str argument = obj_text(e, "");

		for (size_t i = 0; i < ARRAY_LEN(reserved); i++) {
			if (!str_is(option_name(argument), reserved[i].option))
				continue;
			struct finding *f = finding_add(
				c, e, "", "%s is an argument that CloudNativePG sets itself",
				reserved[i].option);
			finding_effect(c, f,
				       "one of the two is dropped; a value in an element of "
				       "its own stays behind");
			if (reserved[i].field)
				finding_fix(c, f, "%s - in place of the argument",
					    reserved[i].field);
			else
				finding_fix(c, f, "remove it");
		}
	}
}

void check_additional_args_reserved(const struct rule_ctx *c)
{
	each_list(c, reserved_in);
}
