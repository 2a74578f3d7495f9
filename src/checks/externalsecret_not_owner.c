/* ExternalSecrets that leave it to somebody else to create the Secret. */
#include "base/limits.h"
#include "facts/secrets.h"

/* Something else that provides the Secret which the ExternalSecret writes to. */
static bool has_other_provider(const struct rule_ctx *c, struct str name)
{
	struct view_iter it = view_each(c->view, REL_SELF, KIND_SECRET, c->object->namespace, name);
	size_t seen = 0;

	for (const struct known *k; (k = view_next(&it));)
		if (!known_same(&k->object, c->object) || ++seen == LIMIT_ALTERNATIVES)
			return true;
	return false;
}

static void check_externalsecret_not_owner(const struct rule_ctx *c)
{
	struct str policy = obj_text(c->root, "spec.target.creationPolicy");
	bool none = str_is(policy, "None");
	struct provider made;
	struct finding *f;
	enum scope scope;

	provider_read(c->object, c->arena, &made);
	if ((!none && !str_is(policy, "Merge")) ||
	    !secret_is_read(c, made.name, STR_EMPTY, &scope) ||
	    (c->view && has_other_provider(c, made.name)))
		return;
	f = finding_add(c, c->root, "spec.target.creationPolicy", "creationPolicy is %.*s",
			STR_ARG(policy));
	if (none)
		finding_effect(c, f, "the ExternalSecret never writes Secret %.*s",
			       STR_ARG(made.name));
	else
		finding_effect(c, f, "it writes nothing until something else creates Secret %.*s",
			       STR_ARG(made.name));
	finding_fix(c, f, "creationPolicy: Owner");
	finding_scope(f, scope);
	if (!none &&
	    (!c->view || view_knows(c->view, KIND_SECRET, c->object->namespace) != KNOWN_ALL))
		finding_unsure(f, SEV_INFO);
}

static const struct rule rows[] = {
	{
		.id = "externalsecret-not-owner",
		.kinds = KIND_EXTERNAL_SECRET,
		.helped = true,
		.severity = SEV_WARN,
		.check = check_externalsecret_not_owner,
		.summary = "An ExternalSecret does not create the Secret that backups read",
		.reference = "https://external-secrets.io/latest/guides/ownership-deletion-policy/",
	},
};

RULE_ROWS(externalsecret_not_owner);
