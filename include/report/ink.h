/*
 * Colours of a terminal, as escape sequences that begin one; INK_PLAIN ends it.
 */
#ifndef REPORT_INK_H
#define REPORT_INK_H

#include "base/buf.h"

#define INK_RED "\033[1;31m"
#define INK_YELLOW "\033[1;33m"
#define INK_CYAN "\033[1;36m"
#define INK_BLUE "\033[1;34m"
#define INK_GREEN "\033[1;32m"
#define INK_BOLD "\033[1m"
#define INK_PLAIN "\033[0m"

/* A unified diff: what goes is red, what comes green, its headlines bold. */
void ink_diff(struct buf *out, struct str diff);

/* How lines begin, and what is drawn in this ink: the beginning; of "" the whole line, which then
 * begins with no blank. The first that fits counts. A table ends with `start` NULL. */
struct ink_start {
	const char *start, *ink;
};
void ink_lines(struct buf *out, struct str text, const struct ink_start *table);

#endif
