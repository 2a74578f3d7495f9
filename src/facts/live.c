#include "facts/live.h"

#include "base/utc.h"
#include "facts/probed.h"

int64_t live_moment(struct obj o, const char *path)
{
	int64_t at = 0;

	return utc_parse(obj_text(o, path), &at) ? at : 0;
}

int64_t live_born(struct obj root, int64_t now)
{
	int64_t at = live_moment(root, "metadata.creationTimestamp");

	return at - now > UTC_DAY ? 0 : at;
}

struct backup_history live_history(const struct rule_ctx *c)
{
	struct backup_history h = backups_history(c->backups, c->view, c->object, c->archive);
	int64_t probed = probed_newest_backup(c);

	if (probed > h.completed)
		h.completed = probed;
	return h;
}
