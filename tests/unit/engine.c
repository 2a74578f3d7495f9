#include "base/arena.h"
#include "base/utc.h"
#include "engine/engine.h"
#include "rules/rule.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct arena *arena;
static struct policy *policy;

static void setup(void)
{
	struct err err;

	arena = arena_new();
	cr_assert(policy_from_profile(STR("generic"), &policy, &err), "%s", err.msg);
}

static void teardown(void)
{
	policy_drop(policy);
	arena_free(arena);
}

TestSuite(engine, .init = setup, .fini = teardown);

static struct object object(const char *json)
{
	const struct doc *doc;
	struct object o;
	struct err err;

	cr_assert(doc_read_json(arena, str_from(json), &doc, &err), "%s", err.msg);
	cr_assert(object_read(doc_root(doc), &o));
	return o;
}

/* A Cluster whose plugin names are given; each "<x>" in them is a placeholder, which denies. */
static const char *cluster(const char *annotations, const char *first, const char *second,
			   int instances)
{
	return arena_fmt(
		       arena,
		       "{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Cluster\",\"metadata\":{\"name\":\"db\",\"namespace\":\"app\",\"annotations\":{%s}},\"spec\":{\"instances\":%d,\"replica\":{\"source\":\"%s\",\"primary\":\"%s\"}}}",
		       annotations, instances, first, second)
		.ptr;
}

static struct verdict judge_as(enum operation operation, const char *new, const char *old,
			       const char *user)
{
	struct object o = object(new), before = {0};
	struct verdict v;

	if (old)
		before = object(old);
	struct judge_request request = {
		.operation = operation,
		.object = &o,
		.old = old ? &before : NULL,
		.user = str_from(user),
		.now = utc_days(2026, 8, 26) * UTC_DAY,
	};
	engine_judge(policy, &request, arena, &v);
	return v;
}

static struct verdict judge(const char *new, const char *old)
{
	return judge_as(old ? OP_UPDATE : OP_CREATE, new, old, "anna");
}

/* A CREATE that the webhook is asked about. */
static struct verdict judge_write(const char *new, const char *user)
{
	struct object o = object(new);
	struct judge_request request = {.object = &o,
					.user = str_from(user),
					.now = utc_days(2026, 8, 26) * UTC_DAY,
					.admission = true};
	struct verdict v;

	engine_judge(policy, &request, arena, &v);
	return v;
}

static size_t count(const struct verdict *v, const char *id, enum severity s)
{
	size_t n = 0;

	for (size_t i = 0; i < v->findings.len; i++)
		n += str_is(str_from(v->findings.items[i].rule->id), id) &&
		     v->findings.items[i].severity == s;
	return n;
}

#define RULE "unresolved-placeholder"

Test(engine, a_new_finding_denies)
{
	struct verdict v = judge(cluster("", "<a>", "ok", 1), NULL);

	cr_assert_not(v.allowed);
	cr_assert_eq(count(&v, RULE, SEV_DENY), 1);
}

Test(engine, what_turns_bad_by_an_update_denies)
{
	struct verdict v = judge(cluster("", "<a>", "ok", 1), cluster("", "ok", "ok", 1));

	cr_assert_not(v.allowed);
}

Test(engine, what_was_bad_before_is_a_warning)
{
	struct verdict v = judge(cluster("", "<a>", "ok", 2), cluster("", "<a>", "ok", 1));

	cr_assert(v.allowed);
	cr_assert_eq(count(&v, RULE, SEV_WARN), 1);
}

Test(engine, another_wrong_value_in_the_same_place_denies)
{
	struct verdict v = judge(cluster("", "<b>", "ok", 1), cluster("", "<a>", "ok", 1));

	cr_assert_not(v.allowed);
}

Test(engine, fixing_one_of_two_findings_passes)
{
	struct verdict v = judge(cluster("", "<a>", "ok", 1), cluster("", "<a>", "<b>", 1));

	cr_assert(v.allowed);
	cr_assert_eq(count(&v, RULE, SEV_WARN), 1);
}

Test(engine, a_second_mistake_beside_an_old_one_denies)
{
	struct verdict v = judge(cluster("", "<a>", "<b>", 1), cluster("", "<a>", "ok", 1));

	cr_assert_not(v.allowed);
	cr_assert_eq(count(&v, RULE, SEV_WARN), 1);
	cr_assert_eq(count(&v, RULE, SEV_DENY), 1);
	cr_assert_eq(v.findings.items[0].severity, SEV_DENY, "the severest comes first");
}

