/*
 * What several rules ask of Secrets: who reads them, and which of those that an object names are
 * there.
 */
#ifndef FACTS_SECRETS_H
#define FACTS_SECRETS_H

#include "cnpg/secret.h"
#include "rules/rule.h"

/* A known ObjectStore reads this key of Secret `name` of the namespace, or of one that may be the
 * same. `key` empty: any. The certificate of a CA is no credential. */
bool secret_is_referred_to(const struct rule_ctx *c, struct str name, struct str key);
/* Of the Secrets of a cluster only those are ours that a store is known to read: the scope says
 * whether this took other objects to know. `key` empty: any. */
bool secret_is_read(const struct rule_ctx *c, struct str name, struct str key, enum scope *scope);

/* What the key is to the stores that read it: bits, 1 << enum secret_role; 0: nobody known does. */
enum secret_role { ROLE_ACCESS_KEY_ID, ROLE_REGION, ROLE_SESSION_TOKEN, ROLE_OTHER };
unsigned secret_roles(const struct rule_ctx *c, struct str name, struct str key);

#define SECRET_ASKING_NAMES 8

/* No Secret can have this name, or no key of one this key: what refers to it is never there. */
bool secret_name_is_possible(struct str name);
bool secret_key_is_possible(struct str key);

/* One walk over the Secrets that an object makes the run time read. */
struct secret_asking {
	const struct rule_ctx *c;
	enum secret_use use;
	const char *effect;		      /* of what is absent */
	struct str told[SECRET_ASKING_NAMES]; /* Secrets that were told of already */
	size_t told_len;
};
/* Calls `each` with `a` as its context; not where nothing is known of any Secret. */
void secret_each(struct secret_asking *a, secret_ref_fn *each);
/* It was told of already; from now on it is. */
bool secret_is_told(struct secret_asking *a, struct str name);
/* See view_secret_key; unknown for a selector that is impossible. */
enum secret_has secret_find(const struct rule_ctx *c, const struct secret_ref *ref,
			    struct provider_key *out);
/* Something provides it in another namespace, and may not do so in this one: rule
 * secret-wrong-namespace speaks. In a live cluster it is known that it does not; nor has everybody
 * who may write here a right to know what is in other namespaces. NULL: nothing. */
const struct known *secret_elsewhere(const struct rule_ctx *c, struct str name);
/* The key of the Secret that is meant: the nearest name, else the one that speaks of the same thing
 * as the field or the key; empty when none does. Names are no secret. */
struct str secret_meant_key(const struct rule_ctx *c, const struct secret_ref *ref);
/* What the selector of field `field` has to hold: of the Secret `name`, or where it is empty of the
 * one that the policy names for the store, else of the only one of the namespace. Empty: not known.
 */
struct secret_choice {
	struct str name, key;
};
struct secret_choice secret_choice(const struct rule_ctx *c, const char *field, struct str name);
/* The same as "{name: minio, key: ACCESS_KEY_ID}" for a remedy; what is not known is "<secret>" and
 * "<key>". */
struct str secret_selector(const struct rule_ctx *c, const char *field, struct str name);
/* For secret_each: a finding for each Secret of a->use that is absent, or that lacks the key. */
void secret_ask(void *asking, const struct secret_ref *ref);
void secret_ask_key(void *asking, const struct secret_ref *ref);

#endif
