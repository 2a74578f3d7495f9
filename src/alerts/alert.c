/* The alerts of one Cluster: expressions, words and how long they wait. */
#include "internal.h"

#include "cron/cron.h"

#include <inttypes.h>

const char *const alert_available[EXPORTERS] = {
	"cnpg_collector_last_available_backup_timestamp",
	"barman_cloud_cloudnative_pg_io_last_available_backup_timestamp",
};
const char *const alert_failed[EXPORTERS] = {
	"cnpg_collector_last_failed_backup_timestamp",
	"barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp",
};
/* Where a Cluster has backups of both. */
static const struct {
	const char *label, *backup;
} exporters[EXPORTERS] = {
	{"cloudnative-pg", "backup by CloudNativePG itself"},
	{"barman-cloud", "backup by the plugin"},
};

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* What a base backup may take longer than the one before it, with what is missed between two
 * scrapes. */
#define BACKUP_SECONDS HOUR

/* A switchover and a restart are over by then: the new primary tells what the old one knew. */
#define SETTLE_SECONDS (10 * MINUTE)
#define ABSENT_SECONDS (15 * MINUTE)
#define WAL_FAILS_SECONDS (15 * MINUTE)
/* A segment that was finished a moment ago waits, too. */
#define WAL_WAITS_SECONDS (5 * MINUTE)

static const struct {
	const char *name, *severity;
	const char *rule; /* whose page says what to do */
} kinds[ALERT_KINDS] = {
	[ALERT_BACKUP_TOO_OLD] = {"BackupTooOld", "critical", "live-no-recent-backup"},
	[ALERT_BACKUP_NEVER] = {"BackupNever", "critical", "live-no-recent-backup"},
	[ALERT_BACKUP_FAILED] = {"BackupFailed", "warning", "live-last-backup-failed"},
	[ALERT_METRIC_ABSENT] = {"BackupMetricAbsent", "warning", "live-no-recent-backup"},
	[ALERT_WAL_FAILS] = {"WalArchivingFails", "critical", "live-continuous-archiving-false"},
	[ALERT_WAL_WAITS] = {"WalWaits", "critical", "wal-late"},
};

const char *alert_rule(enum alert_kind kind)
{
	return kinds[kind].rule;
}

struct str alert_severity(const struct watched *w, const struct alert *alert)
{
	const struct str_pairs *labels = &w->policy->labels;

	for (size_t i = 0; i < labels->len; i++)
		if (str_is(labels->items[i].key, "severity"))
			return labels->items[i].value;
	return str_from(kinds[alert->kind].severity);
}

int64_t alert_age(const struct backups_watched *b)
{
	return 2 * b->gap + BACKUP_SECONDS;
}

struct str alert_duration(struct arena *a, int64_t seconds)
{
	if (seconds % HOUR == 0)
		return arena_fmt(a, "%" PRId64 "h", seconds / HOUR);
	if (seconds % MINUTE == 0)
		return arena_fmt(a, "%" PRId64 "m", seconds / MINUTE);
	return arena_fmt(a, "%" PRId64 "s", seconds);
}

struct making {
	struct arena *arena;
	const struct watched *watched;
	struct str cluster;   /* "app/db" */
	struct str selector;  /* "namespace='app',pod=~'db-[0-9]+'" */
	const char *exporter; /* as in struct alert, of what is added */
	const char *backup;   /* "backup by the plugin" */
	struct alert *out;
	size_t len;
};

static struct str in_words(const struct making *m, int64_t seconds)
{
	struct buf out = BUF_ARENA(m->arena);

	cron_period(seconds, &out);
	return buf_slice(&out);
}

/* A dot in a name is any byte in a regular expression. */
static struct str selector_of(struct arena *a, const struct watched *w)
{
	struct buf out = BUF_ARENA(a);

