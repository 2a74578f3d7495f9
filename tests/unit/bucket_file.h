/*
 * What buckets said, as a case states it: a file of lines, "#" begins a comment.
 *
 *	everywhere			the Clusters of all namespaces are known
 *	store NAMESPACE/NAME		an ObjectStore; the namespace may be empty
 *	cluster NAMESPACE/NAME		a Cluster's barmanObjectStore
 *	external NAME			and not its own, but that of this external cluster
 *	place TEXT			otherwise "s3://backups/db at https://s3.example.net"
 *	unasked TEXT
 *	head|list|read|write|find|delete yes
 *	head|list|read|write|find|delete no STATUS CODE MESSAGE		CODE "-": none; STATUS 0:
 *					CODE is the cause: name, refused, silent, distrusted,
 *					misnamed, tls, unanswered, other
 *	skew SECONDS			of the answer in the line before
 *	certificate TIME
 *	left KEY
 *	versioning			what is deleted is kept
 *	lock DAYS			and each object is locked for so long
 *	folder NAME			beside the servers
 *	server NAME			its folder was listed, and holds what follows:
 *	object KEY SIZE TIME
 *	backup ID TIME KEY=VALUE ...	its backup.info, of that time, with these lines, and data
 *					when it is done
 *	hollow ID TIME KEY=VALUE ...	and without data
 *	unread ID TIME TEXT		and one that was not read
 *	large ID TIME TEXT		the same, since it has too many bytes
 *	history ID TIME [PARENT LSN]	of a timeline
 *	unread-history ID TIME TEXT	and one that was not read
 *	wal FIRST LAST TIME SECONDS	segments, the first of that time, and then one every so
 *					many seconds
 *	cold object|backup|wal ...	the same, in a storage class that cannot be read; but for
 *					the backup.info
 *	refused STATUS CODE MESSAGE	it was not listed
 *	problem TEXT			its listing says nothing
 *
 * Objects may stand in any order: a store lists them by their keys.
 */
#ifndef UNIT_BUCKET_FILE_H
#define UNIT_BUCKET_FILE_H

#include "bucket/probe.h"

/* Lives in the arena. The error has the line. */
MUST_CHECK bool bucket_file_read(struct str text, struct arena *a, struct probes *out,
				 struct err *err);

#endif
