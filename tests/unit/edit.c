/*
 * Changes of a text: exactly what was asked for, and not a byte beside it. The examples of all
 * rules are the manifests on which each change is tried at each node.
 */
#include "doc/edit.h"

#include "base/arena.h"
#include "base/limits.h"
#include "cmd/cmd.h"

#include <criterion/criterion.h>
#include <glob.h>
#include <string.h>

static struct doc_list read_docs(struct arena *a, struct str text)
{
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, text, &docs, &err), "%s", err.msg);
	return docs;
}

/* The text with one change at `path`, or why there is none. */
static struct str change(struct arena *a, const char *text, const char *path, struct edit edit)
{
	struct doc_list docs = read_docs(a, str_from(text));
	struct edit_group group = {.edits = &edit};

	edit.root = doc_root(docs.docs[0]);
	edit.at = obj_at(edit.root, path);
	if (edit.kind == EDIT_BEHIND || edit.kind == EDIT_REPLACE)
		edit.block = doc_root(read_docs(a, edit.text).docs[0]);
	cr_assert(edit.at.node, "%s", path);
	struct str out = edit_apply(a, str_from(text), &docs, &group, 1);
	if (group.refused)
		cr_assert(str_is(out, text));
	return group.refused ? str_from(group.refused) : out;
}

#define TEXT(words) ((struct edit){.kind = EDIT_TEXT, .text = STR(words)})
#define KEY(words) ((struct edit){.kind = EDIT_KEY, .text = STR(words)})
#define INSERT(name, words)                                                                        \
	((struct edit){.kind = EDIT_INSERT, .key = STR(name), .text = STR(words)})
#define REMOVE ((struct edit){.kind = EDIT_REMOVE})
#define BEHIND(lines) ((struct edit){.kind = EDIT_BEHIND, .text = STR(lines)})
#define REPLACE(lines) ((struct edit){.kind = EDIT_REPLACE, .text = STR(lines)})

struct example {
	const char *text, *path;
	struct edit edit;
	const char *result;
};

static void try_examples(const struct example *examples, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const struct example *e = &examples[i];
		CLEANUP(arena) struct arena *a = arena_new();
		struct str out = change(a, e->text, e->path, e->edit);

		cr_expect(str_is(out, e->result), "%s\nbecame\n%.*s\nnot\n%s", e->text,
			  STR_ARG(out), e->result);
	}
}

Test(edit, a_text_keeps_its_quotes_its_comment_and_its_line_end)
{
	const struct example examples[] = {
		{"s: 'a' # c\n", "s", TEXT("0 * b"), "s: '0 * b' # c\n"},
		{"s: \"a\"\t\r\n", "s", TEXT("b"), "s: \"b\"\t\r\n"},
		{"s:   a   # it's\n", "s", TEXT("0 0 3 * * *"), "s:   0 0 3 * * *   # it's\n"},
		{"s: a", "s", TEXT("* b"), "s: '* b'"},
		{"s: a", "s", TEXT("12"), "s: '12'"},
		{"s: a", "s", TEXT("it's"), "s: 'it''s'"},
		{"s: 'a'", "s", TEXT("it's"), "s: 'it''s'"},
		{"s: \"a\"", "s", TEXT("\"\\"), "s: \"\\\"\\\\\""},
		{"s: 1,2", "s", TEXT("0 1,2"), "s: 0 1,2"},
		{"{s: a, t: 1}", "s", TEXT("0 1,2"), "{s: '0 1,2', t: 1}"},
		{"s: &n !!str 'a'\nt: 1\n", "s", TEXT("b"), "s: &n !!str 'b'\nt: 1\n"},
		{"\xef\xbb\xbf# \xc3\xa9\ns: {t: \xc3\xa9\xc3\xa9, u: 'a'}\n", "s.u", TEXT("b"),
		 "\xef\xbb\xbf# \xc3\xa9\ns: {t: \xc3\xa9\xc3\xa9, u: 'b'}\n"},
		{"{\"s\": \"a\"}", "s", TEXT("b"), "{\"s\": \"b\"}"},
		{"s: >-\n  a\n", "s", TEXT("b"), "it is written over several lines"},
		{"s: 'a\n  b'\n", "s", TEXT("b"), "it is written over several lines"},
	};

	try_examples(examples, ARRAY_LEN(examples));
}

