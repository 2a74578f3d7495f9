/* What tells the template of a Helm chart from YAML that is broken. */
#include "check/check.h"

#include "input/reader.h"

static size_t indent_of(struct str line)
{
	size_t at = 0;

	while (at < line.len && line.ptr[at] == ' ')
		at++;
	return at;
}

/* The line ends with | or > and perhaps its indicators: what is indented below is text. */
static bool opens_block(struct str line)
{
	struct str s = str_trim(line);

	while (s.len && (s.ptr[s.len - 1] == '-' || s.ptr[s.len - 1] == '+' ||
			 (s.ptr[s.len - 1] >= '1' && s.ptr[s.len - 1] <= '9')))
		s.len--;
	return s.len >= 2 && (s.ptr[s.len - 1] == '|' || s.ptr[s.len - 1] == '>') &&
	       (s.ptr[s.len - 2] == ' ' || s.ptr[s.len - 2] == '\t');
}

/* {{ outside quotes and before a comment. Quotes that go on to the next line are rare enough. */
static bool has_braces(struct str line)
{
	char quote = 0;

	for (size_t i = 0; i + 1 < line.len; i++) {
		char c = line.ptr[i];

		if (quote) {
			if (c == '\\' && quote == '"')
				i++;
			else if (c == quote)
				quote = 0;
		} else if (c == '#' && (i == 0 || line.ptr[i - 1] == ' ')) {
			return false;
		} else if ((c == '"' || c == '\'') &&
			   (i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '[' ||
			    line.ptr[i - 1] == '{' || line.ptr[i - 1] == ',')) {
			quote = c; /* elsewhere it is a letter of a plain scalar: don't */
		} else if (c == '{' && line.ptr[i + 1] == '{') {
			return true;
		}
	}
	return false;
}

bool check_is_template(struct str text, uint32_t last_line)
{
	struct str rest = text, line;
	size_t block = 0; /* indentation of the key that opened a block scalar, plus 1; 0: none */

	if (reader_is_ytt(text))
		return true;
	for (uint32_t n = 1; n <= last_line && str_split(&rest, '\n', &line); n++) {
		size_t indent = indent_of(line);

		if (block && (indent >= block || !str_trim(line).len))
			continue;
		block = 0;
		if (has_braces(line))
			return true;
		if (opens_block(line))
			block = indent + 1;
	}
	return false;
}
