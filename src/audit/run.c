/* What is live in a cluster: listed, known beside one another, judged, told. */
#include "audit_internal.h"

#include "base/limits.h"
#include "cnpg/backups.h"
#include "cnpg/inventory.h"
#include "cnpg/reduce.h"
#include "cron/cron.h"
#include "facts/cluster.h"
#include "facts/live.h"
#include "probe/stores.h"
#include "report/framework.h"

#include <search.h>
#include <stdlib.h>

enum { UNAUTHORIZED = 401, FORBIDDEN = 403, NOT_FOUND = 404 };

/* In this order; that of the plugin may not be installed. Buckets alone have to do with the first
 * two. */
static const enum kind listed[] = {KIND_CLUSTER, KIND_OBJECT_STORE, KIND_SCHEDULED_BACKUP,
				   KIND_BACKUP};
enum { OF_BUCKETS = 2 };

/* What is judged, in the order of the lists. */
struct member {
	struct object object;
	const struct known *known;
	enum severity worst; /* of what was found about it */
	struct member *next;
};

struct run {
	const struct audit_input *in;
	struct report *report;
	struct arena *arena;   /* of what is kept */
	struct arena *scratch; /* of one object, one answer */
	struct inventory *inventory;
	struct backups *backups;
	struct member *first, **last;
	struct member **by_known; /* sorted */
	size_t len;
	enum kind kind; /* being listed */
	size_t listed;	/* of it */
	struct member **before_list;
	unsigned blind;	   /* kinds that could not be listed */
	unsigned unserved; /* kinds that the API server does not know */
	void *secrets;	   /* tsearch tree of const char *: those that were asked for */
	bool no_secrets;   /* none is asked for (any more) */
	struct stores *stores;
	struct probes told;
	const struct probes *probes; /* those; NULL: no bucket is asked */
};

static void tell(const struct run *run, enum kind kind)
{
	if (run->in->progress.tell)
		run->in->progress.tell(run->in->progress.ctx, kind, run->listed);
}

/* Objects that a list gave before it began anew are dropped. */
static void begin(void *ctx)
{
	struct run *run = ctx;

	run->listed = 0;
	run->last = run->before_list;
	*run->last = NULL;
	if (run->kind == KIND_BACKUP)
		backups_free(run->backups);
}

static void each(void *ctx, struct obj item)
{
	struct run *run = ctx;
	struct member *m;

	run->listed++;
	tell(run, run->kind);
	if (run->kind == KIND_BACKUP) {
		backups_note(run->backups, item);
		return;
	}
	m = ARENA_NEW(run->arena, struct member);
	object_reduce(item, run->kind, run->arena, &m->object);
	*run->last = m;
	run->last = &m->next;
}

/* Of kinds that cannot be listed any may be there. */
static void blind(struct run *run, unsigned kinds)
{
	run->blind |= kinds;
	if (kinds & (KIND_BACKUP | KIND_OBJECT_STORE))
		backups_are_partial(run->backups);
}

/* It is not judged, and others may rest on it. */
static void skipped(void *ctx, struct obj item)
{
	struct run *run = ctx;
	struct err err;

	err_set(&err, E_LIMIT, "%s %.*s/%.*s is too large to be read (%u bytes at most)",
		kind_name(run->kind), STR_ARG(obj_text(item, "metadata.namespace")),
		STR_ARG(obj_text(item, "metadata.name")), LIMIT_KUBE_BYTES);
	report_add_error(run->report, STR_EMPTY, &err, STR_EMPTY);
	blind(run, run->kind);
}

