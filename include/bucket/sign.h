/*
 * Requests to S3 with AWS's Signature Version 4 (docs.aws.amazon.com, "Signature Version 4 signing
 * process" of Amazon S3): what is signed is what is sent, so both are made here.
 */
#ifndef BUCKET_SIGN_H
#define BUCKET_SIGN_H

#include "base/arena.h"
#include "http/http.h"

struct s3_keys {
	struct str access_key_id, secret_access_key;
	struct str session_token; /* empty: none */
	struct str region;	  /* "us-east-1" */
};

struct s3_parameter {
	const char *name; /* one of S3's, each at most once: letters and '-' */
	struct str value;
};

/* Nothing is encoded yet. */
struct s3_request {
	const char *method;
	struct str host; /* as the Host header has it: with the port that is not the scheme's own */
	struct str path; /* "/bucket/key" */
	const struct s3_parameter *query;
	size_t query_len;
	/* More of them, names in lower case. Not signed are transfer-encoding, which is the
	 * connection's, and those without a value, which are not sent. */
	const struct http_header *headers;
	size_t headers_len;
	struct str body;
	struct str body_hash; /* x-amz-content-sha256; empty: the body's */
};

struct s3_signed {
	struct str target;	     /* encoded path and query */
	struct http_header *headers; /* with Host and Authorization */
	size_t headers_len;
};

/* `now` is in seconds. The result lives in the arena; nothing of the secret key is left there. */
void s3_sign(const struct s3_keys *keys, const struct s3_request *r, int64_t now, struct arena *a,
	     struct s3_signed *out);

#endif
