#include "base/arena.h"
#include "base/json.h"
#include "checks/table.h"
#include "policy/policy.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#define HEAD                                                                                       \
	"apiVersion: backup-guard.io/v1alpha1\n"                                                   \
	"kind: BackupPolicy\n"                                                                     \
	"metadata: { name: mine }\n"                                                               \
	"spec:\n"

static struct policy *load(const char *text)
{
	struct policy *p = NULL;
	struct err err = {0};

	cr_assert(policy_from_yaml(str_from(text), &p, &err), "%u:%u: %s\n%s", err.line, err.column,
		  err.msg, text);
	return p;
}

static const struct rule *rule(const char *id)
{
	const struct rule *found = rule_find(str_from(id));

	cr_assert(found, "%s", id);
	return found;
}

Test(policy_use, milder_occurrence_stays_mild_unless_the_rule_was_raised)
{
	const struct rule *plain = rule("endpoint-plaintext");
	struct policy *as_it_is = load(HEAD "  profile: generic\n");
	struct policy *raised = load(HEAD "  profile: generic\n  rules:\n"
					  "    endpoint-plaintext: { severity: deny }\n");
	struct policy *lowered = load(HEAD "  profile: generic\n  rules:\n"
					   "    endpoint-plaintext: { severity: info }\n");

	cr_expect_eq(policy_finding_severity(as_it_is, plain, SEV_DENY), plain->severity);
	cr_expect_eq(policy_finding_severity(as_it_is, plain, SEV_INFO), SEV_INFO);
	cr_expect_eq(policy_finding_severity(raised, plain, SEV_INFO), SEV_DENY);
	cr_expect_eq(policy_finding_severity(lowered, plain, SEV_WARN), SEV_INFO);
	policy_drop(as_it_is);
	policy_drop(raised);
	policy_drop(lowered);
}

Test(policy_use, first_namespace_that_matches_gives_the_mode)
{
	struct policy *p = load(HEAD "  mode: enforce\n  namespaceModes:\n"
				     "    - { match: dev-prod, mode: enforce }\n"
				     "    - { match: 'dev-*', mode: warn }\n"
				     "    - { match: lab, mode: audit }\n");

	cr_expect_eq(policy_mode(p, STR("dev-prod")), MODE_ENFORCE);
	cr_expect_eq(policy_mode(p, STR("dev-1")), MODE_WARN);
	cr_expect_eq(policy_mode(p, STR("lab")), MODE_AUDIT);
	cr_expect_eq(policy_mode(p, STR("paperless")), MODE_ENFORCE);
	policy_drop(p);
}

Test(policy_use, operator_is_a_user_of_cnpg_system)
{
	struct policy *p = load(HEAD "  profile: generic\n");

	cr_expect(policy_is_operator(p, STR("system:serviceaccount:cnpg-system:cnpg-manager")));
	cr_expect_not(policy_is_operator(p, STR("system:serviceaccount:cnpg-systems:x")));
	cr_expect_not(policy_is_operator(p, STR("kubernetes-admin")));
	cr_expect_not(policy_is_operator(p, STR_EMPTY));
	policy_drop(p);
}

static const char exempting[] = HEAD "  exempt:\n"
				     "    namespaces: [kube-*]\n"
				     "    labels: { example.org/tier: 'scratch*' }\n"
				     "    users: [root]\n"
				     "    groups: ['system:masters']\n"
				     "    serviceAccounts: ['argocd:*']\n";

static void exempts(const struct policy *p, const struct policy_subject *s, const char *expected)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct str why = STR_EMPTY;
	bool exempted = policy_exempts(p, s, arena, &why);

	cr_expect_eq(exempted, *expected != '\0');
	cr_expect(str_is(why, expected), "%.*s, not %s", STR_ARG(why), expected);
}

