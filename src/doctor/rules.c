/* Rules, selectors, failurePolicy: whether everything that has to be sent is sent, and nothing
 * else. */
#include "internal.h"

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
struct needs_text {
	struct buf text;
	enum kind kind; /* of the last one; KIND_OTHER: there is none */
};

static void list_need(struct needs_text *t, const struct need *n)
{
	bool same = t->kind == n->kind;

	if (t->kind && !same)
		buf_fmt(&t->text, " of %s; ", kind_api(t->kind)->plural);
	buf_fmt(&t->text, "%s%s", same ? ", " : "", n->operation);
	t->kind = n->kind;
}

static const char *end_needs(struct needs_text *t)
{
	buf_fmt(&t->text, " of %s", kind_api(t->kind)->plural);
	buf_byte(&t->text, '\0');
	return t->text.ptr;
}

/* Adds `word` to "a, b" unless it is there as the last one. */
static void list_word(struct buf *out, const char *sep, struct str word)
{
	struct str all = buf_slice(out);

	if (str_has_suffix(all, word) &&
	    (all.len == word.len || all.ptr[all.len - word.len - 1] == ' '))
		return;
	buf_fmt(out, "%s%.*s", out->len ? sep : "", STR_ARG(word));
}

/* What no rule says, in one mode. Of what is chosen by label less depends: it is told apart. */
static void missing_rules(struct doctor *d, enum hook_mode mode, bool by_label)
{
	struct obj labels = match_synthetic(d, STR("any"), labels_of[mode]);
	struct needs_text list = {.text = BUF_ARENA(d->arena)};
	const struct hook *at = NULL;

	for (size_t i = 0; i < needs_len; i++)
		if (needs[i].by_label == by_label &&
		    find_cause(d, &needs[i], mode, labels, &at) == CAUSE_RULE)
			list_need(&list, &needs[i]);
	if (!list.kind)
		return;
	doctor_add_fix(doctor_add(d, by_label ? DOCTOR_WARN : DOCTOR_ERROR,
				  str_from(namespaces_of[mode]), "nobody is asked about %s",
				  end_needs(&list)),
		       d, "a rule for it - " SHIPPED);
}

/* Whether some row of needs has it. */
static bool is_needed(struct str group, struct str resource, struct str operation)
{
	for (size_t i = 0; i < needs_len; i++)
		if (str_is(group, kind_api(needs[i].kind)->group) &&
		    str_is(resource, kind_api(needs[i].kind)->plural) &&
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

/* Whether the namespaceSelector of `h` is what keeps something from being sent. */
static bool leaves_out(const struct doctor *d, const struct hook *h, enum hook_mode mode,
		       struct obj labels)
{
	const struct hook *at = NULL;

	for (size_t i = 0; i < needs_len; i++)
		if (find_cause(d, &needs[i], mode, labels, &at) == CAUSE_NAMESPACE && at == h)
			return true;
	return false;
}

static void left_out(struct doctor *d, enum hook_mode mode)
{
	struct obj labels = match_synthetic(d, STR("any"), labels_of[mode]);

	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];
		bool some = selects_some_place(d, h);

		if (leaves_out(d, h, mode, labels))
			d->left_out = doctor_add_fix(
				doctor_add(
					d, some ? DOCTOR_WARN : DOCTOR_ERROR, h->name,
					"namespaceSelector leaves out the namespaces of its mode%s",
					some ? "" : ", and every namespace that there is"),
				d, "namespaceSelector as shipped - " SHIPPED);
	}
}

static void hidden_objects(struct doctor *d, enum hook_mode mode)
{
	struct obj labels = match_synthetic(d, STR("any"), labels_of[mode]);
	struct buf hidden = BUF_ARENA(d->arena);
	const struct hook *at = NULL;

	for (size_t i = 0; i < needs_len; i++)
		if (find_cause(d, &needs[i], mode, labels, &at) == CAUSE_OBJECT)
			list_word(&hidden, ", ", str_from(kind_api(needs[i].kind)->plural));
	if (hidden.len)
		doctor_add_fix(doctor_add(d, DOCTOR_ERROR, at->name,
					  "objectSelector: only %.*s with its labels are sent",
					  STR_ARG(buf_slice(&hidden))),
			       d, "no objectSelector - whoever leaves the label out is not asked");
}

