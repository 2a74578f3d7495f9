#include "report/cron_text.h"

#include "cron/cron.h"
#include "report/glyph.h"

#define GAP_DAYS 400

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

static void add_warnings(struct buf *out, struct str spec, const struct cron *c, int64_t from)
{
	int64_t t;
	bool either = !c->every && !c->star[CRON_DAY] && !c->star[CRON_WEEKDAY];

	if (cron_words(spec) == CRON_FIELDS_LEN - 1)
		buf_text(out, "  warning:  five fields: the first is the second, not the minute\n");
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

bool cron_text(struct str spec, int64_t from, int count, struct buf *out)
{
	struct buf error CLEANUP(buf) = {0};
	struct cron c;
	bool ok = cron_parse(spec, &c, &error) == CRON_OK;

	glyph_clean(out, spec);
	if (ok) {
		buf_text(out, "\n  means:    ");
		cron_explain(&c, out);
		buf_text(out, "\n  next:     ");
		cron_next_text(&c, from, count, out);
		buf_byte(out, '\n');
		add_gaps(out, &c, from);
		add_warnings(out, spec, &c, from);
	} else {
		buf_text(out, "\n  refused:  ");
		glyph_clean(out, buf_slice(&error));
		buf_byte(out, '\n');
	}
	add_suggestion(out, spec, ok ? &c : NULL);
	return ok;
}
