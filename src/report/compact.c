/* One line a finding, in the form that editors and CI jobs read: file:line:column: word: text. */
#include "report/writers.h"

#include "report/glyph.h"
#include "report/phrase.h"
#include "rules/rule.h"

static void place(struct buf *out, struct str file, uint32_t line, uint32_t column)
{
	glyph_clean(out, file);
	if (line)
		buf_fmt(out, ":%u:%u", line, column);
	if (file.len)
		buf_text(out, ": ");
}

/* A live object has no file: its name is its place. */
static void place_of(struct buf *out, const struct report_finding *f)
{
	place(out, f->file, f->finding.pos.line, f->finding.pos.column);
	if (f->file.len)
		return;
	phrase_object(out, f);
	buf_text(out, ": ");
}

/* What was silenced is never silent. "note" is the word that readers of this form know for what is
 * no problem. */
static void exempted(struct buf *out, const struct report *r)
{
	for (size_t i = 0; i < r->exempted.len; i++) {
		const struct report_finding *f = &r->exempted.items[i];

		place_of(out, f);
		buf_fmt(out, "note: exempted: %s: ", f->finding.rule->id);
		glyph_clean(out, f->finding.exempted_by);
		buf_byte(out, '\n');
	}
	for (size_t i = 0; i < r->exempt_objects.len; i++) {
		const struct report_exempt *e = &r->exempt_objects.items[i];
		struct report_finding named = {.kind = e->kind,
					       .namespace = e->namespace,
					       .name = e->name,
					       .context = e->context};

		place(out, e->file, 0, 0);
		buf_text(out, "note: exempted: ");
		phrase_object(out, &named);
		buf_text(out, ": ");
		glyph_clean(out, e->by);
		buf_byte(out, '\n');
	}
}

void compact_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	(void)style;
	for (size_t i = 0; i < r->findings.len; i++) {
		const struct report_finding *f = &r->findings.items[i];

		place_of(out, f);
		buf_fmt(out, "%s: ", phrase_severity(f->finding.severity));
		phrase_sentence(out, f);
		buf_fmt(out, " [%s]\n", f->finding.rule->id);
	}
	if (!r->quiet)
		exempted(out, r);
}

void compact_error(struct buf *out, const struct report_error *e)
{
	place(out, e->file, e->line, e->column);
	buf_text(out, "error: ");
	glyph_clean(out, e->message);
	buf_byte(out, '\n');
}
