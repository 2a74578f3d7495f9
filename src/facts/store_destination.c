/* The destinationPath of one store configuration. */
#include "facts/store.h"

#include "cnpg/location.h"

#define GCS_BROWSER STR("https://console.cloud.google.com/storage/browser/")
#define AZURE_DOMAIN STR("blob.core.windows.net")

static const struct {
	const char *credentials, *form;
	const char *error; /* what barman-cloud prints */
} kinds[] = {
	[STORE_S3] = {"s3Credentials", "s3://BUCKET/PATH", "Invalid s3 URL address"},
	[STORE_GOOGLE] = {"googleCredentials", "gs://BUCKET/PATH",
			  "Google cloud storage URL ... is malformed"},
	[STORE_AZURE] = {"azureCredentials", "https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH",
			 "A connection string must be provided when using emulated storage URL"},
};

struct destination {
	struct str written, text; /* text: without what urlparse drops */
	struct str shown;	  /* without what may be a secret, a query or user info */
	struct url url;
	bool is_url;
	enum store_kind form; /* of the text; STORE_NONE when of none */
};

/* The scheme in any case: Python's urlparse lowers it. Google's prefix is compared as it stands. */
static enum store_kind form_of(const struct destination *d)
{
	if (str_has_prefix(d->text, STR("gs://")) || str_has_prefix(d->text, GCS_BROWSER))
		return STORE_GOOGLE;
	if (!d->is_url)
		return STORE_NONE;
	if (str_eq_nocase(d->url.scheme, STR("s3")))
		return STORE_S3;
	return str_has_suffix(d->url.host, AZURE_DOMAIN) ? STORE_AZURE : STORE_NONE;
}

/* Blanks and control characters in front, tabs and line breaks anywhere. */
static bool is_dropped(struct str text, size_t at)
{
	char c = text.ptr[at];

	return c == '\t' || c == '\n' || c == '\r' || at < text.len - url_without_front(text).len;
}

static struct str as_read(const struct rule_ctx *c, struct str text)
{
	struct buf out = BUF_ARENA(c->arena);

	for (size_t i = 0; i < text.len; i++)
		if (!is_dropped(text, i))
			buf_byte(&out, text.ptr[i]);
	return out.len ? buf_slice(&out) : STR_EMPTY;
}

static bool read_destination(const struct rule_ctx *c, struct obj configuration,
			     struct destination *out)
{
	*out = (struct destination){0};
	if (obj_str(configuration, "destinationPath", &out->written) != OBJ_SET ||
	    value_is_placeholder(out->written, NULL))
		return false;
	out->text = as_read(c, out->written);
	out->is_url = url_split(out->text, &out->url);
	out->form = form_of(out);
	out->shown = store_url_shown(c->arena, out->text);
	return true;
}

/* White space works; what stands in the bucket's name is refused with it. */
static void stray_blank(const struct rule_ctx *c, struct obj configuration,
			const struct destination *d)
{
	for (size_t i = 0; i < d->written.len; i++) {
		unsigned char byte = (unsigned char)d->written.ptr[i];
		struct finding *f;

		if (byte > ' ' && byte != 0x7f)
			continue;
		f = finding_add(c, configuration, "destinationPath",
				byte == ' ' ? "destinationPath holds a blank"
					    : "destinationPath holds a control character");
		if (is_dropped(d->written, i))
			finding_effect(
				c, f,
				"barman-cloud drops it without a word: the archive lies where it would without");
		else
			finding_effect(
				c, f,
				"it becomes part of every key, which other tools read differently or not at all");
		finding_fix(c, f, "destinationPath without blanks, tabs and line breaks");
		finding_at_most(f, SEV_WARN);
		return;
	}
}

