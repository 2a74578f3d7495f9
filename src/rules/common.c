#include "rules/checks.h"
#include "rules/rule.h"

#include <string.h>

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

typedef void string_fn(const struct rule_ctx *c, struct obj at, struct str value);

static void walk(const struct rule_ctx *c, struct obj at, string_fn *each)
{
	struct str value;

	if (obj_str(at, "", &value) == OBJ_SET)
		each(c, at, value);
	for (struct obj member = obj_first(at); member.node; member = obj_next(member))
		walk(c, member, each);
}

static void each_string(const struct rule_ctx *c, string_fn *each)
{
	for (size_t k = 0; k < ARRAY_LEN(read_parts); k++) {
		if (read_parts[k].kind != c->object->kind)
			continue;
		for (const char *const *path = read_parts[k].paths; *path; path++)
			walk(c, obj_at(c->root, *path), each);
	}
}

static void has_nul(const struct rule_ctx *c, struct obj at, struct str value)
{
	size_t nul = str_find_byte(value, '\0');

	if (nul == STR_NONE)
		return;
	struct finding *f =
		finding_add(c, at, "", "value holds a NUL character after %zu bytes", nul);
	finding_effect(c, f, "programs cut it there, or refuse it: it never means what it says");
	finding_fix(c, f, "remove the NUL character (\\u0000)");
}

void check_nul_in_value(const struct rule_ctx *c)
{
	if (doc_has_nul(c->root.doc))
		each_string(c, has_nul);
}

/* ${VAR} in a file is for Flux, Argo CD or Helm to fill in; at the API server nobody will. */
static void has_placeholder(const struct rule_ctx *c, struct obj at, struct str value)
{
	struct str which;

	if (!value_is_placeholder(value, &which) ||
	    (c->object->manifest && value_is_variable(value, NULL)))
		return;
	struct finding *f =
		finding_add(c, at, "", "placeholder %.*s was never filled in", STR_ARG(which));
	finding_effect(c, f, "CloudNativePG takes it literally");
	finding_fix(c, f, "the real value in place of %.*s", STR_ARG(which));
}

void check_unresolved_placeholder(const struct rule_ctx *c)
{
	each_string(c, has_placeholder);
}
