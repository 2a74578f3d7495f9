#include "serve/metrics.h"

#include "base/arena.h"
#include "checks/table.h"

#include <criterion/criterion.h>

static struct str printed(const struct metrics *m, struct arena *a, struct str policy)
{
	struct metrics_now now = {.policy = policy, .profile = STR("generic")};
	struct buf out = BUF_ARENA(a);

	metrics_print(m, &now, &out);
	return buf_slice(&out);
}

static void has(struct str text, const char *line)
{
	cr_assert(str_contains(text, str_from(line)), "no %s in %.*s", line, STR_ARG(text));
}

static struct review_outcome outcome(const char *kind, const char *decision)
{
	return (struct review_outcome){.http_status = 200,
				       .kind = str_from(kind),
				       .operation = STR("UPDATE"),
				       .decision = decision,
				       .dry_run = true};
}

Test(metrics, requests_are_counted_by_their_own_labels)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct metrics *m = metrics_new();
	struct review_outcome first = outcome("Cluster", "allow"), last = outcome("other", "error");

	last.http_status = 400;
	last.operation = STR("PATCH");
	metrics_answer(m, &first, 1);
	metrics_answer(m, &first, 1);
	metrics_answer(m, &last, 1);
	struct str text = printed(m, a, STR("p"));
	has(text,
	    "requests_total{kind=\"Cluster\",operation=\"UPDATE\",decision=\"allow\",dry_run=\"true\",code=\"200\"} 2\n");
	has(text,
	    "requests_total{kind=\"other\",operation=\"other\",decision=\"error\",dry_run=\"true\",code=\"400\"} 1\n");
	has(text, "http_errors_total{reason=\"bad_review\"} 1\n");
	metrics_free(m);
}

Test(metrics, buckets_are_cumulative_and_include_their_bound)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct metrics *m = metrics_new();
	struct review_outcome o = outcome("Cluster", "allow");

	metrics_answer(m, &o, 20000);
	metrics_answer(m, &o, 20001);
	metrics_answer(m, &o, 2000000000);
	struct str text = printed(m, a, STR("p"));
	has(text, "bucket{le=\"1e-05\"} 0\n");
	has(text, "bucket{le=\"2e-05\"} 1\n");
	has(text, "bucket{le=\"5e-05\"} 2\n");
	has(text, "bucket{le=\"1\"} 2\n");
	has(text, "bucket{le=\"+Inf\"} 3\n");
	has(text, "duration_seconds_sum 2.000040001\n");
	has(text, "duration_seconds_count 3\n");
	metrics_free(m);
}

Test(metrics, findings_are_counted_by_what_came_of_them)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct metrics *m = metrics_new();
	struct review_outcome o = outcome("Cluster", "deny");
	struct finding found[] = {{.rule = &rules[0], .severity = SEV_DENY},
				  {.rule = &rules[1], .severity = SEV_INFO}};
	struct finding silenced = {
		.rule = &rules[0], .severity = SEV_DENY, .exempted_by = STR("a reason")};

	o.verdict.findings = (struct findings){.items = found, .len = 2};
	o.verdict.exempted = (struct findings){.items = &silenced, .len = 1};
	metrics_answer(m, &o, 1);
	struct str text = printed(m, a, STR("p"));
	has(text,
	    arena_fmt(a, "{rule=\"%s\",severity=\"deny\",action=\"deny\"} 1\n", rules[0].id).ptr);
	has(text,
	    arena_fmt(a, "{rule=\"%s\",severity=\"info\",action=\"warn\"} 1\n", rules[1].id).ptr);
	has(text,
	    arena_fmt(a, "{rule=\"%s\",severity=\"deny\",action=\"exempt\"} 1\n", rules[0].id).ptr);
	has(text, arena_fmt(a, "exemptions_used_total{rule=\"%s\",source=\"annotation\"} 1\n",
			    rules[0].id)
			  .ptr);
	metrics_free(m);
}

Test(metrics, name_of_a_policy_cannot_break_out_of_its_label)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct metrics *m = metrics_new();

	has(printed(m, a, STR("a\"b\\c\nd")), "{policy=\"a\\\"b\\\\c\\nd\",profile=\"generic\"");
	metrics_free(m);
}
