#include "doc/json_text.h"

#include "base/buf.h"
#include "base/utf8.h"

#define REPLACEMENT 0xfffd

static void add_rune(struct buf *out, uint32_t c)
{
	char bytes[4];

	buf_add(out, bytes, utf8_encode(c, bytes));
}

/* The four digits of a \u at the start of s. */
static bool hex4(struct str s, uint32_t *out)
{
	*out = 0;
	if (s.len < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		char c = s.ptr[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

static bool is_high(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdbff;
}

static bool is_low(uint32_t c)
{
	return c >= 0xdc00 && c <= 0xdfff;
}

/* What follows a backslash; `*rest` begins with it. */
static bool unescape(struct str *rest, struct buf *out)
{
	static const char plain[] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',	['b'] = '\b',
				     ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
	unsigned char c = rest->len ? (unsigned char)rest->ptr[0] : 0;
	struct str after = str_slice(*rest, 5, rest->len);
	uint32_t code, low;

	if (c < sizeof plain && plain[c]) {
		buf_byte(out, plain[c]);
		*rest = str_slice(*rest, 1, rest->len);
		return true;
	}
	if (c != 'u' || !hex4(str_slice(*rest, 1, rest->len), &code))
		return false;
	if (is_high(code) && str_has_prefix(after, STR("\\u")) &&
	    hex4(str_slice(after, 2, after.len), &low) && is_low(low)) {
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		after = str_slice(after, 6, after.len);
	}
	add_rune(out, is_high(code) || is_low(code) ? REPLACEMENT : code);
	*rest = after;
	return true;
}

bool json_text(struct arena *a, struct str line, struct str *out)
{
	struct buf text = BUF_ARENA(a);
	struct str rest;

	if (line.len < 2 || line.ptr[0] != '"' || line.ptr[line.len - 1] != '"' ||
	    !str_is_utf8(line))
		return false;
	rest = str_slice(line, 1, line.len - 1);
	while (rest.len) {
		char c = rest.ptr[0];

		rest = str_slice(rest, 1, rest.len);
		if (c == '"' || (unsigned char)c < ' ')
			return false;
		if (c != '\\')
			buf_byte(&text, c);
		else if (!unescape(&rest, &text))
			return false;
	}
	*out = buf_slice(&text);
	return true;
}
