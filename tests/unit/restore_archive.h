/*
 * Archives as tests of restores write them down, and what is planned of them.
 */
#ifndef UNIT_RESTORE_ARCHIVE_H
#define UNIT_RESTORE_ARCHIVE_H

#include "restore/restore.h"

#define SEGMENTS 16

/* An archive of one timeline, or of two: the second leaves the first behind segment `left`. */
struct backup_row {
	const char *id;
	unsigned timeline, begin, end; /* segments */
	int64_t began, ended;
	const char *status; /* NULL: DONE */
	const char *system; /* NULL: 71 */
};

struct archive_row {
	struct backup_row backups[4];
	int64_t first[SEGMENTS], second[SEGMENTS]; /* when segments were stored; 0: missing */
	int64_t copied;	     /* when each backup.info was stored; 0: when the backup ended */
	unsigned left, id;   /* id: of the second; 0: 2 */
	const char *history; /* of the second; NULL: as it should be; empty: not read */
};

/* Lives in the arena, as all below. */
struct catalogue *restore_archive_make(struct arena *a, const struct archive_row *row);

/* Fails the test when there is none. */
struct restore_plan restore_archive_plan(struct arena *a, const struct archive_row *row,
					 enum restore_goal goal, int64_t time);

/* Why there is none; fails the test when there is one. */
const char *restore_archive_refused(struct arena *a, const struct archive_row *row,
				    enum restore_goal goal, int64_t time);

/* Of Cluster shop/db of tests/restore/plugin.yaml, which archives there as server db-v2. */
struct restore_output restore_archive_run(struct arena *a, const struct archive_row *row,
					  struct restore_wish wish);

#endif
