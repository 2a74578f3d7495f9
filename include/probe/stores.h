/*
 * Which stores there are, asked one by one: every ObjectStore, and what Clusters say in
 * barmanObjectStore, with the servers whose archives lie there (cnpg/archive.h). What several
 * Clusters have in common is asked once.
 */
#ifndef PROBE_STORES_H
#define PROBE_STORES_H

#include "bucket/probe.h"
#include "cnpg/view.h"
#include "probe/settings.h"
#include "report/report.h"

/* Told before each request, which is the n-th of this store; and with NULL when all are asked. */
struct probe_progress {
	void (*tell)(void *ctx, const struct probe *p, size_t n);
	void *ctx;
};

struct probe_options {
	struct probe_secrets secrets;
	const struct probe_environment *environment; /* NULL: Secrets are read */
	bool write;				     /* one object is written, and deleted */
	/* NAME or NAMESPACE/NAME of ObjectStores, and of Clusters with a barmanObjectStore; none:
	 * all. That one of them is not asked is an error. */
	const struct str *names;
	size_t names_len;
	/* Nothing is looked for but what buckets say; and of a store that is named, or whose
	 * servers nobody knows, of all the archives that lie there. */
	bool alone;
	/* Nobody is asked: what keys must be allowed to do (settings_iam_policy) is added here. */
	struct buf *iam_policies;
	struct probe_progress progress; /* `tell` NULL: nobody looks */
};

struct stores;

/* The options must live as long. */
struct stores *stores_new(const struct probe_options *options, struct arena *a);

/* An ObjectStore or a Cluster, in any order; of other kinds nothing. Its tree must live as long. */
void stores_add(struct stores *s, const struct view *v, const struct object *o);

/* Asks them all. What cannot be read is an error in the report; r->stores is filled. */
void stores_ask(struct stores *s, struct report *r);

/* What they said, those of this bundle first. Valid until the next call. */
const struct probes *stores_seen_from(struct stores *s, uint32_t bundle);

/* One archive alone: of an ObjectStore, or of a Cluster with a barmanObjectStore. What cannot be
 * read is an error in the report, in whose arena all lives. */
void stores_ask_one(const struct probe_options *options, const struct object *o, struct str server,
		    struct report *r, struct probe *out);

#endif
