/*
 * The policy: a profile (deploy/policy/NAME.yaml, embedded) and what a file overrides. Built
 * completely, checked, then immutable; counted, so that a request keeps the one it began with while
 * another takes its place. Errors name line and column.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/err.h"
#include "rules/finding.h"
#include "rules/params.h"

struct policy; /* opaque */
struct rule;

/* Milder and milder. */
enum policy_mode { MODE_ENFORCE, MODE_WARN, MODE_AUDIT };

#define POLICY_DEFAULT_PROFILE "generic"

/* NULL-terminated names of the embedded profiles, and their text. */
extern const char *const policy_profiles[];
bool policy_profile_text(struct str name, struct str *text);

/* The caller owns one count of *out. */
MUST_CHECK bool policy_from_profile(struct str name, struct policy **out, struct err *err);
/* `bytes` of a BackupPolicy; `spec.profile` is its base (default: POLICY_DEFAULT_PROFILE). */
MUST_CHECK bool policy_from_yaml(struct str bytes, struct policy **out, struct err *err);

/* The same, and all that is wrong instead of the first: in the order of the file, in `a`. */
struct policy_errors {
	struct err *items;
	size_t len, cap;
};
MUST_CHECK bool policy_check(struct str bytes, struct arena *a, struct policy **out,
			     struct policy_errors *errors);

struct policy *policy_acquire(struct policy *p); /* thread-safe */
void policy_drop(struct policy *p);		 /* thread-safe; NULL is fine */

const struct params *policy_params(const struct policy *p);
struct str policy_profile_name(const struct policy *p); /* "generic": the base */
struct str policy_name(const struct policy *p);		/* metadata.name, else the profile's name */
struct str policy_hash(const struct policy *p);		/* 16 hex digits of profile and file */

/* SEV_OFF: the rule does not run. */
enum severity policy_severity(const struct policy *p, const struct rule *rule);
/* Severity of one occurrence that its check capped at `most`: the lower of the two, but a policy
 * that raised the rule above its row means it, and the cap is ignored. */
enum severity policy_finding_severity(const struct policy *p, const struct rule *rule,
				      enum severity most);

enum policy_mode policy_mode(const struct policy *p, struct str namespace);

/* What is said of modes: the first of these that matches a namespace, else the mode of "". The unit
 * is `unsigned` where it holds an enum policy_mode. */
struct namespace_mode {
	struct str match; /* glob */
	unsigned mode;
};
const struct namespace_mode *policy_namespace_modes(const struct policy *p, size_t *len);

/* spec.exempt: lists of globs. */
struct policy_exempt {
	struct str_list namespaces, users, groups, service_accounts;
	struct str_pairs labels; /* values are globs */
};
const struct policy_exempt *policy_exempt(const struct policy *p);

struct policy_subject {
	struct str namespace;
	struct obj labels; /* metadata.labels of the object; may be absent */
	struct str user;   /* empty in files */
	const struct str *groups;
	size_t groups_len;
};

/* True when spec.exempt names it; `why` says by what: "namespace kube-system". */
bool policy_exempts(const struct policy *p, const struct policy_subject *s, struct arena *a,
		    struct str *why);

/* spec.alerts: how the alerts are called and marked that `alerts` writes. */
struct policy_alerts {
	struct str name_prefix;		/* of each: "Postgres" */
	struct str runbook_url;		/* {rule} stands for the id of a rule; empty: none */
	struct str_pairs labels;	/* of each */
	struct str_pairs object_labels; /* of a PrometheusRule */
};
const struct policy_alerts *policy_alerts(const struct policy *p);

/* Who and what is never refused, one line each: "users alice, ci-*". */
void policy_exemptions(const struct policy *p, struct buf *out);

bool policy_is_operator(const struct policy *p, struct str user); /* spec.operators, globs */
struct str_list policy_operators(const struct policy *p);

/* What is valid, but has no effect: a setting whose rules are off, a rule whose setting is missing.
 * One line each. */
void policy_idle(const struct policy *p, struct buf *out);

/* The JSON Schema (draft 7) of a policy file. */
void policy_schema(struct buf *out);

#endif
