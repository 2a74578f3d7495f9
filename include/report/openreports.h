/*
 * The findings of an audit as objects of a cluster, one a namespace: Report of openreports.io, or
 * PolicyReport of wgpolicyk8s.io, which was its first name. Both say the same in the same fields.
 */
#ifndef REPORT_OPENREPORTS_H
#define REPORT_OPENREPORTS_H

#include "report/report.h"

struct openreports_api {
	const char *version; /* apiVersion */
	const char *kind, *resource;
};

#define OPENREPORTS_NAME "backup-guard"
#define OPENREPORTS_LABEL "app.kubernetes.io/managed-by"

/* What is to stand in `namespace`, as JSON. Of a sorted report. */
void openreports_write(struct buf *out, const struct report *r, const struct openreports_api *api,
		       struct str namespace);

/* Both tell the same findings. What changes with the clock alone is not compared: the time, and
 * effects, which name the next activations of a schedule. */
bool openreports_same(struct obj a, struct obj b);

#endif
