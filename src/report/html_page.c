/* The page of a report, for a browser. */
#include "framework_internal.h"
#include "html_internal.h"

#include "report/phrase.h"
#include "report/writers.h"

/* How many Clusters are in each state, and what was found. */
static void counters(struct buf *out, const struct report *r, enum severity least)
{
	struct buf words CLEANUP(buf) = {0};
	size_t count[HTML_MARKS] = {0};

	for (size_t i = 0; i < r->clusters.len; i++)
		count[html_state_of(r, &r->clusters.items[i])]++;
	if (r->clusters.len) {
		buf_text(out, "<ul class=\"counts\">\n");
		for (int s = 0; s < HTML_MARKS; s++)
			html_count(out, (enum html_mark)s, count[s], html_states[s]);
		buf_text(out, "</ul>\n");
	}
	phrase_counts(&words, r);
	buf_text(out, "<p>");
	html_text(out, str_trim(buf_slice(&words)));
	if (least > SEV_INFO && r->count.by_severity[SEV_INFO])
		buf_text(out, " (infos: --show info)");
	buf_text(out, "</p>\n");
}

/* The table of an audit. */
static void clusters(struct buf *out, const struct report *r)
{
	const int columns = clusters_columns(r);

	if (!r->clusters.len)
		return;
	buf_text(out, "<h2>Clusters</h2>\n<div class=\"scroll\"><table>\n");
	for (size_t i = 0; i <= r->clusters.len; i++) {
		const struct report_cluster *c = i ? &r->clusters.items[i - 1] : NULL;

		buf_text(out, "<tr>");
		for (int column = 0; column < columns; column++) {
			struct buf cell CLEANUP(buf) = {0};

			clusters_cell(&cell, r, c, column);
			buf_text(out, c ? "<td>" : "<th scope=\"col\">");
			html_text(out, buf_slice(&cell));
			buf_text(out, c ? "</td>" : "</th>");
		}
		buf_text(out, "</tr>\n");
	}
	buf_text(out, "</table></div>\n");
}

/* The table of a store's servers. */
static void servers(struct buf *out, const struct report *r, const struct probe *p)
{
	buf_text(out, "<div class=\"scroll\"><table>\n<tr><th scope=\"col\">SERVER</th>");
	for (int column = 0; column < SERVER_COLUMNS; column++)
		buf_fmt(out, "<th scope=\"col\">%s</th>", servers_titles[column]);
	buf_text(out, "</tr>\n");
	for (size_t i = 0; i < p->servers_len; i++) {
		const struct probe_server *s = &p->servers[i];

		for (size_t row = 0; row < servers_rows(s); row++) {
			buf_text(out, "<tr><td>");
			html_text(out, s->name);
			for (int column = 0; column < SERVER_COLUMNS; column++) {
				buf_text(out, "</td><td>");
				servers_cell(out, r, s, row, column);
			}
			buf_text(out, "</td></tr>\n");
		}
	}
	buf_text(out, "</table></div>\n");
}

static void stores(struct buf *out, const struct report *r)
{
	if (r->stores.len)
		buf_text(out, "<h2>Object stores</h2>\n");
	for (size_t i = 0; i < r->stores.len; i++) {
		const struct probe *p = &r->stores.items[i];
		struct buf name CLEANUP(buf) = {0};

		stores_name(&name, p);
		html_element(out, "h3", buf_slice(&name));
		buf_text(out, "<p><code>");
		html_text(out, p->place);
		buf_text(out, "</code><br>\n");
		for (int call = 0; call < PROBE_CALLS && !p->unasked.len; call++) {
			struct buf answer CLEANUP(buf) = {0};

			stores_answer(&answer, &p->calls[call]);
			buf_fmt(out, "%s%s ", call ? ", " : "", stores_calls[call]);
			html_text(out, buf_slice(&answer));
		}
		if (p->unasked.len) {
			buf_text(out, "not asked: ");
			html_text(out, p->unasked);
		}
		buf_text(out, "</p>\n");
		if (p->servers_len)
			servers(out, r, p);
	}
}

/* What could not be read is unknown, and is told before it is looked for. */
void html_errors(struct buf *out, const struct report *r)
{
	if (!r->errors.len)
		return;
	buf_text(out, "<h2>Could not be read</h2>\n<ul>\n");
	for (size_t i = 0; i < r->errors.len; i++) {
		const struct report_error *e = &r->errors.items[i];

		buf_text(out, "<li>");
		html_text(out, e->file);
		if (e->line)
			buf_fmt(out, ":%u:%u", e->line, e->column);
		if (e->file.len)
			buf_text(out, ": ");
		html_text(out, e->message);
		buf_text(out, "</li>\n");
	}
	buf_text(out, "</ul>\n");
}

/* The commands for the day on which it is needed. */
static void commands(struct buf *out, const struct report *r, const struct report_style *s)
{
	if (!r->clusters.len)
		return;
	buf_text(
		out,
		"<h2>If it burns now</h2>\n<p>Each prints to when the Cluster can be restored, and writes the manifest and the runbook.</p>\n<pre>");
	for (size_t i = 0; i < r->clusters.len; i++) {
		const struct report_cluster *c = &r->clusters.items[i];

		html_text(out, str_from(s->program));
		buf_text(out, " restore ");
		html_text(out, c->name);
		if (c->namespace.len) {
			buf_text(out, " -n ");
			html_text(out, c->namespace);
		}
		if (c->context.len) {
			buf_text(out, " --context ");
			html_text(out, c->context);
		}
		buf_text(out, " --output ");
		html_text(out, c->name);
		buf_text(out, "-restored.yaml\n");
	}
	buf_text(out, "</pre>\n");
}

void html_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	html_begin(out, &(struct html_head){.title = STR("PostgreSQL backups"),
					    .where = r->where,
					    .now = r->now,
					    .policy = r->policy,
					    .version = r->version});
	counters(out, r, style->least);
	html_main(out);
	html_time(out, r);
	clusters(out, r);
	html_calendars(out, r);
	framework_html(out, r);
	stores(out, r);
	html_findings(out, r, style->least);
	html_errors(out, r);
	commands(out, r, style);
	html_rules(out, r, style->least);
	html_end(out);
}