Test(engine, repairing_everything_passes_without_a_word)
{
	struct verdict v = judge(cluster("", "ok", "ok", 1), cluster("", "<a>", "<b>", 1));

	cr_assert(v.allowed);
	cr_assert_eq(count(&v, RULE, SEV_WARN) + count(&v, RULE, SEV_DENY), 0);
}

Test(engine, an_unchanged_spec_is_not_judged)
{
	struct verdict v =
		judge(cluster("\"note\":\"x\"", "<a>", "ok", 1), cluster("", "<a>", "ok", 1));

	cr_assert(v.allowed);
	cr_assert_eq(v.reason, VERDICT_UNCHANGED);
}

Test(engine, a_behaviour_annotation_is_a_change)
{
	struct verdict v = judge(cluster("\"cnpg.io/hibernation\":\"on\"", "<a>", "ok", 1),
				 cluster("", "<a>", "ok", 1));

	cr_assert_eq(v.reason, VERDICT_JUDGED);
	cr_assert(v.allowed);
}

Test(engine, a_terminating_object_can_always_lose_its_finalizers)
{
	const char *old =
		"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Cluster\",\"metadata\":{\"name\":\"db\",\"deletionTimestamp\":\"2026-08-26T00:00:00Z\"},\"spec\":{\"instances\":1}}";
	struct verdict v = judge(cluster("", "<a>", "ok", 1), old);

	cr_assert(v.allowed);
	cr_assert_eq(v.reason, VERDICT_TERMINATING);
}

Test(engine, the_operator_is_never_denied)
{
	struct verdict v = judge_as(OP_CREATE, cluster("", "<a>", "ok", 1), NULL,
				    "system:serviceaccount:cnpg-system:cnpg-manager");

	cr_assert(v.allowed);
	cr_assert_eq(count(&v, RULE, SEV_WARN), 1);
}

Test(engine, a_delete_passes)
{
	struct verdict v = judge_as(OP_DELETE, cluster("", "<a>", "ok", 1), NULL, "anna");

	cr_assert(v.allowed);
	cr_assert_eq(v.reason, VERDICT_DELETE);
}

Test(engine, a_backup_of_a_schedule_is_judged_on_its_schedule)
{
	struct verdict v = judge(
		"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Backup\",\"metadata\":{\"name\":\"b\",\"labels\":{\"cnpg.io/scheduled-backup\":\"daily\"}},\"spec\":{\"cluster\":{\"name\":\"<a>\"}}}",
		NULL);

	cr_assert(v.allowed);
	cr_assert_eq(v.reason, VERDICT_FROM_SCHEDULE);
}

Test(engine, where_a_write_is_judged_only_the_operator_makes_backups_of_schedules)
{
	static const char *const forged[] = {
		"\"labels\":{\"cnpg.io/scheduled-backup\":\"daily\"}",
		"\"ownerReferences\":[{\"kind\":\"ScheduledBackup\",\"name\":\"no-such\"}]",
	};

	for (size_t i = 0; i < ARRAY_LEN(forged); i++) {
		const char *json =
			arena_fmt(
				arena,
				"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Backup\",\"metadata\":{\"name\":\"b\",%s},\"spec\":{\"cluster\":{\"name\":\"<a>\"}}}",
				forged[i])
				.ptr;
		struct verdict v = judge_write(json, "anna");

		cr_expect_not(v.allowed, "%s", forged[i]);
		v = judge_write(json, "system:serviceaccount:cnpg-system:cnpg-manager");
		cr_expect_eq(v.reason, VERDICT_FROM_SCHEDULE, "%s", forged[i]);
	}
}

Test(engine, what_is_created_is_not_being_deleted_whatever_it_says)
{
	struct verdict v = judge_write(
		"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Cluster\",\"metadata\":{\"name\":\"db\",\"deletionTimestamp\":\"2026-08-26T00:00:00Z\"},\"spec\":{\"replica\":{\"source\":\"<a>\"}}}",
		"anna");

	cr_assert_eq(v.reason, VERDICT_JUDGED);
	cr_assert_not(v.allowed);
}

#define ALLOW "\"backup-guard.io/allow\":\"other, " RULE "\""
#define REASON ",\"backup-guard.io/reason\":\"a test\""

Test(engine, an_annotation_with_a_reason_exempts)
{
	struct verdict v = judge(cluster(ALLOW REASON, "<a>", "ok", 1), NULL);

	cr_assert(v.allowed);
	cr_assert_eq(v.exempted.len, 1);
	cr_assert(str_is(v.exempted.items[0].exempted_by, "a test"));
}

Test(engine, an_annotation_without_a_reason_exempts_nothing_and_says_so)
{
	struct verdict v = judge(cluster(ALLOW, "<a>", "ok", 1), NULL);

	cr_assert_not(v.allowed);
	cr_assert_geq(count(&v, "exemption-not-honoured", SEV_WARN), 1);
}

