/*
 * A moment in a live cluster: what is there, one write, the answer. And the YAML of a small one: a
 * Secret, the ObjectStore that reads it, a Cluster that archives to that, a ScheduledBackup.
 */
#ifndef UNIT_MOMENT_H
#define UNIT_MOMENT_H

#include "engine/engine.h"

#include <criterion/criterion.h>

#define HEAD(api, kind, name, more)                                                                \
	"apiVersion: " api "\nkind: " kind "\nmetadata: {name: " name ", namespace: app" more "}"  \
	"\n"
#define CNPG "postgresql.cnpg.io/v1"
#define PLUGIN "barman-cloud.cloudnative-pg.io"
#define OF_PLUGIN "  method: plugin\n  pluginConfiguration: {name: " PLUGIN "}\n"
#define CREDENTIALS                                                                                \
	"    s3Credentials:\n      accessKeyId: {name: s3, key: ID}\n"                             \
	"      secretAccessKey: {name: s3, key: KEY}\n"

#define SECRET(more, keys) HEAD("v1", "Secret", "s3", more) "stringData: {" keys "}\n"
#define BOTH_KEYS "ID: minio, KEY: not-shown"
#define STORE_AT(name, place, more)                                                                \
	HEAD("barmancloud.cnpg.io/v1", "ObjectStore", name, more)                                  \
	"spec:\n  retentionPolicy: 30d\n  configuration:\n    destinationPath: " place "\n"        \
	"    wal: {compression: gzip}\n" CREDENTIALS
#define STORE STORE_AT("minio", "s3://backups/app", "")
#define CLUSTER_OF(name, more, spec)                                                               \
	HEAD(CNPG, "Cluster", name, more) "spec:\n  storage: {size: 1Gi}\n" spec
#define BY_PLUGIN(store)                                                                           \
	"  plugins:\n    - name: " PLUGIN "\n      isWALArchiver: true\n"                          \
	"      parameters: {barmanObjectName: " store "}\n"
#define IN_TREE_STORE                                                                              \
	"  backup:\n    barmanObjectStore:\n      destinationPath: s3://backups/app\n"             \
	"      s3Credentials:\n        accessKeyId: {name: s3, key: ID}\n"                         \
	"        secretAccessKey: {name: s3, key: KEY}\n"
#define CLUSTER CLUSTER_OF("db", "", "  instances: 3\n" BY_PLUGIN("minio"))
#define CLUSTER_IN_TREE CLUSTER_OF("db", "", "  instances: 3\n" IN_TREE_STORE)
#define CLUSTER_BARE CLUSTER_OF("db", "", "  instances: 3\n")
#define RUNNING "status: {currentPrimary: db-1}\n"
#define SCHEDULE_OF(name, more, spec)                                                              \
	HEAD(CNPG, "ScheduledBackup", name, more)                                                  \
	"spec:\n  schedule: '0 0 3 * * *'\n  cluster: {name: db}\n" spec
#define SCHEDULE SCHEDULE_OF("db-daily", "", OF_PLUGIN)
#define SCHEDULE_IN_TREE SCHEDULE_OF("db-daily", "", "")
#define BACKUP(name, more, spec)                                                                   \
	HEAD(CNPG, "Backup", name, more) "spec:\n  cluster: {name: db}\n" spec

#define GOING ", deletionTimestamp: '2026-08-26T10:00:00Z', finalizers: [example.org/wait]"

#define OPERATOR "system:serviceaccount:cnpg-system:cnpg-manager"
#define NAMESPACES "system:serviceaccount:kube-system:namespace-controller"
#define GARBAGE "system:serviceaccount:kube-system:generic-garbage-collector"

enum { MOST = 160 };

extern struct arena *moment_arena;
/* Profile generic, the same with strictReferences, profile strict. */
extern struct policy *moment_policy, *moment_strict, *moment_harsh;

void moment_setup(void);
void moment_teardown(void);

struct write {
	enum operation operation;
	const char *object, *old; /* `old` of an UPDATE */
	const char *user;
	bool dry_run;
	const struct policy *policy; /* NULL: moment_policy */
	const char *beside[MOST];    /* what else is there */
	bool looked_up;	    /* Secrets beside are as they were some time ago, others are unknown */
	const char *absent; /* and one of this name was not there */
};

const struct object *moment_object(const char *yaml);
struct verdict moment_judge(const struct write *w);
size_t moment_count(const struct verdict *v, const char *id, enum severity s);
/* What was said, for a test that fails. */
const char *moment_words(const struct verdict *v);

#define ALLOWED(...)                                                                               \
	do {                                                                                       \
		struct verdict v_ = moment_judge(&(struct write){__VA_ARGS__});                    \
		cr_assert(v_.allowed, "%s", moment_words(&v_));                                    \
	} while (0)
#define DENIED(id, ...)                                                                            \
	do {                                                                                       \
		struct verdict v_ = moment_judge(&(struct write){__VA_ARGS__});                    \
		cr_assert_not(v_.allowed);                                                         \
		cr_assert_eq(moment_count(&v_, id, SEV_DENY), 1, "%s", moment_words(&v_));         \
	} while (0)
#define WARNED(id, ...)                                                                            \
	do {                                                                                       \
		struct verdict v_ = moment_judge(&(struct write){__VA_ARGS__});                    \
		cr_assert(v_.allowed, "%s", moment_words(&v_));                                    \
		cr_assert_eq(moment_count(&v_, id, SEV_WARN), 1, "%s", moment_words(&v_));         \
	} while (0)
#define SKIPPED(why, ...)                                                                          \
	do {                                                                                       \
		struct verdict v_ = moment_judge(&(struct write){__VA_ARGS__});                    \
		cr_assert(v_.allowed, "%s", moment_words(&v_));                                    \
		cr_assert_eq(v_.reason, why);                                                      \
	} while (0)

#endif
