#include "base/arena.h"
#include "base/utc.h"
#include "base/utf8.h"
#include "checks/table.h"
#include "facts/schedule.h"
#include "facts/schedule_set.h"

#include <criterion/criterion.h>
#include <string.h>

static struct str how_often(struct arena *a, const char *spec)
{
	struct cron cron;
	struct buf out = BUF_ARENA(a);

	cr_assert_eq(cron_parse(str_from(spec), &cron, NULL), CRON_OK, "%s", spec);
	schedule_how_often(&cron, &out);
	return buf_slice(&out);
}

#define NOW INT64_C(1787739630) /* 2026-08-26 */

static bool add(struct arena *a, struct schedule_set *set, const char *spec, const char *name)
{
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, arena_fmt(a, "spec: %s\n", spec), &docs, &err), "%s", err.msg);
	return schedule_set_add(set, doc_root(docs.docs[0]), str_from(name), NOW);
}

static int64_t longest_gap(struct arena *a, const char *spec)
{
	struct schedule_set set = {0};

	cr_expect_eq(add(a, &set, spec, "one"), set.least != 0);
	return schedule_set_gap(&set, NOW);
}

Test(facts_schedule, knows_the_longest_gap_of_two_years)
{
	struct arena *a CLEANUP(arena) = arena_new();

	cr_expect_eq(longest_gap(a, "{schedule: '0 0 3 * * *'}"), UTC_DAY);
	cr_expect_eq(longest_gap(a, "{schedule: '0 0 3 * * 1-5'}"), 3 * UTC_DAY);
	cr_expect_eq(longest_gap(a, "{schedule: '@every 90m'}"), 5400);
	cr_expect_eq(longest_gap(a, "{schedule: '0 0 3 1 * *'}"), 31 * UTC_DAY);
	cr_expect_eq(longest_gap(a, "{schedule: '0 0 3 1 1 *'}"), 365 * UTC_DAY, "once a year");
	cr_expect_eq(longest_gap(a, "{schedule: '0 0 3 29 2 *'}"), 0, "once in four");
	cr_expect_eq(longest_gap(a, "{schedule: '0 0 3 * * *', suspend: true}"), 0);
	cr_expect_eq(longest_gap(a, "{schedule: '${WHEN}'}"), 0);
	cr_expect_eq(longest_gap(a, "{}"), 0);
}

Test(facts_schedule, knows_what_several_leave_together)
{
	static const struct {
		const char *spec[3];
		int64_t gap;
		const char *names;
	} cases[] = {
		{{"0 0 3 * * MON", "0 0 3 * * THU"}, 4 * UTC_DAY, "ScheduledBackups a, b"},
		{{"0 0 3 * * MON", "0 0 3 * * WED", "0 0 3 * * FRI"},
		 3 * UTC_DAY,
		 "ScheduledBackups a, b, c"},
		{{"0 0 3 * * *", "0 0 15 * * *"}, UTC_DAY / 2, "ScheduledBackups a, b"},
		{{"0 0 3 * * *", "0 0 3 * * *"}, UTC_DAY, "ScheduledBackup a"},
		{{"0 0 3 1 * *", "0 0 3 * * *"}, UTC_DAY, "ScheduledBackup b"},
		{{"0 0 * * * 1-5", "0 0 12 * * 0,6"}, UTC_DAY, "ScheduledBackups a, b"},
		{{"0 0 3 * * MON", "@every 100h"}, 360000, "ScheduledBackup b"},
		{{"0 0 3 * * *", "0 * * * * *"}, 60, "ScheduledBackup b"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena *a CLEANUP(arena) = arena_new();
		struct schedule_set set = {0};
		struct buf names = BUF_ARENA(a);

		for (size_t k = 0; k < 3 && cases[i].spec[k]; k++)
			cr_expect(add(
				a, &set,
				arena_cstr(a, arena_fmt(a, "{schedule: '%s'}", cases[i].spec[k])),
				(const char *[]){"a", "b", "c"}[k]));
		cr_expect_eq(schedule_set_gap(&set, NOW), cases[i].gap, "%zu: %jd", i,
			     (intmax_t)schedule_set_gap(&set, NOW));
		schedule_set_names(&set, cases[i].gap, &names);
		cr_expect(str_is(buf_slice(&names), cases[i].names), "%zu: %.*s", i,
			  STR_ARG(buf_slice(&names)));
	}
}

Test(facts_schedule, names_none_where_one_is_not_known)
{
	struct arena *a CLEANUP(arena) = arena_new();
	struct schedule_set set = {0};
	struct buf names = BUF_ARENA(a);

	cr_expect(add(a, &set, "{schedule: '0 0 3 * * MON'}", ""));
	schedule_set_names(&set, schedule_set_gap(&set, NOW), &names);
	cr_expect_eq(names.len, 0);
	cr_expect(add(a, &set, "{schedule: '0 0 3 * * THU'}", "thu"));
	schedule_set_names(&set, schedule_set_gap(&set, NOW), &names);
	cr_expect_eq(names.len, 0);
}

Test(facts_schedule, holds_only_so_many_against_one_another)
{
	struct arena *a CLEANUP(arena) = arena_new();
	struct schedule_set set = {0};

	for (int i = 0; i <= SCHEDULE_SET_MOST; i++)
		cr_expect(add(a, &set, "{schedule: '0 0 3 * * MON'}", "a"));
	cr_expect(add(a, &set, "{schedule: '0 0 3 * * THU'}", "b"));
	cr_expect_eq(schedule_set_gap(&set, NOW), 7 * UTC_DAY);
}

Test(facts_schedule, says_how_often_a_schedule_runs)
{
	static const struct {
		const char *spec, *text;
	} cases[] = {
		{"0 3 * * *", "hourly at :03, 24 times a day"},
		{"0 0 3 * * *", "once a day"},
		{"* * * * *", "86400 times a day"},
		{"0 2 * * 1", "hourly at :02, 24 times a day, only in January"},
		{"0 3 1 15 *", "once a day, only on the 15th"},
		{"0 0 3 1 1 *", "once a day, only on the 1st of January"},
		{"0 0 3 * * FRI", "once a day, only on Fridays"},
		{"0 0 3 * * MON-FRI", "once a day, only on Mondays to Fridays"},
		{"0 0 3 13 * 5", "once a day, only on Fridays and the 13th"},
		{"0 0 3 */10 * 0",
		 "once a day, only on Sundays that are the 1st, 11th, 21st and 31st"},
		{"0 0 3 1-31 * 0", "once a day"},
		{"0 0 3 2,3,22-25 6-8,12 *",
		 "once a day, only on the 2nd, 3rd and 22nd to 25th of June to August and December"},
		{"@every 90m", "every 1 hour 30 minutes"},
		{"@every 1s", "every 1 second"},
		{"@every 744h", "every 31 days"},
	};
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str text = how_often(a, cases[i].spec);

		cr_expect(str_is(text, cases[i].text), "%s: %.*s", cases[i].spec, STR_ARG(text));
	}
}