Test(edit, a_key_keeps_its_quotes)
{
	const struct example examples[] = {
		{"m:\n  Old : 1 # c\n", "m.Old", KEY("new"), "m:\n  new : 1 # c\n"},
		{"m: {\"Old\":1}\n", "m.Old", KEY("new"), "m: {\"new\":1}\n"},
		{"'Old': [1,\n 2]\n", "Old", KEY("new"), "'new': [1,\n 2]\n"},
		{"? Old\n: 1\n", "Old", KEY("new"), "? new\n: 1\n"},
		{"Old: 1\nnew: 2\n", "Old", KEY("new"),
		 "the file would come to mean something else as well"},
	};

	try_examples(examples, ARRAY_LEN(examples));
}

Test(edit, a_new_member_stands_on_a_line_of_its_own_as_its_siblings_do)
{
	const struct example examples[] = {
		{"s:\n    a: 1 # one\n\n    # two\n    b: 2\n", "s.a", INSERT("m", "x"),
		 "s:\n    a: 1 # one\n    m: x\n\n    # two\n    b: 2\n"},
		{"s:\r\n  a:\r\n    - 1\r\n", "s.a", INSERT("m", "x"),
		 "s:\r\n  a:\r\n    - 1\r\n  m: x\r\n"},
		{"s:\r\n  a: 1", "s.a", INSERT("m", "x"), "s:\r\n  a: 1\r\n  m: x"},
		{"a: 1", "a", INSERT("m", "x"), "a: 1\nm: x"},
		{"a: |\n  1\n\n# c\nb: 2\n", "a", INSERT("m", "x"),
		 "a: |\n  1\nm: x\n\n# c\nb: 2\n"},
		{"\"a\": 1\n", "a", INSERT("m", "x"), "\"a\": 1\n\"m\": \"x\"\n"},
		{"s:\n  a: 1\n", "s.a", INSERT("m.nn", "x"), "s:\n  a: 1\n  m:\n    nn: x\n"},
		{"s: {a: 1, b: 2}\n", "s.a", INSERT("m", "x"), "s: {a: 1, m: x, b: 2}\n"},
		{"s: {a: 1}\n", "s.a", INSERT("m.nn", "x"), "s: {a: 1, m: {nn: x}}\n"},
		{"{\n\t\"a\": 1\n}\n", "a", INSERT("m.nn", "x"),
		 "{\n\t\"a\": 1,\n\t\"m\": {\"nn\": \"x\"}\n}\n"},
		{"s:\n  - a: 1\n    b: 2\n", "s", INSERT("m", "x"),
		 "s:\n  - a: 1\n    b: 2\nm: x\n"},
		{"? a\n: 1\n", "a", INSERT("m", "x"), "its lines hold something else as well"},
	};

	try_examples(examples, ARRAY_LEN(examples));
}

Test(edit, a_member_goes_with_its_lines_and_nothing_around_them)
{
	const struct example examples[] = {
		{"s:\n  # of a\n  a:\n    b: 1 # c\n  # of d\n  d: 2\n", "s.a", REMOVE,
		 "s:\n  # of a\n  # of d\n  d: 2\n"},
		{"s:\n  d: 2\n  a: {b: 1,\n      c: 2} # x\n---\nt: 1\n", "s.a", REMOVE,
		 "s:\n  d: 2\n---\nt: 1\n"},
		{"d: 2\r\na: 1", "a", REMOVE, "d: 2\r\n"},
		{"s: {a: 1, b: 2}\n", "s.a", REMOVE, "s: {b: 2}\n"},
		{"s: {a: 1, b: 2}\n", "s.b", REMOVE, "s: {a: 1}\n"},
		{"s: {a: 1 }\n", "s.a", REMOVE, "s: { }\n"},
		{"{\n  \"a\": {},\n  \"b\": 2\n}\n", "b", REMOVE, "{\n  \"a\": {}\n}\n"},
		{"{\n  \"a\": {},\n  \"b\": 2\n}\n", "a", REMOVE, "{\n  \"b\": 2\n}\n"},
		{"s: {a: 1, # one\n    b: 2}\n", "s.a", REMOVE, "a comment stands beside it"},
		{"s:\n  a: 1\n", "s.a", REMOVE,
		 "the file would come to mean something else as well"},
	};

	try_examples(examples, ARRAY_LEN(examples));
}

