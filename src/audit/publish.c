/* What an audit found, as objects of the cluster: server-side apply, and only what has changed. */
#include "audit/audit.h"

#include "report/openreports.h"

#include <stdlib.h>

enum { NOT_FOUND = 404 };

/* The first that the cluster knows. */
static const struct openreports_api apis[] = {
	{"openreports.io/v1alpha1", "Report", "reports"},
	{"wgpolicyk8s.io/v1alpha2", "PolicyReport", "policyreports"},
};

struct place {
	struct str namespace;
	bool is_there; /* as it should be */
};

struct publisher {
	struct kube *kube;
	struct report *report;
	const struct openreports_api *api;
	struct arena *arena;
	struct arena *scratch; /* of one answer */
	struct place *places;  /* sorted */
	size_t len;
	struct {
		struct str *items; /* namespaces that have one and should not */
		size_t len, cap;
	} clean;
};

/* Which of the two the cluster has. */
static bool find_api(struct publisher *p, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(apis); i++) {
		struct kube_answer answer;
		struct str path = arena_fmt(p->scratch, "/apis/%s", apis[i].version);

		p->api = &apis[i];
		if (kube_get(p->kube, path, p->scratch, &answer, err))
			return true;
		if (answer.status != NOT_FOUND)
			return false;
	}
	return err_set(err, E_VALUE, "--report: the cluster knows neither %s nor %s",
		       apis[0].version, apis[1].version);
}

static int by_namespace(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return str_cmp(a->namespace, b->namespace);
}

static void add_places(struct publisher *p, const struct report_findings *all)
{
	for (size_t i = 0; i < all->len; i++)
		p->places[p->len++].namespace = all->items[i].namespace;
}

static void find_places(struct publisher *p)
{
	const struct report *r = p->report;
	size_t kept = 0;

	p->places = ARENA_ARRAY(p->arena, struct place, r->findings.len + r->exempted.len + 1);
	add_places(p, &r->findings);
	add_places(p, &r->exempted);
	if (p->len)
		qsort(p->places, p->len, sizeof *p->places, by_namespace);
	for (size_t i = 0; i < p->len; i++)
		if (!kept || by_namespace(&p->places[kept - 1], &p->places[i]) != 0)
			p->places[kept++] = p->places[i];
	p->len = kept;
}

static void begin(void *ctx)
{
	struct publisher *p = ctx;

	for (size_t i = 0; i < p->len; i++)
		p->places[i].is_there = false;
	p->clean.len = 0;
}

static void has_one(struct publisher *p, struct str namespace)
{
	if (p->clean.len == p->clean.cap) {
		size_t cap = p->clean.cap ? p->clean.cap * 2 : 16;
		struct str *grown = ARENA_ARRAY(p->arena, struct str, cap);

		for (size_t i = 0; i < p->clean.len; i++)
			grown[i] = p->clean.items[i];
		p->clean.items = grown;
		p->clean.cap = cap;
	}
	p->clean.items[p->clean.len++] = arena_str(p->arena, namespace);
}

static void each(void *ctx, struct obj item)
{
	struct publisher *p = ctx;
	const struct place key = {.namespace = obj_text(item, "metadata.namespace")};
	struct place *place = NULL;
	CLEANUP(arena) struct arena *a = NULL;
	CLEANUP(buf) struct buf wanted = {0};
	const struct doc *doc;
	struct err ignored;

	if (!str_is(obj_text(item, "metadata.name"), OPENREPORTS_NAME))
		return;
	if (p->len)
		place = bsearch(&key, p->places, p->len, sizeof *p->places, by_namespace);
	if (!place) {
		has_one(p, key.namespace);
		return;
	}
	a = arena_new();
	openreports_write(&wanted, p->report, p->api, key.namespace);
	if (doc_read_json(a, buf_slice(&wanted), &doc, &ignored))
		place->is_there = openreports_same(item, doc_root(doc));
}

static struct str path_of(const struct publisher *p, struct str namespace)
{
	struct buf path = BUF_ARENA(p->scratch);

	buf_fmt(&path, "/apis/%s", p->api->version);
	if (namespace.len) {
		buf_text(&path, "/namespaces/");
		kube_encode(&path, namespace);
	}
	buf_fmt(&path, "/%s", p->api->resource);
	return buf_slice(&path);
}

static bool change(struct publisher *p, struct str namespace, struct kube_call *call,
		   struct err *err)
{
	struct kube_answer answer;

	call->path =
		arena_fmt(p->scratch, "%.*s/" OPENREPORTS_NAME "%s", STR_ARG(path_of(p, namespace)),
			  call->body.len ? "?fieldManager=" OPENREPORTS_NAME "&force=true" : "");
	bool ok = kube_do(p->kube, call, p->scratch, &answer, err) ||
		  (!call->body.len && answer.status == NOT_FOUND);
	arena_reset(p->scratch);
	return ok;
}

/* One namespace that is being deleted does not stop the others. */
static void change_all(struct publisher *p)
{
	struct err err;

	for (size_t i = 0; i < p->len; i++) {
		CLEANUP(buf) struct buf body = {0};

		if (p->places[i].is_there)
			continue;
		openreports_write(&body, p->report, p->api, p->places[i].namespace);
		struct kube_call call = {
			.method = "PATCH", .content_type = KUBE_APPLY, .body = buf_slice(&body)};
		if (!change(p, p->places[i].namespace, &call, &err))
			report_add_error(p->report, STR_EMPTY, &err, STR_EMPTY);
	}
	for (size_t i = 0; i < p->clean.len; i++) {
		struct kube_call call = {.method = "DELETE"};

		if (!change(p, p->clean.items[i], &call, &err))
			report_add_error(p->report, STR_EMPTY, &err, STR_EMPTY);
	}
}

void audit_publish(const struct audit_input *in, struct report *r)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct publisher p = {.kube = in->kube, .report = r, .arena = arena, .scratch = scratch};
	const struct kube_reader reader = {.begin = begin, .each = each, .ctx = &p};
	struct kube_listed listed = {.arena = arena};
	struct err err;

	if (r->errors.len) /* what was not seen is not clean */
		return;
	find_places(&p);
	if (find_api(&p, &err)) {
		struct str ours = arena_fmt(
			arena, "%.*s?labelSelector=" OPENREPORTS_LABEL "%%3D" OPENREPORTS_NAME,
			STR_ARG(path_of(&p, in->namespace)));

		arena_reset(scratch);
		if (kube_list(p.kube, ours, &reader, &listed, &err)) {
			change_all(&p);
			return;
		}
	}
	report_add_error(r, STR_EMPTY, &err, STR_EMPTY);
}
