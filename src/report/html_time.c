/* What was and what comes, on one axis. The pictures are stretched to the width that there is, so
 * no text is in them. */
#include "html_internal.h"

#include "base/utc.h"
#include "report/phrase.h"
#include "report/writers.h"

#include <string.h>

/* Units of a day, and how many marks are told apart in it. */
enum { UNITS = 40, PARTS = 4, WIDTH = (REPORT_BACK + REPORT_AHEAD) * UNITS };
enum { SLOTS = (REPORT_BACK + REPORT_AHEAD) * PARTS };

const char *const html_states[HTML_MARKS] = {
	"restorable now", "restorable, by the status alone", "at risk", "not restorable", "unknown",
};

/* Of what its bucket told: what ends long ago is not what one would restore today. */
static enum html_mark state_of_server(const struct report *r, const struct probe_server *s)
{
	if (!servers_known(s))
		return HTML_UNKNOWN;
	if (!s->windows_len)
		return HTML_NONE;
	bool late = servers_to(&s->windows[s->windows_len - 1]) < r->now - UTC_DAY;
	return late ? HTML_RISK : HTML_GOOD;
}

enum html_mark html_state_of(const struct report *r, const struct report_cluster *c)
{
	if (c->archive) {
		enum html_mark state = state_of_server(r, c->archive);

		return state == HTML_GOOD && c->worst == SEV_DENY ? HTML_RISK : state;
	}
	if (r->stores.items && c->store.len)
		return HTML_UNKNOWN; /* its bucket could not be asked */
	if (!c->last_backup)
		/* who follows another is backed up there */
		return c->backups_unknown || (c->store.len && !c->unbacked) ? HTML_UNKNOWN
									    : HTML_NONE;
	return c->worst == SEV_DENY ? HTML_RISK : HTML_TOLD;
}

static int64_t begin_of(const struct report *r)
{
	return r->now - REPORT_BACK * UTC_DAY;
}

static int64_t x_of(const struct report *r, int64_t t)
{
	int64_t begin = begin_of(r);

	return html_x(WIDTH, begin, begin + (REPORT_BACK + REPORT_AHEAD) * (int64_t)UTC_DAY, t);
}

static void band(struct buf *out, const struct report *r, const char *class, int64_t from,
		 int64_t to)
{
	int64_t x = x_of(r, from), end = x_of(r, to);

	if (end > x || (to >= begin_of(r) && from == to))
		buf_fmt(out, "<rect class=\"%s\" x=\"%lld\" y=\"5\" width=\"%lld\" height=\"14\"/>",
			class, (long long)x, (long long)(end > x ? end - x : 1));
}

/* What the bucket told: each window, and between two of them what is lost. */
static void windows(struct buf *out, const struct report *r, const struct probe_server *s)
{
	for (size_t i = 0; i < s->windows_len; i++) {
		const struct window *w = &s->windows[i];

		if (i)
			band(out, r, "h", servers_to(w - 1), w->from);
		band(out, r, "b", w->from, servers_to(w));
	}
	if (s->windows_len)
		band(out, r, "u", servers_to(&s->windows[s->windows_len - 1]), r->now);
}

/* One shape for all moments of a kind: the path of each begins where it is. */
static void marks(struct buf *out, const struct report *r, const struct report_cluster *c,
		  enum report_run_how how)
{
	static const struct {
		const char *class, *shape;
	} looks[] = {
		[RUN_DONE] = {"d", " 2v20"},
		[RUN_FAILED] = {"f", " 6l12 12m0-12l-12 12"},
		[RUN_PLANNED] = {"n", " 7h10v10h-10z"},
	};
	bool seen[SLOTS + 1] = {false}, any = false;

	for (size_t i = 0; i < c->runs_len; i++) {
		int64_t slot = x_of(r, c->runs[i].at) * PARTS / UNITS;

		if (c->runs[i].how != how || c->runs[i].at < begin_of(r) || seen[slot])
			continue;
		seen[slot] = true;
		buf_fmt(out, "%s%lld%s", any ? "M" : "<path d=\"M",
			(long long)x_of(r, c->runs[i].at), looks[how].shape);
		any = true;
	}
	if (any)
		buf_fmt(out, "\" class=\"%s\"/>", looks[how].class);
}

static size_t count_runs(const struct report *r, const struct report_cluster *c,
			 enum report_run_how how)
{
	size_t count = 0;

	for (size_t i = 0; i < c->runs_len; i++)
		count += c->runs[i].how == how && c->runs[i].at >= begin_of(r);
	return count;
}

