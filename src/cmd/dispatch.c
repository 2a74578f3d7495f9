/* From the words of the command line to a command, its options and its operands. */
#include "cmd/cmd.h"

#include "base/utc.h"
#include "cmd/complete.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 64 /* commands, or options of one command; both are tables of ours */

static enum exit_code fail(const char *command, enum exit_code code, const char *fmt, va_list args)
	PRINTF(3, 0);
static enum exit_code fail(const char *command, enum exit_code code, const char *fmt, va_list args)
{
	struct buf line CLEANUP(buf) = {0};

	buf_fmt(&line, "%s%s%s: ", PROGRAM, *command ? " " : "", command);
	buf_vfmt(&line, fmt, args);
	buf_byte(&line, '\n');
	if (code == EXIT_USAGE)
		buf_fmt(&line, "see '%s%s%s --help'\n", cmd_program(), *command ? " " : "",
			command);
	fwrite(line.ptr, 1, line.len, stderr);
	return code;
}

enum exit_code cmd_fail(const struct cmd_call *call, enum exit_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fail(call->cmd->name, code, fmt, args);
	va_end(args);
	return code;
}

static enum exit_code fail_plain(const char *fmt, ...) PRINTF(1, 2);
static enum exit_code fail_plain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fail("", EXIT_USAGE, fmt, args);
	va_end(args);
	return EXIT_USAGE;
}

static enum exit_code unknown_option(const struct cmd_call *call, struct str word)
{
	const char *names[NAMES_MAX] = {0};
	size_t len = call->cmd->opts_len;
	struct str rest = str_slice(word, 2, word.len), name;

	if (word.ptr[1] != '-')
		return cmd_fail(call, EXIT_USAGE, "unknown option %.*s", STR_ARG(word));
	str_split(&rest, '=', &name);

	BUG_IF(len > NAMES_MAX);
	for (size_t i = 0; i < len; i++)
		names[i] = call->cmd->opts[i].name;
	const char *near = str_nearest(name, names, len);
	return cmd_fail(call, EXIT_USAGE, "unknown option --%.*s%s%s%s", STR_ARG(name),
			near ? "; did you mean --" : "", near ? near : "", near ? "?" : "");
}

static bool set_choice(const char *const *choices, struct str value, int *target, struct buf *why)
{
	size_t len = 0;

	for (; choices[len]; len++) {
		if (str_is(value, choices[len])) {
			*target = (int)len;
			return true;
		}
	}
	buf_text(why, "is none of");
	for (size_t i = 0; i < len; i++)
		buf_fmt(why, "%s %s", i ? "," : "", choices[i]);
	const char *near = str_nearest(value, choices, len);
	if (near)
		buf_fmt(why, "; did you mean %s?", near);
	return false;
}

static bool add_text(struct opt_texts *to, struct str value, struct buf *why)
{
	if (to->len == ARRAY_LEN(to->items)) {
		buf_fmt(why, "is one too many: %zu are known", to->len);
		return false;
	}
	if (!value.len) {
		buf_text(why, "is empty");
		return false;
	}
	to->items[to->len++] = value;
	return true;
}

/* Of a date its first second, UTC. */
static bool set_time(struct str value, int64_t *target)
{
	char text[UTC_TEXT];

	snprintf(text, sizeof text, "%.*sT00:00:00Z", STR_ARG(value));
	return utc_parse(value, target) || utc_parse(str_from(text), target);
}

/* Words with commas between them; `wrong` is the first that is none. */
static bool set_words(const struct opt *o, struct str value, struct str *target, struct str *wrong,
		      struct buf *why)
{
	struct str rest = value;
	int index;

	*target = value;
	while (str_split(&rest, ',', wrong))
		if (!set_choice(o->choices, *wrong, &index, why))
			return false;
	return true;
}

/* Of what is wrong `given` becomes the part that is. */
static bool set_value(const struct opt *o, struct str *given, void *options, struct buf *why)
{
	void *target = (char *)options + o->offset;
	struct str value = *given;
	int64_t n;
	int index;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)target = true;
		return true;
	case OPT_TEXT:
		if (!value.len && strcmp(o->arg, "FILE") == 0) {
			buf_text(why, "is no file");
			return false;
		}
		*(struct str *)target = value;
		return true;
	case OPT_TEXTS:
		return add_text(target, value, why);
	case OPT_CHOICE:
		return set_choice(o->choices, value, target, why);
	case OPT_WORD:
		*(struct str *)target = value;
		return set_choice(o->choices, value, &index, why);
	case OPT_WORDS:
		return set_words(o, value, target, given, why);
	case OPT_TIME:
		if (set_time(value, target))
			return true;
		buf_text(why,
			 "is no time such as 2026-08-26T10:20:30Z, and no date such as 2026-08-26");
		return false;
	case OPT_COUNT:
		if (str_to_i64(value, &n) && n >= o->min && n <= o->max) {
			*(int64_t *)target = n;
			return true;
		}
		buf_fmt(why, "is no number from %" PRId64 " to %" PRId64, o->min, o->max);
		return false;
	case OPT_DURATION:
		if (str_to_seconds(value, &n) && n >= o->min && n <= o->max) {
			*(int64_t *)target = n;
			return true;
		}
		buf_fmt(why, "is no duration from %" PRId64 "s to %" PRId64 "s (90s, 5m, 1h30m)",
			o->min, o->max);
		return false;
	}
	return false;
}

struct parse {
	struct cmd_call *call;
	void *options;
	int argc, at;
	char **argv;
	enum exit_code code; /* when parsing ended the command */
};

