/*
 * What a webhook in front of these kinds must never do: hold up an apply because of its order,
 * block a migration, an operator, a deletion or a repair. Each test is a moment in a live cluster:
 * what is there, one write, the answer.
 */
#include "base/arena.h"
#include "moment.h"

TestSuite(hazards, .init = moment_setup, .fini = moment_teardown);

/* ---- order within one apply ---- */

/* The `n`th order of `len` things. */
static void permute(size_t n, size_t len, size_t *order)
{
	for (size_t i = 0; i < len; i++)
		order[i] = i;
	for (size_t i = len; i > 1; n /= i, i--) {
		size_t k = n % i, swap = order[k];

		order[k] = order[i - 1];
		order[i - 1] = swap;
	}
}

/* One after the other is written; what was written is there for the next. `old[i]` NULL: created.
 */
static void apply_with(const struct policy *policy, const char *const *new, const char *const *old,
		       size_t len, bool dry_run)
{
	size_t orders = 1, order[8];

	for (size_t i = 2; i <= len; i++)
		orders *= i;
	for (size_t n = 0; n < orders; n++) {
		const char *there[8];

		permute(n, len, order);
		for (size_t i = 0; i < len; i++)
			there[i] = old[i];
		for (size_t i = 0; i < len; i++) {
			size_t at = order[i], beside = 0;
			struct write w = {.operation = old[at] ? OP_UPDATE : OP_CREATE,
					  .object = new[at],
					  .old = old[at],
					  .dry_run = dry_run,
					  .policy = policy};

			for (size_t k = 0; k < len; k++)
				if (k != at && there[k])
					w.beside[beside++] = there[k];
			struct verdict v = moment_judge(&w);
			cr_assert(v.allowed, "order %zu, write %zu of %s%s", n, i, new[at],
				  moment_words(&v));
			if (!dry_run)
				there[at] = new[at];
		}
	}
}

/* Under every profile, also as a GitOps tool tries it: all against what is live, nothing kept. */
static void apply(const char *const *new, const char *const *old, size_t len)
{
	const struct policy *const policies[] = {moment_policy, moment_harsh};

	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		apply_with(policies[i], new, old, len, false);
		apply_with(policies[i], new, old, len, true);
	}
}

Test(hazards, what_is_right_may_be_applied_in_any_order)
{
	static const char *const new[] = {STORE, SECRET("", BOTH_KEYS), CLUSTER, SCHEDULE};
	static const char *const old[] = {NULL, NULL, NULL, NULL};

	apply(new, old, ARRAY_LEN(new));
}

Test(hazards, the_migration_to_the_plugin_passes_in_any_order)
{
	static const char *const new[] = {STORE, CLUSTER RUNNING, SCHEDULE};
	static const char *const old[] = {NULL, CLUSTER_IN_TREE RUNNING, SCHEDULE_IN_TREE};

	apply(new, old, ARRAY_LEN(new));
}

Test(hazards, the_migration_passes_with_a_schedule_under_a_new_name)
{
	static const char *const new[] = {STORE, CLUSTER RUNNING,
					  SCHEDULE_OF("db-plugin", "", OF_PLUGIN)};
	static const char *const old[] = {NULL, CLUSTER_IN_TREE RUNNING, NULL};

	apply(new, old, ARRAY_LEN(new));
	ALLOWED(.operation = OP_DELETE, .object = SCHEDULE_IN_TREE,
		.beside = {CLUSTER_IN_TREE RUNNING});
	ALLOWED(.operation = OP_DELETE, .object = SCHEDULE_IN_TREE, .beside = {CLUSTER RUNNING});
}

Test(hazards, backups_may_be_added_to_a_cluster_in_any_order)
{
	static const char *const new[] = {STORE, CLUSTER RUNNING, SCHEDULE};
	static const char *const in_tree[] = {CLUSTER_IN_TREE RUNNING, SCHEDULE_IN_TREE};
	static const char *const old[] = {NULL, CLUSTER_BARE RUNNING, NULL};

	apply(new, old, ARRAY_LEN(new));
	apply(in_tree, old + 1, ARRAY_LEN(in_tree));
}

