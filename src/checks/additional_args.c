/* Arguments that a person adds to the command lines of barman-cloud. */
#include "facts/added.h"
#include "facts/store.h"

#define NOWHERE SIZE_MAX

struct reading {
	const struct added *added;
	size_t dropped;	   /* the last word that CloudNativePG left out */
	size_t kms;	   /* where --sse-kms-key-id stands */
	struct str cipher; /* the encryption that counts */
};

/* "--opt value" and "-o value" as one element: one word to the program. */
static bool joined(const struct added *a, size_t at)
{
	struct str argument = a->line.words[at];
	struct str name = added_option_name(argument);
	struct str value = str_trim(str_slice(argument, name.len, argument.len));
	struct finding *f;

	if (name.len == argument.len || argument.ptr[name.len] == '=' ||
	    !str_has_prefix(name, STR("-")))
		return false;
	f = finding_add(a->c, a->elements[at], "",
			"\"%.*s\" is one argument, not an option and its value", STR_ARG(argument));
	finding_effect(a->c, f, "%s stops with \"invalid arguments\": %s", a->command,
		       a->list->fails);
	if (str_has_prefix(name, STR("--")) && value.len)
		finding_fix(a->c, f, "\"%.*s=%.*s\"", STR_ARG(name), STR_ARG(value));
	else
		finding_fix(a->c, f, "[\"%.*s\", \"%.*s\"] - two elements of the list",
			    STR_ARG(name), STR_ARG(value));
	return true;
}

/* The list whose command knows what this one does not. */
static bool belongs_elsewhere(const struct added *a, struct finding *f, struct str name)
{
	for (size_t i = 0; i < ADDED_LISTS; i++)
		if (barman_option(added_lists[i].command, name)) {
			finding_fix(a->c, f, "remove it - %s has it, in %s.%s",
				    barman_command_name(added_lists[i].command),
				    added_lists[i].block, added_lists[i].list);
			return true;
		}
	return false;
}

#define NAMES_MOST 96

static const char *nearest_option(const struct added *a, struct str name)
{
	const char *names[NAMES_MOST];
	size_t len = 0;

	for (const struct barman_option *o = NULL;
	     (o = barman_option_next(a->line.command, o)) && len < NAMES_MOST;)
		names[len++] = o->names[0];
	return str_nearest(name, names, len);
}

static void unknown(const struct added *a, size_t at)
{
	struct str word = a->line.words[at], name = added_option_name(word);
	struct str value = str_slice(word, name.len, word.len);
	const char *near = nearest_option(a, name);
	struct finding *f = finding_add(a->c, a->elements[at], "", "%.*s is no option of %s",
					STR_ARG(name), a->command);

	finding_effect(a->c, f, "it stops with \"unrecognized arguments\": %s", a->list->fails);
	if (belongs_elsewhere(a, f, name))
		return;
	if (near)
		finding_fix(a->c, f, "\"%s%.*s\"", near, STR_ARG(value));
	else
		finding_fix(a->c, f, "remove it");
}

static void stray(const struct reading *r, size_t at)
{
	const struct added *a = r->added;
	struct str word = a->line.words[at];
	struct finding *f = finding_add(a->c, a->elements[at], "", "\"%.*s\" belongs to no option",
					STR_ARG(word));

	if (at && r->dropped == at - 1)
		finding_effect(
			a->c, f,
			"CloudNativePG drops %.*s, which is there already, and its value stays: %s stops with \"invalid arguments\"",
			STR_ARG(a->line.words[at - 1]), a->command);
	else
		finding_effect(
			a->c, f,
			"it moves the positional arguments: barman-cloud stops with \"invalid arguments\"");
	if (at && r->dropped == at - 1)
		finding_fix(a->c, f, "remove both elements");
	else
		finding_fix(a->c, f, "\"--OPTION=%.*s\"", STR_ARG(word));
}

