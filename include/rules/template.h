/*
 * Names and paths of a site with placeholders: {app} {namespace} {cluster}. A placeholder stands
 * for one or more bytes other than '/', at most 253 as any name in Kubernetes. Each binds once per
 * object and must agree wherever it is used.
 */
#ifndef RULES_TEMPLATE_H
#define RULES_TEMPLATE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <regex.h>

struct template_bindings {
	struct str app, namespace, cluster; /* len 0: not bound yet */
	/* Stripped from both sides before a bound {cluster} is compared; may be none. */
	const regex_t *aliases;
	size_t aliases_len;
};

/* Known placeholders only, braces balanced. */
MUST_CHECK bool template_check(struct str template, struct err *err);
/*
 * Matches and binds what was free; on false the bindings are as before. Of several ways to match,
 * the one with the shortest {app}, then the shortest next one, is taken.
 */
bool template_match(struct str template, struct str value, struct template_bindings *b);
/* Bound placeholders filled in, free ones left as "<app>". */
void template_fill(struct str template, const struct template_bindings *b, struct buf *out);

#endif
