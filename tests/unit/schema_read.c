/* A schema out of CRDs, as `check --crds` reads them. */
#include "base/arena.h"
#include "cnpg/schema.h"

#include <criterion/criterion.h>

#define CRD(kind, group, schema)                                                                   \
	"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"                    \
	"spec:\n  group: " group "\n  names: {kind: " kind "}\n  versions:\n"                      \
	"    - name: v1\n      storage: true\n      schema: {openAPIV3Schema: " schema "}\n"

#define CLUSTER(spec)                                                                              \
	CRD("Cluster", "postgresql.cnpg.io",                                                       \
	    "{type: object, required: [metadata, spec], properties: {metadata: {type: object}, "   \
	    "status: {type: string}, spec: " spec "}}")

static const struct schema *read(struct arena *a, const char *text, struct err *err)
{
	struct schema_reader *r = schema_reader_new(a);
	struct doc_list docs;
	bool ok = true;

	cr_assert(doc_read_yaml(a, str_from(text), &docs, err), "%s", err->msg);
	for (size_t i = 0; i < docs.len && ok; i++)
		ok = schema_read(r, doc_root(docs.docs[i]), err);
	return ok ? schema_read_end(r) : NULL;
}

static const struct schema_node *at(const struct schema *s, const char *path)
{
	struct str rest = str_from(path), name;
	const struct schema_node *node = schema_of(s, KIND_CLUSTER);

	while (node && str_split(&rest, '.', &name))
		node = str_is(name, "[]") ? schema_item(s, node) : schema_member(s, node, name);
	return node;
}

Test(schema_read, fields_types_and_bounds_are_those_of_the_crd)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err = {0};
	const struct schema *s = read(
		a,
		CLUSTER("{type: object, required: [size, count], properties: {size: {type: string, "
			"pattern: '^[0-9]+$', minLength: 1}, count: {type: integer, default: 1, minimum: 1, "
			"maximum: 9}, method: {type: string, enum: [a, bc]}, port: "
			"{x-kubernetes-int-or-string: true}, any: {type: object}, free: {type: object, "
			"properties: {b: {type: string}}, x-kubernetes-preserve-unknown-fields: true}, "
			"tags: {type: object, additionalProperties: {type: string}}, list: {type: array, "
			"items: {type: object, properties: {flag: {type: boolean}}}}}}"),
		&err);

	cr_assert(s, "%s", err.msg);
	cr_expect(s->exact);
	cr_expect(schema_field(s, at(s, "spec"), STR("size"))->required);
	cr_expect_not(schema_field(s, at(s, "spec"), STR("count"))->required, "it has a default");
	cr_expect(at(s, "spec.size")->has_least && at(s, "spec.size")->least == 1);
	cr_expect_str_eq(at(s, "spec.size")->pattern, "^[0-9]+$");
	cr_expect(at(s, "spec.count")->has_most && at(s, "spec.count")->most == 9);
	cr_expect_str_eq(at(s, "spec.method")->choices, "a|bc");
	cr_expect_eq(at(s, "spec.port")->type, SCHEMA_INT_OR_STRING);
	cr_expect_eq(at(s, "spec.any")->type, SCHEMA_ANY);
	cr_expect_eq(at(s, "spec.free")->type, SCHEMA_ANY);
	cr_expect_eq(at(s, "spec.tags.whatever")->type, SCHEMA_STRING);
	cr_expect_eq(at(s, "spec.list.[].flag")->type, SCHEMA_BOOLEAN);
	cr_expect_null(at(s, "spec.list.[].off"));
	cr_expect_null(at(s, "spec.instances"));
	/* what the API server has built in, and what nobody writes */
	cr_expect_eq(at(s, "apiVersion")->type, SCHEMA_STRING);
	cr_expect_eq(at(s, "metadata.ownerReferences.[].uid")->type, SCHEMA_STRING);
	cr_expect_null(at(s, "metadata.lables"));
	cr_expect_eq(at(s, "status.anything")->type, SCHEMA_ANY);
}

Test(schema_read, a_kind_without_a_crd_keeps_the_built_in_schema)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err = {0};
	const struct schema *s =
		read(a, CLUSTER("{type: object, properties: {a: {type: string}}}"), &err);

	cr_expect_eq(schema_for(s, KIND_CLUSTER), s);
	cr_expect_eq(schema_for(s, KIND_BACKUP), &schema_builtin);
	cr_expect_eq(schema_for(NULL, KIND_CLUSTER), &schema_builtin);
}

Test(schema_read, crds_of_others_are_none)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err = {0};

	cr_expect_null(read(a, CRD("Cluster", "cluster.x-k8s.io", "{type: object}"), &err));
	cr_expect_null(read(a, CRD("Pooler", "postgresql.cnpg.io", "{type: object}"), &err));
	cr_expect_null(read(a, "kind: Cluster\n", &err));
	cr_expect_eq(err.code, E_OK, "none of ours is no error");
}

/* The last one counts, with its conditions. */
Test(schema_read, a_second_crd_of_a_kind_replaces_the_first)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err = {0};
	const struct schema *s = read(
		a,
		CLUSTER("{type: object, properties: {a: {type: string, x-kubernetes-validations: "
			"[{rule: 'self > 0'}, {rule: self == oldSelf}]}}}") "---\n" CLUSTER("{type: object, properties: {b: {type: string, x-kubernetes-validations: "
											    "[{rule: 'self > 0'}, {rule: self == oldSelf}]}}}"),
		&err);

	cr_assert(s, "%s", err.msg);
	cr_expect_eq(s->roots_len, 1);
	cr_expect_null(at(s, "spec.a"));
	cr_assert_eq(s->conditions_len, 1, "oldSelf is about a change");
	cr_expect_str_eq(s->conditions[0].path, "spec.b");
}

