/* What a row of the table has to be drawn: when backups were made, and when they will be. */
#include "audit_internal.h"

#include "base/limits.h"
#include "base/utc.h"
#include "cron/cron.h"
#include "facts/cluster.h"
#include "rules/params.h"

#include <string.h>

struct runs {
	struct arena *arena;
	struct report_run *items;
	size_t len, cap;
};

static void add(struct runs *all, int64_t at, enum report_run_how how)
{
	if (all->len == LIMIT_RUNS)
		return;
	if (all->len == all->cap) {
		all->cap = all->cap ? all->cap * 2 : 16;
		struct report_run *grown = ARENA_ARRAY(all->arena, struct report_run, all->cap);

		if (all->len)
			memcpy(grown, all->items, all->len * sizeof *grown);
		all->items = grown;
	}
	all->items[all->len++] = (struct report_run){at, how};
}

static void add_past(struct runs *all, const struct timeline_of *of)
{
	const struct backup_facts *facts = of->history->facts;
	bool told = false;

	for (const struct backup_moment *m = facts ? facts->moments : NULL; m; m = m->next) {
		told |= !m->failed && m->at == of->history->completed;
		if (m->at >= of->now - REPORT_BACK * UTC_DAY && m->at <= of->now)
			add(all, m->at, m->failed ? RUN_FAILED : RUN_DONE);
	}
	/* what the plugin's status tells, where the Backup is gone */
	if (of->history->completed && !told)
		add(all, of->history->completed, RUN_DONE);
}

static void add_planned(struct runs *all, const struct timeline_of *of)
{
	struct view_iter it = view_each(of->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP,
					of->cluster->namespace, of->cluster->name);

	for (const struct known *k; !cluster_is_hibernated(of->cluster) && (k = view_next(&it));) {
		int64_t at = of->now, end = of->now + REPORT_AHEAD * UTC_DAY;
		struct cron cron;

		if (obj_true(k->object.root, "spec.suspend", false) ||
		    cron_parse(obj_text(k->object.root, "spec.schedule"), &cron, NULL) != CRON_OK)
			continue;
		while (all->len < LIMIT_RUNS && cron_next(&cron, at, &at) && at <= end)
			add(all, at, RUN_PLANNED);
	}
}

void timeline_fill(const struct timeline_of *of, struct arena *a, struct report_cluster *row)
{
	const struct archive *archive = of->archive;
	const struct known *store = view_store(of->view, of->cluster, &archive->place);
	struct runs all = {.arena = a};

	add_past(&all, of);
	add_planned(&all, of);
	row->runs = all.items;
	row->runs_len = all.len;
	if (store)
		row->retention =
			retention_days(obj_text(store->object.root, "spec.retentionPolicy")) *
			UTC_DAY;
	else if (archive->in_tree.node)
		row->retention =
			retention_days(obj_text(of->cluster->root, "spec.backup.retentionPolicy")) *
			UTC_DAY;
}
