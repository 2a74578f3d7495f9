/* Documents made out of others. What comes out was seen with kustomize 5.7.1. */
#include "doc/render.h"

#include "base/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct obj read_as(struct arena *a, const char *text, const char *name)
{
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, str_from(text), &docs, &err), "%s: %s", text, err.msg);
	cr_assert_eq(docs.len, 1, "%s", text);
	doc_set_name(&docs, str_from(name));
	return doc_root(docs.docs[0]);
}

/* One name of each member, so that the order in which they stand counts for nothing. */
static void expect_json(struct arena *a, struct obj is, const char *wanted, const char *why)
{
	struct buf text = BUF_ARENA(a);
	struct json j = JSON(&text);

	obj_json(is, &j);
	cr_expect(obj_equal(is, read_as(a, wanted, "wanted")), "%s\nbecame\n%.*s\nnot\n%s", why,
		  STR_ARG(buf_slice(&text)), wanted);
}

struct render_test {
	struct arena *arena;
	struct doc_budget budget;
	struct render render;
	struct err err;
};

static void start(struct render_test *t, struct arena *a, const char *text)
{
	*t = (struct render_test){.arena = a, .budget = DOC_BUDGET};
	t->render = (struct render){.arena = a, .budget = &t->budget, .words = true};
	cr_assert(render_copy(&t->render, read_as(a, text, "base.yaml"), &t->err));
}

#define HEAD "kind: T\nmetadata: {name: a}\n"

/* `wanted` NULL: an error that holds `why`. */
struct patch_example {
	const char *spec, *patch, *wanted, *why;
};

static void try_patch(const struct patch_example *e, bool json)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf base = BUF_ARENA(a), wanted = BUF_ARENA(a);
	struct render_test t;

	buf_fmt(&base, HEAD "spec: %s\n", e->spec);
	buf_byte(&base, '\0');
	start(&t, a, base.ptr);
	struct obj patch = read_as(a, e->patch, "patch.yaml");
	bool good = json ? render_json_patch(&t.render, patch, &t.err)
			 : render_merge(&t.render, patch, 0, &t.err);
	cr_assert_eq(good, e->wanted != NULL, "%s: %s", e->patch, t.err.msg);
	if (!good) {
		cr_expect(str_contains(str_from(t.err.msg), str_from(e->why)), "%s: %s", e->patch,
			  t.err.msg);
		cr_expect(t.err.line && t.err.column, "%s", e->patch);
		return;
	}
	buf_fmt(&wanted, HEAD "spec: %s\n", e->wanted);
	buf_byte(&wanted, '\0');
	expect_json(a, render_root(&t.render), wanted.ptr, e->patch);
}

#define P "kind: T\nmetadata: {name: _}\nspec: "

Test(render, a_merge_is_that_of_kustomize_for_objects_without_a_schema)
{
	static const struct patch_example examples[] = {
		{"{a: {b: 1, c: 2}}", P "{a: {c: 3, d: x}}", "{a: {b: 1, c: 3, d: x}}", NULL},
		{"{a: [1, {x: 2}]}", P "{a: [{z: 3}]}", "{a: [{z: 3}]}", NULL},
		{"{a: [1, 2]}", P "{a: []}", "{a: []}", NULL},
		{"{a: {b: 1}}", P "{a: {}}", "{a: {b: 1}}", NULL},
		{"{a: {b: 1}, c: 1}", P "{a: null}", "{c: 1}", NULL},
		{"{a: null}", P "{a: null, b: null}", "{}", NULL},
		{"{a: null}", P "{a: 1}", "{a: 1}", NULL},
		{"{a: null}", P "{a: {b: null, c: 1}}", "{a: {c: 1}}", NULL},
		{"{a: 1}", P "{a: text}", "{a: text}", NULL},
		/* A scalar has the quotes of the one whose place it takes. */
		{"{a: '3', b: &x \"3\", c: 3, d: x}", P "{a: 5, b: true, c: '5', d: 5}",
		 "{a: '5', b: 'true', c: '5', d: 5}", NULL},
		{"\n  a: |\n   text\n", P "{a: 5}", "{a: '5'}", NULL},
		{"{a: {b: 1, c: 2}}", P "{a: {$patch: replace, d: 1}}", "{a: {d: 1}}", NULL},
		{"{a: {b: 1}}", P "{a: {$patch: delete}}", "{}", NULL},
		{"{a: {b: 1}}", P "{a: {$patch: merge, c: 2}}", "{a: {b: 1, c: 2}}", NULL},
		{"{}",
		 P
		 "{g: {$patch: merge, c: {$patch: delete, e: 1}, d: {$patch: replace, f: null, g: 1}}}",
		 "{g: {d: {g: 1}}}", NULL},
		{"{a: [1]}", P "{a: [{$patch: replace}, 3]}", "{a: [{$patch: replace}, 3]}", NULL},
		/* `key:` goes, `key: null` stays, and in lists both do. */
		{"{a: , b: null, c: {d: , e: ~}, l: [{x: null}, null]}",
		 P "{k: {m: null, g: {o: , p: 1}, w: [null, {q: null}]}}",
		 "{b: null, c: {e: null}, l: [{x: null}, null], k: {g: {p: 1}, w: [null, {q: null}]}}",
		 NULL},
		{"{a: {b: 1}}", P "{a: [1]}", NULL,
		 "the patch has a list where the object has a map"},
		{"{a: [1]}", P "{a: x}", NULL, "the patch has text where the object has a list"},
		{"{a: x}", P "{a: {}}", NULL, "the patch has a map where the object has text"},
		{"{a: 1}", P "{a: [1]}", NULL,
		 "the patch has a list where the object has a number"},
		{"{a: {}}", P "{a: {$patch: foo}}", NULL, "none of delete, replace and merge"},
		{"{}", P "{a: {$patch: 1}}", NULL, "none of delete, replace and merge"},
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++)
		try_patch(&examples[i], false);
}

