#include "scalar_internal.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "tree_internal.h"

#define TAG_PREFIX "tag:yaml.org,2002:"
#define REAL_TEXT 40

enum kind { TEXT, NIL, BOOLEAN, INTEGER, REAL, BINARY };

struct meaning {
	enum kind kind;
	const char *word; /* of a boolean or null; NULL where it means the same to everybody */
	double number;
	uint64_t magnitude; /* of an integer */
	bool negative;	    /* an integer below zero */
	bool yes;
};

struct word {
	const char *word;
	enum kind kind;
	bool yes;
	double number;
};

static const struct word words[] = {
	{"y", BOOLEAN, true, 0},
	{"Y", BOOLEAN, true, 0},
	{"yes", BOOLEAN, true, 0},
	{"Yes", BOOLEAN, true, 0},
	{"YES", BOOLEAN, true, 0},
	{"true", BOOLEAN, true, 0},
	{"True", BOOLEAN, true, 0},
	{"TRUE", BOOLEAN, true, 0},
	{"on", BOOLEAN, true, 0},
	{"On", BOOLEAN, true, 0},
	{"ON", BOOLEAN, true, 0},
	{"n", BOOLEAN, false, 0},
	{"N", BOOLEAN, false, 0},
	{"no", BOOLEAN, false, 0},
	{"No", BOOLEAN, false, 0},
	{"NO", BOOLEAN, false, 0},
	{"false", BOOLEAN, false, 0},
	{"False", BOOLEAN, false, 0},
	{"FALSE", BOOLEAN, false, 0},
	{"off", BOOLEAN, false, 0},
	{"Off", BOOLEAN, false, 0},
	{"OFF", BOOLEAN, false, 0},
	{"", NIL, false, 0},
	{"~", NIL, false, 0},
	{"null", NIL, false, 0},
	{"Null", NIL, false, 0},
	{"NULL", NIL, false, 0},
	{".nan", REAL, false, NAN},
	{".NaN", REAL, false, NAN},
	{".NAN", REAL, false, NAN},
	{".inf", REAL, false, INFINITY},
	{".Inf", REAL, false, INFINITY},
	{".INF", REAL, false, INFINITY},
	{"+.inf", REAL, false, INFINITY},
	{"+.Inf", REAL, false, INFINITY},
	{"+.INF", REAL, false, INFINITY},
	{"-.inf", REAL, false, -INFINITY},
	{"-.Inf", REAL, false, -INFINITY},
	{"-.INF", REAL, false, -INFINITY},
};

/* See node_word. */
static bool is_strange(const struct word *w)
{
	return w->kind == NIL ? *w->word : w->kind == BOOLEAN && !strchr("tTfF", *w->word);
}

static bool is_word(struct str s, struct meaning *out)
{
	char first = s.len ? s.ptr[0] : '\0';

	if (s.len > 5 || !memchr("yYnNtTfFoO~.+-", first, sizeof "yYnNtTfFoO~.+-"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].word[0] == first && str_is(s, words[i].word)) {
			*out = (struct meaning){.kind = words[i].kind,
						.word = is_strange(&words[i]) ? words[i].word
									      : NULL,
						.yes = words[i].yes,
						.number = words[i].number};
			return true;
		}
	return false;
}

/* strconv.ParseInt and ParseUint with base 0, underscores gone. */
static bool is_integer(const char *s, struct meaning *out)
{
	bool sign = *s == '-' || *s == '+';
	struct meaning m = {.kind = INTEGER, .negative = *s == '-'};
	unsigned base = 10;

	s += sign;
	if (!*s)
		return false;
	if (s[0] == '0' && s[1]) {
		char letter = (char)(s[1] | 0x20);
		bool prefix = s[2] && (letter == 'x' || letter == 'o' || letter == 'b');

		base = !prefix ? 8 : letter == 'x' ? 16 : letter == 'o' ? 8 : 2;
		s += prefix ? 2 : 1;
	}
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s, lower = c | 0x20;
		unsigned digit = c >= '0' && c <= '9'		? (unsigned)(c - '0')
				 : lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a' + 10)
								: 16;

		if (digit >= base || m.magnitude > (UINT64_MAX - digit) / base)
			return false;
		m.magnitude = m.magnitude * base + digit;
	}
	if (sign && m.magnitude > (uint64_t)INT64_MAX + m.negative)
		return false;
	m.negative = m.negative && m.magnitude;
	m.number = m.negative ? -(double)m.magnitude : (double)m.magnitude;
	*out = m;
	return true;
}

static const char *skip_digits(const char *s)
{
	while (*s >= '0' && *s <= '9')
		s++;
	return s;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? and within the range of a double. */
static bool is_real(const char *s, struct meaning *out)
{
	const char *p = s + (*s == '-' || *s == '+'), *whole = p;

	p = skip_digits(p);
	if (p == whole && (p[0] != '.' || p[1] < '0' || p[1] > '9'))
		return false;
	if (*p == '.')
		p = skip_digits(p + 1);
	if (*p == 'e' || *p == 'E') {
		p += p[1] == '-' || p[1] == '+' ? 2 : 1;
		const char *from = p;

		p = skip_digits(p);
		if (p == from)
			return false;
	}
	double number = strtod(s, NULL);
	if (*p || !isfinite(number))
		return false;
	*out = (struct meaning){.kind = REAL, .number = number};
	return true;
}

static struct meaning resolve(struct arena *a, struct str s)
{
	struct meaning m = {.kind = TEXT};
	char first = s.len ? s.ptr[0] : '\0';
	bool number = first && strchr("0123456789+-.", first);

	if (is_word(s, &m) || !number || memchr(s.ptr, '\0', s.len))
		return m;
	char *plain = arena_alloc_raw(a, s.len + 1);
	size_t len = 0;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '_' || first == '.')
			plain[len++] = s.ptr[i];
	plain[len] = '\0';
	if (first == '.' || !is_integer(plain, &m))
		(void)is_real(plain, &m);
	return m;
}

