#include "facts/schedule.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/utc.h"

#include <string.h>

struct str schedule_method(const struct rule_ctx *c)
{
	struct str method;

	switch (obj_str(c->root, "spec.method", &method)) {
	case OBJ_SET:
		return value_is_placeholder(method, NULL) ? STR_EMPTY : method;
	case OBJ_WRONG_TYPE:
		return STR_EMPTY;
	default:
		return STR("barmanObjectStore"); /* the CRD's default */
	}
}

/* Snapshots are cheap and meant to be frequent: the bound from below is not for them. */
static bool is_snapshot(const struct rule_ctx *c)
{
	return str_is(schedule_method(c), "volumeSnapshot");
}

/* The longest time without a backup. Between the activations of the window; but those may be few,
 * or all on one day, and the next years away. */
static int64_t longest(const struct rule_ctx *c, const struct schedule *s,
		       const struct cron_gaps *gaps)
{
	int64_t most = gaps->longest, last = gaps->last ? gaps->last : s->next, then;

	if (s->next - c->now > most)
		most = s->next - c->now;
	if (cron_next(&s->cron, last, &then) && then - last > most)
		most = then - last;
	return most;
}

static int only_bit(uint64_t set)
{
	return __builtin_popcountll(set) == 1 ? __builtin_ctzll(set) : -1;
}

#define HOURS 24					/* from that on a minute is no hour */
#define MINUTES_LIKE_HOURS ((UINT64_C(1) << HOURS) - 2) /* 1 to 23 */
#define STAGGERED_LEAST 3				/* two may be two mistakes */

/* The minute, as a set, of a schedule of six fields that runs every hour; empty for any other. */
static uint64_t hourly_minute(size_t fields, const struct cron *cron)
{
	bool hourly = fields == 6 && only_bit(cron->set[CRON_SECOND]) >= 0 &&
		      only_bit(cron->set[CRON_MINUTE]) >= 0 &&
		      cron->set[CRON_HOUR] == cron_full(CRON_HOUR) && cron->star[CRON_HOUR] &&
		      cron->set[CRON_DAY] == cron_full(CRON_DAY) &&
		      cron->set[CRON_MONTH] == cron_full(CRON_MONTH);

	return hourly ? cron->set[CRON_MINUTE] : 0;
}

/*
 * Six fields, of which only the second and the minute are fixed: what five fields become when
 * somebody appends a star to have six. The minute could be an hour: many run hourly on purpose at
 * the full or half hour, few choose minute 3.
 */
static bool looks_padded(size_t fields, const struct cron *cron)
{
	return (hourly_minute(fields, cron) & MINUTES_LIKE_HOURS) != 0;
}

/* Who spreads hourly schedules over the hour means them: some are at a minute that is no hour, or
 * there are several. */
static bool is_staggered(const struct rule_ctx *c, const struct schedule *s)
{
	uint64_t minutes = hourly_minute(s->fields, &s->cron);

	if (!c->view)
		return false;
	struct view_iter it =
		view_each(c->view, REL_EVERY, KIND_SCHEDULED_BACKUP, STR_EMPTY, STR_EMPTY);
	const struct known *k;

	for (size_t i = 0; i < LIMIT_NEIGHBOURS && (k = view_next(&it)); i++) {
		struct str spec = obj_text(k->object.root, SCHEDULE_PATH);
		struct cron cron;

		if (cron_parse(spec, &cron, NULL) == CRON_OK)
			minutes |= hourly_minute(cron_words(spec), &cron);
	}
	return minutes >> HOURS || __builtin_popcountll(minutes) >= STAGGERED_LEAST;
}

static struct schedule_pace pace_of(const struct rule_ctx *c, const struct schedule *s)
{
	struct cron_gaps gaps = cron_gaps(&s->cron, c->now, SCHEDULE_HORIZON_DAYS);
	struct schedule_pace pace = {.activations = gaps.activations,
				     .shortest = gaps.shortest,
				     .longest = longest(c, s, &gaps)};
	bool counts = gaps.shortest && !is_snapshot(c);

	if (!s->next)
		return pace;
	/* Who set minInterval has thought about it. */
	if (looks_padded(s->fields, &s->cron) && counts && !c->params->min_interval_set &&
	    !is_staggered(c, s))
		pace.rhythm = RHYTHM_PADDED_HOURLY;
	else if (counts && gaps.shortest < c->params->min_interval)
		pace.rhythm = RHYTHM_TOO_FREQUENT;
	else if (pace.longest > c->params->max_interval)
		pace.rhythm = RHYTHM_GAP_TOO_LONG;
	else if (counts && gaps.shortest < SCHEDULE_FREQUENT_SECONDS &&
		 !c->params->min_interval_set)
		pace.rhythm = RHYTHM_FREQUENT;
	return pace;
}

void schedule_begin(const struct rule_ctx *c, struct schedule *out)
{
	*out = (struct schedule){.suspended = obj_true(c->root, "spec.suspend", false)};
}