static void lacks(const struct reading *r, const struct barman_arg *arg)
{
	const struct added *a = r->added;
	const char *name = arg->option->names[0];
	struct str next = arg->at + 1 < a->line.len ? a->line.words[arg->at + 1] : STR_EMPTY;
	struct finding *f = finding_add(a->c, a->elements[arg->at], "", "%.*s has no value",
					STR_ARG(added_option_name(a->line.words[arg->at])));

	if (next.len && r->dropped == arg->at + 1) {
		finding_effect(
			a->c, f,
			"CloudNativePG drops \"%.*s\", a word that its command line has already: %s stops with \"expected one argument\"",
			STR_ARG(next), a->command);
		finding_fix(a->c, f, "\"%s=%.*s\"", name, STR_ARG(next));
		return;
	}
	finding_effect(a->c, f, "%s stops with \"expected one argument\": %s", a->command,
		       a->list->fails);
	finding_fix(a->c, f, "\"%s=VALUE\"", name);
}

static void bad_value(const struct added *a, const struct barman_arg *arg)
{
	const char *name = arg->option->names[0], *wants = barman_wants(arg->option);
	bool words = arg->option->takes == TAKES_WORD;
	struct finding *f;

	if (joined(a, arg->at))
		return;
	f = finding_add(a->c, a->elements[arg->at], "", "%s is \"%.*s\", not %s%s", name,
			STR_ARG(arg->value), words ? "one of " : "", wants);
	finding_effect(a->c, f, "%s stops at it: %s", a->command, a->list->fails);
	if (words)
		finding_fix(a->c, f, "\"%s=...\" - with one of %s", name, wants);
	else
		finding_fix(a->c, f, "\"%s=...\" - with %s", name, wants);
}

static void short_word(const struct added *a, const struct barman_arg *arg)
{
	struct str word = a->line.words[arg->at];
	struct finding *f;

	switch (arg->is) {
	case ARG_EMPTY:
		f = word.len ? finding_add(a->c, a->elements[arg->at], "",
					   "\"%.*s\" has no option before its '='", STR_ARG(word))
			     : finding_add(a->c, a->elements[arg->at], "", "an argument is empty");
		finding_effect(a->c, f, "CloudNativePG drops it");
		finding_fix(a->c, f, "remove the element");
		finding_at_most(f, SEV_WARN);
		return;
	case ARG_AMBIGUOUS:
		f = finding_add(a->c, a->elements[arg->at], "", "%.*s is short for several options",
				STR_ARG(added_option_name(word)));
		finding_fix(a->c, f, "the whole name of the option");
		break;
	case ARG_EXTRA:
		f = finding_add(a->c, a->elements[arg->at], "",
				"%s takes no value, and has \"%.*s\"", arg->option->names[0],
				STR_ARG(arg->value));
		finding_fix(a->c, f, "\"%s\"", arg->option->names[0]);
		break;
	case ARG_EXCLUDED:
		f = finding_add(a->c, a->elements[arg->at], "", "%s is not allowed beside %s",
				arg->option->names[0], arg->other);
		finding_fix(a->c, f, "remove it, or %s", arg->other);
		break;
	default: /* ARG_REST */
		f = finding_add(a->c, a->elements[arg->at], "",
				"-- makes the options behind it positional arguments");
		finding_fix(a->c, f, "remove it");
		break;
	}
	finding_effect(a->c, f, "%s stops with \"invalid arguments\": %s", a->command,
		       a->list->fails);
}

/* Well-formed, and refused all the same. */
static void understood(struct reading *r, const struct barman_arg *arg)
{
	const struct added *a = r->added;
	const char *name = arg->option->names[0];
	struct finding *f;

	if (str_is(str_from(name), "--encryption"))
		r->cipher = arg->value;
	if (str_is(str_from(name), "--sse-kms-key-id"))
		r->kms = arg->at;
	if (!str_has_suffix(str_from(name), STR("profile")) ||
	    store_kind(store_configuration(a->c)) != STORE_S3 ||
	    store_has_env(a->c, "AWS_CONFIG_FILE") ||
	    store_has_env(a->c, "AWS_SHARED_CREDENTIALS_FILE"))
		return;
	f = finding_add(a->c, a->elements[arg->at], "", "%s names the profile \"%.*s\"", name,
			STR_ARG(arg->value));
	finding_effect(
		a->c, f,
		"the sidecar has no file of profiles: %s stops with \"The config profile could not be found\"",
		a->command);
	finding_fix(a->c, f, "remove it - s3Credentials name the keys");
}

