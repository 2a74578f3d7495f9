/*
 * What S3 answers: XML, read as it comes. A listing is not kept; an error is, whatever the status
 * was: servers send one behind a 200, too. The only home of expat.
 */
#ifndef BUCKET_ANSWER_H
#define BUCKET_ANSWER_H

#include "base/arena.h"
#include "base/err.h"

struct s3_object {
	struct str key; /* whole; decoded */
	uint64_t size;
	int64_t modified; /* LastModified; some stores say 1970 where they do not know it */
	bool cold; /* StorageClass: GLACIER or DEEP_ARCHIVE, which nobody can read (GetObject says
		      InvalidObjectState) before it is restored there, which takes hours */
};

/* What is told on the way; both may be NULL. False ends the reading. Slices are valid during the
 * call. */
struct s3_listener {
	bool (*object)(void *ctx, const struct s3_object *o);
	bool (*prefix)(void *ctx, struct str prefix); /* a folder, of a listing with a delimiter */
	void *ctx;
};

struct s3_result {
	struct str root;  /* name of the outermost element, "ListBucketResult" */
	bool truncated;	  /* there is more, behind `token` */
	struct str token; /* NextContinuationToken */
	struct str code;  /* of an error, "AccessDenied"; empty: there is none */
	struct str message, region;
	uint64_t deleted; /* objects of a DeleteResult that are gone */
	bool enabled;	  /* of a VersioningConfiguration or ObjectLockConfiguration: it is */
	int64_t days;	  /* of the latter: its default; 0: none */
};

struct s3_answer;

struct s3_answer *s3_answer_new(const struct s3_listener *listener, struct arena *a);
void s3_answer_free(struct s3_answer *answer); /* NULL is fine */

/* False: it is no XML that S3 sends, or the listener has ended it; s3_answer_end says which. */
MUST_CHECK bool s3_answer_take(struct s3_answer *answer, struct str bytes);

/* All has come. Slices of the result live in the arena. Nothing at all is an empty result: the
 * answer to HEAD. E_SYNTAX: no XML that S3 sends; E_LIMIT; E_VALUE: the listener has ended it. */
MUST_CHECK bool s3_answer_end(struct s3_answer *answer, struct s3_result *out, struct err *err);

DEFINE_CLEANUP(struct s3_answer *, s3_answer, s3_answer_free)

#endif
