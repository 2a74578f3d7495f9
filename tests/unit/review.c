#include "base/arena.h"
#include "base/limits.h"
#include "base/utc.h"
#include "cnpg/inventory.h"
#include "review/review.h"

#include <criterion/criterion.h>

static struct arena *arena;
static struct policy *policy;
static struct review_outcome outcome;
static struct inventory *beside; /* what is live; NULL: not known */

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

TestSuite(review, .init = setup, .fini = teardown);

static struct obj answer(const char *body)
{
	struct buf out = BUF_ARENA(arena);
	const struct doc *doc;
	struct err err;

	struct review_input input = {.body = str_from(body),
				     .now = utc_days(2026, 8, 26) * UTC_DAY,
				     .inventory = beside};
	review_answer(policy, &input, arena, &out, &outcome);
	cr_assert(doc_read_json(arena, buf_slice(&out), &doc, &err), "%s: %.*s", err.msg,
		  STR_ARG(buf_slice(&out)));
	return doc_root(doc);
}

static const char *request(const char *version, const char *more, const char *spec)
{
	return arena_fmt(
		       arena,
		       "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/%s\",\"request\":{\"uid\":\"u-1\",\"kind\":{\"group\":\"postgresql.cnpg.io\",\"version\":\"v1\",\"kind\":\"Cluster\"},\"operation\":\"CREATE\"%s,\"object\":{\"metadata\":{\"name\":\"db\",\"namespace\":\"app\"},\"spec\":{\"instances\":1%s}},\"oldObject\":null,\"dryRun\":true}}\n",
		       version, more, spec)
		.ptr;
}

#define IS(object, path, text)                                                                     \
	cr_assert(str_is(obj_text(object, path), text), "%s is '%.*s'", path,                      \
		  STR_ARG(obj_text(object, path)))

Test(review, a_good_object_is_allowed_with_its_uid)
{
	struct obj a = answer(request("v1", "", ",\"plugins\":[]"));

	IS(a, "kind", "AdmissionReview");
	IS(a, "apiVersion", "admission.k8s.io/v1");
	IS(a, "response.uid", "u-1");
	cr_assert(obj_true(a, "response.allowed", false));
	cr_assert(outcome.dry_run);
	cr_assert_eq(outcome.http_status, 200);
}

Test(review, v1beta1_is_answered_in_kind)
{
	IS(answer(request("v1beta1", "", "")), "apiVersion", "admission.k8s.io/v1beta1");
}

Test(review, both_faces_of_a_denial_are_complete)
{
	struct obj a = answer(request("v1", "", ",\"replica\":{\"source\":\"<a>\"}"));
	struct obj cause = obj_first(obj_at(a, "response.status.details.causes"));
	struct str message = obj_text(a, "response.status.message");

	cr_assert_not(obj_true(a, "response.allowed", true));
	IS(a, "response.status.reason", "Invalid");
	IS(a, "response.status.details.kind", "Cluster");
	IS(a, "response.status.details.group", "postgresql.cnpg.io");
	IS(a, "response.status.details.name", "db");
	IS(cause, "field", "spec.replica.source");
	cr_assert(str_contains(obj_text(cause, "message"), STR("[unresolved-placeholder]")));
	cr_assert(str_contains(obj_text(cause, "message"), STR("Fix: ")));
	cr_assert(
		str_has_prefix(message, STR("Cluster app/db: spec.replica.source: placeholder ")));
	cr_assert(str_contains(message, STR("Fix: ")));
	cr_assert(str_has_suffix(message, STR(" [unresolved-placeholder]")));
}

Test(review, several_problems_are_counted_and_each_has_a_number)
{
	struct obj a = answer(
		request("v1", "", ",\"externalClusters\":[{\"name\":\"<a>\"},{\"name\":\"<b>\"}]"));
	struct str message = obj_text(a, "response.status.message");

	cr_assert(str_has_prefix(message, STR("Cluster app/db: 2 problems: (1) spec.")));
	cr_assert(str_contains(message, STR(" [unresolved-placeholder]; (2) spec.")));
	cr_assert(str_has_suffix(message, STR(" [unresolved-placeholder]")));
}

