#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "doc/obj.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "wall.h"

/* Reads the text; writes its documents as JSON, one a line, and the error behind them. */
static void read_to(struct buf *out, struct str text)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct wall w CLEANUP(wall) = wall_build(text);
	struct doc_list list;
	struct err e = {0};
	bool good = doc_read_yaml(a, w.text, &list, &e);

	for (size_t i = 0; i < list.len; i++) {
		struct json j = JSON(out);

		obj_json(doc_root(list.docs[i]), &j);
		buf_byte(out, '\n');
	}
	if (!good)
		buf_fmt(out, "%u:%u %s\n", e.line, e.column, e.msg);
}

static void expect(struct str text, const char *want)
{
	struct buf got CLEANUP(buf) = {0};

	read_to(&got, text);
	struct str trimmed = str_trim(buf_slice(&got));
	cr_assert(str_is(trimmed, want), "%.*s:\n%.*s", STR_ARG(text), STR_ARG(trimmed));
}

struct example {
	const char *text, *want;
};

static struct str pos_text(struct arena *a, struct pos p)
{
	return arena_fmt(a, "%u:%u-%u:%u", p.line, p.column, p.end_line, p.end_column);
}

#define EXPECT_ALL(examples)                                                                       \
	for (size_t i_ = 0; i_ < ARRAY_LEN(examples); i_++)                                        \
	expect(str_from((examples)[i_].text), (examples)[i_].want)

Test(doc_yaml, plain_scalars_resolve_as_kubectl_resolves_them)
{
	static const struct example examples[] = {
		{"[y, Y, yes, Yes, YES, on, On, ON, true, True, TRUE]",
		 "[true,true,true,true,true,true,true,true,true,true,true]"},
		{"[n, N, no, No, NO, off, Off, OFF, false, False, FALSE]",
		 "[false,false,false,false,false,false,false,false,false,false,false]"},
		{"[yEs, tRUE, oN, nULL, 'yes', \"true\"]",
		 "[\"yEs\",\"tRUE\",\"oN\",\"nULL\",\"yes\",\"true\"]"},
		{"[~, null, Null, NULL, '']", "[null,null,null,null,\"\"]"},
		{"[0x1F, 0o17, 017, 0b11, -0b11, +7, 1_000, 08, 00, -0]",
		 "[31,15,15,3,-3,7,1000,8,0,0]"},
		{"[0x, 0b12, 0o8, 1e, -, ., 1.2.3, _7, 2020-01-01, 12:30:45]",
		 "[\"0x\",\"0b12\",\"0o8\",\"1e\",\"-\",\".\",\"1.2.3\",\"_7\",\"2020-01-01\",\"12:30:45\"]"},
		{"[1.5, .5, -.5e-3, 1., 1e3, 1e999, 99999999999999999999]",
		 "[1.5,0.5,-0.0005,1,1000,\"1e999\",1e+20]"},
	};

	EXPECT_ALL(examples);
}

Test(doc_yaml, tags_are_honoured)
{
	static const struct example examples[] = {
		{"[!!str 5, !!int '5', !!float 5, !!bool yes, !!null ~, !!binary aGk=, !mine 5]",
		 "[\"5\",5,5,true,null,\"hi\",\"5\"]"},
		{"!!binary |\n  aGVs\n  bG8=\n", "\"hello\""},
		{"{!!merge k: {a: 1}, !!merge <<: {b: 1}}", "{\"k\":{\"a\":1},\"b\":1}"},
		{"!!int x", "1:1 the tag !!int does not fit this value"},
		{"!!binary a?", "1:1 the value of !!binary is not base64 of UTF-8 text"},
		{"a: .inf",
		 "1:4 JSON has no infinity and no NaN: put the value in quotes if it is text"},
	};

	EXPECT_ALL(examples);
}

