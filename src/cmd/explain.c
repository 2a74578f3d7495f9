#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "checks/table.h"
#include "cmd/rules_list.h"

static enum exit_code explain_main(const struct cmd_call *call)
{
	const struct rule *rule = rule_find(call->operands[0]);
	struct buf text = BUF_ARENA(call->arena);
	struct err err;

	if (!rule) {
		const char *near = rule_nearest(call->operands[0]);

		return cmd_fail(call, EXIT_USAGE, "no rule '%.*s'; %s%s%s",
				STR_ARG(call->operands[0]), near ? "did you mean " : "",
				near ? near : "'backup-guard rules' lists them", near ? "?" : "");
	}
	if (!rules_explain(rule, call->arena, &text, &err))
		return cmd_fail(call, EXIT_INTERNAL, "%s", err.msg);
	return cmd_print(buf_slice(&text)) ? EXIT_CLEAN : EXIT_INTERNAL;
}

const struct cmd cmd_explain = {
	.name = "explain",
	.run = explain_main,
	.operands = "RULE",
	.operands_min = 1,
	.operands_max = 1,
	.summary = "say what a rule finds, why, and what to write instead",
};
