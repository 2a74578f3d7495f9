#include "probe/settings.h"

#include "base/json.h"
#include "cnpg/location.h"
#include "cnpg/object.h"
#include "cnpg/secret.h"
#include "facts/store.h"

/* One that was read: the keys of a store stand in one Secret, mostly. */
struct read_secret {
	struct str name;
	struct obj root;
	struct read_secret *next;
};

struct reading {
	const struct settings_source *from;
	struct arena *arena;
	struct settings *out;
	struct read_secret *secrets;
};

static bool no_use(struct reading *r, const char *why)
{
	r->out->unasked = str_from(why);
	return true;
}

static bool find_secret(struct reading *r, struct str name, struct obj *out, struct err *err)
{
	const struct settings_source *from = r->from;
	struct read_secret *s = r->secrets;

	while (s && !str_eq(s->name, name))
		s = s->next;
	if (!s) {
		s = ARENA_NEW(r->arena, struct read_secret);
		s->name = name;
		if (!object_is_name(name))
			return err_set(err, E_VALUE, "no Secret is called \"%.*s\"", STR_ARG(name));
		if (!from->secrets->read(from->secrets->ctx, from->namespace, name, r->arena,
					 &s->root, err))
			return false;
		s->next = r->secrets;
		r->secrets = s;
	}
	*out = s->root;
	return true;
}

/* Of a header, or of a file: `file` may have lines. */
static bool is_usable(struct str value, bool file)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];

		if (!c || c == 0x7f || (c < ' ' && !file))
			return false;
	}
	return true;
}

/* The value that a selector (name, key) names. One that may be absent leaves `out` as it is. */
static bool read_key(struct reading *r, struct obj selector, bool file, struct str *out,
		     struct err *err)
{
	struct str name = obj_text(selector, "name"), key = obj_text(selector, "key"), value;
	struct obj secret = {0}, at;

	if (!find_secret(r, name, &secret, err))
		return obj_true(selector, "optional", false);
	switch (secret_value(secret, key, r->arena, &value, &at)) {
	case SECRET_ABSENT:
		return obj_true(selector, "optional", false) ||
		       err_set(err, E_VALUE, "Secret %.*s has no key %.*s", STR_ARG(name),
			       STR_ARG(key));
	case SECRET_UNKNOWN:
	case SECRET_NOT_BASE64:
		return err_set(err, E_VALUE, "key %.*s of Secret %.*s cannot be read", STR_ARG(key),
			       STR_ARG(name));
	case SECRET_SET:
		break;
	}
	if (!is_usable(value, file))
		return err_set(
			err, E_VALUE,
			"key %.*s of Secret %.*s has a line break or another control character in its value: it is of no use to Barman Cloud",
			STR_ARG(key), STR_ARG(name));
	*out = value;
	return true;
}

/* The last entry of the name, as the kubelet takes it. */
static struct obj find_env(const struct reading *r, const char *name)
{
	struct obj found = {0};

	for (struct obj e = obj_first(r->from->env); e.node; e = obj_next(e))
		if (str_is(obj_text(e, "name"), name))
			found = e;
	return found;
}

/* boto3 takes a value that is empty as it is, and not as one that is absent. */
static bool is_emptied(const struct reading *r, const char *name)
{
	struct obj found = find_env(r, name);

	return found.node && !obj_at(found, "valueFrom").node && !obj_text(found, "value").len;
}

/* `known` is false for one that comes from something else than a Secret that is read. */
static bool read_env(struct reading *r, const char *name, struct str *out, bool *known,
		     struct err *err)
{
	struct obj found = find_env(r, name), selector = obj_at(found, "valueFrom.secretKeyRef");

	*known = true;
	if (selector.node && !r->from->environment)
		return read_key(r, selector, false, out, err);
	*known = !obj_at(found, "valueFrom").node;
	if (!*known || obj_str(found, "value", out) != OBJ_SET)
		return true;
	*known = !value_is_variable(*out, NULL) && is_usable(*out, false);
	return true;
}

