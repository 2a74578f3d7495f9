/*
 * Every limit has a name and a reason. Crossing one is E_LIMIT, and the message says the number.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* An object is at most 3 MiB on its way to a webhook (kube-apiserver), an UPDATE carries two and
 * the envelope: 7 MiB and some. */
#define LIMIT_BODY_BYTES (8u << 20)

/* A file of manifests: rendered bundles of a large fleet are a few MB. */
#define LIMIT_FILE_BYTES (64u << 20)

/* cJSON refuses 1,000 levels; CRDs nest a few dozen. The same bound for YAML, which has none. */
#define LIMIT_DEPTH 200

/* Nodes of one JSON text or YAML document, aliases expanded: 20 MB of usual manifests. A node and
 * what it holds take some 80 bytes, with a place some 140. */
#define LIMIT_NODES 1000000u

/* Nodes of the body of a review, but for managedFields: 18 bytes of the largest for each. The
 * densest of recorded reviews has 21, and two objects of 3 MiB have 300,000. They take 34 MiB, with
 * the body and a copy of each string that holds an escape at most 64. */
#define LIMIT_BODY_NODES 450000u

/* Nodes of all files of a run that are kept: 20,000 documents of 150, or 64 MiB in usual manifests.
 * They take some 450 MiB, and their text. */
#define LIMIT_RUN_NODES 3000000u

/* Of them, what aliases repeat: 25 bytes of text can ask for any number. Who repeats labels or a
 * container in each of thousands of documents has some tens of thousands. */
#define LIMIT_RUN_COPIES 250000u

/* Directives %TAG in front of one document, which libyaml compares each with each: manifests have
 * none. */
#define LIMIT_TAGS 32u

/* A file that is read ahead of its turn (input/reader.h): 32 of them take at most some 150 MiB.
 * What is larger waits for its turn. A usual manifest has 20 bytes a node, and repeats little. */
#define LIMIT_AHEAD_BYTES (256u << 10)
#define LIMIT_AHEAD_NODES (32u << 10)
#define LIMIT_AHEAD_COPIES (4u << 10)

/* A block of what one of them holds, which may stay until the end of a run. */
#define LIMIT_AHEAD_BLOCK 4096u

/* Threads beside the one that takes what they make (base/ahead.h): it could not follow more. One
 * costs as much as some pieces. */
#define LIMIT_THREADS 7u
#define LIMIT_THREAD_PIECES 8u

/* Documents in one YAML file: rendered bundles have some thousands. */
#define LIMIT_DOCUMENTS 100000u

/* Documents of one file that cannot be read, behind which those that can are looked for. */
#define LIMIT_REFUSED 64u

/* Findings of one rule kept for one object: a person acts on the first few; the count goes on. */
#define LIMIT_FINDINGS 64u

/* Findings of one rule that text of an audit shows in full, of a large fleet: a person reads the
 * first few, the others are counted, and --group-by has them all in a line each. */
#define LIMIT_SHOWN 20u

/* What a finding says: its message, what happens, what to write; each with "…" where it is cut. The
 * value that it quotes may be as large as the object, and four times that where it is written on
 * one line. The longest of the rules' own has some hundred bytes. */
#define LIMIT_SENTENCE_BYTES 4096u

/* A name (RFC 1123), which the API server has checked, unless what asks is none; the UID of a
 * request is shorter. */
#define LIMIT_NAME_BYTES 253u

/* Objects that refer to one that is written and are judged again because of it: a store of a whole
 * namespace. What is beyond is found when it is written itself, and by an audit. */
#define LIMIT_HOLDERS 32u

/* Objects that are looked at to find the one that a message names: the first is near the front. */
#define LIMIT_SHARERS 64u

/* The key of an object in S3 has at most 1,024 bytes; with its endpoint and bucket. */
#define LIMIT_KEY_BYTES 2048u

/* Objects that one is compared with, each with each: names of a namespace that a wrong one may have
 * meant, schedules of one Cluster that may run at one time. */
#define LIMIT_NEIGHBOURS 64u

/* Clusters of one ObjectStore that are asked about it: more than a namespace has, and where no
 * namespaces are named, all of a name. */
#define LIMIT_USERS 1024u

/* Definitions of one object in a bundle that are looked at to find the one that is meant. */
#define LIMIT_ALTERNATIVES 64u

/* Bundles of which one file is a member: a base with that many overlays. What is beyond is judged
 * in these. */
#define LIMIT_MEMBERSHIPS 64u

