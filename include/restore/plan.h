/*
 * From which base backup a moment is restored, and whether it can be: of what lies in the bucket,
 * and of the wish alone.
 */
#ifndef RESTORE_PLAN_H
#define RESTORE_PLAN_H

#include "bucket/catalogue.h"

enum restore_goal {
	RESTORE_LATEST,	   /* all WAL that is there */
	RESTORE_TIME,	   /* the state at a moment */
	RESTORE_IMMEDIATE, /* the end of a base backup */
};

struct restore_wish {
	enum restore_goal goal;
	int64_t time; /* of RESTORE_TIME: seconds, UTC */
};

/* "latest" (or nothing), "immediate", or a time of RFC 3339 that is not behind `now`. */
MUST_CHECK bool restore_wish_read(struct str text, int64_t now, struct restore_wish *out,
				  struct err *err);

struct restore_plan {
	/* What to ask for. The wish; but where WAL is missing before the newest state, that is the
	 * last moment that can be restored. */
	struct restore_wish target;
	/* All else is set only when the bucket is known. */
	bool known;
	const struct window *windows; /* of the path to the timeline, oldest first */
	size_t windows_len;
	uint32_t timeline;
	const struct backup *base;
	const struct timeline *followed; /* what PostgreSQL takes from it where none is named */
	/* CloudNativePG would choose another one, or follow another timeline: they must be named.
	 */
	bool name_base, name_timeline;
	/* `followed`, when it is another one than the base backup's and its history is not known:
	 * where it began, and what can be restored on it, is not known either. NULL: it is. */
	const struct timeline *unread;
	/* The target lies on it, as far as is known: no timeline is named, and the windows are of
	 * the base backup's own. */
	bool beyond;
	/* The timeline `followed` has nothing of the moment: it gives the state in which timeline
	 * `left` was left, at `left_at` or later. 0: it is not so. */
	uint32_t left;
	int64_t left_at;
	/* WAL from the beginning of the base backup on: this much at most. */
	uint64_t segments, bytes;
	/* The archive was copied: see catalogue_is_copied. */
	bool copied;
	/* The last segment was being written then: it may end before the moment. Or with `late`
	 * much of the last WAL may: see struct reach. */
	bool at_edge, late;
};

/* `c` is NULL when the bucket is not known. E_VALUE: the wish is in no window, and the message
 * names the nearest moments; or it needs to know the bucket. What the plan points to lives in the
 * arena or is of the catalogue. */
MUST_CHECK bool restore_plan(struct arena *a, const struct catalogue *c,
			     const struct restore_wish *wish, struct restore_plan *out,
			     struct err *err);

#endif
