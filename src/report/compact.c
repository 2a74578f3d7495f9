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
	buf_text(out, ": ");
}

void compact_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	(void)style;
	for (size_t i = 0; i < r->findings.len; i++) {
		const struct report_finding *f = &r->findings.items[i];

		place(out, f->file, f->finding.pos.line, f->finding.pos.column);
		buf_fmt(out, "%s: ", phrase_severity(f->finding.severity));
		phrase_message(out, &f->finding);
		if (f->finding.fix.len) {
			buf_text(out, ". Fix: ");
			glyph_clean(out, f->finding.fix);
		}
		buf_fmt(out, " [%s]\n", f->finding.rule->id);
	}
}

void compact_error(struct buf *out, const struct report_error *e)
{
	place(out, e->file, e->line, e->column);
	buf_text(out, "error: ");
	glyph_clean(out, e->message);
	buf_byte(out, '\n');
}
