/* A run of `alerts`: what is read, files or what is live, becomes what is watched. */
#include "internal.h"

#include "check/check.h"
#include "cron/cron.h"
#include "input/bundles.h"
#include "input/catalog.h"
#include "kube/manifest.h"

#include <stdlib.h>

struct run {
	const struct alerts_input *in;
	struct report *report;
	struct alerts_output *out;
	struct watched *first, **last;
	size_t len;
	struct buf told; /* of what is none of the Clusters */
};

/* Its kind and name, in whatever bytes these are. */
static void tell_name(struct run *run, const struct object *o)
{
	buf_fmt(&run->told, "%s ", kind_name(o->kind));
	buf_clean(&run->told, o->namespace);
	buf_text(&run->told, o->namespace.len ? "/" : "");
	buf_clean(&run->told, o->name);
}

static void tell(struct run *run, const struct object *o, const char *text)
{
	tell_name(run, o);
	buf_fmt(&run->told, ": %s\n", text);
}

static void add_cluster(struct run *run, const struct view *view, const struct object *o,
			const struct policy *policy)
{
	if (!object_is_name(o->name)) {
		tell(run, o, "no alerts, its name is not known");
		return;
	}
	if (!object_is_name(o->namespace)) {
		tell(run, o, "no alerts, its namespace is not known: -n NAMESPACE names it");
		return;
	}
	struct watched *w = ARENA_NEW(run->report->arena, struct watched);

	watch_cluster(run->report->arena, view, o, policy_params(policy), run->in->now, w);
	w->policy = policy_alerts(policy);
	w->number = run->len++;
	*run->last = w;
	run->last = &w->next;
}

static void add_schedule(struct run *run, const struct view *view, const struct object *o)
{
	struct str cluster = obj_text(o->root, "spec.cluster.name");

	if (!cluster.len || view_is_blind(view, KIND_CLUSTER) ||
	    !view_lacks(view, KIND_CLUSTER, o->namespace, cluster))
		return;
	tell_name(run, o);
	buf_text(&run->told, ": there is no Cluster ");
	buf_clean(&run->told, cluster);
	buf_byte(&run->told, '\n');
}

static int by_name(const void *left, const void *right)
{
	const struct watched *a = *(const struct watched *const *)left;
	const struct watched *b = *(const struct watched *const *)right;
	int by = str_cmp(a->namespace, b->namespace);

	by = by ? by : str_cmp(a->name, b->name);
	return by ? by : a->number < b->number ? -1 : 1;
}

static bool is_watched_alike(const struct watched *a, const struct watched *b)
{
	bool alike = a->wal == b->wal && a->policy == b->policy;

	for (int e = 0; e < EXPORTERS; e++)
		alike = alike && a->backups[e].gap == b->backups[e].gap;
	return alike;
}

/* Returns how many alerts it has. */
static size_t tell_cluster(struct arena *a, const struct watched *w, struct buf *out)
{
	struct alert alerts[ALERTS_MOST];
	size_t len = alerts_of(a, w, alerts), said = 0;

	buf_fmt(out, "Cluster %.*s/%.*s: ", STR_ARG(w->namespace), STR_ARG(w->name));
	if (len)
		buf_fmt(out, "%zu alerts", len);
	else
		buf_text(out, "no alerts");
	for (int e = 0; e < EXPORTERS; e++) {
		if (!w->backups[e].gap)
			continue;
		buf_text(out, said++ ? ", " : ": ");
		cron_period(alert_age(&w->backups[e]), out);
		buf_text(out, " without a backup");
		if (w->backups[e].by.len)
			buf_fmt(out, " (%.*s)", STR_ARG(w->backups[e].by));
	}
	if (w->wal) {
		buf_text(out, said++ ? ", " : ": ");
		buf_text(out, "WAL that waits for ");
		cron_period(w->wal, out);
	}
	buf_fmt(out, "%s%.*s\n", w->why.len ? "; " : "", STR_ARG(w->why));
	return len;
}

/* Sorted, each once: alternatives of a repository may have the same Cluster twice. */
static struct watched_list sort(struct run *run)
{
	struct arena *a = run->report->arena;
	const struct watched **items = ARENA_ARRAY(a, const struct watched *, run->len + 1);
	struct watched_list l = {items, 0};
	size_t len = 0;