	buf_fmt(&out, "namespace='%.*s',pod=~'", STR_ARG(w->namespace));
	for (size_t i = 0; i < w->name.len; i++) {
		if (w->name.ptr[i] == '.')
			buf_text(&out, "[.]");
		else
			buf_byte(&out, w->name.ptr[i]);
	}
	buf_text(&out, "-[0-9]+'");
	return buf_slice(&out);
}

/* Of all instances the one that knows most: others export 0, or what they knew as a primary. */
static struct str newest(const struct making *m, const char *metric)
{
	return arena_fmt(m->arena, "max by (namespace) (%s{%.*s})", metric, STR_ARG(m->selector));
}

static struct alert *add(struct making *m, enum alert_kind kind, int64_t hold)
{
	struct alert *alert = &m->out[m->len++];

	*alert = (struct alert){
		.kind = kind,
		.name = arena_fmt(m->arena, "%.*s%s", STR_ARG(m->watched->policy->name_prefix),
				  kinds[kind].name),
		.hold = hold,
		.exporter = m->exporter,
	};
	return alert;
}

static struct str by(const struct backups_watched *b)
{
	return b->by.len ? b->by : STR("A ScheduledBackup");
}

static void add_too_old(struct making *m, enum exporter e)
{
	const struct backups_watched *b = &m->watched->backups[e];
	struct alert *alert = add(m, ALERT_BACKUP_TOO_OLD, SETTLE_SECONDS);
	struct str last = newest(m, alert_available[e]);

	alert->expr =
		arena_fmt(m->arena, "time() - (%.*s != 0) > %" PRId64, STR_ARG(last), alert_age(b));
	alert->summary =
		arena_fmt(m->arena, "Cluster %.*s has had no %s for more than %.*s",
			  STR_ARG(m->cluster), m->backup, STR_ARG(in_words(m, alert_age(b))));
	alert->description = arena_fmt(
		m->arena,
		"%.*s should leave at most %.*s between two: kubectl get backups.postgresql.cnpg.io -n %.*s",
		STR_ARG(by(b)), STR_ARG(in_words(m, b->gap)), STR_ARG(m->watched->namespace));
}

/* A Prometheus forgets what waits for days, and a day without any is too long for a database. */
static void add_never(struct making *m, enum exporter e)
{
	const struct backups_watched *b = &m->watched->backups[e];
	int64_t hold = (b->gap < DAY ? b->gap : DAY) + BACKUP_SECONDS;
	struct alert *alert = add(m, ALERT_BACKUP_NEVER, hold);
	struct str last = newest(m, alert_available[e]);

	alert->expr = arena_fmt(m->arena, "%.*s == 0", STR_ARG(last));
	alert->summary =
		arena_fmt(m->arena, "No %s of Cluster %.*s is known to have been completed",
			  m->backup, STR_ARG(m->cluster));
	alert->description = arena_fmt(
		m->arena,
		"%.*s made none that was completed, or did not fire yet: kubectl get backups.postgresql.cnpg.io -n %.*s",
		STR_ARG(by(b)), STR_ARG(m->watched->namespace));
}

static void add_failed(struct making *m, enum exporter e)
{
	struct alert *alert;

	if (!m->watched->backups[e].failures)
		return;
	alert = add(m, ALERT_BACKUP_FAILED, SETTLE_SECONDS);
	alert->expr = arena_fmt(m->arena, "%.*s > %.*s", STR_ARG(newest(m, alert_failed[e])),
				STR_ARG(newest(m, alert_available[e])));
	alert->summary = arena_fmt(m->arena, "The last %s of Cluster %.*s failed", m->backup,
				   STR_ARG(m->cluster));
	alert->description = arena_fmt(
		m->arena,
		"None was completed since. kubectl get backups.postgresql.cnpg.io -n %.*s, and status.error of the last",
		STR_ARG(m->watched->namespace));
}

