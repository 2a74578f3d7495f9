#include "base/json.h"
#include "base/limits.h"
#include "doc/obj.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "wall.h"

/* The text must be refused with this error, or read when `message` is NULL. */
static void expect(struct str text, const char *message)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct wall w CLEANUP(wall) = wall_build(text);
	const struct doc *d = NULL;
	struct err e = {0};
	char got[600];

	if (doc_read_json(a, w.text, &d, &e)) {
		cr_assert_null(message, "%.*s was read", STR_ARG(text));
		return;
	}
	cr_assert_not_null(message, "%.*s: %u:%u %s", STR_ARG(text), e.line, e.column, e.msg);
	snprintf(got, sizeof got, "%u:%u %s", e.line, e.column, e.msg);
	cr_assert_str_eq(got, message, "%.*s: %s", STR_ARG(text), got);
	cr_assert(e.code == E_SYNTAX || e.code == E_LIMIT);
}

static struct obj read_json(struct arena *a, struct str text)
{
	const struct doc *d = NULL;
	struct err e;

	cr_assert(doc_read_json(a, text, &d, &e), "%s", e.msg);
	return doc_root(d);
}

Test(doc_json, every_form_of_value_is_read)
{
	static const char *const good[] = {
		"0",
		"-0",
		"1.5e+3",
		"1E3",
		"\"\"",
		"null",
		"true",
		"false",
		"[]",
		"{}",
		" [ 1 , 2 ] \n",
		"{\"a\":{\"b\":[{}]}}",
		"\t{\r\n\"a\" : 1 }\n",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\ud83d\\ude00\"",
		"\"\x7f\xc2\x80\xf4\x8f\xbf\xbf\"",
		"123456789012345678901234567890123456789012345678901234567890123"};

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		expect(str_from(good[i]), NULL);
}

Test(doc_json, structure_errors_have_a_place)
{
	static const char *const bad[][2] = {
		{"", "1:1 the JSON text ends too early"},
		{"{", "1:2 the JSON text ends too early"},
		{"[1", "1:3 the JSON text ends too early"},
		{"\"a", "1:3 the JSON text ends too early"},
		{"tru", "1:1 a value is expected here"},
		{"truex", "1:5 bytes after the end of the JSON value"},
		{"{} trailing", "1:4 bytes after the end of the JSON value"},
		{"{}\n\n{}", "3:1 bytes after the end of the JSON value"},
		{"[1,]", "1:4 a value is expected here"},
		{"[,1]", "1:2 a value is expected here"},
		{"[1 2]", "1:4 ',' or ']' is expected here"},
		{"[1}", "1:3 ',' or ']' is expected here"},
		{"{\"a\":1]", "1:7 ',' or '}' is expected here"},
		{"{\"a\":1,}", "1:8 a key in double quotes is expected here"},
		{"{a:1}", "1:2 a key in double quotes is expected here"},
		{"{\"a\" 1}", "1:6 ':' is expected after a key"},
		{"{\"\xc3\xa4\":\n\"\xc3\xa4\" 1}", "2:5 ',' or '}' is expected here"},
		{"]", "1:1 a value is expected here"},
		{"\xef\xbb\xbf{}", "1:1 a value is expected here"}};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(str_from(bad[i][0]), bad[i][1]);
}