Test(schema_read, what_is_no_schema_has_its_place_told)
{
	static const struct {
		const char *crd, *says;
	} rows[] = {
		{CRD("Cluster", "postgresql.cnpg.io", "{type: object}"), "openAPIV3Schema"},
		{CRD("Cluster", "postgresql.cnpg.io", "none"), "openAPIV3Schema"},
		{CLUSTER("{type: object, properties: [a]}"),
		 "properties is no map, at the schema of spec"},
		{CLUSTER("{type: object, properties: {a: text}}"),
		 "no map, at the schema of spec.a"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct err err = {0};

		cr_expect_null(read(a, rows[i].crd, &err));
		cr_expect(str_contains(str_from(err.msg), str_from(rows[i].says)), "%s", err.msg);
		cr_expect_gt(err.line, 0);
	}
}

#define VERSIONS(versions)                                                                         \
	"kind: CustomResourceDefinition\n"                                                         \
	"spec:\n  group: postgresql.cnpg.io\n  names: {kind: Cluster}\n  versions:\n" versions
#define VERSION(name, stored, field)                                                               \
	"    - {name: " name ", storage: " stored                                                  \
	", schema: {openAPIV3Schema: {type: object, properties: "                                  \
	"{spec: {type: object, properties: {" field ": {type: number}}}}}}}\n"

Test(schema_read, v1_counts_and_else_the_version_that_is_stored)
{
	static const struct {
		const char *crd, *field;
	} rows[] = {
		{VERSIONS(VERSION("v1alpha1", "true", "old") VERSION("v1", "false", "new")),
		 "spec.new"},
		{VERSIONS(VERSION("v2", "false", "new") VERSION("v1alpha1", "true", "old")
				  VERSION("v3", "false", "newer")),
		 "spec.old"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct err err = {0};
		const struct schema *s = read(a, rows[i].crd, &err);

		cr_assert(s, "%s", err.msg);
		cr_assert(at(s, rows[i].field), "%s", rows[i].field);
		cr_expect_eq(at(s, rows[i].field)->type, SCHEMA_NUMBER);
		cr_expect_eq(schema_field(s, at(s, "spec"), STR("other")), NULL);
		cr_expect_eq(at(s, "spec")->len, 1);
	}
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err = {0};
	cr_expect_null(read(a, VERSIONS(VERSION("v2", "false", "new")), &err));
}

/* Several kinds, the second of them given twice. */
Test(schema_read, each_kind_keeps_what_is_its_own)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err = {0};
	const struct schema *s = read(
		a,
		CRD("Backup", "postgresql.cnpg.io",
		    "{type: object, properties: {spec: {type: object, properties: {x: {type: string, "
		    "x-kubernetes-validations: [{rule: 'self > 1'}]}}}}}") "---\n" CLUSTER("{type: object, properties: {a: {type: string, x-kubernetes-validations: "
											   "[{rule: 'self > 2'}]}}}") "---\n" CLUSTER("{type: object, properties: {b: {type: string, x-kubernetes-validations: "
																      "[{rule: 'self > 3'}]}}}"),
		&err);

	cr_assert(s, "%s", err.msg);
	cr_expect_eq(s->roots_len, 2);
	cr_expect(at(s, "spec.b"));
	cr_expect_null(at(s, "spec.a"));
	cr_expect(schema_member(s, schema_member(s, schema_of(s, KIND_BACKUP), STR("spec")),
				STR("x")));
	cr_assert_eq(s->conditions_len, 2);
	cr_expect_str_eq(s->conditions[0].rule, "self > 1");
	cr_expect_str_eq(s->conditions[1].rule, "self > 3");
}

static struct str wide(struct arena *a, size_t fields)
{
	struct buf text = BUF_ARENA(a);

	for (size_t i = 0; i < fields; i++)
		buf_fmt(&text, "%sf%zu: {type: string}", i ? ", " : "", i);
	return buf_slice(&text);
}

Test(schema_read, many_fields_are_all_kept)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err = {0};
	struct str crd =
		arena_fmt(a, CLUSTER("{type: object, properties: {%.*s}}"), STR_ARG(wide(a, 1000)));
	const struct schema *s = read(a, arena_cstr(a, crd), &err);

	cr_assert(s, "%s", err.msg);
	cr_expect_eq(at(s, "spec")->len, 1000);
	cr_expect(at(s, "spec.f0") && at(s, "spec.f500") && at(s, "spec.f999"));
	cr_expect_eq(at(s, "spec.f0")->type, SCHEMA_STRING);
}

Test(schema_read, an_error_in_a_list_or_a_field_ends_it)
{
	static const char *const crds[] = {
		CLUSTER("{type: object, properties: {l: {type: array, items: {type: object, "
			"properties: {a: text}}}}}"),
		CLUSTER("{type: object, properties: {m: {type: object, additionalProperties: "
			"{type: object, properties: [a]}}}}"),
	};

	for (size_t i = 0; i < ARRAY_LEN(crds); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct err err = {0};

		cr_expect_null(read(a, crds[i], &err));
		cr_expect(str_contains(str_from(err.msg), i ? STR("spec.m[]") : STR("spec.l[].a")),
			  "%s", err.msg);
	}
}
