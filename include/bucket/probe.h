/*
 * What a bucket says when it is asked as Barman Cloud will ask it, call by call, and what lies in
 * it. A value: probe/ makes it, rules of SCOPE_BUCKET read it. The calls are those of the commands
 * of barman 3.20 (cloud_providers/aws_s3.py) that each line names.
 */
#ifndef BUCKET_PROBE_H
#define BUCKET_PROBE_H

#include "bucket/catalogue.h"
#include "bucket/s3.h"

enum probe_call {
	PROBE_HEAD,   /* HeadBucket: barman-cloud-check-wal-archive, before all */
	PROBE_LIST,   /* ListObjectsV2: the same, barman-cloud-backup-list and -delete */
	PROBE_READ,   /* GetObject: barman-cloud-restore, -wal-restore, and every list of backups */
	PROBE_WRITE,  /* PutObject: barman-cloud-wal-archive, -backup */
	PROBE_FIND,   /* what was written is listed under the name that it was given */
	PROBE_DELETE, /* DeleteObjects: barman-cloud-backup-delete */
	PROBE_CALLS,
};

enum probe_said { PROBE_NOT_ASKED, PROBE_YES, PROBE_NO };

struct probe_answer {
	enum probe_said said;
	struct s3_failure why; /* of PROBE_NO */
};

/* By which a store's LastModified is read: see struct catalogue. */
struct store_clock {
	int64_t now, ahead;
};

/* One server's folder. */
struct probe_server {
	struct str name; /* serverName */
	bool beside;	 /* it was not asked for: a folder that holds an archive */
	struct probe_answer list;
	const struct catalogue *catalogue; /* NULL: it could not be listed, or nobody asked */
	struct str problem; /* why its listing says nothing: its order; empty: it does */
	/* The path that leads to it is looked at: catalogue_timeline. Where the history of the
	 * timeline was not read, nothing is known of what lies before it. */
	uint32_t timeline;
	const struct window *windows;
	size_t windows_len;
};

enum probe_setting { PROBE_UNKNOWN, PROBE_OFF, PROBE_ON };

/* One store: an ObjectStore, or what a Cluster says in barmanObjectStore, its own or that of an
 * external cluster. */
struct probe {
	struct str namespace;
	struct str store;    /* name of the ObjectStore; empty: in-tree, */
	struct str cluster;  /* then the Cluster's, */
	struct str external; /* and empty, or the name of the external cluster that it recovers from
			      * or follows */
	bool source;	     /* Clusters read there, and none archives there, as far as is known */
	struct str place;    /* "s3://bucket/path at https://host", as a message may show it */
	struct str unasked;  /* why nobody asked; empty: it was asked */
	/* PROBE_LIST: of the first server. PROBE_FIND with a status of 200 and without a code: it
	 * was listed, and what was written is not there under its name. */
	struct probe_answer calls[PROBE_CALLS];
	struct str left;     /* the key of the object that was written and could not be deleted */
	int64_t certificate; /* until then (notAfter) the server's certificate is valid; 0: not
				known */
	int64_t skew;	     /* seconds by which the store's clock (Date) is ahead of ours */
	enum probe_setting versioning; /* what is deleted is kept; not of a bucket whose
					  versioning is suspended */
	enum probe_setting lock;       /* objects can be locked, */
	int64_t lock_days;	       /* and each is for so long by default; 0: not by default */
	const struct probe_server *servers; /* those that were asked for come first */
	size_t servers_len;
	bool beside; /* of the folders beside, the first LIMIT_BUCKET_ARCHIVES were looked into */
	/* Names of those that lie beside the servers' and are nobody's, not more than
	 * LIMIT_BUCKET_FOLDERS. */
	const struct str *folders;
	size_t folders_len;
	bool folders_whole; /* what is neither among them nor a server is not there */
};

struct probes {
	const struct probe *items;
	size_t len;
	bool everywhere; /* the Clusters of all namespaces of a live cluster are known beside them
			  */
};

/* Of an ObjectStore, or of a Cluster's own configuration (`store` empty). NULL: none. */
const struct probe *probes_find(const struct probes *p, struct str namespace, struct str store,
				struct str cluster);
/* Of the external cluster of a Cluster. NULL: none. */
const struct probe *probes_find_external(const struct probes *p, struct str namespace,
					 struct str cluster, struct str external);
/* NULL: that server was not looked at. */
const struct probe_server *probe_server_find(const struct probe *p, struct str name);
/* When its newest base backup that is done and has data ended; 0: there is none, or that is not
 * known. `s` may be NULL. */
int64_t probe_server_backed(const struct probe_server *s);
/* It was listed, and neither a base backup nor WAL lies there. */
bool probe_server_is_empty(const struct probe_server *s);

/* What is asked for. */
struct probe_wish {
	struct str path; /* of destinationPath, behind the bucket, without slashes in front */
	const struct str *servers; /* none: nobody says which */
	size_t servers_len;
	/* Names of folders beside that are somebody's: let be. */
	const struct str *known;
	size_t known_len;
	bool beside; /* what lies in the folders that are no server's, too */
	int64_t now; /* by our clock; 0: not known */
	bool write;  /* an object, too; else PROBE_WRITE, _FIND and _DELETE are not asked */
	/* Of what is written, as Barman Cloud will send it: "x-amz-tagging", names in lower case.
	 */
	const struct http_header *headers;
	size_t headers_len;
	/* With a checksum, as boto3 from 1.36 on sends one by itself, unless
	 * AWS_REQUEST_CHECKSUM_CALCULATION is when_required. */
	bool checksum;
};

/*
 * Asks, in this order, until an answer says that the rest would fail as well: HeadBucket; what lies
 * below base/ of each server, each backup.info, what lies below wals/; the folders beside, and with
 * `beside` the same of each of them, whose refusals say nothing of the store's calls; versioning
 * and lock; and with `write` one empty object beside base/ and wals/ of the first server, which is
 * read where nothing was read before, listed by its whole name, and deleted. Who and what the probe
 * is of (namespace to unasked) is left as it is. All lives in the arena.
 */
void probe_ask(struct s3 *s, const struct probe_wish *wish, struct arena *a, struct probe *out);

#endif
