#include "doctor_parts.h"

#define SHIPPED "apply deploy/kustomize again, or write it there"

/* The modes that a namespace may have, as labels. */
static const char *const labels_of[HOOK_MODES] = {"enforce", NULL, "audit"};
static const char *const namespaces_of[HOOK_MODES] = {
	[HOOK_ENFORCE] = "a namespace of mode enforce",
	[HOOK_WARN] = ("a namespace without the label " MODE_LABEL),
	[HOOK_AUDIT] = "a namespace of mode audit",
};

enum cause { CAUSE_NONE, CAUSE_RULE, CAUSE_NAMESPACE, CAUSE_OBJECT };

/* Why nobody is asked about `n` in a namespace of that mode; *at: whose selector it is. */
static enum cause find_cause(const struct doctor *d, const struct need *n, enum hook_mode mode,
			     struct obj labels, const struct hook **at)
{
	enum cause cause = CAUSE_RULE;

	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];

		if (!match_rules(h, n))
			continue;
		if (!match_namespace(h, labels)) {
			if (h->mode == mode && cause == CAUSE_RULE) {
				cause = CAUSE_NAMESPACE;
				*at = h;
			}
		} else if (n->by_label || match_all_objects(h)) {
			return CAUSE_NONE;
		} else {
			cause = CAUSE_OBJECT;
			*at = h;
		}
	}
	return cause;
}

static bool has_path(const struct doctor *d, enum hook_mode mode)
{
	for (size_t i = 0; i < d->hooks_len; i++)
		if (d->hooks[i].mode == mode)
			return true;
	return false;
}

/* "CREATE, UPDATE of clusters; DELETE of objectstores" */
static void list_need(struct buf *out, const struct need *n, const char **resource)
{
	bool same = *resource && str_is(str_from(*resource), n->resource);

	if (*resource && !same)
		buf_fmt(out, " of %s; ", *resource);
	buf_fmt(out, "%s%s", same ? ", " : "", n->operation);
	*resource = n->resource;
}

static void end_needs(struct buf *out, const char *resource)
{
	buf_fmt(out, " of %s", resource);
}

/* What no rule says, in one mode. Of what is chosen by label less depends: it is told apart. */
static void missing_rules(struct doctor *d, enum hook_mode mode, bool by_label)
{
	struct obj labels = match_synthetic(d, STR("any"), labels_of[mode]);
	struct buf list = BUF_ARENA(d->arena);
	const struct hook *at = NULL;
	const char *resource = NULL;

	for (size_t i = 0; i < needs_len; i++)
		if (needs[i].by_label == by_label &&
		    find_cause(d, &needs[i], mode, labels, &at) == CAUSE_RULE)
			list_need(&list, &needs[i], &resource);
	if (!resource)
		return;
	end_needs(&list, resource);
	doctor_add_fix(doctor_add(d, by_label ? DOCTOR_WARN : DOCTOR_ERROR,
				  str_from(namespaces_of[mode]), "nobody is asked about %.*s",
				  STR_ARG(buf_slice(&list))),
		       d, "a rule for it - " SHIPPED);
}

/* Whether some row of needs has it. */
static bool is_needed(struct str group, struct str resource, struct str operation)
{
	for (size_t i = 0; i < needs_len; i++)
		if (str_is(group, needs[i].group) && str_is(resource, needs[i].resource) &&
		    str_is(operation, needs[i].operation))
			return true;
	return false;
}

static void too_much(struct doctor *d, const struct hook *h, struct str group, struct str resource,
		     struct obj operations)
{
	for (struct obj o = obj_first(operations); o.node; o = obj_next(o)) {
		struct str operation = obj_text(o, "");

		if (is_needed(group, resource, operation))
			continue;
		doctor_add_fix(doctor_add(d, h->fails ? DOCTOR_ERROR : DOCTOR_WARN, h->name,
					  "is also asked about %.*s of %.*s%s%.*s%s",
					  STR_ARG(operation), STR_ARG(resource),
					  group.len ? " (" : "", STR_ARG(group),
					  group.len ? ")" : ""),
			       d, "leave it out of rules - %s",
			       h->fails ? "an outage of the webhook would stop it"
					: "no rule looks at it, and each such write waits for it");
	}
}

static void extra_rules(struct doctor *d, const struct hook *h)
{
	struct obj rules = obj_at(h->root, "rules");

	for (struct obj r = obj_first(rules); r.node; r = obj_next(r))
		for (struct obj g = obj_first(obj_at(r, "apiGroups")); g.node; g = obj_next(g))
			for (struct obj s = obj_first(obj_at(r, "resources")); s.node;
			     s = obj_next(s))
				too_much(d, h, obj_text(g, ""), obj_text(s, ""),
					 obj_at(r, "operations"));
}

