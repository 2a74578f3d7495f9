/*
 * Every string among what the rules read of an object: for what may be wrong with any of them.
 */
#ifndef FACTS_STRINGS_H
#define FACTS_STRINGS_H

#include "rules/rule.h"

typedef void strings_fn(const struct rule_ctx *c, struct obj at, struct str value);
void strings_each(const struct rule_ctx *c, strings_fn *each);

#endif