Test(review, a_long_denial_stays_below_its_limit_and_counts_the_rest)
{
	struct buf spec = BUF_ARENA(arena);

	buf_text(&spec, ",\"externalClusters\":[");
	for (int i = 0; i < 40; i++)
		buf_fmt(&spec, "%s{\"name\":\"<a>\"}", i ? "," : "");
	buf_byte(&spec, ']');
	buf_byte(&spec, '\0');
	struct str message =
		obj_text(answer(request("v1", "", spec.ptr)), "response.status.message");
	cr_assert_lt(message.len, LIMIT_DENIAL_BYTES);
	cr_assert(str_has_suffix(message, STR(" more")), "%.*s", STR_ARG(message));
}

Test(review, of_many_causes_the_last_one_counts_the_rest)
{
	struct buf spec = BUF_ARENA(arena);

	buf_text(&spec, ",\"externalClusters\":[");
	for (unsigned i = 0; i < LIMIT_CAUSES + 3; i++)
		buf_fmt(&spec, "%s{\"name\":\"<a>\"}", i ? "," : "");
	buf_byte(&spec, ']');
	buf_byte(&spec, '\0');
	struct obj causes =
		obj_at(answer(request("v1", "", spec.ptr)), "response.status.details.causes");
	struct obj last = {0};

	cr_assert_eq(obj_len(causes), LIMIT_CAUSES);
	for (struct obj m = obj_first(causes); m.node; m = obj_next(m))
		last = m;
	cr_assert(str_has_suffix(obj_text(last, "message"), STR("; and 3 more")));
}

Test(review, warnings_are_short_lines_without_control_characters)
{
	struct buf spec = BUF_ARENA(arena);

	buf_text(&spec, ",\"replica\":{\"source\":\"\\t<a>");
	buf_repeat(&spec, 'x', 500);
	buf_text(&spec, "\\u0085\"}");
	buf_byte(&spec, '\0');
	struct obj a = answer(request(
		"v1",
		",\"userInfo\":{\"username\":\"system:serviceaccount:cnpg-system:cnpg-manager\"}",
		spec.ptr));
	struct obj warnings = obj_at(a, "response.warnings");

	cr_assert_geq(obj_len(warnings), 1);
	for (struct obj w = obj_first(warnings); w.node; w = obj_next(w)) {
		struct str text = obj_text(w, "");

		cr_assert_leq(text.len, LIMIT_WARNING_CHARS + 3, "%.*s", STR_ARG(text));
		for (size_t i = 0; i < text.len; i++)
			cr_assert_geq((unsigned char)text.ptr[i], 0x20);
	}
}

Test(review, a_subresource_is_allowed_without_a_word)
{
	struct obj a = answer(
		request("v1", ",\"subResource\":\"status\"", ",\"replica\":{\"source\":\"<a>\"}"));

	cr_assert(obj_true(a, "response.allowed", false));
	cr_assert_eq(obj_len(obj_at(a, "response.warnings")), 0);
}

Test(review, an_empty_subresource_is_none)
{
	struct obj a =
		answer(request("v1", ",\"subResource\":\"\"", ",\"replica\":{\"source\":\"<a>\"}"));

	cr_assert_not(obj_true(a, "response.allowed", true));
}

Test(review, an_unknown_kind_or_version_is_allowed_with_a_warning)
{
	static const char *const kinds[] = {
		"\"group\":\"postgresql.cnpg.io\",\"version\":\"v1\",\"kind\":\"Pooler\"",
		"\"group\":\"postgresql.cnpg.io\",\"version\":\"v9\",\"kind\":\"Cluster\""};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct str body = arena_fmt(
			arena,
			"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"kind\":{%s},\"operation\":\"CREATE\",\"object\":{\"spec\":{\"replica\":{\"source\":\"<a>\"}}}}}",
			kinds[i]);
		struct obj a = answer(body.ptr);

		cr_assert(obj_true(a, "response.allowed", false));
		cr_assert_eq(obj_len(obj_at(a, "response.warnings")), 1);
	}
}

static struct obj answer_to(const char *kind, const char *object)
{
	return answer(
		arena_fmt(
			arena,
			"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"kind\":{\"group\":\"postgresql.cnpg.io\",\"version\":\"v1\",\"kind\":\"%s\"},\"operation\":\"CREATE\",\"object\":%s}}",
			kind, object)
			.ptr);
}

