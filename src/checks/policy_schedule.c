/* What the policy of a site says of schedules. */
#include "facts/schedule.h"
#include "facts/site.h"

static void check_policy_schedule_name(const struct rule_ctx *c)
{
	struct template_bindings b = site_bindings(c, obj_text(c->root, "spec.cluster.name"));
	struct str template = c->params->scheduled_backup_name, name = c->object->name;
	struct buf expected = BUF_ARENA(c->arena);

	if (!template.len || !name.len || value_is_placeholder(name, NULL) ||
	    template_match(template, name, &b))
		return;
	site_add_filled(&expected, template, &b);
	struct finding *f = finding_add(c, c->root, "metadata.name",
					"name %.*s is not what the policy says: %.*s",
					STR_ARG(name), STR_ARG(buf_slice(&expected)));
	finding_fix(c, f, "name: %.*s", STR_ARG(buf_slice(&expected)));
}

/* The window may span midnight; its end is outside. */
static bool in_window(const struct params *p, int minute)
{
	if (p->window_from < p->window_to)
		return minute >= p->window_from && minute < p->window_to;
	return minute >= p->window_from || minute < p->window_to;
}

/* First minute of a day, 0 to 1439, at which it runs outside the window; -1 when none. */
static int outside_window(const struct params *p, const struct cron *cron)
{
	for (int minute = 0; minute < 1440; minute++)
		if ((cron->set[CRON_HOUR] >> minute / 60 & 1) &&
		    (cron->set[CRON_MINUTE] >> minute % 60 & 1) && !in_window(p, minute))
			return minute;
	return -1;
}

static void check_policy_schedule_window(const struct rule_ctx *c)
{
	const struct params *p = c->params;
	struct str schedule = obj_text(c->root, "spec.schedule");
	struct finding *f;
	struct cron cron;
	int64_t next;
	int minute = -1;

	if (p->window_from == p->window_to || value_is_placeholder(schedule, NULL) ||
	    cron_parse(schedule, &cron, NULL) != CRON_OK || !cron_next(&cron, c->now, &next))
		return;
	if (!cron.every && (minute = outside_window(p, &cron)) < 0)
		return;
	if (cron.every)
		f = finding_add(c, c->root, "spec.schedule",
				"schedule %.*s has no fixed time of day; the policy has a window",
				STR_ARG(schedule));
	else
		f = finding_add(
			c, c->root, "spec.schedule",
			"schedule runs at %02d:%02d UTC, outside the policy's window %02d:%02d-%02d:%02d",
			minute / 60, minute % 60, p->window_from / 60, p->window_from % 60,
			p->window_to / 60, p->window_to % 60);
	finding_fix(c, f, "schedule: '0 %d %d * * *' - each day when the window opens",
		    p->window_from % 60, p->window_from / 60);
}

static const struct rule rows[] = {
	{
		.id = "policy-schedule-name",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_schedule_name,
		.summary = "A ScheduledBackup has another name than the policy says",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},
	{
		.id = "policy-schedule-window",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_schedule_window,
		.summary = "A schedule runs outside the window of the policy",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},
};

RULE_ROWS(policy_schedule);
