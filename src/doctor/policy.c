/* Whom the policy exempts, and which mode it sets, where there are Clusters. */
#include "internal.h"

#include "policy/policy.h"

static void look_at_place(struct doctor *d, const struct policy *policy, const struct place *p)
{
	struct policy_subject subject = {.namespace = p->name};
	enum policy_mode mode = policy_mode(policy, p->name);
	struct str why;

	if (policy_exempts(policy, &subject, d->arena, &why))
		d->suspect = doctor_add_fix(
			doctor_add(d, DOCTOR_WARN, p->name,
				   "has Clusters, and spec.exempt of the policy names it"),
			d, "leave it out of spec.exempt.namespaces - unless it is meant");
	else if (p->mode == HOOK_ENFORCE && mode != MODE_ENFORCE)
		d->suspect = doctor_add_fix(
			doctor_add(d, DOCTOR_WARN, p->name,
				   "is labelled enforce, but the mode of the policy for it is %s",
				   mode == MODE_WARN ? "warn" : "audit"),
			d, "spec.mode: enforce, or another entry of spec.namespaceModes");
}

/* The account's name is the installation's choice: one of its namespace will do. */
static void look_at_operator(struct doctor *d, const struct policy *policy, struct str exemptions)
{
	struct str in = arena_fmt(d->arena, "system:serviceaccount:%.*s:", STR_ARG(d->cnpg));
	struct str usual = arena_fmt(d->arena, "%.*scnpg-manager", STR_ARG(in));

	if (!d->cnpg.len || policy_is_operator(policy, usual) || str_contains(exemptions, in))
		return;
	doctor_add_fix(
		doctor_add(
			d, DOCTOR_WARN, NOWHERE,
			"CloudNativePG runs in namespace %.*s, and spec.operators of the policy names no account there: Backups that it makes of schedules are judged as anybody's, and may be refused",
			STR_ARG(d->cnpg)),
		d, "operators: [\"%.*s*\"] - below spec of the policy", STR_ARG(in));
}

static void look_at_policy(struct doctor *d, const struct policy *policy)
{
	struct buf text = BUF_ARENA(d->arena);
	struct str rest, line;

	for (const struct place *p = d->places; p; p = p->next)
		if (p->clusters && p->mode != HOOK_NOT_SENT)
			look_at_place(d, policy, p);
	policy_exemptions(policy, &text);
	look_at_operator(d, policy, buf_slice(&text));
	rest = str_trim(buf_slice(&text));
	while (rest.len && str_split(&rest, '\n', &line))
		doctor_add(d, DOCTOR_INFO, NOWHERE, "never refuses %.*s", STR_ARG(line));
}

void doctor_policy(struct doctor *d)
{
	const struct target *t = d->targets;
	struct policy *policy;
	struct obj map;
	struct err err;
	long status;

	while (t && t->url.len)
		t = t->next;
	if (!t) {
		doctor_add(d, DOCTOR_INFO, NOWHERE, "is where the URL leads: not looked at");
		return;
	}
	struct str what = arena_fmt(d->arena, "ConfigMap %.*s/%.*s", STR_ARG(t->namespace),
				    STR_ARG(d->names.policy));
	struct str path = doctor_path(d, "/api/v1", t->namespace, "configmaps", d->names.policy);

	if (!doctor_get(d, path, what.ptr, DOCTOR_INFO, &map, &status)) {
		if (status == 404)
			doctor_add(d, DOCTOR_INFO, NOWHERE,
				   "%.*s does not exist: --policy-map names another one",
				   STR_ARG(what));
		return;
	}
	struct str text = obj_text(obj_member(obj_at(map, "data"), d->names.file), "");

	if (!policy_from_yaml(text, &policy, &err)) {
		doctor_add_fix(
			doctor_add(
				d, DOCTOR_ERROR, NOWHERE,
				"%.*s: %.*s:%u:%u: %s: the policy before stays in force, and a new pod does not start",
				STR_ARG(what), STR_ARG(d->names.file), err.line, err.column,
				err.msg),
			d, "backup-guard policy check FILE says more");
		return;
	}
	look_at_policy(d, policy);
	policy_drop(policy);
}
