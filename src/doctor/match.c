/* How an API server chooses whom it asks, and what has to be sent. */
#include "internal.h"

#include "doc/copy.h"

const char *const hook_mode_words[] = {"enforce", "warn", "audit", "off"};

#define DELETION "a deletion, so that its namespace could not go"
#define SECRETS "whatever writes such a Secret"

/* Everything that is to be sent. What may fail closed is what only a person or a GitOps tool
 * writes. */
const struct need needs[] = {
	{KIND_CLUSTER, "CREATE", "a new Cluster, also one that recovers", true, false},
	{KIND_CLUSTER, "UPDATE", "the operator's own writes, so no failover", false, false},
	{KIND_SCHEDULED_BACKUP, "CREATE", NULL, false, false},
	{KIND_SCHEDULED_BACKUP, "UPDATE", "the operator's own writes", false, false},
	{KIND_SCHEDULED_BACKUP, "DELETE", DELETION, false, false},
	{KIND_BACKUP, "CREATE", "the Backups of every schedule", false, false},
	{KIND_OBJECT_STORE, "CREATE", NULL, false, false},
	{KIND_OBJECT_STORE, "UPDATE", NULL, false, false},
	{KIND_OBJECT_STORE, "DELETE", DELETION, false, false},
	{KIND_SECRET, "CREATE", SECRETS, false, true},
	{KIND_SECRET, "UPDATE", SECRETS, false, true},
	{KIND_SECRET, "DELETE", DELETION, false, true},
	{KIND_EXTERNAL_SECRET, "CREATE", SECRETS, false, true},
	{KIND_EXTERNAL_SECRET, "UPDATE", SECRETS, false, true},
	{KIND_EXTERNAL_SECRET, "DELETE", DELETION, false, true},
};
const size_t needs_len = ARRAY_LEN(needs);

static bool has(struct obj list, const char *word)
{
	for (struct obj e = obj_first(list); e.node; e = obj_next(e))
		if (str_is(obj_text(e, ""), word) || str_is(obj_text(e, ""), "*"))
			return true;
	return false;
}

bool match_rule(struct obj rule, const struct need *n)
{
	/* "*" is every resource; with subresources it is written otherwise, see below */
	const struct kind_api *api = kind_api(n->kind);
	bool resource = has(obj_at(rule, "resources"), api->plural);

	for (struct obj e = obj_first(obj_at(rule, "resources")); e.node; e = obj_next(e))
		resource = resource || str_is(obj_text(e, ""), "*/*");
	return resource && has(obj_at(rule, "apiGroups"), api->group) &&
	       has(obj_at(rule, "apiVersions"), api->version) &&
	       has(obj_at(rule, "operations"), n->operation) &&
	       !str_is(obj_text(rule, "scope"), "Cluster");
}

bool match_names(const struct hook *h, const struct need *n)
{
	struct obj rules = obj_at(h->root, "rules");

	for (struct obj r = obj_first(rules); r.node; r = obj_next(r))
		for (struct obj e = obj_first(obj_at(r, "resources")); e.node; e = obj_next(e))
			if (str_is(obj_text(e, ""), kind_api(n->kind)->plural) && match_rule(r, n))
				return true;
	return false;
}

bool match_rules(const struct hook *h, const struct need *n)
{
	struct obj rules = obj_at(h->root, "rules");

	for (struct obj e = obj_first(rules); e.node; e = obj_next(e))
		if (match_rule(e, n))
			return true;
	return false;
}

static bool match_expression(struct obj e, struct obj labels)
{
	struct str operator= obj_text(e, "operator");
	struct obj value = obj_member(labels, obj_text(e, "key"));
	bool among = false;

	if (str_is(operator, "Exists"))
		return value.node;
	if (str_is(operator, "DoesNotExist"))
		return !value.node;
	for (struct obj v = obj_first(obj_at(e, "values")); v.node; v = obj_next(v))
		among = among || (value.node && str_eq(obj_text(v, ""), obj_text(value, "")));
	return str_is(operator, "NotIn") ? !among : among;
}

bool match_labels(struct obj selector, struct obj labels)
{
	struct obj equal = obj_at(selector, "matchLabels");
	struct obj expressions = obj_at(selector, "matchExpressions");

	for (struct obj e = obj_first(equal); e.node; e = obj_next(e)) {
		struct obj value = obj_member(labels, obj_key(e));

		if (!value.node || !str_eq(obj_text(value, ""), obj_text(e, "")))
			return false;
	}
	for (struct obj e = obj_first(expressions); e.node; e = obj_next(e))
		if (!match_expression(e, labels))
			return false;
	return true;
}

bool match_namespace(const struct hook *h, struct obj labels)
{
	return match_labels(obj_at(h->root, "namespaceSelector"), labels);
}

bool match_all_objects(const struct hook *h)
{
	struct obj selector = obj_at(h->root, "objectSelector");

	return !obj_len(obj_at(selector, "matchLabels")) &&
	       !obj_len(obj_at(selector, "matchExpressions"));
}

struct obj match_synthetic(struct doctor *d, struct str name, const char *mode)
{
	const struct doc *doc;
	struct copy c;

	doc = copy_begin(&c, d->arena);
	copy_text(&c, "kubernetes.io/metadata.name", name);
	if (mode)
		copy_text(&c, MODE_LABEL, str_from(mode));
	return doc_root(doc);
}

enum hook_mode match_mode(const struct doctor *d, const struct need *n, struct obj labels)
{
	enum hook_mode mode = HOOK_NOT_SENT;

	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];

		if (h->mode < mode && match_rules(h, n) && match_namespace(h, labels) &&
		    (n->by_label || match_all_objects(h)))
			mode = h->mode;
	}
	return mode;
}

enum hook_mode match_place(const struct doctor *d, struct obj labels)
{
	enum hook_mode mode = HOOK_NOT_SENT;

	for (size_t i = 0; i < d->hooks_len; i++) {
		const struct hook *h = &d->hooks[i];
		enum hook_mode own = h->mode == HOOK_NOT_SENT ? HOOK_ENFORCE : h->mode;

		for (size_t n = 0; n < needs_len && own < mode; n++)
			if (!needs[n].by_label && match_rules(h, &needs[n]) &&
			    match_namespace(h, labels))
				mode = own;
	}
	return mode;
}
