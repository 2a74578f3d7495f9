/* A page for a browser: the days to come, a row a Cluster. */
#include "text_internal.h"

#include "base/utc.h"
#include "report/cron_text.h"
#include "report/html.h"
#include "report/phrase.h"

/* Units of the pictures: marks that fall into one SLOT are one; bars stand from TOP on. */
enum { WIDTH = 1200, SLOTS = 300, TOP = 10, BOTTOM = 24 };

static const char *const words[HTML_MARKS] = {
	[HTML_GOOD] = "backed up",
	[HTML_RISK] = "backed up with a gap",
	[HTML_NONE] = "not backed up",
	[HTML_UNKNOWN] = "not known",
};

static int64_t end_of(const struct plan_options *o)
{
	return o->now + o->days * (int64_t)UTC_DAY;
}

/* As plan_words_loss says it. */
static enum html_mark mark_of(const struct plan_cluster *c, const struct plan_options *o)
{
	int64_t first = plan_first(c);
	bool comes = first && first <= end_of(o);

	if (c->wal == PLAN_WAL_UNKNOWN || (c->schedules_unknown && !comes) ||
	    (c->wal == PLAN_WAL_ARCHIVED && c->timeout < 0))
		return HTML_UNKNOWN;
	if (c->wal == PLAN_WAL_NOWHERE)
		return c->snapshots.len && comes ? HTML_RISK : HTML_NONE;
	if (!comes)
		return HTML_NONE;
	return !c->timeout || c->fails_open ? HTML_RISK : HTML_GOOD;
}

static int64_t x_of(const struct plan_options *o, int64_t t)
{
	return html_x(WIDTH, o->now, end_of(o), t);
}

static void bar(struct buf *out, const char *class, int64_t from, int64_t to, size_t height)
{
	if (to > from)
		buf_fmt(out,
			"<rect class=\"%s\" x=\"%lld\" y=\"%zu\" width=\"%lld\" height=\"%zu\"/>",
			class, (long long)from, BOTTOM - height, (long long)(to - from), height);
}

/* How many base backups are there, the more the higher. Before the first nothing is. */
static void bars(struct buf *out, const struct plan_cluster *c, const struct plan_options *o)
{
	int64_t first = plan_first(c);
	int64_t begin = first ? x_of(o, first) : WIDTH, known = WIDTH;
	size_t most = 1;

	for (size_t i = 0; i < c->by_day_len; i++)
		most = c->by_day[i] > most ? c->by_day[i] : most;
	bar(out, "h", 0, begin, BOTTOM - TOP);
	if (c->base.len && c->by_day_len < (size_t)o->days)
		known = x_of(o, o->now + (int64_t)c->by_day_len * UTC_DAY);
	for (size_t i = 0, end; i < c->by_day_len; i = end) {
		for (end = i + 1; end < c->by_day_len && c->by_day[end] == c->by_day[i];)
			end++;
		int64_t from = x_of(o, o->now + (int64_t)i * UTC_DAY);

		if (c->by_day[i])
			bar(out, "b", from > begin ? from : begin,
			    x_of(o, o->now + (int64_t)end * UTC_DAY),
			    2 + (BOTTOM - TOP - 2) * c->by_day[i] / most);
	}
	bar(out, "u", known > begin ? known : begin, WIDTH, BOTTOM - TOP);
}

/* One shape for all moments of a kind, each where it is. */
static void marks(struct buf *out, const struct plan_moments *m, const struct plan_options *o,
		  const char *class, const char *shape)
{
	int64_t last = -1;
	bool any = false;

	for (size_t i = m->old; i < m->len && m->items[i] <= end_of(o); i++) {
		int64_t x = x_of(o, m->items[i]);

		if (x * SLOTS / WIDTH == last)
			continue;
		last = x * SLOTS / WIDTH;
		buf_fmt(out, "%s%lld%s", any ? "M" : "<path d=\"M", (long long)x, shape);
		any = true;
	}
	if (any)
		buf_fmt(out, "\" class=\"%s\"/>", class);
}

static void picture(struct buf *out, const struct plan_cluster *c, const struct plan_options *o,
		    struct str said)
{
	enum html_mark mark = mark_of(c, o);

	html_picture(out, WIDTH, said);
	if (mark == HTML_NONE)
		bar(out, "h", 0, WIDTH, BOTTOM - TOP);
	else if (mark == HTML_UNKNOWN || c->retention_unknown || c->schedules_unknown)
		bar(out, "u", 0, WIDTH, BOTTOM - TOP);
	else if (c->wal == PLAN_WAL_ARCHIVED)
		bars(out, c, o);
	marks(out, &c->base, o, "d", " 0v8");
	marks(out, &c->snapshots, o, "n", " 1h8v6h-8z");
	buf_text(out, "</svg>\n");
}

