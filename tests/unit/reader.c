#include "input/reader.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "doc/obj.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two documents of three nodes each. */
#define TWO "a: 1\nb: 2\n---\nc: 3\nd: 4\n"

static struct str put(struct arena *a, const char *name, struct str text)
{
	struct str path = arena_fmt(a, "%s", name);
	struct err err;

	cr_assert(file_replace(a, path, NULL, text, &err), "%s", err.msg);
	return path;
}

static struct arena *in_new_folder(void)
{
	struct arena *a = arena_new();
	char folder[] = "/tmp/reader.XXXXXX";

	cr_assert(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	return a;
}

/* Of one file, alone. */
static bool is_ahead(struct arena *a, struct str path, struct doc_budget budget)
{
	struct reader *r = reader_new(a, &path, 1);
	bool ahead = reader_take(r, 0, &budget)->arena != NULL;

	reader_free(r);
	return ahead;
}

Test(reader, files_come_in_order_and_are_taken_off_the_budget)
{
	CLEANUP(arena) struct arena *a = in_new_folder();
	enum { FILES = 200 };
	struct str paths[FILES];
	struct doc_budget budget = DOC_BUDGET;
	struct arena *kept = NULL;
	const struct doc *first = NULL;

	for (size_t i = 0; i < FILES; i++) {
		struct str name = arena_fmt(a, "%zu.yaml", i);

		paths[i] = put(a, name.ptr, arena_fmt(a, "at: %zu\n", i));
	}
	struct reader *r = reader_new(a, paths, FILES);
	for (size_t i = 0; i < FILES; i++) {
		struct reader_file *f = reader_take(r, i, &budget);
		int64_t at = -1;

		cr_assert(f->arena && f->whole && f->docs.len == 1);
		cr_assert_eq(obj_int(doc_root(f->docs.docs[0]), "at", &at), OBJ_SET);
		cr_assert_eq(at, (int64_t)i);
		cr_assert_eq(DOC_BUDGET.nodes - budget.nodes, 2 * (i + 1));
		if (i)
			continue;
		first = f->docs.docs[0];
		kept = f->arena;
		f->arena = NULL;
	}
	reader_free(r);
	int64_t at = -1;
	cr_assert_eq(obj_int(doc_root(first), "at", &at), OBJ_SET); /* who keeps it has it */
	cr_assert_eq(at, 0);
	arena_free(kept);
}

Test(reader, a_file_that_is_broken_is_told_with_what_stands_before)
{
	CLEANUP(arena) struct arena *a = in_new_folder();
	struct str path = put(a, "a.yaml", STR(TWO "---\ne: [\n"));
	struct doc_budget budget = DOC_BUDGET;
	struct reader *r = reader_new(a, &path, 1);
	const struct reader_file *f = reader_take(r, 0, &budget);

	cr_assert(f->arena && !f->whole);
	cr_assert_eq(f->docs.len, 2);
	cr_assert_eq(f->err.code, E_SYNTAX);
	cr_assert_eq(DOC_BUDGET.nodes - budget.nodes, 6);
	reader_free(r);
}

Test(reader, what_is_no_file_is_left)
{
	CLEANUP(arena) struct arena *a = in_new_folder();

	cr_assert_eq(mkfifo("pipe.yaml", 0600), 0); /* opening it would wait for a writer */
	cr_assert_not(is_ahead(a, STR("pipe.yaml"), DOC_BUDGET));
	cr_assert_not(is_ahead(a, STR("missing.yaml"), DOC_BUDGET));
	cr_assert_not(is_ahead(a, STR_EMPTY, DOC_BUDGET));
}

static struct str comment(struct arena *a, size_t len)
{
	char *text = arena_alloc(a, len);

	memset(text, '#', len);
	return (struct str){text, len};
}

Test(reader, what_is_large_is_left)
{
	CLEANUP(arena) struct arena *a = in_new_folder();

	cr_assert(is_ahead(a, put(a, "a.yaml", comment(a, LIMIT_AHEAD_BYTES)), DOC_BUDGET));
	cr_assert_not(is_ahead(a, put(a, "b.yaml", comment(a, LIMIT_AHEAD_BYTES + 1)), DOC_BUDGET));
}

/* Else 32 such files would take half a gigabyte. */
Test(reader, what_has_more_nodes_than_manifests_is_left)
{
	CLEANUP(arena) struct arena *a = in_new_folder();
	struct buf text = BUF_ARENA(a);

	buf_text(&text, "[0");
	for (size_t i = 2; i < LIMIT_AHEAD_NODES; i++)
		buf_text(&text, ",0");
	size_t len = text.len;
	buf_text(&text, "]");
	cr_assert(is_ahead(a, put(a, "a.yaml", buf_slice(&text)), DOC_BUDGET));
	text.len = len;
	buf_text(&text, ",0]");
	cr_assert_not(is_ahead(a, put(a, "b.yaml", buf_slice(&text)), DOC_BUDGET));
}

/* It would have been refused with less than it was read with, or not: who takes it finds out. */
Test(reader, the_last_of_a_budget_is_left)
{
	CLEANUP(arena) struct arena *a = in_new_folder();
	struct str path = put(a, "a.yaml", STR(TWO));

	cr_assert(is_ahead(a, path, (struct doc_budget){LIMIT_AHEAD_NODES, LIMIT_AHEAD_COPIES}));
	cr_assert_not(
		is_ahead(a, path, (struct doc_budget){LIMIT_AHEAD_NODES - 1, LIMIT_AHEAD_COPIES}));
	cr_assert_not(
		is_ahead(a, path, (struct doc_budget){LIMIT_AHEAD_NODES, LIMIT_AHEAD_COPIES - 1}));
}