	for (const struct watched *w = run->first; w; w = w->next)
		items[len++] = w;
	qsort(items, len, sizeof(const struct watched *), by_name);
	for (size_t i = 0; i < len; i++) {
		const struct watched *before = l.len ? items[l.len - 1] : NULL;

		if (!before || !str_eq(before->name, items[i]->name) ||
		    !str_eq(before->namespace, items[i]->namespace))
			items[l.len++] = items[i];
		else if (!is_watched_alike(before, items[i]))
			buf_fmt(&run->told,
				"Cluster %.*s/%.*s: it is defined again, with other schedules, and only the first counts\n",
				STR_ARG(before->namespace), STR_ARG(before->name));
	}
	return l;
}

/* While what was read is there. */
static void finish(struct run *run)
{
	struct arena *a = run->report->arena;
	struct watched_list l = sort(run);
	struct buf rules = BUF_ARENA(a), cases = BUF_ARENA(a), told = BUF_ARENA(a);

	alerts_write(a, &l, run->in->plain, &rules);
	if (run->in->rules_file.len)
		alerts_write_cases(a, &l, run->in->rules_file, &cases);
	for (size_t i = 0; i < l.len; i++)
		run->out->alerts += tell_cluster(a, l.items[i], &told);
	buf_str(&told, buf_slice(&run->told));
	if (!told.len)
		buf_text(&told, "no Cluster is there\n");
	run->out->rules = buf_slice(&rules);
	run->out->cases = buf_slice(&cases);
	run->out->told = buf_slice(&told);
}

static void add_uses(struct run *run, const struct check_placed *placed, const struct held *h)
{
	const struct policy *policy = check_policy(placed, h->file);

	for (const struct use *u = h->uses; policy && u; u = u->next) {
		const struct view view = {.inventory = placed->inventory, .bundle = u->bundle};
		const struct object *o = &u->object;

		if (o->part || o->misnamed)
			continue;
		if (o->kind == KIND_CLUSTER && u->changed)
			tell(run, o, "no alerts, a plugin of kustomize changes it");
		else if (o->kind == KIND_CLUSTER)
			add_cluster(run, &view, o, policy);
		else if (o->kind == KIND_SCHEDULED_BACKUP && !u->changed)
			add_schedule(run, &view, o);
	}
}

static void placed(void *ctx, const struct check_placed *what)
{
	struct run *run = ctx;

	for (size_t i = 0; i < what->catalog->len; i++)
		for (const struct held *h = what->catalog->files[i].first; h; h = h->next) {
			add_uses(run, what, h);
			for (const struct held *m = h->made; m; m = m->next)
				add_uses(run, what, m);
		}
	finish(run);
}

static void read_files(struct run *run)
{
	const struct check_input read = {.policy = run->in->policy,
					 .nearest_policy = run->in->nearest_policy,
					 .paths = run->in->paths,
					 .paths_len = run->in->paths_len,
					 .namespace = run->in->namespace,
					 .now = run->in->now,
					 .reader = {.placed = placed, .ctx = run}};

	check_run(&read, run->report);
}

/* In place of the files. */
static void read_live(struct run *run)
{
	static const enum kind kinds[] = {KIND_CLUSTER, KIND_SCHEDULED_BACKUP};
	const struct str stdin_path = STR("-");
	struct kube_manifest m = {.kube = run->in->kube, .arena = run->report->arena};
	struct check_input read = {.policy = run->in->policy,
				   .paths = &stdin_path,
				   .paths_len = 1,
				   .now = run->in->now,
				   .reader = {.placed = placed, .ctx = run}};
	struct err err;

	kube_manifest_open(&m);
	if (!kube_manifest_list_all(&m, kinds, ARRAY_LEN(kinds), run->in->namespace, &err)) {
		report_add_error(run->report, STR_EMPTY, &err, STR_EMPTY);
		return;
	}
	read.text = kube_manifest_close(&m);
	check_run(&read, run->report);
}

void alerts_run(const struct alerts_input *in, struct report *report, struct alerts_output *out)
{
	struct run run = {.in = in, .report = report, .out = out, .told = BUF_ARENA(report->arena)};

	*out = (struct alerts_output){0};
	run.last = &run.first;
	if (in->kube)
		read_live(&run);
	else
		read_files(&run);
}
