#include "base/json.h"
#include "doc/obj.h"

#include <criterion/criterion.h>
#include <string.h>

static struct obj read_json(struct arena *a, const char *text)
{
	const struct doc *d = NULL;
	struct err e;

	cr_assert(doc_read_json(a, str_from(text), &d, &e), "%s: %s", text, e.msg);
	return doc_root(d);
}

Test(doc_obj, lookup_has_four_answers)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj root = read_json(a, "{\"a\":{\"n\":null,\"s\":\"x\",\"i\":3,\"b\":true}}");
	struct str s = STR("before");
	int64_t i = 7;
	bool b = false;

	cr_assert_eq(obj_str(root, "a.x", &s), OBJ_ABSENT);
	cr_assert_eq(obj_str(root, "x.y.z", &s), OBJ_ABSENT);
	cr_assert_eq(obj_str(root, "a.s.z", &s), OBJ_ABSENT);
	cr_assert_eq(obj_str(root, "a.n", &s), OBJ_NULL);
	cr_assert_eq(obj_str(root, "a.i", &s), OBJ_WRONG_TYPE);
	cr_assert(str_is(s, "before"));
	cr_assert_eq(obj_str(root, "a.s", &s), OBJ_SET);
	cr_assert(str_is(s, "x"));
	cr_assert_eq(obj_int(root, "a.s", &i), OBJ_WRONG_TYPE);
	cr_assert_eq(i, 7);
	cr_assert_eq(obj_int(root, "a.i", &i), OBJ_SET);
	cr_assert_eq(i, 3);
	cr_assert_eq(obj_bool(root, "a.b", &b), OBJ_SET);
	cr_assert(b);
	cr_assert(obj_true(root, "a.n", true));
	cr_assert_not(obj_true(root, "a.x", false));
	cr_assert(obj_true(root, "a.b", false));
	cr_assert_eq(obj_text(root, "a.i").len, 0);
	struct obj map = root, list = root;
	cr_assert_eq(obj_map(root, "a", &map), OBJ_SET);
	cr_assert_eq(obj_len(map), 4);
	cr_assert_eq(obj_list(root, "a", &list), OBJ_WRONG_TYPE);
	cr_assert_eq(list.node, root.node);
}

Test(doc_obj, lookup_is_case_sensitive_and_exact)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj root = read_json(a, "{\"a\":1,\"A\":2,\"ab\":3,\"\":4,\"x.y\":5}");
	int64_t n;

	cr_assert_eq(obj_int(root, "A", &n), OBJ_SET);
	cr_assert_eq(n, 2);
	cr_assert_eq(obj_int(root, "ab", &n), OBJ_SET);
	cr_assert_eq(n, 3);
	cr_assert_eq(obj_int(root, "aB", &n), OBJ_ABSENT);
	cr_assert_eq(obj_int(obj_member(root, STR("")), "", &n), OBJ_SET);
	cr_assert_eq(n, 4);
	cr_assert_eq(obj_int(obj_member(root, STR("x.y")), "", &n), OBJ_SET);
	cr_assert_eq(n, 5);
	cr_assert_eq(obj_type(obj_member(root, STR("a\0b"))), OBJ_NONE);
	cr_assert_eq(obj_type(obj_member(obj_member(root, STR("no")), STR("a"))), OBJ_NONE);
}

Test(doc_obj, integer_beyond_2_53_or_with_a_fraction_is_the_wrong_type)
{
	static const char *const bad[] = {
		"9007199254740992",    "9007199254740993", "-9007199254740993", "1e30", "1.5",
		"18446744073709551615"};
	CLEANUP(arena) struct arena *a = arena_new();
	int64_t n;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert_eq(obj_int(read_json(a, bad[i]), "", &n), OBJ_WRONG_TYPE, "%s", bad[i]);
	cr_assert_eq(obj_int(read_json(a, "-9007199254740991"), "", &n), OBJ_SET);
	cr_assert_eq(n, -9007199254740991);
}

