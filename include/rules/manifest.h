/*
 * Holding a manifest against the schema of its kind (cnpg/schema.h): shared by the rules of scope
 * manifest.
 */
#ifndef RULES_MANIFEST_H
#define RULES_MANIFEST_H

#include "cnpg/schema.h"
#include "rules/rule.h"

/* A map or list of the object that the schema knows, and the way to it. */
struct place {
	const struct place *up; /* NULL: the object itself */
	struct obj at;
	const struct schema_node *node;
};

struct manifest_walk {
	const struct rule_ctx *c;
	/* A member of a map that its schema does not know. May be NULL. */
	void (*unknown)(struct manifest_walk *w, const struct place *p, struct obj member);
	/* A value with its schema, never null, never a placeholder. May be NULL. */
	void (*value)(struct manifest_walk *w, const struct place *p, struct obj value,
		      const struct schema_node *node);
	/* Each map that is one, after its members. May be NULL. */
	void (*map)(struct manifest_walk *w, const struct place *p);
	size_t found;
};

/* Visits every value of the object once; what the schema does not know is not entered. */
void manifest_walk(struct manifest_walk *w);

/* A finding about `at` must not show the line: it is, or stands among, what may be a credential. */
bool manifest_is_secret(const struct place *p);

/* As much of a value as a message has room for, in whole characters. */
struct str manifest_shown(struct str text);

/* The CRDs of the table are older than what the site runs. */
bool manifest_is_newer(const struct rule_ctx *c);

/* Where something that `p` does not have would belong. */
struct remedy {
	struct str path;  /* empty: none is known */
	struct str other; /* a second place that is as near; else empty */
	bool misspelt;	  /* `path` is the name of a field of the same map */
	bool certain;	  /* nothing else can have been meant */
	bool taken;	  /* it is set there already */
	enum kind kind;	  /* of which `path` is a field; KIND_OTHER: the same */
};
struct remedy manifest_remedy(const struct rule_ctx *c, const struct place *p, struct obj member);

/* What a condition of the CRD that concerns the whole object or several fields refuses. */
void manifest_conditions(const struct rule_ctx *c);
/* The condition is one that manifest_conditions holds. */
bool manifest_knows_condition(const struct schema_condition *condition);

#endif