/* Objects that kustomizations make of what they include, in all of a run: each again for each
 * kustomization that includes it. */
#define LIMIT_RENDERED 1000000u

/* What is told of kustomizations that cannot be built: the rest follows from the first. */
#define LIMIT_ROOT_ERRORS 1000u

/* A ConfigMap that may hold variables of Flux: the settings of a cluster are some tens of short
 * values. Larger ones hold files. */
#define LIMIT_SETTINGS 256u
#define LIMIT_SETTINGS_BYTES (16u << 10)

/* Applications of one ApplicationSet: what is beyond is judged as if nobody applied it. */
#define LIMIT_APPLICATIONS 1000u

/* Base backups of a Cluster that a page draws: one an hour, for the days of its time line. */
#define LIMIT_RUNS 1100u

/* A regular expression in the target of a patch: names have at most LIMIT_NAME_BYTES. */
#define LIMIT_PATTERN_BYTES 512u

/* What kube-apiserver passes on of warnings: 256 characters each, 4,096 in all
 * (kubernetes/apiserver pkg/endpoints/filters/warning.go). */
#define LIMIT_WARNING_CHARS 256u
#define LIMIT_WARNINGS_CHARS 4096u

/* Causes of a denial: kubectl prints each on a line of its own, and a person acts on the first few.
 */
#define LIMIT_CAUSES 20u

/* The message of a denial: GitOps tools show it in one line of a condition. */
#define LIMIT_DENIAL_BYTES 2048u

/* The message of an Event (kubernetes pkg/apis/core/validation/events.go: NoteLengthLimit). */
#define LIMIT_EVENT_BYTES 1024u

/* A comment on GitHub has at most 65,536 characters. */
#define LIMIT_MARKDOWN_BYTES 65000u

/* A line for GitHub's runner: what a person reads in the list of annotations. Behind a long path
 * this much of a message is left. */
#define LIMIT_GITHUB_CHARS 250u
#define LIMIT_GITHUB_LEAST 60u

/* A file of certificates or keys: a bundle of every public CA is a quarter of this. */
#define LIMIT_PEM_BYTES (1u << 20)

/* A policy comes from a ConfigMap, which holds at most 1 MiB. */
#define LIMIT_POLICY_BYTES (1u << 20)

/* Stores of one policy: each object is compared with all of them. */
#define LIMIT_STORES 100u

/* What is told about one bad policy file: the rest follows from the first ones. */
#define LIMIT_POLICY_ERRORS 100u

/* Connections of the webhook that are past their handshake. An API server keeps 25 idle and opens
 * as many as it has calls at once (seen with client-go 0.32): three of them with a burst of 100
 * each fit, also behind one address. Above it the one goes that was used least; see conn_rank. */
#define LIMIT_CONNECTIONS 512u
#define LIMIT_ADDRESS_CONNECTIONS 384u /* of one address */
/* Those that are not, beside them: three bursts. Above it the oldest goes. */
#define LIMIT_HANDSHAKES 320u
/* In all, with those that are told to go and have not gone: from here on new ones wait in the
 * kernel's queue. With the rest of a process it is less than the usual 1,024 descriptors. */
#define LIMIT_CONNECTIONS_HARD (LIMIT_CONNECTIONS + LIMIT_HANDSHAKES + 64u)

/* Large bodies being received, all together: four of the largest. What exceeds it is answered with
 * 503. For those that are announced as small, as nearly all are, there is always room. */
#define LIMIT_BODIES_BYTES (32u << 20)
#define LIMIT_SMALL_BODY_BYTES (64u << 10)

/* Threads for connections, and as many for large reviews. When nobody says how many, one for each
 * core up to the second number: that is more reviews than an API server asks for. */
#define LIMIT_SERVE_THREADS 16u
#define LIMIT_SERVE_THREADS_UNASKED 4u

/* A refused body is read to its end, so that the client reads our answer and not a reset; up to
 * this. */
#define LIMIT_DISCARD_BYTES (16u << 20)

/* Headers and what is read ahead of one connection's body: a whole usual review. An API server
 * sends less than 1 kB of headers, with a bearer token up to some kB. */
#define LIMIT_CONNECTION_BYTES (16u << 10)

/* A client gives up its handshake after 10 s, and the call after at most 30 s (timeoutSeconds). */
#define LIMIT_HANDSHAKE_SECONDS 10
#define LIMIT_REQUEST_SECONDS 30
/* The client closes idle connections after 90 s and must be the one that closes: a request on a
 * connection that we are closing is lost (seen with client-go 0.32). */
