/*
 * Text is a slice: borrowed, may hold NUL, is not terminated. Print it with "%.*s" and STR_ARG.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/macros.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
/* clang-format off */
#define STR_INIT(literal) {"" literal, sizeof(literal) - 1} /* in a static table */
/* clang-format on */
#define STR_EMPTY ((struct str){"", 0})
#define STR_ARG(s) (int)(s).len, (s).ptr

struct str str_from(const char *c_string);		    /* NULL gives the empty slice */
struct str str_slice(struct str s, size_t from, size_t to); /* clamped to s */

bool str_eq(struct str a, struct str b);
bool str_is(struct str s, const char *c_string);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
int str_cmp(struct str a, struct str b);	/* bytewise, as memcmp; shorter first */

bool str_has_prefix(struct str s, struct str prefix);
bool str_has_suffix(struct str s, struct str suffix);
bool str_has_prefix_nocase(struct str s, struct str prefix);
bool str_has_suffix_nocase(struct str s, struct str suffix);
bool str_contains(struct str s, struct str part);

#define STR_NONE SIZE_MAX
size_t str_find(struct str s, struct str part); /* STR_NONE when absent */
size_t str_find_byte(struct str s, char byte);

/* Takes the part before the first `sep` off `*rest`; false when `*rest` is used up. "a,,b" has
 * three parts; the empty string has one. Start with *rest = the whole; its ptr becomes NULL at the
 * end. */
bool str_split(struct str *rest, char sep, struct str *part);

struct str str_trim(struct str s); /* ASCII blanks on both sides */

/* FNV-1a, 64 bits, of what was hashed before and of `s`; not for what an attacker chooses. */
#define STR_HASH 0xcbf29ce484222325U
uint64_t str_hash(uint64_t hash, struct str s);

/* Decimal digits with an optional '-'; refuses blanks, '+', overflow and trailing bytes. */
MUST_CHECK bool str_to_i64(struct str s, int64_t *out);

/* Number and unit, once or several times: s m h d w ("90m", "1h30m", "8d"); no sign. Seconds.
 * Refuses everything else and what exceeds 292 years. */
MUST_CHECK bool str_to_seconds(struct str s, int64_t *out);

/* Number of single-byte insertions, deletions, replacements and swaps of neighbours from a to b;
 * stops counting above `most` and returns most + 1. ASCII letters compare without case. */
size_t str_distance(struct str a, struct str b, size_t most);

/* The one of `names` nearest to `s`, within a third of its length (at least 1, at most 3); NULL
 * when none is near. */
const char *str_nearest(struct str s, const char *const *names, size_t len);

#endif
