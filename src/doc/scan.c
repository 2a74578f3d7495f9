#include "scan_internal.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/limits.h"
#include "base/utf8.h"
#include "tree_internal.h"

/* cJSON copies a number into a buffer of this size, with its end. */
#define NUMBER_MAX 63

/* So many digits are an integer that fits in 64 bits. */
#define INTEGER_DIGITS 18

bool scan_fail(struct scan *s, const char *what)
{
	size_t offset = scan_offset(s, s->at);

	if (s->at == s->end)
		return text_err(s->err, E_SYNTAX, s->text, offset, "the JSON text ends too early");
	return text_err(s->err, E_SYNTAX, s->text, offset, "%s", what);
}

static uint32_t hex4(const unsigned char *p)
{
	uint32_t code = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char c = p[i], lower = c | 0x20;

		if (c >= '0' && c <= '9')
			code = code << 4 | (c - '0');
		else if (lower >= 'a' && lower <= 'f')
			code = code << 4 | (uint32_t)(lower - 'a' + 10);
		else
			return UINT32_MAX;
	}
	return code;
}

/* What a letter behind a backslash stands for; 0: it is none of these. */
static const char escapes[256] = {['"'] = '"',	['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
				  ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};

/* At a backslash. */
static bool skip_escape(struct scan *s, bool *nul)
{
	size_t room = (size_t)(s->end - s->at);

	if (room >= 2 && escapes[s->at[1]]) {
		s->at += 2;
		return true;
	}
	if (room < 2 || s->at[1] != 'u')
		return scan_fail(s, "unknown escape sequence in a string");
	uint32_t code = room < 6 ? UINT32_MAX : hex4(s->at + 2);
	if (code == UINT32_MAX)
		return scan_fail(s, "\\u needs four hexadecimal digits");
	bool pair = code >= 0xd800 && code <= 0xdbff;
	if (pair) {
		bool second = room >= 12 && s->at[6] == '\\' && s->at[7] == 'u';
		uint32_t low = second ? hex4(s->at + 8) : 0;

		pair = second && low >= 0xdc00 && low <= 0xdfff;
	}
	if (code >= 0xd800 && code <= 0xdfff && !pair)
		return scan_fail(s, "half of a surrogate pair is not a character");
	*nul |= !code;
	s->at += pair ? 12 : 6;
	return true;
}

#ifdef __SSE2__
/* The first byte that means something special in a string, sixteen at a time: or what is left. */
static const unsigned char *skip_blocks(const unsigned char *p, const unsigned char *end)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
	const __m128i blank = _mm_set1_epi8(' ');

	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		/* signed: bytes from 0x80 on are below a blank, too */
		__m128i hits = _mm_or_si128(
			_mm_cmplt_epi8(v, blank),
			_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)));
		int mask = _mm_movemask_epi8(hits);

		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
	return p;
}
#else
/* The same, eight at a time. A hit sets the high bit of its byte; borrows reach only bytes behind a
 * hit, and the first hit is what counts. */
static const unsigned char *skip_blocks(const unsigned char *p, const unsigned char *end)
{
	const uint64_t ones = 0x0101010101010101u, high = ones << 7;

	for (; end - p >= 8; p += 8) {
		uint64_t v;

		memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		v = __builtin_bswap64(v);
#endif
		uint64_t hits = v | (v - ones * 0x20) | ((v ^ ones * '"') - ones) |
				((v ^ ones * '\\') - ones);
		if (hits & high)
			return p + (__builtin_ctzll(hits & high) >> 3);
	}
	return p;
}
#endif

