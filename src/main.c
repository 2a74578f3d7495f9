#include "cmd/cmd.h"
#include "cmd/commands.h"

static const struct cmd *const commands[] = {
	&cmd_alerts, &cmd_audit,   &cmd_certs,	&cmd_check,   &cmd_completion, &cmd_cron,
	&cmd_doctor, &cmd_explain, &cmd_help,	&cmd_migrate, &cmd_plan,       &cmd_policy,
	&cmd_probe,  &cmd_restore, &cmd_review, &cmd_rules,   &cmd_serve,      &cmd_version,
};

int main(int argc, char **argv)
{
	return (int)cmd_dispatch(commands, ARRAY_LEN(commands), argc, argv);
}