Test(doc_obj, members_are_walked_in_order)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj root =
		read_json(a, "{\"l\":[\"x\",[],{}],\"m\":{\"a\":1,\"b\":false},\"s\":\"\"}");
	struct buf seen CLEANUP(buf) = {0};

	for (struct obj m = obj_first(root); m.node; m = obj_next(m)) {
		buf_str(&seen, obj_key(m));
		buf_fmt(&seen, "%zu:", obj_len(m));
		for (struct obj e = obj_first(m); e.node; e = obj_next(e))
			buf_fmt(&seen, "%.*s%d,", STR_ARG(obj_key(e)), (int)obj_type(e));
	}
	cr_assert(str_is(buf_slice(&seen), "l3:4,5,6,m2:a3,b2,s0:"), "%.*s",
		  STR_ARG(buf_slice(&seen)));
	cr_assert_null(obj_first(obj_at(root, "absent")).node);
}

Test(doc_obj, equality_ignores_the_order_of_maps_only)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} pairs[] = {
		{"{\"a\":1,\"b\":[1,2],\"c\":{\"d\":null,\"e\":true}}",
		 "{\"c\":{\"e\":true,\"d\":null},\"b\":[1,2],\"a\":1}", true},
		{"[1,2]", "[2,1]", false},
		{"[1,2]", "[1]", false},
		{"{\"a\":1}", "{\"a\":1,\"b\":2}", false},
		{"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false},
		{"{\"a\":null}", "{}", false},
		{"\"1\"", "1", false},
		{"true", "false", false},
		{"1", "1.0", true},
		{"\"a\\u0000b\"", "\"a\\u0000c\"", false},
		{"\"a\\u0000b\"", "\"a\\u0000b\"", true},
		{"\"a\\u0000b\"", "\"a\"", false},
	};
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct obj x = read_json(a, pairs[i].a), y = read_json(a, pairs[i].b);

		cr_assert_eq(obj_equal(x, y), pairs[i].equal, "%s %s", pairs[i].a, pairs[i].b);
		cr_assert_eq(obj_equal(y, x), pairs[i].equal, "%s %s", pairs[i].b, pairs[i].a);
	}
	struct obj root = read_json(a, "{}"), absent = obj_at(root, "a");
	cr_assert(obj_equal(absent, absent));
	cr_assert_not(obj_equal(root, absent));
}

Test(doc_obj, path_is_written_as_kubernetes_does)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj root = read_json(
		a,
		"{\"spec\":{\"plugins\":[{},{\"name\":1}]},\"metadata\":{\"annotations\":{\"cnpg.io/validation\":1,\"\":2}},\"x y\":[[3]]}");
	struct obj annotations = obj_at(root, "metadata.annotations");
	struct obj found[] = {
		root,
		obj_at(obj_next(obj_first(obj_at(root, "spec.plugins"))), "name"),
		obj_first(obj_at(root, "spec.plugins")),
		obj_first(annotations),
		obj_next(obj_first(annotations)),
		obj_first(obj_first(obj_at(root, "x y"))),
		obj_at(root, "absent"),
	};
	static const char *const paths[] = {"",
					    "spec.plugins[1].name",
					    "spec.plugins[0]",
					    "metadata.annotations[cnpg.io/validation]",
					    "metadata.annotations[]",
					    "[x y][0][0]",
					    ""};

	for (size_t i = 0; i < ARRAY_LEN(found); i++) {
		struct buf b CLEANUP(buf) = {0};

		obj_path(doc_root(found[i].doc), found[i], &b);
		cr_assert(str_is(buf_slice(&b), paths[i]), "%.*s", STR_ARG(buf_slice(&b)));
	}
	cr_assert_eq(obj_pos(found[1]).line, 0);
	cr_assert_eq(obj_key_pos(found[1]).line, 0);
}

Test(doc_obj, tree_is_written_as_json)
{
	static const char text[] =
		"{\"a\":[1,-2.5,1e+300,0.1,9007199254740991,\"x\\u0000\\\"\"],\"b\":{\"c\":null},\"d\":true,\"e\":[],\"f\":{}}";
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf b CLEANUP(buf) = {0};
	struct json j = JSON(&b);

	obj_json(read_json(a, text), &j);
	cr_assert(str_is(buf_slice(&b), text), "%.*s", STR_ARG(buf_slice(&b)));
}
