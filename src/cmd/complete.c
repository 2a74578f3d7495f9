#include "cmd/complete.h"

#include "checks/table.h"
#include "kube/config.h"

#include <string.h>

struct ask {
	const struct cmd *const *table;
	size_t table_len;
	const struct cmd *cmd;
	const struct opt *option; /* whose value it is; NULL: none */
	struct str kubeconfig;
	size_t operands; /* before it */
	bool no_options; /* behind "--" */
	struct str current;
	struct arena *arena;
	struct buf *out;
};

static void offer(struct ask *a, struct str word, struct str help)
{
	for (size_t i = 0; i < word.len; i++)
		if ((unsigned char)word.ptr[i] < ' ')
			return;
	if (!str_has_prefix(word, a->current))
		return;
	buf_str(a->out, word);
	if (help.len)
		buf_fmt(a->out, "\t%.*s", STR_ARG(help));
	buf_byte(a->out, '\n');
}

static void offer_commands(struct ask *a)
{
	for (size_t i = 0; i < a->table_len; i++)
		offer(a, str_from(a->table[i]->name), str_from(a->table[i]->summary));
}

static void offer_options(struct ask *a)
{
	for (size_t i = 0; i < a->cmd->opts_len; i++) {
		const struct opt *o = &a->cmd->opts[i];
		struct buf help = BUF_ARENA(a->arena);

		cmd_help_of(o, &help);
		offer(a, arena_fmt(a->arena, "--%s", o->name), buf_slice(&help));
	}
	offer(a, STR("--help"), STR("print help"));
}

static bool holds(struct str list, const char *word)
{
	struct str one;

	while (str_split(&list, ',', &one))
		if (str_is(one, word))
			return true;
	return false;
}

/* Of a list behind its last comma what is not in it yet. */
static void offer_choices(struct ask *a, const struct opt *o)
{
	struct str before = strchr(o->arg, ',') ? a->current : STR_EMPTY;

	while (before.len && before.ptr[before.len - 1] != ',')
		before.len--;
	for (size_t i = 0; o->choices[i]; i++)
		if (!holds(before, o->choices[i]))
			offer(a, arena_fmt(a->arena, "%.*s%s", STR_ARG(before), o->choices[i]),
			      STR_EMPTY);
}

static void offer_contexts(struct ask *a)
{
	const struct str *names;
	size_t len;
	struct err err;

	if (!kube_config_contexts(a->kubeconfig, false, a->arena, &names, &len, &err))
		return;
	for (size_t i = 0; i < len; i++)
		offer(a, names[i], STR_EMPTY);
}

static void offer_operands(struct ask *a)
{
	const char *operands = a->cmd->operands ? a->cmd->operands : "";

	if (a->operands)
		return;
	for (size_t i = 0; a->cmd->words && a->cmd->words[i]; i++)
		offer(a, str_from(a->cmd->words[i]), STR_EMPTY);
	if (strcmp(operands, "[COMMAND]") == 0)
		offer_commands(a);
	for (size_t i = 0; strcmp(operands, "RULE") == 0 && i < rules_len; i++)
		offer(a, str_from(rules[i].id), str_from(rules[i].summary));
}

static bool is_file(const char *arg)
{
	return strstr(arg, "FILE") || strstr(arg, "PATH") || strstr(arg, "DIR");
}

/* False: a file may stand there, too. */
static bool offer_words(struct ask *a)
{
	const char *operands;

	if (!a->cmd) {
		offer_commands(a);
		return true;
	}
	if (a->option) {
		if (a->option->choices)
			offer_choices(a, a->option);
		else if (strcmp(a->option->name, "context") == 0)
			offer_contexts(a);
		return !is_file(a->option->arg);
	}
	if (!a->no_options && str_has_prefix(a->current, STR("-"))) {
		offer_options(a);
		return true;
	}
	offer_operands(a);
	operands = a->cmd->operands;
	return !operands || !is_file(operands) || (a->cmd->words && !a->operands);
}

/* The words before the one that is typed, as they will be parsed. */
static void read_words(struct ask *a, const struct str *words, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct str value;
		const struct opt *o;

		if (a->no_options || words[i].len < 2 || words[i].ptr[0] != '-') {
			a->operands++;
			continue;
		}
		a->no_options = str_is(words[i], "--");
		o = cmd_option(a->cmd, words[i], &value);
		if (!o || !o->arg)
			continue;
		if (!value.ptr && ++i == len)
			a->option = o;
		else if (strcmp(o->name, "kubeconfig") == 0)
			a->kubeconfig = value.ptr ? value : words[i];
	}
}

void complete_words(const struct cmd *const *table, size_t len, const struct str *words,
		    size_t words_len, struct arena *arena, struct buf *out)
{
	struct ask a = {.table = table, .table_len = len, .arena = arena, .out = out};
	const struct opt *o;
	struct str value;
	bool known = words_len < 2;

	a.current = words_len ? words[words_len - 1] : STR_EMPTY;
	for (size_t i = 0; !known && i < len; i++) {
		known = str_is(words[0], table[i]->name);
		a.cmd = table[i];
	}
	if (a.cmd && known) {
		read_words(&a, words + 1, words_len - 2);
		o = a.option || a.no_options ? NULL : cmd_option(a.cmd, a.current, &value);
		if (o && o->arg && value.ptr && a.current.ptr[1] == '-') {
			a.option = o;
			a.current = value;
		}
	}
	buf_text(out, !known || offer_words(&a) ? ":4\n" : ":0\n");
}
