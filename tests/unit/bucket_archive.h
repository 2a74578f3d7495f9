/*
 * Archives as tests write them down.
 */
#ifndef UNIT_BUCKET_ARCHIVE_H
#define UNIT_BUCKET_ARCHIVE_H

#include "bucket/catalogue.h"

/* A row an object, in any order. */
struct archive_object {
	char key[96];
	int64_t modified;
	struct str text; /* of a backup.info or a history; empty: it is not read */
};

/* Sorts them. */
struct catalogue *archive_make(struct arena *a, struct archive_object *objects, size_t len);

/* A backup.info; `begin` and `end` are segments. */
struct str archive_info(struct arena *a, const char *status, uint32_t timeline, unsigned begin,
			unsigned end, int64_t ended);

#define WAL(tl, n, at)                                                                             \
	{                                                                                          \
		.key = "wals/0000000" tl "00000000/0000000" tl "00000000000000" n,                 \
		.modified = (at)                                                                   \
	}

#endif
