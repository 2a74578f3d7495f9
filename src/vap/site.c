/* The stores of a site: names, places, endpoints, Secrets. A store of a policy is told by the name
 * of the ObjectStore; what {app} is, too. */
#include "internal.h"

#include "base/limits.h"
#include "cnpg/location.h"

#include <string.h>

#define ANY_NAME "[^/]+"

/* What stands for the placeholders of a template: CEL of a text; NULL: any name. */
struct bindings {
	const char *app, *namespace, *cluster;
};

enum { PLACEHOLDERS = 3 };
/* Ends with the text that stands for none. */
static const char *const placeholders[PLACEHOLDERS + 1] = {"{app}", "{namespace}", "{cluster}", ""};

static const char *bound(const struct bindings *b, size_t which)
{
	const char *const of[] = {b->app, b->namespace, b->cluster};

	return of[which];
}

static size_t count(struct str text, const char *part)
{
	size_t found = 0, at;

	while ((at = str_find(text, str_from(part))) != STR_NONE) {
		text = str_slice(text, at + strlen(part), text.len);
		found++;
	}
	return found;
}

/* The next placeholder of `text`, which it is; PLACEHOLDERS when there is none. */
static size_t next_placeholder(struct str text, size_t *at)
{
	size_t which = PLACEHOLDERS;

	*at = text.len;
	for (size_t i = 0; i < PLACEHOLDERS; i++) {
		size_t found = str_find(text, str_from(placeholders[i]));

		if (found < *at) {
			*at = found;
			which = i;
		}
	}
	return which;
}

/* A name that is free twice must be the same twice, which no regular expression of the API server
 * can say. */
static bool can_match(struct str template, const struct bindings *b)
{
	for (size_t i = 0; i < PLACEHOLDERS; i++)
		if (!bound(b, i) && count(template, placeholders[i]) > 1)
			return false;
	return true;
}

/* The template as a regular expression in CEL; a literal wherever nothing is bound. In a
 * path several slashes are one. */
static void add_template(struct buf *out, struct str template, const struct bindings *b, bool path)
{
	struct buf regex CLEANUP(buf) = {0};

	buf_byte(&regex, '^');
	while (template.len) {
		size_t at, which = next_placeholder(template, &at);
		bool more = which < PLACEHOLDERS;

		for (size_t i = 0; i < at; i++) {
			cel_literal(&regex, str_slice(template, i, i + 1));
			if (path && template.ptr[i] == '/')
				buf_byte(&regex, '+');
		}
		if (more && bound(b, which)) {
			cel_text(out, buf_slice(&regex));
			buf_fmt(out, " + %s.replace('.', '[.]') + ", bound(b, which));
			regex.len = 0;
		} else if (more) {
			buf_text(&regex, ANY_NAME);
		}
		template = str_slice(template, at + strlen(placeholders[which]), template.len);
	}
	buf_text(&regex, path ? "/*$" : "$");
	cel_text(out, buf_slice(&regex));
}

static void match(struct buf *out, const char *value, struct str template, const struct bindings *b)
{
	buf_fmt(out, "%s.matches(", value);
	add_template(out, template, b, false);
	buf_byte(out, ')');
}

static const struct bindings of_store = {.namespace = "o.namespace"};

/* The text of a template with no other placeholder than {namespace}. */
static void add_text(struct buf *out, struct str template)
{
	const char *const hole = placeholders[1];
	size_t at;

	while ((at = str_find(template, str_from(hole))) != STR_NONE) {
		cel_text(out, str_slice(template, 0, at));
		buf_text(out, " + o.namespace + ");
		template = str_slice(template, at + strlen(hole), template.len);
	}
	cel_text(out, template);
}

/* {app} as the name of the ObjectStore has it; empty: the name has none. False: it cannot be told.
 */
static bool app_of(struct str template, struct buf *out)
{
	size_t at = str_find(template, str_from(placeholders[0]));

	if (count(template, placeholders[2]) || count(template, placeholders[0]) > 1)
		return false;
	if (at == STR_NONE)
		return true;
	buf_text(out, "o.name.substring((");
	add_text(out, str_slice(template, 0, at));
	buf_text(out, ").size(), o.name.size() - (");
	add_text(out, str_slice(template, at + strlen(placeholders[0]), template.len));
	buf_text(out, ").size())");
	return true;
}

