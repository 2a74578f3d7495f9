/*
 * The command line. A subcommand is one row (struct cmd) and one file; options are rows too. Usage,
 * --help, the man page and shell completion are printed from the rows.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/program.h"
#include "base/str.h"

#include <stdio.h>

enum exit_code {
	EXIT_CLEAN = 0,	   /* nothing at --fail-on or above */
	EXIT_FINDINGS = 1, /* findings at --fail-on or above; review: denied */
	EXIT_USAGE = 2,	   /* wrong words on the command line */
	EXIT_INPUT = 3,	   /* unreadable input or policy, or a file that cannot be written */
	EXIT_INTERNAL = 4, /* a bug of ours, or the system failed us */
};

enum opt_type {
	OPT_FLAG,     /* bool */
	OPT_TEXT,     /* struct str; the last one counts */
	OPT_TEXTS,    /* struct opt_texts: each counts */
	OPT_COUNT,    /* int64_t in [min, max] */
	OPT_DURATION, /* int64_t seconds in [min, max]: 90s, 5m, 1h30m, 8d */
	OPT_TIME,     /* int64_t seconds since 1970, given as RFC 3339 */
	OPT_CHOICE,   /* int: index of the word in `choices` */
	OPT_WORD,     /* struct str: a word of `choices` */
	OPT_WORDS,    /* struct str: words of `choices`, with commas between them */
};

/* What was given several times. */
struct opt_texts {
	struct str items[16];
	size_t len;
};

struct opt {
	const char *name; /* without the dashes: "fail-on" */
	char letter;	  /* 'n' for -n; 0: none */
	const char *arg;  /* "FILE"; NULL for a flag */
	enum opt_type type;
	size_t offset; /* of the target in the command's options struct */
	int64_t min, max;
	const char *const *choices; /* of OPT_CHOICE, OPT_WORD and OPT_WORDS; ends with NULL */
	/* One line, lower case, no full stop; names the default. {} stands for the choices. */
	const char *help;
};

struct cmd;

/* What a subcommand gets. Options that were not given are zero unless `defaults` filled them. */
struct cmd_call {
	const struct cmd *cmd;
	const struct cmd *const *table;
	size_t table_len;
	const void *options; /* the command's own struct */
	struct str *operands;
	size_t operands_len;
	int word;	     /* which of the command's `words` the first operand is */
	struct arena *arena; /* freed when the command returns */
};

struct cmd {
	const char *name;
	enum exit_code (*run)(const struct cmd_call *call);
	const char *operands; /* "PATH..."; NULL: none */
	/* All that the first operand can be, ends with NULL; NULL: anything. */
	const char *const *words;
	size_t operands_min, operands_max;
	const struct opt *opts;
	size_t opts_len;
	size_t options_size;
	const void *defaults; /* copied before parsing; NULL: zeros */
	const char *summary;  /* one line, lower case, no full stop */
	/* Paragraphs for --help and the man page, filled into lines there; may be NULL. */
	const char *about;
};

/* Finds the row, parses options and operands, runs it. The whole of main. */
enum exit_code cmd_dispatch(const struct cmd *const *table, size_t len, int argc, char **argv);

/* "backup-guard check: TEXT" on stderr, and a pointer to --help for EXIT_USAGE. Returns `code`. */
enum exit_code cmd_fail(const struct cmd_call *call, enum exit_code code, const char *fmt, ...)
	PRINTF(3, 4);

/* The option that a word such as --now, --now=TIME, -n or -nNAME is; NULL when there is none.
 * `value` is what the word itself holds of it; ptr NULL: nothing. */
const struct opt *cmd_option(const struct cmd *c, struct str word, struct str *value);

void cmd_usage(const struct cmd *c, struct buf *out);	/* --help */
void cmd_help_of(const struct opt *o, struct buf *out); /* its help, with the choices in it */
/* Every command, one line each. */
void cmd_overview(const struct cmd *const *table, size_t len, struct buf *out);
/* As the user calls it: "backup-guard", or "kubectl backup-guard" when it runs as that plugin. */
const char *cmd_program(void);
/* "backup-guard: unknown command 'chekc'; did you mean check?" */
enum exit_code cmd_unknown(const struct cmd_call *call, struct str name);

/* All of `text` on stdout; false (and a message) when it cannot be written. */
MUST_CHECK bool cmd_print(struct str text);

#endif