static void add_absent(struct making *m, const char *metric)
{
	struct alert *alert = add(m, ALERT_METRIC_ABSENT, ABSENT_SECONDS);

	alert->expr = arena_fmt(m->arena, "absent(%s{%.*s})", metric, STR_ARG(m->selector));
	alert->summary = arena_fmt(m->arena, "Nothing tells whether Cluster %.*s is backed up",
				   STR_ARG(m->cluster));
	alert->description = arena_fmt(
		m->arena,
		"Prometheus has no %s of it: the Cluster is gone or down, its Pods are not scraped, or the exporter is too old. The alerts that read it cannot fire",
		metric);
}

static void add_backups(struct making *m, enum exporter e)
{
	const struct backups_watched *all = m->watched->backups;
	bool both = all[EXPORTER_CORE].gap && all[EXPORTER_PLUGIN].gap;

	if (!all[e].gap)
		return;
	m->exporter = both ? exporters[e].label : NULL;
	m->backup = both ? exporters[e].backup : "backup";
	add_too_old(m, e);
	add_never(m, e);
	add_failed(m, e);
	add_absent(m, alert_available[e]);
	m->exporter = NULL;
}

static void add_wal_fails(struct making *m)
{
	struct alert *alert = add(m, ALERT_WAL_FAILS, WAL_FAILS_SECONDS);

	alert->expr = arena_fmt(m->arena, "%.*s > %.*s",
				STR_ARG(newest(m, "cnpg_pg_stat_archiver_last_failed_time")),
				STR_ARG(newest(m, "cnpg_pg_stat_archiver_last_archived_time")));
	alert->summary =
		arena_fmt(m->arena, "WAL archiving of Cluster %.*s fails", STR_ARG(m->cluster));
	alert->description = arena_fmt(
		m->arena,
		"What is written now is on its volume alone, and PostgreSQL stops when its volume is full. kubectl describe clusters.postgresql.cnpg.io -n %.*s %.*s",
		STR_ARG(m->watched->namespace), STR_ARG(m->watched->name));
}

/* Age alone says nothing: where nothing is written nothing is archived. A former primary may keep
 * segments that it will never archive. */
static void add_wal_waits(struct making *m)
{
	struct alert *alert = add(m, ALERT_WAL_WAITS, WAL_WAITS_SECONDS);
	struct str s = m->selector;

	alert->expr = arena_fmt(
		m->arena,
		"max by (namespace) (cnpg_collector_pg_wal_archive_status{%.*s,value='ready'} > 0 and on (namespace, pod) time() - cnpg_pg_stat_archiver_last_archived_time{%.*s} > %" PRId64
		" unless on (namespace, pod) cnpg_pg_replication_in_recovery{%.*s} == 1)",
		STR_ARG(s), STR_ARG(s), m->watched->wal, STR_ARG(s));
	alert->summary = arena_fmt(
		m->arena, "WAL of Cluster %.*s waits, and none was archived for more than %.*s",
		STR_ARG(m->cluster), STR_ARG(in_words(m, m->watched->wal)));
	alert->description = arena_fmt(
		m->arena,
		"What is written now is on its volume alone. kubectl describe clusters.postgresql.cnpg.io -n %.*s %.*s",
		STR_ARG(m->watched->namespace), STR_ARG(m->watched->name));
}

size_t alerts_of(struct arena *a, const struct watched *w, struct alert out[ALERTS_MOST])
{
	struct making m = {
		.arena = a,
		.watched = w,
		.cluster = arena_fmt(a, "%.*s/%.*s", STR_ARG(w->namespace), STR_ARG(w->name)),
		.selector = selector_of(a, w),
		.out = out,
	};

	for (enum exporter e = 0; e < EXPORTERS; e++)
		add_backups(&m, e);
	if (w->wal && !m.len)
		add_absent(&m, "cnpg_collector_pg_wal_archive_status");
	if (w->wal) {
		add_wal_fails(&m);
		add_wal_waits(&m);
	}
	return m.len;
}
