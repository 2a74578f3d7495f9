/* Who is not asked, who is exempt, and who else is asked. */
#include "parts.h"

#include "base/program.h"

#include "base/json.h"
#include "policy/policy.h"

/* --- namespaces with Clusters */

struct counting {
	struct doctor *d;
	struct place *at; /* Clusters come sorted by namespace: where the last one was */
};

static void begin_clusters(void *ctx)
{
	struct counting *c = ctx;

	for (struct place *p = c->d->places; p; p = p->next)
		p->clusters = 0;
	c->at = c->d->places;
}

static void count_cluster(void *ctx, struct obj item)
{
	struct counting *c = ctx;
	struct str namespace = obj_text(item, "metadata.namespace");
	struct place *p = c->at;

	while (p && !str_eq(p->name, namespace))
		p = p->next;
	for (struct place *q = p ? NULL : c->d->places; q && !p; q = q->next)
		if (str_eq(q->name, namespace))
			p = q;
	if (p) {
		p->clusters++;
		c->at = p;
	}
}

/* What would become of it under another name: a selector may leave it out by its name. */
static enum hook_mode mode_elsewhere(struct doctor *d, const struct place *p)
{
	struct buf text = BUF_ARENA(d->arena);
	struct json j = JSON(&text);
	const struct doc *doc;
	struct err err;

	json_open(&j, '{');
	for (struct obj e = obj_first(p->labels); e.node; e = obj_next(e))
		if (!str_is(obj_key(e), "kubernetes.io/metadata.name"))
			json_key(&j, arena_cstr(d->arena, obj_key(e))), obj_json(e, &j);
	json_close(&j, '}');
	return doc_read_json(d->arena, buf_slice(&text), &doc, &err) ? match_place(d, doc_root(doc))
								     : HOOK_NOT_SENT;
}

/* What leaves it out has been told of, perhaps as a warning: there was no such namespace yet. */
static void left_out(struct doctor *d, const struct place *p)
{
	struct doctor_finding *f =
		doctor_add(d, d->left_out ? DOCTOR_INFO : DOCTOR_ERROR, p->name,
			   "has Clusters, and no webhook selects it: nobody is asked");

	doctor_add_fix(f, d, "namespaceSelector of the webhooks, or the labels of the namespace");
	if (d->left_out)
		doctor_raise(d, d->left_out);
}

static void tell_left_out(struct doctor *d, const struct place *p)
{
	if (str_is(p->label, hook_mode_words[HOOK_NOT_SENT]))
		doctor_add_fix(doctor_add(d, DOCTOR_WARN, p->name,
					  "has Clusters, and is opted out by its label " MODE_LABEL
					  "=off: nobody is asked"),
			       d,
			       "kubectl label namespace NAME " MODE_LABEL "- - unless it is meant");
	else if (mode_elsewhere(d, p) != HOOK_NOT_SENT)
		doctor_add_fix(
			doctor_add(
				d, DOCTOR_WARN, p->name,
				"has Clusters, and namespaceSelector leaves it out by its name: nobody is asked"),
			d, "move them to another namespace");
	else
		left_out(d, p);
}

/* A label that no selector knows means the mode of no label. */
static void look_at_label(struct doctor *d, const struct place *p)
{
	for (size_t m = 0; m <= HOOK_MODES; m++)
		if (!p->label.len || str_is(p->label, hook_mode_words[m]))
			return;
	doctor_add_fix(doctor_add(d, DOCTOR_WARN, p->name,
				  "its label " MODE_LABEL
				  "=%.*s is no mode: it is judged as of mode %s",
				  STR_ARG(p->label), hook_mode_words[p->mode]),
		       d, MODE_LABEL ": enforce, warn, audit or off");
}

static void tell_modes(struct doctor *d)
{
	size_t count[HOOK_MODES + 1] = {0}, all = 0;
	struct buf text = BUF_ARENA(d->arena);

	for (const struct place *p = d->places; p; p = p->next) {
		all += p->clusters > 0;
		count[p->mode] += p->clusters > 0;
	}
	for (size_t m = 0; m <= HOOK_MODES; m++)
		if (count[m])
			buf_fmt(&text, "%s %zu %s", text.len ? "," : ":", count[m],
				m == HOOK_NOT_SENT ? "not asked" : hook_mode_words[m]);
	doctor_add(d, DOCTOR_INFO, NOWHERE, "%zu namespace%s with Clusters%.*s", all,
		   all == 1 ? "" : "s", STR_ARG(text.len ? buf_slice(&text) : STR_EMPTY));
}

