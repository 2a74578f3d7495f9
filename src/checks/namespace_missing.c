/* An object that would be made where nobody in its file looks for it. */
#include "rules/rule.h"

static void check_namespace_missing(const struct rule_ctx *c)
{
	struct str beside = c->object->beside;

	if (c->object->namespace.len || !beside.len || c->object->part)
		return;
	struct finding *f =
		finding_add(c, c->root, "metadata.namespace",
			    "no namespace is named, and what stands beside it is in namespace %.*s",
			    STR_ARG(beside));
	finding_effect(
		c, f,
		"it is made in the namespace that whoever applies it is in, and no reference leads from one to another");
	finding_fix(c, f, "namespace: %.*s", STR_ARG(beside));
}

static const struct rule rows[] = {
	{
		.id = "namespace-missing",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_namespace_missing,
		.summary = "Names no namespace, beside objects of one file that do",
		.reference =
			"https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
	},
};

RULE_ROWS(namespace_missing);