Test(edit, what_an_alias_carries_elsewhere_is_left_alone)
{
	const struct example examples[] = {
		{"a: &x {k: 1, l: v}\nb: *x\n", "a.l", TEXT("w"),
		 "an anchor or an alias shares it"},
		{"a: &x {k: 1, l: v}\nb: *x\n", "b.l", TEXT("w"),
		 "an anchor or an alias shares it"},
		{"a: &x {k: 1}\nb: *x\n", "a.k", KEY("m"), "an anchor or an alias shares it"},
		{"a: &x {k: 1}\nb: *x\n", "b", REMOVE, "an alias stands for it"},
		{"a: &x {k: 1}\nb: *x\n", "b", INSERT("m", "x"), "an alias stands for it"},
		{"a: &x {k: 1}\nb: *x\n", "a", REMOVE, "an anchor or an alias shares it"},
		{"a: &x {k: v}\nb: {<<: *x, l: 1}\n", "b.k", TEXT("w"),
		 "an anchor or an alias shares it"},
		{"a: &x {k: v}\nb: 1\n", "a.k", TEXT("w"), "a: &x {k: w}\nb: 1\n"},
	};

	try_examples(examples, ARRAY_LEN(examples));
}

Test(edit, an_alias_is_followed_when_both_ends_are_to_change)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = STR("a: &x {k: v}\nb: *x\n");
	struct doc_list docs = read_docs(a, text);
	struct obj root = doc_root(docs.docs[0]);
	struct edit both[] = {
		{.kind = EDIT_TEXT, .at = obj_at(root, "a.k"), .text = STR("w"), .root = root},
		{.kind = EDIT_TEXT, .at = obj_at(root, "b.k"), .text = STR("w"), .root = root},
	};
	struct edit_group groups[] = {{.edits = &both[0]}, {.edits = &both[1]}};
	struct str out = edit_apply(a, text, &docs, groups, 2);

	cr_expect(str_is(out, "a: &x {k: w}\nb: *x\n"), "%.*s", STR_ARG(out));
	cr_expect_null(groups[0].refused);
	cr_expect_null(groups[1].refused);
}

Test(edit, what_is_refused_takes_nothing_else_with_it)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = STR("a: &x {k: v}\nb: *x\nc: v\n---\nd: v\n");
	struct doc_list docs = read_docs(a, text);
	struct obj first = doc_root(docs.docs[0]), second = doc_root(docs.docs[1]);
	struct edit e[] = {
		{.kind = EDIT_TEXT, .at = obj_at(first, "a.k"), .text = STR("w"), .root = first},
		{.kind = EDIT_TEXT, .at = obj_at(first, "c"), .text = STR("w"), .root = first},
		{.kind = EDIT_REMOVE, .at = obj_at(first, "b"), .root = first},
		{.kind = EDIT_TEXT, .at = obj_at(second, "d"), .text = STR("w"), .root = second},
	};
	struct edit_group groups[] = {
		{.edits = &e[0]}, {.edits = &e[1]}, {.edits = &e[2]}, {.edits = &e[3]}};
	struct str out = edit_apply(a, text, &docs, groups, 4);

	cr_expect(str_is(out, "a: &x {k: v}\nb: *x\nc: w\n---\nd: w\n"), "%.*s", STR_ARG(out));
	cr_expect(groups[0].refused && !groups[1].refused && groups[2].refused &&
		  !groups[3].refused);
}

