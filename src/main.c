#include "cmd/cmd.h"
#include "cmd/commands.h"

static const struct cmd *const commands[] = {
	&cmd_certs,
	&cmd_cron,
	&cmd_review,
	&cmd_version,
};

int main(int argc, char **argv)
{
	return (int)cmd_dispatch(commands, ARRAY_LEN(commands), argc, argv);
}
