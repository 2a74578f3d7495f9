/* What buckets said: for each store which calls it answers, and for each server what lies there. */
#include "report/writers.h"

#include "base/limits.h"
#include "report/glyph.h"
#include "report/phrase.h"

#include <inttypes.h>

const char *const stores_calls[PROBE_CALLS] = {"head", "list", "read", "write", "find", "delete"};

const char *const servers_titles[SERVER_COLUMNS] = {"RESTORABLE FROM (UTC)", "TO (UTC)", "THEN",
						    "GAPS", "NEWEST WAL"};

void stores_name(struct buf *out, const struct probe *p)
{
	if (p->namespace.len)
		glyph_clean(out, p->namespace), buf_byte(out, '/');
	glyph_clean(out, p->store.len ? p->store : p->cluster);
	if (p->external.len) {
		buf_text(out, " (externalClusters: ");
		glyph_clean(out, p->external);
		buf_byte(out, ')');
	}
}

void stores_answer(struct buf *out, const struct probe_answer *answer)
{
	static const char *const words[] = {"not asked", "yes", "NO"};
	struct str code = answer->why.code;

	buf_text(out, words[answer->said]);
	if (answer->said != PROBE_NO)
		return;
	if (code.len) {
		buf_text(out, " (");
		glyph_clean(out, code);
		buf_byte(out, ')');
	} else if (answer->why.status) {
		buf_fmt(out, " (%ld)", answer->why.status);
	}
}

size_t servers_gaps(const struct probe_server *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->windows_len; i++)
		count += s->windows[i].reach.why == REACH_GAP;
	return count;
}

/* What is known of what lies there. */
static const struct catalogue *known(const struct probe_server *s)
{
	return s && !s->problem.len ? s->catalogue : NULL;
}

/* What could not be read may be a base backup, or lead to one. */
static bool may_hold_more(const struct probe_server *s)
{
	const struct catalogue *c = s->catalogue;

	for (size_t i = 0; i < c->backups_len; i++)
		if (c->backups[i].has_info && !c->backups[i].known)
			return true;
	for (size_t i = 0; i < c->timelines_len; i++)
		if (!c->timelines[i].known)
			return true;
	return false;
}

bool servers_known(const struct probe_server *s)
{
	return known(s) && (s->windows_len || !may_hold_more(s));
}

size_t servers_rows(const struct probe_server *s)
{
	return known(s) && s->windows_len ? s->windows_len : 1;
}

int64_t servers_to(const struct window *w)
{
	return w->reach.surely < w->from ? w->from : w->reach.surely;
}

void servers_cell(struct buf *out, const struct report *r, const struct probe_server *s, size_t row,
		  int column)
{
	const struct catalogue *c = known(s);
	const struct window *w = c && s->windows_len ? &s->windows[row] : NULL;
	bool is_last = row + 1 == servers_rows(s);

	if (column == SERVER_FROM && !w)
		buf_text(out, s && servers_known(s) ? "never" : "unknown");
	else if (column == SERVER_FROM)
		phrase_minute(out, w->from, "unknown");
	else if (column == SERVER_TO && w)
		phrase_minute(out, servers_to(w), "unknown");
	else if (column == SERVER_THEN && w && phrase_then(w))
		buf_text(out, phrase_then(w));
	else if (column == SERVER_GAPS && w && is_last)
		buf_fmt(out, "%zu", servers_gaps(s));
	else if (column == SERVER_NEWEST && is_last && c && c->newest && c->newest <= r->now)
		phrase_age(out, r->now - c->newest), buf_text(out, " ago");
	else
		buf_byte(out, '-');
}

/* Of a table of servers: a line is of a window, or where there is none of a server. The name stands
 * in the first that is shown of it. */
enum { NAME = SERVER_COLUMNS, ALL };
static const int order[] = {NAME, SERVER_FROM, SERVER_TO, SERVER_THEN, SERVER_GAPS, SERVER_NEWEST};

/* Of more windows than that the oldest are counted. */
#define SHOWN 5

struct table {
	struct buf *out;
	const struct report *report;
	size_t widths[ALL];
	bool fits; /* into the width */
	bool then; /* some window ends before the newest WAL: the column is there */
};

static size_t first_shown(const struct probe_server *s)
{
	size_t rows = servers_rows(s);

	return rows > SHOWN ? rows - SHOWN : 0;
}

/* `s` NULL: of the head. */
static void add_cell(struct buf *out, const struct report *r, const struct probe_server *s,
		     size_t row, int column)
{
	if (!s)
		buf_text(out, column == NAME ? "SERVER" : servers_titles[column]);
	else if (column != NAME)
		servers_cell(out, r, s, row, column);
	else if (row == first_shown(s))
		glyph_clean(out, s->name);
}

