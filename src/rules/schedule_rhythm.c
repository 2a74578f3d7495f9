#include "rules/checks.h"
#include "rules/schedule.h"

#include "base/arena.h"

void check_schedule_padded_hourly(const struct rule_ctx *c)
{
	struct schedule s;
	struct buf message = BUF_ARENA(c->arena);

	if (!schedule_read(c, &s) || s.pace.rhythm != RHYTHM_PADDED_HOURLY)
		return;
	buf_fmt(&message, "schedule has %d as its minute, not its hour",
		__builtin_ctzll(s.cron.set[CRON_MINUTE]));
	struct finding *f = schedule_finding(c, &s, &message);
	schedule_effect(c, f, &s);
	/* "0 3 * * * 1" had its zero forgotten in front; the star of the hour was the padding. */
	struct schedule_words w = schedule_split(s.spec);
	w.word[CRON_HOUR] = w.word[CRON_MINUTE];
	w.word[CRON_MINUTE] = w.word[CRON_SECOND];
	w.word[CRON_SECOND] = STR("0");
	if (!schedule_offer(c, f, schedule_join(c->arena, &w), NULL))
		schedule_offer_regular(c, f, &s, false, NULL);
}

/* "* 0 3 * * *" starts sixty backups in a minute, and one was meant: the least change that makes
 * it so. */
static bool offer_without_stars(const struct rule_ctx *c, struct finding *f,
				const struct schedule *s)
{
	struct schedule_words w = schedule_split(s->spec);

	if (s->fields != 6 || s->cron.set[CRON_HOUR] == cron_full(CRON_HOUR))
		return false;
	w.word[CRON_SECOND] = STR("0");
	if (schedule_offer(c, f, schedule_join(c->arena, &w), NULL))
		return true;
	w.word[CRON_MINUTE] = STR("0");
	return schedule_offer(c, f, schedule_join(c->arena, &w), NULL);
}

void check_schedule_too_frequent(const struct rule_ctx *c)
{
	struct schedule s;
	struct buf message = BUF_ARENA(c->arena);

	if (!schedule_read(c, &s))
		return;
	struct schedule_pace pace = s.pace;
	if (pace.rhythm != RHYTHM_TOO_FREQUENT && pace.rhythm != RHYTHM_FREQUENT)
		return;
	buf_text(&message, "base backups start ");
	schedule_duration(pace.shortest, &message);
	buf_text(&message, " apart");
	if (pace.rhythm == RHYTHM_TOO_FREQUENT) {
		buf_text(&message, "; the minimum is ");
		schedule_duration(c->params->min_interval, &message);
	} else
		buf_text(&message, ", and each copies the whole database");
	struct finding *f = schedule_finding(c, &s, &message);
	schedule_effect(c, f, &s);
	if (pace.rhythm == RHYTHM_FREQUENT) {
		finding_at_most(f, SEV_INFO);
		schedule_offer_regular(c, f, &s, false, "WAL archiving covers the time between");
	} else if (s.fields == 5) {
		schedule_offer_meant(c, f, &s);
	} else if (!offer_without_stars(c, f, &s)) {
		schedule_offer_regular(c, f, &s, false, "WAL archiving covers the time between");
	}
}

void check_schedule_gap_too_long(const struct rule_ctx *c)
{
	struct schedule s;
	struct buf message = BUF_ARENA(c->arena);

	if (!schedule_read(c, &s))
		return;
	struct schedule_pace pace = s.pace;
	if (pace.rhythm != RHYTHM_GAP_TOO_LONG)
		return;
	buf_text(&message, "up to ");
	schedule_duration(pace.longest, &message);
	buf_text(&message, " pass without a base backup; the maximum is ");
	schedule_duration(c->params->max_interval, &message);
	struct finding *f = schedule_finding(c, &s, &message);
	schedule_effect(c, f, &s);
	schedule_offer_regular(c, f, &s, c->params->max_interval >= (int64_t)7 * 86400,
			       "a restore replays all WAL since the last base backup");
}

/* The library takes day of month OR weekday when neither has a star, as Vixie cron does; a full
 * range without a star ("1-31") makes every day match. */
