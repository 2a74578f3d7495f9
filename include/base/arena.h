/*
 * Memory of one request or one file: allocated piece by piece, released at once. Never returns
 * NULL. With -DARENA_CHECKED each piece is its own malloc, so that sanitizers see every overrun.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena;

struct arena *arena_new(void);
/* Its blocks are of `block` bytes: it lives long and holds little, or holds much. */
struct arena *arena_new_blocks(size_t block);
void arena_free(struct arena *a); /* NULL is fine */

/* Everything allocated is gone. Keeps one block of ARENA_KEEP bytes, gives the rest back. */
void arena_reset(struct arena *a);

/* Everything allocated is gone. Its blocks wait for what comes next, up to `most` bytes of them. */
void arena_recycle(struct arena *a, size_t most);

/* As arena_reset, and what was in it is overwritten first: values of Secrets. */
void arena_wipe(struct arena *a);

/* A place to go back to: everything allocated since is gone. Marks are used newest first. */
struct arena_mark {
	const void *block;
	size_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark to);

void *arena_alloc(struct arena *a, size_t size);     /* zeroed, aligned for any type */
void *arena_alloc_raw(struct arena *a, size_t size); /* the same, contents undefined */

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (count)))

struct str arena_str(struct arena *a, struct str s); /* a copy, NUL-terminated beyond its length */
const char *arena_cstr(struct arena *a, struct str s); /* the same, for library edges */
struct str arena_fmt(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
struct str arena_vfmt(struct arena *a, const char *fmt, __builtin_va_list args) PRINTF(2, 0);

DEFINE_CLEANUP(struct arena *, arena, arena_free)

#endif
