/* Lines of a file as they are written, comments too. */
#include "internal.h"

#include <string.h>

struct str lines_line(struct str text, uint32_t number)
{
	struct str line = STR_EMPTY;

	while (number-- && str_split(&text, '\n', &line))
		;
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static size_t blanks(struct str line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == ' ')
		n++;
	return n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool lines_is_comment(struct str line)
{
	line = str_trim(line);
	return line.len && line.ptr[0] == '#';
}

struct str lines_moved(struct arena *a, struct str text, struct pos lines, size_t from, size_t to)
{
	struct buf out = BUF_ARENA(a);
	struct str line;

	for (uint32_t n = 1; n <= lines.end_line && str_split(&text, '\n', &line); n++) {
		if (n < lines.line)
			continue;
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		size_t own = blanks(line);
		if (own < line.len) {
			buf_repeat(&out, ' ', to + (own > from ? own - from : 0));
			buf_str(&out, str_slice(line, own, line.len));
		}
		buf_byte(&out, '\n');
	}
	return buf_slice(&out);
}

/* The comment behind this column, which counts characters: in bytes it is there or further on. */
static struct str comment_from(struct str line, size_t column)
{
	size_t at = column;

	while (at < line.len && (line.ptr[at] != '#' || !at || !is_blank(line.ptr[at - 1])))
		at++;
	if (at >= line.len)
		return STR_EMPTY;
	while (at > column && is_blank(line.ptr[at - 1]))
		at--;
	return str_slice(line, at, line.len);
}

struct str lines_comment(struct str text, struct obj member)
{
	struct pos key = obj_key_pos(member);
	struct str line = lines_line(text, key.end_line);

	/* of a value that begins on the next line no more than an anchor follows the colon */
	if (obj_pos(member).line == key.end_line)
		return STR_EMPTY;
	return comment_from(line, key.end_column - 1);
}

uint32_t lines_above(struct str text, struct obj member)
{
	struct pos key = obj_key_pos(member);

	for (; key.line > 1; key.line--) {
		struct str line = lines_line(text, key.line - 1);

		if (!lines_is_comment(line) || blanks(line) != key.column - 1)
			break;
	}
	return key.line;
}

bool lines_is_alias(struct obj member)
{
	struct pos key = obj_key_pos(member), value = obj_pos(member);

	return value.line < key.line || (value.line == key.line && value.column < key.end_column);
}

struct str lines_comment_behind(struct str text, struct obj member)
{
	struct pos key = obj_key_pos(member), pos = obj_pos(member);

	if (!member.node || !pos.line)
		return STR_EMPTY;
	if (lines_is_alias(member))
		return comment_from(lines_line(text, key.end_line), key.end_column - 1);
	return comment_from(lines_line(text, pos.end_line), pos.end_column - 1);
}

bool lines_has_comment(struct str text, struct obj member)
{
	uint32_t last = obj_pos(member).end_line;

	for (uint32_t n = obj_key_pos(member).line; n <= last; n++)
		if (str_find_byte(lines_line(text, n), '#') != STR_NONE)
			return true;
	return false;
}
