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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text CLEANUP(buf) = {0}, lines CLEANUP(buf) = {0};
	struct str s = {(const char *)data, size};

	html_text(&text, s);
	holds(buf_slice(&text), false);
	html_lines(&lines, s);
	holds(buf_slice(&lines), true);
	return 0;
}
