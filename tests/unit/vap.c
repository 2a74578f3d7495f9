/*
 * A policy as ValidatingAdmissionPolicies. What is printed of the profiles is part of the chart,
 * what is printed of a site stands in tests/golden/vap; GUARD_WRITE_EXPECT=1 writes it anew: read
 * what it wrote. What the API server makes of it, and that it agrees with the engine, is held by
 * tests/e2e/suites/vap.sh.
 */
#include "vap/vap.h"

#include "base/arena.h"
#include "base/file.h"
#include "checks/table.h"

#include <criterion/criterion.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY "apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\nspec:\n"

static struct policy *policy_of(const char *spec)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct policy *p;
	struct err err;

	cr_assert(policy_from_yaml(arena_fmt(a, POLICY "%s", spec), &p, &err), "%s", err.msg);
	return p;
}

/* What is printed of it, in `a`; the policy is dropped. */
static struct str printed(struct policy *p, struct arena *a)
{
	struct buf out = BUF_ARENA(a);

	vap_print(p, a, &out);
	policy_drop(p);
	return buf_slice(&out);
}

static void is_golden(const char *name, struct str text)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str path = arena_fmt(a, "%s.yaml", name), wanted;
	struct err err;

	if (getenv("GUARD_WRITE_EXPECT")) {
		FILE *f = fopen(path.ptr, "w");

		cr_assert(f && fwrite(text.ptr, 1, text.len, f) == text.len && !fclose(f));
	}
	cr_assert(file_read(a, path, 1 << 20, &wanted, &err), "%s", err.msg);
	cr_assert(str_eq(text, wanted), "%s:\n%.*s", name, STR_ARG(text));
}

static void says(struct str text, const char *part)
{
	cr_assert(str_contains(text, str_from(part)), "no\n%s\nin\n%.*s", part, STR_ARG(text));
}

static void lacks(struct str text, const char *part)
{
	cr_assert(!str_contains(text, str_from(part)), "%s in\n%.*s", part, STR_ARG(text));
}

/* The policy and the binding that deny: beside a webhook, which warns itself. */
static struct str denials_of(struct str text)
{
	size_t end = 0;

	for (int i = 0; i < 3; i++)
		end += str_find(str_slice(text, end, text.len), STR("\n---\n")) + 1;
	return str_slice(text, 0, end);
}

Test(vap, profiles)
{
	for (const char *const *name = policy_profiles; *name; name++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct policy *p;
		struct err err;

		cr_assert(policy_from_profile(str_from(*name), &p, &err));
		struct str text = printed(p, a);
		is_golden(arena_fmt(a, "deploy/helm/backup-guard/files/vap-%s", *name).ptr, text);
		if (strcmp(*name, "generic") == 0)
			is_golden("deploy/kustomize/components/vap/policy", denials_of(text));
	}
}

Test(vap, exemptions_and_values_of_a_policy)
{
	CLEANUP(arena) struct arena *a = arena_new();

	is_golden(
		"tests/golden/vap/site",
		printed(policy_of(
				"  operators: ['system:serviceaccount:cnpg-system:*', o'neill]\n"
				"  knownPlugins: [barman.example.org]\n"
				"  schedule: {minInterval: 6h}\n"
				"  scheduledBackup: {ownerReference: self}\n"
				"  retention: {min: 7d, max: 90d}\n"
				"  stores:\n"
				"    - name: near\n"
				"      objectStoreName: '{namespace}-{app}.store'\n"
				"      destinationPath: ['s3://b/{app}/{namespace}/', 's3://c/{cluster}']\n"
				"      endpointURL: ['https://s3.example.org/', 'http://minio:9000/x']\n"
				"      credentials: {accessKeyId: ID}\n"
				"    - {name: far, role: offsite, objectStoreName: far, credentials: {secretName: [a, b]}}\n"
				"  exempt:\n"
				"    namespaces: [kube-*, sand?box]\n"
				"    users: [ada]\n"
				"    groups: ['ops:*']\n"
				"    serviceAccounts: ['ci:*']\n"
				"    labels: {team: '[ab]?', tier: none}\n"
				"    annotations: false\n"
				"  rules:\n"
				"    policy-destination: {severity: deny}\n"
				"    policy-endpoint: {severity: deny}\n"
				"    policy-credentials-secret: {severity: warn}\n"
				"    policy-store-name: {severity: deny}\n"
				"    policy-owner-reference: {severity: warn}\n"
				"    policy-require-compression: {severity: warn}\n"
				"    policy-require-endpoint-ca: {severity: warn}\n"
				"    policy-retention: {severity: deny}\n"),
			a));
}