static void range(struct buf *out, const struct probe_server *s)
{
	const struct window *last = &s->windows[s->windows_len - 1];

	buf_text(out, "restorable ");
	phrase_minute(out, s->windows[0].from, "");
	buf_text(out, " to ");
	phrase_minute(out, servers_to(last), "");
	if (s->windows_len > 1)
		buf_fmt(out, ", with %zu hole%s", s->windows_len - 1,
			s->windows_len > 2 ? "s" : "");
}

/* What its status alone tells is no promise: nobody looked for gaps. */
static void told(struct buf *out, const struct report_cluster *c)
{
	if (!c->last_backup) {
		buf_text(out, c->backups_unknown ? "backups are not known" : "no backup");
		return;
	}
	buf_text(out, "from ");
	phrase_minute(out, c->from ? c->from : c->last_backup, "");
	buf_text(out, ", last backup ");
	phrase_minute(out, c->last_backup, "");
}

static void words_of(struct buf *out, const struct report_cluster *c)
{
	if (c->archive && servers_known(c->archive) && c->archive->windows_len)
		range(out, c->archive);
	else
		told(out, c);
}

static void close_picture(struct buf *out, const struct report *r)
{
	buf_fmt(out, "<path d=\"M%lld 0v24\" class=\"w\"/></svg></li>\n",
		(long long)x_of(r, r->now));
}

static void add_name(struct buf *out, const struct report_cluster *c)
{
	html_text(out, c->namespace);
	buf_text(out, c->namespace.len ? "/" : "");
	html_text(out, c->name);
}

/* Its context is said above it, once for all that follow. */
static bool begins_context(const struct report *r, size_t i)
{
	const struct report_cluster *all = r->clusters.items;

	return all[i].context.len && (!i || !str_eq(all[i].context, all[i - 1].context));
}

static void cluster(struct buf *out, const struct report *r, const struct report_cluster *c)
{
	const enum html_mark state = html_state_of(r, c);
	struct buf words CLEANUP(buf) = {0};

	buf_text(out, "<li><div><b>");
	add_name(out, c);
	buf_text(out, "</b>");
	html_verdict(out, state, html_states[state]);
	words_of(&words, c);
	buf_text(out, "</div><p class=\"dim\">");
	buf_str(out, buf_slice(&words));
	buf_text(out, "</p>");
	words.len = 0;
	size_t done = count_runs(r, c, RUN_DONE);
	buf_fmt(&words, "in %d days %zu backup%s done, %zu failed", REPORT_BACK, done,
		done == 1 ? "" : "s", count_runs(r, c, RUN_FAILED));
	if (c->next_run) {
		buf_text(&words, "; next ");
		phrase_minute(&words, c->next_run, "");
	}
	html_picture(out, WIDTH, buf_slice(&words));
	if (c->archive && servers_known(c->archive)) {
		windows(out, r, c->archive);
	} else if (c->last_backup) {
		int64_t from = c->from ? c->from : c->last_backup;

		/* WAL goes on to it, says CloudNativePG */
		int64_t to = c->wal == WAL_ARCHIVED ? r->now : c->last_backup;

		band(out, r, "t", from, to);
		band(out, r, "u", to, r->now);
	} else if (c->backups_unknown) {
		band(out, r, "u", begin_of(r), r->now);
	}
	if (c->retention && r->now - c->retention > begin_of(r))
		buf_fmt(out, "<path d=\"M%lld 0v24\" class=\"r\"/>",
			(long long)x_of(r, r->now - c->retention));
	for (int how = 0; how <= RUN_PLANNED; how++)
		marks(out, r, c, (enum report_run_how)how);
	close_picture(out, r);
}

static void server(struct buf *out, const struct report *r, const struct probe *p,
		   const struct probe_server *s)
{
	struct buf words CLEANUP(buf) = {0}, name CLEANUP(buf) = {0};
	enum html_mark state = state_of_server(r, s);

	stores_name(&name, p);
	buf_text(out, "<li><div><b>");
	html_text(out, s->name);
	buf_text(out, "</b> in ");
	html_text(out, buf_slice(&name));
	html_verdict(out, state, html_states[state]);
	if (state == HTML_NONE || state == HTML_UNKNOWN)
		buf_text(&words, state == HTML_NONE ? "nothing to restore" : "not known");
	else
		range(&words, s);
	buf_text(out, "</div><p class=\"dim\">");
	buf_str(out, buf_slice(&words));
	buf_text(out, "</p>");
	html_picture(out, WIDTH, buf_slice(&words));
	if (state == HTML_UNKNOWN)
		band(out, r, "u", begin_of(r), r->now);
	else
		windows(out, r, s);
	close_picture(out, r);
}

