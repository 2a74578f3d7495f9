/*
 * The two requests that change a bucket, as boto3 makes them for Barman Cloud (botocore 1.43: its
 * httpchecksum.py; seen on the wire).
 */
#ifndef BUCKET_CHANGE_H
#define BUCKET_CHANGE_H

#include "bucket/sign.h"

struct s3_upload {
	struct str key, body;
	const struct http_header *headers; /* more of them, names in lower case */
	size_t headers_len;
	/* Of the body (CRC-32): boto3 from 1.36 on sends one by itself, unless
	 * AWS_REQUEST_CHECKSUM_CALCULATION is when_required. Over TLS it stands behind the body
	 * ("aws-chunked"), which not every store understands. */
	bool checksum;
};

/* PutObject. Without a host; the path is what stands behind the bucket. Lives in the arena. */
void s3_upload_request(const struct s3_upload *upload, bool tls, struct arena *a,
		       struct s3_request *out);

/* DeleteObjects, of one. Its checksum is required, so it is always there. */
void s3_delete_request(struct str key, struct arena *a, struct s3_request *out);

#endif