Test(doc_yaml, keys_become_strings)
{
	static const struct example examples[] = {
		{"{1: a, 0x10: b, true: c, 1.5: d, 100.0: e, 1e10: f, '1': g}",
		 "1:53 key '1' stands twice in the same map"},
		{"{0x10: b, on: c, 1.5: d, 100.0: e, 1e10: f, -3: g, .inf: h, !!str 1: i}",
		 "{\"16\":\"b\",\"true\":\"c\",\"1.5\":\"d\",\"100\":\"e\",\"1e+10\":\"f\",\"-3\":\"g\",\".inf\":\"h\",\"1\":\"i\"}"},
		{"a: 1\n~: x", "2:1 a key cannot be null: put it in quotes if it is text"},
		{"? [a]\n: b", "1:3 a key must be text, not a list or a map"},
		{"a: &k x\n*k : z", "{\"a\":\"x\",\"x\":\"z\"}"},
		{"&k a: *k", "{\"a\":\"a\"}"},
		{"!!binary aGk=: 1", "{\"hi\":1}"},
		{"!!binary x: 1", "1:1 the value of !!binary is not base64 of UTF-8 text"},
		{"a: 1\n*b : y",
		 "2:1 '*b' refers to an anchor that does not exist; text must be quoted"},
		{"a: &k [1]\n*k : z", "2:1 an alias that stands for a key must be of a text"},
	};

	EXPECT_ALL(examples);
}

Test(doc_yaml, aliases_and_merge_keys_are_expanded)
{
	static const struct example examples[] = {
		{"a: &x {b: [1, {c: 2}]}\nd: *x\ne: &x 3\nf: *x",
		 "{\"a\":{\"b\":[1,{\"c\":2}]},\"d\":{\"b\":[1,{\"c\":2}]},\"e\":3,\"f\":3}"},
		{"x: &x {a: 1, b: 2}\nz: {<<: *x, b: 3, c: 4}",
		 "{\"x\":{\"a\":1,\"b\":2},\"z\":{\"a\":1,\"b\":3,\"c\":4}}"},
		{"{<<: [{a: 1}, {a: 2, b: 2}], c: 3}", "{\"b\":2,\"a\":1,\"c\":3}"},
		{"{<<: {a: 1}, <<: {a: 2}}", "{\"a\":2}"},
		{"{a: 0, <<: {a: 1}}", "{\"a\":1}"},
		{"{<<: {}}", "{}"},
		{"{a: 0, <<: {a: 1}, a: 2}", "1:20 key 'a' stands twice in the same map"},
		{"{'<<': 1}", "{\"<<\":1}"},
		{"<<: 1", "1:1 '<<' takes a map or a list of maps"},
		{"<<: [{}, 1]", "1:1 '<<' takes a map or a list of maps"},
		{"a: *b", "1:4 '*b' refers to an anchor that does not exist; text must be quoted"},
		{"--- {a: &x 1}\n--- {b: *x}",
		 "{\"a\":1}\n2:9 '*x' refers to an anchor that does not exist; text must be quoted"},
		{"a: &x [*x]", "1:8 the anchor '&x' contains itself"},
		{"a: &x 1\nb: &x [*x]", "2:8 the anchor '&x' contains itself"},
	};

	EXPECT_ALL(examples);
}

Test(doc_yaml, documents_without_content_are_left_out)
{
	static const struct example examples[] = {
		{"", ""},
		{"# only a comment\n", ""},
		{"---\n---\n# x\n---\n", ""},
		{"---\na: 1\n---\n# nothing\n---\nnull\n---\nb: 2\n...\n", "{\"a\":1}\n{\"b\":2}"},
		{"%YAML 1.1\n--- {a: 1}\n", "{\"a\":1}"},
		{"\xef\xbb\xbf"
		 "a: 1\r\nb: |\r\n  x\r\n",
		 "{\"a\":1,\"b\":\"x\\n\"}"},
		{"{\"a\":\n\t[1, \"\\u00e4\"]}\n", "{\"a\":[1,\"\xc3\xa4\"]}"},
	};

	EXPECT_ALL(examples);
}

