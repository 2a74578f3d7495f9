/*
 * The BackupPolicy that a site follows already: what its ObjectStores, Clusters, ScheduledBackups
 * and Secrets have in common becomes stores and settings, and those that differ are told.
 *
 * An object is one of its kind, namespace and name in a file, as it is applied; of several overlays
 * that give it the same name the first teaches. What fewer than two objects follow is no rule, nor
 * what no more than half of those follow that it could hold for. Unknown values (${VAR}) teach
 * nothing. A fence in Markdown teaches where no file has an object of its kind; what stands in
 * <app>, <namespace> and <cluster-name> there is meant for all, and counts as followed by two.
 *
 * Who differs is asked of the rules themselves, with the policy that was learned.
 */
#ifndef LEARN_LEARN_H
#define LEARN_LEARN_H

#include "report/report.h"

struct kube;

struct learn_input {
	const struct str *paths; /* as in struct check_input */
	size_t paths_len;
	struct kube *kube;    /* what is live there; NULL: the paths */
	struct str namespace; /* of documents that name none; live: to look in, empty: all */
	struct str from;      /* words of the command line, for the head: "apps/" */
	int64_t now;
};

struct learn_output {
	struct str policy; /* YAML, that policy_from_yaml takes; empty: nothing was learned */
	struct str told;   /* lines: of how many it is learned, and who differs */
	size_t objects;	   /* that were read, of the kinds that teach */
};

/* What cannot be read is an error in the report, which has begun; the output lives in its arena. */
void learn_run(const struct learn_input *in, struct report *report, struct learn_output *out);

#endif