/* Sentences about an ObjectStore of the store `s`, as a list; {app} is `app`, NULL: any. False:
 * they cannot be said. */
typedef bool judge_fn(const struct store_params *s, const char *app, struct buf *out);

/* An ObjectStore belongs to the first store that its name fits; to the only one in any case.
 * `by_app`: what {app} is, matters. */
static bool of_its_store(const struct policy *p, judge_fn *judge, bool by_app, struct buf *out)
{
	const struct params *params = policy_params(p);

	for (size_t i = 0; i < params->stores_len && (params->stores_len > 1 || by_app); i++) {
		const struct store_params *s = &params->stores[i];
		struct buf app CLEANUP(buf) = {0};

		if (!can_match(s->object_store_name, &of_store) ||
		    !app_of(s->object_store_name, &app))
			return false;
		match(out, "o.name", s->object_store_name, &of_store);
		buf_text(out, " ?\n  ");
		buf_byte(&app, '\0');
		if (!judge(s, app.len > 1 ? app.ptr : NULL, out))
			return false;
		buf_text(out, " :\n  ");
	}
	if (params->stores_len == 1)
		return judge(&params->stores[0], NULL, out);
	buf_text(out, "[]");
	return params->stores_len;
}

/* A path of S3 that is nothing but a path: what differs from it by a port, a query or a user may be
 * the same place. */
static bool is_plain_s3(struct str template)
{
	size_t at, which;

	if (!str_has_prefix(template, STR("s3://")) || count(template, ":") > 1)
		return false;
	do {
		which = next_placeholder(template, &at);
		for (size_t i = 0; i < at; i++) {
			char c = template.ptr[i];

			if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
			    !(c >= '0' && c <= '9') && str_find_byte(STR("._/-:"), c) == STR_NONE)
				return false;
		}
		template = str_slice(template, at + strlen(placeholders[which]), template.len);
	} while (template.len);
	return true;
}

static bool destination_of(const struct store_params *s, const char *app, struct buf *out)
{
	struct bindings b = {.app = app, .namespace = "o.namespace"};

	if (!s->destination_path.len)
		buf_text(out, "[]");
	if (!s->destination_path.len)
		return true;
	buf_text(
		out,
		"[o.configuration.?destinationPath.orValue('')].filter(d, !d.matches(" VAP_PLACEHOLDER
		") &&\n"
		"    (d.matches('^(gs|https?)://') || d.matches('^s3://[A-Za-z0-9._/-]*$')");
	for (size_t i = 0; i < s->destination_path.len; i++) {
		struct str template = s->destination_path.items[i];

		if (!is_plain_s3(template) || !can_match(template, &b))
			return false;
		while (str_has_suffix(template, STR("/")))
			template.len--;
		buf_text(out, " && !d.matches(");
		add_template(out, template, &b, true);
		buf_byte(out, ')');
	}
	buf_text(
		out,
		")).map(d,\n    'spec.configuration.destinationPath: ' + (d.startsWith('s3:') ? d : 'its value') + ' is not where store ");
	struct buf rest CLEANUP(buf) = {0};
	buf_fmt(&rest, "%.*s of the policy keeps backups: ", STR_ARG(s->name));
	for (size_t i = 0; i < s->destination_path.len; i++)
		buf_fmt(&rest, "%s%.*s", i ? " or " : "", STR_ARG(s->destination_path.items[i]));
	buf_text(out, "' + ");
	cel_text(out, buf_slice(&rest));
	buf_byte(out, ')');
	return true;
}

static bool destination(const struct policy *p, struct buf *out)
{
	return of_its_store(p, destination_of, true, out);
}