Test(edit, of_two_changes_of_one_place_the_second_waits)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = STR("m:\n  a: {k: v}\n  b: 1\n");
	struct doc_list docs = read_docs(a, text);
	struct obj root = doc_root(docs.docs[0]);
	struct edit e[] = {
		{.kind = EDIT_REMOVE, .at = obj_at(root, "m.a"), .root = root},
		{.kind = EDIT_TEXT, .at = obj_at(root, "m.a.k"), .text = STR("w"), .root = root},
	};
	struct edit_group groups[] = {{.edits = &e[0]}, {.edits = &e[1]}};
	struct str out = edit_apply(a, text, &docs, groups, 2);

	cr_expect(str_is(out, "m:\n  b: 1\n"), "%.*s", STR_ARG(out));
	cr_expect_str_eq(groups[1].refused, "another change is made at the same place");
}

struct trial {
	struct arena *arena;
	struct str file, text;
	const struct doc_list *docs;
	size_t doc;
	bool anchors;
	size_t made, refused;
};

/* One change in one place: what stands before and behind it is what stood there. */
static void try_edit(struct trial *t, struct edit edit)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct edit_group group = {.edits = &edit};

	edit.root = doc_root(t->docs->docs[t->doc]);
	struct str out = edit_apply(a, t->text, t->docs, &group, 1);
	if (group.refused) {
		struct pos at = obj_pos(edit.at);

		t->refused++;
		cr_expect(t->anchors || !strstr(group.refused, "come to mean"),
			  "%.*s:%u:%u: %d: %s", STR_ARG(t->file), at.line, at.column, edit.kind,
			  group.refused);
		cr_expect(str_eq(out, t->text));
		return;
	}
	t->made++;
	size_t from = 0, behind = 0, least = out.len < t->text.len ? out.len : t->text.len;
	while (from < least && out.ptr[from] == t->text.ptr[from])
		from++;
	while (behind < least - from &&
	       out.ptr[out.len - 1 - behind] == t->text.ptr[t->text.len - 1 - behind])
		behind++;
	struct str gone = str_slice(t->text, from, t->text.len - behind);
	struct str come = str_slice(out, from, out.len - behind);
	cr_expect(edit.kind == EDIT_REMOVE ? !come.len : come.len > 0);
	cr_expect(edit.kind != EDIT_INSERT || !gone.len, "%.*s: insertion took '%.*s'",
		  STR_ARG(t->file), STR_ARG(gone));
	cr_expect(edit.kind >= EDIT_INSERT ||
			  (str_find_byte(gone, '\n') == STR_NONE && !str_contains(gone, STR(" #"))),
		  "%.*s: '%.*s' went", STR_ARG(t->file), STR_ARG(gone));
}

static void try_everywhere(struct trial *t, struct obj at, size_t siblings)
{
	if (obj_type(at) == OBJ_STRING && obj_text(at, "").len)
		try_edit(t, (struct edit){.kind = EDIT_TEXT, .at = at, .text = STR("x: #y")});
	if (obj_key(at).len) {
		try_edit(t, (struct edit){.kind = EDIT_KEY, .at = at, .text = STR("zzz")});
		try_edit(t, (struct edit){.kind = EDIT_INSERT,
					  .at = at,
					  .key = STR("zzz.yyy"),
					  .text = STR("12")});
		if (siblings > 1)
			try_edit(t, (struct edit){.kind = EDIT_REMOVE, .at = at});
	}
	for (struct obj m = obj_first(at); m.node; m = obj_next(m))
		try_everywhere(t, m, obj_len(at));
}