Test(vap, a_rule_that_is_off_disappears)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = printed(
		policy_of(
			"  rules: {wal-archiver-off: {severity: off}, schedule-suspended: {severity: info}}\n"),
		a);

	lacks(text, "wal-archiver-off");
	lacks(text, "[schedule-suspended]");
	says(text, "[plugin-disabled]");
}

/* The rules of a severity are those of one document. */
static struct str document(struct str text, const char *name)
{
	size_t from = str_find(text, str_from(name));

	cr_assert(from != STR_NONE, "no %s", name);
	text = str_slice(text, from, text.len);
	return str_slice(text, 0, str_find(text, STR("\n---\n")));
}

Test(vap, what_the_policy_raises_is_refused)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = printed(
		policy_of(
			"  rules: {schedule-suspended: {severity: deny}, retention-missing: {severity: deny}, schedule-five-fields: {severity: warn}}\n"),
		a);
	struct str deny = document(text, "  name: backup-guard-deny\n");
	struct str warn = document(text, "  name: backup-guard-warn\n");

	says(deny, "[schedule-suspended]");
	says(deny, "spec.retentionPolicy: is not set");
	lacks(deny,
	      "spec.backup.retentionPolicy: is not set"); /* nobody knows enough to refuse it */
	says(warn, "spec.backup.retentionPolicy: is not set");
	lacks(deny, "[schedule-five-fields]");
	says(warn, "[schedule-five-fields]");
}

static enum vap_coverage coverage(const char *spec, const char *rule)
{
	struct policy *p = policy_of(spec);
	enum vap_coverage covered = vap_coverage(p, rule_find(str_from(rule)));

	policy_drop(p);
	return covered;
}

#define STORE(rest)                                                                                \
	"  stores: [{name: a, " rest                                                               \
	"}]\n  rules: {policy-destination: {severity: deny}, policy-endpoint: {severity: deny}, policy-store-name: {severity: deny}}\n"

Test(vap, what_cel_cannot_say_is_left_out)
{
	const char *rule = "policy-destination";

	cr_expect_eq(coverage(STORE("objectStoreName: '{app}', destinationPath: ['s3://b/{app}']"),
			      rule),
		     VAP_IN_PART);
	/* one name in two places, not known from elsewhere */
	cr_expect_eq(
		coverage(STORE("objectStoreName: s, destinationPath: ['s3://{app}/{app}']"), rule),
		VAP_LEFT_OUT);
	cr_expect_eq(
		coverage(STORE("objectStoreName: '{cluster}', destinationPath: ['s3://b']"), rule),
		VAP_LEFT_OUT);
	static const char *const plain[] = {"azAZ09._/-", "{app}/x", "x/{app}"};
	static const char *const special[] = {"a b", "a?b", "a@b", "a`", "a[", "a,b", "{app}/a b"};
	for (size_t i = 0; i < ARRAY_LEN(plain) + ARRAY_LEN(special); i++) {
		bool is_plain = i < ARRAY_LEN(plain);
		const char *path = is_plain ? plain[i] : special[i - ARRAY_LEN(plain)];
		char spec[400];

		snprintf(spec, sizeof spec,
			 STORE("objectStoreName: '{app}', destinationPath: ['s3://b/%s']"), path);
		cr_expect_eq(coverage(spec, rule), is_plain ? VAP_IN_PART : VAP_LEFT_OUT, "%s",
			     path);
	}
	cr_expect_eq(coverage(STORE("objectStoreName: s, destinationPath: ['gs://b']"), rule),
		     VAP_LEFT_OUT);
	cr_expect_eq(coverage(STORE("objectStoreName: s, destinationPath: ['s3://b:1']"), rule),
		     VAP_LEFT_OUT);
	cr_expect_eq(coverage(STORE("objectStoreName: s, endpointURL: ['https://u@h']"),
			      "policy-endpoint"),
		     VAP_LEFT_OUT);
	/* of ObjectStores, but not of Clusters, whose name may be another */
	cr_expect_eq(
		coverage("  clusterNameAliases: [-new$]\n" STORE("objectStoreName: '{cluster}-s'"),
			 "policy-store-name"),
		VAP_LEFT_OUT);
	cr_expect_eq(coverage(STORE("objectStoreName: '{cluster}-s'"), "policy-store-name"),
		     VAP_WHOLE);
	cr_expect_eq(coverage("  pluginVersion: '0.16'\n", "plugin-parameters-ignored"),
		     VAP_LEFT_OUT);
	cr_expect_eq(coverage("  schedule: {minInterval: 1h}\n", "schedule-padded-hourly"),
		     VAP_LEFT_OUT);
	cr_expect_eq(coverage("  schedule: {minInterval: 60s}\n", "schedule-too-frequent"),
		     VAP_LEFT_OUT);
	cr_expect_eq(coverage("  mode: warn\n", "wal-gap"), VAP_LEFT_OUT);
}

