/* Findings of one kind below one headline, a line each: what a fleet has in common. */
#include "report/writers.h"

#include "report/glyph.h"
#include "report/phrase.h"
#include "rules/rule.h"

#include <stdlib.h>
#include <string.h>

struct grouping {
	const struct report *report;
	enum report_group by;
};

static int compare_keys(enum report_group by, const struct report_finding *a,
			const struct report_finding *b)
{
	int order = 0;

	if (by == GROUP_RULE) {
		order = (int)b->finding.severity - (int)a->finding.severity;
		return order ? order : strcmp(a->finding.rule->id, b->finding.rule->id);
	}
	order = str_cmp(a->context, b->context);
	return order || by == GROUP_CLUSTER ? order : str_cmp(a->namespace, b->namespace);
}

static int compare(const void *left, const void *right, void *ctx)
{
	const struct report_finding *const *a = left, *const *b = right;
	const struct grouping *g = ctx;
	int order = compare_keys(g->by, *a, *b);

	if (!order)
		order = (int)(*b)->finding.severity - (int)(*a)->finding.severity;
	return order ? order : (*a > *b) - (*a < *b); /* as the report has them */
}

static void count(struct buf *out, const struct report_finding *const *items, size_t len)
{
	const char *between = "";

	for (enum severity s = SEV_DENY; s > SEV_OFF; s--) {
		size_t n = 0;

		for (size_t i = 0; i < len; i++)
			n += items[i]->finding.severity == s;
		if (n)
			buf_fmt(out, "%s%zu %s%s", between, n, phrase_severity(s),
				n == 1 ? "" : "s");
		between = n ? ", " : between;
	}
}

static void headline(struct buf *out, const struct grouping *g,
		     const struct report_finding *const *items, size_t len)
{
	const struct report_finding *f = items[0];

	if (g->by == GROUP_RULE) {
		buf_fmt(out, "%s[%s] %zu: %s\n", phrase_severity(f->finding.severity),
			f->finding.rule->id, len, f->finding.rule->summary);
		return;
	}
	if (g->by == GROUP_NAMESPACE) {
		buf_text(out, "namespace ");
		glyph_clean(out, f->namespace);
		buf_text(out, f->context.len ? " of " : "");
	}
	if (f->context.len) {
		buf_text(out, "context ");
		glyph_clean(out, f->context);
	} else if (g->by == GROUP_CLUSTER) {
		glyph_clean(out, g->report->where);
	}
	buf_text(out, ": ");
	count(out, items, len);
	buf_byte(out, '\n');
}

static void line(struct buf *out, const struct grouping *g, const struct report_finding *f,
		 size_t width)
{
	struct buf words CLEANUP(buf) = {0};

	if (g->by != GROUP_RULE)
		buf_fmt(&words, "%s[%s] ", phrase_severity(f->finding.severity),
			f->finding.rule->id);
	phrase_object(&words, f);
	buf_text(&words, ": ");
	buf_str(&words, f->finding.message);
	buf_text(out, "  ");
	phrase_wrap(out, buf_slice(&words), (struct wrap){2, 4, width});
	buf_byte(out, '\n');
}

static size_t take(const struct report_findings *all, enum severity least,
		   const struct report_finding **out)
{
	size_t len = 0;

	for (size_t i = 0; i < all->len; i++)
		if (all->items[i].finding.severity >= least)
			out[len++] = &all->items[i];
	return len;
}

void groups_text(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct grouping g = {r, style->layout.group ? (enum report_group)style->layout.group
						    : GROUP_RULE};
	const struct report_finding **items =
		ARENA_ARRAY(r->arena, const struct report_finding *, r->findings.len + 1);
	size_t len = take(&r->findings, style->least, items), end;

	if (len)
		qsort_r(items, len, sizeof(*items), compare, &g);
	for (size_t i = 0; i < len; i = end) {
		for (end = i + 1; end < len && !compare_keys(g.by, items[i], items[end]);)
			end++;
		headline(out, &g, items + i, end - i);
		for (size_t k = i; k < end && !style->layout.counts; k++)
			line(out, &g, items[k], style->width);
		if (!style->layout.counts)
			buf_byte(out, '\n');
	}
	if (len && style->layout.counts)
		buf_byte(out, '\n');
}
