/* Words that plan_text, plan_markdown and plan_html share. Each appends. */
#ifndef PLAN_TEXT_INTERNAL_H
#define PLAN_TEXT_INTERNAL_H

#include "internal.h"

/* "what was written in 5 minutes (archive_timeout), while WAL is archived" */
void plan_words_loss(const struct plan_cluster *c, const struct plan_options *o, struct buf *out);
/* "the WAL of 1 day, 5 GiB"; nothing where it is not known */
void plan_words_replay(const struct plan_cluster *c, const struct plan_options *o, struct buf *out);
/* "30 to 31 base backups (retentionPolicy 30d)" */
void plan_words_kept(const struct plan_cluster *c, const struct plan_options *o, struct buf *out);
/* "30 to 31 days"; nothing where nothing can be restored */
void plan_words_back(const struct plan_cluster *c, const struct plan_options *o, struct buf *out);
/* "at most 620 GiB of base backups and 155 GiB of WAL"; nothing where it is not known */
void plan_words_space(const struct plan_cluster *c, const struct plan_options *o, struct buf *out);
/* "about 288 for WAL, about 5760 to list and prune (every 5 minutes)"; nothing where it is not
 * known */
void plan_words_requests(const struct plan_cluster *c, const struct plan_options *o,
			 struct buf *out);
/* "db-daily '0 0 3 * * *', plugin, target primary" */
void plan_words_schedule(const struct plan_schedule *s, struct buf *out);
/* "30 runs in 30 days", or why it makes no backup. */
void plan_words_runs(const struct plan_schedule *s, const struct plan_options *o, struct buf *out);
/* Of one that runs, and has no `next`. */
#define PLAN_WORDS_NO_NEXT "not known: @every counts from when CloudNativePG looked last"
/* "lost", "changed", "not known" */
const char *plan_words_taken(const struct plan_loss *l);
/* When the first backup is made that WAL is restored upon; 0: none is. */
int64_t plan_first(const struct plan_cluster *c);
/* ", 4 times in 30 days, first at 2026-10-17T03:00:00Z" */
void plan_words_when(const struct plan_collision *c, const struct plan_options *o, struct buf *out);
/* "In BUCKET whether schedules begin together after TIME is not known" and why */
void plan_words_cut(const struct plan_cut *c, const struct plan_options *o, struct buf *out);
/* " 3 schedules begin together" */
void plan_words_together(const struct plan_collision *c, struct buf *out);
/* Why the base backups cannot be told; NULL: they can. */
const char *plan_words_unknown(const struct plan_cluster *c);
/* "2026-08-27T03:00:00Z", and in the zone "2026-08-27 05:00:00 CEST". */
void plan_words_time(const struct plan_options *o, int64_t t, struct buf *out);

#endif