static const struct patch_example json_patches[] = {
	{"{a: 1}", "[{op: add, path: /spec/b, value: [1]}]", "{a: 1, b: [1]}", NULL},
	{"{l: [1, 2]}", "[{op: add, path: /spec/l/0, value: 0}]", "{l: [0, 1, 2]}", NULL},
	{"{l: [1, 2]}", "[{op: add, path: /spec/l/2, value: 3}]", "{l: [1, 2, 3]}", NULL},
	{"{l: [1, 2]}", "[{op: add, path: /spec/l/3, value: 3}]", NULL, "no such place"},
	{"{l: [1, 2]}", "[{op: add, path: /spec/l/-1, value: 3}]", "{l: [1, 2, 3]}", NULL},
	{"{l: [1, 2]}", "[{op: add, path: /spec/l/-3, value: 3}]", "{l: [3, 1, 2]}", NULL},
	{"{l: [1, 2]}", "[{op: add, path: /spec/l/-4, value: 3}]", NULL, "no such place"},
	{"{l: [1, 2]}", "[{op: add, path: /spec/l/+1, value: 3}]", "{l: [1, 3, 2]}", NULL},
	{"{l: []}",
	 "[{op: add, path: /spec/l/-, value: 1}, {op: add, path: /spec/l/-, value: 2},"
	 " {op: remove, path: /spec/l/1}, {op: add, path: /spec/l/-, value: 3},"
	 " {op: add, path: /spec/l/2, value: 4}, {op: add, path: /spec/l/-, value: 5}]",
	 "{l: [1, 3, 4, 5]}", NULL},
	{"{a: 1}", "[{op: add, path: /spec/m}]", "{a: 1, m: null}", NULL},
	{"{a: x}", "[{op: add, path: /spec/a/b, value: 1}]", NULL, "no list and no map there"},
	{"{}", "[{op: add, path: /spec/a/b, value: 1}]", NULL, "no list and no map there"},
	{"{g: null}", "[{op: add, path: /spec/g/x, value: 1}]", NULL, "no list and no map"},
	{"{}", "[{op: add, path: '', value: 1}]", NULL, "it names the whole object"},
	{"{\"k~1\": {}, \"a/b\": 1}",
	 "[{op: add, path: /spec/k~01/x, value: 1}, {op: remove, path: /spec/a~1b}]",
	 "{\"k~1\": {x: 1}}", NULL},
	{"{a: 1, g: null}", "[{op: remove, path: /spec/g}]", "{a: 1}", NULL},
	{"{a: 1}", "[{op: remove, path: /spec/g}]", NULL,
	 "the operation remove on /spec/g cannot be done: there is nothing"},
	{"{l: [1]}", "[{op: remove, path: /spec/l/1}]", NULL, "there is nothing"},
	{"{l: [1]}", "[{op: remove, path: /spec/l/-}]", NULL, "there is nothing"},
	{"{a: 1}", "[{op: replace, path: /spec/a, value: {b: 2}}]", "{a: {b: 2}}", NULL},
	{"{a: 1}", "[{op: replace, path: /spec/b, value: 2}]", "{a: 1, b: 2}", NULL},
	{"{l: [1, 2]}", "[{op: replace, path: /spec/l/-2, value: 7}]", "{l: [7, 2]}", NULL},
	{"{l: [1, 2]}", "[{op: replace, path: /spec/l/2, value: 7}]", NULL, "no such place"},
	{"{a: 1}", "[{op: replace, path: '', value: {kind: T, metadata: {name: a}, spec: {c: 1}}}]",
	 "{c: 1}", NULL},
	{"{a: 1}", "[{op: replace, path: '', value: [1]}]", NULL, "an object is a map"},
	{"{a: 1, b: 2}", "[{op: move, from: /spec/a, path: /spec/c}]", "{b: 2, c: 1}", NULL},
	{"{l: [1, 2]}", "[{op: move, from: /spec/l/0, path: /spec/l/-}]", "{l: [2, 1]}", NULL},
	{"{l: [1, 2]}", "[{op: move, from: /spec/l, path: /spec/l/0}]", NULL, "no list and no map"},
	{"{a: 1}", "[{op: move, from: /spec/g, path: /spec/l}]", NULL, "there is nothing"},
	{"{a: 1}", "[{op: move, path: /spec/l}]", NULL, "the operation move has no from"},
	{"{l: [1, 2]}", "[{op: copy, from: /spec/l, path: /spec/l/0}]", "{l: [[1, 2], 1, 2]}",
	 NULL},
	{"{a: 1}", "[{op: copy, from: /spec/g, path: /spec/c}]", "{a: 1, c: null}", NULL},
	{"{l: []}", "[{op: copy, from: /spec/l/0, path: /spec/c}]", NULL, "no such place"},
	{"{l: [1]}", "[{op: test, path: /spec/l/0, value: 1}]", "{l: [1]}", NULL},
	{"{l: [1]}", "[{op: test, path: /spec/l/0, value: 2}]", NULL,
	 "the operation test on /spec/l/0 cannot be done: the object has another value"},
	{"{l: [1]}", "[{op: test, path: /spec/l/1, value: 2}]", NULL, "no such place"},
	{"{l: [1]}", "[{op: test, path: /spec/gone, value: null}]", "{l: [1]}", NULL},
	{"{l: [1]}", "[{op: test, path: '', value: {}}]", NULL, "another value"},
	{"{g: null}", "[{op: test, path: /spec/g, value: null}]", "{g: null}", NULL},
	{"{a: 1}", "[{op: Add, path: /spec/g, value: null}]", NULL, "has 'op': add, remove"},
	{"{a: 1}", "[{op: remove}]", NULL, "the operation remove has no path"},
	{"{a: 1}", "{op: remove}", NULL, "a list of operations"},
	/* Whatever stands before the first slash. */
	{"{a: 1}", "[{op: remove, path: x/spec/a}]", "{}", NULL},
};