static bool tagged(struct arena *a, const struct scalar *s, struct meaning *m, const char **problem)
{
	static const struct {
		const char *tag;
		enum kind kind;
	} tags[] = {{"null", NIL}, {"bool", BOOLEAN}, {"int", INTEGER}, {"float", REAL}};
	const char *tag = s->tag + strlen(TAG_PREFIX);

	*m = (struct meaning){.kind = strcmp(tag, "binary") == 0 ? BINARY : TEXT};
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if (strcmp(tag, tags[i].tag) != 0)
			continue;
		*m = resolve(a, s->text);
		if (tags[i].kind == REAL && m->kind == INTEGER)
			m->kind = REAL;
		if (m->kind == tags[i].kind)
			return true;
		*problem = arena_fmt(a, "the tag !!%s does not fit this value", tag).ptr;
		return false;
	}
	return true;
}

static bool meaning_of(struct arena *a, const struct scalar *s, struct meaning *m,
		       const char **problem)
{
	if (s->tag && strncmp(s->tag, TAG_PREFIX, strlen(TAG_PREFIX)) == 0)
		return tagged(a, s, m, problem);
	*m = s->plain && !s->tag ? resolve(a, s->text) : (struct meaning){.kind = TEXT};
	return true;
}

/* Base64 of UTF-8 text. */
static bool decode_binary(struct arena *a, struct str s, struct str *out)
{
	return base64_decode(s, a, out) && utf8_valid(*out);
}

bool scalar_value(struct arena *a, const struct scalar *s, struct node *out, const char **problem)
{
	struct meaning m;
	struct str text = s->text;

	if (!meaning_of(a, s, &m, problem))
		return false;
	switch (m.kind) {
	case NIL:
	case BOOLEAN:
		if (m.word)
			node_set_str(out, str_from(m.word));
		out->json.type = m.kind == NIL ? cJSON_NULL : m.yes ? cJSON_True : cJSON_False;
		return true;
	case INTEGER:
	case REAL:
		*problem = "JSON has no infinity and no NaN: put the value in quotes if it is text";
		out->json.type = cJSON_Number;
		out->json.valuedouble = m.number;
		return isfinite(m.number);
	case BINARY:
		*problem = "the value of !!binary is not base64 of UTF-8 text";
		if (!decode_binary(a, text, &text))
			return false;
		break;
	case TEXT:
		break;
	}
	node_set_str(out, arena_str(a, text));
	return true;
}

/* strconv.FormatFloat(n, 'g', -1, 32): the shortest form that is the same float. */
static void format_real(float n, char out[static REAL_TEXT])
{
	int digits = 0;

	if (!isfinite(n)) {
		snprintf(out, REAL_TEXT, "%s", isnan(n) ? ".nan" : n > 0 ? ".inf" : "-.inf");
		return;
	}
	do
		snprintf(out, REAL_TEXT, "%.*e", digits, (double)n);
	while (strtof(out, NULL) != n && ++digits < 9);
	int exponent = (int)strtol(strchr(out, 'e') + 1, NULL, 10);
	if (exponent >= -4 && exponent < 6)
		snprintf(out, REAL_TEXT, "%.*f", digits > exponent ? digits - exponent : 0,
			 (double)n);
}

/* An escaped NUL stays escaped, so that the key equals no name of a field. */
static struct str text_key(struct arena *a, struct str s)
{
	struct buf b = BUF_ARENA(a);
	struct str part;

	if (!s.len || !memchr(s.ptr, '\0', s.len))
		return arena_str(a, s);
	for (bool first = true; str_split(&s, '\0', &part); first = false) {
		buf_text(&b, first ? "" : "\\u0000");
		buf_str(&b, part);
	}
	return buf_slice(&b);
}

bool scalar_key(struct arena *a, const struct scalar *s, struct str *out, const char **problem)
{
	struct meaning m;
	struct str text = s->text;
	char number[REAL_TEXT];

	if (!meaning_of(a, s, &m, problem))
		return false;
	switch (m.kind) {
	case NIL:
		*problem = "a key cannot be null: put it in quotes if it is text";
		return false;
	case BOOLEAN:
		*out = m.yes ? STR("true") : STR("false");
		return true;
	case INTEGER:
		snprintf(number, sizeof number, "%s%" PRIu64, m.negative ? "-" : "", m.magnitude);
		*out = arena_str(a, str_from(number));
		return true;
	case REAL:
		format_real((float)m.number, number);
		*out = arena_str(a, str_from(number));
		return true;
	case BINARY:
		*problem = "the value of !!binary is not base64 of UTF-8 text";
		if (!decode_binary(a, text, &text))
			return false;
		break;
	case TEXT:
		break;
	}
	*out = text_key(a, text);
	return true;
}
