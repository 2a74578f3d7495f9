#include "checks/page.h"

#include "base/arena.h"
#include "base/buf.h"

/* All pages, each with a NUL behind it: made by the Makefile, which says where it lies. Hidden
 * symbols need no relocation in a PIE. */
__asm__(".pushsection .rodata.pages,\"a\",%progbits\n"
	".hidden pages\n"
	".hidden pages_size\n"
	".globl pages\n"
	".globl pages_size\n"
	".balign 4\n"
	"pages_size: .long pages_end - pages\n"
	"pages: .incbin \"checks.pages\"\n"
	"pages_end:\n"
	".popsection\n");
extern const uint32_t pages_size __attribute__((visibility("hidden")));
extern const char pages[] __attribute__((visibility("hidden")));

struct reader {
	struct str rest;
	uint32_t line; /* the number of the one that was read last */
	struct arena *arena;
	struct err *err;
};

static bool next(struct reader *r, struct str *line)
{
	bool more = str_split(&r->rest, '\n', line);

	r->line += more;
	return more;
}

static bool refuse(const struct reader *r, const char *why)
{
	return err_at(r->err, E_SYNTAX, r->line, 0, "%s", why);
}

static bool expect(struct reader *r, const char *text)
{
	struct str line;

	if (next(r, &line) && str_is(line, text))
		return true;
	return err_at(r->err, E_SYNTAX, r->line, 0, "'%s' is expected", text);
}

static bool expect_blank(struct reader *r)
{
	struct str line;

	return (next(r, &line) && !line.len) || refuse(r, "an empty line is expected");
}

static bool heading(struct reader *r, const char *text)
{
	return expect(r, text) && expect_blank(r);
}

/* As a list, a heading, a quotation, a table, a fence or code does. */
static bool begins_block(struct str line)
{
	const struct str marks = STR("-*+#>|=~`: \t");
	size_t digits = 0;

	if (str_find_byte(marks, line.ptr[0]) != STR_NONE)
		return true;
	while (digits < line.len && line.ptr[digits] >= '0' && line.ptr[digits] <= '9')
		digits++;
	return digits && digits < line.len && (line.ptr[digits] == '.' || line.ptr[digits] == ')');
}

/* Up to an empty line. */
static bool paragraph(struct reader *r, struct str *out)
{
	struct buf text = BUF_ARENA(r->arena);
	struct str line;

	while (next(r, &line) && line.len) {
		if (begins_block(line))
			return refuse(
				r,
				"words are plain text, and this begins as a block of Markdown does");
		if (str_has_suffix(line, STR(" ")))
			return refuse(r, "there are blanks at the end");
		if (str_find_byte(line, '<') != STR_NONE)
			return refuse(r, "Markdown takes '<' for HTML");
		if (text.len)
			buf_byte(&text, ' ');
		buf_str(&text, line);
	}
	*out = buf_slice(&text);
	return out->len || refuse(r, "words are expected");
}

static bool example(struct reader *r, struct str *out)
{
	const char *from;
	struct str line;

	if (!expect(r, "```yaml"))
		return false;
	for (from = r->rest.ptr; next(r, &line) && !str_is(line, "```");)
		;
	if (!line.ptr || !str_is(line, "```"))
		return refuse(r, "the example has no end");
	if (line.ptr == from)
		return refuse(r, "the example is empty");
	*out = (struct str){from, (size_t)(line.ptr - from) - 1};
	return true;
}

static bool title(struct reader *r, struct str *id)
{
	const struct str mark = STR("# ");
	struct str line;

	if (!next(r, &line) || !str_has_prefix(line, mark))
		return refuse(r, "'# ' and the rule's id are expected");
	*id = str_slice(line, mark.len, line.len);
	return expect_blank(r);
}

static bool ends(struct reader *r)
{
	if (r->rest.ptr && !r->rest.len)
		return true;
	r->line++;
	return refuse(r, "a page ends with the line of the right example's last fence");
}

bool page_parse(struct arena *a, struct str text, struct page *out, struct err *err)
{
	struct reader r = {.rest = text, .arena = a, .err = err};

	if (!title(&r, &out->id) || !paragraph(&r, &out->summary))
		return false;
	if (!heading(&r, "## Why") || !paragraph(&r, &out->why))
		return false;
	if (!heading(&r, "## What to do") || !paragraph(&r, &out->fix))
		return false;
	if (!heading(&r, "## Wrong") || !example(&r, &out->bad) || !expect_blank(&r))
		return false;
	if (!heading(&r, "## Right") || !example(&r, &out->good))
		return false;
	return ends(&r);
}

struct str page_texts(void)
{
	return (struct str){pages, pages_size};
}

bool page_next(struct str *rest, struct str *text)
{
	return str_split(rest, '\0', text) && rest->ptr;
}

struct page page_of(struct arena *a, const char *id)
{
	struct str rest = page_texts(), text, head = arena_fmt(a, "# %s\n", id);
	struct page page;
	struct err err;

	while (page_next(&rest, &text))
		if (str_has_prefix(text, head)) {
			BUG_IF(!page_parse(a, text, &page, &err));
			return page;
		}
	BUG_IF(true);
}
