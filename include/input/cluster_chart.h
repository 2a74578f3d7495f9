/*
 * What the chart `cluster` of CloudNativePG (github.com/cloudnative-pg/charts) makes of its values:
 * a Cluster, its ScheduledBackups, and the names of the Secrets that they need. Each value of what
 * is made stands where it is written in the values; what a default of the chart says stands at the
 * nearest map around it that is written.
 *
 * Which release of the chart it is does not matter: only what all of them do alike is made, and
 * what those from 0.8.0 on make of `method: plugin` with the name of the plugin, which older ones
 * do not know. Where they differ (the mode `replica` and others) an object is known in part.
 */
#ifndef INPUT_CLUSTER_CHART_H
#define INPUT_CLUSTER_CHART_H

#include "cnpg/provider.h"
#include "doc/render.h"

/* The chart as somebody installs it. */
struct chart_release {
	struct str name;      /* of the release; may be a placeholder */
	struct str namespace; /* may be empty */
	struct obj values;    /* absent: none */
	struct obj at;	      /* a value that stands for the release: of what no value says */
	bool open;	      /* there may be values that are not seen: no default is certain */
};

struct chart_sink {
	void (*object)(void *ctx, const struct object *o);
	/* A Secret that the chart makes; its text lives in the arena. */
	void (*secret)(void *ctx, const struct provider *p, struct str namespace);
	void *ctx;
};

/* Where the budget ends, there is less. */
void cluster_chart_make(struct arena *a, struct doc_budget *budget, const struct chart_release *r,
			const struct chart_sink *out);

#endif
