/* The ends of what is read: how long a hint is, where what stands in a text is, what is absent. */
#include "base/json.h"
#include "doc/doc.h"
#include "doc/obj.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* `key: @aaa` with this many bytes of each. */
static struct err refused(struct arena *a, size_t key, size_t value)
{
	struct buf text = BUF_ARENA(a);
	struct doc_list docs;
	struct err err;

	buf_repeat(&text, 'k', key);
	buf_text(&text, ": @");
	buf_repeat(&text, 'a', value - 1);
	cr_assert_not(doc_read_yaml(a, buf_slice(&text), &docs, &err));
	return err;
}

Test(doc_edges, a_value_that_must_be_quoted_is_shown_up_to_100_bytes)
{
	CLEANUP(arena) struct arena *a = arena_new();

	cr_expect(str_contains(str_from(refused(a, 1, 100).msg),
			       STR("must be quoted in YAML: write k: '@")));
	cr_expect_str_eq(refused(a, 1, 101).msg, "a value that starts so must be quoted in YAML");
	cr_expect(str_contains(str_from(refused(a, 98, 2).msg), STR("write kkk")));
	cr_expect_str_eq(refused(a, 102, 2).msg, "a value that starts so must be quoted in YAML");
	cr_expect_eq(refused(a, 102, 2).column, 105);
}

static struct obj read_yaml(struct arena *a, const char *text)
{
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, str_from(text), &docs, &err), "%s", err.msg);
	return doc_root(docs.docs[0]);
}

Test(doc_edges, an_error_in_a_text_stands_in_its_file)
{
	static const struct {
		const char *yaml;
		uint32_t line, column;
	} rows[] = {
		{"s: |\n  a: 1\n  b: @x\n", 3, 6},
		{"t: 1\ns: |\n\n    b: @x\n", 4, 8},
		{"s: 'b: @x'\n", 1, 4},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct doc_budget budget = DOC_BUDGET;
		struct obj text = obj_at(read_yaml(a, rows[i].yaml), "s");
		struct doc_list docs;
		struct err err;

		cr_assert_not(doc_read_embedded(a, &text, &budget, &docs, &err));
		cr_expect_eq(err.line, rows[i].line, "%s: %u", rows[i].yaml, err.line);
		cr_expect_eq(err.column, rows[i].column, "%s: %u", rows[i].yaml, err.column);
	}
}

Test(doc_edges, a_text_without_a_place_is_read_as_a_file)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_budget budget = DOC_BUDGET;
	const struct doc *json;
	struct doc_list docs;
	struct err err;

	cr_assert(
		doc_read_json(a, STR("{\"good\":\"a: 1\",\"bad\":\"a: 1\\nb: @\"}"), &json, &err));
	struct obj good = obj_at(doc_root(json), "good"), bad = obj_at(doc_root(json), "bad");
	cr_assert(doc_read_embedded(a, &good, &budget, &docs, &err), "%s", err.msg);
	cr_expect_eq(obj_pos(obj_at(doc_root(docs.docs[0]), "a")).column, 4);
	cr_assert_not(doc_read_embedded(a, &bad, &budget, &docs, &err));
	cr_expect(err.line == 2 && err.column == 4, "%u:%u", err.line, err.column);
}

Test(doc_edges, what_is_absent_is_null_and_has_no_place)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf text = BUF_ARENA(a), path = BUF_ARENA(a);
	struct json j = JSON(&text);
	const struct doc *json;
	struct err err;

	obj_json((struct obj){0}, &j);
	cr_expect(str_is(buf_slice(&text), "null"));
	cr_assert(doc_read_json(a, STR("{\"a\":{\"b\":1}}"), &json, &err));
	cr_expect_eq(obj_key_written(obj_at(doc_root(json), "a")).len, 0);
	struct obj other = read_yaml(a, "a: {b: 1}\n\"q r\": 2\n");
	cr_expect(str_is(obj_key_written(obj_member(other, STR("q r"))), "\"q r\""));
	obj_path(doc_root(json), obj_at(other, "a.b"), &path);
	cr_expect_eq(path.len, 0, "%.*s", STR_ARG(buf_slice(&path)));
}

Test(doc_edges, whole_numbers_end_with_64_bits)
{
	static const struct {
		const char *yaml, *json;
	} rows[] = {
		{"0xFFFFFFFFFFFFFFFF", "1.8446744073709552e+19"},
		{"0x10000000000000000", "\"0x10000000000000000\""},
		{"18446744073709551615", "1.8446744073709552e+19"},
		{"18446744073709551616", "1.8446744073709552e+19"},
		{"-9223372036854775808", "-9.2233720368547758e+18"},
		{"-9223372036854775809", "-9.2233720368547758e+18"},
		{"+9223372036854775807", "9.2233720368547758e+18"},
		{"+9223372036854775808", "9.2233720368547758e+18"},
		{"-0x8000000000000000", "-9.2233720368547758e+18"},
		{"-0x8000000000000001", "\"-0x8000000000000001\""},
		{"+0x7fffffffffffffff", "9.2233720368547758e+18"},
		{"+0x8000000000000000", "\"+0x8000000000000000\""},
		{"0xaAfF", "43775"},
		{"0x`", "\"0x`\""},
		{"0b11", "3"},
		{"0b12", "\"0b12\""},
		{"0o17", "15"},
		{"0o18", "\"0o18\""},
		{"017", "15"},
		{"018", "18"},
		{"0xg", "\"0xg\""},
		{"-0x10", "-16"},
		{"-0", "0"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct buf text = BUF_ARENA(a);
		struct json j = JSON(&text);
		char yaml[100];

		snprintf(yaml, sizeof yaml, "v: %s", rows[i].yaml);
		obj_json(obj_at(read_yaml(a, yaml), "v"), &j);
		cr_expect(str_is(buf_slice(&text), rows[i].json), "%s: %.*s", rows[i].yaml,
			  STR_ARG(buf_slice(&text)));
	}
}
