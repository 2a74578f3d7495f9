/* No report shows a secret: not in a finding, not with the line of the file. */
#include "base/limits.h"
#include "bucket_file.h"
#include "cmd/cmd.h"
#include "report/report.h"

#include <criterion/criterion.h>

struct run {
	struct arena *arena;
	const struct policy *policy;
	const struct probes *probes;
	struct report *report;
	const struct object *old; /* of an update; NULL: each object is made */
};

static void judge(void *ctx, struct obj root)
{
	struct run *run = ctx;
	struct object object;
	struct judge_request request = {.operation = run->old ? OP_UPDATE : OP_CREATE,
					.object = &object,
					.old = run->old,
					.probes = run->probes};
	struct verdict verdict;

	cr_assert(object_read(root, &object));
	object.manifest = true;
	engine_judge(run->policy, &request, run->arena, &verdict);
	cr_assert(verdict.findings.len);
	report_add_verdict(run->report, STR("case.yaml"), &object, &verdict);
}

/* SARIF begins with the rules and their examples, in which nothing is secret, and a page ends with
 * them. */
static struct str results_of(struct str text)
{
	size_t at = str_find(text, STR("\"results\"")), end = str_find(text, STR("<h2>Rules</h2>"));

	return str_slice(text, at == STR_NONE ? 0 : at, end);
}

/* Of a file that says so the first object is what the others were. */
static size_t read_old(struct run *run, struct str text, const struct doc_list *docs)
{
	static struct object old;

	if (!str_has_prefix(text, STR("# update\n")))
		return 0;
	cr_assert(object_read(doc_root(docs->docs[0]), &old));
	run->old = &old;
	return 1;
}

/* `bucket` (may be NULL): what buckets said. */
static void reports_of_hide(const char *profile, const char *file, const char *bucket,
			    const char *secret)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct report report = {
		.arena = arena, .policy = STR("profile generic"), .keep_objects = true};
	struct run run = {.arena = arena, .report = &report};
	struct policy *policy = NULL;
	struct doc_list docs;
	struct probes probes;
	struct str text;
	struct err err;

	cr_assert(policy_from_profile(str_from(profile), &policy, &err), "%s", err.msg);
	run.policy = policy;
	cr_assert(file_read(arena, str_from(file), LIMIT_FILE_BYTES, &text, &err), "%s", err.msg);
	cr_assert(str_contains(text, str_from(secret)), "%s", file);
	cr_assert(doc_read_yaml(arena, text, &docs, &err), "%s", err.msg);
	size_t first = read_old(&run, text, &docs);
	if (bucket) {
		cr_assert(file_read(arena, str_from(bucket), LIMIT_FILE_BYTES, &text, &err));
		cr_assert(bucket_file_read(text, arena, &probes, &err), "%s", err.msg);
		run.probes = &probes;
	}
	for (size_t i = first; i < docs.len; i++)
		object_each(doc_root(docs.docs[i]), judge, &run);
	report_sort(&report);
	for (size_t i = 0; i < report_formats_len; i++) {
		struct report_style style = {.width = 100, .program = "backup-guard"};
		struct buf out = BUF_ARENA(arena);

		report_formats[i].write(&out, &report, &style);
		cr_assert(out.len);
		cr_assert_not(str_contains(results_of(buf_slice(&out)), str_from(secret)),
			      "%s as %s:\n%.*s", file, report_formats[i].name,
			      STR_ARG(buf_slice(&out)));
	}
	for (size_t i = 0; i < report.findings.len; i++)
		cr_assert_not(
			str_contains(report.findings.items[i].finding.subject, str_from(secret)));
	policy_drop(policy);
}

static void reports_hide(const char *file, const char *secret)
{
	reports_of_hide("generic", file, NULL, secret);
	reports_of_hide("homelab", file, NULL, secret);
}

Test(checks_confidential, literal_keys_in_env_are_not_shown)
{
	reports_hide("tests/cases/plaintext-credentials-in-env/fail-sidecar.yaml", "not-so-secret");
	reports_hide("tests/cases/plaintext-credentials-in-env/fail-sidecar.yaml", "bm90IHNv");
	reports_hide("tests/cases/plaintext-credentials-in-env/fail-cluster.yaml", "bm90IHNv");
}

Test(checks_confidential, values_of_secrets_are_not_shown)
{
	reports_hide("tests/cases/secret-value-dirty/fail-line-break.yaml", "c2VjcmV0Cg==");
	reports_hide("tests/cases/secret-value-dirty/fail-not-base64.yaml", "not-so-secret");
	reports_hide("tests/cases/secret-value-dirty/fail-empty-and-blank.yaml", "not-so-secret");
	reports_hide("tests/cases/kubectl-apply-annotation-secret/fail-annotation.yaml",
		     "bm90LXNvLXNlY3JldA");
}

Test(checks_confidential, passwords_and_tokens_in_urls_are_not_shown)
{
	reports_hide("tests/cases/destination-path-invalid/fail-s3-user.yaml", "not-so-secret");
	reports_hide("tests/cases/destination-path-invalid/fail-azure-sas-in-url.yaml",
		     "not-so-secret");
	reports_hide("tests/cases/endpoint-malformed/fail-user.yaml", "not-so-secret");
	reports_hide("tests/cases/endpoint-malformed/fail-no-scheme-and-a-secret.yaml",
		     "not-so-secret");
	reports_hide("tests/cases/endpoint-plaintext/fail-with-a-password.yaml", "not-so-secret");
	reports_hide("tests/cases/endpoint-ca-needed/fail-with-a-password.yaml", "not-so-secret");
	reports_hide("tests/cases/store-in-same-cluster/fail-with-a-password.yaml",
		     "not-so-secret");
	reports_hide("tests/cases/destination-path-invalid/fail-secret-in-a-wrong-place.yaml",
		     "not-so-secret");
	reports_hide(
		"tests/cases/destination-path-invalid/fail-azure-sovereign-cloud-with-a-password.yaml",
		"not-so-secret");
	reports_hide("tests/cases/location-changed-on-live-cluster/fail-to-a-signed-url.yaml",
		     "not-so-secret");
	reports_hide(
		"tests/cases/location-changed-on-live-cluster/fail-to-an-endpoint-with-a-password.yaml",
		"not-so-secret");
	reports_of_hide("generic", "tests/cases/store-unreachable/fail-secret-in-url.yaml",
			"tests/cases/store-unreachable/wrong.bucket", "not-so-secret");
}
