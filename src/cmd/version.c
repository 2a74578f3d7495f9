/* `version`: what is running. */
#include "cmd/cmd.h"
#include "cmd/commands.h"

static enum exit_code version_main(const struct cmd_call *call)
{
	(void)call;
	return cmd_print(STR(PROGRAM " " PROGRAM_VERSION "\n")) ? EXIT_CLEAN : EXIT_INTERNAL;
}

const struct cmd cmd_version = {
	.name = "version",
	.run = version_main,
	.summary = "print the version",
};
