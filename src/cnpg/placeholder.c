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

static bool lower_or_dash(char c)
{
	return (c >= 'a' && c <= 'z') || c == '-';
}

/* <cluster-name>: small letters and hyphens in angle brackets. */
static bool angle(struct str value, struct str *which)
{
	struct str rest = value;
	size_t open;

	while ((open = str_find_byte(rest, '<')) != STR_NONE) {
		size_t end = open + 1;

		while (end < rest.len && lower_or_dash(rest.ptr[end]))
			end++;
		if (end > open + 1 && end < rest.len && rest.ptr[end] == '>') {
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

/* Nobody can say what a program makes of it: rule nul-in-value speaks, no other. */
static bool nul(struct str value, struct str *which)
{
	size_t at = str_find_byte(value, '\0');

	if (at == STR_NONE)
		return false;
	*which = str_slice(value, at, at + 1);
	return true;
}

enum begins { BEGINS_NONE, BEGINS_MARK, BEGINS_WORD };

/* What a byte begins, with the one behind it: most values hold none of these. */
static enum begins begins(struct str value, size_t at)
{
	static const unsigned char marks[256] = {
		['\0'] = BEGINS_MARK, ['$'] = BEGINS_MARK, ['{'] = BEGINS_MARK,
		['<'] = BEGINS_MARK,  ['C'] = 'H',	   ['P'] = 'L',
		['R'] = 'E',	      ['Y'] = 'O',	   ['y'] = 'o',
	};
	unsigned char next = marks[(unsigned char)value.ptr[at]];

	if (next <= BEGINS_MARK)
		return next ? BEGINS_MARK : BEGINS_NONE;
	return at + 1 < value.len && (unsigned char)value.ptr[at + 1] == next ? BEGINS_WORD
									      : BEGINS_NONE;
}

static bool word(struct str value, struct str *which)
{
	static const char *const words[] = {"CHANGEME",	   "CHANGE_ME",	  "REPLACE_ME", "REPLACEME",
					    "your-bucket", "YOUR_BUCKET", "PLACEHOLDER"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t at = str_find(value, str_from(words[i]));

		if (at == STR_NONE)
			continue;
		*which = str_slice(value, at, at + str_from(words[i]).len);
		return true;
	}
	return false;
}

bool value_is_placeholder(struct str value, struct str *which)
{
	bool seen[BEGINS_WORD + 1] = {false};
	struct str found;

	for (size_t i = 0; i < value.len; i++)
		seen[begins(value, i)] = true;
	if (!(seen[BEGINS_MARK] && (nul(value, &found) || value_is_variable(value, &found) ||
				    angle(value, &found) || shell(value, &found))) &&
	    !(seen[BEGINS_WORD] && word(value, &found)))
		return false;
	if (which)
		*which = found;
	return true;
}
