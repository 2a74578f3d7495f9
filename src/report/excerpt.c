#include "report/excerpt.h"

#include "report/glyph.h"

/* A longer line is a file made by a program: nobody reads it, and each finding would scan it. */
#define LINE_BYTES_MAX (64u << 10)
/* Characters kept on each side of the place: more than any terminal is wide. */
#define SIDE_CHARS 240u
#define TAB_COLUMNS 4
#define ELLIPSIS "…"

static size_t next(struct str s, size_t at)
{
	return at + glyph_at(s, at).bytes;
}

struct excerpt excerpt_take(struct arena *a, struct str line, struct pos pos)
{
	struct excerpt e = {.text = STR_EMPTY, .first_column = 1};
	size_t from = 0, to;
	uint32_t column = 1;

	if (!pos.line || !pos.column || line.len > LINE_BYTES_MAX)
		return e;
	while (line.len && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == '\n'))
		line.len--;
	/* `from` follows SIDE_CHARS behind `to` until that reaches the column. */
	for (to = 0; to < line.len && column < pos.column; column++) {
		to = next(line, to);
		if (column > SIDE_CHARS) {
			from = next(line, from);
			e.first_column++;
		}
	}
	for (uint32_t more = 0; to < line.len && more < SIDE_CHARS; more++)
		to = next(line, to);
	e.cut_left = from > 0;
	e.cut_right = to < line.len;
	e.text = arena_str(a, str_slice(line, from, to));
	return e;
}

static size_t width_of(const struct glyph *g)
{
	return g->code == '\t' ? TAB_COLUMNS : g->width;
}

struct span {
	size_t mark, mark_end; /* columns of the screen, from 0 */
	size_t width;	       /* of all text */
};

/* Where the place begins and ends on a screen without end. */
static struct span measure(const struct excerpt *e, struct pos pos)
{
	bool to_the_end = pos.end_line != pos.line || pos.end_column <= pos.column;
	uint32_t column = e->first_column;
	struct span s = {.mark = SIZE_MAX};
	size_t last_ink = 0;

	for (size_t at = 0; at < e->text.len; column++) {
		struct glyph g = glyph_at(e->text, at);

		if (column == pos.column)
			s.mark = s.width;
		s.width += width_of(&g);
		if (g.code != ' ' && g.code != '\t')
			last_ink = s.width;
		if (!to_the_end && column + 1 == pos.end_column)
			s.mark_end = s.width;
		at += g.bytes;
	}
	if (s.mark == SIZE_MAX)
		s.mark = s.width;
	/* A value that goes on below is marked to the end of its first line; an empty one (`key:`)
	 * by one caret. */
	if (!s.mark_end)
		s.mark_end = pos.end_line > pos.line || pos.end_column > pos.column ? last_ink : 0;
	if (s.mark_end <= s.mark)
		s.mark_end = s.mark + 1;
	return s;
}

static void show(const struct excerpt *e, size_t from, size_t to, struct buf *out)
{
	size_t column = 0;

	for (size_t at = 0; at < e->text.len && column < to;) {
		struct glyph g = glyph_at(e->text, at);
		size_t width = width_of(&g);

		if (column >= from && column + width <= to) {
			if (g.code == '\t')
				buf_repeat(out, ' ', TAB_COLUMNS);
			else
				glyph_add(out, e->text, at, &g);
		} else if (column + width > from) { /* half of it is inside */
			size_t end = column + width < to ? column + width : to;

			buf_repeat(out, ' ', end - (column > from ? column : from));
		}
		column += width;
		at += g.bytes;
	}
}

void excerpt_lay_out(const struct excerpt *e, struct pos pos, size_t room, struct buf *shown,
		     struct excerpt_view *out)
{
	struct span s = measure(e, pos);
	size_t from = 0, to = s.width;
	bool left = e->cut_left, right = e->cut_right;

	if (room < 16)
		room = 16;
	if (s.mark_end + 1 > room) { /* keep a little of what stands before the place */
		size_t keep = room / 4;

		from = s.mark > keep ? s.mark - keep : 0;
		left = left || from > 0;
	}
	if (to - from > room - left) {
		to = from + room - left - 1;
		right = true;
	}
	if (left)
		buf_text(shown, ELLIPSIS);
	show(e, from, to, shown);
	while (shown->len && shown->ptr[shown->len - 1] == ' ')
		shown->len--;
	if (right)
		buf_text(shown, ELLIPSIS);
	out->shown = buf_slice(shown);
	out->indent = s.mark - from + left;
	out->carets = (s.mark_end < to || s.mark >= to ? s.mark_end : to) - s.mark;
	if (s.mark >= to)
		out->carets = 1;
}
