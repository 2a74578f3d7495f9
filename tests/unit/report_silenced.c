/* What was silenced is told all the same, in each format: what the policy exempts, what a baseline
 * holds, and of what many use not each. */
#include "report/excerpt.h"
#include "base/limits.h"
#include "report/html.h"
#include "report/openreports.h"
#include "report/report.h"
#include "rules/rule.h"

#include <criterion/criterion.h>

#define HAS(buffer, text)                                                                          \
	cr_expect(str_contains(buf_slice(&(buffer)), STR(text)), "no %s in %.*s", text,            \
		  STR_ARG(buf_slice(&(buffer))))

static const struct rule rule = {.id = "schedule-five-fields"};

static struct report_finding finding(const char *name)
{
	return (struct report_finding){
		.finding = {.rule = &rule,
			    .severity = SEV_WARN,
			    .path = STR("spec.schedule"),
			    .message = STR("schedule has 5 fields"),
			    .pos = {7, 13, 7, 22}},
		.file = STR("db/backup"),
		.kind = STR("ScheduledBackup"),
		.namespace = STR("app"),
		.name = str_from(name),
	};
}

static void write(const char *format, struct report *r, struct buf *out)
{
	report_sort(r);
	report_format_find(str_from(format))
		->write(out, r,
			&(struct report_style){
				.width = 100, .program = "backup-guard", .least = SEV_WARN});
}

static const struct report_exempt exempt = {.file = STR_INIT("db.yaml"),
					    .kind = STR_INIT("Cluster"),
					    .namespace = STR_INIT("<app>"),
					    .name = STR_INIT("scratch"),
					    .by = STR_INIT("label tier=<none>")};

Test(report_silenced, an_object_that_the_policy_exempts_is_on_the_page)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report_exempt items[] = {exempt};
	struct report r = {.arena = a, .policy = STR("profile generic")};
	struct buf page = BUF_ARENA(a);

	write("html", &r, &page);
	cr_expect_not(str_contains(buf_slice(&page), STR("<h2>Exempted</h2>")));
	r.exempt_objects.items = items;
	r.exempt_objects.len = 1;
	write("html", &r, &page);
	HAS(page,
	    "<h2>Exempted</h2>\n<ul>\n<li>Cluster &lt;app&gt;/scratch, all rules: label tier=&lt;none&gt;</li>\n</ul>");
}

Test(report_silenced, of_several_clusters_each_object_is_counted_behind_those_before)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report_exempt one[] = {exempt};
	struct report_object objects[] = {{.name = STR("a")}, {.name = STR("b")}};
	struct report from = {.arena = a}, r = {.arena = a, .policy = STR("profile generic")};
	struct buf json = BUF_ARENA(a);

	from.exempt_objects.items = one;
	from.exempt_objects.len = 1;
	from.objects.items = objects;
	from.objects.len = ARRAY_LEN(objects);
	from.count = (struct report_counts){
		.objects = 2, .dropped = 3, .secrets_unread = 4, .by_severity = {[SEV_DENY] = 5}};
	report_merge(&r, &from, STR("east"));
	report_merge(&r, &from, STR("west"));
	cr_assert_eq(r.exempt_objects.len, 2);
	cr_expect_eq(r.exempt_objects.items[0].object, 0);
	cr_expect_eq(r.exempt_objects.items[1].object, 2);
	cr_expect_eq(r.count.objects, 4);
	cr_expect_eq(r.count.dropped, 6);
	cr_expect_eq(r.count.secrets_unread, 8);
	cr_expect_eq(r.count.by_severity[SEV_DENY], 10);
	write("json", &r, &json);
	HAS(json,
	    "\"exemptedObjects\":[{\"file\":\"db.yaml\",\"kind\":\"Cluster\",\"namespace\":\"<app>\",\"name\":\"scratch\",\"context\":\"east\",\"exemptedBy\":\"label tier=<none>\"},");
	HAS(json, "\"name\":\"scratch\",\"context\":\"west\",");
}

