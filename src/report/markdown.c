/*
 * For a comment of a pull request: a line, a table, and the rest folded. What users wrote neither
 * breaks the table nor makes a link, mentions nobody and refers to no issue.
 */
#include "report/markdown.h"

#include "base/limits.h"
#include "report/glyph.h"
#include "report/phrase.h"
#include "report/writers.h"
#include "rules/rule.h"

/* Of LIMIT_MARKDOWN_BYTES: the table leaves room for the details, both for what closes them. */
#define TABLE_BYTES (LIMIT_MARKDOWN_BYTES / 2)
#define CLOSING_BYTES 600u

struct markdown {
	struct buf *out;
	const struct report *report;
	size_t room; /* out may grow up to this */
	size_t left_out;
};

/* GitHub looks for @name, #1 and addresses in what was rendered: an empty comment parts them. */
void markdown_text(struct buf *out, struct str s)
{
	struct buf clean CLEANUP(buf) = {0};

	glyph_clean(&clean, s);
	for (size_t i = 0; i < clean.len; i++) {
		char c = clean.ptr[i];

		if (str_find_byte(STR("\\`*_{}[]<>|~&$"), c) != STR_NONE)
			buf_byte(out, '\\');
		buf_byte(out, c);
		if (c == '@' || c == '#' ||
		    (c == ':' && i + 1 < clean.len && clean.ptr[i + 1] == '/'))
			buf_text(out, "<!-- -->");
	}
}