Test(hazards, a_migration_by_halves_says_which_half_is_missing)
{
	WARNED("method-default-in-tree", .operation = OP_UPDATE, .object = CLUSTER RUNNING,
	       .old = CLUSTER_IN_TREE RUNNING, .beside = {SCHEDULE_IN_TREE, STORE});
	WARNED("method-section-missing", .operation = OP_UPDATE, .object = SCHEDULE,
	       .old = SCHEDULE_IN_TREE, .beside = {CLUSTER_IN_TREE RUNNING, STORE});
}

/* ---- who may be denied ---- */

Test(hazards, the_holder_of_a_wrong_reference_is_denied)
{
	DENIED("method-default-in-tree", .operation = OP_CREATE, .object = SCHEDULE_IN_TREE,
	       .beside = {CLUSTER, STORE});
}

Test(hazards, the_write_of_the_referent_warns_about_its_holder)
{
	WARNED("method-section-missing", .operation = OP_UPDATE, .object = CLUSTER_BARE RUNNING,
	       .old = CLUSTER RUNNING, .beside = {SCHEDULE, STORE});
}

Test(hazards, a_key_taken_from_a_secret_is_one_warning)
{
	struct verdict v = moment_judge(&(struct write){.operation = OP_UPDATE,
							.object = SECRET("", "ID: minio"),
							.old = SECRET("", BOTH_KEYS),
							.beside = {STORE, CLUSTER}});

	cr_assert(v.allowed);
	cr_assert_eq(verdict_count(&v, SEV_WARN), 1, "%s", moment_words(&v));
	cr_assert_eq(moment_count(&v, "credentials-key-missing", SEV_WARN), 1, "%s",
		     moment_words(&v));
}

Test(hazards, a_backup_by_hand_with_the_wrong_method_is_denied)
{
	DENIED("method-default-in-tree", .operation = OP_CREATE, .object = BACKUP("now", "", ""),
	       .beside = {CLUSTER, STORE});
	DENIED("method-section-missing", .operation = OP_CREATE,
	       .object = BACKUP("now", "", OF_PLUGIN), .beside = {CLUSTER_IN_TREE});
}

Test(hazards, a_backup_of_a_schedule_is_never_denied)
{
	SKIPPED(VERDICT_FROM_SCHEDULE, .operation = OP_CREATE,
		.object =
			BACKUP("db-daily-1", ", labels: {cnpg.io/scheduled-backup: db-daily}", ""),
		.user = OPERATOR, .beside = {CLUSTER, SCHEDULE_IN_TREE, STORE});
}

Test(hazards, a_holder_that_goes_is_not_warned_about)
{
	struct verdict v = moment_judge(
		&(struct write){.operation = OP_UPDATE,
				.object = CLUSTER_BARE RUNNING,
				.old = CLUSTER RUNNING,
				.beside = {STORE, SCHEDULE_OF("db-daily", GOING, OF_PLUGIN)}});

	cr_assert_eq(moment_count(&v, "method-section-missing", SEV_WARN), 0, "%s",
		     moment_words(&v));
}

Test(hazards, a_holder_that_is_exempted_is_not_warned_about)
{
	struct verdict v = moment_judge(&(struct write){
		.operation = OP_UPDATE,
		.object = CLUSTER_BARE RUNNING,
		.old = CLUSTER RUNNING,
		.beside = {
			STORE,
			SCHEDULE_OF(
				"db-daily",
				", annotations: {backup-guard.io/allow: method-section-missing, backup-guard.io/reason: planned}",
				OF_PLUGIN)}});

	cr_assert_eq(moment_count(&v, "method-section-missing", SEV_WARN), 0, "%s",
		     moment_words(&v));
}