Test(policy_use, exemption_says_by_what)
{
	struct policy *p = load(exempting);
	const struct str masters[] = {STR("system:authenticated"), STR("system:masters")};

	exempts(p, &(struct policy_subject){.namespace = STR("kube-system")},
		"namespace kube-system");
	exempts(p, &(struct policy_subject){.namespace = STR("paperless")}, "");
	exempts(p, &(struct policy_subject){.user = STR("root")}, "user root");
	exempts(p, &(struct policy_subject){.groups = masters, .groups_len = 2},
		"group system:masters");
	exempts(p, &(struct policy_subject){.groups = masters, .groups_len = 1}, "");
	exempts(p, &(struct policy_subject){.user = STR("system:serviceaccount:argocd:sync")},
		"service account argocd:sync");
	exempts(p, &(struct policy_subject){.user = STR("argocd:sync")}, "");
	policy_drop(p);
}

Test(policy_use, label_exempts_by_key_and_value)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct policy *p = load(exempting);
	const struct doc *d = NULL;
	struct err err;

	cr_assert(doc_read_json(
		arena,
		STR("[{\"example.org/tier\":\"scratch-1\"},{\"example.org/tier\":\"gold\"},{\"example.org/tier\":1},{}]"),
		&d, &err));
	struct obj labels = obj_first(doc_root(d));
	exempts(p, &(struct policy_subject){.labels = labels}, "label example.org/tier=scratch-1");
	while ((labels = obj_next(labels)).node)
		exempts(p, &(struct policy_subject){.labels = labels}, "");
	policy_drop(p);
}

Test(policy_use, nobody_is_exempt_by_default)
{
	struct policy *p = load(HEAD "  profile: homelab\n");

	exempts(p, &(struct policy_subject){.namespace = STR("kube-system"), .user = STR("root")},
		"");
	policy_drop(p);
}

static void *use(void *policy)
{
	for (int i = 0; i < 2000; i++) {
		struct policy *p = policy_acquire(policy);

		if (!policy_params(p)->stores_len)
			return p;
		policy_drop(p);
	}
	return NULL;
}

Test(policy_use, counts_hold_across_threads)
{
	struct policy *p = load(HEAD "  profile: homelab\n");
	pthread_t threads[4];
	void *failed;

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, use, p), 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		cr_assert_eq(pthread_join(threads[i], &failed), 0);
		cr_expect_null(failed);
	}
	policy_drop(p);
	policy_drop(NULL);
}

Test(policy_use, schema_has_each_rule_and_key)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct buf text = BUF_ARENA(arena);
	const struct doc *d = NULL;
	struct err err;

	policy_schema(&text);
	cr_assert(doc_read_json(arena, buf_slice(&text), &d, &err), "%s", err.msg);
	struct obj spec = obj_at(doc_root(d), "properties.spec.properties");
	struct obj ids = obj_at(spec, "rules.properties");
	for (size_t i = 0; i < rules_len; i++)
		cr_expect(obj_member(ids, str_from(rules[i].id)).node, "%s", rules[i].id);
	cr_expect_eq(obj_len(ids), rules_len);
	cr_expect(str_is(obj_text(spec, "stores.type"), "array"));
	cr_expect(obj_at(spec, "stores.items.properties.destinationPath.items").node);
	cr_expect_not(obj_at(spec, "namespaceModes.items.properties.labelSelector").node);
	cr_expect_eq(obj_type(obj_at(doc_root(d), "additionalProperties")), OBJ_BOOL);
}

static void idle(const char *text, const char *expected)
{
	struct policy *p = load(text);
	struct buf out CLEANUP(buf) = {0};

	policy_idle(p, &out);
	cr_expect(str_is(buf_slice(&out), expected), "%.*s", STR_ARG(buf_slice(&out)));
	policy_drop(p);
}

Test(policy_use, setting_without_its_rule_is_told)
{
	idle(HEAD "  profile: homelab\n", "");
	idle(HEAD "  profile: strict\n", "");
	idle(HEAD "  schedule: { window: 01:00-05:00 }\n",
	     "spec.schedule.window is set, but rule policy-schedule-window is off\n");
	idle(HEAD "  profile: generic\n  stores: [{ name: a, objectStoreName: a }]\n",
	     "spec.stores is set, but rule policy-store-name is off\n");
	idle(HEAD "  profile: generic\n  rules: { policy-retention: { severity: deny } }\n",
	     "spec.retention is not set: rule policy-retention finds nothing\n");
	idle(HEAD "  requireStoreRoles: [offsite]\n",
	     "spec.requireStoreRoles is set, but rule policy-require-store-roles is off\n");
}
