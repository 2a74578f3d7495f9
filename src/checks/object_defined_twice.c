/* An object that two folders define, both of which are applied. */
#include "rules/rule.h"

static void check_object_defined_twice(const struct rule_ctx *c)
{
	struct str other = c->object->defined_too;

	if (!other.len)
		return;
	struct finding *f = finding_add(
		c, c->root, "metadata.name", "%.*s %.*s is defined twice: %.*s is applied too",
		STR_ARG(c->object->kind_name), STR_ARG(c->object->name), STR_ARG(other));
	if (c->object->defined_alike) {
		finding_effect(
			c, f,
			"as long as both say the same all is well, and the one that goes takes it away from the other");
		finding_at_most(f, SEV_WARN);
	} else {
		finding_effect(
			c, f,
			"each overwrites the other whenever it is applied: what stands in one of them alone is never there for long");
	}
	finding_fix(c, f, "another metadata.name in one of the two - or one of them only");
	finding_subject(c, f, other);
}

static const struct rule rows[] = {
	{
		.id = "object-defined-twice",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_object_defined_twice,
		.summary = "Two folders that are applied define one object",
		.reference = "https://fluxcd.io/flux/components/kustomize/kustomizations/",
	},
};

RULE_ROWS(object_defined_twice);
