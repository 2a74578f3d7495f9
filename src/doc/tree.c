#include "tree_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

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
	struct str before = str_slice(text, 0, offset);
	uint32_t line = 1;
	va_list args;

	for (size_t end; (end = str_find_byte(before, '\n')) != STR_NONE; line++)
		before = str_slice(before, end + 1, before.len);
	va_start(args, fmt);
	vsnprintf(message, sizeof message, fmt, args);
	va_end(args);
	return err_at(err, code, line, (uint32_t)utf8_count(before) + 1, "%s", message);
}

const char *text_excerpt(struct str s, char out[EXCERPT])
{
	size_t len = utf8_cut(s, EXCERPT - 4).len;

	for (size_t i = 0; i < len; i++)
		out[i] = (unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f ? '?' : s.ptr[i];
	memcpy(out + len, len < s.len ? "..." : "", len < s.len ? 4 : 1);
	return out;
}
