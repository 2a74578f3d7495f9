/* CEL as text: strings, lists, regular expressions. */
#include "internal.h"

#include <fnmatch.h>
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

/* What no character fits. */
#define NOTHING "[^\\x00-\\x{10FFFF}]"

struct bytes {
	bool has[256];
};

/* Which single bytes a bracket of a glob fits; false: none, or it is not one bracket. */
static bool bracket_fits(struct str bracket, struct bytes *out)
{
	struct buf glob CLEANUP(buf) = {0};
	bool any = false;

	buf_str(&glob, bracket);
	buf_byte(&glob, '\0');
	for (int c = 1; c < 256; c++) {
		out->has[c] = fnmatch(glob.ptr, (char[]){(char)c, '\0'}, 0) == 0;
		any |= out->has[c];
	}
	return any;
}

/* The same bracket, but for "!". */
static bool opposite_fits(struct str bracket)
{
	bool negated = bracket.len > 1 && (bracket.ptr[1] == '!' || bracket.ptr[1] == '^');
	struct buf other CLEANUP(buf) = {0};
	struct bytes bytes;

	buf_text(&other, negated ? "[" : "[!");
	buf_str(&other, str_slice(bracket, negated ? 2 : 1, bracket.len));
	return bracket_fits(buf_slice(&other), &bytes);
}

/* How long the bracket at the start of `glob` is, 0: it has no end; and what it fits. fnmatch is
 * asked, so that its classes, ranges and escapes need no second reader: up to an end that is none,
 * neither the bracket nor its opposite fits a single byte. */
static size_t bracket_len(struct str glob, struct bytes *out)
{
	for (size_t len = 1; len <= glob.len; len++) {
		struct str bracket = str_slice(glob, 0, len);

		if (bracket.ptr[len - 1] == ']' &&
		    (bracket_fits(bracket, out) || opposite_fits(bracket)))
			return len;
	}
	return 0;
}

static void class_byte(struct buf *out, int c)
{
	if (strchr("\\[]^-", c))
		buf_byte(out, '\\');
	buf_byte(out, (char)c);
}

/* What fits beyond ASCII stands for characters there, as "." does. */
static void add_class(struct buf *out, const struct bytes *bytes)
{
	bool negated = bytes->has[0x80];
	struct buf class CLEANUP(buf) = {0};

	for (int c = 1, end; c < 0x80; c = end + 1) {
		end = c;
		if (bytes->has[c] == negated)
			continue;
		while (end < 0x7f && bytes->has[end + 1] != negated)
			end++;
		class_byte(&class, c);
		if (end > c + 1)
			buf_byte(&class, '-');
		if (end > c)
			class_byte(&class, end);
	}
	if (!class.len)
		buf_text(out, negated ? "." : NOTHING);
	else
		buf_fmt(out, "[%s%.*s]", negated ? "^" : "", STR_ARG(buf_slice(&class)));
}

/* Of a glob that begins with a bracket without an end: the bracket is a character, but for some
 * ("[a-") that fit nothing. fnmatch is asked, with a text that fits if it is one. */
static bool fits_nothing(struct str glob)
{
	struct buf pattern CLEANUP(buf) = {0}, text CLEANUP(buf) = {0};
	struct bytes bytes;

	buf_str(&pattern, glob);
	buf_byte(&pattern, '\0');
	buf_byte(&text, '[');
	for (size_t i = 1, len; i < glob.len; i++) {
		int c = 1;

		len = glob.ptr[i] == '[' ? bracket_len(str_slice(glob, i, glob.len), &bytes) : 0;
		while (len && c < 0xff && !bytes.has[c])
			c++;
		i += len ? len - 1 : glob.ptr[i] == '\\' && i + 1 < glob.len;
		buf_byte(&text, len ? (char)c : glob.ptr[i]);
	}
	buf_byte(&text, '\0');
	return fnmatch(pattern.ptr, text.ptr, 0) != 0;
}

/* As fnmatch without flags reads it. */
static void regex_of(struct buf *out, struct str glob)
{
	buf_text(out, "(?s)^");
	for (size_t i = 0; i < glob.len; i++) {
		struct str rest = str_slice(glob, i, glob.len);
		struct bytes bytes;
		size_t len;

		if (glob.ptr[i] == '*') {
			buf_text(out, ".*");
		} else if (glob.ptr[i] == '?') {
			buf_byte(out, '.');
		} else if (glob.ptr[i] == '[' && (len = bracket_len(rest, &bytes))) {
			add_class(out, &bytes);
			i += len - 1;
		} else if ((glob.ptr[i] == '[' && fits_nothing(rest)) ||
			   (glob.ptr[i] == '\\' && i + 1 == glob.len)) {
			buf_text(out, NOTHING);
		} else {
			if (glob.ptr[i] == '\\')
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
