#include "base/arena.h"
#include "rules/template.h"

#include <criterion/criterion.h>
#include <string.h>

static bool matches(const char *template, const char *value, struct template_bindings *b)
{
	return template_match(str_from(template), str_from(value), b);
}

static bool fresh(const char *template, const char *value)
{
	struct template_bindings b = {0};

	return matches(template, value, &b);
}

Test(rules_template, placeholder_is_one_or_more_bytes_without_slash)
{
	struct template_bindings b = {0};

	cr_assert(matches("{app}-minio-store", "paperless-minio-store", &b));
	cr_assert(str_is(b.app, "paperless"));
	cr_assert_not(fresh("{app}-minio-store", "-minio-store"));
	cr_assert_not(fresh("s3://b/{app}", "s3://b/a/b"));
	cr_assert(fresh("s3://b/{app}/{cluster}", "s3://b/a/b"));
	cr_assert_not(fresh("{app}", ""));
	cr_assert(fresh("", ""));
	cr_assert_not(fresh("", "a"));
}

Test(rules_template, placeholder_agrees_with_itself_in_one_template)
{
	struct template_bindings b = {0};

	cr_assert(matches("{app}/{app}-db", "wiki/wiki-db", &b));
	cr_assert(str_is(b.app, "wiki"));
	cr_assert_not(fresh("{app}/{app}-db", "wiki/blog-db"));
}

Test(rules_template, binding_holds_from_one_template_to_the_next)
{
	struct template_bindings b = {0};

	cr_assert(matches("{app}-minio-store", "wiki-minio-store", &b));
	cr_assert(matches("s3://b/{app}/{cluster}", "s3://b/wiki/db", &b));
	cr_assert_not(matches("s3://c/{app}", "s3://c/blog", &b));
	cr_assert(str_is(b.cluster, "db"));
}

Test(rules_template, failure_leaves_the_bindings_as_they_were)
{
	struct template_bindings b = {.namespace = STR("prod")};

	cr_assert_not(matches("{app}-{namespace}-{cluster}", "wiki-test-db", &b));
	cr_assert_eq(b.app.len, 0);
	cr_assert_eq(b.cluster.len, 0);
	cr_assert(str_is(b.namespace, "prod"));
}

Test(rules_template, backtracks_over_a_literal_that_is_also_in_a_name)
{
	struct template_bindings b = {.cluster = STR("my-app-db")};

	cr_assert(matches("{app}-{cluster}-x", "a-b-my-app-db-x", &b));
	cr_assert(str_is(b.app, "a-b"));
}

Test(rules_template, shortest_app_wins)
{
	struct template_bindings b = {0};

	cr_assert(matches("{app}-{cluster}", "a-b-c", &b));
	cr_assert(str_is(b.app, "a"));
	cr_assert(str_is(b.cluster, "b-c"));
}

Test(rules_template, name_has_at_most_253_bytes)
{
	char name[256];

	memset(name, 'a', sizeof name);
	name[253] = '\0';
	cr_assert(fresh("{app}", name));
	name[253] = 'a';
	name[254] = '\0';
	cr_assert_not(fresh("{app}", name));
}

static size_t aliases(regex_t *out, const char *pattern)
{
	cr_assert_eq(regcomp(out, pattern, REG_EXTENDED), 0);
	return 1;
}

Test(rules_template, alias_is_stripped_from_both_sides)
{
	regex_t regex;
	struct template_bindings b = {.cluster = STR("db-restored"), .aliases = &regex};

	b.aliases_len = aliases(&regex, "-restored$");
	cr_assert(matches("{cluster}-backup", "db-backup", &b));
	cr_assert(matches("{cluster}-backup", "db-restored-backup", &b));
	cr_assert_not(matches("{cluster}-backup", "other-backup", &b));
	b.cluster = STR("db");
	cr_assert(matches("{cluster}-backup", "db-restored-backup", &b));
	cr_assert(str_is(b.cluster, "db"), "what was bound stays");
	regfree(&regex);
}

Test(rules_template, alias_never_strips_a_whole_name)
{
	regex_t regex;
	struct template_bindings b = {.cluster = STR("-restored"), .aliases = &regex};

	b.aliases_len = aliases(&regex, "-restored$");
	cr_assert_not(matches("{cluster}-backup", "db-backup", &b));
	regfree(&regex);
}

/* 253 * 253 attempts of the first two placeholders, and none of them fits: ends at once. */
Test(rules_template, many_ways_to_fail_end_soon, .timeout = 10)
{
	char value[4096];

	memset(value, '-', sizeof value);
	value[sizeof value - 1] = '\0';
	cr_assert_not(fresh("{app}-{namespace}-{cluster}-{app}{cluster}/-", value));
	value[700] = '\0';
	cr_assert_not(fresh("{app}-{namespace}-{cluster}-{namespace}{cluster}a{app}", value));
}

Test(rules_template, check_names_what_is_no_placeholder)
{
	struct err err = {0};

	cr_assert(template_check(STR("s3://b/{app}/{namespace}-{cluster}"), &err));
	cr_assert_not(template_check(STR("s3://b/{appp}/x"), &err));
	cr_assert(strstr(err.msg, "'{appp}'"), "%s", err.msg);
	cr_assert_not(template_check(STR("{app"), &err));
	cr_assert(strstr(err.msg, "'{app'"), "%s", err.msg);
	cr_assert_not(template_check(STR("app}"), &err));
	cr_assert_not(template_check(STR("{"), &err));
}

Test(rules_template, fill_leaves_free_placeholders_for_the_reader)
{
	struct template_bindings b = {.app = STR("wiki")};
	struct buf out CLEANUP(buf) = {0};

	template_fill(STR("s3://b/{app}/{cluster}"), &b, &out);
	cr_assert(str_is(buf_slice(&out), "s3://b/wiki/<cluster>"), "%.*s",
		  STR_ARG(buf_slice(&out)));
}
