/*
 * What is live in a cluster, through the same engine as files: the objects are listed in pages,
 * reduced to what rules read, and judged beside one another; Backups are counted as they come by.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "kube/kube.h"
#include "report/report.h"

struct probe_options;

/* Is told how many of a kind were listed; often, so it must cost little. */
struct audit_progress {
	void (*tell)(void *ctx, enum kind kind, size_t n); /* KIND_OTHER: all lists are there */
	void *ctx;
};

struct audit_input {
	const struct policy *policy;
	struct kube *kube;
	struct str namespace; /* empty: all */
	int64_t now;
	bool secrets;			/* read the Secrets that stores name, to know their keys */
	struct audit_progress progress; /* `tell` NULL: nobody */
	const struct probe_options *stores; /* buckets are asked, too; NULL: none is */
};

/* What cannot be listed is an error in the report. */
void audit_run(const struct audit_input *in, struct report *out);

/*
 * Several clusters, each audited as if it were alone; what is found says its context. One that
 * cannot be reached is an error in the report, and the others go on.
 */
struct audit_fleet {
	struct audit_input
		like; /* of each, but for `kube` and `stores`; `namespace` empty: see `all` */
	bool all;     /* all namespaces; else that of its context */
	bool publish; /* into each: see audit_publish */
	struct str kubeconfig;	    /* as kube_config_load */
	const struct str *contexts; /* each once */
	size_t contexts_len;
	/* of each the one that was looked at in its place, or nothing; NULL: nobody asks */
	struct str *same;
};
/* Of contexts that lead to one API server and one namespace the first is looked at, unless it
 * cannot be read whole; `where` of the report gets to know the others. */
void audit_fleet(const struct audit_fleet *in, struct report *out);

/* Writes what was found into the cluster, as Report objects (report/openreports.h): one for each
 * namespace with findings, none for the others. Nothing when something could not be listed. What
 * fails is an error in the report. */
void audit_publish(const struct audit_input *in, struct report *r);

#endif