/* A setting that is in no Secret, where it counts. */
static bool read_plain(struct reading *r, const char *name, struct str *out, struct err *err)
{
	bool known;

	if (!read_env(r, name, out, &known, err))
		return false;
	if (!known)
		r->out->unasked = arena_fmt(r->arena, "%s of its Pods is not known here", name);
	return true;
}

/* Of these two the first that is set. */
static bool read_either(struct reading *r, const char *first, const char *second, struct str *out,
			struct err *err)
{
	struct str value = STR_EMPTY;

	if (!read_plain(r, second, out, err) || !read_plain(r, first, &value, err))
		return false;
	if (value.len)
		*out = value;
	return true;
}

/* As Python's urlparse: without tabs and line breaks. */
static struct str without_breaks(struct str text, struct arena *a)
{
	struct buf out = BUF_ARENA(a);

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\t' && text.ptr[i] != '\n' && text.ptr[i] != '\r')
			buf_byte(&out, text.ptr[i]);
	return out.len ? buf_slice(&out) : STR_EMPTY;
}

/* barman 3.20, cloud_providers/aws_s3.py: the host is the bucket, the path goes without the
 * slashes in front of it. */
static bool split_destination(struct str text, struct str *bucket, struct str *path)
{
	struct url url;

	if (!url_split(url_without_front(text), &url) || !str_eq_nocase(url.scheme, STR("s3")) ||
	    !url.host.len || url.port.len || url.userinfo.len)
		return false;
	*bucket = url.host;
	while (str_has_prefix(url.path, STR("/")))
		url.path = str_slice(url.path, 1, url.path.len);
	*path = url.path;
	return true;
}

static bool read_destination(struct reading *r)
{
	struct str text = obj_text(r->from->configuration, "destinationPath");

	if (value_is_placeholder(text, NULL))
		return no_use(r, "its destinationPath is filled in later");
	if (!split_destination(without_breaks(text, r->arena), &r->out->bucket, &r->out->path))
		return no_use(r, "its destinationPath is no s3://BUCKET/PATH");
	return true;
}

