#include "facts/quoted.h"

#include "base/arena.h"
#include "base/utc.h"
#include "base/utf8.h"

#include <inttypes.h>

struct str quoted_text(const struct rule_ctx *c, struct str text)
{
	enum { MOST = 200 };
	struct buf out = BUF_ARENA(c->arena);
	text = str_trim(text);
	struct str shown = utf8_cut(text, MOST);

	for (size_t i = 0; i < shown.len; i++)
		buf_byte(&out, shown.ptr[i] == '\n' ? ' ' : shown.ptr[i]);
	if (shown.len < text.len)
		buf_text(&out, " ...");
	return buf_slice(&out);
}

struct str quoted_moment(const struct rule_ctx *c, int64_t t)
{
	char text[UTC_TEXT];

	utc_format(t, text);
	return arena_fmt(c->arena, "%.10s %.5s UTC", text, text + 11);
}

void quoted_names(struct buf *out, const struct str *names, size_t len)
{
	size_t shown = len <= QUOTED_NAMES ? len : QUOTED_NAMES;

	for (size_t i = 0; i < shown; i++) {
		buf_text(out, i == 0 ? "" : i + 1 == len ? " and " : ", ");
		buf_str(out, names[i]);
	}
	if (len > shown)
		buf_fmt(out, " and %zu more", len - shown);
}

struct str quoted_bytes(const struct rule_ctx *c, uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	uint64_t tenths = bytes / 100;
	size_t unit = 0;

	if (bytes < 1000)
		return arena_fmt(c->arena, "%" PRIu64 " bytes", bytes);
	for (; tenths >= 10000; unit++)
		tenths /= 1000;
	return arena_fmt(c->arena, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10,
			 units[unit]);
}
