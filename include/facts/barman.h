/*
 * The command lines of barman-cloud: which options a command has, and how Python's argparse reads
 * the words that a person adds. Of barman 3.19 and 3.20; what either knows is known here.
 */
#ifndef FACTS_BARMAN_H
#define FACTS_BARMAN_H

#include "base/str.h"

enum barman_command {
	BARMAN_BACKUP = 1,
	BARMAN_RESTORE = 2,
	BARMAN_WAL_ARCHIVE = 4,
	BARMAN_WAL_RESTORE = 8,
};
const char *barman_command_name(enum barman_command command);

enum barman_takes {
	TAKES_NOTHING,
	ENDS_COMMAND, /* takes nothing either: nothing is done, and the exit code is 0 */
	TAKES_TEXT,
	TAKES_WORD,	/* one of `words` */
	TAKES_INTEGER,	/* Python's int() */
	TAKES_POSITIVE, /* from 1 */
	TAKES_SIZE,	/* 16777216, 10MB, 1GiB */
	TAKES_LEVEL,	/* low, medium, high or an integer */
	TAKES_TIMELINE, /* current, latest or from 1 */
	TAKES_TAG,	/* KEY,VALUE */
	TAKES_TAGS,	/* any number of them */
};

/* Options of one group exclude each other. */
enum barman_group {
	GROUP_NONE,
	GROUP_VERBOSITY,
	GROUP_COMPRESSION,
	GROUP_TAGS,
	GROUP_HISTORY_TAGS,
	GROUP_LOCK,
	GROUP_TARGET,
};

struct barman_option {
	const char *names[3]; /* the long one first; NULL: no more */
	unsigned commands;    /* enum barman_command, or-ed */
	enum barman_takes takes;
	enum barman_group group;
	const char *words; /* of TAKES_WORD: with a blank between them */
};

/* The option of exactly this name; NULL: the command has none. */
const struct barman_option *barman_option(enum barman_command command, struct str name);
/* The options of a command one after the other; after NULL the first, NULL: no more. */
const struct barman_option *barman_option_next(enum barman_command command,
					       const struct barman_option *after);
/* What it wants: "a whole number", or the words that it knows. */
const char *barman_wants(const struct barman_option *option);

#define BARMAN_WORDS_MOST 64 /* more are not read */
#define BARMAN_FIXED_MOST 16

/* A command line as CloudNativePG makes it. */
struct barman_line {
	enum barman_command command;
	/* What stands before the added words: added ones that equal one of these are dropped, and
	 * so are those whose option does. */
	struct str fixed[BARMAN_FIXED_MOST];
	size_t fixed_len;
	/* What else is there behind them, by group: --tags. */
	const char *later[2];
	struct str words[BARMAN_WORDS_MOST];
	bool unknown[BARMAN_WORDS_MOST]; /* filled in later: may be an option or a value */
	size_t len;
};

enum barman_is {
	ARG_EMPTY,     /* dropped */
	ARG_DROPPED,   /* its option, or the word itself, is there already */
	ARG_OPTION,    /* read as `option`, with `value` when it takes one */
	ARG_UNKNOWN,   /* no option of the command */
	ARG_AMBIGUOUS, /* begins several */
	ARG_STRAY,     /* belongs to no option: one positional argument too many */
	ARG_LACKS,     /* `option` has no value */
	ARG_EXTRA,     /* `option` takes none, and has one */
	ARG_BAD,       /* `value` is not what `option` takes */
	ARG_EXCLUDED,  /* `option` is not allowed beside `other` */
	ARG_REST,      /* "--": options behind it are none */
};

struct barman_arg {
	enum barman_is is;
	size_t at; /* of the word that it is about */
	const struct barman_option *option;
	struct str value;
	const char *other;
};

/* Calls `each` for each option and for what is wrong, in the order of the words. */
typedef void barman_fn(void *ctx, const struct barman_arg *arg);
void barman_read(const struct barman_line *line, barman_fn *each, void *ctx);

#endif
