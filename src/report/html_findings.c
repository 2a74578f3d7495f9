/* What was found, by object, with the pages of the rules below. */
#include "html_internal.h"

#include "base/limits.h"
#include "checks/page.h"
#include "report/excerpt.h"
#include "report/phrase.h"
#include "rules/rule.h"

#include <stdlib.h>
#include <string.h>

#define EXCERPT_COLUMNS 100

static bool same_object(const struct report_finding *a, const struct report_finding *b)
{
	return str_eq(a->file, b->file) && str_eq(a->kind, b->kind) &&
	       str_eq(a->namespace, b->namespace) && str_eq(a->name, b->name) &&
	       str_eq(a->context, b->context);
}

/* The context is in the headline above, once for all that follow. */
static void title(struct buf *out, const struct report_finding *f)
{
	struct buf object CLEANUP(buf) = {0};
	struct report_finding here = *f;

	here.context = STR_EMPTY;
	phrase_object(&object, &here);
	buf_text(out, "<h3>");
	html_text(out, buf_slice(&object));
	if (f->file.len) {
		buf_text(out, " <span class=\"dim\">");
		html_text(out, f->file);
		buf_text(out, "</span>");
	}
	buf_text(out, "</h3>\n");
}

static void excerpt(struct buf *out, const struct report_finding *f)
{
	struct buf shown CLEANUP(buf) = {0};
	struct excerpt_view view;

	if (!f->source.text.len)
		return;
	excerpt_lay_out(&f->source, f->finding.pos, EXCERPT_COLUMNS, &shown, &view);
	buf_fmt(out, "<pre>%u | ", f->finding.pos.line);
	html_text(out, view.shown);
	buf_text(out, "</pre>\n");
}

static void finding(struct buf *out, const struct report_finding *f)
{
	static const char *const classes[] = {"dim", "dim", "risk", "none"};
	const struct finding *found = &f->finding;

	buf_fmt(out, "<p><b class=\"%s\">%s</b> <a href=\"#%s\">%s</a>: ", classes[found->severity],
		phrase_severity(found->severity), found->rule->id, found->rule->id);
	html_text(out, found->message);
	buf_text(out, "</p>\n");
	excerpt(out, f);
	buf_text(out, "<dl>");
	html_term(out, "where", found->path);
	html_term(out, "effect", found->effect);
	if (found->fix.len) {
		buf_text(out, "<dt>fix</dt><dd><code>");
		html_text(out, found->fix);
		buf_text(out, "</code></dd>\n");
	}
	buf_text(out, "</dl>\n");
}

static void exempted_one(struct buf *out, const struct report_finding *f, struct str by)
{
	struct buf object CLEANUP(buf) = {0};

	phrase_object(&object, f);
	buf_text(out, "<li>");
	html_text(out, buf_slice(&object));
	buf_fmt(out, ", %s: ", f->finding.rule ? f->finding.rule->id : "all rules");
	html_text(out, by);
	buf_text(out, "</li>\n");
}

/* What was silenced is never silent. */
static void exempted(struct buf *out, const struct report *r)
{
	if (r->exempted.len + r->exempt_objects.len == 0)
		return;
	buf_text(out, "<h2>Exempted</h2>\n<ul>\n");
	for (size_t i = 0; i < r->exempted.len; i++)
		exempted_one(out, &r->exempted.items[i], r->exempted.items[i].finding.exempted_by);
	for (size_t i = 0; i < r->exempt_objects.len; i++) {
		const struct report_exempt *e = &r->exempt_objects.items[i];

		exempted_one(out,
			     &(struct report_finding){.kind = e->kind,
						      .namespace = e->namespace,
						      .name = e->name,
						      .context = e->context},
			     e->by);
	}
	buf_text(out, "</ul>\n");
}

void html_findings(struct buf *out, const struct report *r, enum severity least)
{
	const struct report_finding *before = NULL;

	for (size_t i = 0; i < r->findings.len; i++) {
		const struct report_finding *f = &r->findings.items[i];

		if (f->finding.severity < least)
			continue;
		if (!before || !str_eq(f->context, before->context)) {
			buf_text(out, "<h2>Findings");
			buf_text(out, f->context.len ? " in context " : "");
			html_text(out, f->context);
			buf_text(out, "</h2>\n");
		}
		if (!before || !same_object(f, before))
			title(out, f);
		finding(out, f);
		before = f;
	}
	exempted(out, r);
}

static int by_id(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void example(struct buf *out, const char *word, struct str yaml)
{
	buf_fmt(out, "<p>%s</p>\n<pre>", word);
	html_lines(out, yaml);
	buf_text(out, "</pre>\n");
}

static void rule(struct buf *out, struct arena *a, const char *id)
{
	struct page page = page_of(a, id);

	buf_fmt(out, "<details id=\"%s\"><summary>%s: ", id, id);
	html_text(out, page.summary);
	buf_text(out, "</summary>\n<p>");
	html_text(out, page.why);
	buf_text(out, "</p>\n<p>");
	html_text(out, page.fix);
	buf_text(out, "</p>\n");
	example(out, "Wrong:", page.bad);
	example(out, "Right:", page.good);
	buf_text(out, "</details>\n");
}

void html_rules(struct buf *out, const struct report *r, enum severity least)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char **ids = ARENA_ARRAY(a, const char *, r->findings.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < r->findings.len; i++)
		if (r->findings.items[i].finding.severity >= least)
			ids[len++] = r->findings.items[i].finding.rule->id;
	if (!len)
		return;
	qsort(ids, len, sizeof *ids, by_id);
	buf_text(out, "<h2>Rules</h2>\n");
	for (size_t i = 0; i < len; i++)
		if (!i || strcmp(ids[i], ids[i - 1]) != 0)
			rule(out, a, ids[i]);
}
