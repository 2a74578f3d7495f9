/* `explain`: one rule in full, or which there are. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "checks/table.h"
#include "cmd/output.h"
#include "report/rules_list.h"

struct options {
	struct output output;
};

/* The one whose id begins so; `count` says how many do. */
static const struct rule *find(struct str prefix, size_t *count)
{
	const struct rule *rule = rule_find(prefix), *found = NULL;

	*count = 1;
	if (rule)
		return rule;
	*count = 0;
	for (size_t i = 0; i < rules_len; i++) {
		if (!str_has_prefix(str_from(rules[i].id), prefix))
			continue;
		found = &rules[i];
		++*count;
	}
	return found;
}

static enum exit_code explain_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct str word = call->operands[0];
	const struct rules_choice choice = {.prefix = word};
	struct buf text = BUF_ARENA(call->arena);
	struct err err;
	size_t count;
	const struct rule *rule = find(word, &count);

	if (!rule) {
		const char *near = rule_nearest(word);

		return cmd_fail(call, EXIT_USAGE, "no rule '%.*s'; %s%s%s", STR_ARG(word),
				near ? "did you mean " : "",
				near ? near : "'backup-guard rules' lists them", near ? "?" : "");
	}
	if (!(count == 1 ? rules_explain(rule, call->arena, &text, &err)
			 : rules_index(&choice, output_style(&o->output).width, &text, &err)))
		return cmd_fail(call, EXIT_INTERNAL, "%s", err.msg);
	return output_inked(&o->output, buf_slice(&text), rules_ink) ? EXIT_CLEAN : EXIT_INTERNAL;
}

static const struct opt opts[] = {
	OUTPUT_COLOR(.offset = offsetof(struct options, output.color)),
};

const struct cmd cmd_explain = {
	.name = "explain",
	.run = explain_main,
	.operands = "RULE",
	.operands_min = 1,
	.operands_max = 1,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.summary = "say what a rule finds, why, and what to write instead",
	.about = "RULE is the id of a rule, or how ids begin: of several the list is printed, "
		 "with the severity that profile generic gives them.",
};
