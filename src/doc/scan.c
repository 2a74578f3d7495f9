/*
 * The pass over a JSON text before cJSON sees it. cJSON accepts bytes that are not UTF-8, raw NUL,
 * control bytes, numbers such as 01, and stops reading numbers after 63 characters.
 */
#include "scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tree.h"

/* cJSON copies a number into a buffer of this size, with its end. */
#define NUMBER_MAX 63

struct scan {
	struct str text;
	const unsigned char *at, *end;
	struct err *err;
	const struct scan_sink *sink; /* or NULL */
	size_t depth;
	bool nul;
	char open[LIMIT_DEPTH]; /* the brackets around, outermost first */
};

static size_t offset_of(const struct scan *s, const unsigned char *at)
{
	return (size_t)(at - (const unsigned char *)s->text.ptr);
}

/* What stands from `from` to here is a part of this kind. */
static bool tell(const struct scan *s, enum scan_part part, const unsigned char *from)
{
	return !s->sink ||
	       s->sink->take(s->sink->context, part, offset_of(s, from), offset_of(s, s->at));
}

static bool fail(struct scan *s, const char *what)
{
	size_t offset = offset_of(s, s->at);

	if (s->at == s->end)
		return text_err(s->err, E_SYNTAX, s->text, offset, "the JSON text ends too early");
	return text_err(s->err, E_SYNTAX, s->text, offset, "%s", what);
}

