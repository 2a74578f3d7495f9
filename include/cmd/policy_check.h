/*
 * `policy check FILE`: everything that is wrong in a policy file, or what it would do.
 */
#ifndef CMD_POLICY_CHECK_H
#define CMD_POLICY_CHECK_H

#include "cmd/cmd.h"

/* Of the second operand. */
enum exit_code policy_check_file(const struct cmd_call *call);

#endif
