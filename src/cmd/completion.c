/* `completion`: what a shell offers. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "cmd/complete.h"

static enum exit_code completion_main(const struct cmd_call *call)
{
	struct buf text = BUF_ARENA(call->arena);
	struct str shell = call->operands[0];

	for (size_t i = 0; complete_shells[i].name; i++) {
		if (!str_is(shell, complete_shells[i].name))
			continue;
		complete_shells[i].write(call->table, call->table_len, &text);
		return cmd_print(buf_slice(&text)) ? EXIT_CLEAN : EXIT_INTERNAL;
	}
	return cmd_fail(call, EXIT_USAGE, "'%.*s' is none of bash, zsh, fish", STR_ARG(shell));
}

const struct cmd cmd_completion = {
	.name = "completion",
	.run = completion_main,
	.operands = "SHELL",
	.operands_min = 1,
	.operands_max = 1,
	.summary = "print completion for bash, zsh or fish",
	.about = "bash: source <(backup-guard completion bash)\n"
		 "\n"
		 "zsh: source <(backup-guard completion zsh)\n"
		 "\n"
		 "fish: backup-guard completion fish | source",
};
