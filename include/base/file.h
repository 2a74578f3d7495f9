/* A file is read and written whole. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"
#include "base/err.h"

#include <sys/types.h>

struct stat;

/* A file, or stdin for "-". Refuses more than `limit` bytes. A NUL stands behind the text. */
MUST_CHECK bool file_read(struct arena *a, struct str path, size_t limit, struct str *out,
			  struct err *err);

/* The same of a regular file, and an error for anything else: "-" is a name like any other, and
 * nothing waits for what is behind a pipe. */
MUST_CHECK bool file_read_regular(struct arena *a, struct str path, size_t limit, struct str *out,
				  struct err *err);

/*
 * What is written whole: a reader, and a power cut, meet all of it or nothing of it. The error is
 * the reason alone, as of file_read.
 */

/* In place of what is at `path`, or new: written beside it, flushed and renamed. Owner and mode are
 * those of `like`, the owner as far as we may give a file away; NULL: ours, as the umask says. A
 * device or a pipe is written as it is. */
MUST_CHECK bool file_replace(struct arena *a, struct str path, const struct stat *like,
			     struct str text, struct err *err);

/* New, with this mode; refuses what is there. */
MUST_CHECK bool file_create(const char *path, mode_t mode, struct str text, struct err *err);

/* The folder that it is in: "." when its path names none. */
const char *file_folder(struct arena *a, struct str path);
/* Both paths lead to one file, by whatever link or spelling; it need not exist yet. */
bool file_is_same(struct arena *a, struct str left, struct str right);

#endif
