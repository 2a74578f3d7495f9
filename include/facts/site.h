/*
 * What several rules of a site ask: which store of the policy something belongs to.
 */
#ifndef FACTS_SITE_H
#define FACTS_SITE_H

#include "rules/rule.h"
#include "rules/template.h"

struct template_bindings site_bindings(const struct rule_ctx *c, struct str cluster);

/* The first store whose objectStoreName fits; NULL when none does. */
const struct store_params *site_store_named(const struct rule_ctx *c, struct str name,
					    struct template_bindings *b);

/* The store that the ObjectStore under judgement belongs to, or NULL. One whose name fits none
 * (policy-store-name says so) is compared with the only store, if there is only one. */
const struct store_params *site_store_of(const struct rule_ctx *c, struct template_bindings *b);

/* All names that the policy has for a store, "<app>-minio-store - or <app>-b2-store"; {app} is that
 * of the only ObjectStore beside the object. */
struct str site_store_names(const struct rule_ctx *c, const struct template_bindings *b);

/* Adds the template, filled in as far as it is known, after " or " where it is not the first. */
void site_add_filled(struct buf *out, struct str template, const struct template_bindings *b);

/* A destinationPath and a template of one are the same place. */
bool site_destination_fits(const struct rule_ctx *c, struct str template, struct str value,
			   struct template_bindings *b);

#endif
