#include "base/arena.h"
#include "base/limits.h"
#include "base/utc.h"
#include "checks/table.h"
#include "cmd/cmd.h"
#include "policy/policy.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define HEAD                                                                                       \
	"apiVersion: backup-guard.io/v1alpha1\n"                                                   \
	"kind: BackupPolicy\n"                                                                     \
	"metadata: { name: mine }\n"

static struct policy *load(const char *text)
{
	struct policy *p = NULL;
	struct err err = {0};

	cr_assert(policy_from_yaml(str_from(text), &p, &err), "%u:%u: %s\n%s", err.line, err.column,
		  err.msg, text);
	return p;
}

/* LINE:COLUMN: TEXT of the first error. */
static void refuse(const char *text, const char *expected)
{
	struct policy *p = NULL;
	struct err err = {0};
	char found[600];

	cr_assert_not(policy_from_yaml(str_from(text), &p, &err), "%s", text);
	snprintf(found, sizeof found, "%u:%u: %s", err.line, err.column, err.msg);
	cr_expect_str_eq(found, expected, "%s\n%s", found, text);
}

static enum severity severity(const struct policy *p, const char *id)
{
	const struct rule *rule = rule_find(str_from(id));

	cr_assert(rule, "%s", id);
	return policy_severity(p, rule);
}

Test(policy_load, each_profile_loads)
{
	for (size_t i = 0; policy_profiles[i]; i++) {
		struct policy *p = NULL;
		struct err err = {0};

		cr_assert(policy_from_profile(str_from(policy_profiles[i]), &p, &err), "%s",
			  err.msg);
		cr_expect(str_is(policy_profile_name(p), policy_profiles[i]));
		cr_expect(str_is(policy_name(p), policy_profiles[i]));
		cr_expect_eq(policy_hash(p).len, 16);
		policy_drop(p);
	}
}

Test(policy_load, unknown_profile_is_told_the_others)
{
	struct policy *p = NULL;
	struct err err = {0};

	cr_assert_not(policy_from_profile(STR("homlab"), &p, &err));
	cr_assert(strstr(err.msg, "did you mean homelab?"), "%s", err.msg);
}

/* What print-default shows can be used as it is. */
Test(policy_load, each_profile_is_a_file_that_means_the_same)
{
	for (size_t i = 0; policy_profiles[i]; i++) {
		struct policy *profile = NULL, *file = NULL;
		struct err err = {0};
		struct str text;

		cr_assert(policy_profile_text(str_from(policy_profiles[i]), &text));
		cr_assert(policy_from_profile(str_from(policy_profiles[i]), &profile, &err));
		cr_assert(policy_from_yaml(text, &file, &err), "%s", err.msg);
		for (size_t r = 0; r < rules_len; r++)
			cr_expect_eq(policy_severity(profile, &rules[r]),
				     policy_severity(file, &rules[r]), "%s: %s", policy_profiles[i],
				     rules[r].id);
		cr_expect_eq(policy_params(profile)->stores_len, policy_params(file)->stores_len);
		policy_drop(profile);
		policy_drop(file);
	}
}

Test(policy_load, two_site_example_has_a_store_for_each_site)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct str text;
	struct err err;

	cr_assert(file_read(arena, STR("deploy/policy/two-site.yaml"), LIMIT_POLICY_BYTES, &text,
			    &err));
	struct policy *p = load(arena_cstr(arena, text));
	const struct params *params = policy_params(p);
	cr_assert_eq(params->stores_len, 2);
	cr_expect_eq(params->stores[0].role, STORE_ARCHIVE);
	cr_expect_eq(params->stores[1].role, STORE_OFFSITE);
	cr_expect_eq(severity(p, "policy-destination"), SEV_DENY);
	policy_drop(p);
}

Test(policy_load, generic_is_the_table)
{
	struct policy *p = NULL;
	struct err err = {0};

	cr_assert(policy_from_profile(STR("generic"), &p, &err));
	for (size_t i = 0; i < rules_len; i++)
		cr_expect_eq(policy_severity(p, &rules[i]), rules[i].severity, "%s", rules[i].id);
	cr_expect_eq(policy_params(p)->stores_len, 0);
	policy_drop(p);
}

Test(policy_load, strict_only_raises)
{
	struct policy *p = NULL;
	struct err err = {0};

	cr_assert(policy_from_profile(STR("strict"), &p, &err));
	for (size_t i = 0; i < rules_len; i++)
		cr_expect_geq(policy_severity(p, &rules[i]), rules[i].severity, "%s", rules[i].id);
	policy_drop(p);
}

