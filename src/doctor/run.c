#include "parts.h"

#include "base/base64.h"
#include "base/json.h"

#include <stdarg.h>
#include <string.h>

/* The checks, in the order in which they are told. `fine` is said when nothing was found. */
static const struct row {
	const char *id;
	void (*run)(struct doctor *d);
	const char *fine;
} rows[] = {
	{"rules", doctor_rules, "every kind and operation is sent, and nothing else"},
	{"selectors", doctor_selectors,
	 "a namespace is left out by its label, Secrets are chosen by theirs"},
	{"conditions", doctor_conditions, "matchConditions are those shipped"},
	{"failure-policy", doctor_failure_policy,
	 "closed where only people write, open everywhere else"},
	{"timeout", doctor_timeout, "at most 5 seconds"},
	{"side-effects", doctor_side_effects, "dry runs are asked about as well"},
	{"match-policy", doctor_match_policy, "every version of a kind is sent"},
	{"review-versions", doctor_review_versions, "v1"},
	{"path", doctor_hook_path, "each mode has its path"},
	{"service", doctor_service, "it is there, with the port that is called"},
	{"endpoints", doctor_endpoints, "pods are ready"},
	{"ca-bundle", doctor_ca_bundle, "can be read, and lasts two weeks and more"},
	{"certificate", doctor_certificate,
	 "what is served is trusted by every caBundle, and lasts two weeks and more"},
	{"secret", doctor_secret, "key and certificate belong together and are what is served"},
	{"drift", doctor_drift, "as it was applied, or else as it is shipped"},
	{"others", doctor_others, "nobody else is asked about these kinds"},
	{"namespaces", doctor_namespaces, "every namespace with Clusters is asked about"},
	{"policy", doctor_policy, "exempts nobody"},
	{"bypass", doctor_bypass, "every namespace is asked about, whoever writes"},
	{"access", doctor_access, "nobody but cluster-admin may change what is asked about"},
	{"refusal", doctor_refusal, ""},
};

struct doctor_finding *doctor_add(struct doctor *d, enum doctor_level level, struct str where,
				  const char *fmt, ...)
{
	struct doctor_report *r = d->report;
	va_list args;

	va_start(args, fmt);
	struct str message = arena_vfmt(d->arena, fmt, args);
	va_end(args);
	for (struct doctor_finding *f = r->first; f; f = f->next) {
		if (f->check != d->row || f->level != level || !str_eq(f->message, message))
			continue;
		if (where.len && !str_eq(f->last, where))
			buf_fmt(&f->where, "%s%.*s", f->where.len ? ", " : "", STR_ARG(where));
		f->last = where;
		return f;
	}
	struct doctor_finding *f = ARENA_NEW(d->arena, struct doctor_finding);
	f->check = d->row;
	f->level = level;
	f->message = message;
	f->where = BUF_ARENA(d->arena);
	buf_str(&f->where, where);
	f->last = where;
	r->counts[level]++;
	*r->last = f;
	r->last = &f->next;
	return f;
}

enum doctor_level doctor_worst(const struct doctor *d, const char *row)
{
	enum doctor_level worst = DOCTOR_OK;

	for (const struct doctor_finding *f = d->report->first; f; f = f->next)
		if (f->level > worst && str_is(str_from(f->check), row))
			worst = f->level;
	return worst;
}

void doctor_raise(struct doctor *d, struct doctor_finding *f)
{
	d->report->counts[f->level]--;
	f->level = DOCTOR_ERROR;
	d->report->counts[f->level]++;
}

struct doctor_finding *doctor_add_fix(struct doctor_finding *f, struct doctor *d, const char *fmt,
				      ...)
{
	va_list args;

	va_start(args, fmt);
	f->fix = arena_vfmt(d->arena, fmt, args);
	va_end(args);
	return f;
}

static struct str without_scheme(struct str url)
{
	size_t scheme = str_find(url, STR("://"));

	return str_slice(url, scheme == STR_NONE ? 0 : scheme + 3, url.len);
}

struct str doctor_sentence(struct doctor *d, const struct hook *h, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	struct str why = arena_vfmt(d->arena, fmt, args);
	va_end(args);
	struct buf out = BUF_ARENA(d->arena);

	buf_fmt(&out, "%sfailed calling webhook \"%.*s\": failed to call webhook: Post \"https://",
		h->fails ? "Internal error occurred: " : "", STR_ARG(h->name));
	if (h->target && h->target->url.len)
		buf_str(&out, without_scheme(obj_text(h->root, "clientConfig.url")));
	else if (h->target)
		buf_fmt(&out, "%.*s:%lld%.*s", STR_ARG(h->target->host), (long long)h->target->port,
			STR_ARG(h->path));
	buf_fmt(&out, "?timeout=%llds\": %.*s", (long long)h->timeout, STR_ARG(why));
	return buf_slice(&out);
}

