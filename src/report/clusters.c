/* The Clusters of an audit, one a line: is there a backup, and when is the next. */
#include "report/writers.h"

#include "base/json.h"
#include "report/glyph.h"
#include "report/ink.h"
#include "report/phrase.h"

enum { GAP = 2 };

enum column { CONTEXT, CLUSTER, STORE, LAST, AGE, NEXT, WAL, FROM, TO, GAPS, VERDICT, COLUMNS };
static const char *const titles[COLUMNS] = {"CONTEXT", "CLUSTER",  "STORE",  "LAST BACKUP (UTC)",
					    "AGE",     "NEXT RUN", "WAL",    "RESTORABLE FROM",
					    "TO",      "GAPS",	   "VERDICT"};
static const char *const wals[] = {"unknown", "archived", "FAILING", "nowhere"};

/* What buckets said goes before what the status says; the rest only they can tell. */
static bool has_column(const struct report *r, enum column column)
{
	if (column == CONTEXT)
		return r->clusters.context;
	if (column == FROM)
		return r->stores.items || r->clusters.from;
	return r->stores.items || (column != TO && column != GAPS);
}

int clusters_columns(const struct report *r)
{
	int count = 0;

	for (enum column column = 0; column < COLUMNS; column++)
		count += has_column(r, column);
	return count;
}

/* Of those that are there the one at `place`. */
static enum column column_at(const struct report *r, int place)
{
	enum column column = 0;

	for (; column < VERDICT; column++)
		if (has_column(r, column) && !place--)
			break;
	return column;
}

enum verdict_word { OK, WARNING, ERROR, DUE, NOT_YET, UNKNOWN };
static const char *const words[] = {
	"ok", "warning", "ERROR", "first backup due", "no backup yet", "unknown"};
static const char *const json_words[] = {
	"ok", "warning", "error", "first-backup-due", "no-backup-yet", "unknown"};

enum { RUNS_SECONDS = 3600 }; /* a first backup is made in that time */

/* Nothing was found is not enough where there is nothing yet to restore from. */
static enum verdict_word verdict_of(const struct report *r, const struct report_cluster *c)
{
	if (c->worst >= SEV_WARN)
		return c->worst == SEV_DENY ? ERROR : WARNING;
	if (!c->unbacked || (c->archive && c->archive->windows_len))
		return OK;
	if (c->backups_unknown)
		return UNKNOWN;
	return c->first_run > r->now - RUNS_SECONDS ? DUE : NOT_YET;
}

bool clusters_lacks_backup(const struct report *r, const struct report_cluster *c)
{
	return verdict_of(r, c) == NOT_YET;
}

static void add_verdict(struct buf *out, const struct report *r, const struct report_cluster *c)
{
	enum verdict_word word = verdict_of(r, c);

	buf_text(out, words[word]);
	if (word == DUE && c->first_run <= r->now) {
		buf_text(out, " now");
	} else if (word == DUE) {
		buf_text(out, " in ");
		phrase_age(out, c->first_run - r->now);
	}
}

static void add_cell(struct buf *out, const struct report *r, const struct report_cluster *c,
		     enum column column)
{
	size_t newest = servers_rows(c->archive) - 1;

	switch (column) {
	case CONTEXT:
		glyph_clean(out, c->context);
		break;
	case CLUSTER:
		if (c->namespace.len)
			glyph_clean(out, c->namespace), buf_byte(out, '/');
		glyph_clean(out, c->name);
		break;
	case STORE:
		glyph_clean(out, c->store.len ? c->store : STR("none"));
		break;
	case LAST:
		phrase_minute(out, c->last_backup, c->backups_unknown ? "unknown" : "never");
		break;
	case AGE:
		if (c->last_backup && r->now >= c->last_backup)
			phrase_age(out, r->now - c->last_backup);
		else
			buf_byte(out, '-');
		break;
	case NEXT:
		if (c->next_run) {
			buf_text(out, "in ");
			phrase_age(out, c->next_run - r->now);
		} else {
			buf_text(out, c->schedules_unknown ? "unknown" : "none");
		}
		break;
	case WAL:
		buf_text(out, wals[c->wal]);
		break;
	case FROM:
		if (r->stores.items)
			servers_cell(out, r, c->archive, newest, SERVER_FROM);
		else
			phrase_minute(out, c->from, "-");
		break;
	case TO:
		servers_cell(out, r, c->archive, newest, SERVER_TO);
		break;
	case GAPS:
		servers_cell(out, r, c->archive, newest, SERVER_GAPS);
		break;
	default:
		add_verdict(out, r, c);
	}
}

void clusters_cell(struct buf *out, const struct report *r, const struct report_cluster *c,
		   int place)
{
	enum column column = column_at(r, place);

	if (c)
		add_cell(out, r, c, column);
	else
		buf_text(out, titles[column]);
}

struct table {
	struct buf *out;
	const struct report *report;
	size_t widths[COLUMNS];
	bool shown[COLUMNS];
	bool color;
};

