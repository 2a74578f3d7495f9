#include "report/excerpt.h"
#include "report/glyph.h"

#include <criterion/criterion.h>
#include <string.h>

#define EQ(s, text) cr_assert(str_is((s), (text)), "%.*s", STR_ARG(s))

/* The line, a newline, and the carets below it. */
static struct str drawn(struct arena *a, struct str line, struct pos pos, size_t room)
{
	struct buf shown = BUF_ARENA(a), out = BUF_ARENA(a);
	struct excerpt e = excerpt_take(a, line, pos);
	struct excerpt_view view;

	excerpt_lay_out(&e, pos, room, &shown, &view);
	buf_str(&out, view.shown);
	buf_byte(&out, '\n');
	buf_repeat(&out, ' ', view.indent);
	buf_repeat(&out, '^', view.carets);
	return buf_slice(&out);
}

static struct pos on_line(uint32_t column, uint32_t end)
{
	return (struct pos){.line = 3, .column = column, .end_line = 3, .end_column = end};
}

Test(report_excerpt, carets_stand_below_the_value)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(drawn(a, STR("  schedule: '0 3 * * *'"), on_line(13, 24), 80),
	   "  schedule: '0 3 * * *'\n"
	   "            ^^^^^^^^^^^");
}

Test(report_excerpt, wide_characters_take_two_columns)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(drawn(a, STR("name: \"日本\" # é"), on_line(7, 11), 80), "name: \"日本\" # é\n"
								    "      ^^^^^^");
	EQ(drawn(a, STR("{日本: x}"), on_line(6, 7), 80), "{日本: x}\n"
							  "       ^");
}

Test(report_excerpt, a_tab_is_four_blanks)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(drawn(a, STR("\t\"a\": 1"), on_line(7, 8), 80), "    \"a\": 1\n"
							   "         ^");
}

Test(report_excerpt, what_a_terminal_would_obey_is_escaped)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(drawn(a, STR("a: \x1b[2J x"), on_line(9, 10), 80), "a: \\x1b[2J x\n"
							      "           ^");
	EQ(drawn(a, STR("a: \xe2\x80\xae x"), on_line(6, 7), 80), "a: \\u202e x\n"
								  "          ^");
	EQ(drawn(a, STR("a: \xff x"), on_line(6, 7), 80), "a: \\xff x\n"
							  "        ^");
}

Test(report_excerpt, a_long_line_is_cut_around_the_place)
{
	CLEANUP(arena) struct arena *a = arena_new();
	char line[300];

	memset(line, 'x', sizeof line);
	memcpy(line + 200, "HERE", 4);
	struct str s = drawn(a, (struct str){line, sizeof line}, on_line(201, 205), 40);
	EQ(s, "…xxxxxxxxxxHERExxxxxxxxxxxxxxxxxxxxxxxx…\n"
	      "           ^^^^");
	EQ(drawn(a, (struct str){line, sizeof line}, on_line(1, 3), 20), "xxxxxxxxxxxxxxxxxxx…\n"
									 "^^");
}

Test(report_excerpt, a_line_that_just_fits_is_not_cut)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(drawn(a, STR("0123456789abcdefghij"), on_line(1, 2), 20), "0123456789abcdefghij\n^");
	EQ(drawn(a, STR("0123456789abcdefghijk"), on_line(1, 2), 20), "0123456789abcdefghi…\n^");
}

Test(report_excerpt, a_value_longer_than_the_room_is_marked_to_the_edge)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(drawn(a, STR("key: 0123456789abcdefghijklmnopqrstuvwxyz"), on_line(6, 42), 20),
	   "key: 0123456789abcd…\n"
	   "     ^^^^^^^^^^^^^^");
}

Test(report_excerpt, sixteen_columns_are_the_least_room)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str line = STR("schedule: '0 0 3 * * *'");
	struct str least = drawn(a, line, on_line(11, 24), 16);

	cr_expect(str_eq(drawn(a, line, on_line(11, 24), 1), least), "%.*s", STR_ARG(least));
	cr_expect_not(str_eq(drawn(a, line, on_line(11, 24), 17), least), "%.*s", STR_ARG(least));
}

Test(report_excerpt, a_value_of_several_lines_marks_its_first)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct pos pos = {.line = 3, .column = 3, .end_line = 5, .end_column = 2};

	EQ(drawn(a, STR("- name: x  \r\n"), pos, 80), "- name: x\n  ^^^^^^^");
}

Test(report_excerpt, a_value_without_length_has_one_caret)
{
	CLEANUP(arena) struct arena *a = arena_new();

	EQ(drawn(a, STR("schedule:"), on_line(10, 10), 80), "schedule:\n         ^");
	EQ(drawn(a, STR("a"), on_line(9, 12), 80), "a\n ^");
}

Test(report_excerpt, only_the_surroundings_of_a_place_are_kept)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static char line[60000];

	memset(line, 'y', sizeof line);
	struct excerpt e = excerpt_take(a, (struct str){line, sizeof line}, on_line(30000, 30001));
	cr_assert_lt(e.text.len, 1000);
	cr_assert(e.cut_left && e.cut_right);
	cr_assert_eq(e.first_column + e.text.len, 30000 + 240);
	cr_assert_eq(excerpt_take(a, (struct str){line, sizeof line}, (struct pos){0}).text.len, 0);
}

Test(report_glyph, width_counts_columns_not_bytes)
{
	cr_assert_eq(glyph_width(STR("abc")), 3);
	cr_assert_eq(glyph_width(STR("ä日🐘")), 5);
	cr_assert_eq(glyph_width(STR("e\xcc\x81")), 1);
	cr_assert_eq(glyph_width(STR("\n")), 4);
}

Test(report_glyph, clean_text_holds_no_control_characters)
{
	struct buf out CLEANUP(buf) = {0};

	glyph_clean(&out, (struct str){"a\0b\x7f\xc2\x9b\n\xc3", 8});
	EQ(buf_slice(&out), "a\\x00b\\x7f\\u009b\\x0a\\xc3");
}
