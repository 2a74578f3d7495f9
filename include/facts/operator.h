/*
 * What CloudNativePG's own admission webhook refuses, shared by the rules operator-refuses*. All of
 * it was read in cloudnative-pg v1.30.0, internal/webhook/v1. Only `check` has to say it: where an
 * API server asks us about an object, it asks CloudNativePG at the same moment.
 */
#ifndef FACTS_OPERATOR_H
#define FACTS_OPERATOR_H

#include "rules/rule.h"

/* Its validation is not switched off by the annotation (see rule validation-disabled). */
bool operator_validates(const struct rule_ctx *c);

/* The effect of a finding: it refuses the object, in its own words. */
void operator_says(const struct rule_ctx *c, struct finding *f, const char *words);

/* The member is there, and not null. */
bool operator_has(struct obj map, const char *name);

/* spec.instances; false when it is filled in later. The default is 1. */
bool operator_instances(const struct rule_ctx *c, int64_t *out);

#endif