/* What urlparse takes for something else than the path. */
static bool has_query(const struct rule_ctx *c, struct obj configuration,
		      const struct destination *d)
{
	struct finding *f;

	for (size_t i = 0; i < d->text.len; i++) {
		char byte = d->text.ptr[i];

		if (byte != '?' && byte != '#')
			continue;
		f = finding_add(c, configuration, "destinationPath", "destinationPath holds a '%c'",
				byte);
		finding_effect(c, f, "barman-cloud drops it and all that follows without a word");
		finding_fix(c, f, "destinationPath: %.*s",
			    STR_ARG(str_slice(d->shown, 0, i < d->shown.len ? i : d->shown.len)));
		finding_confidential(f); /* may be a signed URL */
		return true;
	}
	return false;
}

/* What was left out of `shown` must not appear with the line of the file either. */
static void keep_quiet(struct finding *f, const struct destination *d)
{
	if (!str_eq(d->shown, d->text))
		finding_confidential(f);
}

static struct finding *refused(const struct rule_ctx *c, struct obj configuration,
			       const struct destination *d, enum store_kind kind)
{
	struct finding *f =
		finding_add(c, configuration, "destinationPath", "destinationPath %.*s is not %s",
			    STR_ARG(d->shown), kinds[kind].form);

	finding_effect(c, f, "barman-cloud refuses it: \"%s\"", kinds[kind].error);
	finding_fix(c, f, "destinationPath: %s", kinds[kind].form);
	keep_quiet(f, d);
	return f;
}

/* The part of `path` without slashes in front. */
static struct str relative(struct str path)
{
	while (str_has_prefix(path, STR("/")))
		path = str_slice(path, 1, path.len);
	return path;
}

/* What was most likely meant by a text that is no s3:// URL. */
static void s3_fix(const struct rule_ctx *c, struct finding *f, const struct destination *d)
{
	struct str path = relative(d->is_url ? d->url.path : d->text);
	size_t dot = str_find(d->url.host, STR(".s3"));

	if (!d->is_url) {
		if (str_has_prefix(d->text, STR("/")))
			finding_fix(
				c, f,
				"destinationPath: s3://BUCKET/PATH - barman-cloud knows no directories");
		else if (path.len && !str_has_prefix_nocase(path, STR("s3:")))
			finding_fix(c, f, "destinationPath: s3://%.*s", STR_ARG(path));
	} else if (!str_has_prefix_nocase(d->url.scheme, STR("http"))) {
		finding_fix(c, f, "destinationPath: s3://%.*s%.*s", STR_ARG(d->url.host),
			    STR_ARG(d->url.path));
	} else if (dot != STR_NONE && dot) {
		finding_fix(c, f,
			    "destinationPath: s3://%.*s/%.*s - the host belongs in endpointURL",
			    (int)dot, d->url.host.ptr, STR_ARG(path));
	} else {
		finding_fix(c, f, "destinationPath: s3://%.*s - and endpointURL: %.*s://%.*s%s%.*s",
			    STR_ARG(path.len ? path : STR("BUCKET/PATH")), STR_ARG(d->url.scheme),
			    STR_ARG(d->url.host), d->url.port.len ? ":" : "", STR_ARG(d->url.port));
	}
}

/* botocore: letters, digits, '.', '-', '_', at most 255; or an ARN. */
static bool is_bucket(struct str s)
{
	if (str_has_prefix(s, STR("arn:")))
		return str_contains(s, STR(":accesspoint")) || str_contains(s, STR(":outpost"));
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '.' && c != '-' && c != '_')
			return false;
	}
	return s.len <= 255;
}

/* The rules of S3 beyond those of botocore; NULL: the name keeps them. Stores differ in which they
 * hold, and AWS has buckets that are older than they are. */
