/*
 * The manifest that restores a Cluster from its archive: the Cluster as it is applied, with what a
 * restore must change and nothing else; judged by every rule beside what is there. And what a
 * person has to know and to do about it.
 */
#ifndef RESTORE_RESTORE_H
#define RESTORE_RESTORE_H

#include "probe/stores.h"
#include "report/report.h"
#include "restore/plan.h"

struct catalog;

/* The archive that a restore reads. */
struct restore_archive {
	const struct object *of; /* the ObjectStore, or the Cluster with its barmanObjectStore */
	struct str server;
	const struct catalog *files; /* what was read: its Secrets come first */
};

/* What is known of the bucket. */
struct restore_bucket {
	const struct catalogue *catalogue; /* of the server; NULL: not known */
	struct str unknown;		   /* then: why */
	const struct str *servers;	   /* whose folders lie beside it */
	size_t servers_len;
	bool servers_whole; /* there are no others */
};

struct restore_input {
	const struct policy *policy;
	bool nearest_policy; /* as in struct check_input, as are paths */
	const struct str *paths;
	size_t paths_len;
	struct kube *kube; /* what is live, in `namespace`; NULL: the paths */
	struct str cluster;
	struct str namespace;	 /* of the Cluster, and of documents that name none; empty: any */
	struct str as;		 /* the name of the new Cluster; empty: CLUSTER-restored */
	struct str in_namespace; /* of the new Cluster; empty: the same */
	struct restore_wish wish;
	/* To be thrown away: one instance, no archive, a Job that asks something. */
	bool drill;
	struct str context;    /* of the kubeconfig, where it is live; may be empty */
	struct str kubeconfig; /* its file, where one was named; may be empty */
	struct str file; /* to which the manifest is to be written, for the runbook; may be empty */
	int64_t now;
	/* Asks the bucket, once; NULL: nobody does. `ctx` is passed to it. See restore_look. */
	void (*look)(void *ctx, const struct restore_archive *archive, struct restore_bucket *out);
	void *ctx;
};

struct restore_output {
	struct str manifest; /* YAML */
	struct str runbook;  /* the steps, in Markdown */
	struct str summary;  /* lines for a terminal */
	struct str page;     /* all of it, as HTML */
	enum severity worst; /* that is found in the manifest, by the rules */
	/* Of what is found in it, that is not found in the Cluster itself: none, unless the policy
	 * wants something of names. */
	enum severity worst_new;
};

/* "db", or "shop/db" as other programs print it: sets `cluster`, and `namespace` when it is named;
 * another one than was there is an error. */
MUST_CHECK bool restore_name_read(struct str text, struct restore_input *in, struct err *err);
/* Whether `as` and `in_namespace`, where they are given, can be names at all. restore_run takes it
 * that they can. */
MUST_CHECK bool restore_names_check(const struct restore_input *in, struct err *err);

/* Files that cannot be read are errors in the report, which has begun; the output lives in its
 * arena. E_VALUE: there is no such Cluster, or several, or it cannot be restored so. */
MUST_CHECK bool restore_run(const struct restore_input *in, struct report *report,
			    struct restore_output *out, struct err *err);

/* restore_input.look that asks the store, as probe does; its ctx is a struct restore_asking. That
 * it does not say what lies there is an error in the report; that nobody can ask it (an IAM role,
 * Azure) is none. */
struct restore_asking {
	const struct probe_options *options; /* `secrets` and `environment` of it */
	struct report *report;
};
void restore_look(void *ctx, const struct restore_archive *archive, struct restore_bucket *out);

/* Beside a manifest in this file: "db.md" of "db.yaml", "db.html". */
struct str restore_runbook_path(struct arena *a, struct str manifest);
struct str restore_page_path(struct arena *a, struct str manifest);

#endif
