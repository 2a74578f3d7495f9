/*
 * Growing output. With an arena it lives there; without one (arena NULL) it is on the heap and the
 * owner calls buf_release. `ptr` is NULL while empty.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct arena;

struct buf {
	char *ptr;
	size_t len, cap;
	struct arena *arena;
};

#define BUF_ARENA(a) ((struct buf){.arena = (a)})

void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_str(struct buf *b, struct str s);
void buf_text(struct buf *b, const char *c_string);
void buf_byte(struct buf *b, char byte);
void buf_repeat(struct buf *b, char byte, size_t count);
void buf_fmt(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vfmt(struct buf *b, const char *fmt, __builtin_va_list args) PRINTF(2, 0);
/* On one line: control characters (C0, DEL, C1) are written as \x0a, \u0085. */
void buf_clean(struct buf *b, struct str s);
/* Percent-encoded (RFC 3986): letters, digits, -._~ and the bytes of `plain` stay, the rest is %XX.
 */
void buf_uri(struct buf *b, struct str s, const char *plain);
struct str buf_slice(const struct buf *b); /* valid until the next call that adds */
void buf_release(struct buf *b);	   /* frees what is on the heap; empties b */

static inline UNUSED void cleanup_buf(struct buf *b)
{
	buf_release(b);
}

#endif
