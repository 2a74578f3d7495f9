#include "bucket/sign.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* The examples of "Authenticating Requests: Using the Authorization Header" in Amazon's S3 API. */
static const struct s3_keys EXAMPLE = {.access_key_id = STR_INIT("AKIAIOSFODNN7EXAMPLE"),
				       .secret_access_key =
					       STR_INIT("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
				       .region = STR_INIT("us-east-1")};
#define EXAMPLE_TIME 1369353600 /* 2013-05-24T00:00:00Z */

static struct str header_of(const struct s3_signed *s, const char *name)
{
	for (size_t i = 0; i < s->headers_len; i++)
		if (!strcmp(s->headers[i].name, name))
			return s->headers[i].value;
	return STR_EMPTY;
}

Test(sign, makes_the_published_signatures)
{
	static const struct http_header range[] = {{"range", STR_INIT("bytes=0-9")}};
	static const struct http_header put[] = {
		{"date", STR_INIT("Fri, 24 May 2013 00:00:00 GMT")},
		{"x-amz-storage-class", STR_INIT("REDUCED_REDUNDANCY")}};
	static const struct s3_parameter lifecycle[] = {{"lifecycle", STR_INIT("")}};
	static const struct s3_parameter list[] = {{"prefix", STR_INIT("J")},
						   {"max-keys", STR_INIT("2")}};
	static const struct {
		struct s3_request request;
		const char *target, *headers, *signature;
	} table[] = {
		{{.method = "GET",
		  .path = STR_INIT("/test.txt"),
		  .headers = range,
		  .headers_len = 1},
		 "/test.txt",
		 "host;range;x-amz-content-sha256;x-amz-date",
		 "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{{.method = "PUT",
		  .path = STR_INIT("/test$file.text"),
		  .headers = put,
		  .headers_len = 2,
		  .body = STR_INIT("Welcome to Amazon S3.")},
		 "/test%24file.text",
		 "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
		 "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		{{.method = "GET", .path = STR_INIT("/"), .query = lifecycle, .query_len = 1},
		 "/?lifecycle=",
		 "host;x-amz-content-sha256;x-amz-date",
		 "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{{.method = "GET", .path = STR_INIT("/"), .query = list, .query_len = 2},
		 "/?max-keys=2&prefix=J",
		 "host;x-amz-content-sha256;x-amz-date",
		 "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct s3_request request = table[i].request;
		struct s3_signed out;
		char wanted[400];

		request.host = STR("examplebucket.s3.amazonaws.com");
		s3_sign(&EXAMPLE, &request, EXAMPLE_TIME, a, &out);
		snprintf(
			wanted, sizeof wanted,
			"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
			"SignedHeaders=%s, Signature=%s",
			table[i].headers, table[i].signature);
		cr_expect(str_is(header_of(&out, "Authorization"), wanted), "%.*s\n%s",
			  STR_ARG(header_of(&out, "Authorization")), wanted);
		cr_expect(str_is(out.target, table[i].target), "%.*s", STR_ARG(out.target));
	}
}

/* What botocore 1.43.11 (S3SigV4Auth) signs, with keys and names that need care. */
static const struct s3_parameter LIST[] = {
	{"prefix", STR_INIT("a//b/../c d/\xc3\xbc\xe2\x82\xac/")},
	{"list-type", STR_INIT("2")},
	{"delimiter", STR_INIT("/")},
	{"max-keys", STR_INIT("1000")},
	{"continuation-token", STR_INIT("1/+=ab cd")}};
static const struct s3_parameter DELETE[] = {{"delete", STR_INIT("")}};
static const struct http_header BEHIND[] = {{"x-amz-tagging", STR_INIT("a=b")},
					    {"x-amz-sdk-checksum-algorithm", STR_INIT("CRC32")},
					    {"content-encoding", STR_INIT("aws-chunked")},
					    {"transfer-encoding", STR_INIT("chunked")},
					    {"x-amz-decoded-content-length", STR_INIT("0")},
					    {"x-amz-trailer", STR_INIT("x-amz-checksum-crc32")},
					    {"content-type", STR_INIT("")}};
static const struct {
	struct s3_request request;
	struct str token, region;
	const char *signature;
} BOTOCORE[] = {
	{{.method = "GET",
	  .host = STR_INIT("minio.example:9000"),
	  .path = STR_INIT("/pg/app/db/wals/0000000100000000/a b+c&d=e%f~.gz")},
	 STR_INIT(""),
	 STR_INIT("eu-central-1"),
	 "e2c83e0849d52a12c69516d7163c429321e231ac3021d581a050037f9d34e920"},
	{{.method = "GET",
	  .host = STR_INIT("minio.example:9000"),
	  .path = STR_INIT("/pg"),
	  .query = LIST,
	  .query_len = ARRAY_LEN(LIST)},
	 STR_INIT(""),
	 STR_INIT("us-east-1"),
	 "f22207fc6ea16f72586e3247259e0f268b07b41c2b2458d178f4ac3614462218"},
	{{.method = "HEAD", .host = STR_INIT("10.0.0.1:7070"), .path = STR_INIT("/pg")},
	 STR_INIT("FwoGZXIvYXdzEJr//token+/="),
	 STR_INIT("garage"),
	 "e1344fa0e445397ab977dca21be921915908ece66e3a9677cd740dcf12ea672d"},
	{{.method = "POST",
	  .host = STR_INIT("s3.example.com"),
	  .path = STR_INIT("/pg"),
	  .query = DELETE,
	  .query_len = 1,
	  .body = STR_INIT("<Delete><Object><Key>a&amp;b</Key></Object></Delete>")},
	 STR_INIT(""),
	 STR_INIT("auto"),
	 "a57256db09ad615591e3f4b91525cdfdb6ec2b808dd3ee2fe8628d04e0bd8678"},
	{{.method = "PUT",
	  .host = STR_INIT("[fd00::1]:9000"),
	  .path = STR_INIT("/pg/a//b/./c/../d/$@:,;!*'()[]")},
	 STR_INIT(""),
	 STR_INIT("us-east-1"),
	 "d691b6763625d1c770ea546fbf0001ce4d4f7c67f7a2e446567656cbebd21bed"},
	{{.method = "PUT",
	  .host = STR_INIT("10.0.0.1:7070"),
	  .path = STR_INIT("/pg/a/b"),
	  .headers = BEHIND,
	  .headers_len = ARRAY_LEN(BEHIND),
	  .body = STR_INIT("0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"),
	  .body_hash = STR_INIT("STREAMING-UNSIGNED-PAYLOAD-TRAILER")},
	 STR_INIT(""),
	 STR_INIT("us-east-1"),
	 "a33973ddff402438f2d43a89fb947739f0654197579a74c28d2bc3048ffe31b1"},
};

Test(sign, agrees_with_botocore)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTOCORE); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct s3_keys keys = {STR("AKID/EX+1"), STR("s3cr3t/Key+="), BOTOCORE[i].token,
				       BOTOCORE[i].region};
		struct s3_signed out;

		s3_sign(&keys, &BOTOCORE[i].request, 1796000523, a, &out);
		cr_expect(str_has_suffix(header_of(&out, "Authorization"),
					 str_from(BOTOCORE[i].signature)),
			  "%zu: %.*s", i, STR_ARG(header_of(&out, "Authorization")));
		cr_expect(str_eq(header_of(&out, "x-amz-security-token"), BOTOCORE[i].token));
		cr_expect(str_is(header_of(&out, "x-amz-date"), "20261130T010203Z"));
	}
}