Test(engine, a_reason_that_is_blank_in_any_script_exempts_nothing)
{
	struct verdict v = judge(
		cluster(ALLOW ",\"backup-guard.io/reason\":\"\u00a0\u200b.\"", "<a>", "ok", 1),
		NULL);

	cr_assert_not(v.allowed);
	cr_assert_geq(count(&v, "exemption-not-honoured", SEV_WARN), 1);
}

#define EXPIRED ",\"backup-guard.io/expires\":\"2026-08-25\""

Test(engine, what_an_exemption_covered_counts_when_it_is_taken_away)
{
	const char *exempt = cluster(ALLOW REASON, "<a>", "<b>", 1);

	cr_expect_not(judge(cluster("", "<a>", "<b>", 1), exempt).allowed, "taken away");
	cr_expect_not(judge(cluster(ALLOW, "<a>", "<b>", 1), exempt).allowed, "without its reason");
	cr_expect_not(judge(cluster("\"backup-guard.io/allow\":\"other\"" REASON, "<a>", "<b>", 1),
			    exempt)
			      .allowed,
		      "shorter");
	cr_expect_not(judge(cluster(ALLOW REASON EXPIRED, "<a>", "<b>", 1), exempt).allowed,
		      "ended");
}

Test(engine, who_is_exempted_can_mend_step_by_step)
{
	const char *exempt = cluster(ALLOW REASON, "<a>", "<b>", 1);
	struct verdict v = judge(cluster(ALLOW REASON, "<a>", "ok", 1), exempt);

	cr_expect(v.allowed, "one of two, and the exemption stays");
	cr_expect_eq(v.exempted.len, 1);
	cr_expect(judge(cluster("", "ok", "ok", 1), exempt).allowed, "all, and it goes");
	cr_expect(judge(cluster("", "ok", "ok", 1), cluster(ALLOW REASON, "ok", "ok", 1)).allowed,
		  "it goes afterwards");
}

Test(engine, an_exemption_that_has_run_out_was_taken_away_long_ago)
{
	struct verdict v =
		judge(cluster("", "<a>", "ok", 1), cluster(ALLOW REASON EXPIRED, "<a>", "ok", 1));

	cr_expect(v.allowed);
	cr_expect_eq(count(&v, RULE, SEV_WARN), 1);
}

Test(engine, an_exemption_ends_with_the_day_it_names)
{
	struct verdict v = judge(
		cluster(ALLOW REASON ",\"backup-guard.io/expires\":\"2026-08-26\"", "<a>", "ok", 1),
		NULL);

	cr_assert(v.allowed);
	v = judge(
		cluster(ALLOW REASON ",\"backup-guard.io/expires\":\"2026-08-25\"", "<a>", "ok", 1),
		NULL);
	cr_assert_not(v.allowed);
	static const char *const none[] = {"soon",	"2026-13-26",  "2026-08-32",
					   "2026-08-2", "2026-08-266", "26-08-2026"};
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		char annotations[300];

		snprintf(annotations, sizeof annotations, "%s,\"backup-guard.io/expires\":\"%s\"",
			 ALLOW REASON, none[i]);
		v = judge(cluster(annotations, "<a>", "ok", 1), NULL);
		cr_expect_not(v.allowed, "%s", none[i]);
	}
}

Test(engine, other_kinds_are_none_of_our_business)
{
	struct verdict v = judge(
		"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"<a>\"}}", NULL);

	cr_assert(v.allowed);
	cr_assert_eq(v.reason, VERDICT_OTHER_KIND);
}

static void count_object(void *ctx, struct obj o)
{
	*(int *)ctx += o.node != NULL;
}

Test(engine, items_of_a_list_are_objects)
{
	const struct doc *doc;
	struct err err;
	int n = 0;

	cr_assert(
		doc_read_json(arena, STR("{\"kind\":\"List\",\"items\":[{},{},{}]}"), &doc, &err));
	object_each(doc_root(doc), count_object, &n);
	cr_assert_eq(n, 3);
}

Test(engine, items_of_a_list_in_a_list_are_objects)
{
	const struct doc *doc;
	struct err err;
	int n = 0;

	cr_assert(doc_read_json(
		arena,
		STR("{\"kind\":\"List\",\"items\":[{\"kind\":\"List\",\"items\":[{},{\"kind\":\"ClusterList\",\"items\":[{},{}]}]},{}]}"),
		&doc, &err));
	object_each(doc_root(doc), count_object, &n);
	cr_assert_eq(n, 4);
}
