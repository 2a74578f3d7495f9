/*
 * A program of the PATH that is run to its end, without a shell, in a process group of its own:
 * what it reads is given whole, what it prints is taken whole, within bounds.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include "base/arena.h"
#include "base/err.h"

struct child_run {
	const char *const *argv; /* ends with NULL */
	struct str in;		 /* its stdin */
	int seconds;		 /* it may take */
	size_t bytes;		 /* it may print */
	size_t error_bytes;	 /* beyond them only the end of its stderr is kept */
	/* What its environment has other than ours: "NAME=value", or "NAME", which is taken out.
	 * Ends with NULL; may be NULL. */
	const char *const *environment;
};

struct child_said {
	struct str out, errors; /* in the arena */
	bool good;		/* it ended with 0 */
};

/* E_IO: it could not be started ("the program helm is not in PATH"). E_LIMIT: it took or printed
 * more, and was killed. */
MUST_CHECK bool child_run(struct arena *a, const struct child_run *run, struct child_said *out,
			  struct err *err);

#endif