Test(doc_yaml, json_file_is_read_as_json_first)
{
	static const struct example examples[] = {
		{"{\"a\":\"\\ud83d\\ude00\\/\x7f\"}", "{\"a\":\"\xf0\x9f\x98\x80/\\u007f\"}"},
		{"{\"a\":[1,-2.5e1,true,false,null,\"y\",{},[]]}\n{\"b\":1}",
		 "{\"a\":[1,-25,true,false,null,\"y\",{},[]]}\n{\"b\":1}"},
		{"{\"a\":1}\n---\n{\"b\":2}", "{\"a\":1}\n{\"b\":2}"},
		{"{\"a\":1}\n{\"b\":[1,\n {\"c\":2,\"c\":3}]}",
		 "{\"a\":1}\n3:9 key 'c' stands twice in the same map"},
		{"{\"a\":1,}", "{\"a\":1}"},
		{"{\"a\":1", "1:7 ',' or '}' is expected here; '{' was opened on line 1"},
	};

	EXPECT_ALL(examples);
}

Test(doc_yaml, json_file_has_the_places_that_yaml_would_give)
{
	static const char text[] = "{\n \"\xc3\xa4\": [1, \"x\"],\n\t\"s\": {\"b\" : null}\n}\n";
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list json, yaml;
	struct err e;
	struct str as_yaml = arena_fmt(a, "%s---", text);

	cr_assert(doc_read_yaml(a, str_from(text), &json, &e), "%s", e.msg);
	cr_assert(doc_read_yaml(a, as_yaml, &yaml, &e), "%s", e.msg);
	static const char *const paths[] = {"", "\xc3\xa4", "s", "s.b"};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct obj o = obj_at(doc_root(json.docs[0]), paths[i]);
		struct obj p = obj_at(doc_root(yaml.docs[0]), paths[i]);

		cr_expect(str_eq(pos_text(a, obj_pos(o)), pos_text(a, obj_pos(p))), "%s %s %s",
			  paths[i], pos_text(a, obj_pos(o)).ptr, pos_text(a, obj_pos(p)).ptr);
		cr_expect(str_eq(pos_text(a, obj_key_pos(o)), pos_text(a, obj_key_pos(p))));
	}
	cr_assert_eq(obj_pos(obj_first(obj_at(doc_root(json.docs[0]), "\xc3\xa4"))).column, 8);
	cr_assert(str_is(doc_line(json.docs[0], 3), "\t\"s\": {\"b\" : null}"));
}

Test(doc_yaml, escaped_nul_of_a_json_file_is_kept)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e;

	cr_assert(doc_read_yaml(a, STR("{\"k\\u0000\":\"x\\u0000y\"}"), &list, &e), "%s", e.msg);
	cr_assert(doc_has_nul(list.docs[0]));
	cr_assert(str_eq(obj_text(doc_root(list.docs[0]), "k\\u0000"), STR("x\0y")));
}

Test(doc_yaml, documents_beside_one_that_is_refused_are_delivered)
{
	expect(STR("a: 1\n---\nb: 2\n---\nc: [\n---\nd: 4\n"),
	       "{\"a\":1}\n{\"b\":2}\n{\"d\":4}\n6:1 a value is expected here");
	expect(STR("a: 1\na: 2\n--- # next\nb: 2\n---x: 1\n"),
	       "{\"b\":2,\"---x\":1}\n2:1 key 'a' stands twice in the same map");
	expect(STR("{\"a\": 1, \"a\": 2}\n---\n{\"b\": 2}\n"),
	       "{\"b\":2}\n1:10 key 'a' stands twice in the same map");
	expect(STR("a: |\n  --- text\n  [\nb: @\n---\nc: 3\n"),
	       "{\"c\":3}\n4:4 '@' must be quoted in YAML: write b: '@'");
	expect(STR("  a: 1\nb: 2\n---\nc: 3\n"),
	       "{\"c\":3}\n2:1 the document ended before this text: wrong indentation, or '---' is missing");
	expect(STR("a: 1\n...\n%YAML 3.0\n---\nb: 2\n---\nc: 3\n"),
	       "{\"a\":1}\n{\"c\":3}\n3:1 only YAML 1.1 and 1.2 are known");
	expect(STR("a: 1\n---\nb: x\0y\n---\nc: 3\n---\nd: \xff\n---\ne: 5\n"),
	       "{\"a\":1}\n{\"c\":3}\n{\"e\":5}\n3:5 raw NUL byte");
	expect(STR("a: 1\n---\nb: 2\n---\nc: x\0y\n"), "{\"a\":1}\n{\"b\":2}\n5:5 raw NUL byte");
	expect(STR("a: 1\n---\nb: \xff\n"), "{\"a\":1}\n3:4 not UTF-8, or no character of YAML");
}