/* Behind `from`, up to `to`. One that a Cluster begins with is made now. */
static size_t made(const struct plan_moments *m, const struct plan_options *o, int64_t from,
		   int64_t to)
{
	size_t count = 0;

	for (size_t i = m->old; i < m->len && m->items[i] <= to; i++)
		count += m->items[i] > from || (from == o->now && m->items[i] == from);
	return count;
}

/* Days that are alike are one row. */
static void by_day(struct buf *out, const struct plan_cluster *c, const struct plan_options *o)
{
	if (!c->by_day_len || plan_words_unknown(c) || c->retention_unknown)
		return;
	buf_text(
		out,
		"<details><summary>day by day</summary><div class=\"scroll\"><table>\n<tr><th scope=\"col\">DAY</th><th scope=\"col\">UNTIL</th><th scope=\"col\">MADE</th><th scope=\"col\">THERE THEN</th></tr>\n");
	for (size_t i = 0, end; i < c->by_day_len; i = end) {
		int64_t from = o->now + (int64_t)i * UTC_DAY;
		size_t new = made(&c->base, o, from, from + UTC_DAY);

		for (end = i + 1; end < c->by_day_len && c->by_day[end] == c->by_day[i] &&
				  made(&c->base, o, o->now + (int64_t)end * UTC_DAY,
				       o->now + (int64_t)(end + 1) * UTC_DAY) == new;)
			end++;
		buf_fmt(out, "<tr><td>%zu", i + 1);
		if (end > i + 1)
			buf_fmt(out, " to %zu", end);
		buf_text(out, "</td><td>");
		phrase_minute(out, o->now + (int64_t)end * UTC_DAY, "");
		buf_fmt(out, "</td><td>%zu%s</td><td>%zu</td></tr>\n", new,
			end > i + 1 ? " a day" : "", c->by_day[i]);
	}
	buf_text(out, "</table></div></details>\n");
}

static void schedule(struct buf *out, const struct plan_schedule *s, const struct plan_options *o)
{
	struct buf text CLEANUP(buf) = {0};

	plan_words_schedule(s, &text);
	buf_text(&text, ": ");
	plan_words_runs(s, o, &text);
	if (!s->idle.len)
		buf_text(&text, s->next_len ? ", next " : ", next " PLAN_WORDS_NO_NEXT);
	for (size_t i = 0; i < s->next_len; i++) {
		buf_text(&text, i ? ", " : "");
		plan_words_time(o, s->next[i], &text);
	}
	html_term(out, "schedule", buf_slice(&text));
}

static void terms(struct buf *out, const struct plan_cluster *c, const struct plan_options *o)
{
	static const struct {
		const char *word;
		void (*words)(const struct plan_cluster *c, const struct plan_options *o,
			      struct buf *out);
	} rows[] = {
		{"replay", plan_words_replay},	   {"kept", plan_words_kept},
		{"back to", plan_words_back},	   {"space", plan_words_space},
		{"requests", plan_words_requests},
	};

	buf_text(out, "<dl>");
	html_term(out, "archive", c->archive.len ? c->archive : STR("none"));
	html_term(out, "beside it", c->beside);
	if (!c->schedules_len)
		html_term(out, "schedule", STR("none: no ScheduledBackup names it"));
	for (size_t i = 0; i < c->schedules_len; i++)
		schedule(out, &c->schedules[i], o);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf text CLEANUP(buf) = {0};

		rows[i].words(c, o, &text);
		html_term(out, rows[i].word, buf_slice(&text));
	}
	buf_text(out, "</dl>\n");
}

static void cluster(struct buf *out, const struct plan_cluster *c, const struct plan_options *o)
{
	struct buf name CLEANUP(buf) = {0}, loss CLEANUP(buf) = {0};
	enum html_mark mark = mark_of(c, o);

	plan_name(c, &name);
	buf_text(out, "<li><div><span><b>");
	html_text(out, buf_slice(&name));
	buf_text(out, "</b> <span class=\"dim\">");
	html_text(out, c->place);
	buf_text(out, "</span></span>");
	html_verdict(out, mark, words[mark]);
	buf_text(out, "</div><p>at worst is lost: ");
	plan_words_loss(c, o, &loss);
	html_text(out, buf_slice(&loss));
	buf_text(out, "</p>\n");
	name.len = 0;
	buf_fmt(&name, "in %d days %zu base backups, %zu snapshots", o->days,
		made(&c->base, o, o->now, end_of(o)), made(&c->snapshots, o, o->now, end_of(o)));
	picture(out, c, o, buf_slice(&name));
	terms(out, c, o);
	by_day(out, c, o);
	buf_text(out, "</li>\n");
}

static void ends(struct buf *out, const struct plan_options *o)
{
	buf_text(out, "<p class=\"ends dim\" aria-hidden=\"true\"><span>now</span><span>");
	html_day(out, end_of(o));
	buf_text(out, "</span></p>\n");
}

