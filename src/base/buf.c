#include "base/buf.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct buf *b, size_t more)
{
	if (more <= b->cap - b->len)
		return;
	size_t cap = b->cap ? b->cap : 128;
	while (cap - b->len < more) {
		if (cap > SIZE_MAX / 2)
			out_of_memory(more);
		cap *= 2;
	}
	if (b->arena) {
		char *grown = arena_alloc_raw(b->arena, cap);

		if (b->len)
			memcpy(grown, b->ptr, b->len);
		b->ptr = grown;
	} else {
		char *grown = realloc(b->ptr, cap);

		if (!grown)
			out_of_memory(cap);
		b->ptr = grown;
	}
	b->cap = cap;
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (!len)
		return;
	reserve(b, len);
	memcpy(b->ptr + b->len, bytes, len);
	b->len += len;
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.ptr, s.len);
}

void buf_text(struct buf *b, const char *c_string)
{
	buf_add(b, c_string, strlen(c_string));
}

void buf_byte(struct buf *b, char byte)
{
	if (b->len == b->cap)
		reserve(b, 1);
	b->ptr[b->len++] = byte;
}

void buf_repeat(struct buf *b, char byte, size_t count)
{
	reserve(b, count);
	if (count)
		memset(b->ptr + b->len, byte, count);
	b->len += count;
}

void buf_vfmt(struct buf *b, const char *fmt, va_list args)
{
	size_t room = b->cap - b->len;
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(room ? b->ptr + b->len : NULL, room, fmt, args);
	BUG_IF(len < 0);
	if ((size_t)len >= room) {
		reserve(b, (size_t)len + 1);
		vsnprintf(b->ptr + b->len, (size_t)len + 1, fmt, again);
	}
	va_end(again);
	b->len += (size_t)len;
}

void buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_vfmt(b, fmt, args);
	va_end(args);
}

/* C1 controls are U+0080 to U+009F: 0xC2 and a byte below 0xA0. */
void buf_clean(struct buf *b, struct str s)
{
	size_t clean = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c >= 0x20 && c < 0x7f)
			continue;
		bool pair = c == 0xc2 && i + 1 < s.len && (unsigned char)s.ptr[i + 1] < 0xa0;
		if (c > 0x7f && !pair)
			continue;
		buf_str(b, str_slice(s, clean, i));
		if (pair)
			buf_fmt(b, "\\u%04x", (unsigned char)s.ptr[++i]);
		else
			buf_fmt(b, "\\x%02x", c);
		clean = i + 1;
	}
	buf_str(b, str_slice(s, clean, s.len));
}

void buf_uri(struct buf *b, struct str s, const char *plain)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c && (strchr("-._~", c) || strchr(plain, c))))
			buf_byte(b, c);
		else
			buf_fmt(b, "%%%02X", (unsigned)(unsigned char)c);
	}
}

struct str buf_slice(const struct buf *b)
{
	return b->len ? (struct str){b->ptr, b->len} : STR_EMPTY;
}

void buf_release(struct buf *b)
{
	if (!b->arena)
		free(b->ptr);
	*b = (struct buf){.arena = b->arena};
}
