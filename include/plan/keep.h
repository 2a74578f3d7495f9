/*
 * What retention keeps of base backups, as Barman Cloud reckons "RECOVERY WINDOW OF n DAYS": the
 * newest that ended before the edge of the window stays, since the window's first moments are
 * restored from it; those before it go (barman/retention_policies.py).
 */
#ifndef PLAN_KEEP_H
#define PLAN_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan_keep {
	const int64_t *moments; /* when base backups ended, oldest first; seconds, UTC */
	size_t len;
	int64_t window; /* seconds; 0: all are kept */
	size_t old;	/* the first of them, which schedules did not make */
	/* Retention is asked when a base backup is made (in-tree), not every few minutes. */
	bool at_backup;
};

/* moments[from..to) are there, at `at`; of later ones nothing is known then. */
struct plan_alive {
	size_t from, to;
};
struct plan_alive plan_alive(const struct plan_keep *k, int64_t at);

/* Between when the first went, and all that are old, and `until`, up to which all moments are
 * known: how many there are, and how far back the oldest lies. */
struct plan_steady {
	bool known;    /* something goes in that time */
	int64_t since; /* when it first is so */
	size_t least, most;
	int64_t reach_least, reach_most; /* seconds */
};
struct plan_steady plan_steady(const struct plan_keep *k, int64_t until);

#endif