Test(render, a_json_patch_is_that_of_the_library_that_kustomize_uses)
{
	for (size_t i = 0; i < ARRAY_LEN(json_patches); i++)
		try_patch(&json_patches[i], true);
}

Test(render, words_of_yaml_1_1_are_text_but_in_json_patches)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct render_test t;

	start(&t, a,
	      "z: off\n? &k on\n: [y, No, true, False]\n'yes': 'yes'\nn: {m: ~}\nmetadata: {}\n");
	expect_json(
		a, render_root(&t.render),
		"{z: 'off', 'on': ['y', 'No', true, false], 'yes': 'yes', 'n': {m: null}, metadata: {}}",
		"words");
	cr_assert(
		render_merge(&t.render, read_as(a, "z: ON\non: [N]\n'n': null\n", "p"), 0, &t.err));
	expect_json(a, render_root(&t.render), "{z: 'ON', 'on': ['N'], 'yes': 'yes', metadata: {}}",
		    "merged");
	cr_assert(render_json_patch(
		&t.render, read_as(a, "[{op: add, path: /w, value: {on: off}}]", "p"), &t.err));
	expect_json(a, obj_member(render_root(&t.render), STR("w")), "{'true': false}",
		    "JSON patch");

	start(&t, a, "z: off\n");
	t.render.words = false;
	cr_assert(render_copy(&t.render, read_as(a, "on: off", "b"), &t.err));
	expect_json(a, render_root(&t.render), "{'true': false}", "as kubectl");
}

