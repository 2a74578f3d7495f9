/* tests/hostile: each file, and in `expect` what becomes of it. */
#include "base/limits.h"
#include "doc/obj.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "wall.h"

#define FOLDER "tests/hostile/"

static void read_file(const char *path, struct buf *out)
{
	char block[4096];
	size_t len;
	FILE *f = fopen(path, "rb");

	cr_assert_not_null(f, "%s", path);
	while ((len = fread(block, 1, sizeof block, f)) > 0)
		buf_add(out, block, len);
	fclose(f);
}

/* "ok", or the kind of the error, its place and text; for YAML with the number of documents. */
static struct str outcome(struct arena *a, const char *name, struct str text)
{
	bool yaml = str_has_suffix(str_from(name), STR(".yaml"));
	struct wall w CLEANUP(wall) = wall_build(text);
	struct doc_list list = {0};
	const struct doc *d;
	struct err e = {0};
	struct str docs = STR_EMPTY;

	bool good = yaml ? doc_read_yaml(a, w.text, &list, &e) : doc_read_json(a, w.text, &d, &e);
	if (yaml && list.len != 1)
		docs = arena_fmt(a, "%zu documents, ", list.len);
	if (good)
		return arena_fmt(a, "%.*sok", STR_ARG(docs));
	return arena_fmt(a, "%.*s%s %u:%u %s", STR_ARG(docs),
			 e.code == E_LIMIT    ? "limit"
			 : e.code == E_SYNTAX ? "syntax"
					      : "?",
			 e.line, e.column, e.msg);
}

Test(doc_hostile, every_file_ends_as_expected)
{
	struct buf expected CLEANUP(buf) = {0};
	DIR *folder = opendir(FOLDER);
	struct dirent *entry;
	size_t files = 0;

	cr_assert_not_null(folder, "run from the top folder");
	read_file(FOLDER "expect", &expected);
	while ((entry = readdir(folder))) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct buf text CLEANUP(buf) = {0};

		if (entry->d_name[0] == '.' || strcmp(entry->d_name, "expect") == 0)
			continue;
		files++;
		read_file(arena_fmt(a, FOLDER "%s", entry->d_name).ptr, &text);
		struct str got = outcome(a, entry->d_name, buf_slice(&text));
		struct str line = arena_fmt(a, "%s: %.*s\n", entry->d_name, STR_ARG(got));
		cr_expect(str_contains(buf_slice(&expected), line), "%s", line.ptr);
	}
	closedir(folder);
	for (size_t i = 0; i < expected.len; i++)
		files -= expected.ptr[i] == '\n';
	cr_assert_eq(files, 0, "lines of expect and files differ in number");
}

static void expect_made(const char *name, const struct buf *text, const char *want)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str got = outcome(a, name, buf_slice(text));

	cr_assert(str_is(got, want), "%.*s", STR_ARG(got));
}

Test(doc_hostile, hundred_thousand_brackets_are_a_limit)
{
	struct buf b CLEANUP(buf) = {0};

	buf_repeat(&b, '[', 100000);
	expect_made(".json", &b, "limit 1:201 nested deeper than 200 levels");
	expect_made(".yaml", &b, "0 documents, limit 1:201 nested deeper than 200 levels");
	b.len = 0;
	for (int i = 0; i < 100000; i++)
		buf_text(&b, "{\"a\":");
	expect_made(".json", &b, "limit 1:1001 nested deeper than 200 levels");
	expect_made(".yaml", &b, "0 documents, limit 1:1001 nested deeper than 200 levels");
}

Test(doc_hostile, key_and_string_of_100_kb_are_read)
{
	struct buf b CLEANUP(buf) = {0};

	buf_text(&b, "{\"");
	buf_repeat(&b, 'k', 100000);
	buf_text(&b, "\":\"");
	buf_repeat(&b, 'v', 100000);
	buf_text(&b, "\"}");
	expect_made(".json", &b, "ok");
	expect_made(".yaml", &b, "ok");
}

Test(doc_hostile, many_equal_long_keys_are_found_soon)
{
	struct buf b CLEANUP(buf) = {0};

	buf_byte(&b, '{');
	for (int i = 0; i < 20000; i++) {
		buf_text(&b, i ? ",\"" : "\"");
		buf_repeat(&b, 'k', 100);
		buf_fmt(&b, "%d\":1", i % 19999);
	}
	buf_byte(&b, '}');
	expect_made(
		".json", &b,
		"syntax 1:2188782 key 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk...' stands twice in the same map");
}

Test(doc_hostile, file_of_too_many_bytes_is_a_limit)
{
	struct buf b CLEANUP(buf) = {0};

	buf_repeat(&b, ' ', LIMIT_FILE_BYTES + 1);
	expect_made(".json", &b, "limit 0:0 more than 67108864 bytes");
	expect_made(".yaml", &b, "0 documents, limit 0:0 more than 67108864 bytes");
}

Test(doc_hostile, too_many_documents_are_a_limit)
{
	struct buf b CLEANUP(buf) = {0};

	for (unsigned i = 0; i <= LIMIT_DOCUMENTS; i++)
		buf_text(&b, "--- 1\n");
	expect_made(".yaml", &b,
		    "100000 documents, limit 100001:1 more than 100000 documents in one file");
}
