#include "report/cron_text.h"

#include "base/json.h"
#include "base/utc.h"
#include "base/zone.h"
#include "cron/cron.h"
#include "report/glyph.h"

#define GAP_DAYS 400
#define YEAR_DAYS 366

const struct ink_start cron_ink[] = {
	{"  refused:", INK_RED}, {"  warning:", INK_YELLOW},
	{"  write:", INK_GREEN}, {"  note:", INK_CYAN},
	{"", INK_BOLD},		 {NULL, NULL},
};

/* Of a year and some; when too little happens in it, between the next two. */
static void add_gaps(struct buf *out, const struct cron *c, int64_t from)
{
	struct cron_gaps g = cron_gaps(c, from, GAP_DAYS);
	int64_t first, second;

	if (g.activations < 2) {
		if (!cron_next(c, from, &first) || !cron_next(c, first, &second))
			return;
		g.shortest = g.longest = second - first;
	}
	buf_text(out, "  gaps:     ");
	cron_period(g.shortest, out);
	if (g.longest != g.shortest) {
		buf_text(out, " to ");
		cron_period(g.longest, out);
	}
	buf_byte(out, '\n');
}

void cron_clocks(int64_t from, int64_t until, struct buf *out)
{
	char text[ZONE_TEXT];
	int64_t by;

	for (int64_t t = from; zone_change(t, until, &t, &by);) {
		buf_fmt(out, "  clocks:   set %s, to %s: from then on the same runs are ",
			by > 0 ? "forward" : "back", zone_format(t, text));
		cron_period(by > 0 ? by : -by, out);
		buf_fmt(out, " %s by them\n", by > 0 ? "later" : "earlier");
	}
}

/* The same runs by the clocks of a place, and the days of the next year on which those are set. */
static void add_local(struct buf *out, const struct cron *c, int64_t from, int count)
{
	int64_t t = from;
	char text[ZONE_TEXT];

	for (int i = 0; i < count && cron_next(c, t, &t); i++)
		buf_fmt(out, "%s%s", i ? ", " : "  local:    ", zone_format(t, text));
	if (t > from)
		buf_byte(out, '\n');
	cron_clocks(from, from + (int64_t)YEAR_DAYS * UTC_DAY, out);
}

/* The fields of five, each with what it is read as. */
static void add_readings(struct buf *out, struct str spec)
{
	static const char *const names[] = {"second", "minute", "hour"};
	struct str rest = spec, field;

	buf_text(out, "  warning:  five fields: CloudNativePG takes ");
	for (size_t i = 0; i < ARRAY_LEN(names) && cron_word(&rest, &field); i++) {
		buf_text(out, i == 0 ? "" : i + 1 < ARRAY_LEN(names) ? ", " : " and ");
		glyph_clean(out, field);
		buf_fmt(out, " as the %s", names[i]);
	}
	buf_byte(out, '\n');
}

static void add_warnings(struct buf *out, struct str spec, const struct cron *c, int64_t from)
{
	int64_t t;
	bool either = !c->every && !c->star[CRON_DAY] && !c->star[CRON_WEEKDAY];

	if (cron_words(spec) == CRON_FIELDS_LEN - 1)
		add_readings(out, spec);
	if (either && c->set[CRON_DAY] && c->set[CRON_WEEKDAY])
		buf_text(out, "  warning:  day of month or weekday: one of them is enough\n");
	if (!cron_next(c, from, &t))
		buf_text(
			out,
			"  warning:  no backup within five years, not even with immediate: true\n");
}

/* Five fields that do not run in every hour may well be meant as they run. */
static bool has_two_readings(struct str spec, const struct cron *c)
{
	return c && cron_words(spec) == CRON_FIELDS_LEN - 1 &&
	       c->set[CRON_HOUR] != cron_full(CRON_HOUR);
}

/* `c` is NULL when it does not parse. */
static void add_suggestion(struct buf *out, struct str spec, const struct cron *c)
{
	struct buf suggestion CLEANUP(buf) = {0}, reason CLEANUP(buf) = {0};

	if (has_two_readings(spec, c)) {
		buf_text(out, "  write:    ");
		glyph_clean(out, spec);
		buf_text(out, " *\n            as it runs now");
		if (cron_suggest(spec, &suggestion, &reason))
			buf_fmt(out, "; as crontab reads it: %.*s",
				STR_ARG(buf_slice(&suggestion)));
		buf_byte(out, '\n');
		return;
	}
	if (cron_suggest(spec, &suggestion, &reason)) {
		buf_text(out, "  write:    ");
		buf_str(out, buf_slice(&suggestion));
		buf_text(out, "\n            ");
	} else if (reason.len) {
		buf_text(out, "  note:     ");
	} else {
		return;
	}
	buf_str(out, buf_slice(&reason));
	buf_byte(out, '\n');
}

bool cron_text(struct str spec, const struct cron_look *look, struct buf *out)
{
	struct buf error CLEANUP(buf) = {0};
	struct cron c;
	bool ok = cron_parse(spec, &c, &error) == CRON_OK;

	glyph_clean(out, spec);
	if (ok) {
		buf_text(out, "\n  means:    ");
		cron_explain(&c, out);
		buf_text(out, "\n  next:     ");
		cron_next_text(&c, look->from, look->count, out);
		buf_byte(out, '\n');
		if (look->local)
			add_local(out, &c, look->from, look->count);
		add_gaps(out, &c, look->from);
		add_warnings(out, spec, &c, look->from);
	} else {
		buf_text(out, "\n  refused:  ");
		glyph_clean(out, buf_slice(&error));
		buf_byte(out, '\n');
	}
	add_suggestion(out, spec, ok ? &c : NULL);
	return ok;
}

static void add_times(struct json *j, const struct cron *c, const struct cron_look *look,
		      const char *(*format)(int64_t, char *))
{
	int64_t t = look->from;
	char text[ZONE_TEXT];

	json_open(j, '[');
	for (int i = 0; i < look->count && cron_next(c, t, &t); i++)
		json_str(j, str_from(format(t, text)));
	json_close(j, ']');
}

bool cron_json(struct str spec, const struct cron_look *look, struct buf *out)
{
	struct buf error CLEANUP(buf) = {0};
	struct json j = JSON(out);
	struct cron c;
	bool ok = cron_parse(spec, &c, &error) == CRON_OK;

	json_open(&j, '{');
	json_key_str(&j, "spec", spec);
	json_key(&j, "ok");
	json_bool(&j, ok);
	if (ok) {
		json_key_int(&j, "fields", (int64_t)cron_words(spec));
		json_key(&j, "next");
		add_times(&j, &c, look, utc_format);
		if (look->local) {
			json_key(&j, "local");
			add_times(&j, &c, look, zone_format_rfc3339);
		}
	} else {
		json_key_str(&j, "error", buf_slice(&error));
	}
	json_close(&j, '}');
	buf_byte(out, '\n');
	return ok;
}
