#include "base/base64.h"

#include "base/arena.h"
#include "base/buf.h"
#include "wall.h"

#include <criterion/criterion.h>

Test(base64, is_read_as_go_reads_it)
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

Test(base64, is_written_as_it_is_read)
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

Test(base64, refuses_what_go_refuses)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const char *const bad[] = {"Zg",	  "Zg=",   "Zm9",      "Z",	"=",
					  "====", "Zg===", "Zg==Zg==", "Zm9v=", "Zm 9v",
					  "Zm9-", "Zm9_",  "Zm8=Zm8="};
	struct str out;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert_not(base64_decode(str_from(bad[i]), a, &out), "%s", bad[i]);
}
