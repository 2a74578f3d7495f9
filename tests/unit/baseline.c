/* What is no baseline, and what one covers wherever it lies; and files that are changed in place.
 */
#include "base/file.h"
#include "base/limits.h"
#include "check/baseline.h"
#include "check/diff.h"
#include "check/rewrite.h"
#include "rules/rule.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/guard-XXXXXX";

static void begin(void)
{
	cr_assert(mkdtemp(folder) && chdir(folder) == 0);
}

static void end(void)
{
	unlink("file");
	cr_assert(chdir("/") == 0 && rmdir(folder) == 0);
}

TestSuite(baseline, .init = begin, .fini = end);
TestSuite(rewrite, .init = begin, .fini = end);

static void put(const char *text)
{
	int fd = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	size_t len = str_from(text).len;

	cr_assert(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	close(fd);
}

Test(baseline, what_is_none_has_its_place)
{
	static const struct {
		const char *text, *why; /* NULL: it is one */
	} table[] = {
		{"{\"version\": 1, \"findings\": []}", NULL},
		{"{\"version\": 1, \"findings\": [{\"rule\": \"r\", \"file\": \"f\"}]}", NULL},
		{"{\"version\": 1, \"findings\": [{\"rule\": \"r\", \"name\": \"n\"}]}", NULL},
		{"{\"findings\": []}", "file:1:1: is no baseline: it has no version"},
		{"{\"version\": \"1\", \"findings\": []}",
		 "file:1:1: is no baseline: it has no version"},
		{"{\"version\": 0, \"findings\": []}",
		 "file:1:2: is of another version: write it again"},
		{"{\n  \"version\": 2, \"findings\": []}",
		 "file:2:3: is of another version: write it again"},
		{"{\"version\": 1}", "file:1:1: is no baseline: it has no list of findings"},
		{"{\"version\": 1, \"findings\": {}}",
		 "file:1:1: is no baseline: it has no list of findings"},
		{"{\"version\": 1, \"findings\": [\n{\"rule\": 1, \"file\": \"f\"}]}",
		 "file:2:2: must be a string"},
		{"{\"version\": 1, \"findings\": [\n{\"rule\": \"r\"}]}",
		 "file:2:1: an entry must have rule and file, or, of an audit, name"},
		{"{\"version\": 1, \"findings\": [\n {\"file\": \"f\"}]}",
		 "file:2:2: an entry must have rule and file, or, of an audit, name"},
		{"", "file: is no baseline: it must hold one JSON object"},
		{"{}\n---\n{}\n", "file: is no baseline: it must hold one JSON object"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct baseline *b;
		struct err err = {0};

		put(table[i].text);
		bool ok = baseline_read(a, STR("file"), &b, &err);
		cr_expect_eq(ok, !table[i].why, "%s", table[i].text);
		if (table[i].why)
			cr_expect_str_eq(err.msg, table[i].why);
	}
}

static const struct rule rule = {.id = "r"};

/* How many entries of `text` are repaired when nothing is found in `path`. */
static size_t repaired(struct arena *a, const char *text, const char *path, const char *unreadable)
{
	struct report r = {.arena = a};
	struct str paths[] = {str_from(path)};
	struct baseline *b;
	struct err err = {0};

	put(text);
	cr_assert(baseline_read(a, STR("file"), &b, &err), "%s", err.msg);
	if (unreadable)
		report_add_error(&r, str_from(unreadable), &err, STR_EMPTY);
	baseline_apply(b, paths, 1, &r);
	return r.repaired;
}

Test(baseline, what_was_looked_for_and_not_found_is_repaired)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *input =
		"{\"version\": 1, \"findings\": [{\"rule\": \"r\", \"file\": \"<stdin>\"}]}";
	const char *file =
		"{\"version\": 1, \"findings\": [{\"rule\": \"r\", \"file\": \"a/b.yaml\"}]}";

	cr_expect_eq(repaired(a, input, "-", NULL), 1);
	cr_expect_eq(repaired(a, input, "-", "<stdin>"), 0);
	cr_expect_eq(repaired(a, input, "a", NULL), 0);
	cr_expect_eq(repaired(a, file, "-", NULL), 0);
	cr_expect_eq(repaired(a, file, "a", NULL), 1);
	cr_expect_eq(repaired(a, file, "a/b.yaml", NULL), 1);
	cr_expect_eq(repaired(a, file, "a/b", NULL), 0);
	cr_expect_eq(repaired(a, file, "/", NULL), 1);
	cr_expect_eq(repaired(a, file, "a", "a/b.yaml"), 0);
}

Test(baseline, of_the_root_folder_names_are_relative_to_it)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report_finding old = {.finding = {.rule = &rule, .severity = SEV_DENY},
				     .file = STR("/x/a.yaml")},
			      new[] = {old, old};
	struct report before = {.arena = a, .findings = {&old, 1, 1}};
	struct report after = {.arena = a, .findings = {new, 2, 2}};
	struct str path = STR("/r");

	new[0].file = STR("/r/x/a.yaml");
	new[1].file = STR("/r/y/a.yaml");
	baseline_apply(baseline_of(&before, STR("/"), STR("/r")), &path, 1, &after);
	cr_assert_eq(after.baselined.len, 1);
	cr_expect(str_is(after.baselined.items[0].file, "/r/x/a.yaml"));
	cr_assert_eq(after.findings.len, 1);
	cr_expect(str_is(after.findings.items[0].file, "/r/y/a.yaml"));
}