Test(doc_json, what_cjson_would_let_pass_is_refused)
{
	static const struct {
		struct str text;
		const char *message;
	} bad[] = {
		{STR_INIT("[01]"), "1:3 a number does not start with 0"},
		{STR_INIT("[-]"), "1:3 a digit is missing in a number"},
		{STR_INIT("[1.]"), "1:4 a digit is missing in a number"},
		{STR_INIT("[1e]"), "1:4 a digit is missing in a number"},
		{STR_INIT("[+1]"), "1:2 a value is expected here"},
		{STR_INIT("[1e999]"),
		 "1:2 a number has more than 63 characters or exceeds a double"},
		{STR_INIT("1234567890123456789012345678901234567890123456789012345678901234"),
		 "1:1 a number has more than 63 characters or exceeds a double"},
		{STR_INIT("\"x\0y\""), "1:3 raw NUL byte in a string"},
		{STR_INIT("[\0]"), "1:2 a value is expected here"},
		{STR_INIT("\"x\ny\""), "1:3 raw control byte in a string"},
		{STR_INIT("\"\xff\""), "1:2 not UTF-8"},
		{STR_INIT("\"\xc0\x80\""), "1:2 not UTF-8"},
		{STR_INIT("\"\xed\xa0\x80\""), "1:2 not UTF-8"},
		{STR_INIT("\"\xe2\x82"), "1:2 not UTF-8"},
		{STR_INIT("\"\\x41\""), "1:2 unknown escape sequence in a string"},
		{STR_INIT("\"\\"), "1:2 unknown escape sequence in a string"},
		{STR_INIT("\"\\u12g4\""), "1:2 \\u needs four hexadecimal digits"},
		{STR_INIT("\"\\u12"), "1:2 \\u needs four hexadecimal digits"},
		{STR_INIT("\"\\ud800\""), "1:2 half of a surrogate pair is not a character"},
		{STR_INIT("\"\\ud800\\u0041\""), "1:2 half of a surrogate pair is not a character"},
		{STR_INIT("\"\\udc00\""), "1:2 half of a surrogate pair is not a character"},
		{STR_INIT("{\"a\":1,\n \"b\":2, \"a\":3}"),
		 "2:9 key 'a' stands twice in the same map"},
		{STR_INIT("[\"a\",{\"a\":{\"x\":\"a\",\"\\u0078\":2}}]"),
		 "1:20 key 'x' stands twice in the same map"},
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(bad[i].text, bad[i].message);
}

Test(doc_json, duplicate_among_many_keys_is_found)
{
	struct buf b CLEANUP(buf) = {0};

	buf_byte(&b, '{');
	for (int i = 0; i < 5000; i++)
		buf_fmt(&b, "\"key%d\":%d,\n", i * 7 % 5000, i);
	buf_text(&b, "\"key77\":0}");
	expect(buf_slice(&b), "5001:1 key 'key77' stands twice in the same map");
}

/* What is hashed of them is the same in all. */
Test(doc_json, duplicate_among_keys_that_collide_is_found)
{
	struct buf b CLEANUP(buf) = {0};

	buf_byte(&b, '{');
	for (int i = 0; i < 20000; i++)
		buf_fmt(&b, "%s\"aaaaaaaa%05dzzzzzzzz\":1", i ? ",\n" : "", i);
	buf_byte(&b, '}');
	expect(buf_slice(&b), NULL);
	b.len--;
	buf_text(&b, ",\n\"aaaaaaaa00077zzzzzzzz\":1}");
	expect(buf_slice(&b), "20001:1 key 'aaaaaaaa00077zzzzzzzz' stands twice in the same map");
}

Test(doc_json, depth_is_limited)
{
	struct buf b CLEANUP(buf) = {0};

	buf_repeat(&b, '[', LIMIT_DEPTH);
	buf_repeat(&b, ']', LIMIT_DEPTH);
	expect(buf_slice(&b), NULL);
	b.len = 0;
	buf_repeat(&b, '[', 100000);
	expect(buf_slice(&b), "1:201 nested deeper than 200 levels");
}

Test(doc_json, escaped_nul_does_not_cut_a_string)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj root = read_json(
		a,
		STR("{\"\\\\u0000\":\"\\\\u0000\",\"k\\u0000\\u00e4\":\"v\",\"l\":[\"\\\"x\",\"x\\u0000y\\u0000\\ud83d\\ude00\\n\"],\"k\":\"\\\\\\u0000\"}"));
	struct obj list;

	cr_assert(doc_has_nul(root.doc));
	cr_assert(str_is(obj_text(root, "\\u0000"), "\\u0000"));
	cr_assert(str_is(obj_text(root, "k\\u0000\xc3\xa4"), "v"));
	cr_assert_eq(obj_list(root, "l", &list), OBJ_SET);
	cr_assert(str_is(obj_text(obj_first(list), ""), "\"x"));
	cr_assert(str_eq(obj_text(obj_next(obj_first(list)), ""), STR("x\0y\0\xf0\x9f\x98\x80\n")));
	cr_assert(str_eq(obj_text(root, "k"), STR("\\\0")));
}

Test(doc_json, escapes_beside_a_nul_are_decoded_as_cjson_does)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj plain = read_json(a, STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20ac\\uFFFF\""));
	struct obj with_nul =
		read_json(a, STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20ac\\uFFFF\\u0000\""));
	struct str s = obj_text(with_nul, "");

	cr_assert_not(doc_has_nul(plain.doc));
	cr_assert(str_eq(obj_text(plain, ""), str_slice(s, 0, s.len - 1)));
	cr_assert_eq(s.ptr[s.len - 1], '\0');
}

static void *parse_often(void *failed)
{
	CLEANUP(arena) struct arena *a = arena_new();

	for (int i = 0; i < 2000; i++) {
		const struct doc *d;
		struct err e;
		int64_t n;
		struct str text = arena_fmt(a, "{\"a\":[1,\"x\",{\"b\":%d}],\"n\":%d}", i, i);

		if (!doc_read_json(a, text, &d, &e) || obj_int(doc_root(d), "n", &n) != OBJ_SET ||
		    n != i)
			return failed;
		arena_reset(a);
	}
	return NULL;
}

