#include "page_internal.h"

#include "report/markdown.h"

#include <stdarg.h>
#include <string.h>

void page_line(const struct page *p, const char *fmt, ...)
{
	struct buf text = BUF_ARENA(p->r->arena);
	bool before = fmt[0] == '\n', behind = fmt[0] && fmt[strlen(fmt) - 1] == '\n';
	va_list args;

	va_start(args, fmt);
	buf_vfmt(&text, fmt, args);
	va_end(args);
	buf_text(p->out, before ? "\n" : "");
	buf_clean(p->out, str_slice(buf_slice(&text), before, text.len - behind));
	buf_text(p->out, behind ? "\n\n" : "\n");
}

void page_step(struct page *p, const char *title)
{
	page_line(p, "\n## %d. %s\n", ++p->step, title);
}

void page_fence(const struct page *p, const char *language)
{
	page_line(p, "```%s", language);
}

struct str page_plain(const struct page *p, struct str text)
{
	struct buf out = BUF_ARENA(p->r->arena);

	if (!text.len || object_is_name(text))
		return text;
	markdown_text(&out, text);
	return buf_slice(&out);
}

struct str page_code(const struct page *p, struct str text)
{
	struct buf out = BUF_ARENA(p->r->arena);

	markdown_code(&out, text);
	return buf_slice(&out);
}

struct str page_called(const struct page *p, struct str namespace, struct str name)
{
	return restore_called(p->r, page_plain(p, namespace), page_plain(p, name));
}

struct str page_word(struct str name, const char *otherwise)
{
	return object_is_name(name) ? name : str_from(otherwise);
}

struct str page_in_namespace(const struct page *p, struct str namespace)
{
	if (!namespace.len)
		return p->context;
	return arena_fmt(p->r->arena, " -n %.*s%.*s", STR_ARG(page_word(namespace, "NAMESPACE")),
			 STR_ARG(p->context));
}

struct str page_shell_word(const struct page *p, struct str text, const char *otherwise)
{
	struct buf quoted = BUF_ARENA(p->r->arena), clean = BUF_ARENA(p->r->arena);
	bool plain = text.len && text.ptr[0] != '-';

	buf_clean(&clean, text);
	if (!text.len || clean.len != text.len)
		return str_from(otherwise);
	buf_byte(&quoted, '\'');
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			 (c >= '0' && c <= '9') || str_find_byte(STR("._-/"), c) != STR_NONE;
		buf_text(&quoted, c == '\'' ? "'\\'" : "");
		buf_byte(&quoted, c);
	}
	buf_byte(&quoted, '\'');
	return plain ? text : buf_slice(&quoted);
}
