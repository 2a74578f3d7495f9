#include "input/markdown.h"

#include <criterion/criterion.h>

#define CLUSTER "apiVersion: postgresql.cnpg.io/v1\n"
#define BLANKS "                                 \n"

static void assert_yaml(struct str text, struct str want)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str got = markdown_yaml(a, text);

	cr_assert(str_eq(got, want), "%.*s becomes %.*s", STR_ARG(text), STR_ARG(got));
}

Test(markdown, is_told_by_the_name)
{
	cr_assert(markdown_is(STR("docs/a.md")));
	cr_assert(markdown_is(STR("a.markdown")));
	cr_assert_not(markdown_is(STR("a.mdx")));
	cr_assert_not(markdown_is(STR("md")));
}

Test(markdown, lines_and_columns_stay_where_they_are)
{
	assert_yaml(STR("# A page\n```yaml\n" CLUSTER "```\ntext\n"),
		    STR("        \n---    \n" CLUSTER "   \n    \n"));
	assert_yaml(STR("1. Ünd\n   ~~~ YML title=x\n   " CLUSTER "   ~~~~\n"),
		    STR("       \n---               \n   " CLUSTER "       \n"));
}

Test(markdown, a_fence_ends_with_its_own_sign_or_with_the_file)
{
	assert_yaml(STR("````yaml\n" CLUSTER "```\n~~~\n"), STR("---     \n" CLUSTER "```\n~~~\n"));
	assert_yaml(STR("```yaml\n" CLUSTER "```x\n```\nkind: x\n"),
		    STR("---    \n" CLUSTER "```x\n   \n       \n"));
}

Test(markdown, only_yaml_of_ours_is_taken)
{
	assert_yaml(STR(CLUSTER), STR(""));
	assert_yaml(STR("```sh\n" CLUSTER "```\n"), STR(""));
	assert_yaml(STR("```yaml\nkind: Secret\n```\n"), STR(""));
	assert_yaml(STR("```yaml"), STR(""));
	assert_yaml(STR("```sh\n" CLUSTER "```\n```yaml\n" CLUSTER "```\n"),
		    STR("     \n" BLANKS "   \n---    \n" CLUSTER "   \n"));
}