static void measure(struct table *t, const struct probe_server *s, size_t row)
{
	for (int column = 0; column < ALL; column++) {
		struct buf text CLEANUP(buf) = {0};

		add_cell(&text, t->report, s, row, column);
		size_t width = glyph_width(buf_slice(&text));
		if (width > t->widths[column])
			t->widths[column] = width;
	}
	if (s && known(s) && s->windows_len)
		t->then |= phrase_then(&s->windows[row]) != NULL;
}

/* PostgreSQL takes another timeline by itself than the one to which the columns are, or one whose
 * history says nothing. */
static void timelines(struct buf *out, const struct probe_server *s)
{
	const struct backup *newest = catalogue_newest_backup(s->catalogue);
	const struct timeline *f = newest ? catalogue_followed(s->catalogue, newest) : NULL;

	if (!f || (f->known && f->id == s->timeline))
		return;
	buf_fmt(out, "    PostgreSQL by itself takes timeline %" PRIu32, f->id);
	if (!f->known) {
		buf_text(out, f->wrong ? ", whose history cannot be understood: "
				       : ", whose history cannot be read here: ");
		glyph_clean(out, f->problem);
	}
	if (f->id != s->timeline)
		buf_fmt(out, "; what stands here is of timeline %" PRIu32 ", when that is named",
			s->timeline);
	buf_byte(out, '\n');
}

/* How far the newest WAL leads is less sure than its time says. */
static void late(struct buf *out, const struct probe_server *s)
{
	const struct window *last =
		known(s) && s->windows_len ? &s->windows[s->windows_len - 1] : NULL;

	if (!last || !last->reach.late)
		return;
	buf_text(out,
		 "    behind TO lies WAL that was stored late, much of it at once: it leads to ");
	phrase_minute(out, last->reach.until, "");
	buf_text(out, " at most\n");
}

static void line(struct table *t, const struct probe_server *s, size_t row)
{
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		int column = order[i];
		struct buf text CLEANUP(buf) = {0};

		if (column == SERVER_THEN && !t->then)
			continue;
		add_cell(&text, t->report, s, row, column);
		buf_text(t->out, "  ");
		buf_str(t->out, buf_slice(&text));
		if (i + 1 < ARRAY_LEN(order))
			buf_repeat(t->out, ' ', t->widths[column] - glyph_width(buf_slice(&text)));
	}
	buf_byte(t->out, '\n');
}

/* Where the table does not fit: a phone. */
static void below(struct table *t, const struct probe_server *s, size_t row)
{
	if (row == first_shown(s))
		buf_text(t->out, "  "), glyph_clean(t->out, s->name), buf_byte(t->out, '\n');
	for (int column = 0; column < SERVER_COLUMNS; column++) {
		if (column == SERVER_THEN && !t->then)
			continue;
		buf_fmt(t->out, "    %-22s ", servers_titles[column]);
		servers_cell(t->out, t->report, s, row, column);
		buf_byte(t->out, '\n');
	}
}

/* Of all lines that are measured. */
static size_t width_of(const struct table *t)
{
	size_t width = 0;

	for (int column = 0; column < ALL; column++)
		if (column != SERVER_THEN || t->then)
			width += 2 + t->widths[column];
	return width;
}

static void server(struct table *t, const struct probe_server *s)
{
	size_t first = first_shown(s);

	for (size_t row = first; row < servers_rows(s); row++)
		if (t->fits)
			line(t, s, row);
		else
			below(t, s, row);
	if (first)
		buf_fmt(t->out, "    %zu older: --format json has them all\n", first);
	if (known(s))
		timelines(t->out, s);
	late(t->out, s);
	if (probe_server_is_empty(s))
		buf_text(t->out, "    nothing lies there yet\n");
	if (known(s) && catalogue_is_copied(s->catalogue))
		buf_text(
			t->out,
			"    it was copied, and when its WAL was written is not known: TO is where a base backup ended, and more may be there\n");
	if (!s->problem.len && s->list.said != PROBE_NO)
		return;
	buf_text(t->out, "    its listing: ");
	if (s->problem.len)
		glyph_clean(t->out, s->problem);
	else
		stores_answer(t->out, &s->list);
	buf_byte(t->out, '\n');
}

static void servers(struct buf *out, const struct report *r, const struct probe *p, size_t width)
{
	struct table t = {.out = out, .report = r};

	measure(&t, NULL, 0);
	for (size_t i = 0; i < p->servers_len; i++)
		for (size_t row = first_shown(&p->servers[i]); row < servers_rows(&p->servers[i]);
		     row++)
			measure(&t, &p->servers[i], row);
	t.fits = width_of(&t) <= width;
	if (t.fits)
		line(&t, NULL, 0);
	for (size_t i = 0; i < p->servers_len; i++) {
		if (i && p->servers[i].beside && !p->servers[i - 1].beside)
			buf_text(out, "  beside, of no Cluster that is known:\n");
		server(&t, &p->servers[i]);
	}
}

