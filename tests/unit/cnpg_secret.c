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

Test(secret, base64_is_written_as_it_is_read)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const struct str texts[] = {STR_INIT(""),       STR_INIT("f"),
					   STR_INIT("fo"),     STR_INIT("foo"),
					   STR_INIT("foob"),   STR_INIT("fooba"),
					   STR_INIT("foobar"), STR_INIT("\x00\xff\xfe\xfb\xef")};
	struct buf known = BUF_ARENA(a);

	base64_encode(STR("foob"), &known);
	base64_encode(STR("\xff\xfe"), &known);
	cr_assert(str_is(buf_slice(&known), "Zm9vYg==//4="));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct wall w CLEANUP(wall) = wall_build(texts[i]);
		struct buf out = BUF_ARENA(a);
		struct str back;

		base64_encode(w.text, &out);
		cr_assert(base64_decode(buf_slice(&out), a, &back));
		cr_assert(str_eq(back, texts[i]), "%zu", i);
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
