/*
 * The ratchet of a repository: what was found when the baseline was written neither fails a run nor
 * is shown; what is new does. An entry is rule, file, object, path without list indexes and a hash
 * of the value (of nothing confidential, of no Secret), and covers one finding. Names of files are
 * relative to the folder of the baseline, so that it holds whatever folder a run is in. Of an audit
 * there is no file: then an entry is of an object and of the context that the cluster has, if any.
 */
#ifndef CHECK_BASELINE_H
#define CHECK_BASELINE_H

#include "report/report.h"

struct baseline;

/* Errors say the file, and line and column where there are any. */
MUST_CHECK bool baseline_read(struct arena *a, struct str file, struct baseline **out,
			      struct err *err);

/* Of what was found in `folder`, as if it had been found in the folder `as`; both absolute. */
struct baseline *baseline_of(const struct report *r, struct str folder, struct str as);

/* Lowers what it covers. `paths` are those that were checked: an entry of a file in them that
 * covers nothing is repaired; nothing is known about others. */
void baseline_apply(struct baseline *b, const struct str *paths, size_t paths_len,
		    struct report *r);

/* The same of an audit: an entry of what was looked at that covers nothing is repaired. */
struct baseline_live {
	const struct str *contexts; /* none: it was one cluster, that of a Pod */
	size_t contexts_len;
	const struct str
		*same; /* of each the one in its place, or nothing; NULL: all are themselves */
	struct str namespace; /* empty: each context's own, of which nothing is said to be repaired
			       */
	bool all;	      /* all namespaces */
};
void baseline_apply_live(struct baseline *b, const struct baseline_live *in, struct report *r);

/* It has entries, and none is of what was looked at. */
bool baseline_is_of_others(const struct baseline *b, const struct baseline_live *in);

/* Writes all findings of the report as a baseline, which then covers them; with `old`, which was
 * applied, only what that covers and what it says of files that were not checked. `len` entries.
 * What could not be read has findings of its own, which must not be missing: then E_VALUE. */
MUST_CHECK bool baseline_write(struct str file, const struct baseline *old, struct report *r,
			       size_t *len, struct err *err);

#endif
