/* Findings about what a chart makes, said to who writes its values. */
#include "internal.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "rules/finding.h"

/* The line may hold a password, too. */
static bool holds_secret(struct str line)
{
	static const char *const words[] = {"ecretKey",
					    "ccessKey",
					    "torageKey",
					    "SasToken",
					    "assword",
					    "connectionString",
					    "applicationCredentials"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_contains(line, str_from(words[i])))
			return true;
	return false;
}

static bool is_key(struct str text, struct str key)
{
	if (text.len && (text.ptr[0] == '"' || text.ptr[0] == '\''))
		text = str_slice(text, 1, text.len);
	return str_has_prefix(text, key) &&
	       str_find_byte(str_slice(text, key.len, key.len + 2), ':') != STR_NONE;
}

/* The text that is wrong stands there under this key, as it is. */
static bool stands_under(const struct finding *f, struct str line, struct str key)
{
	struct str before = utf8_cut_chars(line, f->pos.column - 1);
	struct str rest = str_slice(line, before.len, line.len);
	size_t from = before.len;

	if (!f->pos.line || !str_contains(line, f->subject))
		return false;
	while (from && before.ptr[from - 1] != '{' && before.ptr[from - 1] != ',')
		from--;
	struct str own = str_trim(str_slice(before, from, before.len));
	while (str_has_prefix(own, STR("- ")))
		own = str_trim(str_slice(own, 2, own.len));
	return is_key(rest, key) || is_key(own, key);
}

/* A line of a template. */
struct place {
	struct str line;
	uint32_t number; /* 0: none, or more than one */
};

/* The one line that begins with this text; `whole`: that is nothing else. */
static struct place find_line(struct str text, struct str begin, bool whole)
{
	struct place found = {.line = STR_EMPTY};
	struct str rest = text, line;
	size_t count = 0;

	for (uint32_t n = 1; str_split(&rest, '\n', &line); n++) {
		struct str own = str_trim(line);

		if (!str_has_prefix(own, begin) || (whole && own.len != begin.len))
			continue;
		found = (struct place){line, n};
		count++;
	}
	return count == 1 ? found : (struct place){.line = STR_EMPTY};
}

static uint32_t indent_of(struct str line)
{
	uint32_t n = 0;

	while (n < line.len && line.ptr[n] == ' ')
		n++;
	return n;
}

/* What the template does not show. */
static void tell_printed(struct arena *a, struct finding *f, struct str line)
{
	if (line.len && !f->confidential && !holds_secret(line))
		f->effect = arena_fmt(a, "%.*s%srendered as %.*s", STR_ARG(f->effect),
				      f->effect.len ? "; " : "", STR_ARG(line));
}

/* Where the template has that line as it is, or else one with its key. */
static void place_in_template(struct arena *a, struct finding *f)
{
	struct str printed = doc_line(f->source, f->pos.line), text = STR_EMPTY;
	struct str name = doc_name(f->source), own = str_trim(printed);
	struct str key = str_slice(own, 0, str_find_byte(own, ':') + 1);
	struct err err;

	if (!file_read_regular(a, name, LIMIT_FILE_BYTES, &text, &err))
		text = STR_EMPTY;
	struct place at = own.len ? find_line(text, own, true) : (struct place){.line = STR_EMPTY};
	struct pos pos = {.line = at.number, .end_line = at.number};
	uint32_t indent = indent_of(at.line), before = indent_of(printed);

	if (at.number && f->pos.end_line == f->pos.line) {
		pos.column = f->pos.column - before + indent;
		pos.end_column = f->pos.end_column - before + indent;
	} else if (key.len > 1) {
		at = find_line(text, key, false);
		indent = indent_of(at.line);
		pos = (struct pos){at.number, indent + 1, at.number,
				   indent + (uint32_t)utf8_count(str_trim(at.line)) + 1};
	}
	if (!pos.line || !str_eq(str_trim(at.line), own))
		tell_printed(a, f, own);
	f->pos = at.number ? pos : (struct pos){0};
	f->source = doc_of_lines(a, text, name);
	f->edits = NULL;
	f->written = STR_EMPTY;
}

void chart_reword(struct arena *a, bool made, struct finding *f)
{
	if (f->source && doc_is_printed(f->source)) {
		place_in_template(a, f);
		return;
	}
	if (!made)
		return;
	struct str line = f->source ? doc_line(f->source, f->pos.line) : STR_EMPTY;
	size_t colon = str_find(f->fix, STR(": "));
	struct str key = str_slice(f->fix, 0, colon);

	if (key.len > 1 && key.ptr[0] == '"') /* of a file that is JSON */
		key = str_slice(key, 1, key.len - 1);
	for (const struct edit *e = f->edits; e; e = e->next)
		if (e->kind != EDIT_TEXT) {
			f->edits = NULL; /* what is inserted would be for the object, not here */
			break;
		}
	f->confidential |= holds_secret(line);
	if (colon == STR_NONE || str_find_byte(key, ' ') != STR_NONE || stands_under(f, line, key))
		return;
	f->edits = NULL;
	f->fix = arena_fmt(a, "what the chart makes needs %.*s", STR_ARG(f->fix));
}