static void legend(struct buf *out)
{
	static const struct html_sign signs[] = {
		{"<rect class=\"b\" x=\"1\" y=\"5\" width=\"38\" height=\"14\"/>", "restorable"},
		{"<rect class=\"t\" x=\"1\" y=\"5\" width=\"38\" height=\"14\"/>",
		 "restorable by its status: no bucket was asked"},
		{"<rect class=\"h\" x=\"1\" y=\"5\" width=\"38\" height=\"14\"/>",
		 "lost: WAL is missing"},
		{"<rect class=\"u\" x=\"1\" y=\"5\" width=\"38\" height=\"14\"/>", "not known"},
		{"<path class=\"d\" d=\"M20 2v20\"/>", "base backup"},
		{"<path class=\"f\" d=\"M14 6l12 12m0-12l-12 12\"/>", "backup that failed"},
		{"<path class=\"n\" d=\"M15 7h10v10h-10z\"/>", "next run"},
		{"<path class=\"r\" d=\"M20 0v24\"/>", "what is older goes by retention"},
	};

	html_legend(out, signs, ARRAY_LEN(signs));
}

static void axis(struct buf *out, const struct report *r)
{
	buf_text(out, "<p class=\"axis\" aria-hidden=\"true\"><span>");
	html_day(out, begin_of(r));
	buf_text(out, "</span><span><span>now</span><span>");
	html_day(out, r->now + REPORT_AHEAD * UTC_DAY);
	buf_text(out, "</span></span></p>\n");
}

void html_time(struct buf *out, const struct report *r)
{
	size_t servers = 0;

	for (size_t i = 0; i < r->stores.len; i++)
		servers += r->stores.items[i].servers_len;
	if (!r->clusters.len && !servers)
		return;
	buf_text(out, "<h2>To when can it be restored</h2>\n");
	legend(out);
	axis(out, r);
	buf_text(out, "<ul class=\"rows\">\n");
	for (size_t i = 0; i < r->clusters.len; i++) {
		if (begins_context(r, i)) {
			buf_text(out, "<li>");
			html_element(out, "h3", r->clusters.items[i].context);
			buf_text(out, "</li>\n");
		}
		cluster(out, r, &r->clusters.items[i]);
	}
	for (size_t i = 0; i < r->stores.len && !r->clusters.len; i++)
		for (size_t k = 0; k < r->stores.items[i].servers_len; k++)
			server(out, r, &r->stores.items[i], &r->stores.items[i].servers[k]);
	buf_text(out, "</ul>\n");
	axis(out, r);
}

/* What became of a day: the worst that the eye must find. */
static const char *mark_of(const bool has[RUN_PLANNED + 1])
{
	return has[RUN_FAILED] && has[RUN_DONE] ? "±"
	       : has[RUN_FAILED]		? "✗"
	       : has[RUN_DONE]			? "✓"
	       : has[RUN_PLANNED]		? "□"
						: "·";
}

static void calendar(struct buf *out, const struct report *r, const struct report_cluster *c)
{
	int64_t today = r->now / UTC_DAY, first = today - REPORT_BACK, end = today + REPORT_AHEAD;
	bool has[REPORT_BACK + REPORT_AHEAD + 7][RUN_PLANNED + 1] = {{false}};

	/* weeks begin on Monday */
	first -= (utc_weekday(first) + 6) % 7;
	for (size_t i = 0; i < c->runs_len; i++) {
		int64_t date = c->runs[i].at / UTC_DAY;

		if (date >= first && date <= end)
			has[date - first][c->runs[i].how] = true;
	}
	buf_text(out, "<details><summary>");
	add_name(out, c);
	buf_text(out, "</summary><pre>from Mon    Mo Tu We Th Fr Sa Su");
	for (int64_t date = first; date <= end; date++) {
		if ((date - first) % 7 == 0) {
			buf_byte(out, '\n');
			html_day(out, date * UTC_DAY);
			buf_byte(out, ' ');
		}
		buf_fmt(out, " %s%s", mark_of(has[date - first]), date == today ? "&lt;" : " ");
	}
	buf_text(out, "</pre></details>\n");
}

void html_calendars(struct buf *out, const struct report *r)
{
	if (!r->clusters.len)
		return;
	buf_text(
		out,
		"<h2>Days</h2>\n<p class=\"dim\">✓ backup, ✗ failed, ± both, □ planned, · none, &lt; today; UTC</p>\n");
	for (size_t i = 0; i < r->clusters.len; i++) {
		if (begins_context(r, i))
			html_element(out, "h3", r->clusters.items[i].context);
		calendar(out, r, &r->clusters.items[i]);
	}
}
