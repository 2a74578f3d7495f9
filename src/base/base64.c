#include "base/base64.h"

#include "base/arena.h"
#include "base/buf.h"

/* Value of a base64 digit, -1 for anything else. */
static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct str text, struct arena *a, struct str *out)
{
	char *bytes = arena_alloc_raw(a, text.len / 4 * 3 + 3);
	size_t len = 0, digits = 0, padding = 0;
	uint32_t quantum = 0;

	for (size_t i = 0; i < text.len; i++) {
		int d = digit(text.ptr[i]);

		if (text.ptr[i] == '\n' || text.ptr[i] == '\r')
			continue;
		if (text.ptr[i] == '=') {
			padding++;
			continue;
		}
		if (d < 0 || padding)
			return false;
		quantum = quantum << 6 | (uint32_t)d;
		if (++digits % 4 == 0) {
			bytes[len++] = (char)(quantum >> 16 & 0xff);
			bytes[len++] = (char)(quantum >> 8 & 0xff);
			bytes[len++] = (char)(quantum & 0xff);
		}
	}
	if ((digits + padding) % 4 || padding > 2 || (padding && digits % 4 + padding != 4))
		return false;
	if (padding == 2) {
		bytes[len++] = (char)(quantum >> 4 & 0xff);
	} else if (padding == 1) {
		bytes[len++] = (char)(quantum >> 10 & 0xff);
		bytes[len++] = (char)(quantum >> 2 & 0xff);
	}
	*out = (struct str){bytes, len};
	return true;
}

void base64_encode(struct str bytes, struct buf *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t len = bytes.len - i < 3 ? bytes.len - i : 3;
		uint32_t quantum = 0;

		for (size_t k = 0; k < 3; k++)
			quantum = quantum << 8 | (k < len ? (unsigned char)bytes.ptr[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_byte(out, k <= len ? digits[quantum >> (18 - 6 * k) & 63] : '=');
	}
}