Test(edit, every_change_at_every_node_of_the_examples_is_made_or_refused)
{
	glob_t files;
	struct trial t = {0};

	cr_assert_eq(glob("tests/cases/*/fail-*.yaml", 0, NULL, &files), 0);
	cr_assert_eq(glob("tests/golden/input/*/*.yaml", GLOB_APPEND, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct doc_list docs;
		struct err err;

		t.file = str_from(files.gl_pathv[i]);
		cr_assert(file_read(a, t.file, LIMIT_FILE_BYTES, &t.text, &err));
		if (!doc_read_yaml(a, t.text, &docs, &err))
			continue;
		t.docs = &docs;
		t.anchors = str_find_byte(t.text, '&') != STR_NONE;
		for (t.doc = 0; t.doc < docs.len; t.doc++)
			try_everywhere(&t, doc_root(docs.docs[t.doc]), 0);
	}
	cr_expect(t.made > 20 * t.refused);
	globfree(&files);
}

Test(edit, a_block_stands_behind_a_member_as_it_is_written)
{
	const struct example examples[] = {
		{"s:\n  a: 1 # one\n  b: 2\n", "s.a",
		 BEHIND("m: # why\n- n: 'x'\n\n  o: 1\nz: 3\n"),
		 "s:\n  a: 1 # one\n  m: # why\n  - n: 'x'\n\n    o: 1\n  z: 3\n  b: 2\n"},
		{"s:\r\n  a: 1", "s.a", BEHIND("m:\n  n: x"), "s:\r\n  a: 1\r\n  m:\r\n    n: x"},
		{"s:\n  - a: 1\n", "s", BEHIND("m: x"), "s:\n  - a: 1\nm: x\n"},
		{"s: {a: 1, b: 2}\n", "s.a", BEHIND("m: x\nq:\n- o: a b\n- 7\n- []\n"),
		 "s: {a: 1, m: x, q: [{o: a b}, 7, []], b: 2}\n"},
		{"{\"s\": {\n  \"a\": 1\n}}\n", "s.a", BEHIND("m: {q: x}\no: true"),
		 "{\"s\": {\n  \"a\": 1,\n  \"m\": {\n    \"q\": \"x\"\n  },\n  \"o\": true\n}}\n"},
		{"s: {a: 1}\n", "s.a", BEHIND("m: x # why"), "it stands in braces"},
		{"s:\n  a: 1\n  m: y\n", "s.a", BEHIND("m: x"),
		 "the file would come to mean something else as well"},
	};

	try_examples(examples, ARRAY_LEN(examples));
}

Test(edit, a_block_takes_the_place_of_a_member_and_of_the_comment_behind_it)
{
	const struct example examples[] = {
		{"s:\n  # over\n  a:\n    b: 1 # in\n  # under\n  c: 2\n", "s.a",
		 REPLACE("m:\n  n: x\no: 1\n"),
		 "s:\n  # over\n  m:\n    n: x\n  o: 1\n  # under\n  c: 2\n"},
		{"s:\r\n  a: 1\r\n  b: 2\r\n", "s.a", REPLACE("m: x\nn: y"),
		 "s:\r\n  m: x\r\n  n: y\r\n  b: 2\r\n"},
		{"a: 1", "a", REPLACE("m: x\nn: y"), "m: x\nn: y"},
		{"s:\n  a: &n 1\n  b: *n\n", "s.a", REPLACE("m: x"),
		 "an anchor or an alias shares it"},
		{"s: {a: {b: 1}, c: 2}\n", "s.a", REPLACE("m: s3://x"), "s: {m: 's3://x', c: 2}\n"},
		{"s: {\r\n  a: 1,\r\n  b: 2\r\n}\r\n", "s.a", REPLACE("m: [x]"),
		 "s: {\r\n  m: [\r\n    x\r\n  ],\r\n  b: 2\r\n}\r\n"},
		{"s: {a: {b: 1, # why\n c: 2}}\n", "s.a", REPLACE("m: x"), "it stands in braces"},
	};

	try_examples(examples, ARRAY_LEN(examples));
}

Test(edit, a_block_may_take_the_place_of_the_first_member_behind_a_dash)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = STR("l:\n  - a:\n      b: 1\n    c: 2\n");
	struct doc_list docs = read_docs(a, text), block = read_docs(a, STR("m:\n  n: x\n"));
	struct obj root = doc_root(docs.docs[0]);
	struct edit edit = {.kind = EDIT_REPLACE,
			    .root = root,
			    .at = obj_first(obj_first(obj_at(root, "l"))),
			    .block = doc_root(block.docs[0])};
	struct edit_group group = {.edits = &edit};
	struct str out = edit_apply(a, text, &docs, &group, 1);

	cr_expect(str_is(out, "l:\n  - m:\n      n: x\n    c: 2\n"), "%.*s", STR_ARG(out));
}