Test(doc_yaml, each_refused_document_has_its_error_and_its_lines)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e;

	cr_assert_not(doc_read_yaml(
		a, STR("a: 1\n---\nb: [\n---\nc: 3\n---\nd: \xff\n---\ne: 5\ne: 6\n"), &list, &e));
	static const uint32_t lines[][3] = {{2, 4, 4}, {6, 8, 7}, {8, 12, 10}};
	cr_assert_eq(list.errors_len, ARRAY_LEN(lines));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		cr_expect_eq(list.errors[i].from, lines[i][0]);
		cr_expect_eq(list.errors[i].to, lines[i][1]);
		cr_expect_eq(list.errors[i].err.line, lines[i][2]);
	}
	cr_assert_str_eq(e.msg, list.errors[0].err.msg);
	cr_assert_eq(list.len, 2);
	struct obj c = obj_at(doc_root(list.docs[1]), "c");
	cr_assert_eq(obj_pos(c).line, 5, "places count from the file's first line");
	cr_assert(str_is(doc_line(list.docs[1], 5), "c: 3"));
}

Test(doc_yaml, refused_documents_are_limited)
{
	for (unsigned refused = LIMIT_REFUSED - 1; refused <= LIMIT_REFUSED; refused++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct buf b CLEANUP(buf) = {0};
		struct doc_list list;
		struct err e;

		for (unsigned i = 0; i < refused; i++)
			buf_text(&b, "a: [\n---\n");
		buf_text(&b, "b: 1\n");
		cr_assert_not(doc_read_yaml(a, buf_slice(&b), &list, &e));
		cr_assert_eq(list.errors_len, refused);
		cr_assert_eq(list.len, refused < LIMIT_REFUSED);
	}
}

Test(doc_yaml, unquoted_values_are_shown_quoted)
{
	static const struct example examples[] = {
		{"schedule: @daily",
		 "1:11 '@daily' must be quoted in YAML: write schedule: '@daily'"},
		{"spec:\n  schedule: */15 * * * *  # often\n",
		 "2:13 '*/15 * * * *' must be quoted in YAML: write schedule: '*/15 * * * *'"},
		{"spec: {x: 1, schedule: @daily, y: 2}",
		 "1:24 '@daily' must be quoted in YAML: write schedule: '@daily'"},
		{"x: `it's`", "1:4 '`it's`' must be quoted in YAML: write x: '`it''s`'"},
		{"password: &s!", "1:11 '&s!' must be quoted in YAML: write password: '&s!'"},
		{"x: %d", "1:4 '%d' must be quoted in YAML: write x: '%d'"},
		{"\xc3\xa4: @\xc3\xa4",
		 "1:4 '@\xc3\xa4' must be quoted in YAML: write \xc3\xa4: '@\xc3\xa4'"},
	};

	EXPECT_ALL(examples);
}

#define TEMPLATE                                                                                   \
	" '{{' begins a template: this is not YAML until it is rendered (helm template); a value " \
	"that is meant so must be quoted"

Test(doc_yaml, templates_are_recognised)
{
	static const struct example examples[] = {
		{"a: {{ .Values.x }}", "1:4" TEMPLATE},
		{"a: {{ .Values.x }}-y", "1:4" TEMPLATE},
		{"a:\n  {{- if .Values.x }}\n  b: 1\n  {{- end }}", "2:3" TEMPLATE},
		{"{{- if .Values.x }}\na: 1", "1:1" TEMPLATE},
		{"a: '{{ .x }}'\nb: {{ .y }}: [", "2:4" TEMPLATE},
		{"a: \"{{ .x }}\"\nb: @", "2:4 '@' must be quoted in YAML: write b: '@'"},
	};

	EXPECT_ALL(examples);
}