static void expect_source(struct obj root, const char *path, const char *name, uint32_t line,
			  uint32_t column)
{
	struct obj at = *path ? obj_at(root, path) : root;
	const struct doc *source = obj_source(at);

	cr_assert(source, "%s", path);
	cr_expect(str_is(doc_name(source), name), "%s: %.*s", path, STR_ARG(doc_name(source)));
	cr_expect(obj_pos(at).line == line && obj_pos(at).column == column, "%s: %u:%u", path,
		  obj_pos(at).line, obj_pos(at).column);
	cr_expect(doc_line(source, line).len, "%s", path);
}

Test(render, every_value_knows_who_wrote_it)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct render_test t;
	struct obj out;

	start(&t, a, "metadata: {name: a}\nspec:\n  keep: 1\n  list: [1]\n  map:\n    x: 1\n");
	cr_assert(render_merge(
		&t.render,
		read_as(a, "\nspec:\n  list: [2]\n  map: {y: 2}\n  new: {z: 1}\n", "patch.yaml"), 0,
		&t.err));
	cr_assert(render_json_patch(&t.render,
				    read_as(a,
					    "\n\n- {op: add, path: /spec/list/-, value: {v: 1}}\n"
					    "- {op: copy, from: /spec/keep, path: /spec/copied}\n",
					    "json.yaml"),
				    &t.err));
	struct obj writer =
		obj_at(read_as(a, "\n\n\nnamespace: here\n", "kustomization.yaml"), "namespace");
	struct obj root = render_root(&t.render);
	cr_assert(render_open(&t.render, root, STR("metadata"), writer, &out, &t.err));
	cr_assert(render_put_text(&t.render, out, STR("namespace"), STR("here"), writer, &t.err));
	render_text(&t.render, obj_at(root, "metadata.name"), STR("p-a"), writer);
	expect_source(root, "", "base.yaml", 1, 1);
	expect_source(root, "metadata", "base.yaml", 1, 11);
	expect_source(root, "metadata.name", "kustomization.yaml", 4, 12);
	expect_source(root, "metadata.namespace", "kustomization.yaml", 4, 12);
	expect_source(root, "spec.keep", "base.yaml", 3, 9);
	expect_source(root, "spec.copied", "base.yaml", 3, 9);
	expect_source(root, "spec.list", "patch.yaml", 3, 9);
	expect_source(root, "spec.map", "base.yaml", 6, 5);
	expect_source(root, "spec.map.x", "base.yaml", 6, 8);
	expect_source(root, "spec.map.y", "patch.yaml", 4, 12);
	expect_source(root, "spec.new.z", "patch.yaml", 5, 12);
	struct obj added = obj_next(obj_first(obj_at(root, "spec.list")));
	expect_source(added, "v", "json.yaml", 3, 44);
	cr_expect(obj_key_pos(obj_at(root, "spec.new")).line == 5);

	/* What was read, where it is still the same. */
	cr_expect(obj_origin(obj_at(root, "spec.keep")).doc ==
		  obj_source(obj_at(root, "spec.keep")));
	cr_expect(obj_equal(obj_origin(obj_at(root, "spec.new")), obj_at(root, "spec.new")));
	cr_expect_null(obj_origin(obj_at(root, "spec.map")).node);
	cr_expect_null(obj_origin(obj_at(root, "spec.list")).node);
	cr_expect_null(obj_origin(obj_at(root, "metadata.name")).node);

	/* A rendered document as the base of another one. */
	struct render next = {.arena = a, .budget = &t.budget};
	cr_assert(render_copy(&next, root, &t.err));
	expect_source(render_root(&next), "spec.map.y", "patch.yaml", 4, 12);
	cr_expect(obj_origin(obj_at(render_root(&next), "spec.new")).doc ==
		  obj_source(obj_at(root, "spec.new")));
	cr_assert_null(obj_source(obj_at(root, "absent")));
}