/* Failing closed there, it could stop what would bring it back. */
static void guards_itself(struct doctor *d, const struct hook *h)
{
	struct str own = h->target ? h->target->namespace : STR_EMPTY;
	const struct str all[] = {STR("kube-system"), STR("cnpg-system"), own};
	struct buf list = BUF_ARENA(d->arena);

	for (size_t i = 0; h->fails && i < ARRAY_LEN(all); i++)
		if (all[i].len && match_namespace(h, match_synthetic(d, all[i], "enforce")))
			list_word(&list, ", ", all[i]);
	if (list.len)
		doctor_add_fix(
			doctor_add(d, DOCTOR_WARN, h->name,
				   "fails closed in namespace %.*s as well",
				   STR_ARG(buf_slice(&list))),
			d,
			"namespaceSelector: kubernetes.io/metadata.name NotIn [%.*s] - what runs there has to work for the webhook to work",
			STR_ARG(buf_slice(&list)));
}

/* Secrets are in the path of the whole cluster. A rule of "*" is told of as such. */
static void every_secret(struct doctor *d, const struct hook *h)
{
	struct buf list = BUF_ARENA(d->arena);

	for (size_t n = 0; match_all_objects(h) && n < needs_len; n++)
		if (needs[n].by_label && match_names(h, &needs[n]))
			list_word(&list, ", ", str_from(kind_api(needs[n].kind)->plural));
	if (list.len)
		doctor_add_fix(
			doctor_add(d, DOCTOR_WARN, h->name,
				   "no objectSelector: all %.*s of the cluster are sent",
				   STR_ARG(buf_slice(&list))),
			d,
			"objectSelector: {matchLabels: {backup-guard.io/credentials: \"true\"}}");
}

void doctor_selectors(struct doctor *d)
{
	for (enum hook_mode m = 0; m < HOOK_MODES; m++)
		if (m == HOOK_ENFORCE || has_path(d, m))
			left_out(d, m), hidden_objects(d, m);
	for (size_t i = 0; i < d->hooks_len; i++) {
		guards_itself(d, &d->hooks[i]);
		every_secret(d, &d->hooks[i]);
	}
}

static void fails_closed(struct doctor *d, const struct hook *h)
{
	struct needs_text list = {.text = BUF_ARENA(d->arena)};
	struct buf outages = BUF_ARENA(d->arena);

	for (size_t i = 0; i < needs_len; i++) {
		const struct need *n = &needs[i];

		if (!n->outage || n->may_close || !match_rules(h, n))
			continue;
		list_need(&list, n);
		if (!str_contains(buf_slice(&outages), str_from(n->outage)))
			list_word(&outages, "; ", str_from(n->outage));
	}
	if (list.kind)
		doctor_add_fix(doctor_add(d, DOCTOR_ERROR, h->name,
					  "fails closed on %s: an outage of the webhook stops %.*s",
					  end_needs(&list), STR_ARG(buf_slice(&outages))),
			       d, "failurePolicy: Ignore");
}

/* Somebody fails closed about it where writes are enforced. */
static bool is_closed(struct doctor *d, const struct need *n)
{
	struct obj labels = match_synthetic(d, STR("any"), "enforce");

	for (size_t i = 0; i < d->hooks_len; i++)
		if (d->hooks[i].fails && match_rules(&d->hooks[i], n) &&
		    match_namespace(&d->hooks[i], labels))
			return true;
	return false;
}

void doctor_tell_outage(struct doctor *d)
{
	struct needs_text closed = {.text = BUF_ARENA(d->arena)};

	for (size_t i = 0; i < needs_len; i++)
		if (!needs[i].by_label && is_closed(d, &needs[i]))
			list_need(&closed, &needs[i]);
	if (closed.kind)
		doctor_add(
			d, DOCTOR_INFO, NOWHERE,
			"while nobody answers, %s are refused in namespaces of mode enforce, and everything else is accepted unchecked",
			end_needs(&closed));
	else
		doctor_add(d, DOCTOR_INFO, NOWHERE,
			   "while nobody answers, everything is accepted unchecked");
}

/* May fail closed, and does not. */
static bool fails_open(struct doctor *d, const struct need *n)
{
	struct obj labels = match_synthetic(d, STR("any"), "enforce");

	return !n->outage && match_mode(d, n, labels) == HOOK_ENFORCE && !is_closed(d, n);
}

void doctor_failure_policy(struct doctor *d)
{
	struct needs_text open = {.text = BUF_ARENA(d->arena)};

	for (size_t i = 0; i < d->hooks_len; i++)
		if (d->hooks[i].fails)
			fails_closed(d, &d->hooks[i]);
	for (size_t i = 0; i < needs_len; i++)
		if (fails_open(d, &needs[i]))
			list_need(&open, &needs[i]);
	if (open.kind)
		doctor_add_fix(
			doctor_add(
				d, doctor_by_helm(d) ? DOCTOR_INFO : DOCTOR_WARN, NOWHERE,
				"%s fail open: a wrong one is accepted while the webhook is down",
				end_needs(&open)),
			d, "failurePolicy: Fail - nobody but people and GitOps tools writes it");
}