Test(vap, a_mode_of_some_namespaces_has_policies_of_its_own)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = printed(
		policy_of(
			"  mode: warn\n  namespaceModes: [{match: prod-*, mode: enforce}, {match: lab, mode: warn}]\n"),
		a);
	struct str own = document(text, "  name: backup-guard-deny\n");
	struct str prod = document(text, "  name: backup-guard-deny-in-enforce\n");

	says(own,
	     "request.namespace.matches('(?s)^prod-.*$') ? false :\n        request.namespace == 'lab' ? true :\n        true\n");
	says(prod,
	     "request.namespace.matches('(?s)^prod-.*$') ? true :\n        request.namespace == 'lab' ? false :\n        false\n");
	says(document(text, "  name: backup-guard-deny-in-enforce-enforce\n"),
	     "validationActions: [Deny]");
	lacks(text, "name: backup-guard-deny-enforce\n");
	says(document(text, "  name: backup-guard-deny-warn\n"),
	     "          operator: NotIn\n          values: [audit, \"off\"]");
}

Test(vap, texts_of_the_policy_stay_texts)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct policy *p;
	struct err err;

	cr_assert(policy_from_yaml(STR("apiVersion: backup-guard.io/v1alpha1\nkind: BackupPolicy\n"
				       "metadata: {name: \"x\\n---\\ny\"}\n"
				       "spec: {exempt: {users: [\"a'\\nb\", 'c\\*d*', '[']}}\n"),
				   &p, &err),
		  "%s", err.msg);
	struct str text = printed(p, a);

	says(text, "# BackupPolicy x\\x0a---\\x0ay as");
	says(text, "username == 'a\\'\\u000ab' ||");
	says(text, ".matches('(?s)^c\\\\*d.*$') ||");
	says(text, ".matches('(?s)^\\\\[$'))");
}

/* One item of a regular expression of the kind that is printed: `c` fits, and where it ends. */
static bool item_fits(const char **at, char c)
{
	const char *p = *at;
	bool fits = false, negated;

	if (*p != '[') {
		fits = *p == '.' || (*p == '\\' ? *++p : *p) == c;
		*at = p + 1;
		return fits;
	}
	negated = *++p == '^';
	for (p += negated; *p != ']'; p++) {
		unsigned char first = (unsigned char)(*p == '\\' ? *++p : *p), last = first;

		if (p[1] == '-') {
			p += 2;
			last = (unsigned char)(*p == '\\' ? *++p : *p);
		}
		fits |= first <= (unsigned char)c && (unsigned char)c <= last;
	}
	*at = p + 1;
	return fits != negated;
}