Test(hazards, a_schedule_is_found_among_many_backups)
{
	struct write w = {.operation = OP_UPDATE,
			  .object = CLUSTER_BARE RUNNING,
			  .old = CLUSTER RUNNING,
			  .beside = {STORE}};

	for (size_t i = 1; i < MOST - 1; i++)
		w.beside[i] = arena_cstr(moment_arena,
					 arena_fmt(moment_arena, BACKUP("b%zu", "", OF_PLUGIN), i));
	w.beside[MOST - 1] = SCHEDULE;
	struct verdict v = moment_judge(&w);
	cr_assert(v.allowed);
	cr_assert_eq(moment_count(&v, "method-section-missing", SEV_WARN), 1, "%s",
		     moment_words(&v));
}

/* ---- when the second object arrives ---- */

Test(hazards, a_cluster_after_its_schedule_shows_the_contradiction)
{
	WARNED("method-default-in-tree", .operation = OP_CREATE, .object = CLUSTER,
	       .beside = {SCHEDULE_IN_TREE, STORE});
}

Test(hazards, a_store_after_its_cluster_shows_the_contradiction)
{
	WARNED("archive-location-shared", .operation = OP_CREATE,
	       .object = STORE_AT("second", "s3://backups/app/", ""),
	       .beside = {
		       STORE, CLUSTER,
		       CLUSTER_OF(
			       "web", "",
			       "  instances: 1\n  plugins:\n    - name: " PLUGIN
			       "\n      isWALArchiver: true\n      parameters: {barmanObjectName: second, serverName: db}\n")});
}

Test(hazards, a_secret_after_its_store_shows_the_contradiction)
{
	WARNED("credentials-key-missing", .operation = OP_CREATE, .object = SECRET("", "ID: minio"),
	       .beside = {STORE, CLUSTER});
}

Test(hazards, what_arrives_and_is_right_is_silent)
{
	struct verdict v = moment_judge(&(struct write){.operation = OP_CREATE,
							.object = SECRET("", BOTH_KEYS),
							.beside = {STORE, CLUSTER, SCHEDULE}});

	cr_assert_eq(v.findings.len, 0, "%s", moment_words(&v));
}

/* ---- dry run ---- */

Test(hazards, on_a_dry_run_only_the_object_itself_is_denied)
{
	WARNED("method-default-in-tree", .operation = OP_CREATE, .object = SCHEDULE_IN_TREE,
	       .dry_run = true, .beside = {CLUSTER, STORE});
	WARNED("objectstore-delete-in-use", .operation = OP_DELETE, .object = STORE,
	       .dry_run = true, .beside = {CLUSTER});
	WARNED("objectstore-missing", .operation = OP_CREATE, .object = CLUSTER, .dry_run = true,
	       .policy = moment_strict);
	DENIED("wal-archiver-off", .operation = OP_CREATE, .dry_run = true,
	       .object = CLUSTER_OF("db", "",
				    "  plugins: [{name: " PLUGIN
				    ", parameters: {barmanObjectName: minio}}]\n"));
}

/* ---- what was wrong before ---- */

Test(hazards, a_reference_that_came_to_dangle_is_no_new_mistake)
{
	DENIED("objectstore-missing", .operation = OP_CREATE, .object = CLUSTER,
	       .policy = moment_strict);
	WARNED("objectstore-missing", .operation = OP_UPDATE,
	       .object = CLUSTER_OF("db", "", "  instances: 5\n" BY_PLUGIN("minio")),
	       .old = CLUSTER, .policy = moment_strict);
	DENIED("objectstore-missing", .operation = OP_UPDATE,
	       .object = CLUSTER_OF("db", "", "  instances: 3\n" BY_PLUGIN("other")),
	       .old = CLUSTER, .policy = moment_strict, .beside = {STORE});
}

Test(hazards, a_key_that_a_secret_lost_does_not_block_its_store)
{
	WARNED("credentials-key-missing", .operation = OP_UPDATE,
	       .object = STORE_AT("minio", "s3://backups/app", "") "    tags: {team: db}\n",
	       .old = STORE, .beside = {SECRET("", "ID: minio"), CLUSTER});
}