/* In a table a pipe is escaped even there. */
void markdown_code(struct buf *out, struct str s)
{
	struct buf clean CLEANUP(buf) = {0};
	size_t longest = 0, run = 0;

	glyph_clean(&clean, s);
	for (size_t i = 0; i < clean.len; i++) {
		run = clean.ptr[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	buf_repeat(out, '`', longest + 1);
	if (longest)
		buf_byte(out, ' ');
	for (size_t i = 0; i < clean.len; i++) {
		if (clean.ptr[i] == '|')
			buf_byte(out, '\\');
		buf_byte(out, clean.ptr[i]);
	}
	if (longest)
		buf_byte(out, ' ');
	buf_repeat(out, '`', longest + 1);
}

static void place(struct buf *out, struct str file, uint32_t line, uint32_t column)
{
	struct buf whole CLEANUP(buf) = {0};

	buf_str(&whole, file);
	if (line)
		buf_fmt(&whole, ":%u:%u", line, column);
	if (whole.len)
		markdown_code(out, buf_slice(&whole));
}

static void object(struct buf *out, const struct report_finding *f)
{
	struct buf words CLEANUP(buf) = {0};

	phrase_object(&words, f);
	markdown_text(out, buf_slice(&words));
}

/* Live objects have none. */
static const char *head(const struct report *r)
{
	return r->where.len
		       ? "\n| | rule | object | what is wrong |\n|---|---|---|---|\n"
		       : "\n| | rule | object | place | what is wrong |\n|---|---|---|---|---|\n";
}

static void place_cell(struct buf *out, struct str file, uint32_t line, uint32_t column)
{
	if (!file.len)
		return;
	place(out, file, line, column);
	buf_text(out, " | ");
}

static void finding_row(struct buf *out, const struct report_finding *f)
{
	buf_fmt(out, "| %s | `%s` | ", phrase_severity(f->finding.severity), f->finding.rule->id);
	object(out, f);
	buf_text(out, " | ");
	place_cell(out, f->file, f->finding.pos.line, f->finding.pos.column);
	markdown_text(out, f->finding.message);
	buf_text(out, " |\n");
}

static void error_row(struct buf *out, const struct report_error *e)
{
	buf_text(out, e->file.len ? "| unreadable | | | " : "| failed | | | ");
	place_cell(out, e->file, e->line, e->column);
	markdown_text(out, e->message);
	buf_text(out, " |\n");
}

static void finding_details(struct buf *out, const struct report_finding *f)
{
	struct str fix = f->finding.fix, why = STR_EMPTY;
	size_t dash = str_find(fix, STR(" - "));

	if (dash != STR_NONE) {
		why = str_slice(fix, dash + 3, fix.len);
		fix = str_slice(fix, 0, dash);
	}
	buf_fmt(out, "- **%s** `%s` ", phrase_severity(f->finding.severity), f->finding.rule->id);
	place(out, f->file, f->finding.pos.line, f->finding.pos.column);
	buf_text(out, f->file.len ? " " : "");
	object(out, f);
	if (f->finding.path.len) {
		buf_byte(out, ' ');
		markdown_code(out, f->finding.path);
	}
	if (f->origin.len) {
		buf_text(out, " from ");
		markdown_code(out, f->origin);
	}
	if (f->finding.effect.len) {
		buf_text(out, "<br>\n  ");
		markdown_text(out, f->finding.effect);
	}
	if (fix.len) {
		buf_text(out, "<br>\n  fix: ");
		markdown_code(out, fix);
		buf_text(out, why.len ? " " : "");
		markdown_text(out, why);
	}
	buf_byte(out, '\n');
}

static void exempted_line(struct buf *out, const struct report_finding *f)
{
	buf_fmt(out, "- `%s` ", f->finding.rule->id);
	place(out, f->file, f->finding.pos.line, f->finding.pos.column);
	buf_text(out, f->file.len ? " " : "");
	object(out, f);
	buf_text(out, ": ");
	markdown_text(out, f->finding.exempted_by);
	buf_byte(out, '\n');
}

/* What does not fit is left out, and so is all behind it: the severest stand first. */
static void add(struct markdown *m, const struct buf *piece)
{
	if (m->left_out || m->out->len + piece->len > m->room)
		m->left_out++;
	else
		buf_str(m->out, buf_slice(piece));
}

static void each_finding(struct markdown *m,
			 void (*write)(struct buf *out, const struct report_finding *f))
{
	const struct report *r = m->report;

	for (enum severity s = SEV_DENY; s > SEV_OFF; s--) {
		for (size_t i = 0; i < r->findings.len; i++) {
			struct buf piece CLEANUP(buf) = {0};

			if (r->findings.items[i].finding.severity != s)
				continue;
			write(&piece, &r->findings.items[i]);
			add(m, &piece);
		}
	}
}

static void told_elsewhere(struct markdown *m, const char *what)
{
	if (m->left_out)
		buf_fmt(m->out, "\n%zu more left out %s: see the output of `backup-guard %s`\n",
			m->left_out, what, m->report->where.len ? "audit" : "check");
	m->left_out = 0;
}

static void table(struct markdown *m)
{
	const struct report *r = m->report;

	buf_text(m->out, head(r));
	for (size_t i = 0; i < r->errors.len; i++) {
		struct buf piece CLEANUP(buf) = {0};

		error_row(&piece, &r->errors.items[i]);
		add(m, &piece);
	}
	each_finding(m, finding_row);
	told_elsewhere(m, "of this table");
}

/* Of the head of a table. */
static void rule_below(struct buf *out, int columns)
{
	buf_byte(out, '|');
	for (int column = 0; column < columns; column++)
		buf_text(out, "---|");
	buf_byte(out, '\n');
}

static void clusters(struct markdown *m)
{
	const struct report *r = m->report;

	buf_byte(m->out, '\n');
	for (size_t row = 0; row <= r->clusters.len; row++) {
		struct buf piece CLEANUP(buf) = {0};

		buf_byte(&piece, '|');
		for (int column = 0; column < clusters_columns(r); column++) {
			struct buf cell CLEANUP(buf) = {0};

			clusters_cell(&cell, r, row ? &r->clusters.items[row - 1] : NULL, column);
			buf_byte(&piece, ' ');
			markdown_text(&piece, buf_slice(&cell));
			buf_text(&piece, " |");
		}
		buf_byte(&piece, '\n');
		if (!row)
			rule_below(&piece, clusters_columns(r));
		add(m, &piece);
	}
	told_elsewhere(m, "of this table");
}

static void end_cell(struct buf *out, const struct buf *cell)
{
	markdown_text(out, buf_slice(cell));
	buf_text(out, " | ");
}

/* A store, and a row of one of its servers; NULL: it has none. */
static void store_row(struct buf *out, const struct report *r, const struct probe *p,
		      const struct probe_server *s, size_t row)
{
	struct buf name CLEANUP(buf) = {0};

	buf_text(out, "| ");
	stores_name(&name, p);
	end_cell(out, &name);
	markdown_text(out, s ? s->name : STR_EMPTY);
	buf_text(out, s && s->beside ? " (of no Cluster that is known) | " : " | ");
	for (int call = 0; call < PROBE_CALLS; call++) {
		struct buf cell CLEANUP(buf) = {0};

		stores_answer(&cell, &p->calls[call]);
		end_cell(out, &cell);
	}
	for (int column = 0; column < SERVER_COLUMNS; column++) {
		struct buf cell CLEANUP(buf) = {0};

		servers_cell(&cell, r, s, row, column);
		end_cell(out, &cell);
	}
	struct buf until CLEANUP(buf) = {0};

	phrase_minute(&until, p->certificate, "-");
	end_cell(out, &until);
	markdown_text(out, p->unasked);
	buf_text(out, " |\n");
}

static void stores_head(struct buf *out)
{
	buf_text(out, "\n| STORE | SERVER |");
	for (int call = 0; call < PROBE_CALLS; call++)
		buf_fmt(out, " %s |", stores_calls[call]);
	for (int column = 0; column < SERVER_COLUMNS; column++)
		buf_fmt(out, " %s |", servers_titles[column]);
	buf_text(out, " CERTIFICATE UNTIL (UTC) | why not asked |\n");
	rule_below(out, 2 + PROBE_CALLS + SERVER_COLUMNS + 2);
}

static void server_rows(struct markdown *m, const struct probe *p, const struct probe_server *s)
{
	for (size_t row = 0; row < servers_rows(s); row++) {
		struct buf piece CLEANUP(buf) = {0};

		store_row(&piece, m->report, p, s, row);
		add(m, &piece);
	}
}

static void stores(struct markdown *m)
{
	const struct report *r = m->report;

	stores_head(m->out);
	for (size_t i = 0; i < r->stores.len; i++) {
		const struct probe *p = &r->stores.items[i];

		for (size_t j = 0; j == 0 || j < p->servers_len; j++)
			server_rows(m, p, p->servers_len ? &p->servers[j] : NULL);
	}
	told_elsewhere(m, "of this table");
}

static void exempted(struct markdown *m)
{
	const struct report *r = m->report;

	for (size_t i = 0; i < r->exempted.len; i++) {
		struct buf piece CLEANUP(buf) = {0};

		exempted_line(&piece, &r->exempted.items[i]);
		add(m, &piece);
	}
	for (size_t i = 0; i < r->exempt_objects.len; i++) {
		const struct report_exempt *e = &r->exempt_objects.items[i];
		struct report_finding named = {.kind = e->kind,
					       .namespace = e->namespace,
					       .name = e->name,
					       .context = e->context};
		struct buf piece CLEANUP(buf) = {0};

		buf_text(&piece, "- ");
		place(&piece, e->file, 0, 0);
		buf_byte(&piece, ' ');
		object(&piece, &named);
		buf_text(&piece, ": ");
		markdown_text(&piece, e->by);
		buf_byte(&piece, '\n');
		add(m, &piece);
	}
}

static void open_details(struct markdown *m, const char *title)
{
	buf_fmt(m->out, "\n<details><summary>%s</summary>\n\n", title);
}

static void close_details(struct markdown *m)
{
	told_elsewhere(m, "here");
	buf_text(m->out, "\n</details>\n");
}

void markdown_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct markdown m = {.out = out, .report = r, .room = out->len + TABLE_BYTES};
	struct buf words CLEANUP(buf) = {0};
	size_t start = out->len;

	(void)style;
	phrase_counts(&words, r);
	buf_text(out, "**backup-guard** ");
	markdown_text(out, buf_slice(&words));
	buf_text(out, " (");
	markdown_text(out, r->policy);
	buf_text(out, ")\n");
	if (r->clusters.len)
		clusters(&m);
	else if (r->stores.len)
		stores(&m);
	if (r->findings.len || r->errors.len)
		table(&m);
	m.room = start + LIMIT_MARKDOWN_BYTES - CLOSING_BYTES;
	if (r->findings.len) {
		open_details(&m, "What happens, and what to write");
		each_finding(&m, finding_details);
		close_details(&m);
	}
	if (r->exempted.len + r->exempt_objects.len && !r->quiet) {
		open_details(&m, "Exempted");
		exempted(&m);
		close_details(&m);
	}
	if (r->repaired)
		buf_fmt(out, "\n%zu of the baseline no longer occur%s\n", r->repaired,
			r->repaired == 1 ? "s" : "");
}
