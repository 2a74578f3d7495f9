#include "input/substitute.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <string.h>

/* Removing a pattern tries it on each beginning of the value: names, paths and versions are short.
 */
#define TRIMMED_BYTES 1024

/* Where the text is read. What is made of it goes to `out`. */
struct reading {
	struct arena *arena;
	const struct variables *variables;
	struct str text;
	size_t at;
	size_t depth; /* of expressions in defaults of others */
	struct err *err;
};

/* What a part of the text became. */
struct piece {
	struct buf text;
	bool unknown;
	struct obj by; /* wrote what was added last, if that is the value of a variable */
};

static bool expression(struct reading *r, struct piece *out);

static char here(const struct reading *r, size_t ahead)
{
	return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

static bool begins(const struct reading *r)
{
	return here(r, 0) == '$' && here(r, 1) == '{';
}

static bool refuse(const struct reading *r, const char *what)
{
	return err_set(r->err, E_VALUE, "Flux cannot substitute variables here: %s", what);
}

static const char no_name[] = "behind '${' stands the name of a variable";
static const char no_brace[] = "'}' is missing";
static const char no_argument[] = "something is missing behind the operator";

static bool is_name(char c)
{
	unsigned char letter = (unsigned char)c | 0x20;

	return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static struct str name_of(struct reading *r)
{
	size_t from = r->at;

	while (r->at < r->text.len && is_name(r->text.ptr[r->at]))
		r->at++;
	return str_slice(r->text, from, r->at);
}

static bool close_brace(struct reading *r)
{
	return here(r, 0) == '}' ? r->at++, true : refuse(r, no_brace);
}

/* One argument: an expression, or text up to one of the bytes in `end` or the next expression.
 * With `escapes`, "$$", "\/" and "\\" are one character. */
static bool argument(struct reading *r, const char *end, bool escapes, struct piece *out)
{
	size_t from = r->at;

	if (begins(r)) {
		r->at += 2;
		return expression(r, out);
	}
	while (r->at < r->text.len && !begins(r)) {
		char c = here(r, 0), next = here(r, 1);
		bool escaped = escapes && ((c == '$' && next == '$') ||
					   (c == '\\' && (next == '/' || next == '\\')));

		if (!escaped && strchr(end, c))
			break;
		r->at += escaped;
		buf_byte(&out->text, here(r, 0));
		r->at++;
	}
	return r->at > from || refuse(r, no_argument);
}

/* The value of a variable, and what its expression leaves where that is unknown. */
struct variable {
	struct str name, value;
	bool unknown;
	struct obj by;
};

static struct variable look_up(const struct reading *r, struct str name)
{
	struct variable v = {.name = name, .value = STR_EMPTY};

	v.unknown =
		r->variables->look(r->variables->ctx, name, &v.value, &v.by) == VARIABLE_UNKNOWN;
	return v;
}

static bool leave(const struct variable *v, struct piece *out)
{
	buf_fmt(&out->text, "${%.*s}", STR_ARG(v->name));
	out->unknown = true;
	return true;
}

static bool give(struct str text, struct piece *out)
{
	buf_str(&out->text, text);
	return true;
}

static bool give_value(const struct variable *v, struct piece *out)
{
	out->by = v->by;
	return give(v->value, out);
}

/* "=", ":=", ":-", ":?" and ":+" all mean the same: the default is for an empty value. */
static bool with_default(struct reading *r, const struct variable *v, struct piece *out)
{
	struct piece arguments = {.text = BUF_ARENA(r->arena)};

	r->at += here(r, 0) == ':' ? 2 : 1;
	while (here(r, 0) != '}')
		if (!argument(r, "}", false, &arguments))
			return false;
	r->at++;
	if (!v->unknown && v->value.len)
		return give_value(v, out);
	/* What is named so stands in a Secret that nobody shows: its default only fills a gap. */
	if (v->unknown && (!arguments.text.len || str_contains(v->name, STR("SECRET"))))
		return leave(v, out);
	out->unknown |= arguments.unknown;
	return give(buf_slice(&arguments.text), out);
}

static bool number_of(struct str text, int64_t *out)
{
	if (str_has_prefix(text, STR("+")))
		text = str_slice(text, 1, text.len);
	return str_to_i64(text, out);
}

static struct str part_of(struct str value, struct str position, const struct str *length)
{
	int64_t from, count, len = (int64_t)value.len;

	if (!number_of(position, &from))
		return value;
	if (from < 0)
		from = from + len > 0 ? from + len : 0;
	if (from >= len)
		from = len;
	if (!length)
		return str_slice(value, (size_t)from, value.len);
	if (!number_of(*length, &count))
		return value;
	int64_t end = count < 0 ? len + count : count > len - from ? len : from + count;
	return end <= from ? STR_EMPTY : str_slice(value, (size_t)from, (size_t)end);
}

/* ${X:from} and ${X:from:count}, of bytes. */
static bool substring(struct reading *r, const struct variable *v, struct piece *out)
{
	struct piece from = {.text = BUF_ARENA(r->arena)}, count = {.text = BUF_ARENA(r->arena)};
	bool counted;

	r->at++;
	if (!argument(r, ":}", false, &from))
		return false;
	counted = here(r, 0) == ':';
	while (here(r, 0) == ':')
		r->at++;
	if (counted && !argument(r, "}", false, &count))
		return false;
	if (!close_brace(r))
		return false;
	struct str length = buf_slice(&count.text);
	struct str part = part_of(v->value, buf_slice(&from.text), counted ? &length : NULL);
	if (v->unknown || from.unknown || count.unknown || !utf8_valid(part))
		return leave(v, out);
	return give(part, out);
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	return true;
}

/* ${X^}, ${X^^}, ${X,} and ${X,,}. */
static bool casing(struct reading *r, const struct variable *v, struct piece *out)
{
	char first = here(r, 0), second = here(r, 1);
	bool two = second == ',' || second == '^';

	r->at += two ? 2 : 1;
	if (!close_brace(r))
		return false;
	if (v->unknown || !is_ascii(v->value))
		return leave(v, out);
	for (size_t i = 0; i < v->value.len; i++) {
		char c = v->value.ptr[i], letter = (char)(c | 0x20);
		bool meant = two ? first == second : !i;

		if (meant && letter >= 'a' && letter <= 'z')
			c = first == ',' ? letter : (char)(letter & ~0x20);
		buf_byte(&out->text, c);
	}
	return true;
}

/* '*' is any text, '?' any character. */
static bool matches(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = STR_NONE, retry = 0;

	while (t < text.len) {
		char c = p < pattern.len ? pattern.ptr[p] : '\0';

		if (c == '*' && p < pattern.len) {
			star = p++;
			retry = t;
		} else if (p < pattern.len && (c == '?' || c == text.ptr[t])) {
			p++;
			t++;
		} else if (star != STR_NONE) {
			p = star + 1;
			t = ++retry;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

/* The shortest or longest beginning or end that matches goes, if it is not empty. */
static struct str trimmed(struct str value, struct str pattern, bool end, bool longest)
{
	for (size_t i = 1; i <= value.len; i++) {
		size_t len = longest ? value.len + 1 - i : i;
		size_t from = end ? value.len - len : 0;

		if (matches(pattern, str_slice(value, from, from + len)))
			return end ? str_slice(value, 0, from) : str_slice(value, len, value.len);
	}
	return value;
}

/* ${X#p}, ${X##p}, ${X%p} and ${X%%p}. */
static bool removal(struct reading *r, const struct variable *v, struct piece *out)
{
	struct piece pattern = {.text = BUF_ARENA(r->arena)};
	char mark = here(r, 0);
	bool two = here(r, 1) == mark;

	r->at += two ? 2 : 1;
	if (!argument(r, "}", false, &pattern) || !close_brace(r))
		return false;
	struct str p = buf_slice(&pattern.text);
	bool strange = str_find_byte(p, '[') != STR_NONE || str_find_byte(p, '\\') != STR_NONE;
	if (v->unknown || pattern.unknown || strange || !is_ascii(v->value) ||
	    v->value.len > TRIMMED_BYTES)
		return leave(v, out);
	return give(trimmed(v->value, p, mark == '%', two), out);
}

static void replace_all(struct str value, struct str old, struct str new, bool once,
			struct buf *out)
{
	size_t at;

	while ((at = str_find(value, old)) != STR_NONE) {
		buf_str(out, str_slice(value, 0, at));
		buf_str(out, new);
		value = str_slice(value, at + old.len, value.len);
		if (once)
			break;
	}
	buf_str(out, value);
}

static bool replaced(struct str value, char kind, struct str old, const struct str *new,
		     struct buf *out)
{
	struct str by = new ? *new : STR_EMPTY;
	size_t kept = value.len - (old.len < value.len ? old.len : value.len);

	if (kind == '%') {
		bool there = new &&str_has_suffix(value, old);

		buf_str(out, there ? str_slice(value, 0, kept) : value);
		buf_str(out, there ? by : STR_EMPTY);
	} else if (kind == '#' && (!new || !str_has_prefix(value, old))) {
		buf_str(out, value);
	} else {
		replace_all(value, old, by, kind != '/', out);
	}
	return true;
}

/* ${X/old/new}, ${X//old/new}, ${X/#old/new} and ${X/%old/new}. */
static bool replacement(struct reading *r, const struct variable *v, struct piece *out)
{
	struct piece old = {.text = BUF_ARENA(r->arena)}, new = {.text = BUF_ARENA(r->arena)};
	char kind = here(r, 1) && strchr("/#%", here(r, 1)) ? here(r, 1) : '\0';

	r->at += kind ? 2 : 1;
	if (!argument(r, "/", true, &old))
		return false;
	if (here(r, 0) != '/')
		return refuse(r, "the second '/' of a replacement is missing");
	while (here(r, 0) == '/')
		r->at++;
	bool given = here(r, 0) != '}';
	if ((given && !argument(r, "}", true, &new)) || !close_brace(r))
		return false;
	struct str by = buf_slice(&new.text);
	if (v->unknown || old.unknown || new.unknown || !old.text.len)
		return leave(v, out);
	return replaced(v->value, kind, buf_slice(&old.text), given ? &by : NULL, &out->text);
}

/* ${#X}: bytes. */
static bool length(struct reading *r, struct piece *out)
{
	r->at++;
	struct str name = name_of(r);
	if (!name.len)
		return refuse(r, no_name);
	struct variable v = look_up(r, name);
	if (!close_brace(r))
		return false;
	if (v.unknown)
		return leave(&v, out);
	buf_fmt(&out->text, "%zu", v.value.len);
	return true;
}

static bool operation(struct reading *r, const struct variable *v, struct piece *out)
{
	char next = here(r, 1);

	switch (here(r, 0)) {
	case ':':
		if (next && strchr("=-?+", next))
			return with_default(r, v, out);
		return substring(r, v, out);
	case '=':
		return with_default(r, v, out);
	case ',':
	case '^':
		return casing(r, v, out);
	case '/':
		return replacement(r, v, out);
	case '#':
	case '%':
		return removal(r, v, out);
	default:
		if (!close_brace(r))
			return false;
		return v->unknown ? leave(v, out) : give_value(v, out);
	}
}

/* Behind "${", to behind its '}'. */
static bool expression(struct reading *r, struct piece *out)
{
	if (r->depth++ == LIMIT_DEPTH)
		return err_set(r->err, E_LIMIT, "variables are nested deeper than %d levels",
			       LIMIT_DEPTH);
	if (here(r, 0) == '#')
		return r->depth--, length(r, out);
	struct str name = name_of(r);
	if (!name.len)
		return refuse(r, no_name);
	struct variable v = look_up(r, name);
	bool good = operation(r, &v, out);
	r->depth--;
	return good;
}

bool substitute_text(struct arena *a, struct str text, const struct variables *v,
		     struct substituted *out, struct err *err)
{
	struct reading r = {.arena = a, .variables = v, .text = text, .err = err};
	struct piece all = {.text = BUF_ARENA(a)};

	*out = (struct substituted){.text = text};
	if (str_find_byte(text, '$') == STR_NONE)
		return true;
	while (r.at < text.len) {
		if (begins(&r)) {
			bool first = !r.at;

			r.at += 2;
			if (!expression(&r, &all))
				return false;
			if (first && r.at == text.len)
				out->by = all.by;
			if (all.text.len > LIMIT_FILE_BYTES)
				return err_set(err, E_LIMIT, "more than %u bytes",
					       LIMIT_FILE_BYTES);
			continue;
		}
		r.at += here(&r, 0) == '$' && here(&r, 1) == '$';
		buf_byte(&all.text, here(&r, 0));
		r.at++;
	}
	out->text = all.text.len ? buf_slice(&all.text) : STR_EMPTY;
	out->unknown = all.unknown;
	return true;
}

struct substitution {
	struct arena *arena;
	const struct variables *variables;
};

static bool change(void *ctx, struct str text, struct render_changed *out, struct err *err)
{
	const struct substitution *s = ctx;
	struct substituted done;

	if (!substitute_text(s->arena, text, s->variables, &done, err))
		return false;
	*out = (struct render_changed){.text = done.text, .as_text = done.unknown, .by = done.by};
	return true;
}

static bool is_disabled(struct obj root, const char *map)
{
	struct obj at =
		obj_member(obj_at(root, map), STR("kustomize.toolkit.fluxcd.io/substitute"));

	return str_is(obj_text(at, ""), "disabled");
}

bool substitute_object(struct render *r, const struct variables *v, struct err *err)
{
	struct substitution s = {r->arena, v};
	struct obj root = render_root(r);

	if (is_disabled(root, "metadata.labels") || is_disabled(root, "metadata.annotations"))
		return true;
	return render_texts(r, change, &s, err);
}
