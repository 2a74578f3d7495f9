/*
 * The table of rules: the rows of all files of checks/, joined before main() begins and never
 * written again. Sorted by id; a rule's index is its place in it.
 */
#ifndef CHECKS_TABLE_H
#define CHECKS_TABLE_H

#include "rules/rule.h"

extern const struct rule *const rules;
extern size_t rules_len;

const struct rule *rule_find(struct str id); /* NULL when unknown */
const char *rule_nearest(struct str id);     /* for "did you mean"; NULL when none is near */

#endif
