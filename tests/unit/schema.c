#include "cnpg/schema.h"
#include "facts/manifest.h"

#include <criterion/criterion.h>
#include <regex.h>
#include <string.h>

/* "spec.plugins[].name": a field, [] an item of a list. NULL when the table knows no such path. */
static const struct schema_node *at(enum kind kind, const char *path)
{
	struct str rest = str_from(path), name;
	const struct schema_node *node = schema_of(&schema_builtin, kind);

	while (node && str_split(&rest, '.', &name)) {
		bool list = str_has_suffix(name, STR("[]"));

		node = schema_member(&schema_builtin, node,
				     str_slice(name, 0, name.len - (list ? 2 : 0)));
		if (node && list)
			node = schema_item(&schema_builtin, node);
	}
	return node;
}

Test(schema, what_backups_are_made_of_is_in_the_table)
{
	static const struct {
		enum kind kind;
		const char *path;
		enum schema_type type;
	} known[] = {
		{KIND_CLUSTER, "spec.instances", SCHEMA_INTEGER},
		{KIND_CLUSTER, "spec.plugins[].isWALArchiver", SCHEMA_BOOLEAN},
		{KIND_CLUSTER, "spec.plugins[].parameters.anyName", SCHEMA_STRING},
		{KIND_CLUSTER, "spec.backup.barmanObjectStore.wal.maxParallel", SCHEMA_INTEGER},
		{KIND_CLUSTER, "spec.externalClusters[].plugin.name", SCHEMA_STRING},
		{KIND_CLUSTER, "spec.postgresql.parameters.any", SCHEMA_STRING},
		{KIND_CLUSTER, "spec.resources.limits.memory", SCHEMA_INT_OR_STRING},
		{KIND_CLUSTER, "metadata.annotations.any", SCHEMA_STRING},
		{KIND_CLUSTER, "status.any.thing", SCHEMA_ANY},
		{KIND_SCHEDULED_BACKUP, "spec.pluginConfiguration.parameters.any", SCHEMA_STRING},
		{KIND_SCHEDULED_BACKUP, "spec.immediate", SCHEMA_BOOLEAN},
		{KIND_BACKUP, "spec.cluster.name", SCHEMA_STRING},
		{KIND_OBJECT_STORE, "spec.configuration.s3Credentials.accessKeyId.key",
		 SCHEMA_STRING},
		{KIND_OBJECT_STORE, "spec.instanceSidecarConfiguration.env[].valueFrom",
		 SCHEMA_MAP},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct schema_node *node = at(known[i].kind, known[i].path);

		cr_expect(node && node->type == known[i].type, "%s", known[i].path);
	}
}

Test(schema, what_no_crd_has_is_not_in_the_table)
{
	cr_expect(!at(KIND_OBJECT_STORE, "spec.configuration.retentionPolicy"));
	cr_expect(!at(KIND_OBJECT_STORE, "spec.configuration.endpointUrl"));
	cr_expect(!at(KIND_CLUSTER, "spec.plugins[].barmanObjectName"));
	cr_expect(!at(KIND_SCHEDULED_BACKUP, "spec.retentionPolicy"));
	cr_expect(!at(KIND_CLUSTER, "metadata.lables"));
	cr_expect_null(schema_of(&schema_builtin, KIND_SECRET));
}

Test(schema, choices_bounds_and_what_is_required_are_those_of_the_crds)
{
	const struct schema_node *method = at(KIND_SCHEDULED_BACKUP, "spec.method");
	const struct schema_node *jobs = at(KIND_OBJECT_STORE, "spec.configuration.data.jobs");
	const struct schema_node *plugin = at(KIND_CLUSTER, "spec.plugins[]");

	cr_expect(schema_has_choice(method, STR("plugin")));
	cr_expect_not(schema_has_choice(method, STR("plug")));
	cr_expect_not(schema_has_choice(method, STR("")));
	cr_expect(jobs->has_least && jobs->least == 1 && !jobs->has_most);
	cr_expect(schema_field(&schema_builtin, plugin, STR("name"))->required);
	cr_expect_not(schema_field(&schema_builtin, plugin, STR("enabled"))->required,
		      "it has a default");
}

