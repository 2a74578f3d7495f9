/*
 * A policy as ValidatingAdmissionPolicies of Kubernetes (1.30 or newer): what the API server can
 * judge by itself, in CEL, for the rules that need the object alone. What is refused there, the
 * engine refuses when it knows nothing beside the object; not the other way round.
 */
#ifndef VAP_VAP_H
#define VAP_VAP_H

#include "policy/policy.h"

/* Policies and their bindings, as YAML documents. The comment at its head lists the rules that are
 * judged, those of which only a part is, and those that are left out. */
void vap_print(const struct policy *policy, struct arena *arena, struct buf *out);

/* What becomes of a rule. */
enum vap_coverage { VAP_LEFT_OUT, VAP_IN_PART, VAP_WHOLE };
enum vap_coverage vap_coverage(const struct policy *policy, const struct rule *rule);

#endif
