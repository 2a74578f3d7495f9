/* What was meant by a schedule that is wrong, or has five fields: those have two readings. */
#include "facts/schedule.h"

#include "base/arena.h"

/* Weekday 7, a range over the end of the week: said in another way, they are the same days. */
static bool is_numeric(struct str word)
{
	for (size_t i = 0; i < word.len; i++)
		if ((word.ptr[i] < '0' || word.ptr[i] > '9') && word.ptr[i] != ',' &&
		    word.ptr[i] != '-')
			return false;
	return true;
}

/* Five fields behind a second: crontab's reading as it stands, where other repairs guess. */
static bool is_only_completed(struct str spec, struct str meant)
{
	struct schedule_words old = schedule_split(spec), new = schedule_split(meant);

	for (size_t i = 0; i < CRON_FIELDS_LEN - 1; i++)
		if (!str_eq(old.word[i], new.word[i + 1]) &&
		    !(i + 1 == CRON_WEEKDAY && is_numeric(old.word[i])))
			return false;
	return true;
}

/* The spec with the star that CloudNativePG puts in place of a sixth field. */
static struct str as_it_runs(const struct rule_ctx *c, const struct schedule *s)
{
	struct schedule_words w = schedule_split(s->spec);

	return schedule_join(c->arena, &w);
}

static bool runs_in_every_hour(const struct schedule *s)
{
	return s->cron.set[CRON_HOUR] == cron_full(CRON_HOUR);
}

static void replace(const struct rule_ctx *c, struct finding *f, struct str spec)
{
	finding_edit(c, f,
		     (struct edit){.kind = EDIT_TEXT,
				   .at = obj_at(c->root, SCHEDULE_PATH),
				   .text = spec});
}

bool schedule_offer_both(const struct rule_ctx *c, struct finding *f, const struct schedule *s)
{
	struct str runs = as_it_runs(c, s);
	struct buf meant = BUF_ARENA(c->arena), reason = BUF_ARENA(c->arena);
	struct buf now = BUF_ARENA(c->arena), then = BUF_ARENA(c->arena);
	struct cron cron;

	if (runs_in_every_hour(s) || !cron_suggest(s->spec, &meant, &reason) ||
	    cron_parse(buf_slice(&meant), &cron, NULL) != CRON_OK)
		return false;
	bool is_one = str_eq(buf_slice(&meant), runs); /* crontab cannot read it */
	struct cron_gaps gaps = cron_gaps(&cron, c->now, SCHEDULE_HORIZON_DAYS);
	if ((!is_one && gaps.activations >= s->pace.activations) ||
	    !schedule_admits(c, runs, &now) || !schedule_admits(c, buf_slice(&meant), &then))
		return false;
	if (is_one)
		finding_fix(c, f, "schedule: '%.*s' - %.*s, as it runs now", STR_ARG(runs),
			    STR_ARG(buf_slice(&now)));
	else
		finding_fix(
			c, f,
			"schedule: '%.*s' - %.*s, as it runs now; or '%.*s', %.*s, as crontab reads it",
			STR_ARG(runs), STR_ARG(buf_slice(&now)), STR_ARG(buf_slice(&meant)),
			STR_ARG(buf_slice(&then)));
	if (is_one)
		replace(c, f, runs);
	if (!s->pace.shortest || s->pace.shortest >= SCHEDULE_FREQUENT_SECONDS)
		finding_at_most(f, SEV_WARN);
	return true;
}

bool schedule_odd_word(struct str spec, struct str *word, const char **as)
{
	static const char *const names[] = {"minute (0 to 59)", "hour (0 to 23)",
					    "day of the month (1 to 31)", "month (1 to 12)",
					    "weekday (here 0, Sunday, to 6)"};
	CLEANUP(arena) struct arena *a = arena_new();
	struct schedule_words words = schedule_split(spec), star = schedule_split(STR_EMPTY);
	struct cron cron;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct schedule_words one = star;

		one.word[i + 1] = words.word[i];
		if (cron_parse(schedule_join(a, &one), &cron, NULL) == CRON_OK)
			continue;
		*word = words.word[i];
		*as = names[i];
		return true;
	}
	return false;
}

/* What five fields mean stands in the finding already. */
static const char *reason_of(const struct rule_ctx *c, struct str reason)
{
	struct buf out = BUF_ARENA(c->arena);
	struct str rest = reason, clause;

	while (str_split(&rest, ';', &clause)) {
		clause = str_has_prefix(clause, STR(" ")) ? str_slice(clause, 1, clause.len)
							  : clause;
		if (str_is(clause, CRON_SIX_FIELDS))
			continue;
		buf_text(&out, out.len ? "; " : "");
		buf_str(&out, clause);
	}
	return out.len ? arena_cstr(c->arena, buf_slice(&out)) : NULL;
}

void schedule_offer_meant(const struct rule_ctx *c, struct finding *f, const struct schedule *s)
{
	struct buf meant = BUF_ARENA(c->arena), reason = BUF_ARENA(c->arena);
	bool found = cron_suggest(s->spec, &meant, &reason);
	bool five = s->fields == 5, refused = s->error.len != 0;

	/* "0 25 * * *": that there is no hour 25 does not make it a minute. */
	if (!found || (five && !refused && runs_in_every_hour(s) &&
		       str_eq(buf_slice(&meant), as_it_runs(c, s)))) {
		schedule_offer_regular(c, f, s, false,
				       "the fields are second minute hour day month weekday");
		return;
	}
	if (!schedule_offer(c, f, buf_slice(&meant), reason_of(c, buf_slice(&reason))))
		schedule_offer_regular(c, f, s, false, "WAL archiving covers the time between");
	else if (five && (refused || runs_in_every_hour(s)) &&
		 is_only_completed(s->spec, buf_slice(&meant)))
		replace(c, f, buf_slice(&meant));
}