Test(doc_json, threads_parse_at_the_same_time)
{
	pthread_t threads[4];
	int marker;
	void *result;

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, parse_often, &marker), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		cr_assert_eq(pthread_join(threads[i], &result), 0);
		cr_assert_null(result);
	}
}

static bool read_without(struct arena *a, const char *key, struct str text, struct obj *root,
			 struct err *err)
{
	struct doc_bounds bounds = {.nodes = LIMIT_NODES, .left_out = str_from(key)};
	const struct doc *d;

	if (!doc_read_json_within(a, text, &bounds, &d, err))
		return false;
	*root = doc_root(d);
	return true;
}

Test(doc_json, lists_that_are_left_out_are_checked)
{
	static const char key[] = "managedFields";
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj root;
	struct err err;

	cr_assert(
		read_without(
			a, key,
			STR("{\"a\":\"\\\"managedFields\\\":[\",\"managedFields\":[{\"]\":\"\\\\\\\"]\"},{\"b\":1,\"b\":\"\\u0000\"}],\"managedFields2\":[1],\"o\":{\"managedFields\" : []},\"p\":{\"managedFields\":\"x\"},\"managed\\u0046ields\":[1]}"),
			&root, &err),
		"%s", err.msg);
	cr_assert(str_is(obj_text(root, "a"), "\"managedFields\":["));
	cr_assert_eq(obj_type(obj_at(root, "managedFields")), OBJ_NONE);
	cr_assert_eq(obj_len(obj_at(root, "managedFields2")), 1);
	cr_assert_eq(obj_type(obj_at(root, "o")), OBJ_MAP);
	cr_assert_eq(obj_len(obj_at(root, "o")), 0);
	cr_assert(str_is(obj_text(root, "p.managedFields"), "x"));
	cr_assert_not(doc_has_nul(root.doc));
	cr_assert_eq(obj_len(root), 4);
	cr_assert_not(read_without(a, key, STR("{\"managedFields\":[{\"a\":01}]}"), &root, &err));
	cr_assert_not(read_without(a, key, STR("{\"managedFields\":[1},\"a\":1}"), &root, &err));
	cr_assert_not(read_without(a, key, STR("{\"managedFields\":[1,2],\"a\":1,\"a\":1}"), &root,
				   &err));
	cr_assert_eq(err.column, 30, "%u", err.column);
	cr_assert(read_without(a, "", STR("{\"\":[1]}"), &root, &err));
	cr_assert_eq(obj_len(root), 1);
}

/* Of several errors the one that is told is the first of the grammar, then the key that stands
 * twice in the map that starts first. */
Test(doc_json, errors_come_in_one_order)
{
	expect(STR("{\"a\":{\"b\":1,\"b\":2},\"a\":3,\"a\":4}"),
	       "1:20 key 'a' stands twice in the same map");
	expect(STR("[{\"b\":1,\"b\":2},{\"a\":{\"c\":1,\"c\":1},\"a\":3}]"),
	       "1:9 key 'b' stands twice in the same map");
	expect(STR("{\"b\":1,\"b\":2} x"), "1:15 bytes after the end of the JSON value");
	expect(STR("{\"b\":1,\"b\":01}"), "1:13 a number does not start with 0");
	expect(STR("{\"\\u0000\":1,\"\\u0000\":2}"),
	       "1:13 key '\\u0000' stands twice in the same map");
}

/* A list of `nodes` - 1 numbers. */
static struct str list_of(struct buf *out, size_t nodes)
{
	out->len = 0;
	buf_byte(out, '[');
	for (size_t i = 1; i < nodes; i++)
		buf_text(out, i > 1 ? ",\n1" : "1");
	buf_byte(out, ']');
	return buf_slice(out);
}

Test(doc_json, nodes_are_limited)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf b CLEANUP(buf) = {0};
	struct doc_bounds bounds = {.nodes = 3, .left_out = STR("l")};
	const struct doc *d;
	struct err err;

	cr_assert(doc_read_json_within(a, STR("{\"l\":[1,1,1,1],\"a\":[1]}"), &bounds, &d, &err));
	cr_assert_not(doc_read_json_within(a, list_of(&b, 4), &bounds, &d, &err));
	cr_assert_eq(err.code, E_LIMIT);
	cr_assert_eq(err.line, 3);
	cr_assert_str_eq(err.msg, "more than 3 nodes in a document");
	expect(list_of(&b, LIMIT_NODES), NULL);
	expect(list_of(&b, LIMIT_NODES + 1), "1000000:1 more than 1000000 nodes in a document");
}
