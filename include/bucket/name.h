/*
 * Names of what Barman Cloud puts below the folder of one server (barman 3.20: its xlog.py and
 * cloud.py; PostgreSQL: XLogFileName).
 */
#ifndef BUCKET_NAME_H
#define BUCKET_NAME_H

#include "base/str.h"

enum object_sort {
	OBJECT_FOREIGN, /* none of Barman's: nothing reads it, and nothing prunes it */
	OBJECT_BACKUP_INFO,
	OBJECT_BACKUP_DATA,
	OBJECT_SEGMENT,
	OBJECT_PARTIAL, /* the beginning of a segment, of a server that was left by a promotion */
	OBJECT_BACKUP_LABEL, /* its name begins with a segment's */
	OBJECT_HISTORY,	     /* of a timeline */
};

struct object_name {
	enum object_sort sort;
	struct str backup;  /* the id, of what is below base/ */
	uint32_t timeline;  /* of what is below wals/ */
	uint32_t high, low; /* the other two thirds of a segment's name */
	struct str suffix;  /* of what is below wals/: ".gz"; empty: not compressed */
};

/* `key` is what stands behind the server's folder: "wals/0000000100000000/…". Slices point into it.
 */
struct object_name object_name_read(struct str key);

/* Where WAL lies is counted in bytes since the beginning (LSN), or in segments. A segment's size is
 * a power of two from 1 MiB to 1 GiB, and usually this (initdb --wal-segsize). */
#define SEGMENT_SIZE (16u << 20)
bool segment_size_is(uint64_t bytes);

/* False: the last third of the name is larger than the segments of that size go. */
MUST_CHECK bool segment_number(uint32_t high, uint32_t low, uint64_t segment_size, uint64_t *out);

#define SEGMENT_NAME 25
/* "000000010000000000000002"; returns out. */
const char *segment_name(uint32_t timeline, uint64_t number, uint64_t segment_size,
			 char out[SEGMENT_NAME]);

/* Up to 8 hexadecimal digits. */
MUST_CHECK bool hex_read(struct str s, uint32_t *out);

/* "0/2000028". */
MUST_CHECK bool lsn_read(struct str s, uint64_t *out);

#endif
