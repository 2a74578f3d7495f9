/* What buckets said: for each store which calls it answers, and for each server what lies there. */
#include "report/writers.h"

#include "report/glyph.h"
#include "report/phrase.h"

#include <inttypes.h>

const char *const stores_calls[PROBE_CALLS] = {"head", "list", "read", "write", "find", "delete"};

const char *const servers_titles[SERVER_COLUMNS] = {"RESTORABLE FROM (UTC)", "TO (UTC)", "GAPS",
						    "NEWEST WAL"};

void stores_name(struct buf *out, const struct probe *p)
{
	if (p->namespace.len)
		glyph_clean(out, p->namespace), buf_byte(out, '/');
	glyph_clean(out, p->store.len ? p->store : p->cluster);
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

void servers_cell(struct buf *out, const struct report *r, const struct probe_server *s, int column)
{
	const struct catalogue *c = s && !s->problem.len ? s->catalogue : NULL;
	const struct window *last = c && s->windows_len ? &s->windows[s->windows_len - 1] : NULL;

	if (column == SERVER_FROM && !last)
		buf_text(out, c ? "never" : "unknown");
	else if (column == SERVER_FROM)
		phrase_minute(out, last->from, "unknown");
	else if (column == SERVER_TO && last)
		phrase_minute(out, last->reach.surely, "unknown");
	else if (column == SERVER_GAPS && last)
		buf_fmt(out, "%zu", servers_gaps(s));
	else if (column == SERVER_NEWEST && c && c->newest && c->newest <= r->now)
		phrase_age(out, r->now - c->newest), buf_text(out, " ago");
	else
		buf_byte(out, '-');
}

/* Beside one another: the names and cells of a store's servers; `s` NULL: their titles. */
enum { NAME = SERVER_COLUMNS, ALL };

static void add_cell(struct buf *out, const struct report *r, const struct probe_server *s,
		     int column)
{
	if (column == NAME)
		glyph_clean(out, s ? s->name : STR("SERVER"));
	else if (s)
		servers_cell(out, r, s, column);
	else
		buf_text(out, servers_titles[column]);
}

static void measure(const struct report *r, const struct probe_server *s, size_t widths[ALL])
{
	for (int column = 0; column < ALL; column++) {
		struct buf text CLEANUP(buf) = {0};

		add_cell(&text, r, s, column);
		size_t width = glyph_width(buf_slice(&text));
		if (width > widths[column])
			widths[column] = width;
	}
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

static void line(struct buf *out, const struct report *r, const struct probe_server *s,
		 const size_t widths[ALL])
{
	for (int i = 0; i < ALL; i++) {
		int column = i ? i - 1 : NAME;
		struct buf text CLEANUP(buf) = {0};

		add_cell(&text, r, s, column);
		buf_text(out, "  ");
		buf_str(out, buf_slice(&text));
		if (i + 1 < ALL)
			buf_repeat(out, ' ', widths[column] - glyph_width(buf_slice(&text)));
	}
	buf_byte(out, '\n');
	if (s && s->catalogue && !s->problem.len)
		timelines(out, s);
	if (!s || (!s->problem.len && s->list.said != PROBE_NO))
		return;
	buf_text(out, "    its listing: ");
	if (s->problem.len)
		glyph_clean(out, s->problem);
	else
		stores_answer(out, &s->list);
	buf_byte(out, '\n');
}

static void servers(struct buf *out, const struct report *r, const struct probe *p)
{
	size_t widths[ALL] = {0};

	measure(r, NULL, widths);
	for (size_t i = 0; i < p->servers_len; i++)
		measure(r, &p->servers[i], widths);
	line(out, r, NULL, widths);
	for (size_t i = 0; i < p->servers_len; i++)
		line(out, r, &p->servers[i], widths);
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

static void store(struct buf *out, const struct report *r, const struct probe *p)
{
	stores_name(out, p);
	buf_text(out, p->store.len ? "  " : " (barmanObjectStore)  ");
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
	if (p->left.len) {
		buf_text(out, "  left there: ");
		glyph_clean(out, p->left);
		buf_byte(out, '\n');
	}
	if (p->servers_len)
		servers(out, r, p);
	else
		buf_text(out, "  no Cluster that is known archives to it or recovers from it\n");
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
	bool unproved = false;

	if (r->clusters.len) {
		unasked(out, r);
		return;
	}
	for (size_t i = 0; i < r->stores.len; i++) {
		const struct probe *p = &r->stores.items[i];

		store(out, r, p);
		unproved |= p->calls[PROBE_HEAD].said == PROBE_YES &&
			    p->calls[PROBE_WRITE].said == PROBE_NOT_ASKED;
	}
	if (unproved)
		buf_fmt(out,
			"not proved that they can be written, nor that retention may delete: %s probe --write asks\n\n",
			style->program);
}