static bool read_endpoint(struct reading *r, struct err *err)
{
	struct settings *out = r->out;
	struct url url;

	out->endpoint = obj_text(r->from->configuration, "endpointURL");
	if (!out->endpoint.len &&
	    !read_either(r, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", &out->endpoint, err))
		return false;
	if (!out->endpoint.len || out->unasked.len)
		return true;
	if (value_is_placeholder(out->endpoint, NULL))
		return no_use(r, "its endpointURL is filled in later");
	if (!url_split(out->endpoint, &url) || !url.host.len || url.query.len || url.fragment.len ||
	    (!str_eq_nocase(url.scheme, STR("https")) && !str_eq_nocase(url.scheme, STR("http"))))
		return no_use(r, "its endpointURL is no https://HOST nor http://HOST");
	if (url.userinfo.len)
		return no_use(r, "its endpointURL holds a user name");
	while (str_has_suffix(out->endpoint, STR("/")))
		out->endpoint = str_slice(out->endpoint, 0, out->endpoint.len - 1);
	return true;
}

/* botocore's should_bypass_proxies, by Python's urllib: "*", or names of hosts and domains. */
static bool is_bypassed(struct str no_proxy, struct str host)
{
	struct str rest = no_proxy, name;

	while (no_proxy.len && str_split(&rest, ',', &name)) {
		name = str_trim(name);
		if (str_is(name, "*"))
			return true;
		if (str_has_prefix(name, STR(".")))
			name = str_slice(name, 1, name.len);
		if (!name.len || !str_has_suffix_nocase(host, name))
			continue;
		if (host.len == name.len || host.ptr[host.len - name.len - 1] == '.')
			return true;
	}
	return false;
}

static bool read_proxy(struct reading *r, struct err *err)
{
	bool plain = str_has_prefix_nocase(r->out->endpoint, STR("http:"));
	struct str proxy = STR_EMPTY, none = STR_EMPTY;
	struct url url = {.host = STR("s3.amazonaws.com")};

	if (!read_either(r, plain ? "http_proxy" : "https_proxy",
			 plain ? "HTTP_PROXY" : "HTTPS_PROXY", &proxy, err) ||
	    !read_either(r, "no_proxy", "NO_PROXY", &none, err))
		return false;
	if (r->out->endpoint.len && !url_split(r->out->endpoint, &url))
		return true;
	if (!is_bypassed(none, url.host))
		r->out->proxy = proxy;
	return true;
}

static bool read_ca(struct reading *r, struct err *err)
{
	struct obj selector = obj_at(r->from->configuration, "endpointCA");
	struct str file = STR_EMPTY;

	if (r->from->environment && r->from->environment->ca.len) {
		r->out->ca = r->from->environment->ca;
		return true;
	}
	if (obj_text(selector, "name").len)
		return read_key(r, selector, true, &r->out->ca, err);
	if (!read_plain(r, "AWS_CA_BUNDLE", &file, err))
		return false;
	if (is_emptied(r, "AWS_CA_BUNDLE"))
		return no_use(r, "AWS_CA_BUNDLE of its Pods is empty");
	if (file.len)
		return no_use(r, "AWS_CA_BUNDLE names a file of its Pods");
	return true;
}

/* Each by its variable, and by the reference that wins over it. */
static bool read_keys(struct reading *r, struct err *err)
{
	struct obj credentials = obj_at(r->from->configuration, "s3Credentials");
	bool role = obj_true(credentials, "inheritFromIAMRole", false), known;
	struct s3_keys *keys = &r->out->keys;
	const struct {
		const char *env, *field;
		struct str *out;
	} each[] = {{"AWS_ACCESS_KEY_ID", "accessKeyId", &keys->access_key_id},
		    {"AWS_SECRET_ACCESS_KEY", "secretAccessKey", &keys->secret_access_key},
		    {"AWS_SESSION_TOKEN", "sessionToken", &keys->session_token},
		    {"AWS_DEFAULT_REGION", "region", &keys->region}};

	for (size_t i = 0; i < ARRAY_LEN(each); i++) {
		struct obj selector = obj_at(credentials, each[i].field);

		if (!role && obj_text(selector, "name").len) {
			if (!read_key(r, selector, false, each[i].out, err))
				return false;
			continue;
		}
		if (!read_env(r, each[i].env, each[i].out, &known, err))
			return false;
		if (!known)
			r->out->unasked = arena_fmt(r->arena, "%s of its Pods is not known here",
						    each[i].env);
	}
	if (!keys->region.len && is_emptied(r, "AWS_DEFAULT_REGION"))
		return no_use(r, "AWS_DEFAULT_REGION of its Pods is empty");
	if (keys->access_key_id.len && keys->secret_access_key.len)
		return true;
	return no_use(r, role ? "its keys come from the IAM role of the Pod"
			      : "it names no key and secret key");
}

/* A region goes to the store in clear, and boto3 takes none that is no part of a host's name. */
static bool take_keys(struct reading *r, struct err *err)
{
	const struct probe_environment *environment = r->from->environment;
	struct s3_keys *keys = &r->out->keys;

	if (!environment && !read_keys(r, err))
		return false;
	if (environment) {
		*keys = environment->keys;
		/* both are sent in headers; the secret key is not */
		if (!is_usable(keys->access_key_id, false) ||
		    !is_usable(keys->session_token, false))
			return err_set(
				err, E_VALUE,
				"AWS_ACCESS_KEY_ID or AWS_SESSION_TOKEN has a line break or another control character in its value: it is of no use to Barman Cloud");
		if (!keys->region.len && !read_plain(r, "AWS_DEFAULT_REGION", &keys->region, err))
			return false;
	}
	return !keys->region.len || region_is_label(keys->region) ||
	       err_set(err, E_VALUE, "its region is none that the name of a host can have");
}

static void add_header(struct reading *r, const char *name, struct str value)
{
	struct settings *out = r->out;

	if (value.len)
		out->headers[out->headers_len++] = (struct http_header){name, value};
}

/* What barman-cloud-wal-archive sends along: `--tags k,v` and `--encryption X`. */
static bool read_writing(struct reading *r, struct err *err)
{
	struct obj configuration = r->from->configuration;
	struct str encryption = obj_text(configuration, "wal.encryption"), asked = STR_EMPTY;
	struct buf tags = BUF_ARENA(r->arena);

	r->out->headers = ARENA_ARRAY(r->arena, struct http_header, 2);
	for (struct obj e = obj_first(obj_at(configuration, "tags")); e.node; e = obj_next(e)) {
		buf_text(&tags, tags.len ? "&" : "");
		buf_uri(&tags, obj_key(e), "");
		buf_byte(&tags, '=');
		buf_uri(&tags, obj_text(e, ""), "");
	}
	add_header(r, "x-amz-tagging", buf_slice(&tags));
	if (is_usable(encryption, false))
		add_header(r, "x-amz-server-side-encryption", encryption);
	if (!read_plain(r, "AWS_REQUEST_CHECKSUM_CALCULATION", &asked, err))
		return false;
	r->out->checksum = !str_eq_nocase(asked, STR("when_required"));
	return true;
}

bool settings_read(const struct settings_source *from, struct arena *a, struct settings *out,
		   struct err *err)
{
	struct reading r = {.from = from, .arena = a, .out = out};

	*out = (struct settings){.endpoint = STR_EMPTY,
				 .bucket = STR_EMPTY,
				 .path = STR_EMPTY,
				 .keys = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY},
				 .ca = STR_EMPTY,
				 .proxy = STR_EMPTY,
				 .unasked = STR_EMPTY};
	switch (store_kind(from->configuration)) {
	case STORE_NONE:
		return no_use(&r, "it names no credentials");
	case STORE_GOOGLE:
		return no_use(&r, "Google Cloud Storage is not asked");
	case STORE_AZURE:
		return no_use(&r, "Azure Blob Storage is not asked");
	case STORE_S3:
		break;
	}
	if (!read_destination(&r) || out->unasked.len)
		return true;
	return read_endpoint(&r, err) && (out->unasked.len || read_proxy(&r, err)) &&
	       (out->unasked.len || read_ca(&r, err)) && (out->unasked.len || take_keys(&r, err)) &&
	       (out->unasked.len || read_writing(&r, err));
}

struct str settings_place(struct obj configuration, struct arena *a)
{
	struct str destination = store_url_shown(a, obj_text(configuration, "destinationPath"));
	struct str endpoint = obj_text(configuration, "endpointURL");

	if (!endpoint.len || store_kind(configuration) != STORE_S3)
		return arena_str(a, destination);
	return arena_fmt(a, "%.*s at %.*s", STR_ARG(destination),
			 STR_ARG(store_url_shown(a, endpoint)));
}

static void write_resource(struct buf *out, struct str bucket, struct str path)
{
	struct json j = JSON(out);
	struct buf name CLEANUP(buf) = {0};

	buf_fmt(&name, "arn:aws:s3:::%.*s%.*s", STR_ARG(bucket), STR_ARG(path));
	buf_text(out, "      \"Resource\": ");
	json_str(&j, buf_slice(&name));
	buf_text(out, "\n    }");
}

bool settings_iam_policy(struct obj configuration, struct arena *a, struct buf *out)
{
	struct str text = without_breaks(obj_text(configuration, "destinationPath"), a);
	struct str bucket, path;

	if (store_kind(configuration) != STORE_S3 || value_is_placeholder(text, NULL) ||
	    !split_destination(text, &bucket, &path))
		return false;
	while (str_has_suffix(path, STR("/")))
		path = str_slice(path, 0, path.len - 1);
	buf_text(out, "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n");
	buf_text(out, "      \"Effect\": \"Allow\",\n      \"Action\": \"s3:ListBucket\",\n");
	write_resource(out, bucket, STR_EMPTY);
	buf_text(out, ",\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": [");
	buf_text(out, "\"s3:GetObject\", \"s3:PutObject\", \"s3:DeleteObject\"],\n");
	write_resource(out, bucket, arena_fmt(a, "%s%.*s/*", path.len ? "/" : "", STR_ARG(path)));
	buf_text(out, "\n  ]\n}\n");
	return true;
}
