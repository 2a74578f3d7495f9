#include "report/glyph.h"

#include "base/utf8.h"

struct range {
	uint32_t from, to;
};

/* Unicode East Asian Width W and F, in blocks: good enough for a caret. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},	{0x3041, 0xa4cf},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},	{0xff00, 0xff60},   {0xffe0, 0xffe6},
	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

/* Combining marks and variation selectors. */
static const struct range narrow[] = {
	{0x0300, 0x036f}, {0x20d0, 0x20ff}, {0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

/* C0, DEL and C1; zero-width and direction marks; line separators; BOM. */
static const struct range hidden[] = {
	{0x00, 0x1f},	  {0x7f, 0x9f},	    {0x00ad, 0x00ad}, {0x061c, 0x061c},
	{0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff},
};

static bool in(const struct range *ranges, size_t len, uint32_t code)
{
	for (size_t i = 0; i < len; i++)
		if (code >= ranges[i].from && code <= ranges[i].to)
			return true;
	return false;
}

struct glyph glyph_at(struct str s, size_t at)
{
	unsigned char first = (unsigned char)s.ptr[at];

	if (first >= 0x20 && first < 0x7f)
		return (struct glyph){.bytes = 1, .width = 1, .code = first};
	struct glyph g = {.width = 1};
	g.bytes = utf8_decode(str_slice(s, at, s.len), &g.code);
	if (!g.bytes)
		return (struct glyph){
			.bytes = 1, .width = sizeof "\\x00" - 1, .code = first, .escaped = true};
	g.escaped = in(hidden, ARRAY_LEN(hidden), g.code);
	if (g.escaped)
		g.width = g.code < 0x80 ? sizeof "\\x00" - 1 : sizeof "\\u0000" - 1;
	else if (in(narrow, ARRAY_LEN(narrow), g.code))
		g.width = 0;
	else if (in(wide, ARRAY_LEN(wide), g.code))
		g.width = 2;
	return g;
}

void glyph_add(struct buf *out, struct str s, size_t at, const struct glyph *g)
{
	if (!g->escaped)
		buf_add(out, s.ptr + at, g->bytes);
	else if (g->bytes == 1)
		buf_fmt(out, "\\x%02x", g->code);
	else
		buf_fmt(out, "\\u%04x", g->code);
}

void glyph_clean(struct buf *out, struct str s)
{
	for (size_t at = 0; at < s.len;) {
		struct glyph g = glyph_at(s, at);

		glyph_add(out, s, at, &g);
		at += g.bytes;
	}
}

size_t glyph_width(struct str s)
{
	size_t width = 0;

	for (size_t at = 0; at < s.len;) {
		struct glyph g = glyph_at(s, at);

		width += g.width;
		at += g.bytes;
	}
	return width;
}
