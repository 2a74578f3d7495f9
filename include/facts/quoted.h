/*
 * How a message says what is none of the object's own words: what a server said, and when something
 * was.
 */
#ifndef FACTS_QUOTED_H
#define FACTS_QUOTED_H

#include "rules/rule.h"

/* What a server said: it may be long, and of several lines. */
struct str quoted_text(const struct rule_ctx *c, struct str text);

/* "2026-08-26 03:00 UTC": what does not change from one look at it to the next. */
struct str quoted_moment(const struct rule_ctx *c, int64_t t);

/* Names in a message: a person acts on the first few. */
#define QUOTED_NAMES 3
/* "db", "db and web", "db, web, shop and 4 more": `names` has the first of `len`. */
void quoted_names(struct buf *out, const struct str *names, size_t len);

/* "1.4 GB" */
struct str quoted_bytes(const struct rule_ctx *c, uint64_t bytes);

#endif
