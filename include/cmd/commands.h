/* The rows of the subcommands: one a file in src/cmd, joined in main.c. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

struct cmd;

extern const struct cmd cmd_alerts, cmd_audit, cmd_certs, cmd_check, cmd_completion, cmd_cron,
	cmd_doctor, cmd_explain, cmd_help, cmd_migrate, cmd_plan, cmd_policy, cmd_probe,
	cmd_restore, cmd_review, cmd_rules, cmd_serve, cmd_version;

#endif
