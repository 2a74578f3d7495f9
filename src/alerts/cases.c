/*
 * The cases of `promtool test rules`. In each scenario all Clusters have the same trouble, and all
 * alerts that fire are told: these and no others. The clock begins at 0, so what is old has a time
 * below 0.
 */
#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MINUTE = 60 };
/* From one sample, and one evaluation, to the next: what is older than 5 minutes is gone. */
#define STEP (5 * MINUTE)
/* What is just old enough becomes too old behind this moment. */
#define EDGE (6 * STEP)
#define LONG_AGO "-1000000000x%" PRId64

enum scenario_kind { WELL, IDLE, OLD, NEVER, FAILED, ABSENT, WAL_FAILS, WAL_WAITS };

static const struct scenario {
	const char *name;
	enum scenario_kind kind;
	enum alert_kind fires; /* ALERT_KINDS: none */
	int64_t from;	       /* seconds; the first evaluation at which its expression is true */
} scenarios[] = {
	{"backups are made, WAL is archived all the time, and a former primary is a replica", WELL,
	 ALERT_KINDS, 0},
	{"nothing is written, so no WAL is archived", IDLE, ALERT_KINDS, 0},
	{"the last backup becomes too old", OLD, ALERT_BACKUP_TOO_OLD, EDGE + STEP},
	{"no backup was ever completed", NEVER, ALERT_BACKUP_NEVER, 0},
	{"the last backup failed", FAILED, ALERT_BACKUP_FAILED, 0},
	{"no instance is scraped", ABSENT, ALERT_METRIC_ABSENT, 0},
	{"WAL archiving fails", WAL_FAILS, ALERT_WAL_FAILS, 0},
	{"WAL waits, and none is archived", WAL_WAITS, ALERT_WAL_WAITS, EDGE + STEP},
};

struct writing {
	struct arena *arena;
	const struct watched_list *list;
	const struct scenario *scenario;
	int64_t steps; /* that it lasts */
	struct emit *emit;
};

/* `values` of one instance: the first is the primary, the second a replica. */
static void series(const struct writing *w, const struct watched *c, const char *metric,
		   const char *labels, int instance, struct str values)
{
	emit_item(w->emit);
	emit_text(w->emit, "series",
		  arena_fmt(w->arena, "%s{namespace='%.*s',pod='%.*s-%d'%s}", metric,
			    STR_ARG(c->namespace), STR_ARG(c->name), instance, labels));
	emit_text(w->emit, "values", values);
	emit_close(w->emit);
}

/* The same number all the time. */
static struct str constant(const struct writing *w, int64_t value)
{
	return arena_fmt(w->arena, "%" PRId64 "x%" PRId64, value, w->steps);
}

/* At each moment what time it is. */
static struct str now(const struct writing *w)
{
	return arena_fmt(w->arena, "1+%dx%" PRId64, STEP, w->steps);
}

static void backup_series(const struct writing *w, const struct watched *c, enum exporter e)
{
	const struct backups_watched *b = &c->backups[e];
	struct str available = now(w), replica = constant(w, -2 * alert_age(b));
	struct str failed = constant(w, -3600);

	if (w->scenario->kind == OLD) {
		available = replica = constant(w, EDGE - alert_age(b));
		failed = arena_fmt(w->arena, LONG_AGO, w->steps);
	} else if (w->scenario->kind == NEVER) {
		available = replica = failed = constant(w, 0);
	} else if (w->scenario->kind == FAILED) {
		available = replica = constant(w, -120);
		failed = constant(w, -60);
	}
	series(w, c, alert_available[e], "", 1, available);
	series(w, c, alert_available[e], "", 2, replica);
	if (!b->failures)
		return;
	series(w, c, alert_failed[e], "", 1, failed);
	series(w, c, alert_failed[e], "", 2, failed);
}

/* The replica was the primary once: it could not archive three segments, and does not say when. */
static void wal_series(const struct writing *w, const struct watched *c)
{
	enum scenario_kind kind = w->scenario->kind;
	struct str archived = now(w), ready = constant(w, 1), failed = constant(w, -3600);

	if (kind == IDLE) {
		archived = constant(w, -500000);
		failed = constant(w, -600000);
		ready = constant(w, 0);
	} else if (kind == WAL_FAILS) {
		archived = constant(w, -7200);
		ready = constant(w,
				 0); /* the last of them is tried: that it waits is another alert */
	} else if (kind == WAL_WAITS) {
		archived = constant(w, EDGE - c->wal);
		failed = arena_fmt(w->arena, LONG_AGO, w->steps);
	}
	series(w, c, "cnpg_collector_pg_wal_archive_status", ",value='ready'", 1, ready);
	series(w, c, "cnpg_collector_pg_wal_archive_status", ",value='ready'", 2, constant(w, 3));
	series(w, c, "cnpg_pg_stat_archiver_last_archived_time", "", 1, archived);
	series(w, c, "cnpg_pg_stat_archiver_last_archived_time", "", 2, constant(w, -1000000));
	series(w, c, "cnpg_pg_stat_archiver_last_failed_time", "", 1, failed);
	series(w, c, "cnpg_pg_replication_in_recovery", "", 1, constant(w, 0));
	series(w, c, "cnpg_pg_replication_in_recovery", "", 2, constant(w, 1));
}