/* Folders that nobody looked into. */
static void others(struct buf *out, const struct probe *p, const struct report_style *style)
{
	size_t shown = p->folders_len < SHOWN ? p->folders_len : SHOWN;

	if (p->beside && p->folders_len > LIMIT_BUCKET_ARCHIVES)
		buf_fmt(out, "  %zu more folders there were not looked into\n",
			p->folders_len - LIMIT_BUCKET_ARCHIVES);
	if (p->beside || !shown)
		return;
	buf_text(out, "  beside, not looked into: ");
	for (size_t i = 0; i < shown; i++) {
		buf_text(out, i ? ", " : "");
		glyph_clean(out, p->folders[i]);
	}
	if (p->folders_len > shown)
		buf_fmt(out, " and %zu more", p->folders_len - shown);
	buf_fmt(out, " - %s probe ", style->program);
	glyph_clean(out, p->store.len ? p->store : p->cluster);
	buf_text(out, " does\n");
}

/* What happened where no store has said anything. */
static void unanswered(struct buf *out, const struct probe *p)
{
	for (int call = 0; call < PROBE_CALLS; call++) {
		const struct s3_failure *why = &p->calls[call].why;

		if (p->calls[call].said != PROBE_NO || why->status || !why->message.len)
			continue;
		buf_fmt(out, "  %s: ", stores_calls[call]);
		glyph_clean(out, why->message);
		buf_byte(out, '\n');
	}
}

/* Of a store that speaks TLS. */
static void certificate(struct buf *out, const struct report *r, const struct probe *p)
{
	int64_t left = p->certificate - r->now;

	if (!p->certificate)
		return;
	buf_text(out, left > 0 ? "  certificate valid until " : "  certificate expired at ");
	phrase_minute(out, p->certificate, "");
	buf_text(out, left > 0 ? " UTC, for " : " UTC, ");
	phrase_age(out, left > 0 ? left : -left);
	buf_text(out, left > 0 ? "\n" : " ago\n");
}

/* S3 refuses what was signed a quarter of an hour off. */
#define SKEW_TOLD 60

static void clock_of(struct buf *out, const struct probe *p)
{
	if (p->skew < SKEW_TOLD && p->skew > -SKEW_TOLD)
		return;
	buf_text(out, "  its clock is ");
	phrase_age(out, p->skew > 0 ? p->skew : -p->skew);
	buf_fmt(out, " %s the one here\n", p->skew > 0 ? "ahead of" : "behind");
}

static void store(struct buf *out, const struct report *r, const struct probe *p,
		  const struct report_style *style)
{
	stores_name(out, p);
	buf_text(out, p->store.len || p->external.len ? "  " : " (barmanObjectStore)  ");
	glyph_clean(out, p->place);
	if (p->unasked.len) {
		buf_text(out, "\n  not asked: ");
		glyph_clean(out, p->unasked);
		buf_text(out, "\n\n");
		return;
	}
	for (int call = 0; call < PROBE_CALLS; call++) {
		buf_fmt(out, "%s%s ", call ? ", " : "\n  ", stores_calls[call]);
		stores_answer(out, &p->calls[call]);
	}
	buf_byte(out, '\n');
	unanswered(out, p);
	certificate(out, r, p);
	clock_of(out, p);
	if (p->source)
		buf_text(out, "  Clusters only recover from it: --write writes nothing there\n");
	if (p->left.len) {
		buf_text(out, "  left there: ");
		glyph_clean(out, p->left);
		buf_byte(out, '\n');
	}
	if (!p->servers_len || p->servers[0].beside)
		buf_text(out, "  no Cluster that is known archives to it or recovers from it\n");
	if (p->servers_len)
		servers(out, r, p, style->width);
	others(out, p, style);
	buf_byte(out, '\n');
}

/* Beside the table of Clusters, which says no more than that nothing is known. */
static void unasked(struct buf *out, const struct report *r)
{
	size_t start = out->len;

	for (size_t i = 0; i < r->stores.len; i++) {
		const struct probe *p = &r->stores.items[i];

		if (!p->unasked.len)
			continue;
		buf_text(out, "not asked: ");
		stores_name(out, p);
		buf_text(out, ": ");
		glyph_clean(out, p->unasked);
		buf_byte(out, '\n');
	}
	if (out->len > start)
		buf_byte(out, '\n');
}

void stores_text(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct buf text CLEANUP(buf) = {0};
	bool unproved = false;

	if (r->clusters.len) {
		unasked(&text, r);
		phrase_lines(out, buf_slice(&text), style->width);
		return;
	}
	for (size_t i = 0; i < r->stores.len; i++) {
		const struct probe *p = &r->stores.items[i];

		store(&text, r, p, style);
		unproved |= !p->source && p->calls[PROBE_HEAD].said == PROBE_YES &&
			    p->calls[PROBE_WRITE].said == PROBE_NOT_ASKED;
	}
	if (unproved)
		buf_fmt(&text,
			"not proved that they can be written, nor that retention may delete: %s probe --write asks\n\n",
			style->program);
	phrase_lines(out, buf_slice(&text), style->width);
}