Test(policy_load, homelab_knows_its_store)
{
	struct policy *p = NULL;
	struct err err = {0};

	cr_assert(policy_from_profile(STR("homelab"), &p, &err));
	const struct params *params = policy_params(p);
	const struct store_params *s = &params->stores[0];

	cr_assert_eq(params->stores_len, 1);
	cr_expect(str_is(s->object_store_name, "{app}-minio-store"));
	cr_expect(str_is(s->destination_path.items[0],
			 "s3://homelab-postgres-backups/{app}/{cluster}"));
	cr_expect(str_list_has(s->secret_name, STR("longhorn-minio-credentials")));
	cr_expect(str_is(s->access_key_id, "AWS_ACCESS_KEY_ID"));
	cr_expect_eq(s->required_keys.len, 4);
	cr_expect_eq(s->required_values.len, 1);
	cr_expect(str_is(s->required_values.items[0].value, "true"));
	cr_expect_eq(params->min_interval, 3600);
	cr_expect_eq(params->max_interval, 8 * UTC_DAY);
	cr_expect_not(params->min_interval_set, "a profile's default is nobody's wish");
	cr_expect_eq(params->plugin.minor, 15);
	cr_expect_eq(params->cluster_name_aliases_len, 1);
	cr_expect_eq(severity(p, "schedule-five-fields"), SEV_WARN);
	cr_expect_eq(severity(p, "policy-require-plugin"), SEV_DENY);
	policy_drop(p);
}

Test(policy_load, file_overrides_its_profile)
{
	struct policy *p = load(HEAD "spec:\n"
				     "  profile: homelab\n"
				     "  mode: warn\n"
				     "  pluginVersion: v0.12.1\n"
				     "  stores: []\n"
				     "  schedule: { minInterval: 1h30m, window: \"22:00-05:30\" }\n"
				     "  retention: { min: 2w, max: 3m }\n"
				     "  clusterNameAliases: []\n"
				     "  exempt: { annotations: false }\n"
				     "  rules:\n"
				     "    policy-require-plugin: { severity: info }\n");
	const struct params *params = policy_params(p);

	cr_expect(str_is(policy_name(p), "mine"));
	cr_expect(str_is(policy_profile_name(p), "homelab"));
	cr_expect_eq(policy_mode(p, STR("any")), MODE_WARN);
	cr_expect_eq(params->plugin.minor, 12);
	cr_expect_eq(params->stores_len, 0, "lists are replaced");
	cr_expect_eq(params->cluster_name_aliases_len, 0);
	cr_expect_eq(params->min_interval, 5400);
	cr_expect(params->min_interval_set);
	cr_expect_eq(params->max_interval, 8 * UTC_DAY, "what is left out stays");
	cr_expect_eq(params->window_from, 22 * 60);
	cr_expect_eq(params->window_to, 5 * 60 + 30);
	cr_expect_eq(params->retention_min, 14);
	cr_expect_eq(params->retention_max, 93);
	cr_expect(params->annotations_forbidden);
	cr_expect_eq(severity(p, "policy-require-plugin"), SEV_INFO);
	cr_expect_eq(severity(p, "policy-endpoint"), SEV_DENY, "rules are merged");
	policy_drop(p);
}

Test(policy_load, off_is_a_severity_without_quotes)
{
	struct policy *p = load(HEAD "spec:\n  rules:\n    policy-endpoint: { severity: off }\n"
				     "    policy-method: { severity: 'off' }\n");

	cr_expect_eq(severity(p, "policy-endpoint"), SEV_OFF);
	cr_expect_eq(severity(p, "policy-method"), SEV_OFF);
	policy_drop(p);
}

Test(policy_load, a_profile_alone_is_the_profile)
{
	struct policy *p = load(HEAD "spec:\n  profile: homelab\n");

	cr_expect_eq(policy_params(p)->stores_len, 1);
	policy_drop(p);
}

Test(policy_load, without_a_profile_the_base_has_no_site_rules)
{
	struct policy *p = load(HEAD "spec:\n");

	cr_expect(str_is(policy_profile_name(p), "generic"));
	cr_expect_eq(policy_params(p)->stores_len, 0);
	cr_expect_eq(severity(p, "policy-endpoint"), SEV_OFF);
	policy_drop(p);
}