Test(hazards, one_of_two_mistakes_may_be_repaired)
{
	WARNED("method-default-in-tree", .operation = OP_UPDATE, .object = SCHEDULE_IN_TREE,
	       .old = HEAD(CNPG, "ScheduledBackup", "db-daily",
			   "") "spec:\n  schedule: '0 3 * * *'\n  cluster: {name: db}\n",
	       .beside = {CLUSTER, STORE});
	WARNED("method-default-in-tree", .operation = OP_UPDATE,
	       .object = SCHEDULE_OF("db-daily", "", "  method: barmanObjectStore\n"),
	       .old = SCHEDULE_IN_TREE, .beside = {CLUSTER, STORE});
}

/* ---- operators and tools ---- */

Test(hazards, the_operator_is_never_denied)
{
	/* its defaults, and what its guard writes: a finding of the object itself, and one beside
	 * others */
	WARNED("wal-archiver-off", .operation = OP_UPDATE, .user = OPERATOR,
	       .object = CLUSTER_OF("db", "",
				    "  plugins: [{name: " PLUGIN
				    ", parameters: {barmanObjectName: minio}}]\n"),
	       .old = CLUSTER, .beside = {STORE});
	WARNED("method-default-in-tree", .operation = OP_UPDATE, .user = OPERATOR,
	       .object = SCHEDULE_IN_TREE, .old = SCHEDULE, .beside = {CLUSTER, STORE});
	WARNED("objectstore-delete-in-use", .operation = OP_DELETE, .user = OPERATOR,
	       .object = STORE, .beside = {CLUSTER});
}

#define OFF                                                                                        \
	"  plugins: [{name: " PLUGIN ", enabled: false, parameters: {barmanObjectName: minio}}]\n"

Test(hazards, instances_may_be_set_back_whatever_else_is_wrong)
{
	static const char *const users[] = {OPERATOR, "anna"};

	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		WARNED("plugin-disabled", .operation = OP_UPDATE, .user = users[i],
		       .object = CLUSTER_OF("db", "", "  instances: 3\n" OFF),
		       .old = CLUSTER_OF("db", "", "  instances: 2\n" OFF),
		       .beside = {SCHEDULE_IN_TREE});
}

Test(hazards, emergency_tools_work_on_a_cluster_that_is_wrong)
{
	static const char *const annotations[] = {
		", annotations: {cnpg.io/fencedInstances: '[\"*\"]'}",
		", annotations: {cnpg.io/hibernation: 'on'}",
		", annotations: {kubectl.kubernetes.io/restartedAt: now}",
		", annotations: {cnpg.io/reloadedAt: now}",
	};

	for (size_t i = 0; i < ARRAY_LEN(annotations); i++)
		ALLOWED(.operation = OP_UPDATE,
			.object = arena_cstr(moment_arena,
					     arena_fmt(moment_arena, CLUSTER_OF("db", "%s", OFF),
						       annotations[i])),
			.old = CLUSTER_OF("db", "", OFF), .beside = {SCHEDULE_IN_TREE});
}

Test(hazards, a_hibernated_cluster_warns_about_its_schedule)
{
	WARNED("schedule-on-hibernated-cluster", .operation = OP_UPDATE,
	       .object = CLUSTER_OF("db", ", annotations: {cnpg.io/hibernation: 'on'}",
				    "  instances: 3\n" BY_PLUGIN("minio")),
	       .old = CLUSTER, .beside = {SCHEDULE, STORE});
}

Test(hazards, metadata_is_nobodys_business)
{
	SKIPPED(VERDICT_UNCHANGED, .operation = OP_UPDATE, .old = SECRET("", "ID: minio"),
		.object = SECRET(", annotations: {reconcile.external-secrets.io/data-hash: x}",
				 "ID: minio"),
		.beside = {STORE, CLUSTER});
	SKIPPED(VERDICT_UNCHANGED, .operation = OP_UPDATE,
		.old = HEAD("external-secrets.io/v1", "ExternalSecret", "s3",
			    "") "spec: {data: []}\n",
		.object = HEAD(
			"external-secrets.io/v1", "ExternalSecret", "s3",
			", finalizers: [externalsecrets.external-secrets.io/externalsecret-cleanup]") "spec: {data: []}\n",
		.beside = {STORE, CLUSTER});
	SKIPPED(VERDICT_UNCHANGED, .operation = OP_UPDATE, .old = CLUSTER_OF("db", "", OFF),
		.object = CLUSTER_OF("db", ", labels: {team: db}, ownerReferences: []", OFF));
}