struct str doctor_path(struct doctor *d, const char *prefix, struct str namespace,
		       const char *resource, struct str name)
{
	struct buf out = BUF_ARENA(d->arena);

	buf_fmt(&out, "%s/namespaces/", prefix);
	kube_encode(&out, namespace);
	buf_fmt(&out, "/%s%s", resource, name.len ? "/" : "");
	kube_encode(&out, name);
	return buf_slice(&out);
}

bool doctor_get(struct doctor *d, struct str path, const char *what, enum doctor_level untold,
		struct obj *out, long *status)
{
	struct kube_answer answer;
	struct err err;

	*out = (struct obj){0};
	if (kube_get(d->in->kube, path, d->arena, &answer, &err)) {
		*out = answer.root;
		*status = answer.status;
		return true;
	}
	*status = answer.status;
	if (answer.status != 404)
		doctor_add(d, untold, NOWHERE, "%s cannot be read: %s", what, err.msg);
	return false;
}

/* "https://HOST:PORT/PATH"; an IPv6 address stands in brackets. */
static void read_url(struct str url, struct target *out)
{
	struct str rest = without_scheme(url);
	size_t end;

	rest = str_slice(rest, 0, str_find_byte(rest, '/'));
	end = str_find_byte(rest, ']');
	if (str_has_prefix(rest, STR("[")) && end != STR_NONE) {
		out->host = str_slice(rest, 1, end);
		rest = str_slice(rest, end + 1, rest.len);
	} else {
		end = str_find_byte(rest, ':');
		out->host = str_slice(rest, 0, end);
		rest = str_slice(rest, end, rest.len);
	}
	if (!str_to_i64(str_slice(rest, 1, rest.len), &out->port))
		out->port = 443;
	out->url = url;
}

static bool read_target(struct doctor *d, struct hook *h, struct target *out)
{
	struct obj service = obj_at(h->root, "clientConfig.service");
	struct str url = obj_text(h->root, "clientConfig.url");

	*out = (struct target){.port = 443, .hook = h};
	if (obj_type(service) != OBJ_MAP) {
		read_url(url, out);
		return out->host.len;
	}
	out->name = obj_text(service, "name");
	out->namespace = obj_text(service, "namespace");
	if (obj_int(service, "port", &out->port) != OBJ_SET)
		out->port = 443;
	out->host =
		arena_fmt(d->arena, "%.*s.%.*s.svc", STR_ARG(out->name), STR_ARG(out->namespace));
	return true;
}

static struct target *find_target(struct doctor *d, struct hook *h)
{
	struct target **slot = &d->targets;
	struct target wanted;

	if (!read_target(d, h, &wanted))
		return NULL;
	for (; *slot; slot = &(*slot)->next) {
		struct target *t = *slot;

		if (t->port != wanted.port || !str_eq(t->host, wanted.host) ||
		    !t->url.len != !wanted.url.len)
			continue;
		if (h->fails && !t->hook->fails)
			t->hook = h;
		return t;
	}
	*slot = ARENA_NEW(d->arena, struct target);
	**slot = wanted;
	return *slot;
}

static enum hook_mode mode_of(struct str path)
{
	static const char *const paths[HOOK_MODES] = {"/validate", "/validate/warn",
						      "/validate/audit"};

	for (enum hook_mode m = 0; m < HOOK_MODES; m++)
		if (str_is(path, paths[m]))
			return m;
	return HOOK_NOT_SENT;
}

static struct str path_of(struct obj hook)
{
	struct str url = obj_text(hook, "clientConfig.url");
	struct str path = obj_text(hook, "clientConfig.service.path");
	size_t host;

	if (path.len || !url.len)
		return path.len ? path : STR("/");
	url = without_scheme(url);
	host = str_find_byte(url, '/');
	return host == STR_NONE ? STR("/") : str_slice(url, host, url.len);
}

static void read_hooks(struct doctor *d)
{
	struct obj list = obj_at(d->configuration, "webhooks");

	d->hooks = ARENA_ARRAY(d->arena, struct hook, obj_len(list) + 1);
	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct hook *h = &d->hooks[d->hooks_len++];
		struct str bundle = obj_text(e, "clientConfig.caBundle");

		h->root = e;
		h->name = obj_text(e, "name");
		h->path = path_of(e);
		h->mode = mode_of(h->path);
		h->fails = !str_is(obj_text(e, "failurePolicy"), "Ignore");
		if (obj_int(e, "timeoutSeconds", &h->timeout) != OBJ_SET)
			h->timeout = 10;
		if (!base64_decode(bundle, d->arena, &h->bundle))
			h->bundle = STR_EMPTY;
		h->target = find_target(d, h);
	}
}

struct places {
	struct doctor *d;
	struct place **last;
};

static void begin_places(void *ctx)
{
	struct places *p = ctx;

	p->last = &p->d->places;
	*p->last = NULL;
}