/* False when there is no use in asking for more. */
static bool list(struct run *run, enum kind kind)
{
	const struct kube_reader reader = {
		.begin = begin, .each = each, .skipped = skipped, .ctx = run};
	struct kube_listed of = {.arena = run->scratch,
				 .most = kind == KIND_BACKUP ? 0 : LIMIT_LIVE};
	struct buf path = BUF_ARENA(run->scratch);
	struct err err;

	run->kind = kind;
	run->before_list = run->last;
	kind_path(kind, run->in->namespace, &path);
	bool ok = kube_list(run->in->kube, buf_slice(&path), &reader, &of, &err);
	arena_reset(run->scratch);
	if (!ok && kind == KIND_OBJECT_STORE && of.status == NOT_FOUND)
		run->unserved |= kind; /* as it is where all archives are in-tree */
	if (ok || run->unserved & kind)
		return true;
	if (of.status == NOT_FOUND)
		err_set(&err, E_IO,
			"CloudNativePG is not installed: the API server does not know %s.%s",
			kind_api(kind)->plural, kind_api(kind)->group);
	report_add_error(run->report, STR_EMPTY, &err, STR_EMPTY);
	blind(run, kind);
	return of.status && of.status != UNAUTHORIZED && of.status != NOT_FOUND;
}

/* Nobody asks but for what buckets say. */
static bool is_alone(const struct run *run)
{
	return run->in->stores && run->in->stores->alone;
}

static void list_all(struct run *run)
{
	bool more = true;

	for (size_t i = 0; i < (is_alone(run) ? OF_BUCKETS : ARRAY_LEN(listed)); i++) {
		more = more && list(run, listed[i]);
		if (!more)
			blind(run, listed[i]);
	}
	tell(run, KIND_OTHER);
}

/* Nothing in a namespace is no finding; that there is no such namespace is another matter. Who may
 * not ask for it is not held up. */
static void look_for_namespace(struct run *run)
{
	struct buf path = BUF_ARENA(run->scratch);
	struct kube_answer answer = {0};
	struct err err;

	if (!run->in->namespace.len || run->first || run->blind)
		return;
	buf_text(&path, "/api/v1/namespaces/");
	kube_encode(&path, run->in->namespace);
	if (!kube_get(run->in->kube, buf_slice(&path), run->scratch, &answer, &err) &&
	    answer.status == NOT_FOUND)
		report_add_error(run->report, STR_EMPTY, &err, STR_EMPTY);
	arena_reset(run->scratch);
}

static int by_text(const void *left, const void *right)
{
	return str_cmp(str_from(left), str_from(right));
}

/* What we may not read may hold anything. */
static void secret_is_open(struct run *run, struct str namespace, struct str name)
{
	const struct provider open = {
		.provides = true, .name = arena_str(run->arena, name), .open = true};

	run->report->count.secrets_unread++;
	inventory_add_generated(run->inventory, &open, namespace, STR_EMPTY, 0);
}

/* Its keys become known; that it is not there, too. */
static void read_secret(struct run *run, struct str namespace, struct str name)
{
	struct buf path = BUF_ARENA(run->scratch);
	struct kube_answer answer = {0};
	struct object secret;
	struct err err;

	kind_object_path(KIND_SECRET, namespace, name, &path);
	bool ok = kube_get(run->in->kube, buf_slice(&path), run->scratch, &answer, &err);
	if (ok && object_read(answer.root, &secret) && secret.kind == KIND_SECRET) {
		/* its keys are copied, its values go with the answer */
		secret.api_version = STR("v1");
		secret.kind_name = STR("Secret");
		secret.namespace = namespace;
		secret.name = arena_str(run->arena, name);
		inventory_add(run->inventory, &secret, STR_EMPTY, 0);
		return;
	}
	if (!ok && answer.status == NOT_FOUND)
		return;
	secret_is_open(run, namespace, name);
	if (ok || answer.status == FORBIDDEN)
		return;
	/* once is enough: the rest would fail likewise, each in its own time */
	report_add_error(run->report, STR_EMPTY, &err, STR_EMPTY);
	run->no_secrets = true;
}

struct reference {
	struct run *run;
	struct str namespace;
};

/* Once each. */
static void each_reference(void *ctx, const struct secret_ref *ref)
{
	const struct reference *r = ctx;
	struct run *run = r->run;
	struct str path =
		arena_fmt(run->arena, "%.*s/%.*s", STR_ARG(r->namespace), STR_ARG(ref->name));
	void *slot = tsearch(path.ptr, &run->secrets, by_text);

	if (!slot)
		out_of_memory(path.len);
	if (*(const char **)slot != path.ptr)
		return;
	if (run->no_secrets)
		secret_is_open(run, r->namespace, ref->name);
	else if (object_is_name(ref->name)) /* no Secret is called otherwise */
		read_secret(run, r->namespace, ref->name);
}

