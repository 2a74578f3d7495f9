/*
 * How a message speaks of another object than the one under judgement.
 */
#ifndef FACTS_NEIGHBOUR_H
#define FACTS_NEIGHBOUR_H

#include "rules/rule.h"

/* "Cluster shop/db (apps/shop/db.yaml)", with what differs from the object under judgement: its
 * namespace, its file. */
struct str neighbour_called(const struct rule_ctx *c, const struct known *k);

#endif
