/* What a schedule does: a paragraph for people, a line of JSON for programs. */
#ifndef REPORT_CRON_TEXT_H
#define REPORT_CRON_TEXT_H

#include "report/ink.h"

struct cron_look {
	int64_t from; /* seconds, UTC */
	int count;    /* of activations after it */
	bool local;   /* in the zone of zone_use, too, with the days on which its clocks are set */
};

/* Meaning, the next activations, gaps, warnings, and a better spec where there is reason for one.
 * False when CloudNativePG refuses the spec; then its own words. */
bool cron_text(struct str spec, const struct cron_look *look, struct buf *out);
extern const struct ink_start cron_ink[]; /* of that text */
/* An object of "spec", "ok", and "fields", "next" and "local", or "error", and a newline. */
bool cron_json(struct str spec, const struct cron_look *look, struct buf *out);
/* A line for each time at which the clocks of zone_use are set, up to `until`. */
void cron_clocks(int64_t from, int64_t until, struct buf *out);

#endif