static void clusters(struct buf *out, const struct plan *p)
{
	static const struct html_sign signs[] = {
		{"<rect class=\"b\" x=\"1\" y=\"10\" width=\"38\" height=\"14\"/>",
		 "base backups that are there, the more the higher"},
		{"<rect class=\"h\" x=\"1\" y=\"10\" width=\"38\" height=\"14\"/>",
		 "nothing can be restored"},
		{"<rect class=\"u\" x=\"1\" y=\"10\" width=\"38\" height=\"14\"/>", "not known"},
		{"<path class=\"d\" d=\"M20 0v8\"/>", "base backup"},
		{"<path class=\"n\" d=\"M16 1h8v6h-8z\"/>", "snapshot"},
	};

	if (!p->clusters_len)
		return;
	buf_text(out, "<h2>The days to come</h2>\n");
	html_legend(out, signs, ARRAY_LEN(signs));
	ends(out, &p->options);
	buf_text(out, "<ul class=\"rows\">\n");
	for (size_t i = 0; i < p->clusters_len; i++)
		cluster(out, &p->clusters[i], &p->options);
	buf_text(out, "</ul>\n");
	ends(out, &p->options);
}

static void losses(struct buf *out, const struct plan *p)
{
	if (!p->against.len)
		return;
	buf_text(out, "<h2>What this change takes away</h2>\n<p>Compared with <code>");
	html_text(out, p->against);
	buf_text(out, p->losses_len ? "</code>:</p>\n<ul>\n" : "</code>: nothing.</p>\n");
	for (size_t i = 0; i < p->losses_len; i++) {
		const struct plan_loss *l = &p->losses[i];

		buf_text(out, "<li>");
		html_verdict(out,
			     l->unknown ? HTML_UNKNOWN
			     : l->final ? HTML_NONE
					: HTML_RISK,
			     plan_words_taken(l));
		buf_text(out, ": ");
		html_text(out, l->object);
		buf_text(out, ": ");
		html_text(out, l->text);
		buf_text(out, "</li>\n");
	}
	buf_text(out, p->losses_len ? "</ul>\n" : "");
}

static void collision(struct buf *out, const struct plan_collision *c, const struct plan_options *o)
{
	struct buf text CLEANUP(buf) = {0}, name CLEANUP(buf) = {0};

	buf_fmt(&text, "In %.*s", STR_ARG(c->bucket));
	plan_words_together(c, &text);
	plan_words_when(c, o, &text);
	buf_text(&text, c->spread ? "; apart they are as" : "");
	html_element(out, "p", buf_slice(&text));
	buf_text(out, "<ul>\n");
	for (size_t i = 0; i < c->len; i++) {
		const struct plan_start *s = &c->starts[i];

		name.len = 0;
		plan_name(s->cluster, &name);
		buf_text(out, "<li>");
		html_text(out, s->schedule->name);
		buf_text(out, " of ");
		html_text(out, buf_slice(&name));
		buf_text(out, ": <code>");
		html_text(out, c->spread && s->instead.len ? s->instead : s->schedule->spec);
		buf_text(out, "</code></li>\n");
	}
	buf_text(out, "</ul>\n");
}

static void collisions(struct buf *out, const struct plan *p)
{
	if (p->collisions_len + p->cuts_len)
		buf_text(out, "<h2>What begins together</h2>\n");
	for (size_t i = 0; i < p->collisions_len; i++)
		collision(out, &p->collisions[i], &p->options);
	for (size_t i = 0; i < p->cuts_len; i++) {
		struct buf text CLEANUP(buf) = {0};

		plan_words_cut(&p->cuts[i], &p->options, &text);
		html_element(out, "p", buf_slice(&text));
	}
}

static void counts(struct buf *out, const struct plan *p)
{
	size_t count[HTML_MARKS] = {0};

	for (size_t i = 0; i < p->clusters_len; i++)
		count[mark_of(&p->clusters[i], &p->options)]++;
	buf_text(out, "<ul class=\"counts\">\n");
	for (int mark = 0; mark < HTML_MARKS; mark++)
		if (words[mark])
			html_count(out, (enum html_mark)mark, count[mark], words[mark]);
	buf_text(out, "</ul>\n");
}

void plan_html(const struct plan *p, const struct report *report, struct buf *out)
{
	const struct plan_options *o = &p->options;
	struct buf days CLEANUP(buf) = {0}, clocks CLEANUP(buf) = {0};

	buf_fmt(&days, "%d days", o->days);
	html_begin(out, &(struct html_head){.title = STR("PostgreSQL backups to come"),
					    .where = buf_slice(&days),
					    .now = o->now,
					    .policy = report->policy,
					    .version = report->version});
	counts(out, p);
	html_main(out);
	losses(out, p);
	html_errors(out, report);
	clusters(out, p);
	collisions(out, p);
	if (o->local)
		cron_clocks(o->now, end_of(o), &clocks);
	if (clocks.len) {
		buf_text(out, "<h2>Clocks</h2>\n<pre>");
		html_lines(out, str_trim(buf_slice(&clocks)));
		buf_text(out, "</pre>\n");
	}
	html_end(out);
}