/* ---- deletions ---- */

Test(hazards, what_a_cluster_needs_is_kept)
{
	DENIED("objectstore-delete-in-use", .operation = OP_DELETE, .object = STORE,
	       .beside = {CLUSTER, SCHEDULE});
	WARNED("secret-delete-in-use", .operation = OP_DELETE, .object = SECRET("", BOTH_KEYS),
	       .beside = {STORE, CLUSTER});
	WARNED("last-schedule-delete", .operation = OP_DELETE, .object = SCHEDULE,
	       .beside = {STORE, CLUSTER});
}

Test(hazards, a_namespace_and_the_garbage_collector_take_what_they_want)
{
	static const char *const users[] = {NAMESPACES, GARBAGE};
	static const char *const goods[] = {STORE, SECRET("", BOTH_KEYS), SCHEDULE, CLUSTER};

	for (size_t i = 0; i < ARRAY_LEN(users); i++)
		for (size_t k = 0; k < ARRAY_LEN(goods); k++)
			SKIPPED(VERDICT_DELETE, .operation = OP_DELETE, .object = goods[k],
				.user = users[i], .beside = {STORE, CLUSTER});
}

/* One review for each object of the collection. */
Test(hazards, a_collection_of_unused_things_goes)
{
	ALLOWED(.operation = OP_DELETE, .object = STORE_AT("one", "s3://a", ""),
		.beside = {STORE_AT("two", "s3://b", ""), CLUSTER, STORE});
	ALLOWED(.operation = OP_DELETE, .object = STORE_AT("two", "s3://b", ""),
		.beside = {CLUSTER, STORE});
	ALLOWED(.operation = OP_DELETE, .object = CLUSTER, .beside = {STORE, SCHEDULE});
	ALLOWED(.operation = OP_DELETE, .object = BACKUP("b", "", OF_PLUGIN),
		.beside = {CLUSTER, STORE, SCHEDULE});
}

Test(hazards, what_goes_together_goes_in_any_order)
{
	const char *going = CLUSTER_OF("db", GOING, "  instances: 3\n" BY_PLUGIN("minio"));
	const char *const rest[] = {STORE, SECRET("", BOTH_KEYS), SCHEDULE};

	for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
		struct write w = {.operation = OP_DELETE, .object = rest[i], .beside = {going}};

		for (size_t k = 0, n = 1; k < ARRAY_LEN(rest); k++)
			if (k != i)
				w.beside[n++] = rest[k];
		struct verdict v = moment_judge(&w);
		cr_assert(v.allowed);
		cr_assert_eq(v.findings.len, 0, "%s", moment_words(&v));
	}
}

Test(hazards, a_finalizer_goes_even_when_what_was_needed_is_gone)
{
	SKIPPED(VERDICT_TERMINATING, .operation = OP_UPDATE, .policy = moment_strict,
		.object = STORE_AT("minio", "s3://other",
				   ", deletionTimestamp: '2026-08-26T10:00:00Z'"),
		.old = STORE_AT("minio", "s3://backups/app", GOING), .beside = {CLUSTER});
	SKIPPED(VERDICT_TERMINATING, .operation = OP_UPDATE, .policy = moment_strict,
		.object = CLUSTER_OF("db", ", deletionTimestamp: '2026-08-26T10:00:00Z'", OFF),
		.old = CLUSTER_OF("db", GOING, BY_PLUGIN("minio")));
	SKIPPED(VERDICT_TERMINATING, .operation = OP_DELETE,
		.object = STORE_AT("minio", "s3://backups/app", GOING), .beside = {CLUSTER});
}

Test(hazards, a_reason_allows_a_deletion)
{
	ALLOWED(.operation = OP_DELETE,
		.object = STORE_AT(
			"minio", "s3://backups/app",
			", annotations: {backup-guard.io/allow: objectstore-delete-in-use, backup-guard.io/reason: moved}"),
		.beside = {CLUSTER});
}

