/* The manual page of all commands, as roff, printed from their rows. */
#ifndef CMD_MAN_H
#define CMD_MAN_H

#include "cmd/cmd.h"

void man_write(const struct cmd *const *table, size_t len, struct buf *out);

#endif
