/*
 * What lies in the archive of one server, as a value made of its listing, its backup.info and its
 * histories: backups, runs of WAL, what is left over; and to which moments it can be restored.
 *
 * A moment can be restored when a base backup ended before it and no segment is missing from where
 * that began to the first one that is newer. When a segment was written is known from the store's
 * LastModified: what is in it is older, and older than what is in those behind it. How much older
 * is not known; that it was stored as soon as it was full is believed of segments that came while
 * none was waiting: a while after the one before, or in a row that was never broken for long. Where
 * the clock of the store is another than ours, both ends are on the careful side.
 *
 * PostgreSQL tells by the next commit that it is past a time. When nothing was committed any more,
 * it ends with "recovery ended before configured recovery target was reached": what was there at
 * that moment is then what there is at the end of the archive, without a target.
 */
#ifndef BUCKET_CATALOGUE_H
#define BUCKET_CATALOGUE_H

#include "base/arena.h"
#include "base/err.h"
#include "bucket/backup_info.h"
#include "bucket/name.h"

struct backup {
	struct str id; /* its folder's name, "20261129T150000" */
	bool has_info; /* there is a backup.info */
	bool has_data; /* and an archive of files: data.tar, and of tablespaces */
	bool known;    /* and it was read and understood; else `problem` says why not: */
	bool wrong;    /* it was read */
	bool large;    /* it has more than LIMIT_S3_TEXT_BYTES, and was not read */
	bool cold;     /* some of it, see struct s3_object */
	struct str problem;
	struct backup_info info;
	uint64_t bytes;
	int64_t stored; /* LastModified of its backup.info */
	int64_t newest; /* the same, of what lies in its folder */
};

/* When a segment was stored (LastModified). */
struct wal_mark {
	uint64_t number;
	int64_t stored;
};

/* Segments of one timeline, one behind the other. */
struct wal_run {
	uint32_t timeline;
	uint64_t first, last;
	int64_t oldest;	     /* LastModified of that segment of it that has the oldest */
	int64_t last_at;     /* of the last */
	int64_t before_last; /* of the one before it; of a single one its own */
	/* The newest time for which none came (LIMIT_ARCHIVER_PAUSE or more), before one of these;
	 * 0: they came one behind the other. */
	int64_t pause_from, pause_to;
	struct wal_mark *marks; /* of the segments whose numbers `stride` divides: of all, until */
	size_t marks_len;	/* they are more than LIMIT_WAL_MARKS */
	uint64_t stride;
	uint64_t bytes;
};

/* The beginning of a segment, that PostgreSQL stored when it left the timeline. The command that
 * fetches WAL hands it out in place of a segment that is not there (barman 3.20: cloud.py, unless
 * --no-partial is given, which the plugin does not). */
struct wal_partial {
	uint32_t timeline;
	uint64_t number;
	int64_t stored; /* LastModified */
};

/* Segments that are there, one behind the other, and cannot be read: see struct s3_object. They are
 * in no run. */
struct wal_cold {
	uint32_t timeline;
	uint64_t first, last;
};

struct timeline {
	uint32_t id;
	bool has_history;
	int64_t begun; /* LastModified of its history: it began before that; 0: not known */
	bool known; /* its history was read, or there is none to read: it has no ancestors then */
	bool wrong; /* its history was read, and not understood: nothing can be restored on it */
	struct str problem; /* of a history that is there and not known */
	struct timeline_step *steps;
	size_t steps_len;
};

struct bucket_day {
	int64_t day; /* since 1970-01-01, of LastModified */
	uint64_t wal_bytes, backup_bytes;
};

struct catalogue {
	struct backup *backups; /* by id */
	size_t backups_len;
	struct wal_run *runs; /* by timeline, then number */
	size_t runs_len;
	struct wal_partial *partials;
	size_t partials_len;
	struct wal_cold *cold; /* by timeline, then number */
	size_t cold_len;
	struct timeline *timelines; /* by id: those of backups, histories and WAL */
	size_t timelines_len;
	struct bucket_day *days; /* by day; days without an object are left out, and those behind
				    LIMIT_BUCKET_DAYS that came first */
	size_t days_len;
	uint64_t segment_size; /* of the newest backup that is done, else SEGMENT_SIZE */
	struct str
		systems[2]; /* ids of database systems that have backups here; empty: not so many */
	uint64_t segments, foreign, twice; /* twice: segments that are there under two suffixes */
	struct str twice_example;
	int64_t newest; /* LastModified of the newest segment; 0: there is none */
	/* When it was listed, by our clock, and by how many seconds the store's is ahead of it:
	 * LastModified is by that one. 0: not known. Set by who makes it. */
	int64_t now, ahead;
	char newest_name[SEGMENT_NAME];
};

/*
 * A catalogue is made in the order in which a store lists a server's folder: first what is below
 * base/, with each backup.info as it comes; then what is below wals/. All lives in the arena.
 */
struct catalogue *catalogue_new(struct arena *a);

struct bucket_object {
	struct str key; /* behind the server's folder */
	uint64_t size;
	int64_t modified;
	bool cold; /* see struct s3_object */
};

