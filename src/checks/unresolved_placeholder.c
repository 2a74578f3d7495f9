/* Placeholders that were never filled in. */
#include "facts/strings.h"

/* ${VAR} in a file is for Flux, Argo CD or Helm to fill in; at the API server nobody will. */
static void has_placeholder(const struct rule_ctx *c, struct obj at, struct str value)
{
	struct str which;

	if (!value_is_placeholder(value, &which) || str_find_byte(value, '\0') != STR_NONE ||
	    (c->object->manifest && value_is_variable(value, NULL)))
		return;
	struct finding *f =
		finding_add(c, at, "", "placeholder %.*s was never filled in", STR_ARG(which));
	/* in a file: CHANGEME in a base that an overlay completes */
	if (c->object->manifest && which.ptr[0] != '<')
		finding_at_most(f, SEV_WARN);
	finding_effect(c, f, "CloudNativePG takes it literally");
	finding_fix(c, f, "the real value in place of %.*s", STR_ARG(which));
}

static void check_unresolved_placeholder(const struct rule_ctx *c)
{
	strings_each(c, has_placeholder);
}

static const struct rule rows[] = {
	{
		.id = "unresolved-placeholder",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_unresolved_placeholder,
		.summary = "A placeholder was never filled in",
		.reference = "https://fluxcd.io/flux/components/kustomize/kustomizations/",
	},
};

RULE_ROWS(unresolved_placeholder);
