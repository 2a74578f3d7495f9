/* What several objects have in common: texts, counted. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

void *learn_grow(struct arena *a, void *items, size_t *len, size_t *cap, size_t size)
{
	if (*len == *cap) {
		*cap = *cap ? *cap * 2 : 16;
		void *grown = arena_alloc(a, *cap * size);

		if (*len)
			memcpy(grown, items, *len * size);
		items = grown;
	}
	++*len;
	return items;
}

static int by_text(const void *left, const void *right)
{
	return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

static int by_count(const void *left, const void *right)
{
	const struct vote *a = left, *b = right;

	return a->count == b->count ? str_cmp(a->text, b->text) : a->count < b->count ? 1 : -1;
}

struct votes votes_count(struct arena *a, const struct texts *texts)
{
	struct votes v = {ARENA_ARRAY(a, struct vote, texts->len + 1), 0};

	if (texts->len)
		qsort(texts->items, texts->len, sizeof *texts->items, by_text);
	for (size_t i = 0; i < texts->len; i++) {
		if (!v.len || !str_eq(v.items[v.len - 1].text, texts->items[i]))
			v.items[v.len++].text = texts->items[i];
		v.items[v.len - 1].count++;
	}
	if (v.len)
		qsort(v.items, v.len, sizeof *v.items, by_count);
	return v;
}

struct str_values votes_shared(const struct votes *v, size_t total)
{
	struct str_values out = {0};
	size_t sum = 0;

	for (size_t i = 0; i < v->len && out.len < LEARN_VALUES; i++) {
		if (v->items[i].count < LEARN_LEAST)
			break;
		if (!v->items[i].text.len)
			continue;
		sum += v->items[i].count;
		out.items[out.len++] = v->items[i].text;
	}
	if (sum * 2 <= total || (out.len > 1 && out.len * LEARN_EACH > sum))
		out.len = 0;
	return out;
}

struct str votes_most(const struct votes *v, size_t total)
{
	if (!v->len || v->items[0].count < LEARN_LEAST || v->items[0].count * 2 <= total)
		return STR_EMPTY;
	return v->items[0].text;
}
