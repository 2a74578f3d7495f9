/* Text of others in an error message, quoted as Go does it. */
#include "cron_internal.h"

#include "base/utf8.h"

/*
 * What strconv.Quote escapes: not printable. Of the code points that nobody has assigned only those
 * are here that stand in large blocks; the others are shown as they are.
 */
static const struct {
	uint32_t from, to;
} unprintable[] = {
	{0x7f, 0xa0},	    {0xad, 0xad},	 {0x600, 0x605},     {0x61c, 0x61c},
	{0x6dd, 0x6dd},	    {0x70f, 0x70f},	 {0x890, 0x891},     {0x8e2, 0x8e2},
	{0x1680, 0x1680},   {0x180e, 0x180e},	 {0x2000, 0x200f},   {0x2028, 0x202f},
	{0x205f, 0x206f},   {0x3000, 0x3000},	 {0xd800, 0xf8ff},   {0xfdd0, 0xfdef},
	{0xfeff, 0xfeff},   {0xfff0, 0xfffb},	 {0xfffe, 0xffff},   {0x110bd, 0x110bd},
	{0x110cd, 0x110cd}, {0x13430, 0x1343f},	 {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
	{0x323b0, 0xe00ff}, {0xe01f0, 0x10ffff},
};

static bool is_printable(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(unprintable); i++)
		if (c >= unprintable[i].from && c <= unprintable[i].to)
			return false;
	return c >= ' ';
}

static void escape(uint32_t c, struct buf *out)
{
	static const char names[] = {['\a'] = 'a', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n',
				     ['\r'] = 'r', ['\t'] = 't', ['\v'] = 'v'};

	if (c < sizeof names && names[c])
		buf_fmt(out, "\\%c", names[c]);
	else if (c < ' ' || c == 0x7f)
		buf_fmt(out, "\\x%02x", c);
	else
		buf_fmt(out, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

void cron_quote(struct str s, struct buf *out)
{
	buf_byte(out, '"');
	while (s.len) {
		uint32_t c = 0;
		size_t len = utf8_decode(s, &c);

		if (!len)
			buf_fmt(out, "\\x%02x", (unsigned char)s.ptr[len++]);
		else if (c == '"' || c == '\\')
			buf_fmt(out, "\\%c", (int)c);
		else if (is_printable(c))
			buf_str(out, str_slice(s, 0, len));
		else
			escape(c, out);
		s = str_slice(s, len, s.len);
	}
	buf_byte(out, '"');
}

void cron_quote_bytes(struct str s, struct buf *out)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c < ' ' || c >= 0x80)
			buf_fmt(out, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			buf_fmt(out, "\\%c", c);
		else
			buf_byte(out, (char)c);
	}
	buf_byte(out, '"');
}
