/* What the files of alerts/ have of one another. */
#ifndef ALERTS_INTERNAL_H
#define ALERTS_INTERNAL_H

#include "alerts/alerts.h"
#include "cnpg/view.h"
#include "doc/emit.h"
#include "facts/schedule_set.h"
#include "policy/policy.h"

/* Who exports when a backup was made: CloudNativePG itself of the in-tree methods, the Barman Cloud
 * plugin of its own. */
enum exporter { EXPORTER_CORE, EXPORTER_PLUGIN, EXPORTERS };

/* Of the backups that one of them tells of. */
struct backups_watched {
	struct schedule_set schedules;
	bool in_tree, snapshots; /* of which methods those of CloudNativePG itself are */
	int64_t gap;   /* seconds; the longest that is meant to be between two; 0: none are */
	struct str by; /* "ScheduledBackup db-daily": who says so; empty: it has no known name */
	bool failures; /* when one failed is exported apart from all others */
};

/* A Cluster and what is watched of it. */
struct watched {
	struct str namespace, name;
	const struct policy_alerts *policy;
	struct backups_watched backups[EXPORTERS];
	int64_t wal;	/* seconds that a finished segment may wait, and nothing be archived; 0: not
			   watched */
	struct str why; /* what is not watched, and why: clauses; empty: nothing */
	size_t number;	/* in the order in which they were found */
	struct watched *next;
};

/* Of a Cluster, as far as it is known in `view`. `name` and `namespace` are names, not variables.
 */
void watch_cluster(struct arena *a, const struct view *view, const struct object *cluster,
		   const struct params *params, int64_t now, struct watched *out);

enum alert_kind {
	ALERT_BACKUP_TOO_OLD,
	ALERT_BACKUP_NEVER,
	ALERT_BACKUP_FAILED,
	ALERT_METRIC_ABSENT,
	ALERT_WAL_FAILS,
	ALERT_WAL_WAITS,
	ALERT_KINDS
};

struct alert {
	enum alert_kind kind;
	struct str name;      /* "PostgresBackupTooOld" */
	struct str expr;      /* PromQL */
	int64_t hold;	      /* seconds that it is true before the alert fires */
	const char *exporter; /* tells two of a kind apart; NULL: there is one */
	struct str summary, description;
};
#define ALERTS_MOST (4 * EXPORTERS + 2)

/* Its alerts, in the order of the kinds; returns how many. */
size_t alerts_of(struct arena *a, const struct watched *w, struct alert out[ALERTS_MOST]);
/* The rule whose page says what to do. */
const char *alert_rule(enum alert_kind kind);
struct str alert_severity(const struct watched *w, const struct alert *alert);
/* The age of a backup that is too old, in seconds. */
int64_t alert_age(const struct backups_watched *b);
/* "cnpg_collector_last_available_backup_timestamp" */
extern const char *const alert_available[EXPORTERS], *const alert_failed[EXPORTERS];

/* "49h" for Prometheus. */
struct str alert_duration(struct arena *a, int64_t seconds);

/* The Clusters, sorted, each once. */
struct watched_list {
	const struct watched **items;
	size_t len;
};
void alerts_write(struct arena *a, const struct watched_list *l, bool plain, struct buf *out);
/* The cases, for the rules in `rules_file`. */
void alerts_write_cases(struct arena *a, const struct watched_list *l, struct str rules_file,
			struct buf *out);

#endif