void doctor_rules(struct doctor *d)
{
	for (enum hook_mode m = 0; m < HOOK_MODES; m++) {
		if (m == HOOK_ENFORCE || has_path(d, m)) {
			missing_rules(d, m, false);
			missing_rules(d, m, true);
		} else if (m == HOOK_WARN &&
			   match_mode(d, &needs[NEED_SCHEDULE],
				      match_synthetic(d, STR("any"), NULL)) == HOOK_NOT_SENT) {
			doctor_add(d, DOCTOR_WARN, str_from(namespaces_of[m]),
				   "no webhook is for it: nobody is asked there");
		}
	}
	for (size_t i = 0; i < d->hooks_len; i++)
		extra_rules(d, &d->hooks[i]);
}

static bool selects_some_place(const struct doctor *d, const struct hook *h)
{
	for (const struct place *p = d->places; p; p = p->next)
		if (match_namespace(h, p->labels))
			return true;
	return false;
}

static void left_out(struct doctor *d, enum hook_mode mode)
{
	struct obj labels = match_synthetic(d, STR("any"), labels_of[mode]);

	for (size_t i = 0; i < needs_len; i++) {
		const struct need *n = &needs[i];
		const struct hook *at = NULL;
		enum cause cause = find_cause(d, n, mode, labels, &at);

		if (cause == CAUSE_NAMESPACE)
			doctor_add_fix(
				doctor_add(d,
					   selects_some_place(d, at) ? DOCTOR_WARN : DOCTOR_ERROR,
					   at->name, "namespaceSelector leaves %s out%s",
					   namespaces_of[mode],
					   selects_some_place(d, at)
						   ? ""
						   : ", and every namespace that there is"),
				d, "namespaceSelector as shipped - " SHIPPED);
		if (cause == CAUSE_OBJECT)
			doctor_add_fix(
				doctor_add(d, DOCTOR_ERROR, at->name,
					   "objectSelector: only %s with its labels are sent",
					   n->resource),
				d,
				"no objectSelector - whoever leaves the label out is "
				"not asked");
	}
}

/* Failing closed there, it could stop what would bring it back. */
static void guards_itself(struct doctor *d, const struct hook *h, struct str namespace)
{
	if (h->fails && match_namespace(h, match_synthetic(d, namespace, "enforce")))
		doctor_add_fix(doctor_add(d, DOCTOR_WARN, h->name,
					  "fails closed in namespace %.*s as well",
					  STR_ARG(namespace)),
			       d,
			       "namespaceSelector: kubernetes.io/metadata.name NotIn that "
			       "namespace - what runs there has to work for the webhook to work");
}

void doctor_selectors(struct doctor *d)
{
	for (enum hook_mode m = 0; m < HOOK_MODES; m++)
		if (m == HOOK_ENFORCE || has_path(d, m))
			left_out(d, m);
	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];

		guards_itself(d, h, STR("kube-system"));
		guards_itself(d, h, STR("cnpg-system"));
		if (h->target)
			guards_itself(d, h, h->target->namespace);
		for (size_t n = 0; n < needs_len; n++)
			if (needs[n].by_label && match_all_objects(h) && match_rules(h, &needs[n]))
				doctor_add_fix(doctor_add(d, DOCTOR_WARN, h->name,
							  "no objectSelector: every one of %s in "
							  "the cluster is sent",
							  needs[n].resource),
					       d,
					       "objectSelector: {matchLabels: "
					       "{backup-guard.io/credentials: \"true\"}}");
	}
}

static void fails_closed(struct doctor *d, const struct hook *h)
{
	for (size_t i = 0; i < needs_len; i++) {
		const struct need *n = &needs[i];

		if (n->outage && !n->may_close && match_rules(h, n))
			doctor_add_fix(doctor_add(d, DOCTOR_ERROR, h->name,
						  "fails closed on %s of %s: an outage of the "
						  "webhook stops %s",
						  n->operation, n->resource, n->outage),
				       d, "failurePolicy: Ignore");
	}
}

/* Of what may fail closed and does not. */
static void fails_open(struct doctor *d, const struct need *n)
{
	struct obj labels = match_synthetic(d, STR("any"), "enforce");
	bool closed = false;

	if (n->outage || match_mode(d, n, labels) != HOOK_ENFORCE)
		return;
	for (size_t i = 0; i < d->hooks_len; i++)
		closed = closed || (d->hooks[i].fails && match_rules(&d->hooks[i], n) &&
				    match_namespace(&d->hooks[i], labels));
	if (!closed)
		doctor_add_fix(doctor_add(d, DOCTOR_WARN, NOWHERE,
					  "%s of %s fails open: a wrong one is accepted while the "
					  "webhook is down",
					  n->operation, n->resource),
			       d,
			       "failurePolicy: Fail - nobody but people and GitOps tools "
			       "writes it");
}

void doctor_failure_policy(struct doctor *d)
{
	for (size_t i = 0; i < d->hooks_len; i++)
		if (d->hooks[i].fails)
			fails_closed(d, &d->hooks[i]);
	for (size_t i = 0; i < needs_len; i++)
		fails_open(d, &needs[i]);
}
