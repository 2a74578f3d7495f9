/*
 * What Barman writes of a base backup (backup.info), and PostgreSQL of a timeline (*.history). Both
 * are text of a bucket that anybody may have written: what is not understood is an error.
 */
#ifndef BUCKET_BACKUP_INFO_H
#define BUCKET_BACKUP_INFO_H

#include "base/arena.h"
#include "base/err.h"

enum backup_status {
	BACKUP_DONE,
	BACKUP_STARTED, /* under way, or what did it was killed */
	BACKUP_FAILED,
};

struct backup_info {
	enum backup_status status;
	struct str name;      /* of the Backup ("backup-20261129150000"); empty: none */
	struct str error;     /* what Barman says of one that failed; empty: nothing */
	struct str system_id; /* of the database system; empty: not known */
	int64_t begin, end;   /* the first whole second that is not before; 0: not known */
	uint64_t segment_size;
	/* Of one that is done: */
	uint32_t timeline;
	uint64_t begin_segment, end_segment; /* the WAL that it cannot be started without */
	uint64_t end_lsn;
	uint64_t postgres; /* 150018; 0: not known */
};

/* barman 3.20, its infofile.py: lines of key=value; keys that we do not know are let be. The
 * error has the line. Slices live in the arena. */
MUST_CHECK bool backup_info_read(struct str text, struct arena *a, struct backup_info *out,
				 struct err *err);

/* A timeline began where another was left. */
struct timeline_step {
	uint32_t timeline;
	uint64_t end_lsn;
};

/* The ancestors of a timeline, the oldest first (PostgreSQL: readTimeLineHistory). */
MUST_CHECK bool history_read(struct str text, uint32_t timeline, struct arena *a,
			     struct timeline_step **out, size_t *len, struct err *err);

#endif