static struct obj item(struct obj list, int number)
{
	struct obj at = obj_first(list);

	while (number--)
		at = obj_next(at);
	return at;
}

/* The list under `l` of the text with `more` behind the item of this number. */
static struct str add_item(struct arena *a, const char *text, int number, const char *more)
{
	struct doc_list docs = read_docs(a, str_from(text)), block = read_docs(a, str_from(more));
	struct obj root = doc_root(docs.docs[0]), what = doc_root(block.docs[0]);
	struct edit edit = {.kind = EDIT_ITEM, .root = root, .at = item(obj_at(root, "l"), number)};
	struct edit_group group = {.edits = &edit};

	if (obj_type(what) == OBJ_STRING)
		edit.text = obj_text(what, "");
	else
		edit.block = what;
	struct str out = edit_apply(a, str_from(text), &docs, &group, 1);
	return group.refused ? str_from(group.refused) : out;
}

Test(edit, an_item_stands_behind_another_as_that_is_written)
{
	static const struct {
		const char *text;
		int number;
		const char *more, *result;
	} examples[] = {
		{"l:\n- a # one\n# two\n- 'b'\n", 0, "c.yaml",
		 "l:\n- a # one\n- c.yaml\n# two\n- 'b'\n"},
		{"l:\n- a # one\n# two\n- 'b'\n", 1, "c.yaml",
		 "l:\n- a # one\n# two\n- 'b'\n- 'c.yaml'\n"},
		{"l:\r\n  -   a", 0, "c", "l:\r\n  -   a\r\n  -   c"},
		{"l: [a, b]\nm: 1\n", 1, "c.yaml", "l: [a, b, c.yaml]\nm: 1\n"},
		{"l:\n  - op: add\n    value: 1\nm: 1\n", 0, "op: add\nvalue:\n- 2\n",
		 "l:\n  - op: add\n    value: 1\n  - op: add\n    value:\n    - 2\nm: 1\n"},
		{"l: [./a]\n", 0, "./b.yaml", "l: [./a, ./b.yaml]\n"},
		{"l: [a]\n", 0, "'.5'", "l: [a, '.5']\n"},
		{"l: [a]\n", 0, "b: c\n", "it stands in brackets"},
		{"l: &x\n- a\nm: *x\n", 0, "c", "an anchor or an alias shares it"},
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct str out =
			add_item(a, examples[i].text, examples[i].number, examples[i].more);

		cr_expect(str_is(out, examples[i].result), "%s\nbecame\n%.*s", examples[i].text,
			  STR_ARG(out));
	}
}

/* With one change at `path` in the second document that the string `s` holds. */
static struct str change_inside(struct arena *a, const char *text, const char *path,
				struct edit edit)
{
	struct doc_list docs = read_docs(a, str_from(text)), inner;
	struct doc_budget budget = DOC_BUDGET;
	struct edit_group group = {.edits = &edit};
	struct err err;

	edit.inside = obj_at(doc_root(docs.docs[0]), "s");
	cr_assert(doc_read_embedded(a, &edit.inside, &budget, &inner, &err), "%s", err.msg);
	edit.embedded = &inner;
	edit.root = doc_root(inner.docs[inner.len - 1]);
	edit.at = obj_at(edit.root, path);
	if (edit.kind == EDIT_BEHIND || edit.kind == EDIT_REPLACE)
		edit.block = doc_root(read_docs(a, edit.text).docs[0]);
	struct str out = edit_apply(a, str_from(text), &docs, &group, 1);
	return group.refused ? str_from(group.refused) : out;
}

