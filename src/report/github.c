/* Commands to GitHub's runner, one line each: annotations in the diff of a pull request. GitHub
 * shows ten of each level and step, so the severest come first. */
#include "report/writers.h"

#include "base/limits.h"
#include "base/utf8.h"
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

/* Of a text that is escaped; not in the middle of what stands for one byte. */
static struct str cut(struct str text, size_t chars)
{
	struct str s = utf8_cut_chars(text, chars);

	for (size_t back = 1; back <= 2 && back <= s.len; back++)
		if (s.ptr[s.len - back] == '%')
			return str_slice(s, 0, s.len - back);
	return s;
}

/* As much of it as the line has room for: all, or without what happens because of it, or only what
 * to write of the remedy, or nothing of it. */
static void sentence(struct buf *out, const struct report_finding *f, size_t room)
{
	struct report_finding less = *f;
	struct buf text CLEANUP(buf) = {0}, escaped CLEANUP(buf) = {0};

	for (int left_out = 0; left_out < 4; left_out++) {
		text.len = escaped.len = 0;
		if (left_out == 1)
			less.finding.effect = less.origin = STR_EMPTY;
		if (left_out == 2)
			less.finding.fix = finding_bare_fix(&f->finding);
		if (left_out == 3)
			less.finding.fix = STR_EMPTY;
		phrase_object(&text, &less);
		buf_text(&text, ": ");
		phrase_sentence(&text, &less);
		escape(&escaped, buf_slice(&text), false);
		if (utf8_count(buf_slice(&escaped)) <= room) {
			buf_str(out, buf_slice(&escaped));
			return;
		}
	}
	buf_str(out, cut(buf_slice(&escaped), room - 3));
	buf_text(out, "...");
}

/* For what follows in the line that began at `start`; something is left even behind long names. */
static size_t room_in(const struct buf *out, size_t start)
{
	size_t used = utf8_count(str_slice(buf_slice(out), start, out->len));

	return used + LIMIT_GITHUB_LEAST < LIMIT_GITHUB_CHARS ? LIMIT_GITHUB_CHARS - used
							      : LIMIT_GITHUB_LEAST;
}

static void write_finding(struct buf *out, const struct report_finding *f)
{
	static const char *const levels[] = {"debug", "notice", "warning", "error"};
	size_t start = out->len;

	buf_fmt(out, "::%s ", levels[f->finding.severity]);
	place(out, f->file, f->finding.pos);
	buf_byte(out, ',');
	property(out, "title", str_from(f->finding.rule->id));
	buf_text(out, "::");
	sentence(out, f, room_in(out, start));
	buf_byte(out, '\n');
}

static void write_error(struct buf *out, const struct report_error *e)
{
	struct buf text CLEANUP(buf) = {0}, escaped CLEANUP(buf) = {0};
	size_t start = out->len;

	glyph_clean(&text, e->message);
	escape(&escaped, buf_slice(&text), false);
	buf_text(out, "::error ");
	place(out, e->file, (struct pos){.line = e->line, .column = e->column});
	buf_text(out, ",title=unreadable::");
	buf_str(out, cut(buf_slice(&escaped), room_in(out, start)));
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
	buf_text(out, " (");
	glyph_clean(out, r->policy);
	buf_text(out, ")\n");
}
