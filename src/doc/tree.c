#include "tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int members_order(const struct cJSON *a, const struct cJSON *b)
{
	uint32_t left = as_node(a)->key_hash, right = as_node(b)->key_hash;

	return left != right ? (left < right ? -1 : 1) : str_cmp(node_key(a), node_key(b));
}

static int by_key(const void *a, const void *b)
{
	return members_order(*(const struct cJSON *const *)a, *(const struct cJSON *const *)b);
}

const struct cJSON **members_sorted(const struct cJSON *map, size_t len)
{
	BUG_IF(!len);
	const struct cJSON **sorted = malloc(len * sizeof *sorted);
	size_t i = 0;

	if (!sorted)
		out_of_memory(len * sizeof *sorted);
	for (const struct cJSON *m = map->child; m; m = m->next)
		sorted[i++] = m;
	BUG_IF(i != len);
	qsort(sorted, len, sizeof *sorted, by_key);
	return sorted;
}

/* Maps of up to so many members are compared pair by pair, larger ones sorted. */
#define PAIRWISE 32

static const struct cJSON *duplicate_sorted(const struct cJSON *map, size_t len)
{
	const struct cJSON **sorted = members_sorted(map, len);
	const struct cJSON *twice = NULL, *first = NULL;

	for (size_t i = 1; i < len && !twice; i++)
		if (same_keys(sorted[i - 1], sorted[i]))
			twice = sorted[i];
	free(sorted);
	/* Sorting is not stable: find the later of the two. */
	for (const struct cJSON *m = map->child; twice && m; m = m->next) {
		if (!same_keys(m, twice))
			continue;
		if (first)
			return m;
		first = m;
	}
	return NULL;
}

/* In a table by hash; sorted where the keys were chosen so that they collide. */
static const struct cJSON *duplicate_among_many(const struct cJSON *map)
{
	const struct cJSON *twice = NULL;
	size_t len = 0, size = 4 * PAIRWISE, steps = 0;

	for (const struct cJSON *m = map->child; m; m = m->next)
		len++;
	while (size < 2 * len)
		size *= 2;
	const struct cJSON **table = calloc(size, sizeof *table);
	if (!table)
		out_of_memory(size * sizeof *table);
	for (const struct cJSON *m = map->child; m && !twice && steps < 8 * len; m = m->next) {
		size_t at = as_node(m)->key_hash & (size - 1);

		for (; table[at] && !twice && steps < 8 * len; at = (at + 1) & (size - 1), steps++)
			if (same_keys(table[at], m))
				twice = m;
		table[at] = m;
	}
	free(table);
	return steps < 8 * len ? twice : duplicate_sorted(map, len);
}

const struct cJSON *members_duplicate(const struct cJSON *map)
{
	uint64_t seen[8] = {0}; /* a bit that is not set spares the comparisons */
	size_t len = 0;

	for (const struct cJSON *m = map->child; m; m = m->next) {
		uint32_t hash = as_node(m)->key_hash & 511;
		uint64_t *word = &seen[hash >> 6], bit = (uint64_t)1 << (hash & 63);

		if (len++ == PAIRWISE)
			return duplicate_among_many(map);
		for (const struct cJSON *n = map->child; *word & bit && n != m; n = n->next)
			if (same_keys(n, m))
				return m;
		*word |= bit;
	}
	return NULL;
}

bool text_err(struct err *err, enum err_code code, struct str text, size_t offset, const char *fmt,
	      ...)
{
	char message[sizeof err->msg];
	uint32_t line = 1, column = 1;
	va_list args;

	for (size_t i = 0; i < offset && i < text.len; i++) {
		if (text.ptr[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)text.ptr[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	return err_at(err, code, line, column, "%s", message);
}

const char *text_excerpt(struct str s, char out[EXCERPT])
{
	size_t len = s.len;

	if (len > EXCERPT - 4) {
		len = EXCERPT - 4;
		while (len && ((unsigned char)s.ptr[len] & 0xc0) == 0x80)
			len--;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = (unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f ? '?' : s.ptr[i];
	memcpy(out + len, len < s.len ? "..." : "", len < s.len ? 4 : 1);
	return out;
}

size_t text_sequence(const unsigned char *p, size_t room)
{
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;

	if (p[0] < 0xc2 || p[0] > 0xf4 || len > room || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t text_columns(struct str s)
{
	size_t columns = 0;

	for (size_t i = 0; i < s.len; i++)
		columns += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
	return columns;
}
