/* The lines of a text. */
#include "internal.h"

struct str line_of(struct str text, uint32_t number)
{
	struct str rest = text, line = STR_EMPTY;

	for (uint32_t i = 0; i < number; i++)
		if (!str_split(&rest, '\n', &line))
			return STR_EMPTY;
	return line;
}

struct str lines_of(struct str text, uint32_t from, uint32_t to)
{
	struct str rest = text, line;
	size_t start = 0, end = 0;

	for (uint32_t n = 1; n < to && str_split(&rest, '\n', &line); n++) {
		end = (size_t)(line.ptr - text.ptr) + line.len;
		if (n <= from)
			start = (size_t)(line.ptr - text.ptr);
	}
	return str_slice(text, start, end);
}
