/* What stands in JSON that may end anywhere. */
#include "internal.h"

static size_t skip_blanks(struct str json, size_t at)
{
	while (at < json.len && (json.ptr[at] == ' ' || json.ptr[at] == '\n'))
		at++;
	return at;
}

/* Behind the opening quote: where the closing one is, or would be. */
static size_t end_of_string(struct str json, size_t at)
{
	while (at < json.len && json.ptr[at] != '"')
		at += json.ptr[at] == '\\' ? 2 : 1;
	return at < json.len ? at : json.len;
}

struct str peek(struct str json, const char *const *path)
{
	size_t depth = 0, found = 0; /* names of the path that we stand in */

	for (size_t at = 0; at < json.len; at++) {
		char c = json.ptr[at];
		size_t from = at + 1, to, value;

		depth += c == '{' || c == '[';
		if (c == '}' || c == ']') {
			if (depth-- == found + 1)
				break; /* out of what was to hold it */
		}
		if (c != '"')
			continue;
		to = at = end_of_string(json, from);
		value = skip_blanks(json, to + 1);
		if (depth != found + 1 || value >= json.len || json.ptr[value] != ':' ||
		    !str_is(str_slice(json, from, to), path[found]))
			continue;
		at = value = skip_blanks(json, value + 1);
		if (path[found + 1] && value < json.len && json.ptr[value] == '{') {
			found++;
			depth++;
		} else if (!path[found + 1] && value < json.len && json.ptr[value] == '"') {
			to = end_of_string(json, value + 1);
			return to < json.len ? str_slice(json, value + 1, to) : STR_EMPTY;
		} else {
			break;
		}
	}
	return STR_EMPTY;
}