Test(policy_load, hash_tells_files_and_profiles_apart)
{
	struct policy *a = load(HEAD "spec: { profile: generic }\n");
	struct policy *b = load(HEAD "spec: { profile: generic } \n");
	struct policy *c = load(HEAD "spec: { profile: generic }\n");

	cr_expect_not(str_eq(policy_hash(a), policy_hash(b)));
	cr_expect(str_eq(policy_hash(a), policy_hash(c)));
	policy_drop(a);
	policy_drop(b);
	policy_drop(c);
}

Test(policy_load, bad_keys_and_values_have_a_place)
{
	refuse(HEAD "spec:\n  store: []\n",
	       "5:3: spec.store: is no key of a policy; did you mean stores?");
	refuse(HEAD "spec:\n  stores:\n    - name: a\n      objectStoreName: '{ap}-s'\n",
	       "7:24: spec.stores[0].objectStoreName: '{ap}' is none of {app}, {namespace}, {cluster}");
	refuse(HEAD "spec:\n  stores:\n    - name: a\n",
	       "6:7: spec.stores[0]: needs objectStoreName");
	refuse(HEAD "spec:\n  rules:\n    schedule-five-field: { severity: warn }\n",
	       "6:5: spec.rules.schedule-five-field: no rule has this id; did you mean schedule-five-fields?");
	refuse(HEAD "spec:\n  rules:\n    schedule-five-fields: warn\n",
	       "6:27: spec.rules.schedule-five-fields: must be a map such as { severity: warn }");
	refuse(HEAD "spec:\n  rules:\n    schedule-five-fields: { severity: error }\n",
	       "6:39: spec.rules.schedule-five-fields.severity: 'error' is none of off, info, warn, deny");
	refuse(HEAD "spec:\n  rules:\n    schedule-five-fields: { severity: on }\n",
	       "6:39: spec.rules.schedule-five-fields.severity: is true, not one of off, info, warn or deny");
	refuse(HEAD "spec:\n  pluginVersion: 0.15\n",
	       "5:18: spec.pluginVersion: is a number, not a version such as \"0.15\": put it in quotes");
	refuse(HEAD "spec:\n  mode: off\n",
	       "5:9: spec.mode: is true or false, not enforce or warn or audit");
	refuse(HEAD "spec:\n  pluginVersion: latest\n",
	       "5:18: spec.pluginVersion: 'latest' is not a version such as \"0.15\"");
	refuse(HEAD "spec:\n  schedule: { minInterval: 1 hour }\n",
	       "5:28: spec.schedule.minInterval: '1 hour' is not a duration such as 90m, 1h30m or 8d");
	refuse(HEAD "spec:\n  schedule: { maxInterval: 1001d }\n",
	       "5:28: spec.schedule.maxInterval: '1001d' is not between 1s and 1000d");
	refuse(HEAD "spec:\n  schedule: { timezone: Europe/Berlin }\n",
	       "5:25: spec.schedule.timezone: 'Europe/Berlin' is not UTC, and CloudNativePG reads schedules in nothing else");
	refuse(HEAD "spec:\n  schedule: { window: 25:00-05:00 }\n",
	       "5:23: spec.schedule.window: '25:00-05:00' is not a window such as 01:00-05:30");
	refuse(HEAD "spec:\n  retention: { min: 30 }\n",
	       "5:21: spec.retention.min: is a number, not a retention such as 30d, 4w or 3m: put it in quotes");
	refuse(HEAD "spec:\n  clusterNameAliases: ['(']\n",
	       "5:24: spec.clusterNameAliases[0]: '(' is no regular expression: Unmatched ( or \\(");
	refuse(HEAD "spec:\n  clusterNameAliases: ['a{2}']\n",
	       "5:24: spec.clusterNameAliases[0]: 'a{2}' uses { or \\: counts and back-references can take for ever");
	refuse(HEAD "spec:\n  stores:\n",
	       "5:10: spec.stores: is empty, not a list: write [] for none");
	refuse(HEAD "spec:\n  clusterNameAliases: ['']\n",
	       "5:24: spec.clusterNameAliases[0]: must have 1 to 200 characters");
	refuse(HEAD "spec:\n  knownPlugins: ['']\n", "5:18: spec.knownPlugins[0]: is empty");
	refuse(HEAD "spec:\n  exempt: { labels: { tier: 1 } }\n",
	       "5:29: spec.exempt.labels.tier: must be a text: put it in quotes");
	refuse(HEAD "spec:\n  retention: { max: 5y }\n",
	       "5:21: spec.retention.max: '5y' is not a retention such as 30d, 4w or 3m");
	refuse(HEAD "spec:\n  allowPlaintext: nas\n",
	       "5:19: spec.allowPlaintext: is a text, not a list");
	refuse(HEAD "spec:\n  profile: homlab\n",
	       "5:12: spec.profile: 'homlab' is none of generic, homelab, strict; did you mean homelab?");
}

