/* What of a Cluster is watched: by its schedules, its method and its archive. */
#include "internal.h"

#include "facts/cluster.h"
#include "facts/schedule.h"

#include <stdarg.h>

/* What CloudNativePG sets where the Cluster says nothing. */
#define ARCHIVE_TIMEOUT_SECONDS 300
/* A segment is archived within seconds, and one that is not is tried again within a minute. */
#define WAL_LEAST_SECONDS 600

struct watching {
	struct arena *arena;
	struct rule_ctx ctx; /* object, root, archive: what facts ask for */
	const struct view *view;
	const struct params *params;
	int64_t now;
	struct watched *out;
	struct buf why;
	bool any; /* some ScheduledBackup is there */
};

static void without(struct watching *w, const char *fmt, ...) PRINTF(2, 3);

static void without(struct watching *w, const char *fmt, ...)
{
	va_list args;

	buf_text(&w->why, w->why.len ? "; " : "");
	va_start(args, fmt);
	buf_vfmt(&w->why, fmt, args);
	va_end(args);
}

/* Who exports what this schedule makes; EXPORTERS: nobody whose metrics are known. */
static enum exporter exporter_of(const struct watching *w, struct obj schedule)
{
	if (!str_is(obj_text(schedule, "spec.method"), "plugin"))
		return EXPORTER_CORE;
	if (!str_is(obj_text(schedule, "spec.pluginConfiguration.name"), PLUGIN_NAME) ||
	    version_before(w->params->plugin, 0, 6))
		return EXPORTERS;
	return EXPORTER_PLUGIN;
}

/* Of a name only what Kubernetes takes becomes a part of what is written: elsewhere a text with {{
 * or a line break would be read as more than a name. */
static struct str shown(const struct watching *w, struct str name)
{
	struct buf out = BUF_ARENA(w->arena);

	buf_clean(&out, name);
	return buf_slice(&out);
}

static void watch_schedule(void *ctx, const struct known *k)
{
	struct watching *w = ctx;
	const struct object *schedule = &k->object;
	struct str method = obj_text(schedule->root, "spec.method");
	struct str name = shown(w, schedule->name);
	bool named = object_is_name(schedule->name);
	enum exporter e = exporter_of(w, schedule->root);

	if (schedule->part)
		return;
	w->any = true;
	if (obj_true(schedule->root, "spec.suspend", false)) {
		without(w, "ScheduledBackup %.*s is suspended", STR_ARG(name));
	} else if (value_is_placeholder(method, NULL)) {
		without(w, "the method of ScheduledBackup %.*s is not known", STR_ARG(name));
	} else if (e == EXPORTERS) {
		without(w, "no metric is known of the plugin of ScheduledBackup %.*s%s",
			STR_ARG(name),
			version_before(w->params->plugin, 0, 6) ? " (Barman Cloud has it since 0.6)"
								: "");
	} else if (!schedule_set_add(&w->out->backups[e].schedules, schedule->root,
				     named ? schedule->name : STR_EMPTY, w->now)) {
		without(w,
			"the schedule of ScheduledBackup %.*s is not known, or fires less than twice in two years",
			STR_ARG(name));
	} else {
		struct backups_watched *b = &w->out->backups[e];
		bool snapshot = str_is(method, "volumeSnapshot");

		b->snapshots |= snapshot;
		b->in_tree |= !snapshot;
		if (!named)
			without(w, "ScheduledBackup %.*s counts, and its name is left out",
				STR_ARG(name));
	}
}

/* What they leave together. */
static void sum_up(struct watching *w, struct backups_watched *b)
{
	struct buf by = BUF_ARENA(w->arena);

	b->gap = schedule_set_gap(&b->schedules, w->now);
	schedule_set_names(&b->schedules, b->gap, &by);
	b->by = buf_slice(&by);
}

static void watch_schedules(struct watching *w)
{
	struct backups_watched *b = w->out->backups;

	cluster_each_schedule(w->view, w->ctx.object, watch_schedule, w);
	for (enum exporter e = 0; e < EXPORTERS; e++)
		sum_up(w, &b[e]);
	if (!w->any)
		without(w, "no ScheduledBackup makes backups of it");
	/* CloudNativePG counts a backup that the plugin could not make as a failure, and none that
	 * it made */
	b[EXPORTER_CORE].failures = !b[EXPORTER_PLUGIN].gap;
	b[EXPORTER_PLUGIN].failures = true;
	if (b[EXPORTER_CORE].in_tree && b[EXPORTER_CORE].snapshots)
		without(w,
			"one metric counts barmanObjectStore and volumeSnapshot alike: while backups of one of them are made, it is not seen that the other makes none");
	if (b[EXPORTER_PLUGIN].gap && !w->ctx.archive->wal_archiver)
		without(w,
			"the plugin may export nothing while isWALArchiver is not true (cloudnative-pg/plugin-barman-cloud#682)");
}

static void watch_wal(struct watching *w)
{
	const struct archive *archive = w->ctx.archive;
	const struct object *o = w->ctx.object;
	struct str text;
	double ms;

	bool may_lose = !archive->wal_archiver && !archive->in_tree.node;

	if (may_lose && !archive_by_plugin(archive)) {
		bool others = obj_len(obj_at(o->root, "spec.plugins")) > archive->entries;

		without(w,
			others ? "it is not known whether it archives WAL" : "it archives no WAL");
		return;
	}
	if (object_has_annotation(o, "cnpg.io/skipWalArchiving", "enabled")) {
		without(w, "annotation cnpg.io/skipWalArchiving: enabled, and it archives no WAL");
		return;
	}
	if (obj_true(o->root, "spec.monitoring.disableDefaultQueries", false)) {
		without(w,
			"spec.monitoring.disableDefaultQueries, and nothing tells whether WAL is archived");
		return;
	}
	if (may_lose)
		without(w,
			"while isWALArchiver is not true, WAL counts as archived where the plugin is not there to take it");
	w->out->wal = 2 * ARCHIVE_TIMEOUT_SECONDS;
	if (cluster_archive_timeout(&w->ctx, &text, &ms) && ms < (double)INT32_MAX)
		w->out->wal = (int64_t)(2 * ms / 1000);
	if (w->out->wal < WAL_LEAST_SECONDS)
		w->out->wal = WAL_LEAST_SECONDS;
}

void watch_cluster(struct arena *a, const struct view *view, const struct object *cluster,
		   const struct params *params, int64_t now, struct watched *out)
{
	struct archive archive;
	struct watching w = {.arena = a,
			     .ctx = {.object = cluster, .root = cluster->root, .arena = a},
			     .view = view,
			     .params = params,
			     .now = now,
			     .out = out,
			     .why = BUF_ARENA(a)};

	archive_resolve(cluster, &archive);
	w.ctx.archive = &archive;
	out->namespace = cluster->namespace;
	out->name = cluster->name;
	if (cluster_is_hibernated(cluster)) {
		without(&w, "it is hibernated");
	} else if (cluster_is_replica(cluster)) {
		/* its instances are in recovery, of which CloudNativePG exports no backup */
		without(&w, "it is a replica cluster: watch its source");
	} else {
		watch_schedules(&w);
		watch_wal(&w);
	}
	out->why = buf_slice(&w.why);
}