static struct obj first_cause(struct obj a)
{
	return obj_first(obj_at(a, "response.status.details.causes"));
}

#define BEGINS(object, path, text)                                                                 \
	cr_assert(str_has_prefix(obj_text(object, path), STR(text)), "%s is '%.*s'", path,         \
		  STR_ARG(obj_text(object, path)))

Test(review, the_name_of_a_field_is_not_said_again_after_its_path)
{
	struct obj a = answer_to(
		"ScheduledBackup",
		"{\"metadata\":{\"name\":\"daily\",\"namespace\":\"app\"},\"spec\":{\"schedule\":\"0 3 * * *\",\"cluster\":{\"name\":\"db\"}}}");

	IS(first_cause(a), "field", "spec.schedule");
	BEGINS(first_cause(a), "message", "has 5 fields; ");
	BEGINS(a, "response.status.message",
	       "ScheduledBackup app/daily: spec.schedule: has 5 fields; ");
	a = answer_to(
		"Cluster",
		"{\"metadata\":{\"annotations\":{\"cnpg.io/skipWalArchiving\":\"enabled\"}},\"spec\":{\"instances\":1,\"plugins\":[{\"name\":\"" PLUGIN_NAME
		"\",\"isWALArchiver\":true,\"parameters\":{\"barmanObjectName\":\"minio\"}}]}}");
	IS(first_cause(a), "field", "metadata.annotations[cnpg.io/skipWalArchiving]");
	BEGINS(first_cause(a), "message", "enabled switches WAL archiving off; ");
}

Test(review, a_name_that_only_ends_like_the_field_is_said)
{
	struct obj a = answer_to(
		"Cluster",
		"{\"spec\":{\"instances\":1,\"plugins\":[{\"name\":\"" PLUGIN_NAME
		"\",\"isWALArchiver\":true,\"parameters\":{\"barmanObjectName\":\"m\",\"server\":\"db\"}}]}}");

	IS(first_cause(a), "field", "spec.plugins[0].parameters.server");
	BEGINS(first_cause(a), "message", "the plugin does not know the key server; ");
}

static void add_live(const char *kind, const char *json)
{
	const struct doc *doc;
	struct object *o = ARENA_NEW(arena, struct object);
	struct err err;

	cr_assert(doc_read_json(arena, str_from(json), &doc, &err), "%s", err.msg);
	object_read(doc_root(doc), o);
	cr_assert(str_is(o->kind_name, kind));
	inventory_add(beside, o, STR_EMPTY, 0);
}

Test(review, a_deletion_is_forbidden_and_not_invalid)
{
	beside = inventory_new(arena);
	inventory_is_whole(beside);
	add_live(
		"Cluster",
		"{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Cluster\",\"metadata\":{\"name\":\"db\",\"namespace\":\"app\"},\"spec\":{\"plugins\":[{\"name\":\"" PLUGIN_NAME
		"\",\"isWALArchiver\":true,\"parameters\":{\"barmanObjectName\":\"minio\"}}]}}");
	inventory_settle(beside);
	struct obj a = answer(
		"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"kind\":{\"group\":\"barmancloud.cnpg.io\",\"version\":\"v1\",\"kind\":\"ObjectStore\"},\"operation\":\"DELETE\",\"object\":null,\"oldObject\":{\"metadata\":{\"name\":\"minio\",\"namespace\":\"app\"},\"spec\":{}}}}");
	int64_t code;

	cr_assert_not(obj_true(a, "response.allowed", true));
	IS(a, "response.status.reason", "Forbidden");
	cr_assert_eq(obj_int(a, "response.status.code", &code), OBJ_SET);
	cr_assert_eq(code, 403);
	IS(first_cause(a), "reason", "FieldValueForbidden");
	BEGINS(a, "response.status.message",
	       "ObjectStore app/minio: Cluster db still archives to it; ");
}

Test(review, a_warning_that_is_too_long_keeps_what_to_write)
{
	struct obj a = answer(request("v1", "", ""));
	struct str warning = obj_text(obj_first(obj_at(a, "response.warnings")), "");

	cr_assert(str_has_prefix(
			  warning,
			  STR("spec.plugins: this Cluster has no backup. Fix: plugins: [{name: ")),
		  "%.*s", STR_ARG(warning));
	cr_assert(str_has_suffix(warning, STR("}}] [cluster-without-backup]")));
}