static const char *bucket_fault(struct str s)
{
	size_t dots = 0, digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z')
			return "capital letters";
		if (s.ptr[i] == '_')
			return "an underscore";
		dots += s.ptr[i] == '.';
		digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
	}
	if (s.len < 3)
		return "fewer than 3 characters";
	if (s.len > 63)
		return "more than 63 characters";
	if (s.ptr[0] == '.' || s.ptr[0] == '-' || s.ptr[s.len - 1] == '.' ||
	    s.ptr[s.len - 1] == '-')
		return "a dot or hyphen at its beginning or end";
	return dots == 3 && digits == s.len - 3 ? "the form of an IPv4 address" : NULL;
}

static void judge_bucket(const struct rule_ctx *c, struct obj configuration,
			 const struct destination *d, struct str bucket)
{
	bool arn = str_has_prefix(bucket, STR("arn:"));
	const char *fault = arn ? NULL : bucket_fault(bucket);
	struct finding *f;
	struct str host;

	if (arn && store_foreign_host(configuration, &host)) {
		f = finding_add(c, configuration, "destinationPath",
				"destinationPath names an access point beside an endpointURL");
		finding_effect(c, f,
			       "requests go to ACCESSPOINT-ACCOUNT.%.*s, a host that only AWS has",
			       STR_ARG(host));
		finding_fix(c, f,
			    "destinationPath: s3://BUCKET/PATH - or no endpointURL, with AWS");
	} else if (fault) {
		f = finding_add(c, configuration, "destinationPath",
				"destinationPath names the bucket %.*s, which has %s",
				STR_ARG(bucket), fault);
		finding_effect(
			c, f,
			"AWS makes no such bucket, and stores that hold to its rules refuse every request: \"InvalidBucketName\"");
		finding_fix(
			c, f,
			"a bucket of 3 to 63 lower case letters, digits, dots and hyphens - nothing to do where this one exists");
	} else {
		return;
	}
	keep_quiet(f, d);
	finding_at_most(f, SEV_WARN);
}

#define KEY_MOST 1024 /* bytes of a key in S3 */
#define PART_MOST 255 /* of a file's name, on stores that keep keys as files */
/* "/S/wals/0000000100000000/000000010000000000000007" */
#define KEY_REST 49

struct path_fault {
	const char *what; /* NULL: nothing */
	const char *effect;
};

/* Legal in a key, and not kept by stores that keep keys as files. */
static struct path_fault fault_of_part(struct str part, bool last)
{
	static const char collapses[] =
		"it is part of every key: a store on a file system drops it, and then no backup is found again";

	if (str_is(part, ".") || str_is(part, ".."))
		return (struct path_fault){"has a part of dots only", collapses};
	if (!part.len && !last)
		return (struct path_fault){"holds '//'", collapses};
	if (part.len > PART_MOST)
		return (struct path_fault){"has a part of more than 255 bytes",
					   "a store on a file system refuses it"};
	return (struct path_fault){NULL, NULL};
}

static struct path_fault path_fault(struct str path, bool foreign)
{
	struct path_fault fault = {NULL, NULL};
	struct str rest = relative(path), part;

	if (rest.len + KEY_REST > KEY_MOST)
		return (struct path_fault){
			"is too long for a key of 1024 bytes",
			"S3 takes no longer keys: no WAL file and no backup is stored"};
	while (foreign && !fault.what && str_split(&rest, '/', &part))
		fault = fault_of_part(part, !rest.ptr);
	return fault;
}

static void judge_path(const struct rule_ctx *c, struct obj configuration,
		       const struct destination *d)
{
	struct str host;
	struct path_fault fault = path_fault(d->url.path, store_foreign_host(configuration, &host));
	struct finding *f;

	if (!fault.what)
		return;
	f = finding_add(c, configuration, "destinationPath", "destinationPath %s", fault.what);
	finding_effect(c, f, "%s", fault.effect);
	finding_fix(c, f, "a path of plain, short parts: s3://BUCKET/PATH");
	finding_at_most(f, SEV_WARN);
}