Test(render, the_identity_stays_but_where_it_may_change)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *patch =
		"apiVersion: b/v2\nkind: U\nmetadata: {name: b, namespace: m, labels: {l: x}}\n";
	struct render_test t;

	start(&t, a, "apiVersion: a/v1\nkind: T\nmetadata: {name: a, namespace: n}\n");
	cr_assert(render_merge(&t.render, read_as(a, patch, "p"), 0, &t.err));
	expect_json(
		a, render_root(&t.render),
		"{apiVersion: a/v1, kind: T, metadata: {name: a, namespace: 'n', labels: {l: x}}}",
		"kept");
	cr_assert(render_merge(&t.render, read_as(a, patch, "p"),
			       RENDER_CHANGE_NAME | RENDER_CHANGE_KIND, &t.err));
	expect_json(
		a, render_root(&t.render),
		"{apiVersion: b/v2, kind: U, metadata: {name: b, namespace: 'n', labels: {l: x}}}",
		"changed");
	start(&t, a, "apiVersion: a/v1\nkind: T\nmetadata: {name: a, labels: {l: x}}\n");
	cr_assert(render_merge(&t.render, read_as(a, patch, "p"), 0, &t.err));
	expect_json(a, render_root(&t.render),
		    "{apiVersion: a/v1, kind: T, metadata: {name: a, labels: {l: x}}}",
		    "no namespace");
	cr_assert(render_merge(&t.render, read_as(a, "metadata: null", "p"), 0, &t.err));
	expect_json(a, render_root(&t.render), "{apiVersion: a/v1, kind: T, metadata: {name: a}}",
		    "a name alone");
	cr_assert(render_merge(&t.render, read_as(a, "$patch: delete", "p"), 0, &t.err));
	cr_assert_null(render_root(&t.render).node);
}

Test(render, single_changes)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct render_test t;
	struct obj out;

	start(&t, a, "a: {b: 1, c: 2}\ng: null\ns: x\n");
	struct obj root = render_root(&t.render), writer = read_as(a, "{v: [1]}", "w");
	cr_assert(render_open(&t.render, root, STR("g"), writer, &out, &t.err));
	cr_assert(render_put(&t.render, out, STR("list"), obj_at(writer, "v"), &t.err));
	cr_assert(render_open(&t.render, root, STR("new"), writer, &out, &t.err));
	cr_assert(render_put_text(&t.render, out, STR("a.b/c"), STR("t"), writer, &t.err));
	cr_assert(!render_open(&t.render, root, STR("s"), writer, &out, &t.err));
	cr_expect(str_contains(str_from(t.err.msg), STR("'s' is no map")), "%s", t.err.msg);
	render_remove(&t.render, obj_at(root, "a"), STR("b"));
	render_remove(&t.render, obj_at(root, "a"), STR("absent"));
	render_text(&t.render, obj_at(root, "s"), STR("y"), writer);
	expect_json(a, root, "{a: {c: 2}, g: {list: [1]}, s: 'y', new: {a.b/c: t}}", "changed");
}

Test(render, what_grows_beyond_a_limit_is_refused)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf ops = BUF_ARENA(a);
	struct render_test t;

	/* Each copy doubles the document. */
	for (int i = 0; i < 40; i++)
		buf_fmt(&ops, "- {op: copy, from: /l, path: /l/-}\n");
	buf_byte(&ops, '\0');
	start(&t, a, "l: [1]\n");
	cr_assert(!render_json_patch(&t.render, read_as(a, ops.ptr, "p"), &t.err));
	cr_expect_eq(t.err.code, E_LIMIT);
	cr_expect(str_contains(str_from(t.err.msg), STR("more than")), "%s", t.err.msg);

	/* Each move puts the rest one level deeper. */
	for (size_t levels = 198; levels <= 199; levels++) {
		struct buf deep = BUF_ARENA(a);

		buf_text(&deep, "a: ");
		buf_repeat(&deep, '[', levels);
		buf_repeat(&deep, ']', levels);
		buf_text(&deep, "\nb: {c: {}}\n");
		buf_byte(&deep, '\0');
		start(&t, a, deep.ptr);
		cr_expect_eq(render_json_patch(
				     &t.render,
				     read_as(a, "[{op: move, from: /a, path: /b/a}]", "p"), &t.err),
			     levels == 198);
		start(&t, a, deep.ptr);
		cr_expect_eq(render_json_patch(
				     &t.render,
				     read_as(a, "[{op: copy, from: /a, path: /b/a}]", "p"), &t.err),
			     levels == 198);
	}
	cr_expect_eq(t.err.code, E_LIMIT);

	start(&t, a, "a: 1\n");
	t.budget.nodes = 1;
	cr_assert(!render_merge(&t.render, read_as(a, "b: 1\nc: 2\n", "p"), 0, &t.err));
	cr_expect_eq(t.err.code, E_LIMIT);

	static const char *const paths[] = {"/a", "''"};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const char *patch =
			arena_fmt(a, "[{op: replace, path: %s, value: {b: 1}}]", paths[i]).ptr;

		start(&t, a, "a: 1\n");
		t.budget.nodes = 1;
		cr_assert(!render_json_patch(&t.render, read_as(a, patch, "p"), &t.err));
		cr_expect_eq(t.err.code, E_LIMIT);
	}
}
