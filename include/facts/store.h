/*
 * What several rules ask of a store and of the Clusters that use it. A store is configured by
 * spec.configuration of an ObjectStore, spec.backup.barmanObjectStore or
 * spec.externalClusters[].barmanObjectStore of a Cluster, which have the same fields.
 */
#ifndef FACTS_STORE_H
#define FACTS_STORE_H

#include "facts/quoted.h"
#include "rules/rule.h"

/* The name of the only ObjectStore beside the object, for a remedy; "<ObjectStore>" when there are
 * more, or none is known. */
struct str store_meant(const struct rule_ctx *c);

/* Of an ObjectStore its own, of a Cluster the in-tree one. */
struct obj store_configuration_of(const struct object *o);
struct obj store_configuration(const struct rule_ctx *c);

/* In the order in which barman-cloud's caller takes them when several are there. */
enum store_kind { STORE_NONE, STORE_S3, STORE_GOOGLE, STORE_AZURE };

enum store_kind store_kind(struct obj configuration);

/* endpointURL where it counts: set, not a placeholder, and S3 or no credentials at all. */
bool store_endpoint(struct obj configuration, struct str *out);

/* The host of an S3-compatible store: s3Credentials, and an endpointURL that is not AWS's own. */
bool store_foreign_host(struct obj configuration, struct str *host);

enum env_is { ENV_ABSENT, ENV_UNKNOWN, ENV_SET };

/* A variable in a list of EnvVar; unknown when it comes by valueFrom or holds a placeholder.
 * `value` is written on ENV_SET only. */
enum env_is store_env(struct obj env, const char *name, struct str *value);

/* The same for the sidecar of an ObjectStore: its own env, and what every Cluster that uses it gets
 * from another of its stores. */
enum env_is store_sidecar_env(const struct rule_ctx *c, const char *name, struct str *value);

/* It is set to something, or to what we cannot know. */
bool store_has_env(const struct rule_ctx *c, const char *name);

/* The env of an ObjectStore's sidecar. */
#define STORE_ENV "spec.instanceSidecarConfiguration.env"

/* False ends the walk. */
typedef bool store_user_fn(void *ctx, const struct known *cluster);
/* Every Cluster that names ObjectStore `name` of the namespace of `c`, or of one that may be the
 * same. True when all were seen. */
bool store_each_user(const struct rule_ctx *c, struct str name, store_user_fn *each, void *ctx);
/* The Cluster archives to ObjectStore `name`. */
bool store_is_archive_of(const struct known *cluster, struct str name);
/* No Cluster names this ObjectStore, nor one that is filled in later. */
bool store_has_no_user(const struct rule_ctx *c);
/* Clusters of its namespace are known, and none of them archives to this ObjectStore. */
bool store_is_no_archive(const struct rule_ctx *c);
/* And some recovers from it, or follows it. */
bool store_is_only_read(const struct rule_ctx *c);

/* A URL as a message may show it: without user name, password and query, which may sign it. A
 * finding whose URL is shown otherwise than it stands is confidential. */
struct str store_url_shown(struct arena *a, struct str url);

/* The Clusters that need ObjectStore `store` now, but for those that are going themselves. */
struct store_users {
	struct str names[QUOTED_NAMES];
	size_t len;
	const char *use; /* of the first: "archives to it" */
};
void store_find_users(const struct rule_ctx *c, struct str store, struct store_users *out);
/* "Cluster db", "Clusters db, web, shop and 4 more". */
struct str store_users_text(const struct rule_ctx *c, const struct store_users *u);

/* Checks of one configuration, of whatever object it is. Each adds its findings under the rule of
 * `c`, with paths below `configuration`. One that is absent or no map gives no finding. */

void store_credentials_absent(const struct rule_ctx *c, struct obj configuration);
void store_credentials_kinds_mixed(const struct rule_ctx *c, struct obj configuration);
void store_credentials_incomplete(const struct rule_ctx *c, struct obj configuration);
void store_gcs_credentials_empty(const struct rule_ctx *c, struct obj configuration);
void store_destination_invalid(const struct rule_ctx *c, struct obj configuration);
void store_destination_mismatch(const struct rule_ctx *c, struct obj configuration);

#endif
