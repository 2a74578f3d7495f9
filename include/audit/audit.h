/*
 * What is live in a cluster, through the same engine as files: the objects are listed in pages,
 * reduced to what rules read, and judged beside one another; Backups are counted as they come by.
 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

#include "kube/kube.h"
#include "report/report.h"

struct probe_options;

struct audit_input {
	const struct policy *policy;
	struct kube *kube;
	struct str namespace; /* empty: all */
	int64_t now;
	bool secrets; /* read the Secrets that stores name, to know their keys */
	const struct probe_options *stores; /* buckets are asked, too; NULL: none is */
};

/* What cannot be listed is an error in the report. */
void audit_run(const struct audit_input *in, struct report *out);

/* Writes what was found into the cluster, as Report objects (report/openreports.h): one for each
 * namespace with findings, none for the others. Nothing when something could not be listed. What
 * fails is an error in the report. */
void audit_publish(const struct audit_input *in, struct report *r);

#endif