/* Skips bytes that mean nothing special in a string. */
static const unsigned char *skip_plain(const unsigned char *p, const unsigned char *end)
{
	p = skip_blocks(p, end);
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* The character of the \u at `p`; moves both behind it. */
static void put_escape(const unsigned char **p, char **out, bool key)
{
	uint32_t code = hex4(*p + 2);

	if (!code && key) {
		memcpy(*out, *p, 6);
		*out += 6;
	} else if (code >= 0xd800 && code <= 0xdbff) {
		code = 0x10000 + ((code - 0xd800) << 10) + (hex4(*p + 8) - 0xdc00);
		*out += utf8_encode(code, *out);
		*p += 6;
	} else {
		*out += utf8_encode(code, *out);
	}
	*p += 6;
}

/* A string without its quotes and with escapes, which are known to be right. */
static struct str unescape(struct arena *a, struct str inside, bool key)
{
	const unsigned char *p = (const unsigned char *)inside.ptr, *end = p + inside.len;
	char *text = arena_alloc_raw(a, inside.len), *out = text;

	while (p < end) {
		if (*p != '\\') {
			*out++ = (char)*p++;
		} else if (p[1] != 'u') {
			*out++ = escapes[p[1]];
			p += 2;
		} else {
			put_escape(&p, &out, key);
		}
	}
	return (struct str){text, (size_t)(out - text)};
}

/* At a byte that skip_plain did not skip and that is no quote. */
static bool skip_special(struct scan *s, bool *nul)
{
	if (*s->at == '\\')
		return skip_escape(s, nul);
	if (*s->at == 0)
		return scan_fail(s, "raw NUL byte in a string");
	if (*s->at < 0x20)
		return scan_fail(s, "raw control byte in a string");
	size_t len = utf8_sequence((struct str){(const char *)s->at, (size_t)(s->end - s->at)});
	if (!len)
		return scan_fail(s, "not UTF-8");
	s->at += len;
	return true;
}

bool scan_string(struct scan *s, struct arena *a, bool key, struct str *out)
{
	const unsigned char *from = s->at + 1, *at = from;
	bool escaped = false, nul = false;

	for (;; at = s->at) {
		at = skip_plain(at, s->end);
		if (at < s->end && *at == '"')
			break;
		s->at = at;
		if (at == s->end)
			return scan_fail(s, "");
		escaped |= *at == '\\';
		if (!skip_special(s, &nul))
			return false;
	}
	*out = (struct str){(const char *)from, (size_t)(at - from)};
	s->at = at + 1;
	s->nul |= nul;
	if (escaped && a)
		*out = unescape(a, *out, key);
	return true;
}

static bool digits(struct scan *s)
{
	const unsigned char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return s->at > from || scan_fail(s, "a digit is missing in a number");
}

/* What may stand behind the digits before the point. */
static bool skip_fraction(struct scan *s)
{
	if (scan_at(s, '.')) {
		s->at++;
		if (!digits(s))
			return false;
	}
	if (scan_at(s, 'e') || scan_at(s, 'E')) {
		s->at++;
		if (scan_at(s, '+') || scan_at(s, '-'))
			s->at++;
		return digits(s);
	}
	return true;
}

/* The number that ends here, as strtod reads it. */
static bool read_double(struct scan *s, const unsigned char *from, double *out)
{
	size_t len = (size_t)(s->at - from);
	char text[NUMBER_MAX + 1] = {0};

	if (len <= NUMBER_MAX) {
		memcpy(text, from, len);
		*out = strtod(text, NULL);
	}
	if (len > NUMBER_MAX || *out - *out != 0)
		return text_err(s->err, E_LIMIT, s->text, scan_offset(s, from),
				"a number has more than %d characters or exceeds a double",
				NUMBER_MAX);
	return true;
}

bool scan_number(struct scan *s, double *out)
{
	const unsigned char *from = s->at;
	int64_t whole = 0;

	s->at += *s->at == '-';
	const unsigned char *first = s->at;
	if (!digits(s))
		return false;
	size_t len = (size_t)(s->at - first);
	if (*first == '0' && len > 1) {
		s->at = first + 1;
		return scan_fail(s, "a number does not start with 0");
	}
	if (len > INTEGER_DIGITS || scan_at(s, '.') || scan_at(s, 'e') || scan_at(s, 'E'))
		return skip_fraction(s) && read_double(s, from, out);
	for (const unsigned char *p = first; p < s->at; p++)
		whole = whole * 10 + (*p - '0');
	*out = first > from ? -(double)whole : (double)whole;
	return true;
}

bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return scan_fail(s, "a value is expected here");
	s->at += len;
	return true;
}
