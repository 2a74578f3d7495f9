/* Findings about what a chart makes, said to who writes its values. */
#include "internal.h"

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

void chart_reword(struct arena *a, struct finding *f)
{
	struct str line = f->source ? doc_line(f->source, f->pos.line) : STR_EMPTY;
	size_t colon = str_find(f->fix, STR(": "));
	struct str key = str_slice(f->fix, 0, colon);

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
