/*
 * Two versions of a text as a unified diff with three lines of context. Meant for versions that
 * differ in few places: what is found is right for any two, and short for those.
 */
#ifndef CHECK_DIFF_H
#define CHECK_DIFF_H

#include "base/arena.h"
#include "base/buf.h"

/* Lines of the old text, from 1, that must not be shown; in order. */
struct diff_hidden {
	size_t from, to; /* both included */
};

struct diff_texts {
	struct str path, old, new;
	bool created; /* it is not there yet */
	const struct diff_hidden *hidden;
	size_t hidden_len;
};

/* False, and nothing is written, when a change stands in hidden lines. */
MUST_CHECK bool diff_write(struct arena *a, const struct diff_texts *t, struct buf *out);

/* A file that can be read, with the lines of Secrets hidden. */
struct diff_manifest {
	struct str path, old, new;
	bool created; /* it is not there yet */
};
MUST_CHECK bool diff_manifest(const struct diff_manifest *m, struct buf *out);

#endif
