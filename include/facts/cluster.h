/*
 * What several rules ask of a Cluster. All of it reads c->archive.
 */
#ifndef FACTS_CLUSTER_H
#define FACTS_CLUSTER_H

#include "cnpg/archive.h"
#include "rules/rule.h"

/* An enabled entry of the plugin, and a store: this Cluster archives by the plugin. */
bool cluster_archives_by_plugin(const struct rule_ctx *c);

/* Where the in-tree store archives, in the words of the manifest: "s3://backups/pg, server db". */
void cluster_in_tree_place(const struct rule_ctx *c, struct buf *out);

/* The annotation cnpg.io/skipEmptyWalArchiveCheck: enabled. */
bool cluster_skips_empty_check(const struct rule_ctx *c);

#define CLUSTER_ARCHIVE_TIMEOUT "spec.postgresql.parameters.archive_timeout"
/* It is written, and can be read: in milliseconds. */
bool cluster_archive_timeout(const struct rule_ctx *c, struct str *text, double *ms);

/* spec.replica.source is followed now: not switched off, not the primary of its topology. */
bool cluster_follows_source(const struct rule_ctx *c);

/* A place of the plugin: "s3://backups/pg, server db (ObjectStore minio)", as far as it is known.
 */
void cluster_place(const struct rule_ctx *c, const struct archive_place *place, struct buf *out);

struct own_archive {
	struct str where; /* "ObjectStore minio, server db" */
	bool in_tree;	  /* the in-tree archive, not that of the plugin */
	bool located;	  /* by different names: found with the help of the ObjectStores */
};
/* The source lies where this Cluster archives. */
bool cluster_reads_own_archive(const struct rule_ctx *c, const struct archive_source *source,
			       struct own_archive *out);

/* Another Cluster that archives to this location of ours (view_locations); with `before`, only one
 * that was there first, so that this Cluster is the one too many. */
const struct known *cluster_other_at(const struct rule_ctx *c, struct str location, bool before);
/* A server name for a Cluster that is one too many at `location`, where it is called `server`: its
 * own name or one made of it, at which nobody archives. */
struct str cluster_own_server(const struct rule_ctx *c, struct str location, struct str server);

/* It has been started: its bootstrap section is history. */
bool cluster_is_bootstrapped(const struct rule_ctx *c);

/* db -> db-v2, db-v2 -> db-v3 */
struct str cluster_next_name(struct arena *a, struct str name);

/* Every ScheduledBackup that names the Cluster, active or not, parts too, in its namespace or in
 * none. Where its own namespace is not known: those of its bundle, else those of any namespace. */
typedef void cluster_schedule_fn(void *ctx, const struct known *k);
void cluster_each_schedule(const struct view *v, const struct object *cluster,
			   cluster_schedule_fn *each, void *ctx);

/* The ScheduledBackups that name this Cluster: the first active one of each method, or NULL. */
struct cluster_schedules {
	const struct known *plugin, *in_tree, *snapshot; /* plugin: ours */
	bool any;					 /* active or not, of any method */
	bool others;	 /* active, of a method or plugin that is none of these, or not known */
	bool unknowable; /* some schedule names a Cluster that is filled in later */
};
void cluster_schedules(const struct rule_ctx *c, struct cluster_schedules *out);

/* The tag of an image, between the ':' after the last '/' and '@'; empty when there is none. */
struct str cluster_image_tag(struct str image);
/* PostgreSQL's major version, by imageCatalogRef or the tag of imageName; 0 when it cannot be told.
 * `at` gets the field that says it. */
int64_t cluster_major(const struct object *cluster, const char **at);

bool cluster_is_hibernated(const struct object *cluster);
/* A replica of another Cluster, now: spec.replica says so, by enabled or by its primary. */
bool cluster_is_replica(const struct object *cluster);
/* It is hibernated, or a replica of another: that it makes no backup is no matter, but for a
 * replica that has a schedule of its own (its designated primary makes them). */
bool cluster_is_off(const struct object *cluster);

/* status.phase while a plugin that it names is not loaded. */
#define CLUSTER_UNKNOWN_PLUGIN                                                                     \
	"Cluster cannot proceed to reconciliation due to an unknown plugin being required"

/* What happens while the plugin finds no ObjectStore. */
#define CLUSTER_NO_FAILOVER                                                                        \
	"the operator tries again for ever: no bootstrap, no failover, no self-healing"

typedef void cluster_place_fn(const struct rule_ctx *c, const struct archive_place *place);
/* Every store that the plugin looks up: it needs those of the sources after the bootstrap, too.
 * Each name once. */
void cluster_each_place(const struct rule_ctx *c, cluster_place_fn *each);
/* The ObjectStore is in no namespace that may be the Cluster's; `elsewhere` (or NULL) is one of
 * that name. It is written on true only. */
bool cluster_lacks_store(const struct rule_ctx *c, struct str store,
			 const struct known **elsewhere);
/* " in namespace shop"; empty when it is not known. */
struct str cluster_in_namespace(const struct rule_ctx *c);

/* What else is said of the Cluster of this name: by patches, or by what this one is a patch of. */
struct cluster_elsewhere {
	bool skips;    /* the check for an empty archive */
	bool recovers; /* a patch */
	bool other;    /* archives under another name than `server` */
};
struct cluster_elsewhere cluster_elsewhere(const struct rule_ctx *c, struct str server);

#endif
