/* The Clusters of an audit, one a line: is there a backup, and when is the next. */
#include "report/writers.h"

#include "base/json.h"
#include "report/glyph.h"
#include "report/phrase.h"

enum { GAP = 2 };

/* Those from FROM to GAPS are there when buckets were asked. */
enum column { CLUSTER, STORE, LAST, AGE, NEXT, WAL, FROM, TO, GAPS, VERDICT, COLUMNS };
static const char *const titles[COLUMNS] = {"CLUSTER",	"STORE",  "LAST BACKUP (UTC)", "AGE",
					    "NEXT RUN", "WAL",	  "RESTORABLE FROM",   "TO",
					    "GAPS",	"VERDICT"};
static const char *const wals[] = {"unknown", "archived", "FAILING", "nowhere"};
static const char *const verdicts[] = {"ok", "ok", "warning", "ERROR"};

int clusters_columns(const struct report *r)
{
	return r->stores.items ? COLUMNS : COLUMNS - (VERDICT - FROM);
}

/* Of those that are there the one at `place`. */
static enum column column_at(const struct report *r, int place)
{
	return r->stores.items || place < FROM ? (enum column)place : VERDICT;
}

void clusters_cell(struct buf *out, const struct report *r, const struct report_cluster *c,
		   int place)
{
	enum column column = column_at(r, place);

	if (!c) {
		buf_text(out, titles[column]);
		return;
	}
	size_t newest = servers_rows(c->archive) - 1;
	switch (column) {
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
		servers_cell(out, r, c->archive, newest, SERVER_FROM);
		break;
	case TO:
		servers_cell(out, r, c->archive, newest, SERVER_TO);
		break;
	case GAPS:
		servers_cell(out, r, c->archive, newest, SERVER_GAPS);
		break;
	default:
		buf_text(out, verdicts[c->worst]);
	}
}

static size_t width_of(const struct report *r, int column)
{
	struct buf text CLEANUP(buf) = {0};
	size_t most;

	clusters_cell(&text, r, NULL, column);
	most = text.len;
	for (size_t i = 0; i < r->clusters.len; i++) {
		text.len = 0;
		clusters_cell(&text, r, &r->clusters.items[i], column);
		size_t width = glyph_width(buf_slice(&text));
		if (width > most)
			most = width;
	}
	return most;
}

static void row(struct buf *out, const struct report *r, const struct report_cluster *c,
		const size_t *widths)
{
	const int columns = clusters_columns(r);

	for (int column = 0; column < columns; column++) {
		struct buf text CLEANUP(buf) = {0};

		clusters_cell(&text, r, c, column);
		buf_str(out, buf_slice(&text));
		if (column + 1 < columns)
			buf_repeat(out, ' ', widths[column] - glyph_width(buf_slice(&text)) + GAP);
	}
	buf_byte(out, '\n');
}

/* Where a table does not fit: a phone. */
static void lines(struct buf *out, const struct report *r, const struct report_cluster *c)
{
	const int columns = clusters_columns(r);

	clusters_cell(out, r, c, 0);
	buf_fmt(out, ": %s\n", verdicts[c->worst]);
	for (int column = 1; column + 1 < columns; column++) {
		buf_fmt(out, "  %-18s ", titles[column_at(r, column)]);
		clusters_cell(out, r, c, column);
		buf_byte(out, '\n');
	}
}

void clusters_text(struct buf *out, const struct report *r, const struct report_style *style)
{
	size_t widths[COLUMNS], total = 0;
	const int columns = clusters_columns(r);

	for (int column = 0; column < columns; column++) {
		widths[column] = width_of(r, column);
		total += widths[column] + (column ? GAP : 0);
	}
	if (r->clusters.len && total <= style->width)
		row(out, r, NULL, widths);
	for (size_t i = 0; i < r->clusters.len; i++) {
		if (total <= style->width)
			row(out, r, &r->clusters.items[i], widths);
		else
			lines(out, r, &r->clusters.items[i]);
	}
	if (r->clusters.len)
		buf_byte(out, '\n');
}

/* Null is "there is none"; what is not known is left out. */
void clusters_json_one(struct json *j, const struct report *r, const struct report_cluster *c)
{
	json_open(j, '{');
	json_key_str(j, "namespace", c->namespace);
	json_key_str(j, "name", c->name);
	json_key_str(j, "store", c->store);
	if (c->last_backup || !c->backups_unknown)
		stores_json_time(j, "lastBackup", c->last_backup);
	if (c->last_backup && r->now >= c->last_backup)
		json_key_int(j, "ageSeconds", r->now - c->last_backup);
	if (c->next_run || !c->schedules_unknown)
		stores_json_time(j, "nextRun", c->next_run);
	json_key_str(j, "wal", str_from(c->wal == WAL_FAILING ? "failing" : wals[c->wal]));
	if (c->archive)
		servers_json_range(j, c->archive);
	json_key_str(j, "worst", str_from(severity_name(c->worst)));
	json_close(j, '}');
}

void clusters_json(struct json *j, const struct report *r)
{
	json_open(j, '[');
	for (size_t i = 0; i < r->clusters.len; i++)
		clusters_json_one(j, r, &r->clusters.items[i]);
	json_close(j, ']');
}
