#include "facts/strings.h"

/* What rules read of each kind, as subtrees. */
static const struct {
	enum kind kind;
	const char *paths[7];
} read_parts[] = {
	{KIND_CLUSTER,
	 {"spec.plugins", "spec.externalClusters", "spec.backup", "spec.bootstrap.recovery",
	  "spec.replica"}},
	{KIND_SCHEDULED_BACKUP, {"spec"}},
	{KIND_BACKUP, {"spec"}},
	{KIND_OBJECT_STORE, {"spec.configuration", "spec.retentionPolicy"}},
};

static void walk(const struct rule_ctx *c, struct obj at, strings_fn *each)
{
	struct str value;

	if (obj_str(at, "", &value) == OBJ_SET)
		each(c, at, value);
	for (struct obj member = obj_first(at); member.node; member = obj_next(member))
		walk(c, member, each);
}

void strings_each(const struct rule_ctx *c, strings_fn *each)
{
	for (size_t k = 0; k < ARRAY_LEN(read_parts); k++) {
		if (read_parts[k].kind != c->object->kind)
			continue;
		for (const char *const *path = read_parts[k].paths; *path; path++)
			walk(c, obj_at(c->root, *path), each);
	}
}
