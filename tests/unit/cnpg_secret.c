#include "cnpg/secret.h"

#include "wall.h"

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

static enum produces produces(const char *external_secret, const char *key)
{
	CLEANUP(arena) struct arena *a = arena_new();

	return external_secret_produces(read_json(a, external_secret), str_from(key));
}

Test(secret, base64_is_read_as_go_reads_it)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const struct {
		const char *text;
		struct str bytes;
	} good[] = {
		{"", STR_INIT("")},
		{"Zg==", STR_INIT("f")},
		{"Zm8=", STR_INIT("fo")},
		{"Zm9v", STR_INIT("foo")},
		{"Zm9vYmFy\n", STR_INIT("foobar")},
		{"Zm9v\r\nYg\r\n==", STR_INIT("foob")},
		{"AP/+", STR_INIT("\x00\xff\xfe")},
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct wall w CLEANUP(wall) = wall_build(str_from(good[i].text));
		struct str out;

		cr_assert(base64_decode(w.text, a, &out), "%s", good[i].text);
		cr_assert(str_eq(out, good[i].bytes), "%s", good[i].text);
	}
}

Test(secret, base64_refuses_what_go_refuses)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const char *const bad[] = {"Zg",	  "Zg=",   "Zm9",      "Z",	"=",
					  "====", "Zg===", "Zg==Zg==", "Zm9v=", "Zm 9v",
					  "Zm9-", "Zm9_",  "Zm8=Zm8="};
	struct str out;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert_not(base64_decode(str_from(bad[i]), a, &out), "%s", bad[i]);
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

Test(secret, external_secret_writes_its_target_or_its_own_name)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct object o = {.name = STR("es"), .root = read_json(a, "{\"spec\":{}}")};

	cr_assert(str_is(external_secret_target(&o), "es"));
	o.root = read_json(a, "{\"spec\":{\"target\":{\"name\":\"other\"}}}");
	cr_assert(str_is(external_secret_target(&o), "other"));
}

Test(secret, external_secret_makes_the_keys_that_it_fetches)
{
	const char *plain = "{\"spec\":{\"data\":[{\"secretKey\":\"id\"}]}}";
	const char *from = "{\"spec\":{\"data\":[{\"secretKey\":\"id\"}],\"dataFrom\":[{}]}}";
	const char *variable = "{\"spec\":{\"data\":[{\"secretKey\":\"${KEY}\"}]}}";
	const char *none = "{\"spec\":{\"data\":[{\"secretKey\":\"id\"}],"
			   "\"target\":{\"creationPolicy\":\"None\"}}}";
	const char *merge = "{\"spec\":{\"data\":[{\"secretKey\":\"id\"}],"
			    "\"target\":{\"creationPolicy\":\"Merge\"}}}";

	cr_assert_eq(produces(plain, "id"), PRODUCES);
	cr_assert_eq(produces(plain, "secret"), PRODUCES_NOT);
	cr_assert_eq(produces(from, "id"), PRODUCES);
	cr_assert_eq(produces(from, "secret"), PRODUCES_UNKNOWN);
	cr_assert_eq(produces(variable, "secret"), PRODUCES_UNKNOWN);
	cr_assert_eq(produces(none, "id"), PRODUCES_NOT);
	cr_assert_eq(produces(merge, "id"), PRODUCES);
	cr_assert_eq(produces(merge, "secret"), PRODUCES_UNKNOWN);
}

Test(secret, template_replaces_what_was_fetched_unless_it_merges)
{
	const char *replace = "{\"spec\":{\"data\":[{\"secretKey\":\"id\"}],\"target\":{"
			      "\"template\":{\"data\":{\"ID\":\"{{ .id }}\"}}}}}";
	const char *merge = "{\"spec\":{\"data\":[{\"secretKey\":\"id\"}],\"target\":{"
			    "\"template\":{\"mergePolicy\":\"Merge\",\"data\":{\"ID\":\"x\"}}}}}";
	const char *from = "{\"spec\":{\"data\":[{\"secretKey\":\"id\"}],\"target\":{"
			   "\"template\":{\"templateFrom\":[{}]}}}}";
	const char *labels = "{\"spec\":{\"data\":[{\"secretKey\":\"id\"}],\"target\":{"
			     "\"template\":{\"metadata\":{\"labels\":{}}}}}}";

	cr_assert_eq(produces(replace, "ID"), PRODUCES);
	cr_assert_eq(produces(replace, "id"), PRODUCES_NOT);
	cr_assert_eq(produces(merge, "ID"), PRODUCES);
	cr_assert_eq(produces(merge, "id"), PRODUCES);
	cr_assert_eq(produces(from, "id"), PRODUCES_UNKNOWN);
	cr_assert_eq(produces(labels, "id"), PRODUCES);
}