void check_schedule_dom_dow_or(const struct rule_ctx *c)
{
	struct schedule s;
	struct buf message = BUF_ARENA(c->arena), days = BUF_ARENA(c->arena);
	struct buf weekdays = BUF_ARENA(c->arena);

	if (!schedule_read(c, &s) || s.fields != 6 || !s.next || s.cron.star[CRON_DAY] ||
	    s.cron.star[CRON_WEEKDAY] || !s.cron.set[CRON_DAY] || !s.cron.set[CRON_WEEKDAY])
		return;
	cron_names(&days, s.cron.set[CRON_DAY], CRON_DAY);
	cron_names(&weekdays, s.cron.set[CRON_WEEKDAY], CRON_WEEKDAY);
	buf_fmt(&message, "schedule runs on the %.*s OR on %.*s, not only where both meet",
		STR_ARG(buf_slice(&days)), STR_ARG(buf_slice(&weekdays)));
	struct finding *f = schedule_finding(c, &s, &message);
	schedule_effect(c, f, &s);

	struct schedule_words by_day = schedule_split(s.spec), by_weekday = by_day;
	by_day.word[CRON_WEEKDAY] = by_weekday.word[CRON_DAY] = STR("*");
	if (s.cron.set[CRON_DAY] == cron_full(CRON_DAY))
		schedule_offer(c, f, schedule_join(c->arena, &by_weekday), NULL);
	else if (s.spec.len <= SCHEDULE_OFFER_BYTES)
		finding_fix(c, f,
			    "schedule: '%.*s' for the weekday, '%.*s' for the day of the month",
			    STR_ARG(schedule_join(c->arena, &by_weekday)),
			    STR_ARG(schedule_join(c->arena, &by_day)));
}

/* Abbreviations that are a zone and nothing else: not EST, IST, MST, which are words and sites. */
static const char *const zones[] = {"cet",  "cest", "pst",  "pdt",  "edt",
				    "aest", "aedt", "nzst", "nzdt", "jst"};

/* As a part of a name, between hyphens or dots. */
static bool name_part(struct str name, struct str *which)
{
	size_t from = 0;

	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && name.ptr[i] != '-' && name.ptr[i] != '.')
			continue;
		for (size_t z = 0; z < ARRAY_LEN(zones); z++) {
			*which = str_slice(name, from, i);
			if (str_is(*which, zones[z]))
				return true;
		}
		from = i + 1;
	}
	return false;
}

/* "Europe/Berlin", and nothing around it. */
static bool zone_name(struct str s)
{
	static const char *const areas[] = {"Africa/", "America/",   "Asia/",	"Atlantic/",
					    "Europe/", "Australia/", "Pacific/"};

	for (size_t i = 0; i < ARRAY_LEN(areas); i++) {
		struct str area = str_from(areas[i]);

		if (!str_has_prefix(s, area) || s.len == area.len)
			continue;
		for (size_t j = area.len; j < s.len; j++) {
			char b = s.ptr[j];

			if (!((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_' ||
			      b == '/' || b == '-'))
				return false;
		}
		return true;
	}
	return false;
}

/* Comments of a manifest are not seen here; names and annotations are what remains. */
static bool mentions_zone(const struct rule_ctx *c, struct str *which)
{
	struct obj annotations = obj_at(c->root, "metadata.annotations");

	for (struct obj a = obj_first(annotations); a.node; a = obj_next(a)) {
		*which = obj_text(a, "");
		if (zone_name(*which))
			return true;
	}
	return name_part(c->object->name, which);
}

void check_schedule_timezone_assumption(const struct rule_ctx *c)
{
	struct schedule s;
	struct str zone;
	struct buf message = BUF_ARENA(c->arena);

	/* Zones do not matter to what runs in every hour, or by a period. */
	if (!schedule_read(c, &s) || !s.next || s.cron.every ||
	    s.cron.set[CRON_HOUR] == cron_full(CRON_HOUR) || !mentions_zone(c, &zone))
		return;
	buf_fmt(&message, "schedule is read in UTC, but the object mentions %.*s", STR_ARG(zone));
	struct finding *f = schedule_finding(c, &s, &message);
	schedule_effect(c, f, &s);
	finding_fix(
		c, f,
		"the hour in UTC in spec.schedule - a zone cannot be written there; the operator's own TZ counts");
}

void check_no_immediate_first_backup(const struct rule_ctx *c)
{
	static const char *const path = "spec.immediate";
	struct schedule s;
	bool immediate = false;
	struct buf wait = BUF_ARENA(c->arena), next = BUF_ARENA(c->arena);

	if (!c->creating || !schedule_read(c, &s) || !s.next || s.suspended ||
	    obj_bool(c->root, path, &immediate) == OBJ_WRONG_TYPE || immediate ||
	    s.pace.longest <= 3600)
		return;
	schedule_duration(s.next - c->now, &wait);
	cron_next_text(&s.cron, c->now, 1, &next);
	struct finding *f = finding_add(
		c, c->root, path, "immediate is not true: the first backup waits for the schedule");
	finding_effect(c, f, "nothing can be restored until %.*s, in %.*s",
		       STR_ARG(buf_slice(&next)), STR_ARG(buf_slice(&wait)));
	finding_fix(c, f, "immediate: true");
}