static void know(struct run *run)
{
	inventory_is_whole_but(run->inventory, run->blind);
	inventory_lacks_kinds(run->inventory, run->unserved);
	for (struct member *m = run->first; m; m = m->next) {
		m->known = inventory_add(run->inventory, &m->object, STR_EMPTY, 0);
		if (m->known && !is_alone(run))
			known_secrets(m->known, each_reference,
				      &(struct reference){run, m->object.namespace});
		arena_reset(run->scratch);
	}
	inventory_settle(run->inventory);
}

static void ask_buckets(struct run *run)
{
	const struct view v = {.inventory = run->inventory};

	if (!run->in->stores)
		return;
	run->stores = stores_new(run->in->stores, run->arena);
	for (const struct member *m = run->first; m; m = m->next)
		stores_add(run->stores, &v, &m->object);
	stores_ask(run->stores, run->report);
	run->told = *stores_seen_from(run->stores, 0);
	run->told.everywhere = !run->in->namespace.len && !(run->blind & KIND_CLUSTER);
	run->probes = &run->told;
}

static void judge(struct run *run, struct member *m)
{
	const struct judge_request request = {.operation = OP_UPDATE,
					      .object = &m->object,
					      .now = run->in->now,
					      .inventory = run->inventory,
					      .backups = run->backups,
					      .probes = run->probes,
					      .buckets_alone = is_alone(run)};
	struct verdict verdict;

	engine_judge(run->in->policy, &request, run->scratch, &verdict);
	run->report->count.objects++;
	report_add_verdict(run->report, STR_EMPTY, &m->object, &verdict);
	for (size_t i = 0; i < verdict.findings.len; i++)
		if (verdict.findings.items[i].severity > m->worst)
			m->worst = verdict.findings.items[i].severity;
	arena_reset(run->scratch);
}

static int by_known(const void *left, const void *right)
{
	const struct member *const *a = left, *const *b = right;
	uintptr_t x = (uintptr_t)(*a)->known, y = (uintptr_t)(*b)->known;

	return (x > y) - (x < y);
}

static void sort_by_known(struct run *run)
{
	size_t i = 0;

	for (const struct member *m = run->first; m; m = m->next)
		run->len++;
	run->by_known = ARENA_ARRAY(run->arena, struct member *, run->len + 1);
	for (struct member *m = run->first; m; m = m->next)
		run->by_known[i++] = m;
	qsort(run->by_known, run->len, sizeof(struct member *), by_known);
}

static void worsen(const struct run *run, const struct known *k, struct report_cluster *row)
{
	const struct member like = {.known = k}, *key = &like;
	struct member *const *found =
		bsearch(&key, run->by_known, run->len, sizeof(struct member *), by_known);

	if (found && (*found)->worst > row->worst)
		row->worst = (*found)->worst;
}

static void earlier(int64_t *earliest, int64_t at)
{
	if (!*earliest || at < *earliest)
		*earliest = at;
}

static void look_at_schedule(const struct run *run, const struct known *k, int64_t created,
			     struct report_cluster *row)
{
	struct obj root = k->object.root;
	struct cron cron;
	int64_t next;

	worsen(run, k, row);
	if (obj_true(root, "spec.suspend", false) ||
	    cron_parse(obj_text(root, "spec.schedule"), &cron, NULL) != CRON_OK)
		return;
	if (cron_next(&cron, run->in->now, &next))
		earlier(&row->next_run, next);
	int64_t since = live_born(root, run->in->now);
	if (since < created)
		since = created;
	if (obj_true(root, "spec.immediate", false))
		earlier(&row->first_run, since);
	else if (cron_next(&cron, since, &next))
		earlier(&row->first_run, next);
}

static enum report_wal wal_of(const struct object *cluster)
{
	struct obj conditions = obj_at(cluster->root, "status.conditions");

