#include "cnpg/secret.h"

#include <criterion/criterion.h>

static struct obj read_json(struct arena *a, const char *text)
{
	const struct doc *d = NULL;
	struct err e;

	cr_assert(doc_read_json(a, str_from(text), &d, &e), "%s: %s", text, e.msg);
	return doc_root(d);
}

static enum secret_is value_of(struct arena *a, const char *secret, const char *key,
			       struct str *value)
{
	struct obj at;

	return secret_value(read_json(a, secret), str_from(key), a, value, &at);
}

Test(secret, string_data_wins_over_data)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str value = STR_EMPTY;

	cr_assert_eq(value_of(a, "{\"data\":{\"k\":\"b25l\"},\"stringData\":{\"k\":\"two\"}}", "k",
			      &value),
		     SECRET_SET);
	cr_assert(str_is(value, "two"));
	cr_assert_eq(value_of(a, "{\"data\":{\"k\":\"b25l\"},\"stringData\":{\"l\":\"two\"}}", "k",
			      &value),
		     SECRET_SET);
	cr_assert(str_is(value, "one"));
	cr_assert_eq(
		value_of(a, "{\"data\":{\"k\":\"b25l\"},\"stringData\":{\"k\":null}}", "k", &value),
		SECRET_SET);
	cr_assert_eq(value.len, 0);
}

Test(secret, value_may_be_absent_unknown_or_not_base64)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str value = STR("before");

	cr_assert_eq(value_of(a, "{}", "k", &value), SECRET_ABSENT);
	cr_assert_eq(value_of(a, "{\"data\":{\"k\":7}}", "k", &value), SECRET_UNKNOWN);
	cr_assert_eq(value_of(a, "{\"data\":{\"k\":\"${K}\"}}", "k", &value), SECRET_UNKNOWN);
	cr_assert_eq(value_of(a, "{\"data\":{\"k\":\"ENC[AES256_GCM,data:x]\"}}", "k", &value),
		     SECRET_UNKNOWN);
	cr_assert_eq(value_of(a, "{\"data\":{\"k\":\"x y\"},\"sops\":{}}", "k", &value),
		     SECRET_UNKNOWN);
	cr_assert_eq(value_of(a, "{\"data\":{\"k\":\"x y\"}}", "k", &value), SECRET_NOT_BASE64);
	cr_assert(str_is(value, "before"));
}

Test(secret, escaped_nul_in_string_data_is_a_value)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str value = STR_EMPTY;

	cr_assert_eq(value_of(a, "{\"stringData\":{\"k\":\"a\\u0000b\"}}", "k", &value),
		     SECRET_SET);
	cr_assert(str_eq(value, STR("a\0b")));
}