Test(hazards, suspending_the_last_schedule_is_said_once)
{
	struct verdict v = moment_judge(&(struct write){
		.operation = OP_UPDATE,
		.object = SCHEDULE_OF("db-daily", "", OF_PLUGIN "  suspend: true\n"),
		.old = SCHEDULE,
		.beside = {STORE, CLUSTER}});

	cr_assert(v.allowed);
	cr_assert_eq(verdict_count(&v, SEV_WARN), 1, "%s", moment_words(&v));
	cr_assert_eq(moment_count(&v, "last-schedule-delete", SEV_WARN), 1, "%s", moment_words(&v));
}

#define SCHEDULE_AT(spec, more)                                                                    \
	HEAD(CNPG, "ScheduledBackup", "db-daily", "")                                              \
	"spec:\n  schedule: '" spec "'\n  cluster: {name: db}\n" OF_PLUGIN more
#define SUSPENDED "  suspend: true\n"

Test(hazards, an_old_bad_schedule_can_be_suspended_and_resumed)
{
	WARNED("schedule-five-fields", .operation = OP_UPDATE,
	       .object = SCHEDULE_AT("0 3 * * *", SUSPENDED), .old = SCHEDULE_AT("0 3 * * *", ""));
	WARNED("schedule-five-fields", .operation = OP_UPDATE,
	       .object = SCHEDULE_AT("0 3 * * *", ""), .old = SCHEDULE_AT("0 3 * * *", SUSPENDED));
	DENIED("schedule-five-fields", .operation = OP_UPDATE,
	       .object = SCHEDULE_AT("0 4 * * *", ""), .old = SCHEDULE_AT("0 3 * * *", SUSPENDED));
	DENIED("schedule-five-fields", .operation = OP_UPDATE,
	       .object = SCHEDULE_AT("0 3 * * *", ""),
	       .old = SCHEDULE_AT("0 0 3 * * *", SUSPENDED));
}

/* Rules that say nothing of a suspended schedule. */
Test(hazards, what_a_suspended_schedule_would_do_is_not_new_when_it_is_resumed)
{
	struct policy *policy;
	struct err err;

	cr_assert(policy_from_yaml(STR("apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\n"
				       "metadata: {name: p}\nspec:\n  rules:\n"
				       "    schedule-duplicate: {severity: deny}\n"
				       "    schedule-on-hibernated-cluster: {severity: deny}\n"),
				   &policy, &err));
	struct write twice = {.operation = OP_UPDATE,
			      .policy = policy,
			      .object = SCHEDULE,
			      .old = SCHEDULE_AT("0 0 3 * * *", SUSPENDED),
			      .beside = {STORE, CLUSTER, SCHEDULE_OF("another", "", OF_PLUGIN)}};
	struct verdict v = moment_judge(&twice);

	cr_assert(v.allowed, "%s", moment_words(&v));
	cr_assert_eq(moment_count(&v, "schedule-duplicate", SEV_WARN), 1, "%s", moment_words(&v));
	twice.old = SCHEDULE_AT("0 0 4 * * *", SUSPENDED);
	v = moment_judge(&twice);
	cr_assert_not(v.allowed);
	twice.old = SCHEDULE_AT("0 0 3 * * *", SUSPENDED);
	twice.beside[1] = CLUSTER_OF("db", ", annotations: {cnpg.io/hibernation: 'on'}",
				     "  instances: 3\n" BY_PLUGIN("minio"));
	v = moment_judge(&twice);
	cr_assert(v.allowed, "%s", moment_words(&v));
	cr_assert_eq(moment_count(&v, "schedule-on-hibernated-cluster", SEV_WARN), 1, "%s",
		     moment_words(&v));
	policy_drop(policy);
}

Test(hazards, without_an_inventory_a_deletion_is_not_judged)
{
	struct verdict v;
	struct judge_request request = {
		.operation = OP_DELETE, .object = moment_object(STORE), .admission = true};

	engine_judge(moment_policy, &request, moment_arena, &v);
	cr_assert(v.allowed);
	cr_assert_eq(v.reason, VERDICT_DELETE);
}
