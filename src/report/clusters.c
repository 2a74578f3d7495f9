/* The Clusters of an audit, one a line: is there a backup, and when is the next. */
#include "report/writers.h"

#include "base/json.h"
#include "base/utc.h"
#include "report/glyph.h"

#include <inttypes.h>

enum { COLUMNS = CLUSTERS_COLUMNS, GAP = 2 };

static const char *const titles[COLUMNS] = {
	"CLUSTER", "STORE", "LAST BACKUP (UTC)", "AGE", "NEXT RUN", "WAL", "VERDICT"};
static const char *const wals[] = {"unknown", "archived", "FAILING", "nowhere"};
static const char *const verdicts[] = {"ok", "ok", "warning", "ERROR"};

/* "2026-08-26 03:00", UTC */
static void minute(struct buf *out, int64_t t, const char *otherwise)
{
	char text[UTC_TEXT];

	if (!t) {
		buf_text(out, otherwise);
		return;
	}
	utc_format(t, text);
	buf_fmt(out, "%.10s %.5s", text, text + 11);
}

/* In its largest unit and the next: 3d4h, 3d, 7h20m, 12m. */
static void age(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char unit;
	} units[] = {{UTC_DAY, 'd'}, {3600, 'h'}, {60, 'm'}};
	int shown = 0;

	for (size_t i = 0; i < ARRAY_LEN(units) && shown < 2; i++) {
		int64_t count = seconds / units[i].seconds;

		seconds %= units[i].seconds;
		if (!count && shown)
			break;
		if (!count && i + 1 < ARRAY_LEN(units))
			continue;
		buf_fmt(out, "%" PRId64 "%c", count, units[i].unit);
		shown++;
	}
}

void clusters_cell(struct buf *out, const struct report *r, const struct report_cluster *c,
		   int column)
{
	if (!c) {
		buf_text(out, titles[column]);
		return;
	}
	switch (column) {
	case 0:
		if (c->namespace.len)
			glyph_clean(out, c->namespace), buf_byte(out, '/');
		glyph_clean(out, c->name);
		break;
	case 1:
		glyph_clean(out, c->store.len ? c->store : STR("none"));
		break;
	case 2:
		minute(out, c->last_backup, c->backups_unknown ? "unknown" : "never");
		break;
	case 3:
		if (c->last_backup && r->now >= c->last_backup)
			age(out, r->now - c->last_backup);
		else
			buf_byte(out, '-');
		break;
	case 4:
		if (c->next_run) {
			buf_text(out, "in ");
			age(out, c->next_run - r->now);
		} else {
			buf_text(out, c->schedules_unknown ? "unknown" : "none");
		}
		break;
	case 5:
		buf_text(out, wals[c->wal]);
		break;
	default:
		buf_text(out, verdicts[c->worst]);
	}
}

static size_t width_of(const struct report *r, int column)
{
	struct buf text CLEANUP(buf) = {0};
	size_t most;

	buf_text(&text, titles[column]);
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
	for (int column = 0; column < COLUMNS; column++) {
		struct buf text CLEANUP(buf) = {0};

		clusters_cell(&text, r, c, column);
		buf_str(out, buf_slice(&text));
		if (column + 1 < COLUMNS)
			buf_repeat(out, ' ', widths[column] - glyph_width(buf_slice(&text)) + GAP);
	}
	buf_byte(out, '\n');
}

/* Where a table does not fit: a phone. */
static void lines(struct buf *out, const struct report *r, const struct report_cluster *c)
{
	clusters_cell(out, r, c, 0);
	buf_fmt(out, ": %s\n", verdicts[c->worst]);
	for (int column = 1; column + 1 < COLUMNS; column++) {
		buf_fmt(out, "  %-18s ", titles[column]);
		clusters_cell(out, r, c, column);
		buf_byte(out, '\n');
	}
}

void clusters_text(struct buf *out, const struct report *r, const struct report_style *style)
{
	size_t widths[COLUMNS], total = 0;

	for (int column = 0; column < COLUMNS; column++) {
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

static void time_or_null(struct json *j, const char *key, int64_t t)
{
	char text[UTC_TEXT];

	json_key(j, key);
	if (t)
		json_str(j, str_from(utc_format(t, text)));
	else
		json_null(j);
}

/* Null is "there is none"; what is not known is left out. */
void clusters_json_one(struct json *j, const struct report *r, const struct report_cluster *c)
{
	json_open(j, '{');
	json_key_str(j, "namespace", c->namespace);
	json_key_str(j, "name", c->name);
	json_key_str(j, "store", c->store);
	if (c->last_backup || !c->backups_unknown)
		time_or_null(j, "lastBackup", c->last_backup);
	if (c->last_backup && r->now >= c->last_backup)
		json_key_int(j, "ageSeconds", r->now - c->last_backup);
	if (c->next_run || !c->schedules_unknown)
		time_or_null(j, "nextRun", c->next_run);
	json_key_str(j, "wal", str_from(c->wal == WAL_FAILING ? "failing" : wals[c->wal]));
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
