/* Commands to GitHub's runner, one line each: annotations in the diff of a pull request. GitHub
 * shows ten of each level and step, so the severest come first. */
#include "report/writers.h"

#include "report/glyph.h"
#include "report/phrase.h"
#include "rules/rule.h"

/* What the runner would take for the end of a value; `property`: of a property too. */
static void escape(struct buf *out, struct str s, bool property)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_fmt(out, "%%%02X", (unsigned)c);
		else
			buf_byte(out, c);
	}
}

static void property(struct buf *out, const char *key, struct str value)
{
	buf_fmt(out, "%s=", key);
	escape(out, value, true);
}

/* The runner takes columns only for what ends on the line where it begins. */
static void place(struct buf *out, struct str file, struct pos pos)
{
	struct buf clean CLEANUP(buf) = {0};

	glyph_clean(&clean, file);
	property(out, "file", buf_slice(&clean));
	if (!pos.line)
		return;
	buf_fmt(out, ",line=%u", pos.line);
	if (pos.end_line >= pos.line)
		buf_fmt(out, ",endLine=%u", pos.end_line);
	if (pos.column && (!pos.end_line || pos.end_line == pos.line))
		buf_fmt(out, ",col=%u", pos.column);
	if (pos.end_line == pos.line && pos.end_column > pos.column)
		buf_fmt(out, ",endColumn=%u", pos.end_column);
}

static void write_finding(struct buf *out, const struct report_finding *f)
{
	static const char *const levels[] = {"debug", "notice", "warning", "error"};
	struct buf text CLEANUP(buf) = {0};

	phrase_object(&text, f);
	buf_text(&text, ": ");
	phrase_sentence(&text, f);
	buf_fmt(out, "::%s ", levels[f->finding.severity]);
	place(out, f->file, f->finding.pos);
	buf_byte(out, ',');
	property(out, "title", str_from(f->finding.rule->id));
	buf_text(out, "::");
	escape(out, buf_slice(&text), false);
	buf_byte(out, '\n');
}

static void write_error(struct buf *out, const struct report_error *e)
{
	struct buf text CLEANUP(buf) = {0};

	glyph_clean(&text, e->message);
	buf_text(out, "::error ");
	place(out, e->file, (struct pos){.line = e->line, .column = e->column});
	buf_text(out, ",title=unreadable::");
	escape(out, buf_slice(&text), false);
	buf_byte(out, '\n');
}

void github_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	(void)style;
	for (size_t i = 0; i < r->errors.len; i++)
		write_error(out, &r->errors.items[i]);
	for (enum severity s = SEV_DENY; s > SEV_OFF; s--)
		for (size_t i = 0; i < r->findings.len; i++)
			if (r->findings.items[i].finding.severity == s)
				write_finding(out, &r->findings.items[i]);
	if (r->quiet && !r->findings.len)
		return;
	phrase_counts(out, r);
	buf_byte(out, '\n');
}
