/* The table of rules, printed: the list, and one rule in full. */
#ifndef REPORT_RULES_LIST_H
#define REPORT_RULES_LIST_H

#include "base/buf.h"
#include "base/err.h"
#include "report/ink.h"

struct rule;

enum rules_format { RULES_TEXT, RULES_MARKDOWN, RULES_JSON };
extern const char *const rules_formats[]; /* in the order of the enum; ends with NULL */

/* What a rule can be chosen by: the kind of an object, or that a live cluster or a bucket tells it;
 * ends with NULL. */
extern const char *const rules_kinds[];

/* Lists of words with commas between them; empty: all. */
struct rules_choice {
	struct str kinds;      /* of rules_kinds */
	struct str severities; /* of severity_names, as `profile` ranks a rule */
	int profile;	       /* index into policy_profiles */
	struct str prefix;     /* of the id */
};

/* False only when an embedded profile cannot be read. */
MUST_CHECK bool rules_list(int format, const struct rules_choice *choice, struct arena *a,
			   struct buf *out, struct err *err);
/* A line a rule, by `choice->profile`; `width` is how wide lines may be. */
MUST_CHECK bool rules_index(const struct rules_choice *choice, size_t width, struct buf *out,
			    struct err *err);
MUST_CHECK bool rules_explain(const struct rule *rule, struct arena *a, struct buf *out,
			      struct err *err);
extern const struct ink_start rules_ink[]; /* of the text of these two */

#endif
