/* NUL characters in what backups depend on. */
#include "facts/strings.h"

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

static void check_nul_in_value(const struct rule_ctx *c)
{
	if (doc_has_nul(c->root.doc))
		strings_each(c, has_nul);
}

static const struct rule rows[] = {
	{
		.id = "nul-in-value",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_nul_in_value,
		.summary = "A value that backups depend on holds a NUL character",
		.reference = "plugin-barman-cloud#764",
	},
};

RULE_ROWS(nul_in_value);
