/* What a patch wrote stands in the patch, whoever asks. */
#include "base/limits.h"
#include "cmd/cmd.h"
#include "doc/render.h"
#include "report/fingerprint.h"
#include "report/report.h"
#include "rules/rule.h"

#include <criterion/criterion.h>

static const char base_text[] = "apiVersion: postgresql.cnpg.io/v1\n"
				"kind: ScheduledBackup\n"
				"metadata:\n"
				"  name: nightly\n"
				"  namespace: db\n"
				"spec:\n"
				"  schedule: '0 0 3 * * *'\n"
				"  method: plugin\n"
				"  cluster: {name: pg}\n";

static const char patch_text[] = "- op: replace\n"
				 "  path: /spec/schedule\n"
				 "  value: '0 3 * * *'\n";

static struct doc_list read_as(struct arena *a, const char *text, const char *name)
{
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, str_from(text), &docs, &err), "%s", err.msg);
	doc_set_name(&docs, str_from(name));
	return docs;
}

/* The base with the patch, judged; read from memory of their own, which is gone afterwards. */
static void report_patched(struct arena *a, struct report *report)
{
	CLEANUP(arena) struct arena *gone = arena_new();
	struct doc_list base = read_as(gone, base_text, "base/backup.yaml");
	struct doc_list patch = read_as(gone, patch_text, "prod/patch.yaml");
	struct doc_budget budget = DOC_BUDGET;
	struct render r = {.arena = gone, .budget = &budget};
	struct policy *policy = NULL;
	struct object object;
	struct judge_request request = {.operation = OP_CREATE, .object = &object};
	struct verdict verdict;
	struct err err;

	*report =
		(struct report){.arena = a, .policy = STR("profile generic"), .keep_objects = true};
	cr_assert(policy_from_profile(STR("generic"), &policy, &err), "%s", err.msg);
	cr_assert(render_copy(&r, doc_root(base.docs[0]), &err));
	cr_assert(render_json_patch(&r, doc_root(patch.docs[0]), &err), "%s", err.msg);
	cr_assert(object_read(render_root(&r), &object));
	object.manifest = true;
	engine_judge(policy, &request, gone, &verdict);
	report_add_verdict(report, STR("base/backup.yaml"), &object, &verdict);
	policy_drop(policy);
	report_sort(report);
	fingerprint_number(&report->findings);
}

static const struct report_finding *find(const struct report *r, const char *rule)
{
	for (size_t i = 0; i < r->findings.len; i++)
		if (str_is(str_from(r->findings.items[i].finding.rule->id), rule))
			return &r->findings.items[i];
	cr_assert(false, "%s was not found", rule);
	return NULL;
}

Test(report_patch, a_finding_stands_where_its_value_was_written)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct report report;

	report_patched(a, &report);
	const struct report_finding *patched = find(&report, "schedule-five-fields");
	cr_expect(str_is(patched->file, "prod/patch.yaml"));
	cr_expect(str_is(patched->origin, "base/backup.yaml"));
	cr_expect(str_has_prefix(patched->finding.fix, STR("value: '0 0 3 * * *' - ")), "%.*s",
		  STR_ARG(patched->finding.fix));
	cr_expect(patched->finding.pos.line == 3 && patched->finding.pos.column == 10);
	cr_expect(str_is(patched->source.text, "  value: '0 3 * * *'"));
	cr_expect_null(patched->finding.source);

	/* What is absent, and what the base says. */
	const struct report_finding *own = find(&report, "scheduled-backup-plugin-config-missing");
	cr_expect(str_is(own->file, "base/backup.yaml"), "%.*s", STR_ARG(own->file));
	cr_expect_eq(own->origin.len, 0);
	cr_expect(str_contains(own->source.text, STR("spec:")));
}

Test(report_patch, every_format_says_so)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const struct {
		const char *format, *place;
	} places[] = {
		{"text", "--> prod/patch.yaml:3:10"},
		{"json", "\"file\":\"prod/patch.yaml\",\"line\":3,\"column\":10"},
		{"jsonl", "\"file\":\"prod/patch.yaml\",\"line\":3,\"column\":10"},
		{"sarif", "\"uri\":\"prod/patch.yaml\""},
		{"junit", "prod/patch.yaml:3:10"},
		{"github", "file=prod/patch.yaml,line=3,"},
		{"gitlab", "\"path\":\"prod/patch.yaml\""},
		{"markdown", "prod/patch.yaml:3"},
		{"compact", "prod/patch.yaml:3:10:"},
	};
	struct report report;

	report_patched(a, &report);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct report_format *f = report_format_find(str_from(places[i].format));
		struct report_style style = {.width = 100, .program = "backup-guard"};
		struct buf out = BUF_ARENA(a);

		cr_assert(f, "%s", places[i].format);
		f->write(&out, &report, &style);
		cr_expect(str_contains(buf_slice(&out), str_from(places[i].place)), "%s: %.*s",
			  places[i].format, STR_ARG(buf_slice(&out)));
	}
}

Test(report_patch, the_fingerprint_is_that_of_the_patch)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf of_patch = BUF_ARENA(a), of_base = BUF_ARENA(a);
	struct report report;

	report_patched(a, &report);
	struct report_finding f = *find(&report, "schedule-five-fields");
	fingerprint_text(&of_patch, &f);
	f.file = f.origin;
	fingerprint_text(&of_base, &f);
	cr_expect_not(str_eq(buf_slice(&of_patch), buf_slice(&of_base)));
}