#define LIMIT_IDLE_SECONDS 120
/* When half of LIMIT_HANDSHAKES are there: an honest one takes milliseconds. */
#define LIMIT_HANDSHAKE_CROWDED_SECONDS 2
/* A body comes at this pace, in bytes a second, with pauses of so many seconds: an API server sends
 * one of 3 MiB at once, and who dribbles or stalls keeps others out. */
#define LIMIT_BODY_PACE (64 << 10)
#define LIMIT_BODY_SECONDS 2

/* Probes, a scraper, and somebody with a browser. When three quarters are taken the oldest goes,
 * and each after so many seconds, whatever it does. */
#define LIMIT_HEALTH_CONNECTIONS 32u
#define LIMIT_HEALTH_CROWDED 24u
#define LIMIT_HEALTH_SECONDS 10

/* A file that is not read by then lies on a file system that does not answer, which is said; and
 * how long the end waits for one. */
#define LIMIT_FILES_HANG_MS 10000
#define LIMIT_FILES_STOP_MS 1000

/* Lines of the log that wait for who reads it, a hundred; and how long the last ones are waited
 * for: who is there takes milliseconds. */
#define LIMIT_LOG_BYTES (16u << 10)
#define LIMIT_LOG_STOP_MS 1000

/* A server that is there takes a connection within a second; one lost packet costs one or three. */
#define LIMIT_HTTP_CONNECT_SECONDS 10

/* One call to an object store: a page of a listing has 1,000 objects and 400 kB. */
#define LIMIT_S3_SECONDS 60
/* Pages of one listing: ten million objects, two years of WAL at five segments a minute. */
#define LIMIT_S3_PAGES 10000u
#define LIMIT_S3_BYTES (8u << 20) /* of one page; keys of 1,024 bytes, each of them escaped */
/* What is read whole of a bucket: a backup.info has 1.3 kB and a line for each tablespace, a
 * history a line for each timeline. */
#define LIMIT_S3_TEXT_BYTES (64u << 10)
/* What xz may take to unpack such a text: a dictionary of 64 MiB, that of its highest level. */
#define LIMIT_XZ_MEMORY (72u << 20)
/* Backups of one server whose backup.info is read, and timelines whose history is: hourly ones of a
 * year; and a promotion a day. Of more the newest. */
#define LIMIT_BACKUPS 10000u
#define LIMIT_TIMELINES 365u
/* Days on which objects came into an archive: those of eleven years. Of more the first. */
#define LIMIT_BUCKET_DAYS 4096u
/* Segments of a run of WAL whose LastModified is kept: of a month of WAL at five minutes a segment
 * one for each hour and a half. */
#define LIMIT_WAL_MARKS 512u
/* A backup.info is stored when its backup has ended, behind the last of its data: what was stored
 * later than so many seconds was copied from somewhere else, and LastModified is the copy's. */
#define LIMIT_STORED_SECONDS 3600
/* A segment that is full is archived at once, and what failed is tried again within a minute
 * (PGARCH_AUTOWAKE_INTERVAL): when for longer none came, either none was full or none could be
 * archived. */
#define LIMIT_ARCHIVER_PAUSE 60
/* Clocks that differ by less are taken for one: an answer takes as long. */
#define LIMIT_CLOCK_SKEW 5
/* Folders of a bucket beside those of the servers that are looked at: one page of a listing. */
#define LIMIT_BUCKET_FOLDERS 1000u
/* Of these the ones whose archives are looked at: each costs two requests and one for each backup.
 */
#define LIMIT_BUCKET_ARCHIVES 100u

/* Of an API server: objects are some kB, a page of a list is hundreds of them. One object has at
 * most 3 MiB, most of them half of that (etcd): where a page has more than a review may have, fewer
 * are asked for, and one that has more alone is skipped. An answer is asked for within a minute, as
 * the API server's own limit is; a watch ends by itself after five. */
#define LIMIT_KUBE_PAGE 250u
#define LIMIT_KUBE_BYTES LIMIT_BODY_BYTES
/* A million objects: hourly Backups of a thousand Clusters, kept for a month. */
#define LIMIT_KUBE_PAGES 4000u
/* Live objects of one kind that are kept beside one another: twenty times a large fleet. Each takes
 * one to three kB. */
#define LIMIT_LIVE 100000u
#define LIMIT_KUBE_SECONDS 60
#define LIMIT_KUBE_WATCH_SECONDS 300
/* A kind that is not served is looked for: its CRD may be installed after us, and until it is found
 * nothing is held against what is missing of it. */
