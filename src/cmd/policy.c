/* `policy`: profiles, policy files and their schema. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "base/limits.h"
#include "checks/table.h"
#include "policy/policy.h"

struct policy_options {
	struct str profile;
};

static enum exit_code print(struct str text)
{
	return cmd_print(text) ? EXIT_CLEAN : EXIT_INTERNAL;
}

static enum exit_code print_default(const struct cmd_call *call)
{
	const struct policy_options *o = call->options;
	struct str text;

	BUG_IF(!policy_profile_text(o->profile, &text));
	return print(text);
}

static size_t rules_changed(const struct policy *p)
{
	size_t changed = 0;

	for (size_t i = 0; i < rules_len; i++)
		changed += policy_severity(p, &rules[i]) != rules[i].severity;
	return changed;
}

/* "F: ok, profile generic, 3 rules changed, 1 store", and what has no effect. */
static void print_summary(struct buf *out, struct str file, const struct policy *p)
{
	size_t changed = rules_changed(p), stores = policy_params(p)->stores_len;
	struct buf idle CLEANUP(buf) = {0};
	struct str rest, line;

	buf_fmt(out, "%.*s: ok, profile %.*s, %zu rule%s changed, %zu store%s\n", STR_ARG(file),
		STR_ARG(policy_profile_name(p)), changed, changed == 1 ? "" : "s", stores,
		stores == 1 ? "" : "s");
	policy_idle(p, &idle);
	rest = buf_slice(&idle);
	while (str_split(&rest, '\n', &line))
		if (line.len)
			buf_fmt(out, "%.*s: note: %.*s\n", STR_ARG(file), STR_ARG(line));
}

static enum exit_code print_errors(const struct cmd_call *call, struct str file,
				   const struct policy_errors *errors)
{
	struct buf out = BUF_ARENA(call->arena);

	for (size_t i = 0; i < errors->len; i++) {
		const struct err *e = &errors->items[i];

		buf_str(&out, file);
		if (e->line)
			buf_fmt(&out, ":%u:%u", e->line, e->column);
		buf_fmt(&out, ": error: %s\n", e->msg);
	}
	return cmd_print(buf_slice(&out)) ? EXIT_INPUT : EXIT_INTERNAL;
}

static enum exit_code check(const struct cmd_call *call)
{
	struct str file = call->operands[1], bytes;
	struct policy_errors errors;
	struct policy *p;
	struct err err;

	if (!file_read(call->arena, file, LIMIT_POLICY_BYTES, &bytes, &err))
		return cmd_fail(call, EXIT_INPUT, "%.*s: %s", STR_ARG(file), err.msg);
	if (!policy_check(bytes, call->arena, &p, &errors))
		return print_errors(call, file, &errors);
	struct buf out = BUF_ARENA(call->arena);
	print_summary(&out, file, p);
	policy_drop(p);
	return print(buf_slice(&out));
}

static enum exit_code schema(const struct cmd_call *call)
{
	struct buf out = BUF_ARENA(call->arena);

	policy_schema(&out);
	return print(buf_slice(&out));
}

static const struct {
	const char *word;
	size_t operands;
	enum exit_code (*run)(const struct cmd_call *call);
} words[] = {
	{"check", 2, check},
	{"print-default", 1, print_default},
	{"schema", 1, schema},
};

static enum exit_code policy_main(const struct cmd_call *call)
{
	struct str word = call->operands[0];
	const char *names[ARRAY_LEN(words)];

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		names[i] = words[i].word;
		if (!str_is(word, words[i].word))
			continue;
		if (call->operands_len < words[i].operands)
			return cmd_fail(call, EXIT_USAGE, "%s needs FILE", words[i].word);
		if (call->operands_len > words[i].operands)
			return cmd_fail(call, EXIT_USAGE, "unexpected '%.*s'",
					STR_ARG(call->operands[words[i].operands]));
		return words[i].run(call);
	}
	const char *near = str_nearest(word, names, ARRAY_LEN(names));
	return cmd_fail(call, EXIT_USAGE, "'%.*s' is none of check, print-default, schema%s%s%s",
			STR_ARG(word), near ? "; did you mean " : "", near ? near : "",
			near ? "?" : "");
}

static const struct opt opts[] = {
	{.name = "profile",
	 .arg = "NAME",
	 .type = OPT_WORD,
	 .offset = offsetof(struct policy_options, profile),
	 .choices = policy_profiles,
	 .help = "for print-default: {} (default: " POLICY_DEFAULT_PROFILE ")"},
};

const struct cmd cmd_policy = {
	.name = "policy",
	.run = policy_main,
	.operands = "check FILE | print-default | schema",
	.operands_min = 1,
	.operands_max = 2,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct policy_options),
	.defaults = &(const struct policy_options){.profile = STR_INIT(POLICY_DEFAULT_PROFILE)},
	.summary = "print a profile, check a policy file, print its JSON Schema",
	.about =
		"check FILE tells everything that is wrong in a policy file, with line and column, or what it would do. - is standard input.\n\n"
		"print-default prints a profile, which is a policy file: a start for your own.\n\n"
		"schema prints the JSON Schema for editors that complete and check YAML.",
};
