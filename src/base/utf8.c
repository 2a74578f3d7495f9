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

/* Blanks, what is not seen, marks that belong to a letter before them, and punctuation. */
static const uint32_t wordless[][2] = {
	{0x00, 0x2f},	    {0x3a, 0x40},	{0x5b, 0x60},	    {0x7b, 0xa9},
	{0xab, 0xb4},	    {0xb6, 0xb9},	{0xbb, 0xbf},	    {0xd7, 0xd7},
	{0xf7, 0xf7},	    {0x2c2, 0x2df},	{0x300, 0x36f},	    {0x37e, 0x37e},
	{0x387, 0x387},	    {0x559, 0x55f},	{0x589, 0x5c7},	    {0x5f3, 0x5f4},
	{0x600, 0x61f},	    {0x64b, 0x65f},	{0x66a, 0x66d},	    {0x6d4, 0x6d4},
	{0x700, 0x70f},	    {0x964, 0x965},	{0x970, 0x970},	    {0xe4f, 0xe4f},
	{0xe5a, 0xe5b},	    {0xf04, 0xf14},	{0x10fb, 0x10fb},   {0x115f, 0x1160},
	{0x1360, 0x1368},   {0x1680, 0x1680},	{0x17b4, 0x17b5},   {0x17d4, 0x17da},
	{0x1800, 0x180f},   {0x2000, 0x206f},	{0x2800, 0x2800},   {0x2e00, 0x2e7f},
	{0x3000, 0x3003},   {0x3008, 0x3020},	{0x3030, 0x3030},   {0x303d, 0x303d},
	{0x30fb, 0x30fb},   {0x3164, 0x3164},	{0xfe00, 0xfe6f},   {0xfeff, 0xff0f},
	{0xff1a, 0xff20},   {0xff3b, 0xff40},	{0xff5b, 0xff65},   {0xffa0, 0xffa0},
	{0xfff0, 0xffff},   {0x1bca0, 0x1bca3}, {0x1d159, 0x1d159}, {0x1d173, 0x1d17a},
	{0xe0000, 0xe0fff},
};

static bool is_wordless(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(wordless); i++)
		if (code >= wordless[i][0] && code <= wordless[i][1])
			return true;
	return false;
}

bool utf8_has_words(struct str s)
{
	uint32_t code;

	for (size_t at = 0, len; at < s.len; at += len ? len : 1) {
		len = utf8_decode(str_slice(s, at, s.len), &code);
		if (len && !is_wordless(code))
			return true;
	}
	return false;
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
