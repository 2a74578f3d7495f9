#include "doc/emit.h"

#include "base/file.h"
#include "input/files.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* The one document of a text. */
static struct obj read_one(struct arena *a, struct str text)
{
	struct doc_list list;
	struct err err;

	cr_assert(doc_read_yaml(a, text, &list, &err), "%u:%u: %s\n%.*s", err.line, err.column,
		  err.msg, STR_ARG(text));
	cr_assert_eq(list.len, 1u, "%.*s", STR_ARG(text));
	return doc_root(list.docs[0]);
}

static struct str write_all(struct arena *a, struct obj root)
{
	struct buf out = BUF_ARENA(a);
	struct emit e = EMIT(&out);

	for (struct obj m = obj_first(root); m.node; m = obj_next(m))
		emit_member(&e, obj_key(m), m);
	return buf_slice(&out);
}

Test(emit, a_document_has_this_form)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct obj of = read_one(
		a, STR("{m: {}, l: [], k: {a: [{b: 1, c: {d: ~}}, [x, []], {}, yes]}, s: 'off'}"));
	struct buf out = BUF_ARENA(a);
	struct emit e = EMIT(&out);

	emit_comment(&e, "for %s", "a \"reader\"\nx: 1\xe2\x80\xa8y: 2\x7f");
	emit_text(&e, "kind", STR("Cluster"));
	emit_map(&e, "spec");
	emit_comment(&e, "first");
	emit_bool(&e, "on", true);
	emit_int(&e, "count", -7);
	emit_list(&e, "list");
	emit_item(&e);
	emit_comment(&e, "item");
	emit_text(&e, "name", STR("a:b"));
	emit_member(&e, STR("k"), obj_at(of, "k"));
	emit_close(&e);
	emit_word(&e, STR("12:30"));
	emit_close(&e);
	emit_map(&e, "none");
	emit_close(&e);
	emit_close(&e);
	emit_document(&e);
	emit_member(&e, STR("m"), obj_at(of, "m"));
	emit_member(&e, STR("l"), obj_at(of, "l"));
	emit_member(&e, STR("s"), obj_at(of, "s"));
	cr_expect_str_eq(arena_cstr(a, buf_slice(&out)),
			 "# for a \"reader\"\\nx: 1\\u2028y: 2\\x7f\n"
			 "kind: Cluster\n"
			 "spec:\n"
			 "  # first\n"
			 "  \"on\": true\n"
			 "  count: -7\n"
			 "  list:\n"
			 "    # item\n"
			 "    - name: a:b\n"
			 "      k:\n"
			 "        a:\n"
			 "          - b: 1\n"
			 "            c:\n"
			 "              d: null\n"
			 "          -\n"
			 "            - x\n"
			 "            - []\n"
			 "          - {}\n"
			 "          - true\n"
			 "    - \"12:30\"\n"
			 "  none: {}\n"
			 "---\n"
			 "m: {}\n"
			 "l: []\n"
			 "s: \"off\"\n");
}

static const char *const quoted[] = {
	"",
	"~",
	"null",
	"Null",
	"yes",
	"NO",
	"on",
	"Off",
	"y",
	"N",
	"true",
	"TRUE",
	"012",
	"0o7",
	"0x1F",
	"1e3",
	"1_000",
	"12:30:00",
	"2026-11-30",
	"1.5",
	"+1",
	"-1",
	".inf",
	"-",
	"- a",
	"a: b",
	"a #b",
	"a:",
	"#a",
	"*a",
	"&a",
	"!a",
	"%a",
	"@a",
	"`a",
	"{a",
	"[a",
	"|",
	">",
	"'a'",
	"\"a\"",
	"a b",
	" a",
	"a ",
	"a,b",
	"a\nb",
	"a\tb",
	"=",
	"<<",
	"\\x",
	"\xc2\x85",
	"---",
	"...",
	"?",
	"0b1",
	"2026-11-30T14:02:10Z",
	"1d2",
	"5ee",
	"\xef\xbb\xbfx",
	"\xe2\x80\xa8",
	"\x7f",
	"\x1b[0m",
	"16",
	"1Kim",
};
static const char *const plain[] = {"a",	"10Gi",	   "500m",
				    "30d",	"db-1",	   "s3://backups/a_b",
				    "/var/lib", "a@b+c.d", "ghcr.io/x/postgresql:16.4-3",
				    "true-ish", "nobody"};