/* False: the store does not list in the order of keys, as S3 does, and nothing can be said. What
 * the object is comes back in `name`. */
MUST_CHECK bool catalogue_add(struct catalogue *c, const struct bucket_object *o,
			      struct object_name *name, struct err *err);

/* The text of a backup.info or of a history that was added before, not compressed; or why it was
 * not read. */
void catalogue_backup_info(struct catalogue *c, struct str id, struct str text);
void catalogue_backup_unread(struct catalogue *c, struct str id, struct str problem);
void catalogue_history(struct catalogue *c, uint32_t timeline, struct str text);
void catalogue_history_unread(struct catalogue *c, uint32_t timeline, struct str problem);

/* How far a restore goes that starts from one backup, on the path to one timeline. */
enum reach_end {
	REACH_NEWEST, /* nothing newer is there */
	REACH_GAP,    /* segments are missing behind the last one, and there are newer ones */
	REACH_OTHER,  /* what follows is another database system's */
	REACH_LEFT,   /* of a window: the timeline was left, and WAL of it lies behind: what was
			 written then is on the path to it alone */
	REACH_COLD,   /* what follows cannot be read (struct wal_cold) */
};

/* "newest" "gap" "other-system" "left" "cold" */
const char *reach_end_name(enum reach_end end);

struct reach {
	/* Everything in the last segment is older than `until`, when it was in the store; at
	 * `surely`, when the one before it was, it was still written. Neither is before the
	 * backup's end; but of a backup without WAL behind it no moment is sure, and `surely` is
	 * before its end. Stores cut both to the whole second. Of an archive that was copied both
	 * are the ends of base backups that the WAL leads to. */
	int64_t surely, until;
	/* What lies behind `surely` came at once, when none had come for long: as far as
	 * LastModified tells, it may have been written long before, while it could not be archived.
	 * `surely` is when the last one came before that, or a base backup had ended. */
	bool late;
	enum reach_end why;
	uint32_t timeline;   /* of the last segment */
	uint64_t last, next; /* segments: the last one, and but of REACH_NEWEST the next one there;
				of REACH_COLD the first that cannot be read */
};

/* The segment is there, and cannot be read. */
bool catalogue_is_cold(const struct catalogue *c, uint32_t timeline, uint64_t number);

/* CloudNativePG would restore it, done or not: begin_time and end_time are known. */
bool backup_is_taken(const struct backup *b);

/* The major version of PostgreSQL that it is of; 0: not known. */
int64_t backup_major(const struct backup *b);

/* One that is done is of this database system. */
bool catalogue_has_system(const struct catalogue *c, struct str id);

/* The newest that is done and has data; NULL: there is none. */
const struct backup *catalogue_newest_backup(const struct catalogue *c);

/* The archive was copied: the newest backup's backup.info was stored long after its end. When WAL
 * was written is not known then, and no moments are but the ends of base backups. */
bool catalogue_is_copied(const struct catalogue *c);

/* The timeline that PostgreSQL takes from a backup that is done, where none is named: it looks for
 * the history of the next number, and of the next, and ends where there is none
 * (findNewestTimeLine). What lies behind one that is missing must be named. */
const struct timeline *catalogue_followed(const struct catalogue *c, const struct backup *b);

/* A database wrote there, as far as is known, or PostgreSQL takes it by itself: a history alone is
 * no timeline to restore. */
bool catalogue_is_lived(const struct catalogue *c, const struct timeline *t);

/* All that can be restored on the path to it is of another database system than the newest base
 * backup: a major upgrade may begin anew at timeline 1. */
bool catalogue_is_older(const struct catalogue *c, const struct timeline *t);

/* The newest timeline on the path to which something can be restored, of those that are not older
 * first; else the newest at all; 0: nothing is there. PostgreSQL may take another one by itself. */
uint32_t catalogue_timeline(const struct catalogue *c);

/* False: that backup cannot be restored on the path to the timeline. It is not done, the path does
 * not lead through its end, PostgreSQL takes the timeline neither by itself nor by its name
 * ("recovery target timeline %u does not exist": it has no history) - or a segment of its own is
 * missing: then out->next is that one, else 0. It has no data. */
MUST_CHECK bool catalogue_reach(const struct catalogue *c, uint32_t timeline,
				const struct backup *b, struct reach *out);

/* It can be restored to any moment from `from` to reach.until. It begins when the oldest of its
 * backups had ended; or behind a window of REACH_LEFT, when the next timeline had begun.
 *
 * Whoever restores in place to an hour ago leaves a timeline that had gone on: of that hour the
 * path to the new one has nothing, though PostgreSQL takes each moment of it as a target, and gives
 * what there was where the timeline was left. */
struct window {
	int64_t from;
	const struct backup *oldest, *newest;
	struct reach reach; /* of the newest; of REACH_LEFT `until` is sure */
};

/* The windows of the path that leads to the timeline, oldest first; they do not touch. */
size_t catalogue_windows(const struct catalogue *c, uint32_t timeline, struct arena *a,
			 struct window **out);

#endif