/* `value`: what the word itself holds of it. */
static bool take(struct parse *p, const struct opt *o, struct str value)
{
	struct buf why CLEANUP(buf) = {0};

	if (!o->arg && value.ptr) {
		p->code = cmd_fail(p->call, EXIT_USAGE, "--%s takes no value", o->name);
		return false;
	}
	if (o->arg && !value.ptr) {
		if (p->at + 1 >= p->argc) {
			p->code = cmd_fail(p->call, EXIT_USAGE, "--%s needs %s", o->name, o->arg);
			return false;
		}
		value = str_from(p->argv[++p->at]);
	}
	if (set_value(o, &value, p->options, &why))
		return true;
	p->code = cmd_fail(p->call, EXIT_USAGE, "--%s: '%.*s' %.*s", o->name, STR_ARG(value),
			   STR_ARG(buf_slice(&why)));
	return false;
}

static bool print_help(struct parse *p)
{
	struct buf text CLEANUP(buf) = {0};

	cmd_usage(p->call->cmd, &text);
	p->code = cmd_print(buf_slice(&text)) ? EXIT_CLEAN : EXIT_INTERNAL;
	return false;
}

/* One word that begins with '-'. */
static bool parse_option(struct parse *p, struct str word)
{
	const struct cmd *c = p->call->cmd;
	struct str value;

	if (str_is(word, "--help") || str_is(word, "-h"))
		return print_help(p);
	const struct opt *o = cmd_option(c, word, &value);
	if (o)
		return take(p, o, value);
	p->code = unknown_option(p->call, word);
	return false;
}

static bool parse_words(struct parse *p)
{
	bool options = true;

	for (p->at = 0; p->at < p->argc; p->at++) {
		struct str word = str_from(p->argv[p->at]);

		if (options && str_is(word, "--"))
			options = false;
		else if (options && word.len > 1 && word.ptr[0] == '-') {
			if (!parse_option(p, word))
				return false;
		} else {
			p->call->operands[p->call->operands_len++] = word;
		}
	}
	return true;
}

static bool is_word(struct cmd_call *call)
{
	struct str word = call->operands[0];
	struct buf why CLEANUP(buf) = {0};

	if (!call->operands_len || set_choice(call->cmd->words, word, &call->word, &why))
		return true;
	cmd_fail(call, EXIT_USAGE, "'%.*s' %.*s", STR_ARG(word), STR_ARG(buf_slice(&why)));
	return false;
}

static enum exit_code run(struct cmd_call *call, int argc, char **argv)
{
	const struct cmd *c = call->cmd;
	struct parse p = {.call = call, .argc = argc, .argv = argv};

	call->operands = ARENA_ARRAY(call->arena, struct str, (size_t)argc + 1);
	p.options = arena_alloc(call->arena, c->options_size + 1);
	if (c->defaults)
		memcpy(p.options, c->defaults, c->options_size);
	call->options = p.options;
	if (!parse_words(&p))
		return p.code;
	if (call->operands_len < c->operands_min)
		return cmd_fail(call, EXIT_USAGE, "needs %s", c->operands);
	if (call->operands_len > c->operands_max)
		return cmd_fail(call, EXIT_USAGE, "unexpected '%.*s'",
				STR_ARG(call->operands[c->operands_max]));
	if (c->words && !is_word(call))
		return EXIT_USAGE;
	return c->run(call);
}

enum exit_code cmd_unknown(const struct cmd_call *call, struct str name)
{
	const char *names[NAMES_MAX] = {0};

	BUG_IF(call->table_len > NAMES_MAX);
	for (size_t i = 0; i < call->table_len; i++)
		names[i] = call->table[i]->name;
	const char *near = str_nearest(name, names, call->table_len);
	return fail_plain("unknown command '%.*s'%s%s%s", STR_ARG(name),
			  near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/* Alone it is a mistake of a script more often than a question: help, but on stderr. */
static enum exit_code nothing_asked(const struct cmd_call *call)
{
	struct buf text CLEANUP(buf) = {0};

	cmd_overview(call->table, call->table_len, &text);
	fwrite(text.ptr, 1, text.len, stderr);
	return EXIT_USAGE;
}

/* Of the words behind COMPLETE_COMMAND, or of all where kubectl asks. */
static enum exit_code complete(const struct cmd_call *call, int argc, char **argv)
{
	struct str *words = ARENA_ARRAY(call->arena, struct str, (size_t)argc + 1);
	struct buf out = BUF_ARENA(call->arena);

	for (int i = 0; i < argc; i++)
		words[i] = str_from(argv[i]);
	complete_words(call->table, call->table_len, words, (size_t)argc, call->arena, &out);
	return cmd_print(buf_slice(&out)) ? EXIT_CLEAN : EXIT_INTERNAL;
}

enum exit_code cmd_dispatch(const struct cmd *const *table, size_t len, int argc, char **argv)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct cmd_call call = {.table = table, .table_len = len, .arena = arena};

	if (argc && strcmp(program_invocation_short_name, COMPLETE_PLUGIN) == 0)
		return complete(&call, argc - 1, argv + 1);
	if (argc < 2)
		return nothing_asked(&call);
	struct str name = str_from(argv[1]);
	if (str_is(name, COMPLETE_COMMAND))
		return complete(&call, argc - 2, argv + 2);
	if (str_is(name, "--help") || str_is(name, "-h"))
		name = STR("help");
	if (str_is(name, "--version"))
		name = STR("version");
	for (size_t i = 0; i < len; i++) {
		if (!str_is(name, table[i]->name))
			continue;
		call.cmd = table[i];
		return run(&call, argc - 2, argv + 2);
	}
	return cmd_unknown(&call, name);
}
