/*
 * ScheduledBackups whose backups count alike: the longest time that they leave between two backups
 * of any of them. On Mondays the one and on Thursdays the other leaves four days, not seven.
 */
#ifndef FACTS_SCHEDULE_SET_H
#define FACTS_SCHEDULE_SET_H

#include "cron/cron.h"
#include "doc/obj.h"

#define SCHEDULE_SET_MOST 8 /* of more, each leaves what it leaves alone */

/* A zeroed one is empty. */
struct schedule_set {
	struct {
		struct str name;
		struct cron cron;
	} items[SCHEDULE_SET_MOST]; /* that are held against one another */
	size_t len;
	struct str densest;  /* the name of the one that leaves the least alone */
	int64_t least;	     /* what it leaves, in seconds; 0: nothing was added */
	int64_t activations; /* of the items */
};

/* From `now` on. False, and the set is as it was: the ScheduledBackup is suspended, cannot be read,
 * or fires less than twice within SCHEDULE_HORIZON_DAYS. `name` is for schedule_set_names. */
bool schedule_set_add(struct schedule_set *set, struct obj schedule, struct str name, int64_t now);

/* In seconds; 0: nothing was added. It is at most `least`, and never less than what is true: those
 * that run by a period have no known beginning, and those that run too often are not counted. */
int64_t schedule_set_gap(const struct schedule_set *set, int64_t now);

/* "ScheduledBackup db-daily", "ScheduledBackups mon, thu": those that leave `gap`, which
 * schedule_set_gap has given. Nothing where one of them was added without a name. */
void schedule_set_names(const struct schedule_set *set, int64_t gap, struct buf *out);

#endif