Test(edit, what_a_block_of_text_holds_is_changed_where_it_stands)
{
	const struct example examples[] = {
		{"s: |-\n  # c\n  a: x # d\n  b: 'y'\nt: 1\n", "b", TEXT("z"),
		 "s: |-\n  # c\n  a: x # d\n  b: 'z'\nt: 1\n"},
		{"s: |\n    z: 1\n    ---\n    a:\n      b: x\n    c: y\n", "a",
		 REPLACE("m:\n- n: o\n"),
		 "s: |\n    z: 1\n    ---\n    m:\n    - n: o\n    c: y\n"},
		{"s: |\r\n  a: x\r\n  c: y\r\n", "c", BEHIND("m:\n  n: o"),
		 "s: |\r\n  a: x\r\n  c: y\r\n  m:\r\n    n: o\r\n"},
		{"s: |\n  a: x\n  b: y\nt: 1\n", "b", REMOVE, "s: |\n  a: x\nt: 1\n"},
		{"s: &n |\n  a: x\nt: *n\n", "a", TEXT("y"),
		 "the file would come to mean something else as well"},
		{"s: >-\n  {a: x}\n", "a", TEXT("y"), "it is written over several lines"},
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const struct example *e = &examples[i];
		CLEANUP(arena) struct arena *a = arena_new();
		struct str out = change_inside(a, e->text, e->path, e->edit);

		cr_expect(str_is(out, e->result), "%s\nbecame\n%.*s", e->text, STR_ARG(out));
	}
}

Test(edit, what_stands_in_an_odd_place_is_left_alone)
{
	const struct example examples[] = {
		{"a: &x k\n*x : v\nb: 1\n", "k", KEY("m"), "an alias stands for it"},
		{"s: |\nt: 1\n", "s", TEXT("b"), "it is written over several lines"},
		{"s:\nt: 1\n", "s", TEXT("b"), "nothing is written there"},
		{"s: &n\nt: 1\n", "s", TEXT("b"), "nothing is written there"},
		{"s: !!str\nt: 1\n", "s", TEXT("b"), "nothing is written there"},
		{"s: {a: 1} \nt: 1\n", "s", INSERT("m", "x"), "s: {a: 1} \nm: x\nt: 1\n"},
		{"s: {a: 1,\n # why\n b: 2}\n", "s.b", REMOVE, "a comment stands beside it"},
		{"s: {a: 1, b: 2 # why\n}\n", "s.b", REMOVE, "s: {a: 1 # why\n}\n"},
		{"s: {a: 1 # why\n, b: 2}\n", "s.b", REMOVE, "a comment stands beside it"},
		{"s: {a: &x {k: 1}, b: *x, c: 3}\n", "s.c", REMOVE, "an alias stands for it"},
		{"s: {a: &x {k: 1}, b: *x, c: 3}\n", "s.a", REMOVE,
		 "an anchor or an alias shares it"},
		{"? a\n: 1\nb: 2\n", "a", REMOVE, "its lines hold something else as well"},
		{"? a\n: 1\nb: 2\n", "a", REPLACE("m: x"), "its lines hold something else as well"},
		{"a: &x {k: 1}\nb: *x\n", "b", REPLACE("m: x"), "an alias stands for it"},
		{"a: &x {k: 1}\nb: *x\n", "b", BEHIND("m: x"), "an alias stands for it"},
		{"a: 1\n", "", TEXT("b"), "its place is not known"},
	};

	try_examples(examples, ARRAY_LEN(examples));
}

Test(edit, an_item_that_is_an_alias_stands_elsewhere)
{
	static const struct {
		const char *text;
		int number;
		const char *result;
	} examples[] = {
		{"l:\n- &x a\n- *x\n", 1, "an alias stands for it"},
		{"l:\n- &x a\n- *x\n- c\n", 2, "l:\n- &x a\n- *x\n- c\n- c\n"},
		{"l:\n- &x a\n- *x\n", 0, "l:\n- &x a\n- c\n- *x\n"},
		{"l: [&x a, *x]\n", 1, "an alias stands for it"},
		{"l:\n- - a\n", 0, "l:\n- - a\n- c\n"},
		{"l:\n- >-\n  a\n- b\n", 0, "l:\n- >-\n  a\n- c\n- b\n"},
		{"l:\n- ? a\n  : b\n", 0, "l:\n- ? a\n  : b\n- c\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct str out = add_item(a, examples[i].text, examples[i].number, "c\n");

		cr_expect(str_is(out, examples[i].result), "%s\nbecame\n%.*s", examples[i].text,
			  STR_ARG(out));
	}
}
