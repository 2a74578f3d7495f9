/* Who may take the webhook out of force: RBAC's word on what it depends on. The roles are read page
 * by page, and of each only its name stays. */
#include "internal.h"

#include <stdlib.h>

#define RBAC "/apis/rbac.authorization.k8s.io/v1"

/* What may be changed. */
enum power { POWER_WEBHOOK, POWER_LABELS, POWER_POLICY, POWERS };

struct role {
	struct str name;
	bool is_cluster_role;
	bool has[POWERS];
	struct role *next;
};

struct holder {
	struct str name; /* "Group devs" */
	bool ordinary;	 /* by cluster-admin: everything may be changed so */
};

struct holders {
	struct holder *items;
	size_t len, cap;
};

struct access {
	struct doctor *d;
	struct str namespace; /* of the policy; empty: it is not looked at */
	struct role *roles;
	struct holders of[POWERS];
	bool of_namespace; /* Roles and RoleBindings are being read: they say nothing of the rest */
};

static bool has_word(struct obj list, struct str word)
{
	for (struct obj e = obj_first(list); e.node; e = obj_next(e))
		if (str_eq(obj_text(e, ""), word) || str_is(obj_text(e, ""), "*"))
			return true;
	return false;
}

static bool may_change(struct obj rule)
{
	static const char *const verbs[] = {"update", "patch", "delete", "deletecollection"};

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (has_word(obj_at(rule, "verbs"), str_from(verbs[i])))
			return true;
	return false;
}

/* `name` empty: any one of them would do. */
static bool grants(struct obj rule, const char *group, const char *resource, struct str name)
{
	struct obj names = obj_at(rule, "resourceNames");

	return has_word(obj_at(rule, "apiGroups"), str_from(group)) &&
	       has_word(obj_at(rule, "resources"), str_from(resource)) && may_change(rule) &&
	       (!obj_len(names) || !name.len || has_word(names, name));
}

static void begin_roles(void *ctx)
{
	(void)ctx; /* a role that is read twice is there twice, with the same name */
}

static void each_role(void *ctx, struct obj item)
{
	struct access *a = ctx;
	struct doctor *d = a->d;
	struct role found = {.is_cluster_role = !a->of_namespace};
	struct obj rules = obj_at(item, "rules");

	for (struct obj r = obj_first(rules); r.node; r = obj_next(r)) {
		found.has[POWER_WEBHOOK] |=
			grants(r, "admissionregistration.k8s.io", "validatingwebhookconfigurations",
			       d->in->configuration);
		found.has[POWER_LABELS] |= grants(r, "", "namespaces", STR_EMPTY);
		found.has[POWER_POLICY] |= grants(r, "", "configmaps", d->names.policy);
	}
	if (!found.has[POWER_WEBHOOK] && !found.has[POWER_LABELS] && !found.has[POWER_POLICY])
		return;
	found.name = arena_str(d->arena, obj_text(item, "metadata.name"));
	found.next = a->roles;
	a->roles = ARENA_NEW(d->arena, struct role);
	*a->roles = found;
}

static void add_holder(struct access *a, enum power power, struct holder who)
{
	struct holders *all = &a->of[power];

	if (all->len == all->cap) {
		size_t cap = all->cap ? 2 * all->cap : 16;
		struct holder *more = ARENA_ARRAY(a->d->arena, struct holder, cap);

		for (size_t i = 0; i < all->len; i++)
			more[i] = all->items[i];
		all->items = more;
		all->cap = cap;
	}
	all->items[all->len++] = who;
}

static void add_subjects(struct access *a, const struct role *role, struct obj subjects)
{
	struct arena *arena = a->d->arena;

	for (struct obj s = obj_first(subjects); s.node; s = obj_next(s)) {
		struct str kind = obj_text(s, "kind"), name = obj_text(s, "name");
		struct str namespace = obj_text(s, "namespace");
		struct holder who = {.ordinary = str_is(role->name, "cluster-admin")};

		who.name = arena_fmt(arena, "%.*s %.*s%s%.*s", STR_ARG(kind), STR_ARG(namespace),
				     namespace.len ? "/" : "", STR_ARG(name));
		for (enum power p = 0; p < POWERS; p++)
			if (role->has[p] && (p == POWER_POLICY || !a->of_namespace))
				add_holder(a, p, who);
	}
}

/* Those of the control plane itself, which every API server makes. */
static bool is_built_in(struct obj item)
{
	struct str key = STR("kubernetes.io/bootstrapping");

	return str_has_prefix(obj_text(item, "metadata.name"), STR("system:")) &&
	       obj_member(obj_at(item, "metadata.labels"), key).node;
}

static void each_binding(void *ctx, struct obj item)
{
	struct access *a = ctx;
	struct str name = obj_text(item, "roleRef.name");
	bool cluster_role = str_is(obj_text(item, "roleRef.kind"), "ClusterRole");

	for (const struct role *r = is_built_in(item) ? NULL : a->roles; r; r = r->next)
		if (str_eq(r->name, name) && r->is_cluster_role == cluster_role)
			add_subjects(a, r, obj_at(item, "subjects"));
}

static bool read_list(struct access *a, struct str path, void (*each)(void *ctx, struct obj item))
{
	const struct kube_reader reader = {.begin = begin_roles, .each = each, .ctx = a};
	struct kube_listed listed = {.arena = a->d->arena};
	struct err err;

	if (kube_list(a->d->in->kube, path, &reader, &listed, &err))
		return true;
	doctor_add(a->d, DOCTOR_INFO, NOWHERE, "who may change it is not known: %s", err.msg);
	return false;
}

static bool read_all(struct access *a)
{
	struct doctor *d = a->d;

	if (!read_list(a, STR(RBAC "/clusterroles"), each_role) ||
	    !read_list(a, STR(RBAC "/clusterrolebindings"), each_binding))
		return false;
	a->of_namespace = true;
	return !a->namespace.len ||
	       (read_list(a, doctor_path(d, RBAC, a->namespace, "roles", STR_EMPTY), each_role) &&
		read_list(a, doctor_path(d, RBAC, a->namespace, "rolebindings", STR_EMPTY),
			  each_binding));
}

static int by_name(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order ? order : (int)y->ordinary - (int)x->ordinary;
}

/* Each once; who may do everything is told for the webhook alone. */
static void tell(struct access *a, enum power power)
{
	static const char *const words[POWERS] = {
		"may change or delete the ValidatingWebhookConfiguration",
		"may change the labels of namespaces, and so their mode",
		"may change the ConfigMap of the policy",
	};
	struct holders *all = &a->of[power];
	const struct holder *last = NULL;

	if (all->len)
		qsort(all->items, all->len, sizeof *all->items, by_name);
	for (size_t i = 0; i < all->len; i++) {
		const struct holder *h = &all->items[i];

		if (last && str_eq(last->name, h->name))
			continue;
		last = h;
		if (!h->ordinary)
			doctor_add(a->d, DOCTOR_INFO, h->name, "%s", words[power]);
		else if (power == POWER_WEBHOOK)
			doctor_add(a->d, DOCTOR_INFO, h->name,
				   "may change everything (cluster-admin)");
	}
}

void doctor_access(struct doctor *d)
{
	struct access a = {.d = d};
	const struct target *t = d->targets;

	while (t && t->url.len)
		t = t->next;
	if (t)
		a.namespace = t->namespace;
	if (!read_all(&a))
		return;
	for (enum power p = 0; p < POWERS; p++)
		tell(&a, p);
}