Test(doc_yaml, other_errors_say_what_to_look_at)
{
	static const struct example examples[] = {
		{"a: b: c",
		 "1:5 a ':' cannot stand here: look at the indentation and the line before; a value that holds ': ' must be quoted"},
		{"a:\n\tb: 1", "2:1 a tab cannot indent: use spaces"},
		{"a: 1\n\tb: 1", "2:1 a tab cannot indent: use spaces"},
		{"a: \"x\n", "1:4 the quote that opens here is never closed"},
		{"a: \"x\" y",
		 "1:8 a key is expected here: wrong indentation, or text after a quoted value"},
		{"a: [1, 2\nb: 3", "2:2 ',' or ']' is expected here; '[' was opened on line 1"},
		{"a: [1,\n", "2:1 a value is expected here"},
		{"a: 1\nb", "2:1 a key needs a ':' after it"},
		{"a:\n  - b\n  c: 1",
		 "3:3 a list item ('- ') is expected here: wrong indentation?"},
		{"a: 1\n- b",
		 "2:1 a key is expected here: wrong indentation, or text after a quoted value"},
		{"a: \"\\d\"",
		 "1:5 unknown escape sequence; in single quotes a backslash is only a backslash"},
		{"a: 1\nb: 2\na: 3", "3:1 key 'a' stands twice in the same map"},
		{"a: \x7f", "1:4 control character 0x7f is not allowed in YAML"},
	};

	EXPECT_ALL(examples);
}

Test(doc_yaml, depth_and_aliases_are_limited)
{
	struct buf b CLEANUP(buf) = {0}, got CLEANUP(buf) = {0};

	buf_repeat(&b, '[', LIMIT_DEPTH);
	buf_repeat(&b, ']', LIMIT_DEPTH);
	buf_byte(&b, '\0');
	expect(str_slice(buf_slice(&b), 0, b.len - 1), b.ptr);
	b.len = 0;
	buf_repeat(&b, '[', 100000);
	expect(buf_slice(&b), "1:201 nested deeper than 200 levels");
	b.len = 0;
	buf_text(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++)
		buf_fmt(&b, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
			i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	read_to(&got, buf_slice(&b));
	cr_assert(str_contains(buf_slice(&got), STR("aliases repeat more than 250000 nodes")));
}

/* `documents` of one list each, with `items` numbers in each. */
static struct str lists_of(struct buf *out, unsigned documents, unsigned items)
{
	out->len = 0;
	for (unsigned d = 0; d < documents; d++) {
		buf_text(out, "---\n[");
		for (unsigned i = 0; i < items; i++)
			buf_text(out, i ? ",\n1" : "1");
		buf_text(out, "]\n");
	}
	return buf_slice(out);
}

Test(doc_yaml, nodes_of_a_document_are_limited)
{
	struct buf b CLEANUP(buf) = {0};

	expect(lists_of(&b, 1, LIMIT_NODES),
	       "1000001:1 the document has more than 1000000 nodes, expanded aliases included");
	b.len = 0;
	buf_text(&b, "{\"a\":");
	for (unsigned i = 0; i < LIMIT_NODES - 1; i++)
		buf_text(&b, i ? ",\n1" : "[1");
	buf_text(&b, "]}");
	expect(buf_slice(&b), "999999:1 more than 1000000 nodes in a document");
}

/* What is left of a budget after this text; `documents` of it were read. */
static struct doc_budget left_after(struct str text, struct doc_budget budget, size_t documents,
				    const char *message)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e = {0};
	bool good = doc_read_yaml_within(a, text, &budget, &list, &e);

	cr_assert_eq(good, !message);
	cr_assert_eq(list.len, documents, "%zu", list.len);
	if (message)
		cr_assert_str_eq(e.msg, message);
	cr_assert(good || e.code == E_LIMIT);
	return budget;
}

