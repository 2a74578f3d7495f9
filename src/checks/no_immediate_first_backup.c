/* A schedule whose first backup waits. */
#include "facts/schedule.h"

static void check_no_immediate_first_backup(const struct rule_ctx *c)
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

static const struct rule rows[] = {
	{
		.id = "no-immediate-first-backup",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_no_immediate_first_backup,
		.summary = "No backup is taken until the schedule first fires",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
	},
};

RULE_ROWS(no_immediate_first_backup);