Test(facts_schedule, joins_what_it_split)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct schedule_words w = schedule_split(STR("  0\t5  3 * "));

	cr_assert(str_is(schedule_join(a, &w), "0 5 3 * * *"));
}

static void examine(struct rule_ctx *c)
{
	struct schedule *s = ARENA_NEW(c->arena, struct schedule);

	schedule_begin(c, s);
	c->schedule = s;
}

static struct rule_ctx context(struct arena *a, const char *json, struct object *object)
{
	static const struct rule row = {.id = "under-test", .severity = SEV_DENY};
	static const struct params params = {
		.plugin = {0, 15, 0, false}, .min_interval = 3600, .max_interval = 8 * UTC_DAY};
	const struct doc *doc;
	struct err err;

	cr_assert(doc_read_json(a, str_from(json), &doc, &err), "%s", err.msg);
	cr_assert(object_read(doc_root(doc), object));
	struct rule_ctx c = {
		.rule = &row,
		.object = object,
		.root = object->root,
		.params = &params,
		.now = INT64_C(1787739630), /* 2026-08-26T10:20:30Z */
		.creating = true,
		.out = ARENA_NEW(a, struct findings),
		.arena = a,
	};
	examine(&c);
	return c;
}

static void check(const char *id, const struct rule_ctx *c)
{
	const struct rule *rule = rule_find(str_from(id));

	cr_assert(rule, "%s", id);
	rule->check(c);
}

#define SCHEDULED(spec)                                                                            \
	"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"ScheduledBackup\","                  \
	"\"metadata\":{\"name\":\"b\"},\"spec\":{" spec "}}"

Test(facts_schedule, suspending_withholds_a_denial_and_the_finding_is_the_same)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct object o;
	struct rule_ctx runs =
		context(a, SCHEDULED("\"schedule\":\"0 3 * * *\",\"suspend\":false"), &o);
	check("schedule-five-fields", &runs);
	struct rule_ctx rests =
		context(a, SCHEDULED("\"schedule\":\"0 3 * * *\",\"suspend\":true"), &o);
	check("schedule-five-fields", &rests);

	cr_assert_eq(runs.out->len, 1);
	cr_assert_eq(rests.out->len, 1);
	cr_assert_eq(runs.out->items[0].most, SEV_DENY);
	cr_assert_eq(rests.out->items[0].most, SEV_WARN);
	cr_assert(str_eq(runs.out->items[0].subject, rests.out->items[0].subject));
}

Test(facts_schedule, who_sets_the_minimum_decides_about_hourly_backups)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct object o;
	struct rule_ctx c = context(a, SCHEDULED("\"schedule\":\"0 3 * * * *\""), &o);
	struct params params = *c.params;

	c.params = &params;
	check("schedule-padded-hourly", &c);
	cr_assert_eq(c.out->len, 1);
	check("schedule-too-frequent", &c);
	cr_assert_eq(c.out->len, 1, "one rule speaks");

	params.min_interval_set = true;
	examine(&c);
	check("schedule-padded-hourly", &c);
	check("schedule-too-frequent", &c);
	cr_assert_eq(c.out->len, 1, "an hour is allowed, and was asked for");

	params.min_interval = 4 * 3600;
	examine(&c);
	check("schedule-padded-hourly", &c);
	cr_assert_eq(c.out->len, 1);
	check("schedule-too-frequent", &c);
	cr_assert_eq(c.out->len, 2);
	cr_assert_eq(c.out->items[1].most, SEV_DENY);
}