static bool regex_fits(const char *regex, const char *text)
{
	if (strcmp(regex, "$") == 0)
		return !*text;
	if (strncmp(regex, "[^\\x00", 6) == 0)
		return false;
	if (strncmp(regex, ".*", 2) == 0)
		return regex_fits(regex + 2, text) || (*text && regex_fits(regex, text + 1));
	return *text && item_fits(&regex, *text) && regex_fits(regex, text + 1);
}

/* The regular expression that stands for a glob, out of its quotes. */
static const char *regex_of(const char *glob, struct arena *a)
{
	struct buf spec = BUF_ARENA(a), regex = BUF_ARENA(a);

	buf_text(&spec, "  exempt: {users: ['x*', '");
	for (const char *p = glob; *p; p++)
		buf_fmt(&spec, *p == '\'' ? "''" : "%c", *p);
	buf_text(&spec, "']}\n");
	buf_byte(&spec, '\0');
	struct str text = printed(policy_of(spec.ptr), a);
	const char *start = "^x.*$') || request.userInfo.username.matches('(?s)^";
	size_t from = str_find(text, str_from(start));
	cr_assert(from != STR_NONE, "%s", glob);
	for (const char *p = text.ptr + from + strlen(start); *p != '\''; p++)
		buf_byte(&regex, *p == '\\' ? *++p : *p);
	buf_byte(&regex, '\0');
	return regex.ptr;
}

Test(vap, globs_are_as_fnmatch_reads_them)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const char *const globs[] = {
		"prod-[12]", "a[!b]c",	     "w-[a-c]*",   "[^a]*",
		"a[]b]c",    "a[!]b]c",	     "a[b",	   "a[]",
		"a[!]",	     "a[\\]b]c",     "a[b\\]c",	   "[c-a]x",
		"[!c-a]x",   "[[:digit:]]*", "[[:alpha:]", "[![:alpha:]-]",
		"a[b-]c",    "a[-b]c",	     "a[+--]c",	   "a[.]c",
		"a[*?]c",    "a[[]c",	     "a[\\\\]c",   "a[b^]c",
		"a[1\\-3]c", "a[x][y]",	     "a*\\",	   "\\[a]*",
		"[']*",	     "[[:nope:]]x",  "a[!-]c",	   "a]?",
		"[a-",	     "a[b-",	     "[",	   "[!",
		"[a-[",	     "[[:alpha:",    "[[.x.]",	   "[a\\",
		"a[*b-",     "x[a\\b",	     "[[:nope:]",
	};
	static const char *const names[] = {
		"prod-1", "prod-x",   "prod-12", "prod-[12]", "abc",  "axc", "a]c",  "a-c",
		"a+c",	  "a,c",      "a.c",	 "a*c",	      "a?c",  "a[c", "a\\c", "a^c",
		"a1c",	  "a2c",      "a3c",	 "a!c",	      "w-b1", "w-d", "a[b",  "a[]",
		"a[!]",	  "a[\\]b]c", "ax",	 "bx",	      "xx",   "1",   "12",   "x",
		"[a",	  "[:",	      "[l",	 "axy",	      "a\\",  "[a]", "'",    "a",
		"",	  "a]b",      "-",	 "a[b]c",     "[.",   "[x",  "x[ab",
	};

	for (size_t g = 0; g < ARRAY_LEN(globs); g++) {
		const char *regex = regex_of(globs[g], a);

		for (size_t n = 0; n < ARRAY_LEN(names); n++)
			cr_expect_eq(regex_fits(regex, names[n]),
				     fnmatch(globs[g], names[n], 0) == 0, "%s as %s: %s", globs[g],
				     regex, names[n]);
		for (size_t n = 0; n < ARRAY_LEN(globs); n++)
			cr_expect_eq(regex_fits(regex, globs[n]),
				     fnmatch(globs[g], globs[n], 0) == 0, "%s as %s: %s", globs[g],
				     regex, globs[n]);
	}
}

Test(vap, audit_refuses_and_warns_nobody)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = printed(policy_of("  mode: audit\n"), a);

	lacks(text, "[Deny]");
	lacks(text, "[Warn]");
	says(text, "validationActions: [Audit]");
	says(text, "operator: NotIn\n          values: [\"off\"]\n");
}
