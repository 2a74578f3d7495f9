/* Markdown of ours as a part of a page. Its lines are taken one by one; what none of them begins is
 * a paragraph. */
#include "report/html.h"

/* What the line before belongs to: a tag that is still open. */
enum block { BLOCK_NONE, BLOCK_PARAGRAPH, BLOCK_LIST, BLOCK_TABLE };

static const char *const ends[] = {"", "</p>\n", "</li></ul>\n", "</table></div>\n"};

static void enter(struct buf *out, enum block *block, enum block next, const char *begin)
{
	buf_text(out, ends[*block]);
	buf_text(out, begin);
	*block = next;
}

static size_t run_of(struct str s, size_t at, char c)
{
	size_t end = at;

	while (end < s.len && s.ptr[end] == c)
		end++;
	return end - at;
}

/* Code ends at as many backquotes as it begins with. `s` begins with them; how much of it was
 * taken, 0: nothing ends it. */
static size_t code(struct buf *out, struct str s)
{
	size_t quotes = run_of(s, 0, '`'), at = quotes;
	struct buf text CLEANUP(buf) = {0};

	while (at < s.len && !(s.ptr[at] == '`' && run_of(s, at, '`') == quotes))
		at += s.ptr[at] == '`' ? run_of(s, at, '`') : 1;
	if (at == s.len)
		return 0;
	struct str inside = str_slice(s, quotes, at);
	if (quotes > 1) /* blanks keep the quotes in it apart */
		inside = str_slice(inside, 1, inside.len - 1);
	for (size_t i = 0; i < inside.len; i++)
		if (!(inside.ptr[i] == '\\' && i + 1 < inside.len && inside.ptr[i + 1] == '|'))
			buf_byte(&text, inside.ptr[i]);
	buf_text(out, "<code>");
	html_text(out, buf_slice(&text));
	buf_text(out, "</code>");
	return at + quotes;
}

static void inline_text(struct buf *out, struct str s)
{
	static const struct str nothing = STR_INIT("<!-- -->");
	bool bold = false;

	for (size_t at = 0, begin; at < s.len;) {
		struct str rest = str_slice(s, at, s.len);
		size_t taken = rest.ptr[0] == '`' ? code(out, rest) : 0;

		if (taken) {
			at += taken;
		} else if (str_has_prefix(rest, STR("**"))) {
			buf_text(out, bold ? "</b>" : "<b>");
			bold = !bold;
			at += 2;
		} else if (str_has_prefix(rest, nothing)) {
			at += nothing.len;
		} else {
			at += rest.ptr[0] == '\\' && rest.len > 1;
			begin = at++;
			while (at < s.len && str_find_byte(STR("`*<\\"), s.ptr[at]) == STR_NONE)
				at++;
			html_text(out, str_slice(s, begin, at));
		}
	}
	buf_text(out, bold ? "</b>" : "");
}

/* "| a | b |": a pipe in a cell has a backslash before it. */
static void row(struct buf *out, struct str line, const char *cell)
{
	size_t begin = 1;

	buf_text(out, "<tr>");
	for (size_t i = 1; i < line.len; i++) {
		if (line.ptr[i] != '|' || line.ptr[i - 1] == '\\')
			continue;
		buf_fmt(out, "<%s>", cell);
		inline_text(out, str_trim(str_slice(line, begin, i)));
		buf_fmt(out, "</%.2s>", cell);
		begin = i + 1;
	}
	buf_text(out, "</tr>\n");
}

static void heading(struct buf *out, struct str line)
{
	size_t level = run_of(line, 0, '#');
	size_t below = level < 5 ? level + 1 : 6;

	buf_fmt(out, "<h%zu>", below);
	inline_text(out, str_trim(str_slice(line, level, line.len)));
	buf_fmt(out, "</h%zu>\n", below);
}

static void any_line(struct buf *out, enum block *block, struct str line)
{
	bool again;

	if (!line.len) {
		enter(out, block, BLOCK_NONE, "");
	} else if (line.ptr[0] == '#') {
		enter(out, block, BLOCK_NONE, "");
		heading(out, line);
	} else if (line.ptr[0] == '|') {
		again = *block == BLOCK_TABLE;
		if (!again)
			enter(out, block, BLOCK_TABLE, "<div class=\"scroll\"><table>\n");
		if (!str_has_prefix(line, STR("|--")) && !str_has_prefix(line, STR("| --")))
			row(out, line, again ? "td" : "th scope=\"col\"");
	} else if (str_has_prefix(line, STR("- "))) {
		again = *block == BLOCK_LIST;
		if (again)
			buf_text(out, "</li>\n<li>");
		else
			enter(out, block, BLOCK_LIST, "<ul><li>");
		inline_text(out, str_slice(line, 2, line.len));
	} else {
		if (*block == BLOCK_NONE || *block == BLOCK_TABLE)
			enter(out, block, BLOCK_PARAGRAPH, "<p>");
		else
			buf_byte(out, '\n');
		inline_text(out, line);
	}
}

void html_markdown(struct buf *out, struct str markdown)
{
	enum block block = BLOCK_NONE;
	struct str line;
	bool fenced = false, first = false;

	while (str_split(&markdown, '\n', &line)) {
		if (str_has_prefix(line, STR("```"))) {
			enter(out, &block, BLOCK_NONE, fenced ? "</pre>\n" : "<pre>");
			fenced = !fenced;
			first = true;
		} else if (fenced) {
			buf_text(out, first ? "" : "\n");
			html_text(out, line);
			first = false;
		} else {
			any_line(out, &block, line);
		}
	}
	enter(out, &block, BLOCK_NONE, fenced ? "</pre>\n" : "");
}