static void s3_form(const struct rule_ctx *c, struct obj configuration, const struct destination *d)
{
	struct str authority, rest = d->text;
	struct finding *f;

	if (d->form != STORE_S3) {
		s3_fix(c, refused(c, configuration, d, STORE_S3), d);
		return;
	}
	rest = str_slice(rest, d->url.scheme.len + 3, rest.len);
	if (!str_split(&rest, '/', &authority) || !authority.len) {
		f = finding_add(c, configuration, "destinationPath",
				"destinationPath %.*s has no bucket", STR_ARG(d->shown));
		finding_effect(c, f, "barman-cloud refuses it: \"%s\"", kinds[STORE_S3].error);
		finding_fix(c, f, "destinationPath: s3://%.*s",
			    STR_ARG(relative(d->url.path).len ? relative(d->url.path)
							      : STR("BUCKET/PATH")));
	} else if (d->url.userinfo.len) {
		f = finding_add(c, configuration, "destinationPath",
				"destinationPath holds user information before its '@'");
		finding_effect(c, f,
			       "all of it is taken as the bucket's name, which botocore refuses");
		finding_fix(c, f,
			    "destinationPath: s3://BUCKET/PATH - s3Credentials name the Secret");
		finding_confidential(f);
	} else if (!is_bucket(authority)) {
		f = finding_add(c, configuration, "destinationPath",
				"destinationPath names the bucket %.*s, which is no bucket name",
				STR_ARG(authority));
		finding_effect(c, f, "botocore refuses it: \"Invalid bucket name\"");
		if (d->url.port.len && relative(d->url.path).len &&
		    !str_has_prefix(authority, STR("arn:")))
			finding_fix(c, f,
				    "destinationPath: s3://%.*s - the host belongs in endpointURL",
				    STR_ARG(relative(d->url.path)));
		else
			finding_fix(c, f, "destinationPath: s3://BUCKET/PATH");
	} else {
		judge_bucket(c, configuration, d, authority);
		judge_path(c, configuration, d);
		stray_blank(c, configuration, d);
	}
}

static void google_form(const struct rule_ctx *c, struct obj configuration,
			const struct destination *d)
{
	struct str bucket = d->url.host;
	struct finding *f;

	if (d->form != STORE_GOOGLE) {
		refused(c, configuration, d, STORE_GOOGLE);
		return;
	}
	if (str_has_prefix(d->text, GCS_BROWSER))
		bucket = str_slice(d->text, GCS_BROWSER.len, d->text.len);
	if (bucket.len && bucket.ptr[0] != '/')
		return;
	f = finding_add(c, configuration, "destinationPath", "destinationPath %.*s has no bucket",
			STR_ARG(d->shown));
	finding_effect(c, f, "barman-cloud refuses it: \"Bucket name not found\"");
	finding_fix(c, f, "destinationPath: gs://BUCKET/PATH");
}

/* ACCOUNT.blob.core.DOMAIN of a cloud of its own: barman-cloud knows the public one alone, and
 * takes these for the emulator, as long as a connection string says where they are. */
static bool is_sovereign(struct str host, struct str *account, struct str *suffix)
{
	static const struct str domains[] = {STR_INIT("core.usgovcloudapi.net"),
					     STR_INIT("core.chinacloudapi.cn"),
					     STR_INIT("core.cloudapi.de")};
	size_t dot = str_find_byte(host, '.');

	for (size_t i = 0; i < ARRAY_LEN(domains) && dot != STR_NONE; i++) {
		*account = str_slice(host, 0, dot);
		*suffix = domains[i];
		if (str_has_prefix(str_slice(host, dot, host.len), STR(".blob.")) &&
		    str_eq_nocase(str_slice(host, dot + STR(".blob.").len, host.len), domains[i]))
			return true;
	}
	return false;
}

