/*
 * Checks of one store configuration: spec.configuration of an ObjectStore,
 * spec.backup.barmanObjectStore and spec.externalClusters[].barmanObjectStore of a Cluster have the
 * same fields. Each adds its findings under the rule of `c`, with paths below `configuration`.
 * A configuration that is absent or no map gives no finding.
 */
#ifndef RULES_STORE_H
#define RULES_STORE_H

#include "rules/rule.h"

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

/* Clusters of its namespace are known, and none of them archives to this ObjectStore. */
bool store_is_no_archive(const struct rule_ctx *c);
/* And some recovers from it, or follows it. */
bool store_is_only_read(const struct rule_ctx *c);

/* A URL as a message may show it: without user name, password and query, which may sign it. A
 * finding whose URL is shown otherwise than it stands is confidential. */
struct str store_url_shown(struct arena *a, struct str url);

void store_credentials_absent(const struct rule_ctx *c, struct obj configuration);
void store_credentials_kinds_mixed(const struct rule_ctx *c, struct obj configuration);
void store_credentials_incomplete(const struct rule_ctx *c, struct obj configuration);
void store_gcs_credentials_empty(const struct rule_ctx *c, struct obj configuration);
void store_destination_invalid(const struct rule_ctx *c, struct obj configuration);
void store_destination_mismatch(const struct rule_ctx *c, struct obj configuration);

void store_endpoint_malformed(const struct rule_ctx *c, struct obj configuration);
void store_endpoint_plaintext(const struct rule_ctx *c, struct obj configuration);

#endif