static void examine(const struct rule_ctx *c, struct schedule *out)
{
	struct buf error = BUF_ARENA(c->arena);

	out->examined = true;
	if (obj_str(c->root, SCHEDULE_PATH, &out->spec) != OBJ_SET ||
	    value_is_placeholder(out->spec, NULL))
		return;
	out->judged = true;
	if (!out->spec.len || out->spec.ptr[0] != '@')
		out->fields = cron_words(out->spec);
	if (cron_parse(out->spec, &out->cron, &error) != CRON_OK) {
		out->error = buf_slice(&error);
		return;
	}
	if (!cron_next(&out->cron, c->now, &out->next))
		out->next = 0;
	out->pace = pace_of(c, out);
}

bool schedule_read(const struct rule_ctx *c, struct schedule *out)
{
	if (!c->schedule->examined)
		examine(c, c->schedule);
	*out = *c->schedule;
	return out->judged && !out->error.len;
}

/* A suspended schedule starts nothing, so its rhythm harms nobody yet: a warning. The finding is
 * that of the running one all the same: who suspends an old one may resume it (ratchet.h). */
struct finding *schedule_finding(const struct rule_ctx *c, const struct schedule *s,
				 const struct buf *message)
{
	struct finding *f =
		finding_add(c, c->root, SCHEDULE_PATH, "%.*s", STR_ARG(buf_slice(message)));

	if (s->suspended)
		finding_at_most(f, SEV_WARN);
	return f;
}

void schedule_effect(const struct rule_ctx *c, struct finding *f, const struct schedule *s)
{
	struct buf often = BUF_ARENA(c->arena), next = BUF_ARENA(c->arena);

	if (!s->next) {
		finding_effect(c, f, "never runs");
		return;
	}
	schedule_how_often(&s->cron, &often);
	cron_next_text(&s->cron, c->now, 3, &next);
	finding_effect(c, f, "runs %.*s: next %.*s", STR_ARG(buf_slice(&often)),
		       STR_ARG(buf_slice(&next)));
}

/* Once a day is said with its time; the rest in full. */
static void describe(const struct cron *cron, struct buf *out)
{
	int second = only_bit(cron->set[CRON_SECOND]), minute = only_bit(cron->set[CRON_MINUTE]);
	int hour = only_bit(cron->set[CRON_HOUR]);
	struct buf often = {.arena = out->arena};

	if (cron->every || second < 0 || minute < 0 || hour < 0) {
		cron_explain(cron, out);
		buf_text(out, cron->every ? "" : ", UTC");
		return;
	}
	schedule_how_often(cron, &often);
	struct str days = str_slice(buf_slice(&often), STR("once a day").len, often.len);
	buf_fmt(out, "%sat %02d:%02d", days.len ? "" : "once a day ", hour, minute);
	if (second)
		buf_fmt(out, ":%02d", second);
	buf_text(out, " UTC");
	buf_str(out, days);
}

bool schedule_admits(const struct rule_ctx *c, struct str spec, struct buf *text)
{
	struct cron cron;
	int64_t next;

	if (spec.len > SCHEDULE_OFFER_BYTES || cron_parse(spec, &cron, NULL) != CRON_OK ||
	    !cron_next(&cron, c->now, &next))
		return false;
	struct cron_gaps gaps = cron_gaps(&cron, c->now, SCHEDULE_HORIZON_DAYS);
	if (gaps.shortest && gaps.shortest < c->params->min_interval && !is_snapshot(c))
		return false;
	describe(&cron, text);
	return true;
}

bool schedule_offer(const struct rule_ctx *c, struct finding *f, struct str spec, const char *why)
{
	struct buf text = BUF_ARENA(c->arena);

	if (!schedule_admits(c, spec, &text))
		return false;
	finding_fix(c, f, "schedule: '%.*s' - %.*s%s%s", STR_ARG(spec), STR_ARG(buf_slice(&text)),
		    why ? "; " : "", why ? why : "");
	return true;
}

static bool plain_number(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] < '0' || word.ptr[i] > '9')
			return false;
	return word.len == 1 || word.len == 2;
}

void schedule_offer_regular(const struct rule_ctx *c, struct finding *f, const struct schedule *s,
			    bool weekly, const char *why)
{
	struct schedule_words w = schedule_split(s->spec);
	size_t skip = s->fields == 5;
	const char *weekday = weekly || c->params->min_interval > UTC_DAY ? "0" : "*";

	if (skip) {
		w.word[2] = w.word[1];
		w.word[1] = w.word[0];
		w.word[0] = STR("0");
	}
	for (size_t i = 0; i < 3; i++)
		if (!plain_number(w.word[i]))
			memcpy(w.word, (struct str[]){STR("0"), STR("0"), STR("3")},
			       3 * sizeof *w.word);
	w.word[CRON_DAY] = w.word[CRON_MONTH] = STR("*");
	w.word[CRON_WEEKDAY] = str_from(weekday);
	if (!schedule_offer(c, f, schedule_join(c->arena, &w), why))
		schedule_offer(c, f, weekly ? STR("0 0 3 * * 0") : STR("0 0 3 * * *"), why);
}
