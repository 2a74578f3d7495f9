/*
 * What the rules of a site share: which store of the policy something belongs to.
 */
#ifndef RULES_SITE_H
#define RULES_SITE_H

#include "rules/rule.h"
#include "rules/template.h"

struct template_bindings site_bindings(const struct rule_ctx *c, struct str cluster);

/* The first store whose objectStoreName fits; NULL when none does. */
const struct store_params *site_store_named(const struct rule_ctx *c, struct str name,
					    struct template_bindings *b);

/* A destinationPath and a template of one are the same place. */
bool site_destination_fits(const struct rule_ctx *c, struct str template, struct str value,
			   struct template_bindings *b);

#endif