Test(review, an_unknown_kind_is_named_on_one_short_line)
{
	struct buf kind = BUF_ARENA(arena);

	buf_text(&kind, "Pool\\n\\u0085");
	buf_repeat(&kind, 'x', 300);
	buf_byte(&kind, '\0');
	struct obj a = answer_to(kind.ptr, "{}");
	struct str warning = obj_text(obj_first(obj_at(a, "response.warnings")), "");

	cr_assert(str_contains(warning, STR("kind Pool\\x0a\\u0085xxx")), "%.*s", STR_ARG(warning));
	cr_assert_eq(warning.len, LIMIT_WARNING_CHARS);
}

Test(review, names_and_keys_break_neither_lines_nor_limits)
{
	struct buf object = BUF_ARENA(arena);

	buf_text(&object, "{\"metadata\":{\"name\":\"");
	buf_repeat(&object, 'n', 4000);
	buf_text(&object,
		 "\"},\"spec\":{\"plugins\":[{\"name\":\"" PLUGIN_NAME
		 "\",\"parameters\":{\"barmanObjectName\":\"a\",\"server\\nname\":\"<x>\"}}]}}");
	buf_byte(&object, '\0');
	struct obj a = answer_to("Cluster", object.ptr);
	struct str message = obj_text(a, "response.status.message");

	cr_assert(str_contains(message, STR("parameters[server\\x0aname]: ")), "%.*s",
		  STR_ARG(message));
	cr_assert_lt(message.len, LIMIT_DENIAL_BYTES);
}

Test(review, what_is_no_review_gets_a_status)
{
	static const char *const bodies[] = {
		"",
		"[1",
		"{}",
		"null",
		"{\"kind\":\"AdmissionReview\"}",
		"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v2\"}",
		"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}",
		"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{}}",
		"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\",\"object\":null}}"};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct obj a = answer(bodies[i]);
		int64_t code;

		IS(a, "kind", "Status");
		IS(a, "apiVersion", "v1");
		IS(a, "status", "Failure");
		cr_assert_eq(obj_int(a, "code", &code), OBJ_SET);
		cr_assert_eq(code, 400);
		cr_assert_eq(outcome.http_status, 400);
	}
}

Test(review, the_audit_log_learns_decision_rules_and_policy)
{
	struct obj a = obj_at(answer(request("v1", "", ",\"replica\":{\"source\":\"<a>\"}")),
			      "response.auditAnnotations");

	IS(a, "decision", "deny");
	cr_assert(str_contains(obj_text(a, "rules"), STR("unresolved-placeholder:deny")));
	cr_assert(str_has_prefix(obj_text(a, "policy"), STR("generic ")));
	for (struct obj m = obj_first(a); m.node; m = obj_next(m))
		cr_assert_not(str_contains(obj_key(m), STR("/")));
}

/* The rest of the test under another policy. */
static void use_policy(const char *spec)
{
	struct str text = arena_fmt(arena,
				    "apiVersion: backup-guard.io/v1alpha1\n"
				    "kind: BackupPolicy\nspec: {profile: generic, %s}\n",
				    spec);
	struct err err;

	policy_drop(policy);
	cr_assert(policy_from_yaml(text, &policy, &err), "%s", err.msg);
}

Test(review, mode_warn_lets_through_with_a_warning)
{
	use_policy("mode: warn");
	struct obj a = answer(request("v1", "", ",\"replica\":{\"source\":\"<a>\"}"));

	cr_assert(obj_true(a, "response.allowed", false));
	IS(a, "response.auditAnnotations.decision", "warn");
	cr_assert(str_contains(obj_text(a, "response.auditAnnotations.rules"),
			       STR("unresolved-placeholder:warn")));
	cr_assert_geq(obj_len(obj_at(a, "response.warnings")), 1);
}

