/*
 * How a message speaks of another object than the one under judgement, and which one can be meant.
 */
#ifndef FACTS_NEIGHBOUR_H
#define FACTS_NEIGHBOUR_H

#include "rules/rule.h"

/* "Cluster shop/db (apps/shop/db.yaml)", with what differs from the object under judgement: its
 * namespace, its file. */
struct str neighbour_called(const struct rule_ctx *c, const struct known *k);

/* The only object of the kind that is known in the namespace; NULL when it is none or one of
 * several, or its name is filled in later. */
const struct known *neighbour_only(const struct rule_ctx *c, enum kind kind);

/* What was called so in the namespace of the object until a kustomization renamed it, which
 * references in custom resources do not follow; NULL: nothing. */
const struct known *neighbour_renamed(const struct rule_ctx *c, enum kind kind, struct str name);

/* The file of the object under judgement; empty when it stands in none. */
struct str neighbour_own_file(const struct rule_ctx *c);

/* Its file lies in a folder that is called base, or so: an overlay that is not seen may bring what
 * it lacks. */
bool neighbour_is_base(const struct rule_ctx *c);

#endif
