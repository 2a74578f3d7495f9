#include "cmd/man.h"

#include "checks/table.h"

/* A backslash escapes, a hyphen is typographic unless escaped, and a line that begins with a dot or
 * an apostrophe is a request. */
static void plain(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool line_start = !out->len || out->ptr[out->len - 1] == '\n';

		if (line_start && (s.ptr[i] == '.' || s.ptr[i] == '\''))
			buf_text(out, "\\&");
		if (s.ptr[i] == '\\')
			buf_text(out, "\\e");
		else if (s.ptr[i] == '-')
			buf_text(out, "\\-");
		else
			buf_byte(out, s.ptr[i]);
	}
}

static void text(struct buf *out, const char *s)
{
	plain(out, str_from(s));
}

static void paragraphs(struct buf *out, const char *about)
{
	struct str rest = str_from(about), line;

	buf_text(out, ".PP\n");
	while (str_split(&rest, '\n', &line)) {
		if (line.len)
			plain(out, line);
		else
			buf_text(out, ".PP");
		buf_byte(out, '\n');
	}
}

static void option(struct buf *out, const struct opt *o)
{
	struct buf help CLEANUP(buf) = {0};

	buf_text(out, ".TP\n\\fB");
	if (o->letter)
		buf_fmt(out, "\\-%c\\fR, \\fB", o->letter);
	buf_text(out, "\\-\\-");
	text(out, o->name);
	buf_text(out, "\\fR");
	if (o->arg) {
		buf_text(out, " \\fI");
		text(out, o->arg);
		buf_text(out, "\\fR");
	}
	buf_byte(out, '\n');
	cmd_help_of(o, &help);
	plain(out, buf_slice(&help));
	buf_byte(out, '\n');
}

static void command(struct buf *out, const struct cmd *c)
{
	buf_fmt(out, ".SS %s\n.B ", c->name);
	text(out, PROGRAM);
	buf_fmt(out, " %s\n", c->name);
	if (c->opts_len)
		buf_text(out, "[\\fIOPTION\\fR...]\n");
	if (c->operands) {
		text(out, c->operands);
		buf_byte(out, '\n');
	}
	buf_text(out, ".PP\n");
	text(out, c->summary);
	buf_text(out, ".\n");
	if (c->about)
		paragraphs(out, c->about);
	for (size_t i = 0; i < c->opts_len; i++)
		option(out, &c->opts[i]);
}

static void rule_list(struct buf *out)
{
	buf_text(out, ".SH RULES\n\\(lqbackup\\-guard explain\\(rq says more about each.\n");
	for (size_t i = 0; i < rules_len; i++) {
		buf_text(out, ".TP\n.B ");
		text(out, rules[i].id);
		buf_byte(out, '\n');
		text(out, rules[i].summary);
		buf_byte(out, '\n');
	}
}

void man_write(const struct cmd *const *table, size_t len, struct buf *out)
{
	static const struct {
		const char *name, *help;
	} codes[] =
		{
			{"0", "nothing at --fail-on or above"},
			{"1",
			 "findings at --fail-on or above; review: denied; cron: refused; certs show: of no use for a webhook"},
			{"2", "wrong words on the command line"},
			{"3",
			 "input or policy that cannot be read, or a file that cannot be written"},
			{"4", "an internal error"},
		},
	  environment[] = {
		  {"BACKUP_GUARD_POLICY",
		   "the policy file when neither --policy nor --profile is given"},
		  {"NO_COLOR", "when not empty, no colour unless --color asks for it"},
	  };

	buf_text(
		out,
		".TH BACKUP\\-GUARD 1 \"\" \"backup\\-guard " PROGRAM_VERSION
		"\" \"User Commands\"\n.SH NAME\nbackup\\-guard \\- refuse CloudNativePG resources whose backups would not work\n.SH SYNOPSIS\n.B backup\\-guard\n"
		"\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n.SH COMMANDS\n");
	for (size_t i = 0; i < len; i++)
		command(out, table[i]);
	rule_list(out);
	buf_text(out, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		buf_fmt(out, ".TP\n.B %s\n", codes[i].name);
		text(out, codes[i].help);
		buf_byte(out, '\n');
	}
	buf_text(out, ".SH ENVIRONMENT\n");
	for (size_t i = 0; i < ARRAY_LEN(environment); i++) {
		buf_fmt(out, ".TP\n.B %s\n", environment[i].name);
		text(out, environment[i].help);
		buf_byte(out, '\n');
	}
}
