#include "base/buf.h"
#include "base/utf8.h"
#include "tree_internal.h"

#include <string.h>

/* What a byte is for the index of lines. */
enum { BYTE_PLAIN, BYTE_BREAK, BYTE_HIGH, BYTE_BAD };

static int byte_class(unsigned char c)
{
	if (c >= 0x80)
		return BYTE_HIGH;
	if (c == '\n' || c == '\r')
		return BYTE_BREAK;
	return (c < 0x20 && c != '\t') || c == 0x7f ? BYTE_BAD : BYTE_PLAIN;
}

/* NEL, LINE SEPARATOR and PARAGRAPH SEPARATOR end a line in YAML 1.1. */
static bool is_break(struct str c)
{
	return str_is(c, "\xc2\x85") || str_is(c, "\xe2\x80\xa8") || str_is(c, "\xe2\x80\xa9");
}

/* C1 control characters but NEL, U+FFFE and U+FFFF. */
static bool is_refused(struct str c)
{
	return (c.len == 2 && c.ptr[0] == '\xc2' && (unsigned char)c.ptr[1] < 0xa0) ||
	       str_is(c, "\xef\xbf\xbe") || str_is(c, "\xef\xbf\xbf");
}

/* Of the character at `i`, which is no plain byte: what it is and how long. */
static size_t step(struct str text, size_t i, int *class)
{
	size_t len = 1;

	if (*class == BYTE_HIGH) {
		len = utf8_sequence(str_slice(text, i, text.len));
		struct str c = str_slice(text, i, i + len);
		*class = is_break(c) ? BYTE_BREAK : !len || is_refused(c) ? BYTE_BAD : *class;
	}
	return len ? len : 1;
}

size_t lines_index(struct arena *a, struct str text, struct doc *file)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	struct buf starts = BUF_ARENA(a);
	size_t i = 0, bad = text.len;

	buf_add(&starts, &(uint32_t){0}, sizeof(uint32_t));
	while (i < text.len) {
		int class = byte_class(p[i]);

		if (class == BYTE_PLAIN) {
			i++;
			continue;
		}
		size_t len = step(text, i, &class);
		if (class == BYTE_BAD && i < bad)
			bad = i;
		i += len;
		if (class == BYTE_BREAK && !(p[i - 1] == '\r' && i < text.len && p[i] == '\n'))
			buf_add(&starts, &(uint32_t){(uint32_t)i}, sizeof(uint32_t));
	}
	file->text = text;
	file->starts = (const uint32_t *)(const void *)starts.ptr;
	file->lines = starts.len / sizeof(uint32_t);
	return bad;
}

size_t text_readable(struct str text)
{
	const unsigned char *p = (const unsigned char *)text.ptr;
	size_t i = 0;

	while (i < text.len) {
		int class = byte_class(p[i]);
		size_t len = class == BYTE_PLAIN ? 1 : step(text, i, &class);

		if (class == BYTE_BAD)
			break;
		i += len;
	}
	return i;
}

struct str doc_line(const struct doc *d, uint32_t line)
{
	if (!line || line > d->lines)
		return STR_EMPTY;
	size_t from = d->starts[line - 1], to = line < d->lines ? d->starts[line] : d->text.len;

	while (to > from && (d->text.ptr[to - 1] == '\n' || d->text.ptr[to - 1] == '\r'))
		to--;
	return str_slice(d->text, from, to);
}

void doc_set_name(const struct doc_list *docs, struct str name)
{
	for (size_t i = 0; i < docs->len; i++)
		((struct doc *)(uintptr_t)docs->docs[i])->name = name;
}

void doc_set_printed(const struct doc_list *docs, struct str name)
{
	doc_set_name(docs, name);
	for (size_t i = 0; i < docs->len; i++)
		((struct doc *)(uintptr_t)docs->docs[i])->printed = true;
}

bool doc_is_printed(const struct doc *d)
{
	return d->printed;
}

const struct doc *doc_of_lines(struct arena *a, struct str text, struct str name)
{
	struct doc *d = ARENA_NEW(a, struct doc);

	lines_index(a, text, d);
	d->name = name;
	return d;
}

struct str doc_name(const struct doc *d)
{
	return d->name;
}

struct str doc_text(const struct doc *d)
{
	return d->text;
}

bool doc_has_nul(const struct doc *d)
{
	return d->nul;
}
