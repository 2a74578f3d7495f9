#include "base/utf8.h"

#include <string.h>

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t utf8_count(struct str s)
{
	size_t count = s.len, i = 0;

	/* eight bytes at a time: a bit for each that continues */
	for (uint64_t some; i + sizeof some <= s.len; i += sizeof some) {
		memcpy(&some, s.ptr + i, sizeof some);
		some = some >> 7 & ~some >> 6 & 0x0101010101010101u;
		count -= (size_t)(some * 0x0101010101010101u >> 56);
	}
	for (; i < s.len; i++)
		count -= continues(s.ptr[i]);
	return count;
}

struct str utf8_cut(struct str s, size_t most)
{
	return str_slice(s, 0, utf8_begin(s, most));
}

struct str utf8_cut_chars(struct str s, size_t most)
{
	size_t at = 0;

	while (at < s.len && (continues(s.ptr[at]) || most--))
		at++;
	return str_slice(s, 0, at);
}

size_t utf8_begin(struct str s, size_t at)
{
	if (at >= s.len)
		return s.len;
	while (at && continues(s.ptr[at]))
		at--;
	return at;
}

size_t utf8_next(struct str s, size_t at)
{
	if (at >= s.len)
		return s.len;
	for (at++; at < s.len && continues(s.ptr[at]);)
		at++;
	return at;
}

/* The second byte decides what is overlong, a surrogate, or beyond 0x10ffff. */
size_t utf8_sequence(struct str s)
{
	if (!s.len)
		return 0;
	const unsigned char *p = (const unsigned char *)s.ptr;
	if (p[0] < 0x80)
		return 1;
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;

	if (p[0] < 0xc2 || p[0] > 0xf4 || len > s.len || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (!continues(s.ptr[i]))
			return 0;
	return len;
}

size_t utf8_decode(struct str s, uint32_t *code)
{
	static const unsigned char mask[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	size_t len = utf8_sequence(s);

	if (!len)
		return 0;
	*code = (unsigned char)s.ptr[0] & mask[len];
	for (size_t i = 1; i < len; i++)
		*code = *code << 6 | ((unsigned char)s.ptr[i] & 0x3fu);
	return len;
}

size_t utf8_encode(uint32_t code, char out[4])
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = len - 1; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(lead[len] | code);
	return len;
}

bool utf8_valid(struct str s)
{
	for (size_t at = 0, len; at < s.len; at += len) {
		len = utf8_sequence(str_slice(s, at, s.len));
		if (!len)
			return false;
	}
	return true;
}
