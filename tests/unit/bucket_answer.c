#include "bucket/answer.h"

#include "base/buf.h"

#include <criterion/criterion.h>
#include <string.h>

struct heard {
	struct buf text;
	size_t enough; /* objects after which it wants no more */
	size_t objects;
};

static bool on_object(void *ctx, const struct s3_object *o)
{
	struct heard *h = ctx;

	buf_fmt(&h->text, "%.*s %d %d\n", STR_ARG(o->key), (int)o->size, (int)o->modified);
	return ++h->objects != h->enough;
}

static bool on_prefix(void *ctx, struct str prefix)
{
	buf_fmt(&((struct heard *)ctx)->text, "%.*s\n", STR_ARG(prefix));
	return true;
}

/* The text in pieces of so many bytes. */
static bool read(struct str text, size_t piece, struct heard *h, struct arena *a,
		 struct s3_result *out, struct err *err)
{
	struct s3_listener listener = {on_object, on_prefix, h};
	CLEANUP(s3_answer) struct s3_answer *x = s3_answer_new(&listener, a);

	for (size_t i = 0; i < text.len; i += piece)
		if (!s3_answer_take(x, str_slice(text, i, i + piece)))
			break;
	return s3_answer_end(x, out, err);
}

#define LISTING                                                                                    \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>pg</Name>"      \
	"<Prefix>app/</Prefix><KeyCount>3</KeyCount><MaxKeys>1000</MaxKeys>"                       \
	"<IsTruncated>true</IsTruncated><Contents><Key>app/a&amp;b \xc3\xbc</Key>"                 \
	"<LastModified>1970-01-01T00:01:40.000Z</LastModified><ETag>&quot;x&quot;</ETag>"          \
	"<Size>17</Size><Owner><ID>1</ID></Owner><StorageClass>STANDARD</StorageClass></Contents>" \
	"<Contents><Size>0</Size><LastModified>1970-01-01T00:03:20Z</LastModified><Key>b</Key>"    \
	"</Contents><CommonPrefixes><Prefix>app/db/</Prefix></CommonPrefixes>"                     \
	"<NextContinuationToken>1/+=</NextContinuationToken></ListBucketResult>"

static bool note_cold(void *ctx, const struct s3_object *o)
{
	buf_text((struct buf *)ctx, o->cold ? "cold " : "warm ");
	return true;
}

Test(answer, knows_what_cannot_be_read_at_once)
{
	static const char *const classes[] = {"GLACIER",    "STANDARD", "DEEP_ARCHIVE",
					      "GLACIER_IR", "GLACIER",	NULL};
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf text = BUF_ARENA(a), heard = BUF_ARENA(a);
	const struct s3_listener listener = {note_cold, NULL, &heard};
	CLEANUP(s3_answer) struct s3_answer *x = s3_answer_new(&listener, a);
	struct s3_result out;
	struct err err;

	buf_text(&text, "<ListBucketResult>");
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		buf_text(&text,
			 "<Contents><Key>a</Key><LastModified>1970-01-01T00:00:00Z</LastModified>");
		if (classes[i])
			buf_fmt(&text, "<StorageClass>%s</StorageClass>", classes[i]);
		buf_text(&text, "</Contents>");
	}
	buf_text(&text, "</ListBucketResult>");
	cr_assert(s3_answer_take(x, buf_slice(&text)) && s3_answer_end(x, &out, &err));
	cr_expect(str_is(buf_slice(&heard), "cold warm cold warm cold warm "));
}

Test(answer, reads_a_listing_however_it_comes)
{
	for (size_t piece = 1; piece < sizeof LISTING; piece += piece < 9 ? 1 : 97) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct heard h = {.text = BUF_ARENA(a)};
		struct s3_result out;
		struct err err;

		cr_assert(read(STR(LISTING), piece, &h, a, &out, &err), "%zu: %s", piece, err.msg);
		cr_expect(str_is(buf_slice(&h.text), "app/a&b \xc3\xbc 17 100\nb 0 200\napp/db/\n"),
			  "%.*s", STR_ARG(buf_slice(&h.text)));
		cr_expect(str_is(out.root, "ListBucketResult") && out.truncated && !out.code.len);
		cr_expect(str_is(out.token, "1/+="));
	}
}

Test(answer, keeps_an_error_whatever_it_stands_in)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct heard h = {.text = BUF_ARENA(a)};
	struct s3_result out;
	struct err err;

	cr_assert(read(
		STR("<Error><Code>AuthorizationHeaderMalformed</Code><Message>wrong; expecting "
		    "'eu-west-1'</Message><Region>eu-west-1</Region></Error>"),
		7, &h, a, &out, &err));
	cr_expect(str_is(out.code, "AuthorizationHeaderMalformed") &&
		  str_is(out.region, "eu-west-1"));
	cr_expect(str_has_prefix(out.message, STR("wrong;")));
	cr_expect(str_is(out.root, "Error"));
	cr_assert(read(
		STR("<DeleteResult><Deleted><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code>"
		    "</Error><Error><Code>Other</Code></Error></DeleteResult>"),
		7, &h, a, &out, &err));
	cr_expect_eq(out.deleted, 1u);
	cr_expect(str_is(out.code, "AccessDenied"), "of several the first");
	cr_assert(read(STR_EMPTY, 1, &h, a, &out, &err), "the answer to HEAD");
	cr_expect(!out.root.len && !out.code.len);
}

