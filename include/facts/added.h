/*
 * The arguments that an ObjectStore adds to the command lines of barman-cloud, and what
 * CloudNativePG puts around them.
 */
#ifndef FACTS_ADDED_H
#define FACTS_ADDED_H

#include "facts/barman.h"
#include "rules/rule.h"

struct added_list {
	const char *block, *list; /* of spec.configuration: wal, restoreAdditionalCommandArgs */
	enum barman_command command;
	const char *fails; /* when the command stops: "no WAL file is archived" */
};
#define ADDED_LISTS 4
extern const struct added_list added_lists[ADDED_LISTS];

/* One list, with the command line that is made of it. What barman_read tells is about
 * elements[at]. */
struct added {
	const struct rule_ctx *c;
	const struct added_list *list;
	const char *command; /* its name */
	struct obj block;    /* data or wal, which holds the typed fields beside the list */
	struct obj elements[BARMAN_WORDS_MOST];
	struct barman_line line;
};

/* Those that CloudNativePG puts options and tags behind. */
bool added_is_upload(const struct added *a);

typedef void added_fn(struct added *a);
void added_each(const struct rule_ctx *c, added_fn *each);

/* Up to the first '=' or blank. */
struct str added_option_name(struct str argument);
/* The option's name as it is written, or its long one where it is shortened. */
struct str added_written(const struct added *a, const struct barman_arg *arg);

#endif
