#include "report/ink.h"

#include <string.h>

static const struct ink_start diff_table[] = {
	{"--- ", INK_BOLD}, {"+++ ", INK_BOLD}, {"@@", INK_CYAN},
	{"-", INK_RED},	    {"+", INK_GREEN},	{NULL, NULL},
};

static const struct ink_start *find(struct str line, const struct ink_start *table)
{
	for (; table->start; table++)
		if (*table->start ? str_has_prefix(line, str_from(table->start))
				  : line.len && line.ptr[0] != ' ')
			return table;
	return NULL;
}

/* `whole`: all of a line that is drawn at all. */
static void draw(struct buf *out, struct str text, const struct ink_start *table, bool whole)
{
	while (text.len) {
		size_t end = str_find_byte(text, '\n');
		struct str line = str_slice(text, 0, end);
		const struct ink_start *row = find(line, table);
		size_t len = row && *row->start && !whole ? strlen(row->start) : line.len;

		if (row)
			buf_fmt(out, "%s%.*s%s%.*s", row->ink, (int)len, line.ptr, INK_PLAIN,
				(int)(line.len - len), line.ptr + len);
		else
			buf_str(out, line);
		if (end != STR_NONE)
			buf_byte(out, '\n');
		text = end == STR_NONE ? STR_EMPTY : str_slice(text, end + 1, text.len);
	}
}

void ink_lines(struct buf *out, struct str text, const struct ink_start *table)
{
	draw(out, text, table, false);
}

void ink_diff(struct buf *out, struct str diff)
{
	draw(out, diff, diff_table, true);
}
