/*
 * Holding a manifest against the schema of its kind (cnpg/schema.h): shared by the rules of scope
 * manifest.
 */
#ifndef FACTS_MANIFEST_H
#define FACTS_MANIFEST_H

#include "cnpg/schema.h"
#include "rules/rule.h"

/* A map or list of the object that the schema knows, and the way to it. */
struct manifest_place {
	const struct manifest_place *up; /* NULL: the object itself */
	struct obj at;
	const struct schema_node *node;
};

struct manifest_walk {
	const struct rule_ctx *c;
	const struct schema *schema; /* set by manifest_walk */
	/* A member of a map that its schema does not know. May be NULL. */
	void (*unknown)(struct manifest_walk *w, const struct manifest_place *p, struct obj member);
	/* A value with its schema, never null, never a placeholder. May be NULL. */
	void (*value)(struct manifest_walk *w, const struct manifest_place *p, struct obj value,
		      const struct schema_node *node);
	/* Each map that is one, after its members. May be NULL. */
	void (*map)(struct manifest_walk *w, const struct manifest_place *p);
	size_t found;
};

/* Visits every value of the object once; what the schema does not know is not entered. */
void manifest_walk(struct manifest_walk *w);

/* A finding about `at` must not show the line: it is, or stands among, what may be a credential. */
bool manifest_is_secret(const struct manifest_place *p);

/* As much of a value as a message has room for, in whole characters. */
struct str manifest_shown(struct str text);

/* The CRDs of the table are older than what the site runs, as far as its policy says; never where
 * the site's own are given. */
bool manifest_is_newer(const struct rule_ctx *c);

/* A field or a choice that is there, and that the release which the policy names does not have. */
typedef void manifest_change_fn(const struct rule_ctx *c, struct obj at,
				const struct schema_change *change);
/* Each of them: of a field, or with `choices` of a choice. None where the site's CRDs are given. */
void manifest_changes(const struct rule_ctx *c, bool choices, manifest_change_fn *each);
/* "CloudNativePG 1.30.0, and the policy says 1.29" */
struct str manifest_release(const struct rule_ctx *c, const struct schema_change *change);

/* The name of a field that was meant to hold a retention policy: retentionPolicy, backupRetention;
 * not retentionPolicyIntervalSeconds. */
bool manifest_is_retention(struct str name);
/* The map in which a member stands that its schema does not know, "the object" at the top. Counts
 * it in w->found, and does not look when the finding will not be kept. */
struct str manifest_parent(struct manifest_walk *w, const struct manifest_place *p);
/* A finding about such a member stands at its key: the value may be quite right. */
void manifest_settle(struct finding *f, const struct manifest_place *p, struct obj member);

/* What a condition of the CRD that concerns the whole object or several fields refuses. */
void manifest_conditions(const struct rule_ctx *c);
/* The condition is one that manifest_conditions holds. */
bool manifest_knows_condition(const struct schema_condition *condition);

#endif