	for (struct obj e = obj_first(conditions); e.node; e = obj_next(e))
		if (str_is(obj_text(e, "type"), "ContinuousArchiving"))
			return str_is(obj_text(e, "status"), "True")	? WAL_ARCHIVED
			       : str_is(obj_text(e, "status"), "False") ? WAL_FAILING
									: WAL_UNKNOWN;
	return WAL_UNKNOWN;
}

/* Where it archives to: the store's name, else what stands for it. */
static struct str store_of(const struct archive *a)
{
	if (a->enabled_entries && a->place.store.len)
		return a->place.store;
	return a->in_tree.node ? STR("in-tree") : STR_EMPTY;
}

/* What its bucket holds of it. */
static const struct probe_server *archive_of(const struct run *run, const struct known *k)
{
	const struct archive *a = k->archive;
	struct str namespace = k->object.namespace, name = k->object.name, server = a->place.server;
	const struct probe *p = NULL;

	if (!run->probes)
		return NULL;
	if (archive_by_plugin(a)) {
		p = probes_find(run->probes, namespace, a->place.store, STR_EMPTY);
	} else if (a->in_tree.node) {
		p = probes_find(run->probes, namespace, STR_EMPTY, name);
		server = archive_in_tree_server(a->in_tree, name);
	}
	return p ? probe_server_find(p, server) : NULL;
}

/* It has where to keep backups, by whatever means. */
static bool is_to_be_backed_up(const struct archive *a)
{
	return a->place.store.len || a->in_tree.node || a->volume_snapshot || a->wal_archiver;
}

static void tell_cluster(struct run *run, const struct known *k)
{
	const struct view v = {.inventory = run->inventory};
	const struct object *o = &k->object;
	struct report_cluster row = {.namespace = o->namespace,
				     .name = o->name,
				     .schedules_unknown = run->blind & KIND_SCHEDULED_BACKUP};
	struct backup_history history = backups_history(run->backups, &v, o, k->archive);
	bool scheduled = false;
	struct view_iter it =
		view_each(&v, REL_CLUSTER, KIND_SCHEDULED_BACKUP, o->namespace, o->name);

	row.store = store_of(k->archive);
	row.archive = archive_of(run, k);
	if (probe_server_backed(row.archive) > history.completed)
		history.completed = probe_server_backed(row.archive);
	row.last_backup = history.completed;
	row.backups_unknown = history.unknown;
	row.from = history.from;
	worsen(run, k, &row);
	worsen(run, view_store(&v, o, &k->archive->place), &row);
	for (const struct known *schedule; (schedule = view_next(&it)); scheduled = true)
		look_at_schedule(run, schedule, live_born(o->root, run->in->now), &row);
	/* of a replica without a schedule its source has backups */
	row.unbacked = !history.completed && (scheduled || is_to_be_backed_up(k->archive)) &&
		       (!cluster_is_replica(o) || row.next_run);
	if (cluster_is_hibernated(o)) /* the operator lets each Backup fail */
		row.next_run = row.first_run = 0;
	/* archive_command succeeds without archiving anything when there is no archiver */
	row.wal = row.store.len ? wal_of(o) : WAL_NOWHERE;
	timeline_fill(&(struct timeline_of){&v, o, k->archive, &history, run->in->now}, run->arena,
		      &row);
	report_add_cluster(run->report, &row);
	framework_look(run->report, &v, o, &row, run->in->now);
}

static void keep(void *in_arena)
{
	(void)in_arena;
}

void audit_run(const struct audit_input *in, struct report *out)
{
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct run run = {.in = in, .report = out, .arena = out->arena, .scratch = scratch};

	run.last = &run.first;
	run.inventory = inventory_new(run.arena);
	run.backups = backups_new(run.arena, in->now);
	run.no_secrets = !in->secrets;
	list_all(&run);
	look_for_namespace(&run);
	know(&run);
	ask_buckets(&run);
	for (struct member *m = run.first; m; m = m->next)
		judge(&run, m);
	sort_by_known(&run);
	for (const struct member *m = run.first; m; m = m->next)
		if (m->known && m->known->archive && !is_alone(&run))
			tell_cluster(&run, m->known);
	report_sort(out);
	tdestroy(run.secrets, keep);
	backups_free(run.backups);
}
