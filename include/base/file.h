/* A file whole. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* A file, or stdin for "-". Refuses more than `limit` bytes. A NUL stands behind the text. */
MUST_CHECK bool file_read(struct arena *a, struct str path, size_t limit, struct str *out,
			  struct err *err);

/* All of `text` to a file descriptor; errno says why not. */
MUST_CHECK bool file_write(int fd, struct str text);

#endif
