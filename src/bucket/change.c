#include "bucket/change.h"

#include "base/base64.h"
#include "base/buf.h"

#include <string.h>

static uint32_t crc32_of(struct str bytes)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < bytes.len; i++) {
		crc ^= (unsigned char)bytes.ptr[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static struct str checksum_of(struct str bytes, struct arena *a)
{
	uint32_t crc = crc32_of(bytes);
	const char order[] = {(char)(crc >> 24), (char)(crc >> 16), (char)(crc >> 8), (char)crc};
	struct buf text = BUF_ARENA(a);

	base64_encode((struct str){order, sizeof order}, &text);
	return buf_slice(&text);
}

#define CHECKSUM "x-amz-checksum-crc32"
#define ALGORITHM "x-amz-sdk-checksum-algorithm"

/* The body as one piece with a trailer behind it. */
static struct str with_trailer(struct str body, struct arena *a)
{
	struct buf out = BUF_ARENA(a);

	if (body.len)
		buf_fmt(&out, "%zx\r\n%.*s\r\n", body.len, STR_ARG(body));
	buf_fmt(&out, "0\r\n" CHECKSUM ":%.*s\r\n\r\n", STR_ARG(checksum_of(body, a)));
	return buf_slice(&out);
}

void s3_upload_request(const struct s3_upload *upload, bool tls, struct arena *a,
		       struct s3_request *out)
{
	const struct http_header behind[] = {
		{ALGORITHM, STR("CRC32")},
		{"content-encoding", STR("aws-chunked")},
		{"transfer-encoding", STR("chunked")},
		{"x-amz-decoded-content-length", arena_fmt(a, "%zu", upload->body.len)},
		{"x-amz-trailer", STR(CHECKSUM)},
	};
	const struct http_header before[] = {
		{ALGORITHM, STR("CRC32")},
		{CHECKSUM, checksum_of(upload->body, a)},
	};
	const struct http_header *more = tls ? behind : before;
	size_t more_len = !upload->checksum ? 0 : tls ? ARRAY_LEN(behind) : ARRAY_LEN(before);
	struct http_header *headers =
		ARENA_ARRAY(a, struct http_header, upload->headers_len + more_len + 1);
	size_t len = upload->headers_len;

	if (len)
		memcpy(headers, upload->headers, len * sizeof *headers);
	memcpy(headers + len, more, more_len * sizeof *headers);
	len += more_len;
	headers[len++] = (struct http_header){"content-type", STR_EMPTY};
	*out = (struct s3_request){.method = "PUT",
				   .path = arena_fmt(a, "/%.*s", STR_ARG(upload->key)),
				   .headers = headers,
				   .headers_len = len,
				   .body = upload->body};
	if (upload->checksum && tls) {
		out->body = with_trailer(upload->body, a);
		out->body_hash = STR("STREAMING-UNSIGNED-PAYLOAD-TRAILER");
	}
}

static struct str in_xml(struct str text, struct arena *a)
{
	struct buf out = BUF_ARENA(a);

	for (size_t i = 0; i < text.len; i++) {
		switch (text.ptr[i]) {
		case '&':
			buf_text(&out, "&amp;");
			break;
		case '<':
			buf_text(&out, "&lt;");
			break;
		case '>':
			buf_text(&out, "&gt;");
			break;
		default:
			buf_byte(&out, text.ptr[i]);
		}
	}
	return buf_slice(&out);
}

void s3_delete_request(struct str key, struct arena *a, struct s3_request *out)
{
	static const struct s3_parameter query[] = {{"delete", STR_INIT("")}};
	struct http_header *headers = ARENA_ARRAY(a, struct http_header, 3);

	*out = (struct s3_request){
		.method = "POST",
		.path = STR_EMPTY,
		.query = query,
		.query_len = ARRAY_LEN(query),
		.headers = headers,
		.headers_len = 3,
		.body = arena_fmt(
			a,
			"<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>%.*s</Key></Object></Delete>",
			STR_ARG(in_xml(key, a)))};
	headers[0] = (struct http_header){ALGORITHM, STR("CRC32")};
	headers[1] = (struct http_header){CHECKSUM, checksum_of(out->body, a)};
	headers[2] = (struct http_header){"content-type", STR_EMPTY};
}
