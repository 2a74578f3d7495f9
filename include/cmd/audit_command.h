/* `audit` behind its options: one cluster or several, the report, what the exit code says. */
#ifndef CMD_AUDIT_COMMAND_H
#define CMD_AUDIT_COMMAND_H

#include "cmd/shared.h"

struct audit_options {
	struct shared shared;
	struct opt_texts contexts;
	struct str baseline, write_baseline;
	bool all, all_contexts, no_secrets, publish, stores;
};

/* Options that contradict one another are EXIT_USAGE; they are those of the call. */
enum exit_code audit_command(const struct cmd_call *call);

#endif