Test(facts_schedule, what_a_plugin_newer_than_known_does_with_parameters_is_only_a_warning)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct object o;
	struct rule_ctx c = context(
		a,
		SCHEDULED("\"method\":\"plugin\",\"pluginConfiguration\":{\"name\":\"" PLUGIN_NAME
			  "\",\"parameters\":{\"barmanObjectName\":\"offsite\"}}"),
		&o);
	struct params params = *c.params;

	c.params = &params;
	check("plugin-parameters-ignored", &c);
	cr_assert_eq(c.out->len, 1);
	params.plugin = (struct version){.minor = 16};
	check("plugin-parameters-ignored", &c);
	cr_assert_eq(c.out->len, 2);
	cr_assert_eq(c.out->items[1].most, SEV_WARN);
}

Test(facts_schedule, a_nul_in_the_schedule_is_left_to_its_own_rule)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct object o;
	struct rule_ctx c = context(a, SCHEDULED("\"schedule\":\"0 0 3 * * *\\u0000\""), &o);

	check("schedule-invalid", &c);
	cr_assert_eq(c.out->len, 0);
}

Test(facts_schedule, wrong_types_are_left_to_the_api_server)
{
	static const char *const checks[] = {
		"method-default-in-tree",
		"no-immediate-first-backup",
		"owner-reference-none",
		"plugin-parameters-ignored",
		"schedule-dom-dow-or",
		"schedule-five-fields",
		"schedule-gap-too-long",
		"schedule-invalid",
		"schedule-never-fires",
		"schedule-padded-hourly",
		"schedule-suspended",
		"schedule-timezone-assumption",
		"schedule-too-frequent",
		"scheduled-backup-name-too-long",
		"scheduled-backup-plugin-config-missing",
	};
	static const char *const objects[] = {
		SCHEDULED(
			"\"schedule\":5,\"method\":[],\"suspend\":\"yes\",\"immediate\":1,\"backupOwnerReference\":{},\"pluginConfiguration\":\"x\""),
		SCHEDULED(
			"\"schedule\":[\"0 3 * * *\"],\"method\":\"plugin\",\"immediate\":\"no\",\"backupOwnerReference\":0,\"pluginConfiguration\":{\"name\":1,\"parameters\":[1]}"),
		SCHEDULED("\"backupOwnerReference\":false"),
	};
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
		struct object o;
		struct rule_ctx c = context(a, objects[i], &o);

		for (size_t k = 0; k < ARRAY_LEN(checks); k++)
			check(checks[k], &c);
		cr_expect_eq(c.out->len, 0, "%s", objects[i]);
	}
}

Test(facts_schedule, findings_stay_short_whatever_the_length_of_the_spec)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf json = BUF_ARENA(a);
	struct object o;

	buf_text(
		&json,
		"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"ScheduledBackup\",\"spec\":{\"schedule\":\"0 0 99,");
	for (int i = 0; i < 5000; i++)
		buf_text(&json, "1,\xc3\xa9,");
	buf_text(&json, "1 * * *\"}}");
	struct rule_ctx c = context(a, arena_cstr(a, buf_slice(&json)), &o);

	check("schedule-invalid", &c);
	cr_assert_eq(c.out->len, 1);
	struct finding *f = &c.out->items[0];
	cr_assert_leq(f->message.len + f->effect.len + f->fix.len, 600);
	cr_assert(utf8_valid(f->message));
}

Test(facts_schedule, backups_of_the_operator_are_known_by_label_or_owner)
{
	static const struct {
		const char *json;
		bool from_schedule;
	} cases[] = {
		{"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Backup\",\"metadata\":{\"labels\":{\"cnpg.io/scheduled-backup\":\"nightly\"}}}",
		 true},
		{"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Backup\",\"metadata\":{\"ownerReferences\":[{\"kind\":\"Cluster\"},{\"kind\":\"ScheduledBackup\"}]}}",
		 true},
		{"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Backup\",\"metadata\":{\"labels\":{\"cnpg.io/cluster\":\"db\"},\"ownerReferences\":[{\"kind\":\"Cluster\"}]}}",
		 false},
		{"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Cluster\",\"metadata\":{\"labels\":{\"cnpg.io/scheduled-backup\":\"nightly\"}}}",
		 false},
	};
	CLEANUP(arena) struct arena *a = arena_new();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct object o;

		context(a, cases[i].json, &o);
		cr_expect_eq(object_is_from_schedule(&o), cases[i].from_schedule, "%s",
			     cases[i].json);
	}
}
