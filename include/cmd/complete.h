/* Completion scripts, printed from the rows of commands, options and rules. */
#ifndef CMD_COMPLETE_H
#define CMD_COMPLETE_H

#include "cmd/cmd.h"

struct complete_shell {
	const char *name;
	void (*write)(const struct cmd *const *table, size_t len, struct buf *out);
};

extern const struct complete_shell complete_shells[]; /* ends with name NULL */

#endif
