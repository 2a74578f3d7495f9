#include "base/utf8.h"

#include <criterion/criterion.h>

/* One, two, three and four bytes: they begin at 0, 1, 3 and 6. */
static const struct str each = STR_INIT("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x98");

Test(utf8, a_cut_by_bytes_never_falls_inside_a_character)
{
	static const size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};

	for (size_t most = 0; most < ARRAY_LEN(kept); most++)
		cr_expect_eq(utf8_cut(each, most).len, kept[most], "of %zu bytes %zu stay", most,
			     utf8_cut(each, most).len);
	cr_expect_eq(utf8_cut(each, SIZE_MAX).len, each.len);
	cr_expect_eq(utf8_cut(STR_EMPTY, 3).len, 0);
}

Test(utf8, a_cut_by_characters_counts_whole_ones)
{
	static const size_t kept[] = {0, 1, 3, 6, 10, 10};

	for (size_t most = 0; most < ARRAY_LEN(kept); most++)
		cr_expect_eq(utf8_cut_chars(each, most).len, kept[most]);
	cr_expect_eq(utf8_cut_chars(STR_EMPTY, 1).len, 0);
}

Test(utf8, a_count_is_of_characters)
{
	cr_expect_eq(utf8_count(STR_EMPTY), 0);
	cr_expect_eq(utf8_count(each), 4);
	cr_expect_eq(utf8_count(STR("\xff\xff")), 2);
}

Test(utf8, blanks_of_any_script_what_is_not_seen_and_punctuation_are_no_words)
{
	static const char *const mute[] = {
		"",
		".",
		"...",
		" \t\n",
		"-- !?",
		"\xc2\xa0",
		"\xe2\x80\x8b",
		"\xe2\x80\x8d\xef\xbb\xbf",
		"\xc2\xad",
		"\xe3\x80\x80",
		"\xe3\x80\x82",
		"\xe2\xa0\x80",
		"\xe3\x85\xa4",
		"\xf3\xa0\x80\xa0",
		"\xd8\x9c",
		"\xff\xfe",
	};
	static const char *const said[] = {
		"x",
		"7",
		"\xc2\xb5",
		"\xc2\xaa",
		". a .",
		"\xc3\xa4",
		"\xe7\x90\x86",
		"\xd0\xb4",
		"\xe3\x81\xae",
		"\xf0\x9f\x90\x98",
		"\xff\xc3\xa4",
	};

	for (size_t i = 0; i < ARRAY_LEN(mute); i++)
		cr_expect_not(utf8_has_words(str_from(mute[i])), "%s", mute[i]);
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		cr_expect(utf8_has_words(str_from(said[i])), "%s", said[i]);
}

Test(utf8, each_byte_knows_where_its_character_begins_and_the_next_does)
{
	static const size_t begin[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
	static const size_t next[] = {1, 3, 3, 6, 6, 6, 10, 10, 10, 10, 10, 10};

	for (size_t at = 0; at < ARRAY_LEN(begin); at++) {
		cr_expect_eq(utf8_begin(each, at), begin[at], "at %zu", at);
		cr_expect_eq(utf8_next(each, at), next[at], "at %zu", at);
	}
	cr_expect_eq(utf8_begin(STR("\x80\x80\x80"), 2), 0);
	cr_expect_eq(utf8_next(STR("\x80\x80\x80"), 0), 3);
}

Test(utf8, each_code_point_is_encoded_as_it_is_decoded)
{
	char bytes[4];
	uint32_t code;

	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		size_t len = utf8_encode(c, bytes);
		bool surrogate = c >= 0xd800 && c <= 0xdfff;

		code = UINT32_MAX;
		cr_assert_eq(utf8_decode((struct str){bytes, len}, &code), surrogate ? 0 : len);
		cr_assert_eq(code, surrogate ? UINT32_MAX : c);
		cr_assert_eq(utf8_sequence((struct str){bytes, len - 1}), 0, "%x, cut", c);
	}
}

Test(utf8, a_code_point_takes_as_few_bytes_as_it_can)
{
	static const struct {
		uint32_t code;
		const char *bytes;
	} bounds[] = {
		{0x7f, "\x7f"},
		{0x80, "\xc2\x80"},
		{0x7ff, "\xdf\xbf"},
		{0x800, "\xe0\xa0\x80"},
		{0xffff, "\xef\xbf\xbf"},
		{0x10000, "\xf0\x90\x80\x80"},
		{0x10ffff, "\xf4\x8f\xbf\xbf"},
	};
	char bytes[4];

	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		struct str got = {bytes, utf8_encode(bounds[i].code, bytes)};

		cr_expect(str_is(got, bounds[i].bytes), "U+%04X", bounds[i].code);
	}
}

/* RFC 3629: the first two bytes of what is overlong, a surrogate, or beyond the last code point
 * stand beside the nearest that are well formed. */
Test(utf8, a_sequence_is_well_formed_or_none)
{
	static const struct {
		struct str bytes;
		size_t len;
	} cases[] = {
		{STR_INIT(""), 0},
		{STR_INIT("ab"), 1},
		{STR_INIT("\0"), 1},
		{STR_INIT("\x7f"), 1},
		{STR_INIT("\x80"), 0},
		{STR_INIT("\xbf\xbf"), 0},
		{STR_INIT("\xc1\xbf"), 0},
		{STR_INIT("\xc2\x7f"), 0},
		{STR_INIT("\xc2\x80"), 2},
		{STR_INIT("\xdf\xbf\xbf"), 2},
		{STR_INIT("\xdf\xc0"), 0},
		{STR_INIT("\xe0\x9f\xbf"), 0},
		{STR_INIT("\xe0\xa0\x80"), 3},
		{STR_INIT("\xe0\xa0\xc0"), 0},
		{STR_INIT("\xed\x9f\xbf"), 3},
		{STR_INIT("\xed\xa0\x80"), 0},
		{STR_INIT("\xee\x80\x80"), 3},
		{STR_INIT("\xf0\x8f\xbf\xbf"), 0},
		{STR_INIT("\xf0\x90\x80\x80"), 4},
		{STR_INIT("\xf0\x90\x80\x7f"), 0},
		{STR_INIT("\xf4\x8f\xbf\xbf"), 4},
		{STR_INIT("\xf4\x90\x80\x80"), 0},
		{STR_INIT("\xf5\x80\x80\x80"), 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_eq(utf8_sequence(cases[i].bytes), cases[i].len, "case %zu", i);
}
