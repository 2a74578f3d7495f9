/* `rules`: the table of rules. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "report/rules_list.h"

struct options {
	int format;
};

static enum exit_code rules_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct buf text = BUF_ARENA(call->arena);
	struct err err;

	if (!rules_list(o->format, call->arena, &text, &err))
		return cmd_fail(call, EXIT_INTERNAL, "%s", err.msg);
	return cmd_print(buf_slice(&text)) ? EXIT_CLEAN : EXIT_INTERNAL;
}

static const struct opt opts[] = {
	{.name = "format",
	 .arg = "NAME",
	 .type = OPT_CHOICE,
	 .offset = offsetof(struct options, format),
	 .choices = rules_formats,
	 .help = "{} (default: text)"},
};

const struct cmd cmd_rules = {
	.name = "rules",
	.run = rules_main,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.summary = "list the rules and how each profile ranks them",
};