Test(doc_yaml, a_budget_is_of_all_that_is_kept)
{
	static const char too_many[] = "more than 3000000 nodes in all that is read";
	static const char repeated[] = "aliases repeat more than 250000 nodes";
	struct buf b CLEANUP(buf) = {0};
	struct doc_budget left;

	left = left_after(lists_of(&b, 2, 4), (struct doc_budget){10, 0}, 2, NULL);
	cr_assert_eq(left.nodes, 0);
	left = left_after(lists_of(&b, 2, 4), (struct doc_budget){9, 0}, 1, too_many);
	cr_assert_eq(left.nodes, 4, "what is refused is given back");
	left = left_after(STR("{\"a\":1}{\"a\":1}"), (struct doc_budget){4, 0}, 2, NULL);
	cr_assert_eq(left.nodes, 0);
	left = left_after(STR("{\"a\":1}{\"a\":1}"), (struct doc_budget){3, 0}, 1, too_many);
	cr_assert_eq(left.nodes, 1);
	/* not JSON after all: it is counted once */
	left = left_after(STR("{\"a\":1, b: 2}"), (struct doc_budget){3, 0}, 1, NULL);
	cr_assert_eq(left.nodes, 0);
	left = left_after(STR("[&a [1, 1], *a]"), (struct doc_budget){7, 3}, 1, NULL);
	cr_assert_eq(left.nodes, 0);
	cr_assert_eq(left.copies, 0);
	left = left_after(STR("[&a [1, 1], *a]"), (struct doc_budget){7, 2}, 0, repeated);
	cr_assert_eq(left.nodes, 7);
	cr_assert_eq(left.copies, 2);
	left = left_after(STR("[&a {x: 1}, {<<: *a}]"), (struct doc_budget){9, 3}, 1, NULL);
	cr_assert_eq(left.copies, 0);
}

Test(doc_yaml, tag_directives_of_a_document_are_limited)
{
	struct buf b CLEANUP(buf) = {0};

	for (int twice = 0; twice < 2; twice++) {
		for (unsigned i = 0; i < LIMIT_TAGS; i++)
			buf_fmt(&b, "%%TAG !e%u! tag:x,2000:\n", i);
		buf_text(&b, "--- 1\n...\n");
	}
	expect(buf_slice(&b), "1\n1");
	for (unsigned i = 0; i <= LIMIT_TAGS; i++)
		buf_fmt(&b, "%%TAG !e%u! tag:x,2000:\n", i);
	buf_text(&b, "--- 1\n");
	expect(buf_slice(&b), "1\n101:1 more than 32 directives %TAG for one document");
}

Test(doc_yaml, anchors_of_one_name_and_of_many)
{
	struct buf b CLEANUP(buf) = {0}, got CLEANUP(buf) = {0};

	expect(STR("[&a 1, *a, &a 2, *a]"), "[1,1,2,2]");
	expect(STR("[&a [&a 1, *a], *a]"), "[[1,1],1]");
	buf_byte(&b, '[');
	for (int i = 0; i < 20000; i++)
		buf_fmt(&b, "&anchor%d %d, *anchor%d,", i, i, i * 7 % (i + 1));
	buf_byte(&b, ']');
	read_to(&got, buf_slice(&b));
	cr_assert(str_has_suffix(str_trim(buf_slice(&got)), STR(",19999,19993]")));
}

Test(doc_yaml, every_key_and_value_has_its_place)
{
	static const struct {
		const char *path, *key, *value;
	} places[] = {
		{"spec", "3:1-3:5", "4:3-13:6"},
		{"spec.schedule", "4:3-4:11", "4:13-4:24"},
		{"spec.plain", "5:3-5:8", "5:10-5:13"},
		{"spec.empty", "6:3-6:8", "6:9-6:9"},
		{"spec.block", "7:3-7:8", "7:10-9:9"},
		{"spec.flow", "11:3-11:7", "11:9-11:22"},
		{"spec.flow.b", "11:18-11:19", "11:21-11:21"},
		{"spec.list", "12:3-12:7", "13:3-13:6"},
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e;
	struct str text = STR("# comment\n---\nspec:\n  schedule: '0 3 * * *'\n"
			      "  plain: \xc3\xa4 b   # comment\n  empty:\n  block: |\n    one\n"
			      "    two \n\n  flow: {a: 'x', b: }\n  list:\n  - x\n\n# end\n");

	cr_assert(doc_read_yaml(a, text, &list, &e), "%s", e.msg);
	struct obj root = doc_root(list.docs[0]);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct obj o = obj_at(root, places[i].path);
		struct str key = pos_text(a, obj_key_pos(o)), value = pos_text(a, obj_pos(o));

		cr_expect(str_is(key, places[i].key), "%s %s", places[i].path, key.ptr);
		cr_expect(str_is(value, places[i].value), "%s %s", places[i].path, value.ptr);
	}
	cr_assert(str_is(doc_line(list.docs[0], 4), "  schedule: '0 3 * * *'"));
	cr_assert(str_is(doc_line(list.docs[0], 15), "# end"));
	cr_assert_eq(doc_line(list.docs[0], 0).len, 0);
	cr_assert_eq(doc_line(list.docs[0], 17).len, 0);
}