static void write_series(const struct writing *w)
{
	emit_list(w->emit, "input_series");
	for (size_t i = 0; i < w->list->len && w->scenario->kind != ABSENT; i++) {
		const struct watched *c = w->list->items[i];

		for (enum exporter e = 0; e < EXPORTERS; e++)
			if (c->backups[e].gap)
				backup_series(w, c, e);
		if (c->wal)
			wal_series(w, c);
	}
	emit_close(w->emit);
}

/* A value in a text of PromQL. */
static void quote(struct buf *out, struct str s)
{
	buf_byte(out, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\'' || s.ptr[i] == '\\')
			buf_byte(out, '\\');
		if (s.ptr[i] == '\n')
			buf_text(out, "\\n");
		else
			buf_byte(out, s.ptr[i]);
	}
	buf_byte(out, '\'');
}

static struct str sample_of(const struct writing *w, const struct watched *c,
			    const struct alert *alert)
{
	struct buf out = BUF_ARENA(w->arena);
	const struct str_pairs *more = &c->policy->labels;

	buf_fmt(&out,
		"ALERTS{alertname='%.*s',alertstate='firing',namespace='%.*s',cluster='%.*s',severity=",
		STR_ARG(alert->name), STR_ARG(c->namespace), STR_ARG(c->name));
	quote(&out, alert_severity(c, alert));
	if (alert->exporter)
		buf_fmt(&out, ",exporter='%s'", alert->exporter);
	for (size_t i = 0; i < more->len; i++) {
		if (str_is(more->items[i].key, "severity"))
			continue;
		buf_fmt(&out, ",%.*s=", STR_ARG(more->items[i].key));
		quote(&out, more->items[i].value);
	}
	buf_byte(&out, '}');
	return buf_slice(&out);
}

static void write_firing(const struct writing *w, int64_t at)
{
	emit_item(w->emit);
	emit_text(w->emit, "expr", STR("ALERTS{alertstate='firing'}"));
	emit_text(w->emit, "eval_time", alert_duration(w->arena, at));
	emit_list(w->emit, "exp_samples");
	for (size_t i = 0; i < w->list->len; i++) {
		struct alert alerts[ALERTS_MOST];
		size_t len = alerts_of(w->arena, w->list->items[i], alerts);

		for (size_t j = 0; j < len; j++) {
			if (alerts[j].kind != w->scenario->fires ||
			    at < w->scenario->from + alerts[j].hold)
				continue;
			emit_item(w->emit);
			emit_text(w->emit, "labels", sample_of(w, w->list->items[i], &alerts[j]));
			emit_int(w->emit, "value", 1);
			emit_close(w->emit);
		}
	}
	emit_close(w->emit);
	emit_close(w->emit);
}

struct moments {
	int64_t *at; /* how long alerts of the scenario's kind wait, each once, sorted */
	size_t len;
};

static int by_time(const void *left, const void *right)
{
	const int64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static struct moments moments_of(struct arena *a, const struct watched_list *l,
				 enum alert_kind kind)
{
	struct moments m = {ARENA_ARRAY(a, int64_t, EXPORTERS * l->len + 1), 0};
	size_t kept = 0;

	for (size_t i = 0; i < l->len; i++) {
		struct alert alerts[ALERTS_MOST];
		size_t len = alerts_of(a, l->items[i], alerts);

		for (size_t j = 0; j < len; j++)
			if (alerts[j].kind == kind)
				m.at[m.len++] = alerts[j].hold;
	}
	qsort(m.at, m.len, sizeof *m.at, by_time);
	for (size_t i = 0; i < m.len; i++)
		if (!kept || m.at[kept - 1] != m.at[i])
			m.at[kept++] = m.at[i];
	m.len = kept;
	return m;
}

static void write_scenario(struct writing *w)
{
	struct moments m = moments_of(w->arena, w->list, w->scenario->fires);
	bool none = w->scenario->fires == ALERT_KINDS;

	if (!m.len && !none)
		return;
	w->steps = none ? 24 : (w->scenario->from + m.at[m.len - 1]) / STEP + 2;
	emit_item(w->emit);
	emit_text(w->emit, "name", str_from(w->scenario->name));
	emit_text(w->emit, "interval", alert_duration(w->arena, STEP));
	write_series(w);
	emit_list(w->emit, "promql_expr_test");
	if (none)
		write_firing(w, w->steps * STEP);
	for (size_t i = 0; i < m.len; i++) { /* a step before, and one behind */
		int64_t at = w->scenario->from + (m.at[i] + STEP - 1) / STEP * STEP;

		write_firing(w, at - STEP);
		write_firing(w, at + STEP);
	}
	emit_close(w->emit);
	emit_close(w->emit);
}

/* promtool looks beside the cases. */
static struct str base_name(struct str path)
{
	size_t at = path.len;

	while (at && path.ptr[at - 1] != '/')
		at--;
	return str_slice(path, at, path.len);
}

void alerts_write_cases(struct arena *a, const struct watched_list *l, struct str rules_file,
			struct buf *out)
{
	struct emit e = EMIT(out);
	struct writing w = {.arena = a, .list = l, .emit = &e};

	buf_text(out, "# For `promtool test rules`: when each alert fires, and when none does.\n");
	emit_list(&e, "rule_files");
	emit_word(&e, base_name(rules_file));
	emit_close(&e);
	emit_text(&e, "evaluation_interval", alert_duration(a, STEP));
	emit_list(&e, "tests");
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++) {
		w.scenario = &scenarios[i];
		write_scenario(&w);
	}
	emit_close(&e);
}
