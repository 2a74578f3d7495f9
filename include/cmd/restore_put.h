/* `restore`: what it has made, put where it is wanted. */
#ifndef CMD_RESTORE_PUT_H
#define CMD_RESTORE_PUT_H

#include "cmd/cmd.h"
#include "restore/restore.h"

struct restore_put {
	struct str file; /* of the manifest, beside which the runbook goes; empty: stdout */
	bool runbook;	 /* that is wanted on stdout */
	bool page;	 /* that is, or beside the file */
	enum severity fail_on;
};

/* What can be said before anything is made: false where the manifest, or what goes beside it,
 * would be written over something, or two of them are wanted in one place. */
MUST_CHECK bool restore_put_can(const struct cmd_call *call, const struct restore_put *to,
				struct err *err);

/* The manifest, and on stderr what else is told. */
enum exit_code restore_put(const struct cmd_call *call, const struct restore_put *to,
			   const struct restore_output *out, const struct report *report);

/* Only what could not be read. */
void restore_put_errors(const struct cmd_call *call, const struct report *report);

#endif
