/* The annotation that switches CloudNativePG's own checks off. */
#include "rules/rule.h"

/* What CloudNativePG would refuse, were it asked. An archiver beside an in-tree store is the
 * business of in-tree-beside-plugin, one plugin twice that of plugin-entry-duplicate. */
static void two_archivers(const struct rule_ctx *c)
{
	struct obj e = obj_first(obj_at(c->root, "spec.plugins")), first = {0};
	struct finding *f;

	for (; e.node; e = obj_next(e)) {
		if (!obj_true(e, "enabled", true) || !obj_true(e, "isWALArchiver", false))
			continue;
		if (!first.node) {
			first = e;
			continue;
		}
		if (str_eq(obj_text(e, "name"), obj_text(first, "name")))
			continue;
		f = finding_add(
			c, e, "isWALArchiver",
			"a second WAL archiver, beside %.*s, which CloudNativePG refuses unless its validation is disabled",
			STR_ARG(obj_text(first, "name")));
		finding_effect(c, f, "WAL is archived only while both of them succeed");
		finding_fix(c, f, "isWALArchiver: false - on all but one");
		finding_at_least(f, SEV_DENY);
	}
}

static void check_validation_disabled(const struct rule_ctx *c)
{
	static const char key[] = "cnpg.io/validation";

	if (!object_has_annotation(c->object, key, "disabled"))
		return;
	struct finding *f =
		finding_add(c, obj_member(obj_at(c->root, "metadata.annotations"), str_from(key)),
			    "", "%s: disabled switches CloudNativePG's own checks off", key);
	finding_effect(c, f, "it accepts what it would refuse, such as two WAL archivers");
	finding_fix(c, f, "remove the annotation");
	two_archivers(c);
}

static const struct rule rows[] = {
	{
		.id = "validation-disabled",
		.kinds = KIND_CLUSTER | KIND_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_validation_disabled,
		.summary = "CloudNativePG's own validation is switched off",
		.reference = "https://cloudnative-pg.io/documentation/current/labels_annotations/",
	},
};

RULE_ROWS(validation_disabled);
