/* The fields of a kustomization: api/types/kustomization.go of kustomize 5.7. */
#include "evaluate_internal.h"

static bool is_field(struct str key)
{
	static const char *const fields[] = {
		"apiVersion",
		"kind",
		"metadata",
		"bases",
		"buildMetadata",
		"commonAnnotations",
		"commonLabels",
		"components",
		"configMapGenerator",
		"configurations",
		"crds",
		"generatorOptions",
		"generators",
		"helmChartInflationGenerator",
		"helmCharts",
		"helmGlobals",
		"imageTags",
		"images",
		"inventory",
		"labels",
		"namePrefix",
		"nameSuffix",
		"namespace",
		"openapi",
		"patches",
		"patchesJson6902",
		"patchesStrategicMerge",
		"replacements",
		"replicas",
		"resources",
		"secretGenerator",
		"sortOptions",
		"transformers",
		"validators",
		"vars",
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (str_eq_nocase(key, str_from(fields[i])))
			return true;
	return false;
}

/* It says what it is, and nothing else. */
static bool is_empty(struct obj root)
{
	for (struct obj m = obj_first(root); m.node; m = obj_next(m)) {
		struct str key = obj_key(m);

		if (!str_is(key, "apiVersion") && !str_is(key, "kind") &&
		    !str_is(key, "metadata") && obj_type(m) != OBJ_NULL_VALUE)
			return false;
	}
	return true;
}

void evaluate_fields(struct evaluation *e, const struct kustomization *k)
{
	if (k->twofold)
		evaluate_refuse(
			e, k, k->root,
			"the folder has more than one kustomization file: kustomize builds nothing");
	if (is_empty(k->root))
		evaluate_refuse(e, k, k->root,
				"this kustomization is empty: kustomize builds nothing");
	for (struct obj m = obj_first(k->root); m.node; m = obj_next(m))
		if (!is_field(obj_key(m)))
			evaluate_refuse(
				e, k, m,
				"a kustomization has no field '%.*s': kustomize builds nothing",
				STR_ARG(obj_key(m)));
}
