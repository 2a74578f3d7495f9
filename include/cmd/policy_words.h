/* What `policy` does behind its first operand, where that is more than printing. */
#ifndef CMD_POLICY_WORDS_H
#define CMD_POLICY_WORDS_H

#include "cmd/shared.h"

struct policy_options {
	struct shared shared;
	bool live, all;
	struct str out;
};

/* `check FILE`: all that is wrong in it, or what it would do. */
enum exit_code policy_words_check(const struct cmd_call *call);
/* `learn PATH...`, `learn --live`. */
enum exit_code policy_words_learn(const struct cmd_call *call);

#endif