/* What endpoint_equal finds equal to it, as a regular expression. */
static bool add_endpoint(struct buf *out, struct str endpoint)
{
	struct url u;
	bool https, http;
	struct str host, segment, path;

	if (!url_split(endpoint, &u) || u.userinfo.len || u.query.len || u.fragment.len)
		return false;
	https = str_eq_nocase(u.scheme, STR("https"));
	http = str_eq_nocase(u.scheme, STR("http"));
	host = str_has_suffix(u.host, STR(".")) ? str_slice(u.host, 0, u.host.len - 1) : u.host;
	while (u.port.len > 1 && u.port.ptr[0] == '0')
		u.port = str_slice(u.port, 1, u.port.len);
	buf_text(out, "^(?i:");
	cel_literal(out, u.scheme);
	buf_text(out, "://");
	cel_literal(out, host);
	buf_text(out, "[.]?)");
	if (!u.port.len || (https && str_is(u.port, "443")) || (http && str_is(u.port, "80")))
		buf_text(out, https ? "(:(0*443)?)?" : http ? "(:(0*80)?)?" : "(:)?");
	else
		buf_fmt(out, ":0*%.*s", STR_ARG(u.port));
	for (path = u.path; str_split(&path, '/', &segment);) {
		if (!segment.len)
			continue;
		buf_text(out, "/+");
		cel_literal(out, segment);
	}
	buf_text(out, "/*$");
	return true;
}

/* Without an endpoint, the environment of the sidecar may have one. */
static bool endpoint_of(const struct store_params *s, const char *app, struct buf *out)
{
	struct buf names CLEANUP(buf) = {0}, sentence CLEANUP(buf) = {0};

	(void)app;
	if (!s->endpoint_url.len)
		buf_text(out, "[]");
	if (!s->endpoint_url.len)
		return true;
	buf_text(
		out,
		"[o.configuration.?endpointURL.orValue('')].filter(e, !e.matches(" VAP_PLACEHOLDER
		") && !e.matches('^/|^[^/:]+:/[^/]') &&\n"
		"    (e != '' || !o.spec.?instanceSidecarConfiguration.?env.orValue([]).exists(v, v.name.startsWith('AWS_ENDPOINT_URL')))");
	for (size_t i = 0; i < s->endpoint_url.len; i++) {
		struct buf regex CLEANUP(buf) = {0};

		if (!add_endpoint(&regex, s->endpoint_url.items[i]))
			return false;
		buf_text(out, " &&\n    !e.matches(");
		cel_text(out, buf_slice(&regex));
		buf_byte(out, ')');
		buf_fmt(&names, "%s%.*s", i ? " or " : "", STR_ARG(s->endpoint_url.items[i]));
	}
	buf_text(
		out,
		").map(e,\n    'spec.configuration.endpointURL: ' + (e == '' ? 'is missing' : e.contains('@') ? 'its value' : e) + ");
	buf_fmt(&sentence, ", not that of store %.*s of the policy. Fix: endpointURL: %.*s",
		STR_ARG(s->name), STR_ARG(buf_slice(&names)));
	cel_text(out, buf_slice(&sentence));
	buf_byte(out, ')');
	return true;
}

static bool endpoint(const struct policy *p, struct buf *out)
{
	return of_its_store(p, endpoint_of, false, out);
}

static void add_key(const char *field, struct str wanted, struct buf *out)
{
	if (!wanted.len)
		return;
	buf_fmt(out,
		" +\n    [o.configuration.?s3Credentials.?%s.?key.orValue('')].filter(k, k != '' && k != ",
		field);
	cel_text(out, wanted);
	buf_fmt(out,
		" && !k.matches(" VAP_PLACEHOLDER ")).map(k,\n"
		"      'spec.configuration.s3Credentials.%s.key: ' + k + ' is not that of the store of the policy. Fix: key: ' + ",
		field);
	cel_text(out, wanted);
	buf_byte(out, ')');
}

/* Another Secret than the policy has; no selector is read beside an IAM role. */
static void add_secrets(struct str_list wanted, struct buf *out)
{
	buf_text(
		out,
		"o.configuration.?s3Credentials.?inheritFromIAMRole.orValue(false) ?\n"
		"    ['spec.configuration.s3Credentials.inheritFromIAMRole: takes the credentials of the Pod, where the policy has a Secret'] :\n"
		"  [['s3Credentials', 'accessKeyId'], ['s3Credentials', 'secretAccessKey'], ['s3Credentials', 'region'],\n"
		"    ['s3Credentials', 'sessionToken'], ['azureCredentials', 'connectionString'], ['azureCredentials', 'storageAccount'],\n"
		"    ['azureCredentials', 'storageKey'], ['azureCredentials', 'storageSasToken'],\n"
		"    ['googleCredentials', 'applicationCredentials']].map(f,\n"
		"    [dyn('spec.configuration.' + f[0] + '.' + f[1] + '.name: '), o.configuration[?f[0]][?f[1]].?name.orValue('')])\n"
		"    .filter(f, f[1] != '' && !f[1].matches(" VAP_PLACEHOLDER ") && !(f[1] in ");
	cel_texts(out, wanted);
	buf_text(
		out,
		")).map(f,\n    f[0] + 'Secret ' + f[1] + ' is not that of the store of the policy. Fix: name: ' + ");
	cel_texts(out, wanted);
	buf_text(out, ".join(' or '))");
}

