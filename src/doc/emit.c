#include "doc/emit.h"

#include "base/json.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* libyaml takes longer keys only behind a '?' (1024 characters; its own writer's limit is this). */
enum { SIMPLE_KEY = 128 };

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* null and the booleans of YAML 1.1, in any case. */
static bool is_word(struct str s)
{
	static const char *const words[] = {"null", "true", "false", "yes", "no",
					    "on",   "off",  "y",     "n"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq_nocase(s, str_from(words[i])))
			return true;
	return false;
}

/* A number and a unit: 10Gi, 500m, 30d. Not 1e3, 0x1F, 0b1 nor 0o7. */
static bool is_quantity(struct str s)
{
	size_t at = 0;

	while (at < s.len && is_digit(s.ptr[at]))
		at++;
	if (!at || at == s.len || s.len > at + 2)
		return false;
	for (; at < s.len; at++)
		if (!memchr("KMGTPikmdhsw", s.ptr[at], sizeof "KMGTPikmdhsw" - 1))
			return false;
	return true;
}

/* Without quotes it is this text to every reader. */
static bool is_plain(struct str s)
{
	if (!s.len || is_word(s))
		return false;
	if (is_digit(s.ptr[0]))
		return is_quantity(s);
	if (!is_letter(s.ptr[0]) && s.ptr[0] != '/')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		char c = s.ptr[i];

		if (!is_letter(c) && !is_digit(c) && str_find_byte(STR("-_./@+"), c) == STR_NONE &&
		    (c != ':' || i + 1 == s.len))
			return false;
	}
	return true;
}

/* What YAML calls printable, but for line breaks and the byte order mark. */
static bool is_printable(uint32_t code)
{
	return (code >= 0x20 && code < 0x7f) ||
	       (code >= 0xa0 && code != 0x2028 && code != 0x2029 && code != 0xfeff &&
		code != 0xfffe && code != 0xffff);
}

static void escape(struct buf *out, uint32_t code)
{
	if (code == '"' || code == '\\')
		buf_fmt(out, "\\%c", (char)code);
	else if (code == '\n' || code == '\t')
		buf_text(out, code == '\n' ? "\\n" : "\\t");
	else if (code < 0x100)
		buf_fmt(out, "\\x%02x", (unsigned)code);
	else
		buf_fmt(out, "\\u%04x", (unsigned)code);
}

/* `special`: what is escaped although it is printable. */
static void printable(struct buf *out, struct str s, const char *special)
{
	for (size_t at = 0; at < s.len;) {
		uint32_t code = 0xfffd;
		size_t len = utf8_decode(str_slice(s, at, s.len), &code);

		if (!len)
			buf_text(out, "\xef\xbf\xbd"); /* no document that was read has it */
		else if (!is_printable(code) || (code < 0x80 && strchr(special, (int)code)))
			escape(out, code);
		else
			buf_add(out, s.ptr + at, len);
		at += len ? len : 1;
	}
}

static void quoted(struct buf *out, struct str s)
{
	buf_byte(out, '"');
	printable(out, s, "\"\\");
	buf_byte(out, '"');
}

static void text(struct buf *out, struct str s)
{
	if (is_plain(s))
		buf_str(out, s);
	else
		quoted(out, s);
}

static void scalar(struct buf *out, struct obj v)
{
	struct json json = JSON(out);

	if (obj_type(v) == OBJ_STRING)
		text(out, obj_text(v, ""));
	else
		obj_json(v, &json); /* the same word or number in YAML */
}

/* Columns in which members, or items, of what is open begin. */
static size_t columns(const struct emit *e)
{
	return 2 * e->depth;
}

/* A place for the next member or item; the first of an item stands behind its dash. */
static void begin(struct emit *e)
{
	bool dash = e->fresh && e->open[e->depth - 1] == '-';

	if (e->fresh && !dash)
		buf_byte(e->out, '\n');
	buf_repeat(e->out, ' ', columns(e) - (dash ? 2 : 0));
	buf_text(e->out, dash ? "- " : "");
	e->fresh = false;
}

