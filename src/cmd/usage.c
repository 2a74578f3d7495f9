#include "cmd/cmd.h"

#include "base/buf.h"

#define OPTION_COLUMN 26 /* where the help of an option begins */

static void option_line(const struct opt *o, struct buf *out)
{
	size_t start = out->len;

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
	buf_fmt(out, "%s\n", o->help);
}

void cmd_usage(const struct cmd *c, struct buf *out)
{
	static const struct opt help = {.name = "help", .letter = 'h', .help = "print this"};

	buf_fmt(out, "usage: %s %s%s%s%s\n\n%s\n", PROGRAM, c->name,
		c->opts_len ? " [OPTION...]" : "", c->operands ? " " : "",
		c->operands ? c->operands : "", c->summary);
	if (c->about)
		buf_fmt(out, "\n%s\n", c->about);
	buf_text(out, "\noptions:\n");
	for (size_t i = 0; i < c->opts_len; i++)
		option_line(&c->opts[i], out);
	option_line(&help, out);
}
