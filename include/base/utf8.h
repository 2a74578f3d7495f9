/*
 * Where the characters of UTF-8 begin and end: counted, cut, decoded and encoded here and nowhere
 * else. Counting and cutting take any bytes: a byte that does not continue a sequence begins a
 * character, so what utf8_valid accepts is never cut inside of one.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

bool utf8_valid(struct str s);	 /* well-formed, without surrogates (RFC 3629) */
size_t utf8_count(struct str s); /* characters */
/* There is more in it than blanks, what is not seen, and punctuation, of any script. */
bool utf8_has_words(struct str s);

/* The longest beginning of `s` of whole characters with at most `most` bytes, or characters. */
struct str utf8_cut(struct str s, size_t most);
struct str utf8_cut_chars(struct str s, size_t most);

/* Where the character begins that holds the byte at `at`, and where the one after it does; s.len
 * when `at` is no less. */
size_t utf8_begin(struct str s, size_t at);
size_t utf8_next(struct str s, size_t at);

/* Bytes of the well-formed sequence (RFC 3629) that `s` begins with, an ASCII byte being one of
 * them; 0 when it begins with none. */
size_t utf8_sequence(struct str s);
/* The same; `*code` is what it stands for, and is not set when there is none. */
size_t utf8_decode(struct str s, uint32_t *code);

/* The bytes of a code point up to 0x10ffff; their number. */
size_t utf8_encode(uint32_t code, char out[4]);

#endif
