#include "report/html.h"

#include "report/glyph.h"

static void escaped(struct buf *out, struct str clean)
{
	for (size_t i = 0; i < clean.len; i++) {
		char c = clean.ptr[i];

		if (c == '&')
			buf_text(out, "&amp;");
		else if (c == '<')
			buf_text(out, "&lt;");
		else if (c == '>')
			buf_text(out, "&gt;");
		else if (c == '"')
			buf_text(out, "&quot;");
		else if (c == '\'')
			buf_text(out, "&#39;");
		else
			buf_byte(out, c);
	}
}

static void put(struct buf *out, struct str s)
{
	struct buf clean CLEANUP(buf) = {0};

	glyph_clean(&clean, s);
	escaped(out, buf_slice(&clean));
}

void html_text(struct buf *out, struct str s)
{
	struct str line;

	for (bool first = true; str_split(&s, '\n', &line); first = false) {
		if (!first)
			buf_byte(out, ' ');
		put(out, line);
	}
}

void html_lines(struct buf *out, struct str s)
{
	struct str line;

	for (bool first = true; str_split(&s, '\n', &line); first = false) {
		if (!first)
			buf_byte(out, '\n');
		put(out, line);
	}
}