static void sovereign(const struct rule_ctx *c, struct obj configuration,
		      const struct destination *d)
{
	struct str account, suffix;
	struct buf own = BUF_ARENA(c->arena);
	struct finding *f;

	if (!is_sovereign(d->url.host, &account, &suffix))
		return;
	buf_fmt(&own, "/%.*s/", STR_ARG(account));
	bool has = str_has_prefix(d->url.path, buf_slice(&own));
	f = finding_add(
		c, configuration, "destinationPath",
		"destinationPath %.*s is of a sovereign cloud, and connectionString is not set",
		STR_ARG(d->shown));
	finding_effect(c, f, "barman-cloud refuses it: \"%s\"", kinds[STORE_AZURE].error);
	finding_fix(
		c, f,
		"azureCredentials: {connectionString: ...} with EndpointSuffix=%.*s, and destinationPath: https://%.*s%s%.*s%.*s",
		STR_ARG(suffix), STR_ARG(d->url.host), has ? "" : "/",
		STR_ARG(has ? STR_EMPTY : account), STR_ARG(d->url.path));
	keep_quiet(f, d);
}

/* Other hosts are taken for the emulator: https://HOST/ACCOUNT/CONTAINER, with connectionString. */
static void azure_form(const struct rule_ctx *c, struct obj configuration,
		       const struct destination *d)
{
	struct str rest = d->url.path, segment = STR_EMPTY;
	size_t wanted = d->form == STORE_AZURE ? 1 : 2;
	bool connection =
		obj_type(obj_at(configuration, "azureCredentials.connectionString")) == OBJ_MAP;
	struct finding *f;

	if (!d->is_url || (d->form != STORE_AZURE && !connection)) {
		if (d->is_url && is_sovereign(d->url.host, &segment, &rest))
			sovereign(c, configuration, d);
		else
			refused(c, configuration, d, STORE_AZURE);
		return;
	}
	for (size_t i = 0; i <= wanted; i++)
		if (!str_split(&rest, '/', &segment))
			segment = STR_EMPTY;
	if (segment.len)
		return;
	f = finding_add(c, configuration, "destinationPath",
			"destinationPath %.*s has no container", STR_ARG(d->shown));
	finding_effect(c, f, "barman-cloud takes the %s part of the path as the container",
		       wanted == 1 ? "first" : "second");
	finding_fix(c, f, "destinationPath: %s",
		    wanted == 1 ? kinds[STORE_AZURE].form : "https://HOST/ACCOUNT/CONTAINER/PATH");
}

/* A form that belongs to other credentials is the business of the mismatch rule. */
void store_destination_invalid(const struct rule_ctx *c, struct obj configuration)
{
	enum store_kind kind = store_kind(configuration);
	struct destination d;

	if (!read_destination(c, configuration, &d) || has_query(c, configuration, &d))
		return;
	if (kind == STORE_NONE && !d.form && c->object->part)
		return; /* the credentials say which form is right */
	if (kind == STORE_NONE)
		kind = d.form ? d.form : STORE_S3;
	if (d.form && d.form != kind)
		return;
	if (kind == STORE_S3)
		s3_form(c, configuration, &d);
	else if (kind == STORE_GOOGLE)
		google_form(c, configuration, &d);
	else
		azure_form(c, configuration, &d);
	if (kind != STORE_S3)
		stray_blank(c, configuration, &d);
}

void store_destination_mismatch(const struct rule_ctx *c, struct obj configuration)
{
	enum store_kind kind = store_kind(configuration);
	struct destination d;
	struct finding *f;

	if (!kind || !read_destination(c, configuration, &d) || !d.form || d.form == kind)
		return;
	f = finding_add(c, configuration, "destinationPath",
			"destinationPath %.*s does not go with %s", STR_ARG(d.shown),
			kinds[kind].credentials);
	finding_effect(c, f, "barman-cloud refuses it: \"%s\"", kinds[kind].error);
	finding_fix(c, f, "destinationPath: %s - or %s in place of %s", kinds[kind].form,
		    kinds[d.form].credentials, kinds[kind].credentials);
	keep_quiet(f, &d);
}