#define LIMIT_KUBE_ABSENT_SECONDS 3
/* A credential plugin may wait for a person who signs in in a browser. */
#define LIMIT_KUBE_EXEC_SECONDS 180

/* `git` reads what is on the disk; the manifests of a large repository. */
#define LIMIT_GIT_SECONDS 60
#define LIMIT_GIT_BYTES (256u << 20)
#define LIMIT_GIT_ERROR_BYTES (64u << 10)

/* Base backups of one Cluster that `plan` reckons with: one every five minutes for a year. */
#define LIMIT_PLAN_MOMENTS 100000u
/* Starts of backups in one bucket that are held against one another: as many Clusters, once a day
 * for a year. */
#define LIMIT_PLAN_STARTS 400000u

/* `helm template` takes a second for a large chart. */
#define LIMIT_HELM_SECONDS 60
#define LIMIT_HELM_BYTES LIMIT_FILE_BYTES
/* Of what it says on stderr the end is read: its error. */
#define LIMIT_HELM_ERROR_BYTES (64u << 10)

/* What a webhook knows of the cluster is relied on while its watches are well. One that has failed
 * for this long has tried five times; one that is silent for this long has not even ended, which
 * each does after LIMIT_KUBE_WATCH_SECONDS: its connection is dead. */
#define LIMIT_CACHE_FAILING_SECONDS 30
#define LIMIT_CACHE_SILENT_SECONDS (LIMIT_KUBE_WATCH_SECONDS + LIMIT_KUBE_SECONDS)

/* /readyz waits so long for the first lists: those of 5,000 clusters are 100 MB. */
#define LIMIT_CACHE_WARM_SECONDS 30

/* A block of the memory of one object that is kept: a reduced ScheduledBackup takes two, a Cluster
 * some more. */
#define LIMIT_CACHE_BLOCK 1024u

/* Denials that an Event is or was written about and that are told apart: a tree of GitOps refused
 * as a whole has some tens. Of more at once some get none; of more in turn a repetition costs one
 * call more. */
#define LIMIT_EVENTS 256u
/* An Event is written again after this at the earliest, with what was counted: Flux and Argo CD try
 * again every minute or less often, a controller without a pause many times a second. */
#define LIMIT_EVENTS_PAUSE_SECONDS 30
/* Events written at once, and then one a second: each is a write to etcd. */
#define LIMIT_EVENTS_BURST 50
/* An API server that does not answer is asked again, after the pause; then it is let be. */
#define LIMIT_EVENTS_TRIES 3
/* Why none can be written is said once in this time. */
#define LIMIT_EVENTS_LOG_SECONDS 600

/* Secrets that live objects refer to: those of 5,000 clusters with two stores each. They are looked
 * up one by one, ten in a second, each once in a minute when they are fewer; what we may not read
 * is asked for more seldom, and nobody who does not answer more often than every half minute. What
 * was not looked up for so long is not known any more. A write that was reviewed is stored by then.
 */
#define LIMIT_SECRETS 10000u
#define LIMIT_SECRET_PAUSE_MS 100
#define LIMIT_SECRET_LONGEST_MS 30000
#define LIMIT_SECRET_SECONDS 60
#define LIMIT_SECRET_REFUSED_SECONDS 600
#define LIMIT_SECRET_STALE_SECONDS 1800
#define LIMIT_SECRET_STORED_MS 2000

/* A block of the memory of one: its names and a few keys. */
#define LIMIT_SECRET_BLOCK 512u

/* Results in one Report: etcd takes objects of 1.5 MiB, and one has at most some kB. */
#define LIMIT_REPORT_RESULTS 200u

/* One block of an arena: a review of a small Cluster and its answer fit in one. */
#define ARENA_BLOCK (64u << 10)

/* Of a large review, whose tree takes ten times its bytes: each block goes back to the system by
 * itself. To have it from the system anew costs a third of a review's time, so while connections
 * are there the threads keep this much together: what two reviews of 1.4 MB take, nearly the
 * largest that an API server's own store takes. */
#define ARENA_LARGE_BLOCK (1u << 20)
#define ARENA_LARGE_KEEP (32u << 20)
/* And so many buffers for their bodies are kept. */
#define LIMIT_LARGE_SPARE 8u

/* Kept by an arena over arena_reset, so that small requests never ask the system for memory. */
#define ARENA_KEEP ARENA_BLOCK

#endif