void doctor_namespaces(struct doctor *d)
{
	struct counting c = {.d = d};
	const struct kube_reader reader = {
		.begin = begin_clusters, .each = count_cluster, .ctx = &c};
	struct kube_listed listed = {.arena = d->arena};
	struct buf path = BUF_ARENA(d->arena);
	struct err err;

	if (!d->knows_places)
		return;
	kind_path(KIND_CLUSTER, STR_EMPTY, &path);
	if (!kube_list(d->in->kube, buf_slice(&path), &reader, &listed, &err)) {
		doctor_add(d, DOCTOR_UNKNOWN, NOWHERE, "%s",
			   listed.status == 404 ? "CloudNativePG is not installed" : err.msg);
		return;
	}
	for (const struct place *p = d->places; p; p = p->next) {
		look_at_label(d, p);
		if (p->clusters && p->mode == HOOK_NOT_SENT)
			tell_left_out(d, p);
	}
	tell_modes(d);
}

/* --- the policy */

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

static void look_at_policy(struct doctor *d, const struct policy *policy)
{
	struct buf text = BUF_ARENA(d->arena);
	struct str rest, line;

	for (const struct place *p = d->places; p; p = p->next)
		if (p->clusters && p->mode != HOOK_NOT_SENT)
			look_at_place(d, policy, p);
	policy_exemptions(policy, &text);
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

/* --- others that are asked */

struct other_list {
	struct doctor *d;
	bool mutating;
};

static void begin_others(void *ctx)
{
	(void)ctx;
}

static bool names_our_service(const struct doctor *d, struct obj hook)
{
	struct obj service = obj_at(hook, "clientConfig.service");

	for (const struct target *t = d->targets; t; t = t->next)
		if (str_eq(obj_text(service, "name"), t->name) &&
		    str_eq(obj_text(service, "namespace"), t->namespace))
			return true;
	return false;
}

static bool wants_ours(struct obj hook)
{
	struct obj rules = obj_at(hook, "rules");

	for (struct obj r = obj_first(rules); r.node; r = obj_next(r))
		for (size_t i = 0; i < needs_len; i++)
			if (!needs[i].by_label && match_rule(r, &needs[i]))
				return true;
	return false;
}

static void each_other(void *ctx, struct obj item)
{
	const struct other_list *l = ctx;
	struct doctor *d = l->d;
	struct str name = obj_text(item, "metadata.name");
	struct obj hooks = obj_at(item, "webhooks");

	if (!l->mutating && str_eq(name, d->in->configuration))
		return;
	for (struct obj h = obj_first(hooks); h.node; h = obj_next(h)) {
		struct str where = arena_fmt(d->arena, "%.*s/%.*s", STR_ARG(name),
					     STR_ARG(obj_text(h, "name")));

		if (names_our_service(d, h) && l->mutating)
			doctor_add_fix(
				doctor_add(
					d, DOCTOR_ERROR, where,
					"a mutating webhook calls the Service: it is asked about objects that others still change"),
				d, "kubectl delete mutatingwebhookconfiguration NAME");
		else if (names_our_service(d, h))
			doctor_add_fix(
				doctor_add(
					d, DOCTOR_WARN, where,
					"calls the same Service: writes are judged twice, and an outage counts twice"),
				d,
				"kubectl delete validatingwebhookconfiguration NAME - unless it selects what " PROGRAM
				" does not");
		else if (wants_ours(h))
			doctor_add(d, DOCTOR_INFO, where,
				   l->mutating ? "changes the same kinds before they are judged"
					       : "is asked about the same kinds as well");
	}
}

static void list_others(struct doctor *d, const char *path, bool mutating)
{
	struct other_list l = {d, mutating};
	const struct kube_reader reader = {.begin = begin_others, .each = each_other, .ctx = &l};
	struct kube_listed listed = {.arena = d->arena};
	struct err err;

	if (!kube_list(d->in->kube, str_from(path), &reader, &listed, &err))
		doctor_add(d, DOCTOR_INFO, NOWHERE, "%s", err.msg);
}

#define ADMISSION "/apis/admissionregistration.k8s.io/v1/"

void doctor_others(struct doctor *d)
{
	list_others(d, ADMISSION "validatingwebhookconfigurations", false);
	list_others(d, ADMISSION "mutatingwebhookconfigurations", true);
}
