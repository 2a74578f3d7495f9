/* Text that something else fills in or should have: what counts as such. */
#include "cnpg/object.h"

#include <string.h>

/* From `open` to the nearest `close` after it. */
static bool bracketed(struct str value, struct str open, struct str close, struct str *which)
{
	size_t from = str_find(value, open);

	if (from == STR_NONE)
		return false;
	size_t to = str_find(str_slice(value, from + open.len, value.len), close);
	if (to == STR_NONE)
		return false;
	*which = str_slice(value, from, from + open.len + to + close.len);
	return true;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* $name of envsubst and of shell templates, where a part of the value begins: s3://$bucket/pg. Not
 * in the middle of a word, as in a password. */
static bool unbraced(struct str value, struct str *which)
{
	struct str rest = value;
	size_t dollar, before = 0; /* bytes of `value` in front of `rest` */

	while ((dollar = str_find_byte(rest, '$')) != STR_NONE) {
		size_t at = before + dollar, end = at + 1;

		while (end < value.len && is_word(value.ptr[end]))
			end++;
		bool begins = at == 0 || strchr("/-.:", value.ptr[at - 1]);
		if (begins && end >= at + 3 &&
		    (value.ptr[at + 1] < '0' || value.ptr[at + 1] > '9')) {
			*which = str_slice(value, at, end);
			return true;
		}
		before = at + 1;
		rest = str_slice(value, before, value.len);
	}
	return false;
}

bool value_is_variable(struct str value, struct str *which)
{
	struct str found;

	if (!bracketed(value, STR("${"), STR("}"), &found) &&
	    !bracketed(value, STR("$("), STR(")"), &found) &&
	    !bracketed(value, STR("{{"), STR("}}"), &found) && !unbraced(value, &found))
		return false;
	if (which)
		*which = found;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_named(char c)
{
	return is_word(c) || c == '-' || c == ' ';
}

/* <cluster-name>, <TARGET_TIME UTC>: words in angle brackets. */
static bool angle(struct str value, struct str *which)
{
	struct str rest = value;
	size_t open;

	while ((open = str_find_byte(rest, '<')) != STR_NONE) {
		size_t end = open + 1;

		while (end < rest.len && is_named(rest.ptr[end]))
			end++;
		if (end > open + 1 && end < rest.len && rest.ptr[end] == '>' &&
		    is_letter(rest.ptr[open + 1])) {
			*which = str_slice(rest, open, end + 1);
			return true;
		}
		rest = str_slice(rest, open + 1, rest.len);
	}
	return false;
}

static bool upper_or_line(char c)
{
	return (c >= 'A' && c <= 'Z') || c == '_';
}

/* $NAME of a shell: three capitals or more. */
static bool shell(struct str value, struct str *which)
{
	struct str rest = value;
	size_t dollar;

	while ((dollar = str_find_byte(rest, '$')) != STR_NONE) {
		size_t end = dollar + 1;

		while (end < rest.len && upper_or_line(rest.ptr[end]))
			end++;
		if (end >= dollar + 4) {
			*which = str_slice(rest, dollar, end);
			return true;
		}
		rest = str_slice(rest, dollar + 1, rest.len);
	}
	return false;
}

static bool is_capital(char c)
{
	return upper_or_line(c) || (c >= '0' && c <= '9');
}

/* @BUCKET@, __TARGET_TIME__: capitals between two marks, for sed and its like. */
static bool marked(struct str value, struct str mark, struct str *which)
{
	struct str rest = value;
	size_t open;

	while ((open = str_find(rest, mark)) != STR_NONE) {
		struct str inner = str_slice(rest, open + mark.len, rest.len);
		size_t close = str_find(inner, mark), len = 0;

		while (len < inner.len && len < close && is_capital(inner.ptr[len]))
			len++;
		if (len && len == close && is_letter(*inner.ptr)) {
			*which = str_slice(rest, open, open + len + 2 * mark.len);
			return true;
		}
		rest = str_slice(rest, open + 1, rest.len);
	}
	return false;
}

/* Nobody can say what a program makes of it: rule nul-in-value speaks, no other. */
static bool nul(struct str value, struct str *which)
{
	size_t at = str_find_byte(value, '\0');

	if (at == STR_NONE)
		return false;
	*which = str_slice(value, at, at + 1);
	return true;
}

/* What a byte may begin: most values hold none of these. */
enum { BEGINS_MARK = 1, BEGINS_WORD = 2 };
static const unsigned char begins[256] = {
	['\0'] = BEGINS_MARK, ['$'] = BEGINS_MARK, ['{'] = BEGINS_MARK, ['<'] = BEGINS_MARK,
	['@'] = BEGINS_MARK,  ['_'] = BEGINS_MARK, ['%'] = BEGINS_MARK, ['C'] = BEGINS_WORD,
	['E'] = BEGINS_WORD,  ['P'] = BEGINS_WORD, ['R'] = BEGINS_WORD, ['Y'] = BEGINS_WORD,
	['y'] = BEGINS_WORD,
};

/* One that ends with '_' goes on: YOUR_BUCKET. */
static bool word(struct str value, struct str *which)
{
	static const struct str words[] = {
		STR_INIT("CHANGEME"),	STR_INIT("CHANGE_ME"),	 STR_INIT("REPLACE_ME"),
		STR_INIT("REPLACE-ME"), STR_INIT("REPLACEME"),	 STR_INIT("REPLACE_WITH_"),
		STR_INIT("EDIT_HERE"),	STR_INIT("EDIT_ME"),	 STR_INIT("your-bucket"),
		STR_INIT("YOUR_"),	STR_INIT("PLACEHOLDER"),
	};

	for (size_t at = 0; at < value.len; at++) {
		struct str rest = {value.ptr + at, value.len - at};

		if (begins[(unsigned char)*rest.ptr] != BEGINS_WORD ||
		    (at && is_letter(rest.ptr[-1])))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(words); i++) {
			if (!str_has_prefix(rest, words[i]))
				continue;
			size_t end = words[i].len;

			if (rest.ptr[end - 1] == '_')
				while (end < rest.len && is_capital(rest.ptr[end]))
					end++;
			*which = str_slice(rest, 0, end);
			return true;
		}
	}
	return false;
}

bool value_is_placeholder(struct str value, struct str *which)
{
	unsigned seen = 0;
	struct str found;

	for (size_t i = 0; i < value.len; i++)
		seen |= begins[(unsigned char)value.ptr[i]];
	if (!(seen & BEGINS_MARK &&
	      (nul(value, &found) || value_is_variable(value, &found) || angle(value, &found) ||
	       shell(value, &found) || marked(value, STR("@"), &found) ||
	       marked(value, STR("__"), &found) || marked(value, STR("%%"), &found))) &&
	    !(seen & BEGINS_WORD && word(value, &found)))
		return false;
	if (which)
		*which = found;
	return true;
}

bool value_is_unfilled(struct str value)
{
	struct str found;

	return str_is(value, "...") ||
	       ((angle(value, &found) || word(value, &found)) && found.len == value.len);
}
