/*
 * What the rules about a Cluster share. All of it reads c->archive.
 */
#ifndef RULES_CLUSTER_H
#define RULES_CLUSTER_H

#include "cnpg/archive.h"
#include "rules/rule.h"

/* An enabled entry of the plugin, and a store: this Cluster archives by the plugin. */
bool cluster_archives_by_plugin(const struct rule_ctx *c);

/* Where the in-tree store archives, in the words of the manifest: "s3://backups/pg, server db". */
void cluster_in_tree_place(const struct rule_ctx *c, struct buf *out);

/* The annotation cnpg.io/skipEmptyWalArchiveCheck: enabled. */
bool cluster_skips_empty_check(const struct rule_ctx *c);

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

/* It has been started: its bootstrap section is history. */
bool cluster_is_bootstrapped(const struct rule_ctx *c);

/* db -> db-v2, db-v2 -> db-v3 */
struct str cluster_next_name(const struct rule_ctx *c, struct str name);

/* Another object in a message: "Cluster shop/db (apps/shop/db.yaml)", with what differs from the
 * object under judgement: its namespace, its file. */
struct str cluster_called(const struct rule_ctx *c, const struct known *k);

/* The ScheduledBackups that name this Cluster: the first active one of each method, or NULL. */
struct cluster_schedules {
	const struct known *plugin, *in_tree, *snapshot; /* plugin: ours */
	bool any;					 /* active or not, of any method */
	bool unknowable; /* some schedule names a Cluster that is filled in later */
};
void cluster_schedules(const struct rule_ctx *c, struct cluster_schedules *out);

/* The tag of an image, between the ':' after the last '/' and '@'; empty when there is none. */
struct str cluster_image_tag(struct str image);

/* A store that the Cluster names is in another namespace only. */
void cluster_store_elsewhere(const struct rule_ctx *c);

/* Not PLUGIN_NAME, but meant to be: barman-cloud.cnpg.io. */
bool plugin_name_is_near(struct str name);

/* A near one that can be nothing else; another's plugin may well be called barman too. */
bool plugin_name_is_typo(struct str name);

/* A plugin other than ours that archives or backs up, as far as is known: one of knownPlugins may.
 */
bool plugin_may_make_backups(const struct rule_ctx *c, struct str name);

#endif
