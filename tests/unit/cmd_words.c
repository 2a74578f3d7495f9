/*
 * What is printed from the rows of commands: --help and the manual page. The rows here are small
 * ones with an option of every kind; tests/golden/words holds what comes of them.
 * GUARD_WRITE_EXPECT=1 writes it anew: read what it wrote.
 */
#include "base/arena.h"
#include "cmd/cmd.h"
#include "cmd/man.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char *const colours[] = {"red", "green", NULL};

static const struct opt opts[] = {
	{.name = "quiet", .letter = 'q', .help = "say nothing; it's [quiet]: really"},
	{.name = "colour",
	 .letter = 'c',
	 .arg = "COLOUR",
	 .choices = colours,
	 .help = "one of two (red)"},
	{.name = "input", .letter = 'i', .arg = "FILE", .help = "a file, or a \\ in fish"},
	{.name = "place", .arg = "DIR", .choices = colours, .help = "a folder, two are known"},
	{.name = "a-very-long-option",
	 .arg = "DURATION",
	 .help = "one whose name leaves no room beside it, and whose help goes on over the end of the line (1m)"},
	{.name = "just-as-wide-as-it", .arg = "N", .help = "one that leaves no blank"},
	{.name = "just-fits-beside-", .arg = "N", .help = "one that leaves one"},
};

static const struct cmd paint = {
	.name = "paint",
	.operands = "PATH...",
	.opts = opts,
	.opts_len = ARRAY_LEN(opts),
	.summary = "paint it; don't ask",
	.about =
		"A first paragraph of words that is longer than a line.\n\n.a second one, with a - and a \\",
};
static const struct cmd plain = {.name = "plain", .summary = "do nothing"};
static const struct cmd help = {.name = "help", .operands = "[COMMAND]", .summary = "help"};
static const struct cmd shell = {.name = "shell", .operands = "SHELL", .summary = "print it"};
static const struct cmd *const table[] = {&paint, &plain, &help, &shell};

static void is_golden(const char *name, struct str text)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str path = arena_fmt(a, "tests/golden/words/%s", name), wanted;
	struct err err;

	if (getenv("GUARD_WRITE_EXPECT")) {
		FILE *f = fopen(path.ptr, "w");

		cr_assert(f && fwrite(text.ptr, 1, text.len, f) == text.len && !fclose(f));
	}
	cr_assert(file_read(a, path, 1 << 20, &wanted, &err), "%s", err.msg);
	cr_assert(str_eq(text, wanted), "%s:\n%.*s", name, STR_ARG(text));
}

Test(cmd_words, help_of_a_command)
{
	CLEANUP(buf) struct buf out = {0};

	cmd_usage(&paint, &out);
	cmd_usage(&plain, &out);
	cmd_overview(table, ARRAY_LEN(table), &out);
	is_golden("help", buf_slice(&out));
}

/* All but the list of rules, which tests/cli compares with them. */
Test(cmd_words, the_manual_page)
{
	CLEANUP(buf) struct buf out = {0}, rest = {0};

	man_write(table, ARRAY_LEN(table), &out);
	size_t rules = str_find(buf_slice(&out), STR(".SH RULES"));
	size_t after = str_find(buf_slice(&out), STR(".SH EXIT"));
	cr_assert(rules != STR_NONE && after != STR_NONE && rules < after);
	buf_str(&rest, str_slice(buf_slice(&out), 0, rules));
	buf_str(&rest, str_slice(buf_slice(&out), after, out.len));
	is_golden("man", buf_slice(&rest));
}