static bool credentials_of(const struct store_params *s, const char *app, struct buf *out)
{
	(void)app;
	buf_byte(out, '(');
	if (s->secret_name.len)
		add_secrets(s->secret_name, out);
	else
		buf_text(out, "[]");
	add_key("accessKeyId", s->access_key_id, out);
	add_key("secretAccessKey", s->secret_access_key, out);
	buf_byte(out, ')');
	return true;
}

static bool credentials(const struct policy *p, struct buf *out)
{
	return of_its_store(p, credentials_of, false, out);
}

/* The names that the policy has for stores, none of which `value` fits. */
static bool no_store(const struct policy *p, const char *value, const struct bindings *b,
		     struct buf *out)
{
	const struct params *params = policy_params(p);

	for (size_t i = 0; i < params->stores_len; i++) {
		struct str template = params->stores[i].object_store_name;

		/* a Cluster may be called otherwise than in the name of its store */
		if (!can_match(template, b) ||
		    (params->cluster_name_aliases_len && count(template, placeholders[2])))
			return false;
		buf_text(out, " &&\n  !");
		match(out, value, template, b);
	}
	return params->stores_len;
}

static void store_names(const struct policy *p, struct buf *out)
{
	const struct params *params = policy_params(p);
	struct buf names CLEANUP(buf) = {0};

	for (size_t i = 0; i < params->stores_len; i++)
		buf_fmt(&names, "%s%.*s", i ? " or " : "",
			STR_ARG(params->stores[i].object_store_name));
	cel_text(out, buf_slice(&names));
}

static bool object_store_name(const struct policy *p, struct buf *out)
{
	buf_text(out, "!o.name.matches(" VAP_PLACEHOLDER ")");
	if (!no_store(p, "o.name", &of_store, out))
		return false;
	buf_text(
		out,
		" ?\n  ['metadata.name: ' + o.name + ' fits no store of the policy. Fix: name: ' + ");
	store_names(p, out);
	buf_text(out, "] : []");
	return true;
}

static bool name_in_cluster(const struct policy *p, struct buf *out)
{
	static const struct bindings of_cluster = {.namespace = "o.namespace", .cluster = "o.name"};

	buf_text(out, "o.store != '' && !o.store.matches(" VAP_PLACEHOLDER ")");
	if (!no_store(p, "o.store", &of_cluster, out))
		return false;
	buf_text(
		out,
		" ?\n  ['spec.plugins: barmanObjectName ' + o.store + ' fits no store of the policy. Fix: barmanObjectName: ' + ");
	store_names(p, out);
	buf_text(out, "] : []");
	return true;
}

static const struct vap_row rows[] = {
	{
		.id = "policy-credentials-secret",
		.of = "stores",
		.most = SEV_DENY,
		.list = credentials,
	},
	{
		.id = "policy-destination",
		.of = "stores",
		.most = SEV_DENY,
		.part = true, /* of paths of other kinds than S3, and with more than a path */
		.list = destination,
	},
	{
		.id = "policy-endpoint",
		.of = "stores",
		.most = SEV_DENY,
		.part = true, /* of the sidecar's environment */
		.list = endpoint,
	},
	{
		.id = "policy-store-name",
		.of = "stores",
		.most = SEV_DENY,
		.list = object_store_name,
	},
	{
		.id = "policy-store-name",
		.of = "clusters",
		.most = SEV_DENY,
		.list = name_in_cluster,
	},
};

const struct vap_rows vap_site_rows = {rows, ARRAY_LEN(rows)};
