/* The annotation in which kubectl apply repeats the values of a Secret. */
#include "facts/secrets.h"

#define APPLIED STR("kubectl.kubernetes.io/last-applied-configuration")

static void check_kubectl_apply_annotation_secret(const struct rule_ctx *c)
{
	struct obj annotation = obj_member(obj_at(c->root, "metadata.annotations"), APPLIED);
	struct finding *f;
	enum scope scope;

	if (!annotation.node || !secret_is_read(c, c->object->name, STR_EMPTY, &scope))
		return;
	f = finding_add(c, annotation, "", "an annotation repeats the values of this Secret");
	finding_effect(c, f,
		       "kubectl apply copies them there; tools that hide data show annotations");
	finding_fix(c, f, "kubectl apply --server-side, or an ExternalSecret or SealedSecret");
	finding_confidential(f);
	finding_scope(f, scope);
}

static const struct rule rows[] = {
	{
		.id = "kubectl-apply-annotation-secret",
		.kinds = KIND_SECRET,
		.helped = true,
		.severity = SEV_INFO,
		.check = check_kubectl_apply_annotation_secret,
		.summary = "An annotation of a credentials Secret repeats its values",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},
};

RULE_ROWS(kubectl_apply_annotation_secret);
