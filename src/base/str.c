#include "base/str.h"

#include "base/utf8.h"

#include <string.h>

struct str str_from(const char *c_string)
{
	return c_string ? (struct str){c_string, strlen(c_string)} : STR_EMPTY;
}

struct str str_slice(struct str s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return (struct str){from ? s.ptr + from : s.ptr, to - from}; /* ptr may be NULL */
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (!a.len || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_is(struct str s, const char *c_string)
{
	return str_eq(s, str_from(c_string));
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_has_prefix(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

bool str_has_suffix(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_slice(s, s.len - suffix.len, s.len), suffix);
}

bool str_has_prefix_nocase(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq_nocase(str_slice(s, 0, prefix.len), prefix);
}

bool str_has_suffix_nocase(struct str s, struct str suffix)
{
	return s.len >= suffix.len &&
	       str_eq_nocase(str_slice(s, s.len - suffix.len, s.len), suffix);
}

size_t str_find(struct str s, struct str part)
{
	if (!part.len)
		return 0;
	if (!s.len)
		return STR_NONE;
	const char *at = memmem(s.ptr, s.len, part.ptr, part.len);
	return at ? (size_t)(at - s.ptr) : STR_NONE;
}

bool str_contains(struct str s, struct str part)
{
	return str_find(s, part) != STR_NONE;
}

size_t str_find_byte(struct str s, char byte)
{
	const char *at = s.len ? memchr(s.ptr, byte, s.len) : NULL;
	return at ? (size_t)(at - s.ptr) : STR_NONE;
}

bool str_split(struct str *rest, char sep, struct str *part)
{
	if (!rest->ptr)
		return false;
	size_t at = str_find_byte(*rest, sep);
	if (at == STR_NONE) {
		*part = *rest;
		*rest = (struct str){NULL, 0};
	} else {
		*part = str_slice(*rest, 0, at);
		*rest = str_slice(*rest, at + 1, rest->len);
	}
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len && is_blank(s.ptr[0]))
		s = str_slice(s, 1, s.len);
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static bool digit(struct str s, size_t at, int *value)
{
	if (at >= s.len || s.ptr[at] < '0' || s.ptr[at] > '9')
		return false;
	*value = s.ptr[at] - '0';
	return true;
}

uint64_t str_hash(uint64_t hash, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.ptr[i]) * 0x100000001b3U;
	return hash;
}

bool str_to_i64(struct str s, int64_t *out)
{
	bool negative = s.len && s.ptr[0] == '-';
	size_t at = negative;
	int64_t n = 0;
	int d;

	if (at == s.len)
		return false;
	for (; at < s.len; at++) {
		if (!digit(s, at, &d) || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_sub_overflow(n, d, &n)) /* downwards: INT64_MIN fits */
			return false;
	}
	if (!negative && __builtin_sub_overflow((int64_t)0, n, &n))
		return false;
	*out = n;
	return true;
}

static int64_t unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	default:
		return 0;
	}
}

bool str_to_seconds(struct str s, int64_t *out)
{
	const int64_t most = INT64_MAX / 1000000000; /* 292 years, as Go's time.Duration */
	int64_t sum = 0;
	size_t at = 0;

	if (!s.len)
		return false;
	while (at < s.len) {
		int64_t n = 0;
		int d;

		if (!digit(s, at, &d))
			return false;
		for (; digit(s, at, &d); at++) {
			n = n * 10 + d;
			if (n > most)
				return false;
		}
		int64_t unit = at < s.len ? unit_seconds(s.ptr[at++]) : 0;
		if (!unit || n > most / unit || sum > most - n * unit)
			return false;
		sum += n * unit;
	}
	*out = sum;
	return true;
}

bool str_is_utf8(struct str s)
{
	for (size_t at = 0, len; at < s.len; at += len) {
		len = utf8_sequence(str_slice(s, at, s.len));
		if (!len)
			return false;
	}
	return true;
}

#define DISTANCE_MAX_LEN 64 /* names of fields, rules and options are shorter */

size_t str_distance(struct str a, struct str b, size_t most)
{
	size_t rows[3][DISTANCE_MAX_LEN + 1]; /* the row before the last, the last, this one */
	size_t difference = a.len > b.len ? a.len - b.len : b.len - a.len;

	if (difference > most || a.len > DISTANCE_MAX_LEN || b.len > DISTANCE_MAX_LEN)
		return most + 1;
	for (size_t j = 0; j <= b.len; j++)
		rows[1][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		rows[2][0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = lower(a.ptr[i - 1]) == lower(b.ptr[j - 1]);
			size_t best = rows[1][j - 1] + !same;

			if (rows[1][j] + 1 < best)
				best = rows[1][j] + 1;
			if (rows[2][j - 1] + 1 < best)
				best = rows[2][j - 1] + 1;
			if (i > 1 && j > 1 && lower(a.ptr[i - 1]) == lower(b.ptr[j - 2]) &&
			    lower(a.ptr[i - 2]) == lower(b.ptr[j - 1]) && rows[0][j - 2] + 1 < best)
				best = rows[0][j - 2] + 1;
			rows[2][j] = best;
		}
		memcpy(rows[0], rows[1], sizeof rows[0]);
		memcpy(rows[1], rows[2], sizeof rows[1]);
	}
	return rows[1][b.len] > most ? most + 1 : rows[1][b.len];
}

const char *str_nearest(struct str s, const char *const *names, size_t len)
{
	size_t most = s.len / 3;
	const char *best = NULL;

	if (most < 1)
		most = 1;
	if (most > 3)
		most = 3;
	for (size_t i = 0; i < len; i++) {
		size_t distance = str_distance(s, str_from(names[i]), most);
		if (distance <= most) {
			best = names[i];
			if (!distance)
				break;
			most = distance - 1;
		}
	}
	return best;
}
