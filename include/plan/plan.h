/*
 * What schedules and retention policies amount to: which backups are made in the coming days, how
 * many of them are there at each, to when can be restored, what is lost at worst, what it takes in
 * bytes and requests; and what a change of them takes away.
 *
 * A plan is a value: made from what was read and the options, written by plan_text and its like.
 * Of a bucket nothing is asked. From manifests it begins with no backup; from what is live, with
 * the Backups that are completed. A backup counts from the moment at which it starts.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/buf.h"
#include "plan/keep.h"
#include "report/report.h"

struct kube;

#define PLAN_DAYS_MOST 400
#define PLAN_NEXT 3 /* runs that are named */

enum plan_method { PLAN_PLUGIN, PLAN_IN_TREE, PLAN_SNAPSHOT, PLAN_OTHER };

struct plan_schedule {
	struct str name, spec, target; /* target may be empty: the Cluster's, or its default */
	enum plan_method method;
	struct str idle; /* why it makes no backup, as a clause; empty: it does */
	bool unknown;	 /* whether it does is not known: `idle` says why */
	bool immediate;	 /* one more when the ScheduledBackup is created */
	bool fills;	 /* base backups of the archive that is reckoned with */
	/* Of "@every": when it ran last, from which it counts; 0: not known, nor are its moments.
	 */
	int64_t last;
	int64_t runs; /* in the coming days */
	int64_t next[PLAN_NEXT];
	size_t next_len;
};

enum plan_wal {
	PLAN_WAL_ARCHIVED,
	PLAN_WAL_NOWHERE, /* archive_command succeeds and keeps nothing, or is off */
	PLAN_WAL_UNKNOWN, /* another plugin, or a value that is filled in later */
};

/* When base backups are made, and the worst time between two. */
struct plan_moments {
	int64_t *items;
	size_t len, old; /* the first `old` of them are there already */
	int64_t until;	 /* up to here all are known */
	bool cut;	 /* because there are more than LIMIT_PLAN_MOMENTS */
	int64_t gap;	 /* seconds; 0: fewer than two */
};

struct plan_cluster {
	struct str namespace, name, place; /* "apps/db.yaml:3"; empty: live */
	struct str archive;		   /* "ObjectStore minio, server db"; empty: none */
	struct str store, server;	   /* the ObjectStore (empty: in-tree); the server name */
	struct str location, bucket; /* as view_place has it, and without the path; may be empty */
	struct str path;	     /* destinationPath and endpointURL, as they are written */
	bool filled_later;	     /* the location has a variable */
	bool in_tree;
	/* The other of plugin and in-tree, where WAL goes to both; empty: there is one. */
	struct str beside;
	bool fails_open; /* isWALArchiver is not true: while the sidecar is missing WAL is lost */
	const struct plan_schedule *schedules;
	size_t schedules_len;
	bool schedules_unknown; /* of one it is not known what it makes */
	enum plan_wal wal;
	/* Seconds until a segment that is not full is archived; 0: it is not; -1: not known. */
	int64_t timeout;
	int64_t segment;	/* bytes */
	struct str retention;	/* as it is written; empty: none */
	bool retention_unknown; /* the ObjectStore is not there, or it is filled in later */
	int64_t pruned_every;	/* seconds; 0: after each base backup */
	struct plan_moments base, snapshots;
	struct plan_keep keep;
	struct plan_steady steady;
	size_t peak; /* base backups in the long run, with those that are still to be pruned */
	int64_t wal_reach;    /* seconds of WAL that are there at most; -1: not known */
	const size_t *by_day; /* base backups at the end of each of the coming days */
	size_t by_day_len;    /* as far as all moments are known */
};

/* Base backups of several Clusters that begin in the same second, in one bucket. */
struct plan_start {
	const struct plan_cluster *cluster;
	const struct plan_schedule *schedule;
	struct str instead; /* a schedule that begins alone; empty: this one stays */
};
struct plan_collision {
	struct str bucket;
	struct plan_start *starts;
	size_t len;
	int64_t times, first; /* in the coming days, or up to `until` */
	int64_t until;	      /* later starts in this bucket are not compared; 0: all are */
	bool some;	      /* each time some of them, not all */
	bool spread;	      /* `instead` is set where it has to be */
};

struct plan_cut {
	struct str bucket;
	int64_t until;
};

/* What a change takes away, or leaves behind. */
struct plan_loss {
	struct str object; /* "Cluster shop/db", or a path */
	struct str text;   /* a sentence without a full stop */
	bool final;	   /* it does not come back when the change is taken back */
	bool unknown;	   /* what it takes away is not known: the text says why */
};

struct plan_options {
	int64_t now;
	int days;	     /* 1 to PLAN_DAYS_MOST */
	int64_t size, churn; /* bytes of a base backup, and of WAL a day; 0: not known */
	bool local;	     /* times in the zone of zone_use, too */
	bool live;	     /* set by plan_read: the Backups are known */
};

struct plan {
	struct plan_options options;
	const struct plan_cluster *clusters;
	size_t clusters_len;
	const struct plan_collision *collisions;
	size_t collisions_len;
	/* Buckets with more starts than are compared: up to when they are. */
	const struct plan_cut *cuts;
	size_t cuts_len;
	struct str against; /* what it is compared with; empty: nothing */
	const struct plan_loss *losses;
	size_t losses_len;
};

struct plan_input {
	const struct policy *policy;
	bool nearest_policy; /* as in struct check_input, as are paths */
	const struct str *paths;
	size_t paths_len;
	bool markdown;	      /* as there; a Markdown file among the paths says it, too */
	struct kube *kube;    /* what is live; NULL: the paths */
	struct str namespace; /* of documents that name none; of what is live, empty: all */
	struct plan_options options;
};

/* What cannot be read is an error of the report, which has begun, and in whose arena all lives. */
void plan_read(const struct plan_input *in, struct report *report, struct plan *out);

/* What `p` takes away of what was read of a folder, or of a revision of the repository that holds
 * the paths: sets against and losses. That it cannot be read is an error of the report, too. */
void plan_against(const struct plan_input *in, struct str against, struct report *report,
		  struct plan *p);
/* Some of it does not come back. */
bool plan_is_final(const struct plan *p);

/* "20Gi", "500M": bytes, of at least one. */
MUST_CHECK bool plan_bytes(struct str text, int64_t *out);

void plan_text(const struct plan *p, struct buf *out);
void plan_json(const struct plan *p, struct buf *out);
void plan_markdown(const struct plan *p, struct buf *out);
/* A page; what could not be read is of the report. */
void plan_html(const struct plan *p, const struct report *report, struct buf *out);

#endif
