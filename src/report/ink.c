#include "report/ink.h"

static const char *ink_of(struct str line)
{
	if (str_has_prefix(line, STR("--- ")) || str_has_prefix(line, STR("+++ ")))
		return INK_BOLD;
	if (str_has_prefix(line, STR("@@")))
		return INK_CYAN;
	return str_has_prefix(line, STR("-"))	? INK_RED
	       : str_has_prefix(line, STR("+")) ? INK_GREEN
						: NULL;
}

void ink_diff(struct buf *out, struct str diff)
{
	while (diff.len) {
		size_t end = str_find_byte(diff, '\n');
		struct str line = str_slice(diff, 0, end);
		const char *ink = ink_of(line);

		buf_text(out, ink ? ink : "");
		buf_str(out, line);
		buf_text(out, ink ? INK_PLAIN : "");
		if (end != STR_NONE)
			buf_byte(out, '\n');
		diff = end == STR_NONE ? STR_EMPTY : str_slice(diff, end + 1, diff.len);
	}
}
