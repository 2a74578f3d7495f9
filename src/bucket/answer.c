#include "bucket/answer.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/utc.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

/* expat 2.9 deprecates the names of before, where 2.5 has no others. */
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
#define current_line XML_GetCurrentLineNumber64
#define current_column XML_GetCurrentColumnNumber64
#else
#define current_line XML_GetCurrentLineNumber
#define current_column XML_GetCurrentColumnNumber
#endif

/* S3's elements are nested four deep at most, and the longest name that we know has 23 bytes. */
#define MOST_DEPTH 8
#define NAME_SIZE 24

struct s3_answer {
	XML_Parser parser;
	struct arena *arena; /* of what is kept */
	struct s3_listener listener;
	struct s3_result result;
	struct err err;
	bool any;
	size_t depth;
	char names[MOST_DEPTH][NAME_SIZE]; /* of the elements that are open; "" for a longer one */
	struct buf text;		   /* of the innermost, on the heap */
	struct buf key;
	struct s3_object object; /* that is being read */
	bool has_modified;
};

static void refuse(struct s3_answer *x, enum err_code code, const char *why)
{
	if (x->err.code == E_OK)
		err_set(&x->err, code, "%s", why);
	XML_StopParser(x->parser, XML_FALSE);
}

static void on_begin(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct s3_answer *x = ctx;
	size_t len = strlen(name);

	(void)attributes;
	if (x->depth == MOST_DEPTH) {
		refuse(x, E_SYNTAX, "elements are nested deeper than S3 has them");
		return;
	}
	memcpy(x->names[x->depth], name, len < NAME_SIZE ? len + 1 : 0);
	if (len >= NAME_SIZE)
		x->names[x->depth][0] = '\0';
	if (!x->depth)
		x->result.root = arena_str(x->arena, str_from(x->names[0]));
	x->depth++;
	x->text.len = 0;
	if (!strcmp(name, "Contents")) {
		x->object = (struct s3_object){.size = 0};
		x->has_modified = false;
		x->key.len = 0;
	}
}

static void on_text(void *ctx, const XML_Char *text, int len)
{
	struct s3_answer *x = ctx;

	if (x->text.len + (size_t)len > LIMIT_KEY_BYTES)
		refuse(x, E_LIMIT, "a text is longer than keys may be");
	else
		buf_add(&x->text, text, (size_t)len);
}

static void read_size(struct s3_answer *x, struct str text)
{
	int64_t size;

	if (!str_to_i64(text, &size) || size < 0)
		refuse(x, E_SYNTAX, "a Size that is none");
	else
		x->object.size = (uint64_t)size;
}

static void tell_object(struct s3_answer *x)
{
	x->object.key = buf_slice(&x->key);
	if (!x->key.len || !x->has_modified)
		refuse(x, E_SYNTAX, "an object without Key or LastModified");
	else if (x->listener.object && !x->listener.object(x->listener.ctx, &x->object))
		refuse(x, E_VALUE, "the reading was ended");
}

static void in_contents(struct s3_answer *x, const char *name, struct str text)
{
	if (!strcmp(name, "Key")) {
		buf_str(&x->key, text);
	} else if (!strcmp(name, "Size")) {
		read_size(x, text);
	} else if (!strcmp(name, "StorageClass")) {
		x->object.cold = str_is(text, "GLACIER") || str_is(text, "DEEP_ARCHIVE");
	} else if (!strcmp(name, "LastModified")) {
		x->has_modified = utc_parse(text, &x->object.modified);
		if (!x->has_modified)
			refuse(x, E_SYNTAX, "a LastModified that is no time");
	}
}

static void in_listing(struct s3_answer *x, const char *name, struct str text)
{
	if (!strcmp(name, "Contents"))
		tell_object(x);
	else if (!strcmp(name, "IsTruncated"))
		x->result.truncated = str_is(text, "true");
	else if (!strcmp(name, "NextContinuationToken"))
		x->result.token = arena_str(x->arena, text);
}

