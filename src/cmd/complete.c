#include "cmd/complete.h"

#include "checks/table.h"

#include <string.h>

struct table {
	const struct cmd *const *rows;
	size_t len;
};

/* The words that an operand can be; none: a file. */
static void operand_words(const struct cmd *c, struct table t, struct buf *out)
{
	const char *operands = c->operands ? c->operands : "";

	if (strcmp(operands, "RULE") == 0) {
		for (size_t i = 0; i < rules_len; i++)
			buf_fmt(out, "%s%s", i ? " " : "", rules[i].id);
	} else if (strcmp(operands, "[COMMAND]") == 0) {
		for (size_t i = 0; i < t.len; i++)
			buf_fmt(out, "%s%s", i ? " " : "", t.rows[i]->name);
	} else if (strcmp(operands, "SHELL") == 0) {
		for (size_t i = 0; complete_shells[i].name; i++)
			buf_fmt(out, "%s%s", i ? " " : "", complete_shells[i].name);
	}
}

static bool is_file(const struct opt *o)
{
	return strcmp(o->arg, "FILE") == 0 || strcmp(o->arg, "DIR") == 0;
}

static void choices(const struct opt *o, struct buf *out)
{
	for (size_t i = 0; o->choices && o->choices[i]; i++)
		buf_fmt(out, "%s%s", i ? " " : "", o->choices[i]);
}

static void bash_values(const struct cmd *c, struct buf *out)
{
	for (size_t i = 0; i < c->opts_len; i++) {
		const struct opt *o = &c->opts[i];

		if (!o->arg || (is_file(o) && !o->choices))
			continue;
		buf_fmt(out, "\t'%s --%s'", c->name, o->name);
		if (o->letter)
			buf_fmt(out, " | '%s -%c'", c->name, o->letter);
		buf_text(out, ") words='");
		choices(o, out);
		buf_text(out, "' ;;\n");
	}
}

static void bash_write(const struct cmd *const *rows, size_t len, struct buf *out)
{
	struct table t = {rows, len};

	buf_text(out, "# bash completion of backup-guard\n_backup_guard()\n{\n"
		      "\tlocal words='' current=${COMP_WORDS[COMP_CWORD]}\n"
		      "\tlocal command=${COMP_WORDS[1]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n\n"
		      "\tCOMPREPLY=()\n"
		      "\tif [ \"$previous\" = = ]; then\n"
		      "\t\tprevious=${COMP_WORDS[COMP_CWORD - 2]}\n"
		      "\tfi\n"
		      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tcommand='' previous=''\n\tfi\n"
		      "\tcase \"$command $previous\" in\n\t' ') words='");
	for (size_t i = 0; i < len; i++)
		buf_fmt(out, "%s%s", i ? " " : "", rows[i]->name);
	buf_text(out, "' ;;\n");
	for (size_t i = 0; i < len; i++)
		bash_values(rows[i], out);
	for (size_t i = 0; i < len; i++) {
		buf_fmt(out, "\t'%s '*)\n\t\tcase $current in\n\t\t-*) words='", rows[i]->name);
		for (size_t k = 0; k < rows[i]->opts_len; k++)
			buf_fmt(out, "--%s ", rows[i]->opts[k].name);
		buf_text(out, "--help' ;;\n\t\t*) words='");
		operand_words(rows[i], t, out);
		buf_text(out, "' ;;\n\t\tesac\n\t\t;;\n");
	}
	buf_text(out, "\tesac\n"
		      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
		      "}\ncomplete -o default -F _backup_guard backup-guard\n");
}

/* Inside '...' and inside [...] of an _arguments specification. */
static void zsh_text(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			buf_text(out, "'\\''");
		else if (strchr("[]:\\", *s))
			buf_fmt(out, "\\%c", *s);
		else
			buf_byte(out, *s);
	}
}

