/* `help`: every command, or one, or the manual page. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

#include "cmd/man.h"

struct options {
	int format;
};

enum format { FORMAT_TEXT, FORMAT_MAN };
static const char *const formats[] = {"text", "man", NULL};

static bool write_command(const struct cmd_call *call, struct buf *out)
{
	for (size_t i = 0; i < call->table_len; i++) {
		if (!str_is(call->operands[0], call->table[i]->name))
			continue;
		cmd_usage(call->table[i], out);
		return true;
	}
	return false;
}

static enum exit_code help_main(const struct cmd_call *call)
{
	const struct options *o = call->options;
	struct buf text = BUF_ARENA(call->arena);

	if (o->format == FORMAT_MAN)
		man_write(call->table, call->table_len, &text);
	else if (!call->operands_len)
		cmd_overview(call->table, call->table_len, &text);
	else if (!write_command(call, &text))
		return cmd_unknown(call, call->operands[0]);
	return cmd_print(buf_slice(&text)) ? EXIT_CLEAN : EXIT_INTERNAL;
}

static const struct opt opts[] = {
	{.name = "format",
	 .arg = "NAME",
	 .type = OPT_CHOICE,
	 .offset = offsetof(struct options, format),
	 .choices = formats,
	 .help = "text, or man for the manual page of all commands (default: text)"},
};

const struct cmd cmd_help = {
	.name = "help",
	.run = help_main,
	.operands = "[COMMAND]",
	.operands_max = 1,
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.options_size = sizeof(struct options),
	.summary = "list the commands, or explain one",
};