static void in_error(struct s3_answer *x, const char *name, struct str text)
{
	struct str *kept = !strcmp(name, "Code")      ? &x->result.code
			   : !strcmp(name, "Message") ? &x->result.message
			   : !strcmp(name, "Region")  ? &x->result.region
						      : NULL;

	if (kept && !kept->len) /* of several errors the first */
		*kept = arena_str(x->arena, text);
}

static void in_retention(struct s3_answer *x, const char *name, struct str text)
{
	int64_t each = !strcmp(name, "Days") ? 1 : !strcmp(name, "Years") ? 365 : 0, count;

	if (!each)
		return;
	if (!str_to_i64(text, &count) || count < 0 || count > INT32_MAX)
		refuse(x, E_SYNTAX, "a retention that is no number of days or years");
	else
		x->result.days = count * each;
}

/* Of a bucket: its versioning, or whether its objects can be locked. */
static bool is_switch(const char *around, const char *name)
{
	return (!strcmp(around, "VersioningConfiguration") && !strcmp(name, "Status")) ||
	       (!strcmp(around, "ObjectLockConfiguration") && !strcmp(name, "ObjectLockEnabled"));
}

static void on_end(void *ctx, const XML_Char *name)
{
	struct s3_answer *x = ctx;
	struct str text = buf_slice(&x->text);
	const char *around = x->depth > 1 ? x->names[x->depth - 2] : "";

	x->depth--;
	if (!strcmp(around, "Contents"))
		in_contents(x, name, text);
	else if (!strcmp(around, "ListBucketResult"))
		in_listing(x, name, text);
	else if (!strcmp(around, "Error"))
		in_error(x, name, text);
	else if (!strcmp(around, "DeleteResult"))
		x->result.deleted += !strcmp(name, "Deleted");
	else if (is_switch(around, name))
		x->result.enabled = str_is(text, "Enabled");
	else if (!strcmp(around, "DefaultRetention"))
		in_retention(x, name, text);
	else if (!strcmp(around, "CommonPrefixes") && !strcmp(name, "Prefix") &&
		 x->listener.prefix && !x->listener.prefix(x->listener.ctx, text))
		refuse(x, E_VALUE, "the reading was ended");
	x->text.len = 0;
}

/* S3 sends none; its entities could make much of little. */
static void on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
		       const XML_Char *public, int has_subset)
{
	(void)name, (void)system, (void)public, (void)has_subset;
	refuse(ctx, E_SYNTAX, "a DOCTYPE");
}

struct s3_answer *s3_answer_new(const struct s3_listener *listener, struct arena *a)
{
	struct s3_answer *x = calloc(1, sizeof *x);

	if (!x)
		out_of_memory(sizeof *x);
	x->parser = XML_ParserCreate(NULL);
	if (!x->parser)
		out_of_memory(0);
	x->listener = *listener;
	x->arena = a;
	x->result = (struct s3_result){.root = STR_EMPTY};
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_begin, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	return x;
}

void s3_answer_free(struct s3_answer *x)
{
	if (!x)
		return;
	XML_ParserFree(x->parser);
	buf_release(&x->text);
	buf_release(&x->key);
	free(x);
}

static bool parse(struct s3_answer *x, struct str bytes, bool last)
{
	if (x->err.code != E_OK)
		return false;
	if (XML_Parse(x->parser, bytes.ptr, (int)bytes.len, last) == XML_STATUS_OK &&
	    x->err.code == E_OK)
		return true;
	if (x->err.code == E_OK) /* else it was us who stopped it */
		err_at(&x->err, E_SYNTAX, (uint32_t)current_line(x->parser),
		       (uint32_t)current_column(x->parser) + 1, "no XML that S3 sends: %s",
		       XML_ErrorString(XML_GetErrorCode(x->parser)));
	return false;
}

bool s3_answer_take(struct s3_answer *x, struct str bytes)
{
	x->any |= bytes.len > 0;
	BUG_IF(bytes.len > LIMIT_BODY_BYTES); /* libcurl hands over some kB */
	return parse(x, bytes, false);
}

bool s3_answer_end(struct s3_answer *x, struct s3_result *out, struct err *err)
{
	bool ok = !x->any || parse(x, STR_EMPTY, true);

	if (ok)
		*out = x->result;
	else
		*err = x->err;
	return ok;
}
