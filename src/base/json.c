#include "base/json.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void before_value(struct json *j)
{
	if (j->comma)
		buf_byte(j->out, ',');
	j->comma = true;
}

void json_open(struct json *j, char bracket)
{
	before_value(j);
	buf_byte(j->out, bracket);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	buf_byte(j->out, bracket);
	j->comma = true;
}

static void escape(struct buf *out, unsigned char c)
{
	static const char names[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
				     ['\r'] = 'r', ['"'] = '"',	 ['\\'] = '\\'};

	if (c < sizeof names && names[c])
		buf_fmt(out, "\\%c", names[c]);
	else
		buf_fmt(out, "\\u%04x", c);
}

static void quoted(struct buf *out, struct str s)
{
	size_t plain = 0, at = 0;

	buf_byte(out, '"');
	while (at < s.len) {
		unsigned char c = (unsigned char)s.ptr[at];

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
			at++;
			continue;
		}
		size_t len = c < 0x7f ? 0 : utf8_sequence(str_slice(s, at, s.len));
		if (c > 0x7f && len) {
			at += len;
			continue;
		}
		buf_str(out, str_slice(s, plain, at));
		if (c <= 0x7f)
			escape(out, c);
		else
			buf_text(out, "\xef\xbf\xbd");
		plain = ++at;
	}
	buf_str(out, str_slice(s, plain, s.len));
	buf_byte(out, '"');
}

void json_key(struct json *j, const char *key)
{
	before_value(j);
	quoted(j->out, str_from(key));
	buf_byte(j->out, ':');
	j->comma = false;
}

void json_str(struct json *j, struct str s)
{
	before_value(j);
	quoted(j->out, s);
}

void json_int(struct json *j, int64_t n)
{
	before_value(j);
	buf_fmt(j->out, "%" PRId64, n);
}

void json_number(struct json *j, double n)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits += 2) {
		snprintf(text, sizeof text, "%.*g", digits, n);
		if (!(strtod(text, NULL) < n) && !(strtod(text, NULL) > n))
			break;
	}
	before_value(j);
	buf_text(j->out, text);
}

void json_bool(struct json *j, bool b)
{
	before_value(j);
	buf_text(j->out, b ? "true" : "false");
}

void json_null(struct json *j)
{
	before_value(j);
	buf_text(j->out, "null");
}

void json_key_str(struct json *j, const char *key, struct str s)
{
	json_key(j, key);
	json_str(j, s);
}

void json_key_int(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	json_int(j, n);
}