/* Of its labels a copy stays: the page goes. */
static void each_place(void *ctx, struct obj item)
{
	struct places *all = ctx;
	struct arena *a = all->d->arena;
	struct place *p = ARENA_NEW(a, struct place);
	struct obj labels = obj_at(item, "metadata.labels");
	struct buf text = BUF_ARENA(a);
	struct json j = JSON(&text);
	const struct doc *doc;
	struct err err;

	p->name = arena_str(a, obj_text(item, "metadata.name"));
	if (labels.node) {
		obj_json(labels, &j);
		if (doc_read_json(a, buf_slice(&text), &doc, &err))
			p->labels = doc_root(doc);
	}
	p->label = obj_text(obj_member(p->labels, STR(MODE_LABEL)), "");
	p->mode = match_place(all->d, p->labels);
	*all->last = p;
	all->last = &p->next;
}

static void read_places(struct doctor *d)
{
	struct places all = {.d = d};
	const struct kube_reader reader = {.begin = begin_places, .each = each_place, .ctx = &all};
	struct kube_listed listed = {.arena = d->arena};
	struct err err;

	d->row = "namespaces";
	d->knows_places = kube_list(d->in->kube, STR("/api/v1/namespaces"), &reader, &listed, &err);
	if (!d->knows_places) {
		d->places = NULL;
		doctor_add(d, DOCTOR_UNKNOWN, NOWHERE, "%s", err.msg);
	}
}

static void run_rows(struct doctor *d)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct doctor_finding **before = d->report->last;

		d->row = rows[i].id;
		rows[i].run(d);
		if (before == d->report->last)
			doctor_add(d, DOCTOR_OK, NOWHERE, "%s", rows[i].fine);
	}
}

#define ADMISSION "/apis/admissionregistration.k8s.io/v1/"

/* "v1.35.4" and 35; older ones may drop what they do not know. */
static void read_version(struct doctor *d)
{
	struct kube_answer answer;
	struct err err;

	if (!kube_get(d->in->kube, STR("/version"), d->arena, &answer, &err))
		return;
	struct str minor = obj_text(answer.root, "minor");
	size_t digits = 0;

	while (digits < minor.len && minor.ptr[digits] >= '0' && minor.ptr[digits] <= '9')
		digits++;
	d->version = obj_text(answer.root, "gitVersion");
	if (!str_is(obj_text(answer.root, "major"), "1") ||
	    !str_to_i64(str_slice(minor, 0, digits), &d->minor))
		d->minor = 0;
}

static bool read_configuration(struct doctor *d, struct err *err)
{
	struct buf path = BUF_ARENA(d->arena);
	struct kube_answer answer;

	d->row = "configuration";
	buf_text(&path, ADMISSION "validatingwebhookconfigurations/");
	kube_encode(&path, d->in->configuration);
	if (!kube_get(d->in->kube, buf_slice(&path), d->arena, &answer, err)) {
		if (answer.status == 403)
			return err_set(
				err, E_IO, "%s",
				arena_fmt(
					d->arena,
					"%s (doctor needs the right to get it; backup-guard doctor --help says what else)",
					err->msg)
					.ptr);
		if (answer.status != 404)
			return false;
		doctor_add_fix(
			doctor_add(
				d, DOCTOR_ERROR, NOWHERE,
				"there is no ValidatingWebhookConfiguration %.*s: nobody is asked about anything",
				STR_ARG(d->in->configuration)),
			d, "kubectl apply -k deploy/kustomize/overlays/... - or --name NAME");
		d->report->force = FORCE_NO;
		return true;
	}
	d->configuration = answer.root;
	if (obj_len(obj_at(answer.root, "webhooks"))) {
		read_version(d);
		doctor_add(d, DOCTOR_OK, NOWHERE, "%.*s has %zu webhooks%s%.*s",
			   STR_ARG(d->in->configuration), obj_len(obj_at(answer.root, "webhooks")),
			   d->version.len ? ", at an API server " : "", STR_ARG(d->version));
		return true;
	}
	doctor_add_fix(doctor_add(d, DOCTOR_ERROR, NOWHERE, "%.*s has no webhooks",
				  STR_ARG(d->in->configuration)),
		       d, "kubectl apply -k deploy/kustomize/overlays/...");
	d->report->force = FORCE_NO;
	return true;
}

bool doctor_run(const struct doctor_input *in, struct doctor_report *out, struct err *err)
{
	struct doctor d = {.in = in, .report = out, .arena = in->arena};

	*out = (struct doctor_report){.arena = in->arena, .configuration = in->configuration};
	out->last = &out->first;
	if (!read_configuration(&d, err))
		return false;
	read_hooks(&d);
	if (!d.hooks_len)
		return true;
	read_places(&d);
	run_rows(&d);
	return true;
}
