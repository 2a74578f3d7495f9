/*
 * Metrics for the textfile collector of Prometheus's node exporter: what an audit and a probe say,
 * as numbers (prometheus.io/docs/instrumenting/exposition_formats). What is not known has no
 * sample.
 */
#include "report/writers.h"

#include "rules/finding.h"

#include <inttypes.h>

/* A series is of one of these; what is NULL is no label of it. */
struct series {
	const struct report_cluster *cluster;
	const struct probe *store;
	const struct probe_server *server;
	const char *call;
};

struct metrics {
	struct buf *out;
	const struct report *report;
	const char *name;
	bool begun;
};

static void begin(struct metrics *m, const char *name, const char *help)
{
	m->name = name;
	m->begun = false;
	buf_fmt(m->out, "# HELP backup_guard_%s %s\n# TYPE backup_guard_%s gauge\n", name, help,
		name);
}

static void label(struct metrics *m, const char *name, struct str value)
{
	buf_fmt(m->out, "%s%s=\"", m->begun ? "," : "{", name);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (c == '\n')
			buf_text(m->out, "\\n");
		else if (c == '"' || c == '\\')
			buf_byte(m->out, '\\'), buf_byte(m->out, c);
		else
			buf_byte(m->out, c);
	}
	buf_byte(m->out, '"');
	m->begun = true;
}

static void sample(struct metrics *m, const struct series *s, int64_t value)
{
	buf_fmt(m->out, "backup_guard_%s", m->name);
	m->begun = false;
	if (s->cluster) {
		label(m, "namespace", s->cluster->namespace);
		label(m, "cluster", s->cluster->name);
		if (s->cluster->context.len)
			label(m, "context", s->cluster->context);
	}
	if (s->store) {
		label(m, "namespace", s->store->namespace);
		label(m, s->store->store.len ? "store" : "cluster",
		      s->store->store.len ? s->store->store : s->store->cluster);
		if (s->store->external.len)
			label(m, "external", s->store->external);
	}
	if (s->server)
		label(m, "server", s->server->name);
	if (s->call)
		label(m, "call", str_from(s->call));
	buf_fmt(m->out, "%s %" PRId64 "\n", m->begun ? "}" : "", value);
}

static void moment(struct metrics *m, const struct series *s, int64_t time)
{
	if (time)
		sample(m, s, time);
}

static void add_counts(struct metrics *m)
{
	const struct report *r = m->report;
	const struct report_counts *count = &r->count;
	const struct series none = {0};

	begin(m, "report_denials", "findings at deny, which exemptions and baseline do not cover");
	sample(m, &none, (int64_t)count->by_severity[SEV_DENY]);
	begin(m, "report_warnings", "findings at warn");
	sample(m, &none, (int64_t)count->by_severity[SEV_WARN]);
	begin(m, "report_objects", "objects that were judged");
	sample(m, &none, (int64_t)count->objects);
	begin(m, "report_errors", "what could not be read: nothing is found because of it");
	sample(m, &none, (int64_t)r->errors.len);
	if (!r->now)
		return;
	begin(m, "report_timestamp_seconds", "when all this was so");
	sample(m, &none, r->now);
}

static void add_clusters(struct metrics *m)
{
	const struct report *r = m->report;

	if (!r->clusters.len)
		return;
	begin(m, "cluster_worst_severity",
	      "of the findings about it: 3 deny, 2 warn, 1 info, 0 none");
	for (size_t i = 0; i < r->clusters.len; i++)
		sample(m, &(struct series){.cluster = &r->clusters.items[i]},
		       (int64_t)r->clusters.items[i].worst);
	begin(m, "cluster_last_backup_timestamp_seconds", "when its last backup was completed");
	for (size_t i = 0; i < r->clusters.len; i++)
		moment(m, &(struct series){.cluster = &r->clusters.items[i]},
		       r->clusters.items[i].last_backup);
}

static void add_calls(struct metrics *m)
{
	const struct probes *stores = &m->report->stores;

	begin(m, "store_call", "1: the store does it, 0: it refuses or is not reached");
	for (size_t i = 0; i < stores->len; i++)
		for (int call = 0; call < PROBE_CALLS; call++) {
			enum probe_said said = stores->items[i].calls[call].said;

			if (said != PROBE_NOT_ASKED)
				sample(m,
				       &(struct series){.store = &stores->items[i],
							.call = stores_calls[call]},
				       said == PROBE_YES);
		}
	begin(m, "store_certificate_expiry_timestamp_seconds",
	      "until then its certificate is valid");
	for (size_t i = 0; i < stores->len; i++)
		moment(m, &(struct series){.store = &stores->items[i]},
		       stores->items[i].certificate);
}

/* What is no number has no name. */
static const struct {
	const char *name, *help;
} servers[SERVER_COLUMNS] = {
	[SERVER_FROM] = {"server_restorable_from_timestamp_seconds",
			 "the first moment of the newest window"},
	[SERVER_TO] = {"server_restorable_to_timestamp_seconds",
		       "the last moment of it that is sure"},
	[SERVER_GAPS] = {"server_wal_gaps", "windows behind which WAL is missing"},
	[SERVER_NEWEST] = {"server_newest_wal_timestamp_seconds",
			   "when its newest WAL came into the store"},
};

/* Of an archive that nobody writes to no time goes on. */
static void add_server(struct metrics *m, const struct series *of, int column)
{
	const struct probe_server *s = of->server;
	const struct window *last = s->windows_len ? &s->windows[s->windows_len - 1] : NULL;

	if (!s->catalogue || s->problem.len || s->beside)
		return;
	if (column == SERVER_NEWEST)
		moment(m, of, s->catalogue->newest);
	else if (!servers_known(s))
		return;
	else if (column == SERVER_GAPS)
		sample(m, of, (int64_t)servers_gaps(s));
	else if (last)
		moment(m, of, column == SERVER_FROM ? last->from : servers_to(last));
}

static void add_servers(struct metrics *m)
{
	const struct probes *stores = &m->report->stores;

	for (int column = 0; column < SERVER_COLUMNS; column++) {
		if (!servers[column].name)
			continue;
		begin(m, servers[column].name, servers[column].help);
		for (size_t i = 0; i < stores->len; i++)
			for (size_t k = 0; k < stores->items[i].servers_len; k++)
				add_server(m,
					   &(struct series){.store = &stores->items[i],
							    .server = &stores->items[i].servers[k]},
					   column);
	}
}

void prometheus_write(struct buf *out, const struct report *r, const struct report_style *style)
{
	struct metrics m = {.out = out, .report = r};

	(void)style;
	add_counts(&m);
	add_clusters(&m);
	if (!r->stores.items)
		return;
	add_calls(&m);
	add_servers(&m);
}