static void begin_member(struct emit *e, struct str key)
{
	struct buf name = {0};

	begin(e);
	text(&name, key);
	if (name.len > SIMPLE_KEY) {
		buf_fmt(e->out, "? %.*s\n", STR_ARG(buf_slice(&name)));
		buf_repeat(e->out, ' ', columns(e));
	} else {
		buf_str(e->out, buf_slice(&name));
	}
	buf_byte(e->out, ':');
	buf_release(&name);
}

static void enter(struct emit *e, char what)
{
	BUG_IF(e->depth == EMIT_DEPTH);
	e->open[e->depth++] = what;
	e->fresh = true;
}

void emit_close(struct emit *e)
{
	BUG_IF(!e->depth);
	char what = e->open[e->depth - 1];

	if (e->fresh && what == '-') {
		begin(e);
		buf_text(e->out, "{}\n");
	} else if (e->fresh) {
		buf_text(e->out, what == '[' ? " []\n" : " {}\n");
	}
	e->depth--;
	e->fresh = false;
}

void emit_document(struct emit *e)
{
	BUG_IF(e->depth);
	buf_text(e->out, "---\n");
}

void emit_comment(struct emit *e, const char *fmt, ...)
{
	bool dash = e->fresh && e->open[e->depth - 1] == '-';
	struct buf line = {0};
	va_list args;

	if (e->fresh && !dash)
		buf_byte(e->out, '\n');
	e->fresh = dash;
	buf_repeat(e->out, ' ', columns(e) - (dash ? 2 : 0));
	buf_text(e->out, "# ");
	va_start(args, fmt);
	buf_vfmt(&line, fmt, args);
	va_end(args);
	printable(e->out, buf_slice(&line), "");
	buf_byte(e->out, '\n');
	buf_release(&line);
}

/* Behind a key, or a dash. */
static void value(struct emit *e, struct obj v)
{
	bool list = obj_type(v) == OBJ_LIST;

	if (!list && obj_type(v) != OBJ_MAP) {
		buf_byte(e->out, ' ');
		scalar(e->out, v);
		buf_byte(e->out, '\n');
		return;
	}
	enter(e, list ? '[' : '{');
	for (struct obj m = obj_first(v); m.node; m = obj_next(m)) {
		if (list)
			emit_value(e, m);
		else
			emit_member(e, obj_key(m), m);
	}
	emit_close(e);
}

void emit_member(struct emit *e, struct str key, struct obj v)
{
	begin_member(e, key);
	value(e, v); /* as deep as LIMIT_DEPTH at most */
}

void emit_value(struct emit *e, struct obj v)
{
	if (obj_type(v) == OBJ_MAP) {
		emit_item(e);
		for (struct obj m = obj_first(v); m.node; m = obj_next(m))
			emit_member(e, obj_key(m), m);
		emit_close(e);
		return;
	}
	begin(e);
	buf_byte(e->out, '-');
	value(e, v);
}

void emit_word(struct emit *e, struct str s)
{
	begin(e);
	buf_text(e->out, "- ");
	text(e->out, s);
	buf_byte(e->out, '\n');
}

void emit_text(struct emit *e, const char *key, struct str s)
{
	begin_member(e, str_from(key));
	buf_byte(e->out, ' ');
	text(e->out, s);
	buf_byte(e->out, '\n');
}

void emit_bool(struct emit *e, const char *key, bool b)
{
	begin_member(e, str_from(key));
	buf_text(e->out, b ? " true\n" : " false\n");
}

void emit_int(struct emit *e, const char *key, int64_t n)
{
	begin_member(e, str_from(key));
	buf_fmt(e->out, " %" PRId64 "\n", n);
}

void emit_map(struct emit *e, const char *key)
{
	begin_member(e, str_from(key));
	enter(e, '{');
}

void emit_list(struct emit *e, const char *key)
{
	begin_member(e, str_from(key));
	enter(e, '[');
}

void emit_item(struct emit *e)
{
	if (e->fresh)
		buf_byte(e->out, '\n'); /* of the list */
	enter(e, '-');
}
