/* What somebody wrote, inside of a page: it opens and closes nothing. */
#include "base/arena.h"
#include "base/utf8.h"
#include "base/macros.h"
#include "report/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_entity(struct str at)
{
	static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_has_prefix(at, str_from(known[i])))
			return true;
	return false;
}

static void holds(struct str out, bool lines)
{
	BUG_IF(!utf8_valid(out));
	for (size_t i = 0; i < out.len; i++) {
		char c = out.ptr[i];

		BUG_IF(c == '<' || c == '>' || c == '"' || c == '\'');
		BUG_IF((unsigned char)c < ' ' && !(lines && c == '\n'));
		BUG_IF(c == '&' && !is_entity(str_slice(out, i, out.len)));
	}
}

/* Of Markdown: no tag but ours, and each is closed. */
static void is_whole(struct str out)
{
	static const char *const known[] = {"h2",    "h3", "h4", "h5", "h6",   "p", "ul",  "li",
					    "table", "tr", "th", "td", "code", "b", "pre", "div"};
	const char *open[8];
	size_t depth = 0;

	BUG_IF(!utf8_valid(out));
	for (size_t at; (at = str_find_byte(out, '<')) != STR_NONE;) {
		bool ends = at + 1 < out.len && out.ptr[at + 1] == '/';
		struct str rest = str_slice(out, at + 1 + ends, out.len);
		struct str tag = str_slice(rest, 0, str_find_byte(rest, '>'));
		const char *name = NULL;

		tag = str_slice(tag, 0, str_find_byte(tag, ' '));
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			name = str_is(tag, known[i]) ? known[i] : name;
		BUG_IF(!name || (!ends && depth == ARRAY_LEN(open)));
		BUG_IF(ends && (!depth || open[depth - 1] != name));
		if (ends)
			depth--;
		else
			open[depth++] = name;
		out = rest;
	}
	BUG_IF(depth);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text CLEANUP(buf) = {0}, lines CLEANUP(buf) = {0}, markdown CLEANUP(buf) = {0};
	struct str s = {(const char *)data, size};

	html_text(&text, s);
	holds(buf_slice(&text), false);
	html_lines(&lines, s);
	holds(buf_slice(&lines), true);
	html_markdown(&markdown, s);
	is_whole(buf_slice(&markdown));
	return 0;
}
