/* The table of rules, printed: the list, and one rule in full. */
#ifndef REPORT_RULES_LIST_H
#define REPORT_RULES_LIST_H

#include "base/buf.h"
#include "base/err.h"

struct rule;

enum rules_format { RULES_TEXT, RULES_MARKDOWN, RULES_JSON };
extern const char *const rules_formats[]; /* in the order of the enum; ends with NULL */

/* False only when an embedded profile cannot be read. */
MUST_CHECK bool rules_list(int format, struct arena *a, struct buf *out, struct err *err);
MUST_CHECK bool rules_explain(const struct rule *rule, struct arena *a, struct buf *out,
			      struct err *err);

#endif
