/* What --help and help print. */
#include "cmd/cmd.h"

#include "report/phrase.h"

#include <errno.h>
#include <string.h>

#define OPTION_COLUMN 24 /* where the help of an option begins */
#define WIDTH 80

const char *cmd_program(void)
{
	bool plugin = strcmp(program_invocation_short_name, "kubectl-backup_guard") == 0;

	return plugin ? "kubectl " PROGRAM : PROGRAM;
}

void cmd_help_of(const struct opt *o, struct buf *out)
{
	const char *list = o->choices ? strstr(o->help, "{}") : NULL;

	if (!list) {
		buf_text(out, o->help);
		return;
	}
	buf_str(out, (struct str){o->help, (size_t)(list - o->help)});
	for (size_t i = 0; o->choices[i]; i++)
		buf_fmt(out, "%s%s", i ? ", " : "", o->choices[i]);
	buf_text(out, list + 2);
}

static void option_line(const struct opt *o, struct buf *out)
{
	struct buf words CLEANUP(buf) = {0};
	size_t start = out->len;

	cmd_help_of(o, &words);
	buf_text(out, "  ");
	if (o->letter)
		buf_fmt(out, "-%c, ", o->letter);
	buf_fmt(out, "--%s", o->name);
	if (o->arg)
		buf_fmt(out, " %s", o->arg);
	size_t width = out->len - start;
	if (width >= OPTION_COLUMN) {
		buf_byte(out, '\n');
		width = 0;
	}
	buf_repeat(out, ' ', OPTION_COLUMN - width);
	phrase_wrap(
		out, buf_slice(&words),
		(struct wrap){.column = OPTION_COLUMN, .indent = OPTION_COLUMN, .width = WIDTH});
	buf_byte(out, '\n');
}

/* Each is one line of `about`; they stand apart by an empty one. */
static void paragraphs(const char *about, struct buf *out)
{
	struct str rest = str_from(about), line;

	while (str_split(&rest, '\n', &line)) {
		if (!line.len)
			continue;
		buf_byte(out, '\n');
		phrase_wrap(out, line, (struct wrap){.width = WIDTH});
		buf_byte(out, '\n');
	}
}

void cmd_usage(const struct cmd *c, struct buf *out)
{
	static const struct opt help = {.name = "help", .letter = 'h', .help = "print this"};

	buf_fmt(out, "usage: %s %s%s%s%s\n\n%s\n", cmd_program(), c->name,
		c->opts_len ? " [OPTION...]" : "", c->operands ? " " : "",
		c->operands ? c->operands : "", c->summary);
	if (c->about)
		paragraphs(c->about, out);
	buf_text(out, "\noptions:\n");
	for (size_t i = 0; i < c->opts_len; i++)
		option_line(&c->opts[i], out);
	option_line(&help, out);
}

void cmd_overview(const struct cmd *const *table, size_t len, struct buf *out)
{
	buf_fmt(out,
		"usage: %s COMMAND [OPTION...]\n\n"
		"Refuses CloudNativePG resources whose backups would not work, and says why.\n\n"
		"commands:\n",
		cmd_program());
	for (size_t i = 0; i < len; i++)
		buf_fmt(out, "  %-12s%s\n", table[i]->name, table[i]->summary);
	buf_fmt(out, "\n%s COMMAND --help says more; first steps: %s check FOLDER\n", cmd_program(),
		cmd_program());
}
