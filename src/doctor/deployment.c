/* What the pods are given, read off the Deployment: the names of Secret and ConfigMap, and who is
 * believed. */
#include "internal.h"

#define SECRET "backup-guard-tls"
#define SECRET_MANAGED "backup-guard-webhook" /* as serve --self-manage calls it */
#define POLICY "backup-guard-policy"
#define POLICY_FILE "policy.yaml"

/* The value of --NAME=VALUE or --NAME VALUE; empty: there is none. */
static bool read_arg(struct obj container, const char *name, struct str *value)
{
	struct str flag = str_from(name);
	struct obj args = obj_at(container, "args");

	*value = STR_EMPTY;
	for (struct obj e = obj_first(args); e.node; e = obj_next(e)) {
		struct str arg = obj_text(e, "");

		if (!str_has_prefix(arg, flag))
			continue;
		if (arg.len == flag.len) {
			*value = obj_text(obj_next(e), "");
			return true;
		}
		if (arg.ptr[flag.len] == '=') {
			*value = str_slice(arg, flag.len + 1, arg.len);
			return true;
		}
	}
	return false;
}

/* The Secret or ConfigMap that `path` is a file of. */
static struct str find_source(struct obj pod, struct obj container, struct str path,
			      const char *which)
{
	struct obj mounts = obj_at(container, "volumeMounts"), volumes = obj_at(pod, "volumes");
	struct str name = STR_EMPTY;
	size_t longest = 0;

	for (struct obj m = obj_first(mounts); m.node; m = obj_next(m)) {
		struct str folder = obj_text(m, "mountPath");

		if (folder.len > longest && folder.len < path.len && str_has_prefix(path, folder) &&
		    path.ptr[folder.len] == '/') {
			longest = folder.len;
			name = obj_text(m, "name");
		}
	}
	for (struct obj v = obj_first(volumes); v.node && name.len; v = obj_next(v))
		if (str_eq(obj_text(v, "name"), name))
			return obj_text(v, which);
	return STR_EMPTY;
}

static struct str last_part(struct str path)
{
	size_t slash;

	while ((slash = str_find_byte(path, '/')) != STR_NONE)
		path = str_slice(path, slash + 1, path.len);
	return path;
}

struct search {
	struct doctor *d;
	struct obj selector; /* of the Service */
};

static void begin_search(void *ctx)
{
	(void)ctx;
}

static bool is_behind(struct obj selector, struct obj labels)
{
	for (struct obj e = obj_first(selector); e.node; e = obj_next(e))
		if (!str_eq(obj_text(obj_member(labels, obj_key(e)), ""), obj_text(e, "")))
			return false;
	return obj_len(selector);
}

static void adopt(struct doctor *d, struct str *name, struct str found)
{
	if (found.len)
		*name = arena_str(d->arena, found);
}

static void read_container(struct doctor *d, struct obj pod, struct obj container)
{
	struct str value, name;

	if (!d->in->secret.len && read_arg(container, "--self-manage", &value)) {
		d->names.secret = STR(SECRET_MANAGED);
		d->names.managed = true;
		if (read_arg(container, "--secret", &name))
			adopt(d, &d->names.secret, last_part(name));
	} else if (!d->in->secret.len && read_arg(container, "--cert", &value)) {
		adopt(d, &d->names.secret, find_source(pod, container, value, "secret.secretName"));
	}
	if (!d->in->policy.len && read_arg(container, "--policy", &value)) {
		name = find_source(pod, container, value, "configMap.name");
		adopt(d, &d->names.policy, name);
		if (name.len)
			adopt(d, &d->names.file, last_part(value));
	}
}

static bool has_arg(struct obj container, const char *name)
{
	struct str value;

	return read_arg(container, name, &value);
}

static void read_clients(struct doctor *d, struct obj container)
{
	struct doctor_names *n = &d->names;
	struct str names;

	if (!has_arg(container, "serve"))
		return;
	n->serves = true;
	n->verifies |= has_arg(container, "--client-ca");
	n->trusts |= has_arg(container, "--trust-network");
	n->tells |= has_arg(container, "--cache") || has_arg(container, "--events");
	if (read_arg(container, "--client-name", &names))
		n->clients = arena_str(d->arena, names);
}

static void each_deployment(void *ctx, struct obj item)
{
	const struct search *s = ctx;
	struct obj pod = obj_at(item, "spec.template.spec"), containers = obj_at(pod, "containers");

	if (is_behind(s->selector, obj_at(item, "spec.template.metadata.labels")))
		for (struct obj c = obj_first(containers); c.node; c = obj_next(c)) {
			read_container(s->d, pod, c);
			read_clients(s->d, c);
		}
}

void doctor_find_names(struct doctor *d)
{
	const struct target *t = d->targets;
	struct search search = {.d = d};
	const struct kube_reader reader = {
		.begin = begin_search, .each = each_deployment, .ctx = &search};
	struct kube_listed listed = {.arena = d->arena};
	struct err err;

	d->names = (struct doctor_names){
		.secret = d->in->secret.len ? d->in->secret : STR(SECRET),
		.policy = d->in->policy.len ? d->in->policy : STR(POLICY),
		.file = STR(POLICY_FILE),
	};
	while (t && t->url.len)
		t = t->next;
	if (!t || !t->is_there)
		return;
	search.selector = obj_at(t->service, "spec.selector");
	/* who may not read it is told of the names that were tried */
	(void)!kube_list(d->in->kube,
			 doctor_path(d, "/apis/apps/v1", t->namespace, "deployments", STR_EMPTY),
			 &reader, &listed, &err);
}

void doctor_clients(struct doctor *d)
{
	const struct doctor_names *n = &d->names;

	if (!n->serves)
		doctor_add(
			d, DOCTOR_INFO, NOWHERE,
			"whether they are verified is not known: no Deployment that runs serve is behind the Service");
	else if (n->verifies && n->clients.len)
		doctor_add(d, DOCTOR_OK, NOWHERE,
			   "verified, by a certificate of the client CA for %.*s",
			   STR_ARG(n->clients));
	else if (n->verifies)
		doctor_add(d, DOCTOR_OK, NOWHERE, "verified, by any certificate of the client CA");
	else if (n->tells && n->trusts)
		doctor_add(
			d, DOCTOR_INFO, NOWHERE,
			"the network is trusted: whoever reaches the port can forge reviews, and is told of other objects");
	else if (n->tells)
		doctor_add_fix(
			doctor_add(
				d, DOCTOR_WARN, NOWHERE,
				"not verified, so --cache, --cache-secrets and --events do nothing: nobody is told of other objects"),
			d, "--client-ca, or --trust-network - deploy/kustomize/README.md#mtls");
}
