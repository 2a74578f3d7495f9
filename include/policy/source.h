/*
 * Where a command takes its policy from: --policy, else --profile, else the file that
 * BACKUP_GUARD_POLICY names, else (where the command asks for it) .backup-guard.yaml in the current
 * folder or the nearest one above, else the default profile.
 */
#ifndef POLICY_SOURCE_H
#define POLICY_SOURCE_H

#include "base/arena.h"
#include "base/err.h"
#include "policy/policy.h"

#define POLICY_FILE_NAME ".backup-guard.yaml"

struct policy_source {
	struct str file;     /* --policy; empty: not given */
	struct str profile;  /* --profile; empty: not given */
	bool search_upwards; /* .backup-guard.yaml counts */
	bool searched;	     /* set by policy_source_settle: nothing stood before it */
};

/* Settles on one of the two: afterwards exactly one of `file` and `profile` is not empty. */
void policy_source_settle(struct policy_source *s, struct arena *a);

/* The caller owns one count of *out. `what` names what was used, for people: "policy guard.yaml",
 * "profile generic". Errors are complete: "guard.yaml:3:5: unknown key". */
MUST_CHECK bool policy_source_load(struct policy_source source, struct arena *a,
				   struct policy **out, struct str *what, struct err *err);
/* That name alone, of a settled one. */
struct str policy_source_name(const struct policy_source *s, struct arena *a);
/* The same of a settled one, when its file was read already: `text` is not looked at without one.
 */
MUST_CHECK bool policy_source_parse(const struct policy_source *source, struct str text,
				    struct policy **out, struct err *err);

#endif