Test(report_silenced, an_object_of_the_cluster_counts_what_is_exempted_as_skipped)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const struct openreports_api api = {"openreports.io/v1alpha1", "Report", "reports"};
	struct report_finding found[] = {finding("warned"), finding("denied"), finding("else")};
	struct report_finding exempted[] = {finding("quiet")};
	struct report r = {.arena = a, .now = 60};
	struct buf json = BUF_ARENA(a);

	found[1].finding.severity = SEV_DENY;
	found[2].namespace = STR("else");
	exempted[0].finding.exempted_by = STR("name quiet");
	exempted[0].finding.severity = SEV_DENY;
	r.findings = (struct report_findings){found, ARRAY_LEN(found), ARRAY_LEN(found)};
	r.exempted = (struct report_findings){exempted, 1, 1};
	openreports_write(&json, &r, &api, STR("app"));
	HAS(json, "\"summary\":{\"pass\":0,\"fail\":1,\"warn\":1,\"error\":0,\"skip\":1}");
	HAS(json, "\"result\":\"skip\",\"scored\":false,");
	HAS(json, "\"properties\":{\"path\":\"spec.schedule\",\"exempted\":\"name quiet\"}");
}

static size_t count_of(struct str text, struct str part)
{
	size_t count = 0, at;

	for (; (at = str_find(text, part)) != STR_NONE; count++)
		text = str_slice(text, at + part.len, text.len);
	return count;
}

Test(report_silenced, an_object_of_the_cluster_holds_so_many_findings_and_counts_all)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const struct openreports_api api = {"openreports.io/v1alpha1", "Report", "reports"};
	static struct report_finding found[LIMIT_REPORT_RESULTS + 1];
	struct report r = {.arena = a};
	struct buf json = BUF_ARENA(a);

	for (size_t i = 0; i < ARRAY_LEN(found); i++)
		found[i] = finding("db");
	r.findings = (struct report_findings){found, ARRAY_LEN(found), ARRAY_LEN(found)};
	openreports_write(&json, &r, &api, STR("app"));
	cr_expect_eq(count_of(buf_slice(&json), STR("\"source\":")), 200);
	HAS(json, "\"warn\":201,");
}

Test(report_silenced, what_the_baseline_holds_is_beside_its_case)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report_finding f[] = {finding("nightly")};
	struct report_object o = {f[0].file, f[0].kind, f[0].namespace, f[0].name, STR_EMPTY};
	struct report r = {.arena = a, .policy = STR("profile generic")};
	struct buf xml = BUF_ARENA(a);

	r.baselined = (struct report_findings){f, 1, 1};
	r.objects.items = &o;
	r.objects.len = 1;
	write("junit", &r, &xml);
	/* its file has no dot, which ends a class */
	HAS(xml,
	    "<testcase name=\"ScheduledBackup app/nightly\" classname=\"db/backup\" file=\"db/backup\" time=\"0\">\n<system-out>baselined[schedule-five-fields]");
}

Test(report_silenced, what_no_longer_occurs_is_counted_in_a_comment)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report r = {.arena = a, .policy = STR("profile generic")};

	for (r.repaired = 0; r.repaired < 3; r.repaired++) {
		struct buf text = BUF_ARENA(a);

		write("markdown", &r, &text);
		cr_expect_eq(str_contains(buf_slice(&text),
					  STR("\n1 of the baseline no longer occurs\n")),
			     r.repaired == 1);
		cr_expect_eq(str_contains(buf_slice(&text),
					  STR("\n2 of the baseline no longer occur\n")),
			     r.repaired == 2);
		cr_expect_eq(str_contains(buf_slice(&text), STR("of the baseline")),
			     r.repaired != 0);
	}
}

Test(report_silenced, of_what_many_use_five_are_named)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const char *const roots[] = {"a", "b", "c", "d", "e", "f"};
	struct report_finding f = finding("nightly");
	struct report r = {.arena = a};

	f.finding.effect = STR("it never runs");
	for (size_t i = 0; i < 5; i++)
		report_add_use(&r, &f, str_from(roots[i]), STR_EMPTY);
	cr_expect(str_is(f.finding.effect, "it never runs; used by 5: a, b, c, d, e"), "%.*s",
		  STR_ARG(f.finding.effect));
	report_add_use(&r, &f, str_from(roots[5]), STR_EMPTY);
	cr_expect(str_is(f.finding.effect, "it never runs; used by 6: a, b, c, d, e, …"), "%.*s",
		  STR_ARG(f.finding.effect));
}

Test(report_silenced, a_label_ends_where_its_value_does)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report r = {.arena = a, .policy = STR("profile generic")};
	struct buf text = BUF_ARENA(a);

	report_add_cluster(&r, &(struct report_cluster){.namespace = STR("a\"b\\c\nd"),
							.name = STR("db"),
							.worst = SEV_WARN});
	write("prometheus", &r, &text);
	HAS(text, "_cluster_worst_severity{namespace=\"a\\\"b\\\\c\\nd\",cluster=\"db\"} 2\n");
}
