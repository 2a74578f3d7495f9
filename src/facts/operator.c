#include "facts/operator.h"

bool operator_validates(const struct rule_ctx *c)
{
	return !object_has_annotation(c->object, "cnpg.io/validation", "disabled");
}

void operator_says(const struct rule_ctx *c, struct finding *f, const char *words)
{
	finding_effect(c, f, "CloudNativePG refuses the object: \"%s\"", words);
}

bool operator_has(struct obj map, const char *name)
{
	enum obj_type type = obj_type(obj_member(map, str_from(name)));

	return type != OBJ_NONE && type != OBJ_NULL_VALUE;
}

bool operator_instances(const struct rule_ctx *c, int64_t *out)
{
	*out = 1;
	return obj_int(c->root, "spec.instances", out) != OBJ_WRONG_TYPE;
}