Test(review, mode_audit_says_only_to_the_audit_log_what_it_would_deny)
{
	use_policy("mode: audit");
	struct obj a = answer(request("v1", "", ",\"replica\":{\"source\":\"<a>\"}"));

	cr_assert(obj_true(a, "response.allowed", false));
	cr_assert_eq(obj_type(obj_at(a, "response.warnings")), OBJ_NONE);
	IS(a, "response.auditAnnotations.decision", "would-deny");
	cr_assert(str_contains(obj_text(a, "response.auditAnnotations.rules"),
			       STR("unresolved-placeholder:deny")));
	a = answer(request("v1", "", ",\"plugins\":[]"));
	IS(a, "response.auditAnnotations.decision", "allow");
}

Test(review, what_the_policy_exempts_is_not_judged_and_the_audit_log_says_by_what)
{
	use_policy("exempt: {namespaces: [a?p]}");
	struct obj a = answer(request("v1", "", ",\"replica\":{\"source\":\"<a>\"}"));

	cr_assert(obj_true(a, "response.allowed", false));
	IS(a, "response.auditAnnotations.decision", "exempt");
	IS(a, "response.auditAnnotations.exempted-by", "policy: namespace app");
}

static struct review_denial denial_of(const char *body)
{
	struct review_denial d;

	answer(body);
	cr_assert(!outcome.allowed);
	review_denial(&outcome, arena, &d);
	return d;
}

Test(review, a_denial_says_to_others_what_was_refused_and_not_to_whom)
{
	const char *spec = ",\"replica\":{\"source\":\"<a>\"}";
	struct review_denial d =
		denial_of(request("v1", ",\"userInfo\":{\"username\":\"alice\"}", spec));

	cr_assert(str_is(d.api_version, "postgresql.cnpg.io/v1") && str_is(d.kind, "Cluster"));
	cr_assert(str_is(d.namespace, "app") && str_is(d.name, "db"));
	cr_assert(str_is(d.operation, "CREATE") && !d.uid.len);
	cr_assert(
		str_has_prefix(d.message, STR("CREATE refused: spec.replica.source: placeholder ")),
		"%.*s", STR_ARG(d.message));
	cr_assert(!str_contains(d.message, STR("alice")));
	cr_assert_eq(denial_of(request("v1", "", spec)).fingerprint, d.fingerprint);
}

/* CREATE or UPDATE of a ScheduledBackup. */
static const char *change(const char *operation, const char *name, const char *schedule)
{
	bool create = str_is(str_from(operation), "CREATE");

	return arena_fmt(
		       arena,
		       "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u-1\",\"kind\":{\"group\":\"postgresql.cnpg.io\",\"version\":\"v1\",\"kind\":\"ScheduledBackup\"},\"operation\":\"%s\",\"object\":{\"metadata\":{\"name\":\"%s\",\"namespace\":\"app\",\"uid\":\"new\"},\"spec\":{\"schedule\":\"%s\"}},\"oldObject\":%s}}",
		       operation, name, schedule,
		       create ? "null" : "{\"metadata\":{\"uid\":\"live\"},\"spec\":{}}")
		.ptr;
}

Test(review, a_denial_is_of_one_object_and_of_its_rules)
{
	struct review_denial d = denial_of(change("UPDATE", "daily", "0 0 3 31 2 *"));

	cr_assert(str_is(d.uid, "live"), "%.*s", STR_ARG(d.uid));
	cr_assert_eq(denial_of(change("UPDATE", "daily", "0 0 3 30 2 *")).fingerprint,
		     d.fingerprint, "other words about the same");
	cr_assert_neq(denial_of(change("UPDATE", "weekly", "0 0 3 31 2 *")).fingerprint,
		      d.fingerprint);
	cr_assert_neq(denial_of(change("UPDATE", "daily", "never")).fingerprint, d.fingerprint);
	d = denial_of(change("CREATE", "daily", "0 0 3 31 2 *"));
	cr_assert(!d.uid.len, "what is not created has no uid that anybody knows");
}

Test(review, a_long_denial_fits_into_an_event)
{
	struct buf source = BUF_ARENA(arena);

	buf_text(&source, ",\"replica\":{\"source\":\"<");
	buf_repeat(&source, 'a', 3000);
	buf_text(&source, ">\"}");
	buf_byte(&source, '\0');
	struct review_denial d = denial_of(request("v1", "", source.ptr));
	cr_assert_leq(d.message.len, LIMIT_EVENT_BYTES);
	cr_assert_gt(d.message.len, LIMIT_EVENT_BYTES / 2);
}
