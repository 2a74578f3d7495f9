/* The page: what the runbook says, what was told, and the manifest, to be read in a browser. */
#include "internal.h"

#include "base/utc.h"
#include "report/html.h"
#include "report/phrase.h"

enum { WIDTH = 1200 };

struct axis {
	int64_t from, to; /* seconds, UTC */
};

static int64_t x_of(struct axis a, int64_t t)
{
	return html_x(WIDTH, a.from, a.to, t);
}

static void band(struct buf *out, struct axis a, const char *class, int64_t from, int64_t to)
{
	int64_t x = x_of(a, from), end = x_of(a, to);

	if (to > from)
		buf_fmt(out, "<rect class=\"%s\" x=\"%lld\" y=\"5\" width=\"%lld\" height=\"14\"/>",
			class, (long long)x, (long long)(end > x ? end - x : 1));
}

static void mark(struct buf *out, struct axis a, const char *class, int64_t at)
{
	buf_fmt(out, "<path d=\"M%lld 0v24\" class=\"%s\"/>", (long long)x_of(a, at), class);
}

static int64_t target_of(const struct restore_plan *p)
{
	return p->target.goal == RESTORE_TIME	     ? p->target.time
	       : p->target.goal == RESTORE_IMMEDIATE ? p->base->info.end
						     : p->windows[p->windows_len - 1].reach.until;
}

static void picture(struct buf *out, const struct restore *r)
{
	static const struct html_sign signs[] = {
		{"<rect class=\"b\" x=\"1\" y=\"5\" width=\"38\" height=\"14\"/>",
		 "can be restored"},
		{"<rect class=\"u\" x=\"1\" y=\"5\" width=\"38\" height=\"14\"/>",
		 "perhaps, or not known"},
		{"<rect class=\"h\" x=\"1\" y=\"5\" width=\"38\" height=\"14\"/>",
		 "lost: WAL is missing"},
		{"<path class=\"d\" d=\"M20 0v24\"/>", "the base backup"},
		{"<path class=\"r\" d=\"M20 0v24\"/>", "what is restored"},
	};
	const struct restore_plan *p = &r->plan;

	if (!p->known || !p->windows_len)
		return;
	struct axis a = {p->windows[0].from, r->in->now};
	a.from -= (a.to - a.from) / 20; /* a base backup stands before the first moment */
	buf_text(out, "<h2>To when it can be restored</h2>\n");
	html_legend(out, signs, ARRAY_LEN(signs));
	buf_text(out, "<ul class=\"rows\"><li>");
	html_picture(out, WIDTH, STR("the windows of the table"));
	for (size_t i = 0; i < p->windows_len; i++) {
		const struct window *w = &p->windows[i];
		int64_t next = i + 1 < p->windows_len ? w[1].from : 0;

		band(out, a, "b", w->from, w->reach.surely);
		band(out, a, "u", w->reach.surely > w->from ? w->reach.surely : w->from,
		     next ? w->reach.until : a.to);
		band(out, a, "h", w->reach.until, next);
	}
	mark(out, a, "d", p->base->info.end);
	mark(out, a, "r", target_of(p));
	buf_text(out, "</svg></li></ul>\n<p class=\"ends dim\"><span>");
	phrase_minute(out, a.from, "");
	buf_text(out, "</span><span>");
	phrase_minute(out, a.to, "");
	buf_text(out, "</span></p>\n");
}

/* What is not known is no promise, and what may not come back is said first. */
static void verdict(struct buf *out, const struct restore *r)
{
	const struct restore_plan *p = &r->plan;
	struct majors majors;

	buf_text(out, "<p>");
	if (restore_is_other_system(r) || restore_is_unsaved(r, &majors))
		html_verdict(out, HTML_NONE, "what the Cluster has is not in its archive");
	else if (restore_other_major(r, &majors))
		html_verdict(out, HTML_NONE, "the base backup is of another PostgreSQL");
	else if (r->out->worst == SEV_DENY)
		html_verdict(out, HTML_NONE, "the manifest would be refused as it is");
	else if (!p->known)
		html_verdict(out, HTML_UNKNOWN, "whether it can be restored is not known");
	else if (p->unread || p->copied || p->at_edge || p->target.goal != r->in->wish.goal)
		html_verdict(out, HTML_RISK, "can be restored, perhaps not to that moment");
	else if (r->mends_len)
		html_verdict(out, HTML_RISK, "can be restored, once the manifest is mended");
	else
		html_verdict(out, HTML_GOOD, "can be restored");
	if (!p->known) {
		buf_text(out, ": ");
		html_text(out, r->unknown);
	}
	buf_text(out, "</p>\n");
}

static void told(struct buf *out, struct str lines)
{
	struct str line;

	buf_text(out, "<h2>What was looked at and judged</h2>\n<ul>\n");
	while (str_split(&lines, '\n', &line))
		html_element(out, "li", line);
	buf_text(out, "</ul>\n");
}

void restore_write_page(const struct restore *r, struct buf *out)
{
	const struct object *o = restore_cluster(r);
	struct str called = restore_called(r, o->namespace, o->name);
	struct str title = arena_fmt(r->arena, "%s of Cluster %.*s",
				     r->in->drill ? "Drill" : "Restore", STR_ARG(called));
	struct str runbook = buf_slice(&r->runbook), line;

	html_begin(out, &(struct html_head){.title = title,
					    .where = r->in->context,
					    .now = r->in->now,
					    .policy = r->report->policy,
					    .version = r->report->version});
	verdict(out, r);
	html_main(out);
	str_split(&runbook, '\n', &line); /* its title */
	size_t steps = str_find(runbook, STR("\n## "));
	picture(out, r);
	buf_text(out, "<h2>What is restored</h2>\n");
	html_markdown(out, str_slice(runbook, 0, steps));
	told(out, buf_slice(&r->summary));
	html_errors(out, r->report);
	buf_text(out, "<h2>Steps</h2>\n");
	html_markdown(out, str_slice(runbook, steps, runbook.len));
	buf_text(out, "<h2>The manifest</h2>\n<details><summary>Cluster ");
	html_text(out, restore_called(r, r->namespace, r->as));
	buf_text(out, "</summary><pre>");
	html_lines(out, str_trim(buf_slice(&r->manifest)));
	buf_text(out, "</pre></details>\n");
	html_end(out);
}
