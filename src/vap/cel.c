/* CEL as text: strings, lists, regular expressions. */
#include "internal.h"

#include <string.h>

void cel_text(struct buf *out, struct str text)
{
	buf_byte(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '\'' || c == '\\')
			buf_fmt(out, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			buf_fmt(out, "\\u%04x", c);
		else
			buf_byte(out, (char)c);
	}
	buf_byte(out, '\'');
}

void cel_texts(struct buf *out, struct str_list texts)
{
	buf_byte(out, '[');
	for (size_t i = 0; i < texts.len; i++) {
		buf_text(out, i ? ", " : "");
		cel_text(out, texts.items[i]);
	}
	buf_byte(out, ']');
}

void cel_literal(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("\\.+*?()|[]{}^$", text.ptr[i]))
			buf_byte(out, '\\');
		buf_byte(out, text.ptr[i]);
	}
}

/* As fnmatch without flags reads it. */
static void regex_of(struct buf *out, struct str glob)
{
	buf_text(out, "(?s)^");
	for (size_t i = 0; i < glob.len; i++) {
		struct str rest = str_slice(glob, i, glob.len);
		/* "[]" begins a bracket that holds "]" */
		size_t end = str_find_byte(str_slice(rest, 2, rest.len), ']');

		if (glob.ptr[i] == '*') {
			buf_text(out, ".*");
		} else if (glob.ptr[i] == '?') {
			buf_byte(out, '.');
		} else if (glob.ptr[i] == '[' && end != STR_NONE) {
			buf_byte(out, '.');
			i += end + 2;
		} else {
			if (glob.ptr[i] == '\\' && i + 1 < glob.len)
				i++;
			cel_literal(out, str_slice(glob, i, i + 1));
		}
	}
	buf_byte(out, '$');
}

static bool is_plain(struct str glob)
{
	for (size_t i = 0; i < glob.len; i++)
		if (strchr("*?[\\", glob.ptr[i]))
			return false;
	return true;
}

void cel_globs(struct buf *out, const char *subject, struct str_list globs)
{
	for (size_t i = 0; i < globs.len; i++) {
		struct buf regex CLEANUP(buf) = {0};

		buf_fmt(out, "%s%s", i ? " || " : "", subject);
		if (is_plain(globs.items[i])) {
			buf_text(out, " == ");
			cel_text(out, globs.items[i]);
			continue;
		}
		regex_of(&regex, globs.items[i]);
		buf_text(out, ".matches(");
		cel_text(out, buf_slice(&regex));
		buf_byte(out, ')');
	}
	if (!globs.len)
		buf_text(out, "false");
}

void cel_lines(struct buf *out, struct str text, size_t indent)
{
	struct str line;

	while (str_split(&text, '\n', &line)) {
		buf_repeat(out, ' ', indent);
		buf_str(out, line);
		buf_byte(out, '\n');
	}
}
