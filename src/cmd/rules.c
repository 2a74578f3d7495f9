/* `rules`: the table of rules. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "policy/policy.h"
#include "report/rules_list.h"

struct options {
	int format;
	struct rules_choice choice;
};

static enum exit_code rules_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct buf text = BUF_ARENA(call->arena);
	struct err err;

	if (!rules_list(o->format, &o->choice, call->arena, &text, &err))
		return cmd_fail(call, EXIT_INTERNAL, "%s", err.msg);
	return cmd_print(buf_slice(&text)) ? EXIT_CLEAN : EXIT_INTERNAL;
}

#define AT(member) .offset = offsetof(struct options, member)

static const struct opt opts[] = {
	{"format", 0, "NAME", OPT_CHOICE, AT(format), .choices = rules_formats,
	 .help = "{} (default: text)"},
	{"kind", 0, "WORD[,WORD...]", OPT_WORDS, AT(choice.kinds), .choices = rules_kinds,
	 .help = "only rules about objects of this kind, or what a live cluster or a bucket tells: {}"},
	{"severity", 0, "WORD[,WORD...]", OPT_WORDS, AT(choice.severities),
	 .choices = severity_names, .help = "only rules that the profile ranks so: {}"},
	{"profile", 0, "NAME", OPT_CHOICE, AT(choice.profile), .choices = policy_profiles,
	 .help = "of --severity: {} (default: " POLICY_DEFAULT_PROFILE ")"},
};

const struct cmd cmd_rules = {
	.name = "rules",
	.run = rules_main,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.summary = "list the rules and how each profile ranks them",
};
