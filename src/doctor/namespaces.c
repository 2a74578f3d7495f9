/* The namespaces, what becomes of writes in each, and those with Clusters that nobody is asked
 * about. */
#include "internal.h"

#include "cnpg/object.h"
#include "doc/copy.h"

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

/* A copy. */
static struct obj labels_but(struct arena *a, struct obj labels, struct str left_out)
{
	const struct doc *doc;
	struct copy c;

	doc = copy_begin(&c, a);
	for (struct obj e = obj_first(labels); e.node; e = obj_next(e))
		if (!str_eq(obj_key(e), left_out))
			copy_member(&c, e);
	return doc_root(doc);
}

/* The page goes. */
static void each_place(void *ctx, struct obj item)
{
	struct places *all = ctx;
	struct arena *a = all->d->arena;
	struct place *p = ARENA_NEW(a, struct place);
	struct obj labels = obj_at(item, "metadata.labels");

	p->name = arena_str(a, obj_text(item, "metadata.name"));
	if (labels.node)
		p->labels = labels_but(a, labels, STR_EMPTY);
	p->label = obj_text(obj_member(p->labels, STR(MODE_LABEL)), "");
	p->mode = match_place(all->d, p->labels);
	*all->last = p;
	all->last = &p->next;
}

void doctor_read_places(struct doctor *d)
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
	struct obj plugins = obj_at(item, "spec.plugins");
	struct str namespace = obj_text(item, "metadata.namespace");
	struct place *p = c->at;

	for (struct obj e = obj_first(plugins); e.node; e = obj_next(e))
		c->d->by_plugin |= str_is(obj_text(e, "name"), PLUGIN_NAME);
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
	return match_place(d, labels_but(d->arena, p->labels, STR("kubernetes.io/metadata.name")));
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

enum leaving doctor_why_left(struct doctor *d, const struct place *p)
{
	if (str_is(p->label, hook_mode_words[HOOK_NOT_SENT]))
		return LEFT_BY_LABEL;
	return mode_elsewhere(d, p) == HOOK_NOT_SENT ? LEFT_BY_ALL : LEFT_BY_NAME;
}

static void tell_left_out(struct doctor *d, struct place *p)
{
	enum leaving why = doctor_why_left(d, p);

	if (why == LEFT_BY_ALL)
		left_out(d, p);
	else if (why == LEFT_BY_LABEL)
		p->told = doctor_add_fix(
			doctor_add(d, DOCTOR_WARN, p->name,
				   "has Clusters, and is opted out by its label " MODE_LABEL
				   "=off: nobody is asked"),
			d, "kubectl label namespace NAME " MODE_LABEL "- - unless it is meant");
	else
		p->told = doctor_add_fix(
			doctor_add(
				d, DOCTOR_WARN, p->name,
				"has Clusters, and namespaceSelector leaves it out by its name: nobody is asked"),
			d, "move them to another namespace");
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
	for (struct place *p = d->places; p; p = p->next) {
		look_at_label(d, p);
		if (p->clusters && p->mode == HOOK_NOT_SENT)
			tell_left_out(d, p);
	}
	tell_modes(d);
}

/* Whose API group is not served: then a rule about it says nothing, and nobody can write one. */
static bool is_missing(struct doctor *d, enum kind kind)
{
	struct kube_answer answer;
	struct err ignored;

	return !kube_get(d->in->kube, arena_fmt(d->arena, "/apis/%s", kind_api(kind)->api_version),
			 d->arena, &answer, &ignored) &&
	       answer.status == 404;
}

/* CloudNativePG's own are told of where its Clusters are counted. */
void doctor_crds(struct doctor *d)
{
	if (!is_missing(d, KIND_OBJECT_STORE))
		return;
	doctor_add_fix(
		doctor_add(
			d, d->by_plugin ? DOCTOR_WARN : DOCTOR_INFO, NOWHERE,
			"the API server knows no ObjectStores: the CRD of the Barman Cloud plugin is not installed%s",
			d->by_plugin ? ", and Clusters name the plugin: they are not backed up"
				     : ""),
		d, "install the plugin");
}
