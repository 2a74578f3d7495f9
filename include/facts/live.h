/*
 * What rules ask of a live Cluster: audits only.
 */
#ifndef FACTS_LIVE_H
#define FACTS_LIVE_H

#include "cnpg/backups.h"
#include "rules/rule.h"

/* A moment that is written there: seconds, UTC; 0: there is none. */
int64_t live_moment(struct obj o, const char *path);
/* When the object was made; 0: it does not say, or a clock is wrong. */
int64_t live_born(struct obj root, int64_t now);
/* As backups_history, with what its bucket holds, where that was asked. */
struct backup_history live_history(const struct rule_ctx *c);

#endif