static void measure(struct table *t, enum column column)
{
	struct buf text CLEANUP(buf) = {0};
	size_t most = str_from(titles[column]).len;

	t->shown[column] = has_column(t->report, column);
	for (size_t i = 0; t->shown[column] && i < t->report->clusters.len; i++) {
		text.len = 0;
		add_cell(&text, t->report, &t->report->clusters.items[i], column);
		size_t width = glyph_width(buf_slice(&text));
		if (width > most)
			most = width;
	}
	t->widths[column] = most;
}

static size_t width_of(const struct table *t)
{
	size_t total = 0;

	for (enum column column = 0; column < COLUMNS; column++)
		total += t->shown[column] ? t->widths[column] + (total ? GAP : 0) : 0;
	return total;
}

/* What is told elsewhere, too, goes when the terminal is too narrow: false when the rest is. */
static bool fit(struct table *t, size_t width)
{
	static const enum column less[] = {AGE, NEXT, STORE};

	for (size_t i = 0; width && i < ARRAY_LEN(less) && width_of(t) > width; i++)
		t->shown[less[i]] = false;
	return !width || width_of(t) <= width;
}

/* What a person should see from afar. */
static const char *ink_of(const struct table *t, const struct report_cluster *c, enum column column)
{
	static const char *const inks[] = {INK_GREEN,  INK_YELLOW, INK_RED,
					   INK_YELLOW, INK_YELLOW, INK_YELLOW};

	if (!t->color || !c)
		return NULL;
	if (column == WAL && c->wal == WAL_FAILING)
		return INK_RED;
	return column == VERDICT ? inks[verdict_of(t->report, c)] : NULL;
}

static void inked(const struct table *t, const struct report_cluster *c, enum column column,
		  struct str text)
{
	const char *ink = ink_of(t, c, column);

	buf_text(t->out, ink ? ink : "");
	buf_str(t->out, text);
	buf_text(t->out, ink ? INK_PLAIN : "");
}

/* `c` NULL: the head. */
static void row(const struct table *t, const struct report_cluster *c)
{
	for (enum column column = 0; column < COLUMNS; column++) {
		struct buf text CLEANUP(buf) = {0};

		if (!t->shown[column])
			continue;
		if (c)
			add_cell(&text, t->report, c, column);
		else
			buf_text(&text, titles[column]);
		inked(t, c, column, buf_slice(&text));
		if (column != VERDICT)
			buf_repeat(t->out, ' ',
				   t->widths[column] - glyph_width(buf_slice(&text)) + GAP);
	}
	buf_byte(t->out, '\n');
}

/* Where a table does not fit: a phone. */
static void lines(const struct table *t, const struct report_cluster *c)
{
	struct buf verdict CLEANUP(buf) = {0};

	add_cell(t->out, t->report, c, CLUSTER);
	buf_text(t->out, ": ");
	add_cell(&verdict, t->report, c, VERDICT);
	inked(t, c, VERDICT, buf_slice(&verdict));
	buf_byte(t->out, '\n');
	for (enum column column = 0; column < VERDICT; column++) {
		if (column == CLUSTER || !has_column(t->report, column))
			continue;
		buf_fmt(t->out, "  %-18s ", titles[column]);
		add_cell(t->out, t->report, c, column);
		buf_byte(t->out, '\n');
	}
}

void clusters_text(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct table t = {.out = out, .report = r, .color = style->color};

	if (!r->clusters.len)
		return;
	for (enum column column = 0; column < COLUMNS; column++)
		measure(&t, column);
	bool fits = fit(&t, style->table);
	if (fits)
		row(&t, NULL);
	for (size_t i = 0; i < r->clusters.len; i++)
		fits ? row(&t, &r->clusters.items[i]) : lines(&t, &r->clusters.items[i]);
	buf_byte(out, '\n');
}

/* Null is "there is none"; what is not known is left out. */
void clusters_json_one(struct json *j, const struct report *r, const struct report_cluster *c)
{
	json_open(j, '{');
	if (c->context.len)
		json_key_str(j, "context", c->context);
	json_key_str(j, "namespace", c->namespace);
	json_key_str(j, "name", c->name);
	json_key_str(j, "store", c->store);
	if (c->last_backup || !c->backups_unknown)
		stores_json_time(j, "lastBackup", c->last_backup);
	if (c->last_backup && r->now >= c->last_backup)
		json_key_int(j, "ageSeconds", r->now - c->last_backup);
	if (c->next_run || !c->schedules_unknown)
		stores_json_time(j, "nextRun", c->next_run);
	if (c->from)
		stores_json_time(j, "firstRecoverabilityPoint", c->from);
	json_key_str(j, "wal", str_from(c->wal == WAL_FAILING ? "failing" : wals[c->wal]));
	if (c->archive)
		servers_json_range(j, c->archive);
	json_key_str(j, "worst", str_from(severity_name(c->worst)));
	json_key_str(j, "verdict", str_from(json_words[verdict_of(r, c)]));
	json_close(j, '}');
}

void clusters_json(struct json *j, const struct report *r)
{
	json_open(j, '[');
	for (size_t i = 0; i < r->clusters.len; i++)
		clusters_json_one(j, r, &r->clusters.items[i]);
	json_close(j, ']');
}
