/* The keys and values that the policy of a site requires in a Secret. */
#include "cnpg/secret.h"
#include "rules/rule.h"

/* The value that the policy has for a key, to be shown: it is no secret. */
static struct str value_for(const struct store_params *s, struct str key)
{
	for (size_t i = 0; i < s->required_values.len; i++)
		if (str_eq(s->required_values.items[i].key, key))
			return s->required_values.items[i].value;
	return STR("<value>");
}

static struct finding *key_missing(const struct rule_ctx *c, const char *path, struct str secret,
				   struct str key)
{
	struct finding *f = finding_add(c, c->root, path,
					"Secret %.*s lacks key %.*s, which the policy requires",
					STR_ARG(secret), STR_ARG(key));

	finding_confidential(f); /* stands at the data as a whole */
	finding_subject(c, f, key);
	return f;
}

static void secret_key(const struct rule_ctx *c, const struct store_params *s, struct str key)
{
	bool plain = obj_at(c->root, "stringData").node && !obj_at(c->root, "data").node;
	struct str value, wanted = value_for(s, key);
	struct obj at;

	if (secret_value(c->root, key, c->arena, &value, &at) != SECRET_ABSENT)
		return;
	struct finding *f = key_missing(c, plain ? "stringData" : "data", c->object->name, key);
	finding_fix(c, f, "stringData: {%.*s: \"%.*s\"}", STR_ARG(key), STR_ARG(wanted));
}

/* Of the Secret that an ExternalSecret makes. */
static void external_secret_key(const struct rule_ctx *c, const struct provider *made,
				struct str key)
{
	bool template = obj_len(obj_at(c->root, "spec.target.template.data")) != 0;

	if (provider_has(made, key, NULL) != PROVIDER_LACKS)
		return;
	struct finding *f = key_missing(c, template ? "spec.target.template.data" : "spec.data",
					made->name, key);
	if (template)
		finding_fix(c, f, "%.*s in the data of the template", STR_ARG(key));
	else
		finding_fix(c, f, "secretKey: %.*s with its remoteRef", STR_ARG(key));
}

static void required_value(const struct rule_ctx *c, const struct str_pair *wanted)
{
	struct obj at;
	struct str value;

	if (secret_value(c->root, wanted->key, c->arena, &value, &at) != SECRET_SET ||
	    str_eq(value, wanted->value))
		return;
	struct finding *f =
		finding_add(c, at, "", "%.*s does not have the value that the policy requires",
			    STR_ARG(wanted->key));
	finding_confidential(f);
	finding_subject(c, f, wanted->key);
	finding_fix(c, f, "stringData: {%.*s: \"%.*s\"}", STR_ARG(wanted->key),
		    STR_ARG(wanted->value));
}

static bool wants_key(const struct store_params *s, struct str secret, struct str key)
{
	return str_list_has(s->secret_name, secret) && str_list_has(s->required_keys, key);
}

/* Another store that uses the same Secret has asked for it already. */
static bool asked_before(const struct params *p, size_t store, struct str secret, struct str key)
{
	for (size_t i = 0; i < store; i++)
		if (wants_key(&p->stores[i], secret, key))
			return true;
	return false;
}

static void check_policy_secret_keys(const struct rule_ctx *c)
{
	bool external = c->object->kind == KIND_EXTERNAL_SECRET;
	const struct params *p = c->params;
	struct provider made;

	if (!provider_read(c->object, c->arena, &made))
		return; /* somebody else makes the Secret */
	struct str name = made.name;
	for (size_t i = 0; i < p->stores_len; i++) {
		const struct store_params *s = &p->stores[i];

		if (!str_list_has(s->secret_name, name))
			continue;
		for (size_t k = 0; k < s->required_keys.len; k++) {
			struct str key = s->required_keys.items[k];

			if (asked_before(p, i, name, key))
				continue;
			if (external)
				external_secret_key(c, &made, key);
			else
				secret_key(c, s, key);
		}
		for (size_t k = 0; !external && k < s->required_values.len; k++)
			required_value(c, &s->required_values.items[k]);
	}
}

static const struct rule rows[] = {
	{
		.id = "policy-secret-keys",
		.kinds = KIND_SECRET | KIND_EXTERNAL_SECRET,
		.severity = SEV_OFF,
		.check = check_policy_secret_keys,
		.summary = "A store's Secret lacks a key or a value that the policy requires",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},
};

RULE_ROWS(policy_secret_keys);
