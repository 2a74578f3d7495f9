/*
 * What a policy is inside; only src/policy sees it. Filled by load.c from the rows of fields.c.
 */
#ifndef POLICY_INTERNAL_H
#define POLICY_INTERNAL_H

#include "base/arena.h"
#include "policy/policy.h"

#include <stdatomic.h>

/* Targets of rows are `unsigned` where they hold the number of a word: enum severity, enum
 * policy_mode and enum store_role are that type. */
struct rule_setting {
	unsigned severity;
};

#define POLICY_ALERTS_PREFIX "Postgres"

struct policy {
	atomic_size_t count;
	struct arena *arena; /* owns everything but what the regexes hold; this struct too */
	struct params params;
	struct str profile, name, hash;

	unsigned mode;
	const struct namespace_mode *namespace_modes;
	size_t namespace_modes_len;
	struct rule_setting *rules; /* one for each row of the table */
	struct str_list operators;
	struct str_list aliases; /* patterns of params.cluster_name_aliases */
	regex_t *regexes;	 /* compiled; params points at them */

	struct policy_alerts alerts;

	struct policy_exempt exempt;
};

#endif
