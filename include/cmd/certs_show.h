/* `certs show`: what certificates say, and what is wrong with them for a webhook. */
#ifndef CMD_CERTS_SHOW_H
#define CMD_CERTS_SHOW_H

#include "cmd/cmd.h"

enum exit_code certs_show(const struct cmd_call *call, const struct str *files, size_t len);

#endif
