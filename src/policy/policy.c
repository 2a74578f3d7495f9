#include "policy/policy.h"

#include "checks/table.h"
#include "policy_internal.h"

struct policy *policy_acquire(struct policy *p)
{
	atomic_fetch_add_explicit(&p->count, 1, memory_order_relaxed);
	return p;
}

void policy_drop(struct policy *p)
{
	if (!p || atomic_fetch_sub_explicit(&p->count, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < p->params.cluster_name_aliases_len; i++)
		regfree(&p->regexes[i]);
	arena_free(p->arena);
}

const struct params *policy_params(const struct policy *p)
{
	return &p->params;
}

struct str policy_profile_name(const struct policy *p)
{
	return p->profile;
}

struct str policy_name(const struct policy *p)
{
	return p->name;
}

struct str policy_hash(const struct policy *p)
{
	return p->hash;
}

enum severity policy_severity(const struct policy *p, const struct rule *rule)
{
	return (enum severity)p->rules[rule - rules].severity;
}

enum severity policy_finding_severity(const struct policy *p, const struct rule *rule,
				      enum severity most)
{
	enum severity severity = policy_severity(p, rule);

	return severity > rule->severity || severity < most ? severity : most;
}

enum policy_mode policy_mode(const struct policy *p, struct str namespace)
{
	for (size_t i = 0; i < p->namespace_modes_len; i++) {
		struct str_list glob = {&p->namespace_modes[i].match, 1};

		if (str_list_matches(glob, namespace))
			return (enum policy_mode)p->namespace_modes[i].mode;
	}
	return (enum policy_mode)p->mode;
}

const struct policy_alerts *policy_alerts(const struct policy *p)
{
	return &p->alerts;
}

const struct namespace_mode *policy_namespace_modes(const struct policy *p, size_t *len)
{
	*len = p->namespace_modes_len;
	return p->namespace_modes;
}

const struct policy_exempt *policy_exempt(const struct policy *p)
{
	return &p->exempt;
}

struct str_list policy_operators(const struct policy *p)
{
	return p->operators;
}

bool policy_is_operator(const struct policy *p, struct str user)
{
	return user.len && str_list_matches(p->operators, user);
}

static bool exempts_labels(const struct policy *p, struct obj labels, struct arena *a,
			   struct str *why)
{
	struct str value;

	for (size_t i = 0; i < p->exempt.labels.len; i++) {
		const struct str_pair *wanted = &p->exempt.labels.items[i];
		struct str_list glob = {&wanted->value, 1};

		if (obj_str(obj_member(labels, wanted->key), "", &value) != OBJ_SET ||
		    !str_list_matches(glob, value))
			continue;
		*why = arena_fmt(a, "label %.*s=%.*s", STR_ARG(wanted->key), STR_ARG(value));
		return true;
	}
	return false;
}

static bool exempts_user(const struct policy *p, const struct policy_subject *s, struct arena *a,
			 struct str *why)
{
	const struct str prefix = STR("system:serviceaccount:");

	if (s->user.len && str_list_matches(p->exempt.users, s->user)) {
		*why = arena_fmt(a, "user %.*s", STR_ARG(s->user));
		return true;
	}
	if (str_has_prefix(s->user, prefix)) {
		struct str account = str_slice(s->user, prefix.len, s->user.len);

		if (str_list_matches(p->exempt.service_accounts, account)) {
			*why = arena_fmt(a, "service account %.*s", STR_ARG(account));
			return true;
		}
	}
	for (size_t i = 0; i < s->groups_len; i++) {
		if (str_list_matches(p->exempt.groups, s->groups[i])) {
			*why = arena_fmt(a, "group %.*s", STR_ARG(s->groups[i]));
			return true;
		}
	}
	return false;
}

bool policy_exempts(const struct policy *p, const struct policy_subject *s, struct arena *a,
		    struct str *why)
{
	if (s->namespace.len && str_list_matches(p->exempt.namespaces, s->namespace)) {
		*why = arena_fmt(a, "namespace %.*s", STR_ARG(s->namespace));
		return true;
	}
	return exempts_labels(p, s->labels, a, why) || exempts_user(p, s, a, why);
}

static void list_globs(const char *what, struct str_list globs, struct buf *out)
{
	for (size_t i = 0; i < globs.len; i++)
		buf_fmt(out, "%s%s%.*s%s", i ? "" : what, i ? ", " : " ", STR_ARG(globs.items[i]),
			i + 1 == globs.len ? "\n" : "");
}

void policy_exemptions(const struct policy *p, struct buf *out)
{
	list_globs("namespaces", p->exempt.namespaces, out);
	list_globs("users", p->exempt.users, out);
	list_globs("groups", p->exempt.groups, out);
	list_globs("service accounts", p->exempt.service_accounts, out);
	for (size_t i = 0; i < p->exempt.labels.len; i++)
		buf_fmt(out, "label %.*s=%.*s\n", STR_ARG(p->exempt.labels.items[i].key),
			STR_ARG(p->exempt.labels.items[i].value));
	list_globs("the operator:", p->operators, out);
	if (!p->params.annotations_forbidden)
		buf_text(out, "what the annotation backup-guard.io/allow of an object names\n");
}
