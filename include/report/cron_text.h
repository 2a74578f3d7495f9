/* What a schedule does, for people: a paragraph. */
#ifndef REPORT_CRON_TEXT_H
#define REPORT_CRON_TEXT_H

#include "base/buf.h"

/* Meaning, the next `count` activations after `from`, gaps, warnings, and a better spec where there
 * is reason for one. False when CloudNativePG refuses the spec; then its own words. */
bool cron_text(struct str spec, int64_t from, int count, struct buf *out);

#endif
