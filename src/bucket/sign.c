#include "bucket/sign.h"

#include "base/buf.h"
#include "base/utc.h"
#include "pki/pki.h"

#include <stdlib.h>
#include <string.h>

static struct str hex_of(const uint8_t bytes[PKI_SHA256], struct arena *a)
{
	struct buf text = BUF_ARENA(a);

	for (size_t i = 0; i < PKI_SHA256; i++)
		buf_fmt(&text, "%02x", bytes[i]);
	return buf_slice(&text);
}

static struct str hash_of(struct str data, struct arena *a)
{
	uint8_t digest[PKI_SHA256];

	pki_sha256(data, digest);
	return hex_of(digest, a);
}

static struct str hash_of_body(const struct s3_request *r, struct arena *a)
{
	return r->body_hash.len ? r->body_hash : hash_of(r->body, a);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct s3_parameter *)a)->name,
		      ((const struct s3_parameter *)b)->name);
}

static struct str query_of(const struct s3_request *r, struct arena *a)
{
	struct s3_parameter *sorted = ARENA_ARRAY(a, struct s3_parameter, r->query_len + 1);
	struct buf text = BUF_ARENA(a);

	if (r->query_len)
		memcpy(sorted, r->query, r->query_len * sizeof *sorted);
	qsort(sorted, r->query_len, sizeof *sorted, by_name);
	for (size_t i = 0; i < r->query_len; i++) {
		buf_fmt(&text, "%s%s=", i ? "&" : "", sorted[i].name);
		buf_uri(&text, sorted[i].value, "");
	}
	return buf_slice(&text);
}

static int by_header(const void *a, const void *b)
{
	return strcmp(((const struct http_header *)a)->name, ((const struct http_header *)b)->name);
}

/* "20130524T000000Z" */
static struct str stamp_of(int64_t now, struct arena *a)
{
	char text[UTC_TEXT];
	struct buf out = BUF_ARENA(a);

	for (const char *c = utc_format(now, text); *c; c++)
		if (*c != '-' && *c != ':')
			buf_byte(&out, *c);
	return buf_slice(&out);
}

/* Keys of which each makes the next; what the last one makes is the signature. */
static struct str signature_of(const struct s3_keys *keys, struct str day, struct str to_sign,
			       struct arena *a)
{
	const struct str steps[] = {day, keys->region, STR("s3"), STR("aws4_request"), to_sign};
	struct arena_mark mark = arena_mark(a);
	struct str first = arena_fmt(a, "AWS4%.*s", STR_ARG(keys->secret_access_key));
	uint8_t key[PKI_SHA256];

	pki_hmac_sha256(first, steps[0], key);
	explicit_bzero((char *)(uintptr_t)first.ptr, first.len);
	arena_rewind(a, mark);
	for (size_t i = 1; i < ARRAY_LEN(steps); i++)
		pki_hmac_sha256((struct str){(const char *)key, sizeof key}, steps[i], key);
	return hex_of(key, a);
}

static bool is_signed(const struct http_header *h)
{
	return h->value.len && strcmp(h->name, "transfer-encoding") != 0;
}

static void set_headers(const struct s3_keys *keys, const struct s3_request *r, struct str stamp,
			struct arena *a, struct s3_signed *out)
{
	size_t len = 0;

	out->headers = ARENA_ARRAY(a, struct http_header, r->headers_len + 5);
	for (size_t i = 0; i < r->headers_len; i++)
		out->headers[len++] = r->headers[i];
	out->headers[len++] = (struct http_header){"host", r->host};
	out->headers[len++] = (struct http_header){"x-amz-content-sha256", hash_of_body(r, a)};
	out->headers[len++] = (struct http_header){"x-amz-date", stamp};
	if (keys->session_token.len)
		out->headers[len++] =
			(struct http_header){"x-amz-security-token", keys->session_token};
	qsort(out->headers, len, sizeof *out->headers, by_header);
	out->headers_len = len;
}

void s3_sign(const struct s3_keys *keys, const struct s3_request *r, int64_t now, struct arena *a,
	     struct s3_signed *out)
{
	struct str stamp = stamp_of(now, a), day = str_slice(stamp, 0, 8), query = query_of(r, a);
	struct buf path = BUF_ARENA(a), canonical = BUF_ARENA(a), names = BUF_ARENA(a);
	struct str scope =
		arena_fmt(a, "%.*s/%.*s/s3/aws4_request", STR_ARG(day), STR_ARG(keys->region));

	set_headers(keys, r, stamp, a, out);
	buf_uri(&path, r->path, "/");
	buf_fmt(&canonical, "%s\n%.*s\n%.*s\n", r->method, STR_ARG(buf_slice(&path)),
		STR_ARG(query));
	for (size_t i = 0; i < out->headers_len; i++) {
		if (!is_signed(&out->headers[i]))
			continue;
		buf_fmt(&canonical, "%s:%.*s\n", out->headers[i].name,
			STR_ARG(str_trim(out->headers[i].value)));
		buf_fmt(&names, "%s%s", names.len ? ";" : "", out->headers[i].name);
	}
	buf_fmt(&canonical, "\n%.*s\n%.*s", STR_ARG(buf_slice(&names)),
		STR_ARG(hash_of_body(r, a)));
	struct str to_sign = arena_fmt(a, "AWS4-HMAC-SHA256\n%.*s\n%.*s\n%.*s", STR_ARG(stamp),
				       STR_ARG(scope), STR_ARG(hash_of(buf_slice(&canonical), a)));
	out->headers[out->headers_len++] = (struct http_header){
		"Authorization",
		arena_fmt(
			a,
			"AWS4-HMAC-SHA256 Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%.*s",
			STR_ARG(keys->access_key_id), STR_ARG(scope), STR_ARG(buf_slice(&names)),
			STR_ARG(signature_of(keys, day, to_sign, a)))};
	out->target = query.len
			      ? arena_fmt(a, "%.*s?%.*s", STR_ARG(buf_slice(&path)), STR_ARG(query))
			      : buf_slice(&path);
}
