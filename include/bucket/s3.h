/*
 * One bucket of S3, asked with the keys that an ObjectStore names. Addresses are made as boto3
 * makes them: with an endpoint the bucket stands in the path, without one it stands in front of
 * Amazon's host, unless it has dots. Not thread safe.
 */
#ifndef BUCKET_S3_H
#define BUCKET_S3_H

#include "bucket/answer.h"
#include "bucket/change.h"
#include "bucket/sign.h"
#include "http/http.h"

struct s3;

struct s3_options {
	struct str endpoint; /* "https://host:port/path", without a slash at its end; empty:
				Amazon's */
	struct str bucket;
	struct s3_keys keys;
	struct str ca;		   /* PEM; empty: the system's */
	struct str proxy;	   /* see http_server */
	void (*before)(void *ctx); /* each request; may be NULL */
	void *ctx;
};

/* Texts of the options must live as long as it does. */
MUST_CHECK bool s3_open(const struct s3_options *options, struct s3 **out, struct err *err);
void s3_close(struct s3 *s); /* NULL is fine */

/* Why a call failed. Slices live in the call's arena. */
struct s3_failure {
	long status;	       /* of HTTP; 0: there was no answer */
	enum http_cause cause; /* then: why */
	struct str code;    /* S3's, "AccessDenied"; empty: the answer had none, as that to HEAD */
	struct str message; /* S3's; without an answer, what happened; never empty but for HEAD */
	int64_t skew;	    /* seconds by which the store's clock (Date) is ahead of ours */
};

/*
 * Each call ends after LIMIT_S3_SECONDS. What the store is too busy for, or answers with 5xx, is
 * asked again some times, as boto3 does. A bucket of another region is asked there, but for HEAD:
 * so does boto3 (bucket.md §3).
 */

/* HeadBucket: what barman-cloud-check-wal-archive asks first. */
MUST_CHECK bool s3_head(struct s3 *s, struct arena *a, struct s3_failure *why);

struct s3_listing {
	struct str prefix;
	struct str delimiter; /* "/", or empty */
	unsigned most;	      /* objects and folders at most; 0: all */
};

/* ListObjectsV2, page by page, in the order of the store. The listener's refusal ends it, and is no
 * failure. */
MUST_CHECK bool s3_list(struct s3 *s, const struct s3_listing *what,
			const struct s3_listener *listener, struct arena *a,
			struct s3_failure *why);

/* GetObject, of at most `most` bytes; an object that is larger is a failure. */
MUST_CHECK bool s3_get(struct s3 *s, struct str key, size_t most, struct arena *a, struct str *out,
		       struct s3_failure *why);

/* The same of an object that is a whole stream of gzip or zstd (`encoding`): the store is asked to
 * say so (response-content-encoding), and it is unpacked on the way. Of a store that does not know
 * that it comes as it is. LIMIT_S3_TEXT_BYTES at most, unpacked. */
MUST_CHECK bool s3_get_packed(struct s3 *s, struct str key, const char *encoding, struct arena *a,
			      struct str *out, struct s3_failure *why);

/* PutObject. */
MUST_CHECK bool s3_put(struct s3 *s, const struct s3_upload *upload, struct arena *a,
		       struct s3_failure *why);

/* DeleteObjects, of one: what barman-cloud-backup-delete asks. What is not there is deleted, too.
 */
MUST_CHECK bool s3_delete(struct s3 *s, struct str key, struct arena *a, struct s3_failure *why);

/* GetBucketVersioning: it is enabled. Suspended it is not. */
MUST_CHECK bool s3_versioning(struct s3 *s, struct arena *a, bool *enabled, struct s3_failure *why);

/* GetObjectLockConfiguration: it is enabled, and locks each object for so many days by default (0:
 * not by default). */
struct s3_lock {
	bool enabled;
	int64_t days;
};
MUST_CHECK bool s3_lock(struct s3 *s, struct arena *a, struct s3_lock *out, struct s3_failure *why);

/* Until when the certificate is valid that the endpoint serves, good or not; 0: it serves none, or
 * it is behind a proxy. Makes a connection of its own. */
int64_t s3_certificate(const struct s3 *s, struct arena *a);

DEFINE_CLEANUP(struct s3 *, s3, s3_close)

#endif