Test(doc_yaml, place_of_an_empty_block_is_its_sign)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e;

	cr_assert(doc_read_yaml(a, STR("a: |\n\n\nb: |-\n  x"), &list, &e));
	struct obj root = doc_root(list.docs[0]);
	cr_assert(str_is(pos_text(a, obj_pos(obj_at(root, "a"))), "1:4-1:5"));
	cr_assert(str_is(pos_text(a, obj_pos(obj_at(root, "b"))), "4:4-5:4"));
}

Test(doc_yaml, long_names_are_cut_between_characters_in_messages)
{
	struct buf b CLEANUP(buf) = {0}, got CLEANUP(buf) = {0};

	for (int i = 0; i < 2; i++) {
		buf_byte(&b, 'k');
		for (int n = 0; n < 60; n++)
			buf_text(&b, "\xc3\xa4");
		buf_text(&b, ": 1\n");
	}
	read_to(&got, buf_slice(&b));
	cr_assert(utf8_valid(buf_slice(&got)));
	cr_assert(str_contains(buf_slice(&got), STR("\xc3\xa4...' stands twice in the same map")));
}

Test(doc_yaml, lines_end_where_libyaml_ends_them)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e;

	cr_assert(doc_read_yaml(a,
				STR("a: 1\rb: 2\r\nc: x\xe2\x80\xa9"
				    "d: y\xc2\x85"
				    "e: 5"),
				&list, &e));
	struct obj d = obj_at(doc_root(list.docs[0]), "e");
	cr_assert_eq(obj_pos(d).line, 5);
	cr_assert(str_is(doc_line(list.docs[0], 5), "e: 5"));
	cr_assert(str_is(doc_line(list.docs[0], 2), "b: 2"));
}

Test(doc_yaml, place_of_an_aliased_value_is_that_of_its_text)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e;

	cr_assert(doc_read_yaml(a, STR("a: &x\n  b: 1\nc: *x\n"), &list, &e));
	struct obj c = obj_at(doc_root(list.docs[0]), "c");
	cr_assert_eq(obj_key_pos(c).line, 3);
	cr_assert_eq(obj_pos(obj_at(c, "b")).line, 2);
	struct buf path CLEANUP(buf) = {0};
	obj_path(doc_root(c.doc), obj_at(c, "b"), &path);
	cr_assert(str_is(buf_slice(&path), "c.b"));
}

Test(doc_yaml, escaped_nul_is_kept_in_a_value_and_stays_escaped_in_a_key)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e;

	cr_assert(doc_read_yaml(a, STR("a: 1\n---\n\"k\\0e\": \"x\\0y\"\n"), &list, &e));
	cr_assert_not(doc_has_nul(list.docs[0]));
	cr_assert(doc_has_nul(list.docs[1]));
	cr_assert(str_eq(obj_text(doc_root(list.docs[1]), "k\\u0000e"), STR("x\0y")));
}

Test(doc_yaml, integer_beyond_2_53_is_never_rounded_into_another)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e;
	int64_t n;

	cr_assert(doc_read_yaml(a, STR("a: 9007199254740993\nb: 0x1FFFFFFFFFFFFF\n"), &list, &e));
	cr_assert_eq(obj_int(doc_root(list.docs[0]), "a", &n), OBJ_WRONG_TYPE);
	cr_assert_eq(obj_int(doc_root(list.docs[0]), "b", &n), OBJ_SET);
	cr_assert_eq(n, 9007199254740991);
}