static void zsh_option(const struct opt *o, struct buf *out)
{
	const char *equals = o->arg ? "=" : "";

	buf_text(out, " \\\n\t\t\t");
	if (o->letter)
		buf_fmt(out, "'(-%c --%s)'{-%c,--%s%s}'", o->letter, o->name, o->letter, o->name,
			equals);
	else
		buf_fmt(out, "'--%s%s", o->name, equals);
	buf_byte(out, '[');
	zsh_text(out, o->help);
	buf_byte(out, ']');
	if (o->arg) {
		buf_byte(out, ':');
		zsh_text(out, o->arg);
		buf_byte(out, ':');
		if (o->choices) {
			buf_byte(out, '(');
			choices(o, out);
			buf_byte(out, ')');
		} else if (is_file(o)) {
			buf_text(out, "_files");
		}
	}
	buf_byte(out, '\'');
}

static void zsh_write(const struct cmd *const *rows, size_t len, struct buf *out)
{
	struct table t = {rows, len};

	buf_text(out, "#compdef backup-guard\n_backup_guard()\n{\n\tlocal -a commands\n"
		      "\tcommands=(\n");
	for (size_t i = 0; i < len; i++) {
		buf_fmt(out, "\t\t'%s:", rows[i]->name);
		zsh_text(out, rows[i]->summary);
		buf_text(out, "'\n");
	}
	buf_text(out, "\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n"
		      "\t\treturn\n\tfi\n\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n");
	for (size_t i = 0; i < len; i++) {
		struct buf words CLEANUP(buf) = {0};

		operand_words(rows[i], t, &words);
		buf_fmt(out, "\t(%s)\n\t\t_arguments '--help[print help]'", rows[i]->name);
		for (size_t k = 0; k < rows[i]->opts_len; k++)
			zsh_option(&rows[i]->opts[k], out);
		if (words.len)
			buf_fmt(out, " \\\n\t\t\t'*:word:(%.*s)'", STR_ARG(buf_slice(&words)));
		else if (rows[i]->operands)
			buf_text(out, " \\\n\t\t\t'*:file:_files'");
		buf_text(out, "\n\t\t;;\n");
	}
	buf_text(out, "\tesac\n}\n"
		      "if [ \"$funcstack[1]\" = _backup_guard ]; then\n\t_backup_guard \"$@\"\n"
		      "else\n\tcompdef _backup_guard backup-guard\nfi\n");
}

static void fish_text(struct buf *out, const char *s)
{
	buf_byte(out, '\'');
	for (; *s; s++)
		buf_fmt(out, "%s%c", *s == '\'' || *s == '\\' ? "\\" : "", *s);
	buf_byte(out, '\'');
}

static void fish_option(const struct cmd *c, const struct opt *o, struct buf *out)
{
	buf_fmt(out, "complete -c backup-guard -n '__fish_seen_subcommand_from %s' -l %s", c->name,
		o->name);
	if (o->letter)
		buf_fmt(out, " -s %c", o->letter);
	if (o->arg && o->choices) {
		buf_text(out, " -x -a '");
		choices(o, out);
		buf_byte(out, '\'');
	} else if (o->arg) {
		buf_text(out, is_file(o) ? " -r -F" : " -x");
	}
	buf_text(out, " -d ");
	fish_text(out, o->help);
	buf_byte(out, '\n');
}

static void fish_write(const struct cmd *const *rows, size_t len, struct buf *out)
{
	struct table t = {rows, len};

	for (size_t i = 0; i < len; i++) {
		struct buf words CLEANUP(buf) = {0};

		buf_fmt(out, "complete -c backup-guard -n __fish_use_subcommand -f -a %s -d ",
			rows[i]->name);
		fish_text(out, rows[i]->summary);
		buf_byte(out, '\n');
		operand_words(rows[i], t, &words);
		if (words.len)
			buf_fmt(out,
				"complete -c backup-guard -n '__fish_seen_subcommand_from %s' -f -a '%.*s'\n",
				rows[i]->name, STR_ARG(buf_slice(&words)));
		for (size_t k = 0; k < rows[i]->opts_len; k++)
			fish_option(rows[i], &rows[i]->opts[k], out);
	}
}

const struct complete_shell complete_shells[] = {
	{"bash", bash_write},
	{"zsh", zsh_write},
	{"fish", fish_write},
	{NULL, NULL},
};