Test(policy_load, alerts_have_names_and_labels)
{
	struct policy *p = load(HEAD "spec:\n");

	cr_expect(str_is(policy_alerts(p)->name_prefix, "Postgres"));
	cr_expect_eq(policy_alerts(p)->labels.len, 0);
	policy_drop(p);
	p = load(HEAD "spec:\n  alerts: { namePrefix: Db_1, runbookURL: 'https://wiki/{rule}', "
		      "labels: { _team: db }, objectLabels: { release: prometheus } }\n");
	cr_expect(str_is(policy_alerts(p)->name_prefix, "Db_1"));
	cr_expect(str_is(policy_alerts(p)->runbook_url, "https://wiki/{rule}"));
	cr_expect(str_is(policy_alerts(p)->labels.items[0].key, "_team"));
	cr_expect(str_is(policy_alerts(p)->object_labels.items[0].value, "prometheus"));
	policy_drop(p);
	refuse(HEAD "spec:\n  alerts: { namePrefix: 1Db }\n",
	       "5:25: spec.alerts.namePrefix: '1Db' is not letters, digits and _, and no digit first");
	refuse(HEAD "spec:\n  alerts: { runbookURL: wiki }\n",
	       "5:25: spec.alerts.runbookURL: 'wiki' is no URL such as https://example.com/{rule}");
	refuse(HEAD "spec:\n  alerts: { labels: { a-b: x } }\n",
	       "5:23: spec.alerts.labels.a-b: is no label of Prometheus: letters, digits and _");
	refuse(HEAD "spec:\n  alerts: { labels: { cluster: x } }\n",
	       "5:23: spec.alerts.labels.cluster: is a label that tells alerts apart");
	refuse(HEAD "spec:\n  alerts: { labels: { __name__: x } }\n",
	       "5:23: spec.alerts.labels.__name__: is no label of Prometheus: letters, digits and _");
}

#define TEMPLATE "has {{, which Prometheus reads as the beginning of a template"
#define KEY                                                                                        \
	"is no key of a label in Kubernetes: release or example.com/release, 63 letters, digits, " \
	"-, _ and . at most"
#define VALUE                                                                                      \
	"is no value of a label in Kubernetes: 63 letters, digits, -, _ and . at most, a letter "  \
	"or a digit first and last"

Test(policy_load, alerts_are_no_templates)
{
	refuse(HEAD "spec:\n  alerts: { labels: { team: '{{ x' } }\n",
	       "5:29: spec.alerts.labels.team: " TEMPLATE);
	refuse(HEAD "spec:\n  alerts: { labels: { severity: 'a{{$value}}' } }\n",
	       "5:33: spec.alerts.labels.severity: " TEMPLATE);
	refuse(HEAD "spec:\n  alerts: { runbookURL: 'https://wiki/{{rule}}' }\n",
	       "5:25: spec.alerts.runbookURL: " TEMPLATE);
}

Test(policy_load, labels_of_objects_are_what_kubernetes_takes)
{
	struct policy *p = load(HEAD "spec:\n  alerts: { objectLabels: { a.b_c-d: '', "
				     "example.com/Release: v1.2_x-Y } }\n");

	cr_expect_eq(policy_alerts(p)->object_labels.len, 2);
	policy_drop(p);
	static const char *const keys[] = {"a b", "-a", "a-", "/a", "a/", "A.com/a", "a/b/c"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		bool plain = !strpbrk(keys[i], "./ ");
		char text[200], error[300];

		snprintf(text, sizeof text, HEAD "spec:\n  alerts: { objectLabels: { '%s': x } }\n",
			 keys[i]);
		snprintf(error, sizeof error, "5:29: spec.alerts.objectLabels%s%s%s: " KEY,
			 plain ? "." : "[", keys[i], plain ? "" : "]");
		refuse(text, error);
	}
	static const char *const values[] = {
		"a b", "_a", "a.", "a/b",
		"a123456789b123456789c123456789d123456789e123456789f123456789g123"};
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		char text[300];

		snprintf(text, sizeof text, HEAD "spec:\n  alerts: { objectLabels: { a: '%s' } }\n",
			 values[i]);
		refuse(text, "5:32: spec.alerts.objectLabels.a: " VALUE);
	}
}

