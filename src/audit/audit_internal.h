/* What the files of the audit have of one another. */
#ifndef AUDIT_AUDIT_INTERNAL_H
#define AUDIT_AUDIT_INTERNAL_H

#include "audit/audit.h"
#include "cnpg/backups.h"

/* A Cluster, and what is known of it. */
struct timeline_of {
	const struct view *view;
	const struct object *cluster;
	const struct archive *archive;
	const struct backup_history *history;
	int64_t now;
};

/* Its runs and its retention. */
void timeline_fill(const struct timeline_of *of, struct arena *a, struct report_cluster *row);

#endif
