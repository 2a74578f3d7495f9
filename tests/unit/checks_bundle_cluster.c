/*
 * What the rules about a Cluster and its neighbours say where a write is judged, beyond what a case
 * file shows: the answer as a whole, and what the write of one object does to another.
 */
#include "base/arena.h"
#include "base/utc.h"
#include "rules/rule.h"
#include "scene.h"

#include <criterion/criterion.h>
#include <string.h>

#define CLUSTER(name, spec)                                                                        \
	"---\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: " name            \
	", namespace: app}\nspec:\n  instances: 3\n  storage: {size: 10Gi}\n" spec                 \
	"status: {currentPrimary: " name "-1}\n"
#define NEW_CLUSTER(name, spec)                                                                    \
	"---\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: " name            \
	", namespace: app}\nspec:\n  instances: 3\n  storage: {size: 10Gi}\n" spec
#define PLACE(path)                                                                                \
	"destinationPath: \"" path "\", endpointURL: \"https://s3.example.net\", s3Credentials: "  \
	"{accessKeyId: {name: s3, key: id}, secretAccessKey: {name: s3, key: secret}}"
#define IN_TREE(path) "  backup: {barmanObjectStore: {" PLACE(path) "}}\n"
#define PLUGIN(parameters)                                                                         \
	"  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: "     \
	"{" parameters "}}]\n"
#define STORE(name, path)                                                                          \
	"---\napiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: " name       \
	", namespace: app}\nspec: {retentionPolicy: 30d, configuration: {" PLACE(path) "}}\n"
#define SCHEDULE(method)                                                                           \
	"---\napiVersion: postgresql.cnpg.io/v1\nkind: ScheduledBackup\nmetadata: {name: daily, "  \
	"namespace: app}\nspec: {schedule: '0 0 3 * * *', cluster: {name: db}, " method "}\n"
#define BY_PLUGIN "method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

TestSuite(checks_bundle_cluster, .init = setup, .fini = teardown);

static void keep(void *ctx, const struct object *object, const struct verdict *v)
{
	(void)object;
	*(struct verdict *)ctx = *v;
}

/* The write of the first object, or of the second in its place, in a live cluster. */
static struct verdict write_of(const char *objects, const char *profile, bool update, bool dry_run)
{
	struct scene scene = {.whole = true,
			      .admission = true,
			      .first_is_old = update,
			      .dry_run = dry_run,
			      .operation = update ? OP_UPDATE : OP_CREATE,
			      .arena = arena};
	struct verdict v = {0};
	struct policy *policy;
	struct doc_list docs;
	struct err err;

	cr_assert(utc_parse(STR("2026-08-26T10:20:30Z"), &scene.now));
	cr_assert(policy_from_profile(str_from(profile), &policy, &err), "%s", err.msg);
	cr_assert(doc_read_yaml(arena, str_from(objects), &docs, &err), "%s", err.msg);
	scene.policy = policy;
	scene_judge(&scene, &docs, keep, &v);
	policy_drop(policy);
	return v;
}

static struct verdict update(const char *objects)
{
	return write_of(objects, "generic", true, false);
}

static const struct finding *find(const struct verdict *v, const char *id)
{
	for (size_t i = 0; i < v->findings.len; i++)
		if (strcmp(v->findings.items[i].rule->id, id) == 0)
			return &v->findings.items[i];
	return NULL;
}

/* In-tree to plugin: the Cluster comes before its ScheduledBackup, the ObjectStore before it or not
 * at all yet. */
Test(checks_bundle_cluster, the_migration_to_the_plugin_is_never_refused)
{
	static const char *const profiles[] = {"generic", "homelab"};
	static const char *const rest[] = {
		"", STORE("db-minio-store", "s3://homelab-postgres-backups/db/db"),
		STORE("db-minio-store", "s3://elsewhere")};
	static const char *const schedules[] = {SCHEDULE("immediate: true"), SCHEDULE(BY_PLUGIN)};

	for (size_t i = 0; i < ARRAY_LEN(profiles) * ARRAY_LEN(rest) * ARRAY_LEN(schedules) * 2;
	     i++) {
		const char *more = rest[i / 8 % 3], *profile = profiles[i / 2 % 2];
		struct str objects =
			arena_fmt(arena, "%s%s%s",
				  CLUSTER("db", IN_TREE("s3://homelab-postgres-backups/db/db"))
					  CLUSTER("db", PLUGIN("barmanObjectName: db-minio-store")),
				  more, schedules[i / 4 % 2]);
		struct verdict v = write_of(objects.ptr, profile, true, i % 2);

		cr_expect(v.allowed, "%s, write %zu", profile, i);
		cr_expect_eq(verdict_count(&v, SEV_DENY), 0);
	}
}

