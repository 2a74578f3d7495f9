/*
 * How Barman Cloud is set up for one store, as the plugin does it (barman-cloud
 * pkg/credentials/env.go): the sidecar's own environment comes first, what the configuration refers
 * to wins. What the keys are is read here, used, and wiped by who called.
 */
#ifndef PROBE_SETTINGS_H
#define PROBE_SETTINGS_H

#include "bucket/sign.h"
#include "doc/obj.h"

/* Where Secrets are read. */
struct probe_secrets {
	/* The whole Secret, whose tree lives in the arena. Its error says which it was, and nothing
	 * of what is in it. */
	bool (*read)(void *ctx, struct str namespace, struct str name, struct arena *a,
		     struct obj *out, struct err *err);
	void *ctx;
};

/* What is used in place of Secrets: AWS_* of our own environment. */
struct probe_environment {
	struct s3_keys keys;
	struct str ca; /* PEM; empty: as the store says */
};

/* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_DEFAULT_REGION, and the file
 * that AWS_CA_BUNDLE names. Fails without the first two. */
MUST_CHECK bool probe_environment_read(struct arena *a, struct probe_environment *out,
				       struct err *err);

struct settings_source {
	struct str namespace;
	struct obj configuration; /* of an ObjectStore, or barmanObjectStore */
	struct obj env;		  /* of the sidecar, or of the Cluster */
	const struct probe_secrets *secrets;
	const struct probe_environment *environment; /* NULL: Secrets are read */
};

struct settings {
	struct str endpoint; /* without a slash at its end; empty: Amazon's */
	struct str bucket;
	struct str path; /* behind the bucket, without slashes in front */
	struct s3_keys keys;
	struct str ca, proxy; /* as struct s3_options has them */
	/* Of what is written: tags and encryption. */
	struct http_header *headers;
	size_t headers_len;
	bool checksum;	    /* see struct probe_wish */
	struct str unasked; /* why nobody can ask; empty: the rest is filled in */
};

/* False when a Secret cannot be read, or what is in it cannot be used. The result lives in `a`,
 * beside what was read of Secrets: wipe it (arena_wipe) when all is asked. */
MUST_CHECK bool settings_read(const struct settings_source *from, struct arena *a,
			      struct settings *out, struct err *err);

/* "s3://bucket/path at https://host": as it is written, and as a message may show it. */
struct str settings_place(struct obj configuration, struct arena *a);

/* What its keys must be allowed to do and no more, as a policy of IAM: archiving, backups, lists of
 * them, restores and retention work with it. False: it is not of S3, or is filled in later. */
bool settings_iam_policy(struct obj configuration, struct arena *a, struct buf *out);

#endif
