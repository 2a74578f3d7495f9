#include "check/check.h"
#include "input/files.h"

#include <criterion/criterion.h>

#define EQ(s, text) cr_assert(str_is((s), (text)), "%.*s", STR_ARG(s))

Test(cmd_check, braces_outside_quotes_make_a_template)
{
	cr_assert(check_is_template(STR("a: {{ .Values.a }}\n"), 1));
	cr_assert(check_is_template(STR("a: 1\n{{- if .x }}\nb: 2\n"), 3));
	cr_assert(check_is_template(STR("- {{ include \"x\" . | nindent 4 }}"), 1));
	cr_assert(check_is_template(STR("a: it's {{ .x }}"), 1), "an apostrophe opens no quote");
	cr_assert(check_is_template(STR("a: |\n  text\nb: {{ .x }}\n"), 3));
	cr_assert(check_is_template(STR("#@ if/end x:\na: 1\na: #@ data.values.a\n"), 3), "ytt");
}

Test(cmd_check, braces_that_yaml_can_read_make_none)
{
	cr_assert_not(check_is_template(STR("a: \"{{ .x }}\"\n"), 9));
	cr_assert_not(check_is_template(STR("a: '{{ .x }}'\nb: [x, \"{{ .y }}\"]\n"), 9));
	cr_assert_not(check_is_template(STR("a: \"\\\"{{ .x }}\"\n"), 9));
	cr_assert_not(check_is_template(STR("# {{ .x }}\na: 1 # {{ .y }}\n"), 9));
	cr_assert_not(check_is_template(STR("a: |-\n  {{ .x }}\n\n  {{ .y }}\n"), 9));
	cr_assert_not(check_is_template(STR("a: >2\n   {{ .x }}\n"), 9));
	cr_assert_not(check_is_template(STR(""), 1));
}

Test(cmd_check, braces_below_the_error_do_not_count)
{
	cr_assert_not(check_is_template(STR("a: [\nb: {{ .x }}\n"), 1));
	cr_assert(check_is_template(STR("a: [\nb: {{ .x }}\n"), 2));
}

Test(cmd_files, paths_become_absolute_without_asking_the_disk)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(files_absolute(a, STR("/home/u"), STR("a/./b//c.yaml")), "/home/u/a/b/c.yaml");
	EQ(files_absolute(a, STR("/home/u"), STR("../../../../x")), "/x");
	EQ(files_absolute(a, STR("/home/u"), STR("/x/../y/")), "/y");
	EQ(files_absolute(a, STR("/"), STR(".")), "/");
}

Test(cmd_files, paths_become_relative_to_where_one_is)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(files_relative(a, STR("/home/u"), STR("/home/u/apps/a")), "apps/a");
	EQ(files_relative(a, STR("/home/u/apps"), STR("/home/u/base")), "../base");
	EQ(files_relative(a, STR("/home/u"), STR("/home/u")), ".");
	EQ(files_relative(a, STR("/usr"), STR("/home/u")), "/home/u");
	EQ(files_relative(a, STR("/"), STR("/home/u")), "home/u");
}

Test(cmd_files, folder_and_name_are_the_parts_of_a_path)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(files_folder(STR("/a/b.yaml")), "/a");
	EQ(files_folder(STR("/b.yaml")), "/");
	EQ(files_folder(STR("/")), "/");
	EQ(files_name(STR("a/b.yaml")), "b.yaml");
	EQ(files_name(STR("b.yaml")), "b.yaml");
	EQ(files_join(a, STR("."), STR("b.yaml")), "b.yaml");
	EQ(files_join(a, STR("/"), STR("b.yaml")), "/b.yaml");
	EQ(files_join(a, STR("a"), STR("b.yaml")), "a/b.yaml");
}