/* And back: the ScheduledBackup of the plugin is still there. */
Test(checks_bundle_cluster, the_way_back_from_the_plugin_is_never_refused)
{
	struct verdict v = update(CLUSTER("db", PLUGIN("barmanObjectName: store")) CLUSTER(
		"db",
		IN_TREE("s3://backups") "  plugins: [{name: barman-cloud.cloudnative-pg.io, enabled: false}]\n")
					  STORE("store", "s3://backups") SCHEDULE(BY_PLUGIN));
	const struct finding *f = find(&v, "plugin-disabled");

	cr_assert(v.allowed);
	cr_assert(f);
	cr_expect_eq(f->severity, SEV_WARN);
	cr_expect(str_contains(f->effect, STR("ScheduledBackup daily")), "%.*s",
		  STR_ARG(f->effect));
}

Test(checks_bundle_cluster, moving_into_the_archive_of_another_is_refused)
{
	struct verdict v =
		update(CLUSTER("db", PLUGIN("barmanObjectName: store"))
			       CLUSTER("db", PLUGIN("barmanObjectName: store, serverName: other"))
				       CLUSTER("other", PLUGIN("barmanObjectName: store"))
					       STORE("store", "s3://backups"));

	cr_assert_not(v.allowed);
	cr_expect_eq(find(&v, "archive-location-shared")->severity, SEV_DENY);
}

Test(checks_bundle_cluster, leaving_the_archive_of_another_is_allowed)
{
	struct verdict v =
		update(CLUSTER("db", PLUGIN("barmanObjectName: store, serverName: other"))
			       CLUSTER("db", PLUGIN("barmanObjectName: store"))
				       CLUSTER("other", PLUGIN("barmanObjectName: store"))
					       STORE("store", "s3://backups"));

	cr_assert(v.allowed);
	cr_expect_null(find(&v, "archive-location-shared"));
	cr_expect_eq(find(&v, "location-changed-on-live-cluster")->severity, SEV_WARN);
}

/* The ObjectStore holds no wrong reference: it is let in, and the Cluster is named. */
Test(checks_bundle_cluster, a_store_that_moves_its_cluster_into_another_archive_is_a_warning)
{
	struct verdict v =
		update(STORE("store", "s3://mine") STORE("store", "s3://backups")
			       CLUSTER("other", IN_TREE("s3://backups")) CLUSTER(
				       "db", PLUGIN("barmanObjectName: store, serverName: other")));
	const struct finding *f = find(&v, "archive-location-shared");

	cr_assert(v.allowed);
	cr_assert(f);
	cr_expect_eq(f->severity, SEV_WARN);
	cr_expect(str_has_prefix(f->message, STR("Cluster db: Cluster other archives to this")),
		  "%.*s", STR_ARG(f->message));
}

/* Written in any order: the Cluster first, then what it names. */
Test(checks_bundle_cluster, a_store_that_comes_after_its_cluster_brings_what_it_tells)
{
	static const char *const objects = STORE("store", "s3://backups") NEW_CLUSTER(
		"db",
		PLUGIN("barmanObjectName: store, serverName: db-v2") "  bootstrap: {recovery: {source: old}}\n"
								     "  externalClusters: [{name: old, plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: before, serverName: db-v2}}}]\n")
		STORE("before", "s3://backups/");
	struct verdict v = write_of(objects, "generic", false, false);
	const struct finding *f = find(&v, "recovery-from-own-archive");

	cr_assert(v.allowed);
	cr_assert(f);
	cr_expect_eq(f->severity, SEV_WARN);
	cr_expect(str_has_prefix(f->message, STR("Cluster db: recovery reads")), "%.*s",
		  STR_ARG(f->message));
}

Test(checks_bundle_cluster, a_cluster_that_runs_may_be_changed_while_its_store_is_gone)
{
	struct verdict v = update(CLUSTER("db", PLUGIN("barmanObjectName: gone")) CLUSTER(
		"db", PLUGIN("barmanObjectName: gone") "  enableSuperuserAccess: true\n"));

	cr_assert(v.allowed);
	cr_expect_eq(find(&v, "objectstore-missing")->severity, SEV_WARN);
}

/* Its schedule comes after it. */
Test(checks_bundle_cluster, nothing_is_said_of_schedules_to_come)
{
	struct verdict v = write_of(NEW_CLUSTER("db", PLUGIN("barmanObjectName: store"))
					    STORE("store", "s3://backups"),
				    "strict", false, false);

	cr_expect_null(find(&v, "cluster-without-schedule"));
	v = write_of(STORE("store", "s3://backups")
			     CLUSTER("db", PLUGIN("barmanObjectName: store")),
		     "strict", false, false);
	cr_expect_null(find(&v, "cluster-without-schedule"));
}

/* A chain of "wals" in a path costs one look each, up to the length of a key. */
Test(checks_bundle_cluster, a_location_longer_than_a_key_is_not_taken_apart)
{
	struct buf path = BUF_ARENA(arena);

	for (size_t i = 0; i < 100000; i++)
		buf_text(&path, "/wals");
	struct str objects = arena_fmt(
		arena, "%s%s", NEW_CLUSTER("db", PLUGIN("barmanObjectName: store")),
		arena_fmt(arena, STORE("store", "s3://backups%.*s"), STR_ARG(buf_slice(&path)))
			.ptr);
	struct verdict v = write_of(objects.ptr, "generic", false, false);

	cr_expect_null(find(&v, "archive-location-shared"));
}
