/* A manifest beside a kustomization that does not list it. */
#include "rules/rule.h"

static void check_manifest_not_applied(const struct rule_ctx *c)
{
	struct str by = c->object->left_out_by;

	if (!by.len || c->object->part)
		return;
	struct finding *f = finding_add(c, c->root, "metadata.name",
					"%.*s does not list this file, and nothing else applies it",
					STR_ARG(by));
	finding_effect(c, f,
		       c->object->kind == KIND_SCHEDULED_BACKUP
			       ? "no backup is made because of it"
			       : "whoever applies the folder does not make it");
	finding_fix(c, f, "the file under resources in %.*s - or away with it, if it is not meant",
		    STR_ARG(by));
}

static const struct rule rows[] = {
	{
		.id = "manifest-not-applied",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_manifest_not_applied,
		.summary = "Its folder's kustomization does not list it",
		.reference =
			"https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/",
	},
};

RULE_ROWS(manifest_not_applied);