Test(policy_load, namespace_modes_cannot_use_labels)
{
	refuse(HEAD "spec:\n  namespaceModes:\n    - match: dev-*\n      mode: warn\n"
		    "      labelSelector: {}\n",
	       "8:7: spec.namespaceModes[0].labelSelector: a request for admission does not carry the labels of its namespace; write match: a glob of names");
}

Test(policy_load, what_contradicts_itself_is_refused)
{
	refuse(HEAD "spec:\n  schedule: { minInterval: 2d, maxInterval: 1d }\n",
	       "5:3: spec.schedule: minInterval is longer than maxInterval");
	refuse(HEAD "spec:\n  schedule: { minInterval: 9d }\n",
	       "5:3: spec.schedule: minInterval is longer than maxInterval");
	refuse(HEAD "spec:\n  retention: { min: 3m, max: 30d }\n",
	       "5:3: spec.retention: min is longer than max");
	refuse(HEAD "spec:\n  stores:\n    - { name: a, objectStoreName: a }\n"
		    "    - { name: a, objectStoreName: b }\n",
	       "7:15: spec.stores[1].name: stands twice");
}

Test(policy_load, other_files_are_told_from_a_policy)
{
	refuse("", "0:0: holds 0 documents, not one BackupPolicy");
	refuse(HEAD "---\n" HEAD, "0:0: holds 2 documents, not one BackupPolicy");
	refuse("[]", "1:1: is no map with apiVersion, kind, metadata and spec");
	refuse("kind: BackupPolicy\n", "1:1: needs apiVersion");
	refuse("apiVersion: backup-guard.io/v1\nkind: BackupPolicy\n",
	       "1:13: apiVersion: 'backup-guard.io/v1' is not backup-guard.io/v1alpha1");
	refuse("apiVersion: v1\nkind: ConfigMap\ndata: {}\n",
	       "1:13: apiVersion: 'v1' is not backup-guard.io/v1alpha1");
}

Test(policy_load, file_is_no_larger_than_a_configmap)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct buf text = BUF_ARENA(arena);

	buf_text(&text, HEAD);
	buf_repeat(&text, '\n', LIMIT_POLICY_BYTES);
	refuse(arena_cstr(arena, buf_slice(&text)), "0:0: larger than 1048576 bytes");
}

Test(policy_load, bytes_that_are_no_yaml_or_hold_nul_are_refused)
{
	struct policy *p = NULL;
	struct err err = {0};

	refuse(HEAD "spec:\n  knownPlugins: [\"a\\0b\"]\n", "0:0: holds a NUL character");
	cr_assert_not(policy_from_yaml(STR(HEAD "spec: {\n"), &p, &err));
	cr_assert_eq(err.line, 5);
}

Test(policy_load, check_tells_all_that_is_wrong)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct policy_errors errors;
	struct policy *p = NULL;

	cr_assert_not(policy_check(STR(HEAD "spec:\n  mode: off\n  stores: 5\n  rulez: {}\n"),
				   arena, &p, &errors));
	cr_assert_eq(errors.len, 3);
	cr_expect_eq(errors.items[0].line, 5);
	cr_expect_eq(errors.items[1].line, 6);
	cr_expect_eq(errors.items[2].line, 7);
}

Test(policy_load, errors_end_somewhere)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct buf text = BUF_ARENA(arena);
	struct policy_errors errors;
	struct policy *p = NULL;

	buf_text(&text, HEAD "spec:\n");
	for (int i = 0; i < 1000; i++)
		buf_fmt(&text, "  key%d: 1\n", i);
	cr_assert_not(policy_check(buf_slice(&text), arena, &p, &errors));
	cr_expect_eq(errors.len, 100);
}

Test(policy_load, a_policy_has_a_hundred_stores_at_most)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf text = BUF_ARENA(a);

	buf_text(&text, HEAD "spec:\n  profile: generic\n  stores:\n");
	for (unsigned i = 0; i < LIMIT_STORES; i++)
		buf_fmt(&text, "    - {name: s%u, objectStoreName: o%u}\n", i, i);
	struct policy *p = load(arena_cstr(a, buf_slice(&text)));
	policy_drop(p);
	buf_text(&text, "    - {name: more, objectStoreName: more}\n");
	refuse(arena_cstr(a, buf_slice(&text)), "7:5: spec.stores: has 101 stores, more than 100");
}
