#include "base/arena.h"

#include "base/limits.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT alignof(max_align_t)

struct block {
	struct block *next;
	size_t cap;
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *blocks; /* newest first; the oldest is the one that arena_reset keeps */
	size_t used;	      /* of the newest */
	size_t block;	      /* bytes of one, unless a piece is larger */
	struct block *spare;  /* of these bytes each: arena_recycle's */
};

static void *allocate(size_t size)
{
	void *p = malloc(size);

	if (!p)
		out_of_memory(size);
	return p;
}

struct arena *arena_new_blocks(size_t block)
{
	struct arena *a = allocate(sizeof *a);

	*a = (struct arena){.block = block};
	return a;
}

struct arena *arena_new(void)
{
	return arena_new_blocks(ARENA_BLOCK);
}

static void add_block(struct arena *a, size_t cap)
{
	struct block *b = a->spare;

	if (b && cap == b->cap)
		a->spare = b->next;
	else
		b = allocate(sizeof *b + cap);
	b->next = a->blocks;
	b->cap = cap;
	a->blocks = b;
	a->used = 0;
}

void arena_reset(struct arena *a)
{
	while (a->blocks) {
		struct block *next = a->blocks->next;

#ifndef ARENA_CHECKED
		if (!next && a->blocks->cap == ARENA_KEEP)
			break;
#endif
		free(a->blocks);
		a->blocks = next;
	}
	a->used = 0;
}

void arena_recycle(struct arena *a, size_t most)
{
	size_t kept = 0;

#ifdef ARENA_CHECKED
	most = 0;
#endif
	for (struct block *b = a->spare; b; b = b->next)
		kept += b->cap;
	for (struct block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		if (b->cap != a->block || kept + b->cap > most) {
			free(b);
			continue;
		}
		b->next = a->spare;
		a->spare = b;
		kept += b->cap;
	}
	a->blocks = NULL;
	a->used = 0;
}

void arena_wipe(struct arena *a)
{
	for (struct block *b = a->blocks; b; b = b->next)
		explicit_bzero(b->bytes, b->cap);
	arena_reset(a);
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){a->blocks, a->used};
}

void arena_rewind(struct arena *a, struct arena_mark to)
{
	if (!to.block) {
		arena_reset(a);
		return;
	}
	while (a->blocks != to.block) {
		struct block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	a->used = to.used;
}

static void free_blocks(struct block *b)
{
	for (struct block *next; b; b = next) {
		next = b->next;
		free(b);
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	free_blocks(a->blocks);
	free_blocks(a->spare);
	free(a);
}

void *arena_alloc_raw(struct arena *a, size_t size)
{
#ifdef ARENA_CHECKED
	add_block(a, size);
	return a->blocks->bytes;
#else
	if (size > SIZE_MAX / 2)
		out_of_memory(size);
	size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (!a->blocks || size > a->blocks->cap - a->used)
		add_block(a, size > a->block ? size : a->block);
	void *p = a->blocks->bytes + a->used;
	a->used += size;
	return p;
#endif
}

void *arena_alloc(struct arena *a, size_t size)
{
	return memset(arena_alloc_raw(a, size), 0, size);
}

struct str arena_str(struct arena *a, struct str s)
{
	char *copy = arena_alloc_raw(a, s.len + 1);

	if (s.len)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return (struct str){copy, s.len};
}

const char *arena_cstr(struct arena *a, struct str s)
{
	return arena_str(a, s).ptr;
}

struct str arena_vfmt(struct arena *a, const char *fmt, va_list args)
{
	char small[256]; /* most texts are formatted once */
	va_list again;

	va_copy(again, args);
	int len = vsnprintf(small, sizeof small, fmt, args);
	BUG_IF(len < 0);
	char *text = arena_alloc_raw(a, (size_t)len + 1);
	if ((size_t)len < sizeof small)
		memcpy(text, small, (size_t)len + 1);
	else
		vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return (struct str){text, (size_t)len};
}

struct str arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	struct str s = arena_vfmt(a, fmt, args);
	va_end(args);
	return s;
}