Test(emit, text_stays_text_and_is_quoted_where_a_reader_would_differ)
{
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(quoted) + ARRAY_LEN(plain); i++) {
		bool is_quoted = i < ARRAY_LEN(quoted);
		struct str s = str_from(is_quoted ? quoted[i] : plain[i - ARRAY_LEN(quoted)]);
		struct buf out = BUF_ARENA(a);
		struct emit e = EMIT(&out);
		struct str back;

		emit_text(&e, "k", s);
		cr_expect_eq(out.ptr[3] == '"', is_quoted, "%.*s", STR_ARG(buf_slice(&out)));
		cr_assert_eq(obj_str(read_one(a, buf_slice(&out)), "k", &back), OBJ_SET, "%.*s",
			     STR_ARG(buf_slice(&out)));
		cr_expect(str_eq(back, s), "%.*s", STR_ARG(buf_slice(&out)));
	}
}

Test(emit, any_text_reads_back_as_value_and_as_key)
{
	static const char *const parts[] = {"a",	":",  " ",
					    "\n",	"#",  "\"",
					    "'",	"\\", "-",
					    "\xc3\xa4", "\t", "{",
					    "1",	"e",  "\xf0\x9f\x90\x98",
					    "\x01",	"~",  "\xef\xbf\xbe",
					    ",",	".",  "no",
					    "0",	"Gi"};
	CLEANUP(arena) struct arena *a = arena_new();
	uint64_t random = 1;

	for (int round = 0; round < 3000; round++) {
		struct buf s = BUF_ARENA(a), out = BUF_ARENA(a);
		struct emit e = EMIT(&out);
		struct str back, key;

		for (size_t len = (size_t)round % 9 + (round % 500 ? 0 : 700); len; len--) {
			random = random * UINT64_C(6364136223846793005) +
				 UINT64_C(1442695040888963407);
			buf_text(&s, parts[(random >> 33) % ARRAY_LEN(parts)]);
		}
		key = arena_str(a, buf_slice(&s));
		emit_map(&e, key.ptr);
		emit_list(&e, key.ptr);
		emit_word(&e, key);
		emit_close(&e);
		emit_close(&e);
		struct obj list = obj_member(obj_member(read_one(a, buf_slice(&out)), key), key);
		cr_assert_eq(obj_str(obj_first(list), "", &back), OBJ_SET, "%.*s",
			     STR_ARG(buf_slice(&out)));
		cr_assert(str_eq(back, key), "%.*s", STR_ARG(buf_slice(&out)));
	}
}

/* Of every document that can be read: the number of them. */
static size_t read_again(const char *folder)
{
	CLEANUP(arena) struct arena *all = arena_new();
	CLEANUP(arena) struct arena *a = arena_new();
	struct str path = str_from(folder), bytes;
	struct file_list files;
	struct doc_list list;
	size_t count = 0;
	struct err err;

	files_find(all, &(struct files_wanted){.paths = &path, .paths_len = 1}, &files);
	for (size_t i = 0; i < files.len; i++) {
		if (str_has_suffix(files.items[i].path, STR(".md")) || files.items[i].error ||
		    !file_read(a, files.items[i].path, LIMIT_FILE_BYTES, &bytes, &err))
			continue;
		if (!doc_read_yaml(a, bytes, &list, &err) && !list.len)
			continue;
		for (size_t d = 0; d < list.len; d++) {
			struct obj root = doc_root(list.docs[d]);

			if (obj_type(root) != OBJ_MAP || !obj_len(root))
				continue;
			cr_expect(obj_equal(root, read_one(a, write_all(a, root))), "%.*s",
				  STR_ARG(files.items[i].path));
			count++;
		}
		arena_reset(a);
	}
	return count;
}

Test(emit, every_document_of_the_tests_reads_back_equal)
{
	cr_expect_gt(read_again("tests/cases"), 1000u);
	cr_expect_gt(read_again("tests/hostile"), 10u);
}

Test(emit, every_document_of_strangers_reads_back_equal)
{
	const char *shared = getenv("SHARED");
	CLEANUP(arena) struct arena *a = arena_new();
	struct str folder = arena_fmt(a, "%s/corpus", shared ? shared : "../shared");

	if (!read_again(folder.ptr))
		cr_skip_test("no manifests in %s", folder.ptr);
}
