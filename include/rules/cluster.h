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

/* The source lies where this Cluster archives; `where` gets "ObjectStore minio, server db". */
bool cluster_reads_own_archive(const struct rule_ctx *c, const struct archive_source *source,
			       struct buf *where);

/* Not PLUGIN_NAME, but meant to be: barman-cloud.cnpg.io. */
bool plugin_name_is_near(struct str name);

/* A near one that can be nothing else; another's plugin may well be called barman too. */
bool plugin_name_is_typo(struct str name);

/* A plugin other than ours that archives or backs up, as far as is known: one of knownPlugins may.
 */
bool plugin_may_make_backups(const struct rule_ctx *c, struct str name);

#endif
