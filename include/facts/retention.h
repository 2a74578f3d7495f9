/*
 * What is meant by a retention policy that the CRDs refuse.
 */
#ifndef FACTS_RETENTION_H
#define FACTS_RETENTION_H

#include "base/str.h"

struct arena;

/* A retentionPolicy for what was written, never a shorter one: "30" and "30 days" are 30d, "1y"
 * 12m, "720h" and "4w2d" 30d. Where nothing can be made out of it, 30d. */
struct str retention_meant(struct arena *a, struct str text);

#endif
