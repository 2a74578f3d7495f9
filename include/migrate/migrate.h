/*
 * From barmanObjectStore in a Cluster to the Barman Cloud plugin, in the files where that is
 * written: the Cluster, its ScheduledBackups, and a new ObjectStore, in a file beside that of the
 * Cluster, which the kustomization lists, or behind the documents of a file that has several; and
 * the values of CloudNativePG's chart `cluster`. Not one other byte changes.
 *
 * The archive does not move. Before and after, each Cluster, as it is applied, has its archive and
 * its sources at the same location under the same server name, and no rule denies what it did not
 * deny, or says that something is missing that was not; else that Cluster is left alone, with what
 * belongs to it, and the reason is told. So is what a kustomization, a chart or a variable writes.
 */
#ifndef MIGRATE_MIGRATE_H
#define MIGRATE_MIGRATE_H

#include "report/report.h"

struct migrate_input {
	const struct policy *policy;
	bool nearest_policy; /* as in struct check_input, as are paths and namespace */
	const struct str *paths;
	size_t paths_len;
	struct str namespace;
	int64_t now;
	bool write;   /* else nothing is written */
	bool partial; /* what can be is written, though some is left alone */
};

/* The text lives in the arena of the report. */
struct migrate_output {
	struct str diff;
	struct str told;       /* lines: what is done, what is left alone and why, what to know */
	size_t migrated, left; /* Clusters */
	bool written;
	bool unread; /* something could not be read */
};

/* What cannot be read, shown or written is an error of the report, which has begun. Where one of
 * several files cannot be written, those before it are put back. */
void migrate_run(const struct migrate_input *in, struct report *report, struct migrate_output *out);

#endif
