/* `policy`: profiles, policy files, their schema, and a policy as the API server itself judges by.
 */
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/policy_check.h"

#include "policy/source.h"
#include "vap/vap.h"

static enum exit_code print(struct str text)
{
	return cmd_print(text) ? EXIT_CLEAN : EXIT_INTERNAL;
}

static enum exit_code print_default(const struct cmd_call *call)
{
	const struct policy_source *o = call->options;
	struct str text;

	if (o->file.len)
		return cmd_fail(call, EXIT_USAGE, "print-default prints a profile, no --policy");
	BUG_IF(!policy_profile_text(o->profile.len ? o->profile : STR(POLICY_DEFAULT_PROFILE),
				    &text));
	return print(text);
}

static enum exit_code schema(const struct cmd_call *call)
{
	struct buf out = BUF_ARENA(call->arena);

	policy_schema(&out);
	return print(buf_slice(&out));
}

static enum exit_code vap(const struct cmd_call *call)
{
	struct buf out = BUF_ARENA(call->arena);
	struct policy *p;
	struct str what;
	struct err err;

	if (!policy_source_load(*(const struct policy_source *)call->options, call->arena, &p,
				&what, &err))
		return cmd_fail(call, EXIT_INPUT, "%s", err.msg);
	vap_print(p, call->arena, &out);
	policy_drop(p);
	return print(buf_slice(&out));
}

static const struct {
	const char *word;
	size_t operands;
	enum exit_code (*run)(const struct cmd_call *call);
} words[] = {
	{"check", 2, policy_check_file},
	{"print-default", 1, print_default},
	{"schema", 1, schema},
	{"vap", 1, vap},
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
	return cmd_fail(call, EXIT_USAGE,
			"'%.*s' is none of check, print-default, schema, vap%s%s%s", STR_ARG(word),
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static const struct opt opts[] = {
	{.name = "policy",
	 .arg = "FILE",
	 .type = OPT_TEXT,
	 .offset = offsetof(struct policy_source, file),
	 .help = "for vap: a BackupPolicy (default: see above)"},
	{.name = "profile",
	 .arg = "NAME",
	 .type = OPT_WORD,
	 .offset = offsetof(struct policy_source, profile),
	 .choices = policy_profiles,
	 .help = "for print-default and vap: {} (default: " POLICY_DEFAULT_PROFILE ")"},
};

const struct cmd cmd_policy = {
	.name = "policy",
	.run = policy_main,
	.operands = "check FILE | print-default | schema | vap",
	.operands_min = 1,
	.operands_max = 2,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct policy_source),
	.summary = "print a profile, check a policy file, print its JSON Schema or its CEL",
	.about =
		"check FILE tells everything that is wrong in a policy file, with line and column, or what it would do. - is standard input.\n\n"
		"print-default prints a profile, which is a policy file: a start for your own.\n\n"
		"schema prints the JSON Schema for editors that complete and check YAML.\n\n"
		"vap prints ValidatingAdmissionPolicies and their bindings, by which the API server (Kubernetes 1.30 or newer) judges without a pod: backup-guard policy vap | kubectl apply -f -. They hold the rules that need the object alone and that CEL can say; which, the comment at their head lists. The policy is --policy, else --profile, else the file that BACKUP_GUARD_POLICY names, else profile " POLICY_DEFAULT_PROFILE
		".",
};