/* The sorted order is what lookups rely on. */
Test(schema, fields_of_a_map_are_sorted)
{
	struct str last = STR_EMPTY;
	const struct schema_node *spec = at(KIND_CLUSTER, "spec");

	cr_assert(spec && spec->len > 40);
	for (size_t i = 0; i < spec->len; i++) {
		struct str name = str_from(schema_builtin.fields[spec->first + i].name);

		cr_expect(str_cmp(last, name) < 0, "%.*s", STR_ARG(name));
		last = name;
	}
}

Test(schema, each_condition_of_the_crds_is_held)
{
	for (size_t i = 0; i < schema_builtin.conditions_len; i++) {
		const struct schema_condition *condition = &schema_builtin.conditions[i];

		cr_expect(manifest_knows_condition(condition), "%s: %s", condition->path,
			  condition->rule);
		cr_expect(at(condition->kind, condition->path), "%s", condition->path);
	}
}

/* What came with a release is there now: a field, or a choice behind '='. */
Test(schema, each_change_of_a_release_is_in_the_table)
{
	for (size_t i = 0; i < schema_changes_len; i++) {
		const struct schema_change *change = &schema_changes[i];
		struct str choice = str_from(change->path), path;
		char name[256];

		cr_assert(str_split(&choice, '=', &path) && path.len < sizeof name);
		memcpy(name, path.ptr, path.len);
		name[path.len] = '\0';
		const struct schema_node *node = at(change->kind, name);
		cr_assert(node, "%s", change->path);
		if (choice.ptr)
			cr_expect(node->choices && schema_has_choice(node, choice), "%s",
				  change->path);
		cr_expect(change->kind == KIND_OBJECT_STORE
				  ? change->since.minor <= schema_plugin.minor
				  : change->since.minor <= schema_cloudnative_pg.minor,
			  "%s", change->path);
	}
}

/* Each node that a map, a list or a root leads to. */
static void each_node(const struct schema_node *node, void (*each)(const struct schema_node *))
{
	each(node);
	if (node->members)
		each_node(&schema_builtin.nodes[node->members], each);
	for (size_t i = 0; i < node->len; i++)
		each_node(&schema_builtin.nodes[schema_builtin.fields[node->first + i].node], each);
}

/* A pattern means what a regular expression means by it. */
static void compare(const struct schema_node *node)
{
	static const char *const texts[] = {
		"",	"0",	"1",	 "30d",	 "d",	   "03d",  "1w",    "12m",    "3D",
		"30 d", "a",	"Z",	 "_",	 "-",	   "a-",   "-a",    "a-b",    "a_b",
		"a1",	"1a",	"a.b",	 "aB",	 "Ab_9",   "9_b",  "a--b",  "1Gi",    "1gi",
		"1G",	"100m", "1.5Gi", "1.",	 ".5",	   ".",	   "+1",    "-1",     "+-1",
		"1e3",	"1E-3", "1e",	 "1e.5", "1e1.2M", "1Mib", "1.2.3", "512 Mi", "1mi",
		"1n",	"1i",	"+",	 "1e+",	 "0x1",	   "E",	   "1EE",   "1E",     "1Ei",
	};
	regex_t regex;

	if (!node->pattern)
		return;
	cr_assert(schema_knows_pattern(node->pattern), "%s", node->pattern);
	cr_assert_eq(regcomp(&regex, node->pattern, REG_EXTENDED | REG_NOSUB), 0);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		cr_expect_eq(schema_matches(node, str_from(texts[i])),
			     regexec(&regex, texts[i], 0, NULL, 0) == 0, "%s and \"%s\"",
			     node->pattern, texts[i]);
	regfree(&regex);
}

Test(schema, each_pattern_matches_what_its_expression_does)
{
	for (size_t i = 0; i < schema_builtin.roots_len; i++)
		each_node(&schema_builtin.nodes[schema_builtin.roots[i].node], compare);
}