static void refused(const char *path, const char *old, const char *why)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct err err = {0};

	cr_expect_not(rewrite_file(a, str_from(path), str_from(old), STR("new"), &err));
	cr_expect_str_eq(err.msg, why);
}

Test(rewrite, a_file_that_is_not_what_was_read_is_left_alone)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str now;
	struct err err;

	refused("file", "old", "not changed, it cannot be found: No such file or directory");
	refused(".", "old", "not changed: it is no regular file");
	put("olt");
	refused("file", "old", "not changed: somebody else has changed it meanwhile");
	chmod("file", 0400);
	refused("file", "olt", "not changed: the file is read-only");
	chmod("file", 0600);
	cr_assert(file_read(a, STR("file"), LIMIT_FILE_BYTES, &now, &err));
	cr_expect(str_is(now, "olt"));
	cr_assert(rewrite_file(a, STR("file"), STR("olt"), STR("new"), &err), "%s", err.msg);
	cr_assert(file_read(a, STR("file"), LIMIT_FILE_BYTES, &now, &err));
	cr_expect(str_is(now, "new"));
}

Test(diff, a_name_that_would_end_is_in_quotes)
{
	static const struct {
		const char *path, *head;
	} table[] = {
		{"a.yaml", "--- a/a.yaml\n+++ b/a.yaml\n@@"},
		{"//a.yaml", "--- a/a.yaml\n+++ b/a.yaml\n@@"},
		{"a b.yaml", "--- a/a b.yaml\t\n+++ b/a b.yaml\t\n@@"},
		{"a\"\\b.yaml", "--- \"a/a\\\"\\\\b.yaml\"\n+++ \"b/a\\\"\\\\b.yaml\"\n@@"},
		{"a\\b.yaml", "--- \"a/a\\\\b.yaml\"\n"},
		{"a\nb\x7f.yaml", "--- \"a/a\\012b\\177.yaml\"\n+++ \"b/a\\012b\\177.yaml\"\n@@"},
		{"\xc3\xa4.yaml", "--- a/\xc3\xa4.yaml\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct buf out = BUF_ARENA(a);
		const struct diff_texts texts = {
			.path = str_from(table[i].path), .old = STR("1\n"), .new = STR("2\n")};

		cr_assert(diff_write(a, &texts, &out));
		cr_expect(str_has_prefix(buf_slice(&out), str_from(table[i].head)), "%.*s",
			  STR_ARG(buf_slice(&out)));
	}
}

Test(diff, of_equal_texts_there_is_none)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf out = BUF_ARENA(a);

	cr_assert(diff_write(
		a, &(struct diff_texts){.path = STR("a"), .old = STR("1"), .new = STR("1")}, &out));
	cr_expect_eq(out.len, 0);
}
