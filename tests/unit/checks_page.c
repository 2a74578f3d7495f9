#include "base/arena.h"
#include "checks/page.h"
#include "checks/table.h"
#include "doc/doc.h"
#include "wall.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define TITLE "# no-such-rule\n\n"
#define SUMMARY "It is wrong.\n\n"
#define WHY "## Why\n\nFirst line, and\nthe second.\n\n"
#define FIX "## What to do\n\nMend it.\n\n"
#define BAD "## Wrong\n\n```yaml\nspec:\n  size: 0\n```\n\n"
#define GOOD "## Right\n\n```yaml\nspec: {size: 1}\n```\n"

static bool is_refused(const char *text, uint32_t line, const char *why)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct page page;
	struct err err = {0};
	bool read = page_parse(a, str_from(text), &page, &err);

	cr_expect(read || str_contains(str_from(err.msg), str_from(why)), "%s", err.msg);
	cr_expect(read || err.line == line, "%s: line %u", err.msg, err.line);
	return !read;
}

Test(checks_page, words_are_put_on_one_line_and_examples_are_left_as_they_are)
{
	CLEANUP(arena) struct arena *a = arena_new();
	CLEANUP(wall) struct wall w = wall_build(STR(TITLE SUMMARY WHY FIX BAD GOOD));
	struct page page;
	struct err err;

	cr_assert(page_parse(a, w.text, &page, &err), "%s", err.msg);
	cr_expect(str_is(page.id, "no-such-rule"));
	cr_expect(str_is(page.summary, "It is wrong."));
	cr_expect(str_is(page.why, "First line, and the second."));
	cr_expect(str_is(page.fix, "Mend it."));
	cr_expect(str_is(page.bad, "spec:\n  size: 0"));
	cr_expect(str_is(page.good, "spec: {size: 1}"));
}

Test(checks_page, every_beginning_of_a_page_is_refused)
{
	const struct str text = STR(TITLE SUMMARY WHY FIX BAD GOOD);
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t len = 0; len < text.len; len++) {
		CLEANUP(wall) struct wall w = wall_build(str_slice(text, 0, len));
		struct page page;
		struct err err;

		cr_expect_not(page_parse(a, w.text, &page, &err), "%zu", len);
	}
}

Test(checks_page, a_section_that_is_missing_in_another_place_or_too_much_is_refused)
{
	cr_expect(is_refused(SUMMARY WHY FIX BAD GOOD, 1, "the rule's id"));
	cr_expect(is_refused(TITLE WHY FIX BAD GOOD, 3, "block of Markdown"));
	cr_expect(is_refused(TITLE SUMMARY FIX BAD GOOD, 5, "'## Why' is expected"));
	cr_expect(is_refused(TITLE SUMMARY WHY BAD GOOD, 10, "'## What to do' is expected"));
	cr_expect(is_refused(TITLE SUMMARY WHY FIX GOOD, 14, "'## Wrong' is expected"));
	cr_expect(is_refused(TITLE SUMMARY FIX WHY BAD GOOD, 5, "'## Why' is expected"));
	cr_expect(is_refused(TITLE SUMMARY WHY FIX BAD BAD GOOD, 21, "'## Right' is expected"));
	cr_expect(is_refused(TITLE SUMMARY WHY FIX BAD GOOD "\n## More\n", 26, "a page ends"));
	cr_expect(is_refused(TITLE SUMMARY WHY FIX BAD GOOD "\n", 26, "a page ends"));
}

Test(checks_page, what_markdown_would_not_show_as_words_is_refused)
{
	static const struct {
		const char *summary, *why;
	} wrong[] = {
		{"- a list\n\n", "block of Markdown"},
		{"12. a list\n\n", "block of Markdown"},
		{"3) a list\n\n", "block of Markdown"},
		{"> it said\n\n", "block of Markdown"},
		{"    code\n\n", "block of Markdown"},
		{"| cell |\n\n", "block of Markdown"},
		{"A name as <app>.\n\n", "for HTML"},
		{"A hard break  \n\n", "blanks at the end"},
		{"\nIt is wrong.\n\n", "words are expected"},
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		char text[512];

		snprintf(text, sizeof text, "%s%s%s", TITLE, wrong[i].summary, WHY FIX BAD GOOD);
		cr_expect(is_refused(text, 3, wrong[i].why), "%s", wrong[i].summary);
	}
	cr_expect_not(is_refused(TITLE "0 3 * * * is daily, 2 of 3 are not.\n\n" WHY FIX BAD GOOD,
				 0, ""));
}

Test(checks_page, an_example_is_fenced_as_yaml_and_not_empty)
{
	const char *open = "## Right\n\n```yaml\nspec: {size: 1}\n";
	char text[512];

	snprintf(text, sizeof text, "%s%s", TITLE SUMMARY WHY FIX BAD, open);
	cr_expect(is_refused(text, 25, "no end"));
	cr_expect(is_refused(TITLE SUMMARY WHY FIX BAD "## Right\n\n```\na: 1\n```\n", 23,
			     "'```yaml' is expected"));
	cr_expect(
		is_refused(TITLE SUMMARY WHY FIX BAD "## Right\n\n```yaml\n```\n", 24, "is empty"));
}

Test(checks_page, each_page_is_of_a_rule)
{
	struct str rest = page_texts(), text, line;
	size_t count = 0;

	while (page_next(&rest, &text)) {
		cr_assert(str_split(&text, '\n', &line));
		line = str_slice(line, STR("# ").len, line.len);
		cr_expect(rule_find(line), "no rule has the page '%.*s'", STR_ARG(line));
		count++;
	}
	cr_expect_eq(count, rules_len);
}

Test(checks_page, each_rule_has_a_page_that_begins_with_its_summary)
{
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < rules_len; i++) {
		struct page page = page_of(a, rules[i].id);

		cr_expect(str_eq(page.summary, arena_fmt(a, "%s.", rules[i].summary)), "%s",
			  rules[i].id);
	}
}

static bool is_yaml(struct arena *a, struct str example)
{
	struct doc_list docs;
	struct err err;

	return doc_read_yaml(a, example, &docs, &err) && docs.len;
}

Test(checks_page, examples_are_two_and_yaml)
{
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < rules_len; i++) {
		struct page page = page_of(a, rules[i].id);

		cr_expect(is_yaml(a, page.bad) && is_yaml(a, page.good), "%s", rules[i].id);
		cr_expect_not(str_eq(page.bad, page.good), "%s", rules[i].id);
	}
}