static void malformed(void *ctx, const struct barman_arg *arg)
{
	struct reading *r = ctx;
	const struct added *a = r->added;

	switch (arg->is) {
	case ARG_DROPPED:
		r->dropped = arg->at;
		break;
	case ARG_OPTION:
		understood(r, arg);
		break;
	case ARG_UNKNOWN:
		if (!joined(a, arg->at))
			unknown(a, arg->at);
		break;
	case ARG_STRAY:
		if (!joined(a, arg->at))
			stray(r, arg->at);
		break;
	case ARG_LACKS:
		lacks(r, arg);
		break;
	case ARG_BAD:
		bad_value(a, arg);
		break;
	case ARG_REST: /* before positional arguments alone it does no harm */
		if (added_is_upload(a) || arg->at + 1 < a->line.len)
			short_word(a, arg);
		break;
	case ARG_EMPTY:
	case ARG_AMBIGUOUS:
	case ARG_EXTRA:
	case ARG_EXCLUDED:
		short_word(a, arg);
		break;
	}
}

static void kms_without_cipher(const struct reading *r)
{
	const struct added *a = r->added;
	struct finding *f;

	if (r->kms == NOWHERE || a->c->object->part || str_is(r->cipher, "aws:kms") ||
	    value_is_placeholder(r->cipher, NULL) ||
	    store_kind(store_configuration(a->c)) != STORE_S3)
		return;
	f = finding_add(a->c, a->elements[r->kms], "",
			"--sse-kms-key-id stands without encryption: aws:kms");
	finding_effect(a->c, f, "%s stops with \"Encryption type must be \\\"aws:kms\\\"\": %s",
		       a->command, a->list->fails);
	finding_fix(a->c, f, "encryption: aws:kms beside the list, or remove it");
}

static void malformed_list(struct added *a)
{
	struct reading r = {.added = a,
			    .dropped = NOWHERE,
			    .kms = NOWHERE,
			    .cipher = obj_text(a->block, "encryption")};

	barman_read(&a->line, malformed, &r);
	kms_without_cipher(&r);
}

static void check_additional_args_malformed(const struct rule_ctx *c)
{
	added_each(c, malformed_list);
}

static void ends(void *ctx, const struct barman_arg *arg)
{
	const struct added *a = ctx;
	const char *lost = NULL;
	struct finding *f;

	if (arg->is != ARG_OPTION || arg->option->takes != ENDS_COMMAND)
		return;
	switch (a->line.command) {
	case BARMAN_BACKUP:
		lost = "nothing is stored, and every base backup fails when it is looked for";
		break;
	case BARMAN_RESTORE:
		lost = "nothing is restored";
		break;
	case BARMAN_WAL_ARCHIVE:
		lost = "PostgreSQL takes the file for archived and removes it: WAL is lost in silence";
		break;
	case BARMAN_WAL_RESTORE:
		lost = "PostgreSQL is told of a file that is not there";
		break;
	}
	f = finding_add(a->c, a->elements[arg->at], "",
			"%.*s ends %s with success before it has done anything",
			STR_ARG(added_written(a, arg)), a->command);
	finding_effect(a->c, f, "%s", lost);
	finding_fix(a->c, f, "remove it");
}

static void ending_list(struct added *a)
{
	barman_read(&a->line, ends, a);
}

static void check_additional_args_ends_command(const struct rule_ctx *c)
{
	added_each(c, ending_list);
}

static const struct rule rows[] = {
	{
		.id = "additional-args-ends-command",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_additional_args_ends_command,
		.summary = "An additional argument ends the command before it has done anything",
		.reference = "https://docs.pgbarman.org/release/3.19.1/",
	},
	{
		.id = "additional-args-malformed",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_additional_args_malformed,
		.summary = "An additional argument is not one that barman-cloud takes",
		.reference = "cloudnative-pg/plugin-barman-cloud#428",
	},
};

RULE_ROWS(additional_args);