static void skip_blanks(struct scan *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
		s->at++;
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

static bool is_simple_escape(unsigned char c)
{
	return c == '"' || c == '\\' || c == 'n' || c == '/' || c == 't' || c == 'r' || c == 'b' ||
	       c == 'f';
}

/* At a backslash. */
static bool scan_escape(struct scan *s)
{
	size_t room = (size_t)(s->end - s->at);

	if (room >= 2 && is_simple_escape(s->at[1])) {
		s->at += 2;
		return true;
	}
	if (room < 2 || s->at[1] != 'u')
		return fail(s, "unknown escape sequence in a string");
	uint32_t code = room < 6 ? UINT32_MAX : hex4(s->at + 2);
	if (code == UINT32_MAX)
		return fail(s, "\\u needs four hexadecimal digits");
	bool pair = code >= 0xd800 && code <= 0xdbff;
	if (pair) {
		bool second = room >= 12 && s->at[6] == '\\' && s->at[7] == 'u';
		uint32_t low = second ? hex4(s->at + 8) : 0;

		pair = second && low >= 0xdc00 && low <= 0xdfff;
	}
	if (code >= 0xd800 && code <= 0xdfff && !pair)
		return fail(s, "half of a surrogate pair is not a character");
	if (!code)
		s->nul = true;
	s->at += pair ? 12 : 6;
	return true;
}

/* Skips bytes that mean nothing special in a string, eight at a time. A hit sets the high bit of
 * its byte; borrows reach only bytes behind a hit, and the first hit is what counts. */
static const unsigned char *skip_plain(const unsigned char *p, const unsigned char *end)
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
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* At the opening quote. */
static bool scan_string(struct scan *s)
{
	s->at++;
	for (;;) {
		s->at = skip_plain(s->at, s->end);
		if (s->at == s->end)
			return fail(s, "");
		if (*s->at == '"') {
			s->at++;
			return true;
		}
		if (*s->at == '\\') {
			if (!scan_escape(s))
				return false;
			continue;
		}
		if (*s->at == 0)
			return fail(s, "raw NUL byte in a string");
		if (*s->at < 0x20)
			return fail(s, "raw control byte in a string");
		size_t len = text_sequence(s->at, (size_t)(s->end - s->at));
		if (!len)
			return fail(s, "not UTF-8");
		s->at += len;
	}
}

static bool digits(struct scan *s)
{
	const unsigned char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return s->at > from;
}

static bool scan_number(struct scan *s)
{
	const unsigned char *from = s->at;
	bool exponent = false;

	if (*s->at == '-')
		s->at++;
	if (s->at < s->end && *s->at == '0') {
		s->at++;
		if (s->at < s->end && *s->at >= '0' && *s->at <= '9')
			return fail(s, "a number does not start with 0");
	} else if (!digits(s)) {
		return fail(s, "a digit is missing in a number");
	}
	if (s->at < s->end && *s->at == '.') {
		s->at++;
		if (!digits(s))
			return fail(s, "a digit is missing in a number");
	}
	if (s->at < s->end && (*s->at | 0x20) == 'e') {
		exponent = true;
		s->at++;
		if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
			s->at++;
		if (!digits(s))
			return fail(s, "a digit is missing in a number");
	}
	size_t len = (size_t)(s->at - from);
	char text[NUMBER_MAX + 1] = {0};
	if (len <= NUMBER_MAX)
		memcpy(text, from, len);
	if (len > NUMBER_MAX || (exponent && strtod(text, NULL) - strtod(text, NULL) != 0)) {
		s->at = from;
		return text_err(s->err, E_LIMIT, s->text, offset_of(s, from),
				"a number has more than %d characters or exceeds a double",
				NUMBER_MAX);
	}
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return fail(s, "a value is expected here");
	s->at += len;
	return true;
}

/* What may come next. */
enum next { VALUE, KEY, FIRST_VALUE, FIRST_KEY, AFTER_VALUE };

static bool open_bracket(struct scan *s, enum next *next)
{
	if (s->depth == LIMIT_DEPTH)
		return text_err(s->err, E_LIMIT, s->text, offset_of(s, s->at),
				"nested deeper than %d levels", LIMIT_DEPTH);
	s->open[s->depth++] = (char)*s->at;
	*next = *s->at == '{' ? FIRST_KEY : FIRST_VALUE;
	s->at++;
	return tell(s, SCAN_OPEN, s->at - 1);
}

static bool close_bracket(struct scan *s, enum next *next)
{
	s->depth--;
	s->at++;
	*next = AFTER_VALUE;
	return tell(s, SCAN_CLOSE, s->at - 1);
}

static bool scan_scalar(struct scan *s)
{
	unsigned char c = s->at < s->end ? *s->at : 0;

	if (c == '"')
		return scan_string(s);
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(s);
	return scan_word(s, c == 't' ? "true" : c == 'f' ? "false" : "null");
}

static bool scan_value(struct scan *s, enum next *next)
{
	const unsigned char *from = s->at;

	if (s->at < s->end && (*s->at == '{' || *s->at == '['))
		return open_bracket(s, next);
	*next = AFTER_VALUE;
	return scan_scalar(s) && tell(s, SCAN_SCALAR, from);
}

static bool scan_key(struct scan *s, enum next *next)
{
	if (s->at == s->end || *s->at != '"')
		return fail(s, "a key in double quotes is expected here");
	const unsigned char *from = s->at;
	if (!scan_string(s) || !tell(s, SCAN_KEY, from))
		return false;
	skip_blanks(s);
	if (s->at == s->end || *s->at != ':')
		return fail(s, "':' is expected after a key");
	s->at++;
	*next = VALUE;
	return true;
}

/* After a value that stands in brackets. */
static bool scan_after(struct scan *s, enum next *next)
{
	bool map = s->open[s->depth - 1] == '{';
	unsigned char c = s->at < s->end ? *s->at : 0;

	if (c != ',' && c != (map ? '}' : ']'))
		return fail(s, map ? "',' or '}' is expected here" : "',' or ']' is expected here");
	if (c != ',')
		return close_bracket(s, next);
	s->at++;
	*next = map ? KEY : VALUE;
	return true;
}

static bool scan_step(struct scan *s, enum next *next)
{
	bool first = *next == FIRST_KEY || *next == FIRST_VALUE;

	if (first && s->at < s->end && *s->at == (*next == FIRST_KEY ? '}' : ']'))
		return close_bracket(s, next);
	if (*next == AFTER_VALUE)
		return scan_after(s, next);
	return *next == KEY || *next == FIRST_KEY ? scan_key(s, next) : scan_value(s, next);
}

bool scan_json(struct str text, const struct scan_sink *sink, bool *nul, struct err *err)
{
	const unsigned char *from = (const unsigned char *)text.ptr;
	struct scan s = {
		.text = text, .at = from, .end = from + text.len, .err = err, .sink = sink};
	enum next next = VALUE;

	for (;;) {
		skip_blanks(&s);
		if (next == AFTER_VALUE && !s.depth) {
			if (s.at == s.end)
				break;
			if (!sink)
				return fail(&s, "bytes after the end of the JSON value");
			next = VALUE;
		}
		if (!scan_step(&s, &next))
			return false;
	}
	*nul = s.nul;
	return true;
}

bool scan_next_string(struct str *rest, struct str *inside)
{
	size_t from = str_find_byte(*rest, '"');

	if (from == STR_NONE)
		return false;
	size_t to = ++from;
	while (rest->ptr[to] != '"')
		to += rest->ptr[to] == '\\' ? 2 : 1;
	*inside = str_slice(*rest, from, to);
	*rest = str_slice(*rest, to + 1, rest->len);
	return true;
}

bool scan_has_nul(struct str inside)
{
	for (size_t i = 0; i + 6 <= inside.len; i++) {
		if (inside.ptr[i] != '\\')
			continue;
		if (memcmp(inside.ptr + i, "\\u0000", 6) == 0)
			return true;
		i++;
	}
	return false;
}

static size_t put_utf8(uint32_t code, char *out)
{
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = len - 1; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(lead[len] | code);
	return len;
}

size_t scan_unescape(struct str inside, bool keep_nul, char *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	size_t len = 0;

	for (size_t i = 0; i < inside.len;) {
		const unsigned char *p = (const unsigned char *)inside.ptr + i;

		if (*p != '\\') {
			out[len++] = inside.ptr[i++];
			continue;
		}
		if (p[1] != 'u') {
			const char *letter = strchr(from, p[1]);

			out[len++] = letter ? to[letter - from] : (char)p[1];
			i += 2;
			continue;
		}
		uint32_t code = hex4(p + 2);
		if (!code && keep_nul) {
			memcpy(out + len, p, 6);
			len += 6;
		} else if (code >= 0xd800 && code <= 0xdbff) {
			code = 0x10000 + ((code - 0xd800) << 10) + (hex4(p + 8) - 0xdc00);
			len += put_utf8(code, out + len);
			i += 6;
		} else {
			len += put_utf8(code, out + len);
		}
		i += 6;
	}
	return len;
}
