/* What the files of plan/ have of one another. */
#ifndef PLAN_INTERNAL_H
#define PLAN_INTERNAL_H

#include "cron/cron.h"
#include "plan/plan.h"
#include "rules/rule.h"

/* Clusters, ObjectStores, ScheduledBackups and Backups, as a List in JSON. */
MUST_CHECK bool plan_read_live(struct arena *a, const struct plan_input *in, struct str *out,
			       struct err *err);

/* `out` gets all but place; what it points to lives in the arena. */
void plan_cluster_read(struct arena *a, const struct view *v, const struct object *cluster,
		       const struct plan_options *o, struct plan_cluster *out);
/* Its schedules; the others are read. `store` may be NULL. */
void plan_schedules_read(struct arena *a, const struct rule_ctx *c, const struct plan_options *o,
			 struct plan_cluster *out);

/* A Backup that is completed: its method, and of plugins whether it is ours, as schedules have. */
enum plan_method plan_method(struct obj spec);

/* Those of the schedules that make base backups of the archive, else (`snapshots`) snapshots,
 * behind the `old` ones, which are sorted. Up to a time that shows what is kept in the long run. */
void plan_moments_find(struct arena *a, const struct plan_cluster *c, bool snapshots,
		       const struct plan_options *o, struct plan_moments *out);

/* From where cron_next gives the first start after `now`; false: it is not known when it starts. */
bool plan_begin(const struct plan_schedule *s, const struct cron *cron, int64_t now, int64_t *out);

/* It makes base backups of the archive, else (`snapshots`) snapshots. */
bool plan_makes(const struct plan_schedule *s, bool snapshots);

/* The same of the past, up to now, as if they had always run. */
void plan_moments_past(struct arena *a, const struct plan_cluster *c, const struct plan_options *o,
		       struct plan_moments *out);

/* Paths that are there now, and were not before. */
struct plan_absent {
	const struct str *paths;
	size_t len;
};
/* Sets losses. */
void plan_compare(struct arena *a, const struct plan *before, struct plan_absent absent,
		  struct plan *after);

/* In the order of the Clusters. */
void plan_collide(struct arena *a, struct plan *p);

/* "shop/db" */
void plan_name(const struct plan_cluster *c, struct buf *out);
/* "30 GiB", never less than it is. */
void plan_size(double bytes, struct buf *out);

/* What it takes, as far as it is known. */
struct plan_needs {
	double base_bytes, wal_bytes; /* at most, of what is kept; -1: not known */
	double wal_requests;	      /* a day, at most; -1: not known */
	double base_requests;	      /* a day, about; -1: not known */
	double prune_requests;	      /* a day; -1: not known */
};
struct plan_needs plan_needs(const struct plan_cluster *c, const struct plan_options *o);

#endif
