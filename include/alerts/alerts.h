/*
 * Alerts of Prometheus about the backups of Clusters, each with thresholds of its own: from its
 * schedules, by the metrics that their method exports, and from its archive_timeout. Beside them
 * the cases of `promtool test rules` that prove that each fires, and stays quiet.
 *
 * Where the facts about metrics come from: of CloudNativePG
 * pkg/management/postgres/webserver/metricserver/pg_collector.go and config/manager/
 * default-monitoring.yaml, of the plugin internal/cnpgi/instance/metrics.go (since v0.6.0). They
 * have no label of their Cluster; namespace and pod are those of the scrape.
 */
#ifndef ALERTS_ALERTS_H
#define ALERTS_ALERTS_H

#include "report/report.h"

struct kube;

struct alerts_input {
	const struct policy *policy;
	bool nearest_policy; /* as in struct check_input, as are paths */
	const struct str *paths;
	size_t paths_len;
	struct kube *kube;    /* what is live, in `namespace`; NULL: the paths */
	struct str namespace; /* of documents that name none, or to look at; empty: any */
	int64_t now;
	bool plain; /* groups of rules, as Prometheus reads them; else a PrometheusRule for each
		       namespace */
	struct str rules_file; /* that the cases are to read, in their folder; empty: no cases */
};

/* The texts live in the arena of the report. */
struct alerts_output {
	size_t alerts;	  /* how many are in the rules */
	struct str rules; /* YAML */
	struct str cases; /* YAML */
	struct str told;  /* lines: what each Cluster gets, and what it does not get, and why */
};

/* What cannot be read is an error in the report, which has begun. */
void alerts_run(const struct alerts_input *in, struct report *report, struct alerts_output *out);

#endif
