/*
 * `check` behind its options: a run or a fix, the baseline, the report, what the exit code says.
 */
#ifndef CMD_CHECK_COMMAND_H
#define CMD_CHECK_COMMAND_H

#include "check/check.h"
#include "cmd/shared.h"

struct check_options {
	struct shared shared;
	struct str baseline, write_baseline, baseline_ref, crds;
	struct opt_texts exclude;
	bool fix, diff, helm, quiet, verbose, require_objects;
};

/* The options are those of the call; the report has begun (shared_begin). */
enum exit_code check_command(const struct cmd_call *call, const struct check_input *in,
			     struct report *report);

#endif
