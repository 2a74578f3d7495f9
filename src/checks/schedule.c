/* spec.schedule: whether it parses, what it does, and whether that can have been meant. */
#include "base/arena.h"
#include "base/utc.h"
#include "base/utf8.h"
#include "facts/cluster.h"
#include "facts/schedule.h"

/* Of the parser's words, which may quote a spec of any length, and of one word of a spec. */
#define ERROR_BYTES 140
#define WORD_BYTES 40

/* The library takes day of month OR weekday when neither has a star, as Vixie cron does; a full
 * range without a star ("1-31") makes every day match. */
static void check_schedule_dom_dow_or(const struct rule_ctx *c)
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
			    "schedule: '%.*s' - for the weekday; '%.*s' for the day of the month",
			    STR_ARG(schedule_join(c->arena, &by_weekday)),
			    STR_ARG(schedule_join(c->arena, &by_day)));
}

/* At most `most` bytes of valid UTF-8. */
static struct str shorten(const struct rule_ctx *c, struct str text, size_t most)
{
	struct str begin = utf8_cut(text, most);

	return begin.len == text.len ? text : arena_fmt(c->arena, "%.*s...", STR_ARG(begin));
}

static void check_schedule_five_fields(const struct rule_ctx *c)
{
	struct schedule s;
	struct str word;
	const char *as;
	struct buf message = BUF_ARENA(c->arena);

	if (!schedule_read(c, &s) || s.fields != 5)
		return;
	buf_text(&message, "schedule has ");
	if (schedule_odd_word(s.spec, &word, &as))
		buf_fmt(&message, "%.*s where crontab has the %s, and ",
			STR_ARG(shorten(c, word, WORD_BYTES)), as);
	buf_text(&message, "5 fields; CloudNativePG reads the first as seconds");
	struct finding *f = schedule_finding(c, &s, &message);
	schedule_effect(c, f, &s);
	if (!schedule_offer_both(c, f, &s))
		schedule_offer_meant(c, f, &s);
}

static void check_schedule_gap_too_long(const struct rule_ctx *c)
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

/* Not schedule_finding: CloudNativePG refuses a suspended one as well. */
static void check_schedule_invalid(const struct rule_ctx *c)
{
	struct schedule s;

	if (schedule_read(c, &s) || !s.judged)
		return;
	struct str words = shorten(c, s.error, ERROR_BYTES);
	struct finding *f = finding_add(c, c->root, SCHEDULE_PATH, "schedule does not parse: %.*s",
					STR_ARG(words));
	if (s.fields == 5)
		finding_effect(
			c, f,
			"CloudNativePG refuses the object; of 5 fields it reads the first as seconds, the last as the month");
	else
		finding_effect(c, f, "CloudNativePG refuses the object");
	schedule_offer_meant(c, f, &s);
}

static void why_never(const struct cron *cron, struct buf *out)
{
	for (int field = CRON_SECOND; field <= CRON_WEEKDAY; field++) {
		if (!cron->set[field]) {
			buf_text(out, "a field holds nothing but commas");
			return;
		}
	}
	if (cron->set[CRON_DAY] & cron_days_of_any(cron->set[CRON_MONTH])) {
		buf_text(out, "its day of the month and its weekday do not meet");
		return;
	}
	buf_text(out, "there is no ");
	cron_names(out, cron->set[CRON_DAY], CRON_DAY);
	buf_text(out, " in ");
	cron_names(out, cron->set[CRON_MONTH], CRON_MONTH);
}

static void check_schedule_never_fires(const struct rule_ctx *c)
{
	struct schedule s;
	struct buf message = BUF_ARENA(c->arena);
	int64_t later;

	if (!schedule_read(c, &s) || s.next)
		return;
	bool ever = cron_next(&s.cron, c->now + INT64_C(366) * UTC_DAY, &later);
	buf_fmt(&message,
		"schedule %s: ", ever ? "does not fire within the next five years" : "never fires");
	why_never(&s.cron, &message);
	struct finding *f = schedule_finding(c, &s, &message);
	finding_effect(
		c, f,
		"the operator only emits event NoSchedule and takes no backup, not even an immediate one");
	schedule_offer_regular(c, f, &s, false, "for one single backup create a Backup");
}

static void check_schedule_on_hibernated_cluster(const struct rule_ctx *c)
{
	const struct known *cluster = schedule_cluster(c);
	bool backup = c->object->kind == KIND_BACKUP;

	if (!cluster || !cluster_is_hibernated(&cluster->object) ||
	    (c->schedule && c->schedule->suspended))
		return;
	struct finding *f = finding_add(
		c, c->root, "spec.cluster.name", "Cluster %.*s is hibernated%s",
		STR_ARG(cluster->object.name), backup ? "" : ", and its schedule is active");
	finding_effect(c, f, "%s: \"cannot backup a hibernated cluster\"",
		       backup ? "the Backup fails" : "every backup fails");
	if (backup)
		finding_fix(c, f, "wake the Cluster first: cnpg.io/hibernation: \"off\"");
	else
		finding_fix(c, f, "suspend: true - until the Cluster is woken");
}

static void check_schedule_padded_hourly(const struct rule_ctx *c)
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

static void check_schedule_suspended(const struct rule_ctx *c)
{
	if (!obj_true(c->root, "spec.suspend", false))
		return;
	struct finding *f = finding_add(c, c->root, "spec.suspend", "schedule is suspended");
	finding_effect(c, f, "no base backup is taken, and WAL is kept since the last one");
	finding_fix(c, f, "suspend: false");
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

static void check_schedule_timezone_assumption(const struct rule_ctx *c)
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

static void check_schedule_too_frequent(const struct rule_ctx *c)
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

static const struct rule rows[] = {
	{
		.id = "schedule-dom-dow-or",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_dom_dow_or,
		.summary = "Day of month and weekday are alternatives, not conditions",
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},
	{
		.id = "schedule-five-fields",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_five_fields,
		.summary = "Schedule with five fields; the first is seconds",
		.reference = "cloudnative-pg/cloudnative-pg#2593",
	},
	{
		.id = "schedule-gap-too-long",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_gap_too_long,
		.summary = "Base backups are too far apart",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
		.superseded_by = "schedule-five-fields",
	},
	{
		.id = "schedule-invalid",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_invalid,
		.summary = "Schedule that CloudNativePG cannot parse",
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},
	{
		.id = "schedule-never-fires",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_never_fires,
		.summary = "Schedule without any activation",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
		.superseded_by = "schedule-five-fields",
	},
	{
		.id = "schedule-on-hibernated-cluster",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_schedule_on_hibernated_cluster,
		.summary = "A hibernated Cluster is to be backed up",
		.reference = "cloudnative-pg/cloudnative-pg#8508",
	},
	{
		.id = "schedule-padded-hourly",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_padded_hourly,
		.summary = "Hourly schedule that was probably meant as daily",
		.reference = "cloudnative-pg/charts#243",
	},
	{
		.id = "schedule-suspended",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.check = check_schedule_suspended,
		.summary = "Suspended schedule",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
		.superseded_by = "last-schedule-delete",
	},
	{
		.id = "schedule-timezone-assumption",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.partial = true,
		.check = check_schedule_timezone_assumption,
		.summary = "The object speaks of a time zone, the schedule is read in UTC",
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},
	{
		.id = "schedule-too-frequent",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_too_frequent,
		.summary = "Base backups follow each other too closely",
		.reference = "cloudnative-pg/cloudnative-pg#2510",
		.superseded_by = "schedule-five-fields",
	},
};

RULE_ROWS(schedule);
