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

/* One server's folder. */
struct probe_server {
	struct str name; /* serverName */
	struct probe_answer list;
	const struct catalogue *catalogue; /* NULL: it could not be listed, or nobody asked */
	struct str problem; /* why its listing says nothing: its order; empty: it does */
	uint32_t timeline;  /* the path that leads to it is looked at: the newest; 0: nothing is
			       there */
	const struct window *windows;
	size_t windows_len;
};

/* One store: an ObjectStore, or what a Cluster says in barmanObjectStore. */
struct probe {
	struct str namespace;
	struct str store;   /* name of the ObjectStore; empty: in-tree, */
	struct str cluster; /* then the Cluster's */
	struct str place;   /* "s3://bucket/path at https://host", as a message may show it */
	struct str unasked; /* why nobody asked; empty: it was asked */
	struct probe_answer calls[PROBE_CALLS]; /* PROBE_LIST: of the first server */
	struct str left;     /* the key of the object that was written and could not be deleted */
	int64_t certificate; /* until then (notAfter) the server's certificate is valid; 0: not
				known */
	const struct probe_server *servers;
	size_t servers_len;
	const struct str *folders; /* all that lie beside those of the servers */
	size_t folders_len;
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
/* NULL: that server was not looked at. */
const struct probe_server *probe_server_find(const struct probe *p, struct str name);

#endif