Test(answer, reads_how_a_bucket_is_set)
{
	static const struct {
		const char *text, *root;
		bool enabled;
		int64_t days;
	} table[] = {
		{"<VersioningConfiguration/>", "VersioningConfiguration", false, 0},
		{"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
		 "VersioningConfiguration", true, 0},
		{"<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
		 "VersioningConfiguration", false, 0},
		{"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
		 "</ObjectLockConfiguration>",
		 "ObjectLockConfiguration", true, 0},
		{"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
		 "<DefaultRetention><Mode>COMPLIANCE</Mode><Years>2</Years></DefaultRetention></Rule>"
		 "</ObjectLockConfiguration>",
		 "ObjectLockConfiguration", true, 730},
		{"<Other><Status>Enabled</Status></Other>", "Other", false, 0},
		{"<ATagWithAVeryVeryLongName/>", "", false, 0},
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct heard h = {.text = BUF_ARENA(a)};
	struct s3_result out;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		cr_assert(read(str_from(table[i].text), 3, &h, a, &out, &err), "%s", err.msg);
		cr_expect(str_is(out.root, table[i].root), "%s", table[i].text);
		cr_expect_eq(out.enabled, table[i].enabled, "%s", table[i].text);
		cr_expect_eq(out.days, table[i].days, "%s", table[i].text);
	}
}

Test(answer, refuses_what_is_none)
{
	static const struct {
		const char *text, *says;
		enum err_code code;
	} table[] = {
		{"<html><body>502 Bad Gateway", "no XML that S3 sends", E_SYNTAX},
		{"nginx", "no XML that S3 sends", E_SYNTAX},
		{"<!DOCTYPE x [<!ENTITY a \"aaaa\">]><ListBucketResult>&a;</ListBucketResult>",
		 "DOCTYPE", E_SYNTAX},
		{"<a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></a>", "nested",
		 E_SYNTAX},
		{"<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
		 "Size", E_SYNTAX},
		{"<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
		 "without", E_SYNTAX},
		{"<ListBucketResult><Contents><Key>a</Key><LastModified>now</LastModified></Contents>"
		 "</ListBucketResult>",
		 "LastModified", E_SYNTAX},
		{"<ObjectLockConfiguration><Rule><DefaultRetention><Days>1 d</Days></DefaultRetention>"
		 "</Rule></ObjectLockConfiguration>",
		 "retention", E_SYNTAX},
		{"<ObjectLockConfiguration><Rule><DefaultRetention><Years>2147483648</Years>"
		 "</DefaultRetention></Rule></ObjectLockConfiguration>",
		 "retention", E_SYNTAX},
	};
	CLEANUP(arena) struct arena *a = arena_new();
	struct heard h = {.text = BUF_ARENA(a)};
	struct s3_result out;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct err err = {.code = E_OK};

		cr_assert_not(read(str_from(table[i].text), 5, &h, a, &out, &err), "%s",
			      table[i].text);
		cr_expect_eq(err.code, table[i].code);
		cr_expect(str_contains(str_from(err.msg), str_from(table[i].says)), "%s: %s",
			  table[i].text, err.msg);
	}
	struct buf large = BUF_ARENA(a);
	struct err err;

	buf_text(&large, "<Error><Message>");
	buf_repeat(&large, 'x', 3000);
	cr_assert_not(read(buf_slice(&large), 100, &h, a, &out, &err));
	cr_expect_eq(err.code, E_LIMIT);
	h.enough = 1;
	cr_assert_not(read(STR(LISTING), 100, &h, a, &out, &err));
	cr_expect_eq(err.code, E_VALUE);
	cr_expect_eq(h.objects, 1u);
}

/* Some stores say so where they do not know it; the rest of the listing is not lost. */
Test(answer, an_object_of_1970_is_one)
{
	static const char text[] =
		"<ListBucketResult><Contents><Key>a</Key><Size>1</Size>"
		"<LastModified>1970-01-01T00:00:00.000Z</LastModified></Contents>"
		"<Contents><Key>b</Key><Size>2</Size>"
		"<LastModified>1969-12-31T23:59:59Z</LastModified></Contents></ListBucketResult>";
	CLEANUP(arena) struct arena *a = arena_new();
	struct heard h = {.text = BUF_ARENA(a)};
	struct s3_result out;
	struct err err;

	cr_assert(read(str_from(text), sizeof text, &h, a, &out, &err), "%s", err.msg);
	cr_expect(str_is(buf_slice(&h.text), "a 1 0\nb 2 -1\n"), "%.*s",
		  STR_ARG(buf_slice(&h.text)));
	cr_expect_not(read(STR("<ListBucketResult><Contents><Key>a</Key><LastModified>"
			       "1970-01-01T00:00:00Z</LastModified></Contents><Contents>"
			       "<Key>b</Key></Contents></ListBucketResult>"),
			   1, &h, a, &out, &err),
		      "the second has none");
}
