/* Hosts, globs of a policy, and text that something else fills in. */
#include "cnpg/location.h"
#include "cnpg/object.h"
#include "rules/params.h"

#include <criterion/criterion.h>
#include <string.h>

Test(names, a_host_may_end_with_a_dot)
{
	static const char *const good[] = {
		"minio.example.org", "minio.example.org.", "minio", "minio.", "[::1]", "a-b.c"};
	static const char *const bad[] = {"minio..", ".minio",	"minio..org", "-a.org",
					  "a-.org",  "a_b.org", "[::1",	      ""};

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		cr_expect(host_is_valid(str_from(good[i])), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_expect_not(host_is_valid(str_from(bad[i])), "%s", bad[i]);
}

Test(names, a_label_of_a_host_has_63_bytes_at_most)
{
	char host[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org";
	struct str text = str_from(host);

	cr_assert_eq(text.len, 69);
	cr_expect_not(host_is_valid(text));
	cr_expect_not(host_is_valid(str_slice(text, 1, text.len)));
	cr_expect(host_is_valid(str_slice(text, 2, text.len)));
}

static bool matches(const char *pattern, size_t pattern_len, size_t text_len)
{
	static char text[300], glob[300];
	struct str item = {glob, pattern_len};

	memset(text, 'a', sizeof text);
	memset(glob, 'a', sizeof glob);
	memcpy(glob, pattern, strlen(pattern));
	return str_list_matches((struct str_list){&item, 1}, (struct str){text, text_len});
}

Test(names, a_glob_is_of_255_bytes_and_so_is_what_it_takes)
{
	cr_expect(matches("*", 1, 255));
	cr_expect_not(matches("*", 1, 256));
	cr_expect(matches("*", 255, 255));
	cr_expect_not(matches("*", 256, 255));
	cr_expect(matches("aa", 2, 2));
	cr_expect_not(matches("aa", 2, 3));
}

Test(names, of_several_globs_any_takes_it)
{
	static char wide[300];
	struct str items[] = {{wide, sizeof wide}, STR("b*"), STR("c?")};
	struct str_list list = {items, ARRAY_LEN(items)};

	memset(wide, '*', sizeof wide);
	cr_expect(str_list_matches(list, STR("bc")));
	cr_expect(str_list_matches(list, STR("cb")));
	cr_expect_not(str_list_matches(list, STR("cbb")));
	cr_expect_not(str_list_matches((struct str_list){items, 0}, STR("bc")));
	cr_expect(str_list_has(list, STR("b*")));
	cr_expect_not(str_list_has(list, STR("bc")));
}

Test(names, a_placeholder_is_closed)
{
	static const struct {
		const char *value, *which; /* NULL: none */
	} rows[] = {
		{"{{ a }}", "{{ a }}"},
		{"x{{a}}y{{b}}", "{{a}}"},
		{"{{ a }", NULL},
		{"{{ a", NULL},
		{"a }}", NULL},
		{"${A}", "${A}"},
		{"x-${A}-${B}", "${A}"},
		{"${A", NULL},
		{"A}", NULL},
		{"plain", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str which = STR_EMPTY;
		bool is = value_is_placeholder(str_from(rows[i].value), &which);

		cr_expect_eq(is, rows[i].which != NULL, "%s", rows[i].value);
		if (rows[i].which)
			cr_expect(str_is(which, rows[i].which), "%s: %.*s", rows[i].value,
				  STR_ARG(which));
	}
}
