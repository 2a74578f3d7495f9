/*
 * A new content for a file that is there: a reader, and a power cut, meet the old one or the new
 * one. Mode and owner stay; behind a symbolic link it is the target that is written.
 */
#ifndef CHECK_REWRITE_H
#define CHECK_REWRITE_H

#include "base/arena.h"
#include "base/err.h"

/* Refuses a file that is read-only or no longer holds `old`. */
MUST_CHECK bool rewrite_file(struct arena *a, struct str path, struct str old, struct str new,
			     struct err *err);

#endif
