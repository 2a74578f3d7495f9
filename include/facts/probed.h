/*
 * What buckets said (bucket/probe.h), as rules ask for it.
 */
#ifndef FACTS_PROBED_H
#define FACTS_PROBED_H

#include "bucket/probe.h"
#include "rules/rule.h"

/* Of an ObjectStore its own, of a Cluster that of its in-tree store; NULL: it was not asked. */
const struct probe *probed_store(const struct rule_ctx *c);

/* An archive whose folder was listed, and where to speak of it. */
struct probed_archive {
	const struct probe *probe;
	const struct probe_server *server;
	const struct catalogue *catalogue; /* the server's */
	struct obj at;
	const char *path;
	bool archived; /* the object is a Cluster that archives there; else one that is to recover
			  from there, or an ObjectStore to which nobody archives under that name, as
			  far as is known */
	bool by_plugin;
};
typedef void probed_archive_fn(const struct rule_ctx *c, const struct probed_archive *a);
/* Of a Cluster those to which it archives, and of probed_each_source; of an ObjectStore those that
 * Clusters read alone. */
void probed_each_archive(const struct rule_ctx *c, probed_archive_fn *each);

/* When the newest base backup in the archive of the Cluster ended (probe_server_backed). 0: none,
 * or no bucket was asked. */
int64_t probed_newest_backup(const struct rule_ctx *c);

/* Each barmanObjectStore of an external cluster that was asked and that the Cluster needs: it is to
 * recover from there, and does not run yet, or follows it. An ObjectStore speaks for itself. */
typedef void probed_source_fn(void *ctx, const struct archive_source *source,
			      const struct probe *p);
void probed_each_source(const struct rule_ctx *c, probed_source_fn *each, void *ctx);

/* The command that makes a base backup of the Cluster now. */
struct str probed_backup_command(const struct rule_ctx *c, const struct probed_archive *a);

/* Why a call of it failed; NULL: it did not, or was not asked. */
const struct s3_failure *probed_failure(const struct rule_ctx *c, enum probe_call call);

/* "HeadBucket" */
const char *probed_operation(enum probe_call call);

/* "AccessDenied (HTTP 403)", "HTTP 403", "no answer" */
struct str probed_answer(const struct rule_ctx *c, const struct s3_failure *why);
/* The store's own words, "Access Denied; ", or nothing. They may repeat the access key or the
 * region where it is these that are refused. */
struct str probed_words(const struct rule_ctx *c, const struct s3_failure *why);

/* A right lacks, as far as the answer says. */
bool probed_is_denied(const struct s3_failure *why);

/* A finding at a field of s3Credentials ("s3Credentials.region"), or what stands in its place. */
struct finding *probed_add_at_keys(const struct rule_ctx *c, const char *field, struct str message);

#endif
