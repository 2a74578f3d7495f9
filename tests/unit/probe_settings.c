/* How a store is set up, as the plugin does it: a configuration, the Pod's environment, a Secret.
 */
#include "probe/settings.h"

#include "doc/obj.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define KEYS                                                                                       \
	"'s3Credentials':{'accessKeyId':{'name':'k','key':'id'},'secretAccessKey':{'name':'k','key':'secret'}"
#define AT(path) "'destinationPath':'" path "'," KEYS "}"

static struct obj read(struct arena *a, const char *text)
{
	char *json = strdup(text);
	const struct doc *doc;
	struct err err;

	for (char *c = json; *c; c++)
		if (*c == '\'')
			*c = '"';
	cr_assert(doc_read_json(a, arena_str(a, str_from(json)), &doc, &err), "%s: %s", err.msg,
		  text);
	free(json);
	return doc_root(doc);
}

static bool read_secret(void *ctx, struct str namespace, struct str name, struct arena *a,
			struct obj *out, struct err *err)
{
	cr_expect(str_is(namespace, "app"));
	if (!str_is(name, "k"))
		return err_set(err, E_IO, "no Secret %.*s", STR_ARG(name));
	++*(int *)ctx;
	*out = read(
		a,
		"{'data':{'raw':'%%%'},'stringData':{'id':'ID','secret':'SECRET','token':'TOKEN',"
		"'region':'eu','ca':'PEM\\n','pw':'s3cr_t','bad':'x\\ny','nul':'x\\u0000','empty':''}}");
	return true;
}

struct fixture {
	struct arena *arena;
	struct settings out;
	struct err err;
	int reads;
	bool ok;
};

static void settle(struct fixture *f, const char *configuration, const char *env,
		   const struct probe_environment *environment)
{
	struct buf text = BUF_ARENA(f->arena);
	const struct probe_secrets secrets = {read_secret, &f->reads};

	buf_fmt(&text, "{'c':{%s},'e':[%s]}", configuration, env);
	buf_byte(&text, '\0');
	struct obj root = read(f->arena, text.ptr);
	const struct settings_source from = {.namespace = STR("app"),
					     .configuration = obj_at(root, "c"),
					     .env = obj_at(root, "e"),
					     .secrets = &secrets,
					     .environment = environment};
	f->ok = settings_read(&from, f->arena, &f->out, &f->err);
}

#define EQ(text, wanted)                                                                           \
	cr_expect(str_is((text), (wanted)), "%s: '%.*s' is not '%s'", configuration,               \
		  STR_ARG(text), (wanted))

Test(probe_settings, a_destination_is_split_as_urlparse_does_it)
{
	static const struct {
		const char *configuration, *bucket, *path;
	} cases[] = {
		{AT("s3://pg/app/x"), "pg", "app/x"},	{AT("s3://pg"), "pg", ""},
		{AT("S3://pg///a//b/"), "pg", "a//b/"}, {AT(" s3://pg/a\\nb"), "pg", "ab"},
		{AT("s3://pg/a?q#f"), "pg", "a"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct fixture f = {.arena = a};
		const char *configuration = cases[i].configuration;

		settle(&f, configuration, "", NULL);
		cr_expect(f.ok && !f.out.unasked.len, "%s", configuration);
		EQ(f.out.bucket, cases[i].bucket);
		EQ(f.out.path, cases[i].path);
		EQ(f.out.keys.access_key_id, "ID");
		EQ(f.out.keys.secret_access_key, "SECRET");
		EQ(f.out.endpoint, "");
		cr_expect_eq(f.reads, 1, "a Secret is read once");
	}
}

Test(probe_settings, what_nobody_can_ask_says_why)
{
#define AT_HOST(url) "'endpointURL':'" url "'," AT("s3://pg")
	static const struct {
		const char *configuration, *env, *why;
	} cases[] = {
		{"'destinationPath':'s3://pg'", "", "it names no credentials"},
		{"'azureCredentials':{}", "", "Azure Blob Storage is not asked"},
		{"'googleCredentials':{}", "", "Google Cloud Storage is not asked"},
		{AT("${WHERE}"), "", "its destinationPath is filled in later"},
		{AT("gs://pg"), "", "its destinationPath is no s3://BUCKET/PATH"},
		{AT("s3:///x"), "", "its destinationPath is no s3://BUCKET/PATH"},
		{AT("s3://me@pg/x"), "", "its destinationPath is no s3://BUCKET/PATH"},
		{AT("s3://pg:80/x"), "", "its destinationPath is no s3://BUCKET/PATH"},
		{AT_HOST("${WHERE}"), "", "its endpointURL is filled in later"},
		{AT_HOST("minio:9000"), "", "its endpointURL is no https://HOST nor http://HOST"},
		{AT_HOST("ftp://minio"), "", "its endpointURL is no https://HOST nor http://HOST"},
		{AT_HOST("https://minio?x"), "",
		 "its endpointURL is no https://HOST nor http://HOST"},
		{AT_HOST("https://minio#x"), "",
		 "its endpointURL is no https://HOST nor http://HOST"},
		{AT_HOST("https://me:pw@minio"), "", "its endpointURL holds a user name"},
		{"'destinationPath':'s3://pg','s3Credentials':{}", "",
		 "it names no key and secret key"},
		{"'destinationPath':'s3://pg','s3Credentials':{'accessKeyId':{'name':'k','key':'id'}}",
		 "", "it names no key and secret key"},
		{"'destinationPath':'s3://pg','s3Credentials':{'inheritFromIAMRole':true,'accessKeyId':{'name':'k','key':'id'}}",
		 "", "its keys come from the IAM role of the Pod"},
		{AT("s3://pg"),
		 "{'name':'AWS_DEFAULT_REGION','valueFrom':{'configMapKeyRef':{'name':'m','key':'r'}}}",
		 "AWS_DEFAULT_REGION of its Pods is not known here"},
		{AT("s3://pg"), "{'name':'AWS_ENDPOINT_URL','value':'${URL}'}",
		 "AWS_ENDPOINT_URL of its Pods is not known here"},
		{AT("s3://pg"), "{'name':'AWS_CA_BUNDLE','value':'/ca.crt'}",
		 "AWS_CA_BUNDLE names a file of its Pods"},
		{AT("s3://pg"), "{'name':'AWS_CA_BUNDLE','value':''}",
		 "AWS_CA_BUNDLE of its Pods is empty"},
		{AT("s3://pg"), "{'name':'AWS_DEFAULT_REGION'}",
		 "AWS_DEFAULT_REGION of its Pods is empty"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct fixture f = {.arena = a};
		const char *configuration = cases[i].configuration;

		settle(&f, configuration, cases[i].env, NULL);
		cr_expect(f.ok, "%s", configuration);
		EQ(f.out.unasked, cases[i].why);
	}
}

Test(probe_settings, references_win_over_the_environment)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct fixture f = {.arena = a};
	const char *configuration =
		"'endpointURL':'https://minio:9000//','endpointCA':{'name':'k','key':'ca'},"
		"'destinationPath':'s3://pg'," KEYS
		",'region':{'name':'k','key':'region'},'sessionToken':{'name':'k','key':'token'}}";

	settle(&f, configuration,
	       "{'name':'AWS_ACCESS_KEY_ID','value':'other'},{'name':'AWS_DEFAULT_REGION','value':'us'},"
	       "{'name':'AWS_ENDPOINT_URL','value':'https://other'},{'name':'AWS_CA_BUNDLE','value':'/x'}",
	       NULL);
	cr_assert(f.ok && !f.out.unasked.len);
	EQ(f.out.endpoint, "https://minio:9000");
	EQ(f.out.ca, "PEM\n");
	EQ(f.out.keys.access_key_id, "ID");
	EQ(f.out.keys.session_token, "TOKEN");
	EQ(f.out.keys.region, "eu");
}

Test(probe_settings, what_no_reference_says_is_that_of_the_environment)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct fixture f = {.arena = a};
	const char *configuration =
		"'destinationPath':'s3://pg','s3Credentials':{'inheritFromIAMRole':true}";

	settle(&f, configuration,
	       "{'name':'AWS_ACCESS_KEY_ID','value':'first'},{'name':'AWS_ACCESS_KEY_ID','value':'A'},"
	       "{'name':'AWS_SECRET_ACCESS_KEY','valueFrom':{'secretKeyRef':{'name':'k','key':'secret'}}},"
	       "{'name':'AWS_SESSION_TOKEN','valueFrom':{'secretKeyRef':{'name':'k','key':'none','optional':true}}},"
	       "{'name':'AWS_DEFAULT_REGION','value':'us'},"
	       "{'name':'AWS_ENDPOINT_URL','value':'https://all'},{'name':'AWS_ENDPOINT_URL_S3','value':'https://s3'}",
	       NULL);
	cr_assert(f.ok && !f.out.unasked.len, "%.*s", STR_ARG(f.out.unasked));
	EQ(f.out.keys.access_key_id, "A");
	EQ(f.out.keys.secret_access_key, "SECRET");
	EQ(f.out.keys.session_token, "");
	EQ(f.out.keys.region, "us");
	EQ(f.out.endpoint, "https://s3");
}

Test(probe_settings, what_of_a_secret_cannot_be_used_is_an_error_that_does_not_show_it)
{
	static const struct {
		const char *configuration, *why;
	} cases[] = {
#define REGION(name, key)                                                                          \
	"'destinationPath':'s3://pg'," KEYS ",'region':{'name':'" name "','key':'" key "'}}"
		{REGION("k", "none"), "Secret k has no key none"},
		{REGION("other", "x"), "no Secret other"},
		{REGION("k", "raw"), "key raw of Secret k cannot be read"},
		{REGION("../x", "x"), "no Secret is called \"../x\""},
		{REGION("k", "pw"), "its region is none that the name of a host can have"},
		{REGION("k", "bad"),
		 "key bad of Secret k has a line break or another control character in its value: it is of no use to Barman Cloud"},
		{"'endpointCA':{'name':'k','key':'nul'}," AT("s3://pg"),
		 "key nul of Secret k has a line break or another control character in its value: it is of no use to Barman Cloud"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct fixture f = {.arena = a};
		const char *configuration = cases[i].configuration;

		settle(&f, configuration, "", NULL);
		cr_expect(!f.ok, "%s", configuration);
		EQ(str_from(f.err.msg), cases[i].why);
	}
}

Test(probe_settings, a_secret_that_is_not_there_is_an_error_whatever_it_is_for)
{
	static const struct {
		const char *variable, *endpoint;
	} cases[] = {
		{"AWS_ENDPOINT_URL_S3", ""},
		{"AWS_ENDPOINT_URL", ""},
		{"HTTPS_PROXY", "'endpointURL':'https://minio',"},
		{"https_proxy", ""},
		{"HTTP_PROXY", "'endpointURL':'http://minio',"},
		{"no_proxy", ""},
		{"NO_PROXY", ""},
		{"AWS_CA_BUNDLE", ""},
		{"AWS_DEFAULT_REGION", ""},
		{"AWS_REQUEST_CHECKSUM_CALCULATION", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct fixture f = {.arena = a};
		struct str text = arena_fmt(a, "%s" AT("s3://pg"), cases[i].endpoint);
		struct str env = arena_fmt(
			a, "{'name':'%s','valueFrom':{'secretKeyRef':{'name':'gone','key':'x'}}}",
			cases[i].variable);
		const char *configuration = cases[i].variable;

		settle(&f, text.ptr, env.ptr, NULL);
		cr_expect(!f.ok, "%s", configuration);
		EQ(str_from(f.err.msg), "no Secret gone");
	}
}

Test(probe_settings, a_proxy_is_that_of_the_scheme_but_for_hosts_that_need_none)
{
#define PROXIES                                                                                    \
	"{'name':'HTTPS_PROXY','value':'http://p:1'},{'name':'HTTP_PROXY','value':'http://q:2'},"
	static const struct {
		const char *url, *env, *proxy;
	} cases[] = {
		{"https://minio.lan", PROXIES "{}", "http://p:1"},
		{"http://minio.lan", PROXIES "{}", "http://q:2"},
		{"", PROXIES "{}", "http://p:1"},
		{"https://minio.lan", PROXIES "{'name':'https_proxy','value':'http://r:3'}",
		 "http://r:3"},
		{"https://minio.lan", PROXIES "{'name':'NO_PROXY','value':'x, minio.lan'}", ""},
		{"https://minio.lan", PROXIES "{'name':'NO_PROXY','value':'.LAN'}", ""},
		{"https://minio.lan", PROXIES "{'name':'NO_PROXY','value':'*'}", ""},
		{"https://minio.lan", PROXIES "{'name':'NO_PROXY','value':'nio.lan,,an'}",
		 "http://p:1"},
		{"", PROXIES "{'name':'NO_PROXY','value':'amazonaws.com'}", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct fixture f = {.arena = a};
		struct str text = arena_fmt(a, "'endpointURL':'%s'," AT("s3://pg"), cases[i].url);
		const char *configuration = cases[i].env;

		settle(&f, text.ptr, cases[i].env, NULL);
		cr_expect(f.ok && !f.out.unasked.len, "%s", cases[i].env);
		EQ(f.out.proxy, cases[i].proxy);
	}
}

Test(probe_settings, keys_of_our_own_environment_read_no_secret)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct fixture f = {.arena = a};
	const char *configuration = "'endpointCA':{'name':'k','key':'ca'}," AT("s3://pg");
	const struct probe_environment environment = {
		.keys = {STR("mine"), STR("hidden"), STR_EMPTY, STR_EMPTY}, .ca = STR("MY PEM")};

	settle(&f, configuration, "{'name':'AWS_DEFAULT_REGION','value':'us'}", &environment);
	cr_assert(f.ok && !f.out.unasked.len);
	EQ(f.out.keys.access_key_id, "mine");
	EQ(f.out.keys.region, "us");
	EQ(f.out.ca, "MY PEM");
	settle(&f, AT("s3://pg"),
	       "{'name':'AWS_ENDPOINT_URL','valueFrom':{'secretKeyRef':{'name':'k','key':'id'}}}",
	       &environment);
	cr_assert(f.ok);
	EQ(f.out.unasked, "AWS_ENDPOINT_URL of its Pods is not known here");
	cr_expect_eq(f.reads, 0);
}

Test(probe_settings, a_key_of_our_own_environment_is_one_that_a_header_can_have)
{
	const struct {
		struct s3_keys keys;
		bool ok;
	} cases[] = {
		{{STR("id\n"), STR("secret"), STR_EMPTY, STR_EMPTY}, false},
		{{STR("id"), STR("secret"), STR("token\r"), STR_EMPTY}, false},
		{{STR("id"), STR("secret\n"), STR("token"), STR_EMPTY}, true}, /* in no header */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct fixture f = {.arena = a};
		const struct probe_environment environment = {cases[i].keys, STR_EMPTY};

		settle(&f, AT("s3://pg"), "", &environment);
		cr_expect_eq(f.ok, cases[i].ok, "case %zu", i);
	}
}

Test(probe_settings, tags_encryption_and_checksum_are_those_of_an_upload)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct fixture f = {.arena = a};
	const char *configuration =
		"'tags':{'a':'b c','d':'&'},'wal':{'encryption':'aws:kms'}," AT("s3://pg");

	settle(&f, configuration, "", NULL);
	cr_assert(f.ok && f.out.headers_len == 2 && f.out.checksum);
	EQ(f.out.headers[0].value, "a=b%20c&d=%26");
	EQ(f.out.headers[1].value, "aws:kms");
	settle(&f, AT("s3://pg"),
	       "{'name':'AWS_REQUEST_CHECKSUM_CALCULATION','value':'When_Required'}", NULL);
	cr_expect(f.ok && !f.out.headers_len && !f.out.checksum);
}

Test(probe_settings, a_place_shows_no_password)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const char *configuration = "{" AT_HOST("https://me:pw@minio") "}";

	EQ(settings_place(read(a, configuration), a), "s3://pg at https://...@minio");
}

Test(probe_settings, a_policy_is_for_the_folder_of_the_store)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf out = BUF_ARENA(a);

	cr_expect(!settings_iam_policy(read(a, "{" AT("${WHERE}") "}"), a, &out));
	cr_expect(!settings_iam_policy(read(a, "{'destinationPath':'s3://pg'}"), a, &out));
	cr_expect_eq(out.len, 0);
	cr_expect(settings_iam_policy(read(a, "{" AT("s3://pg/a/b//") "}"), a, &out));
	cr_expect(str_contains(buf_slice(&out), STR("\"arn:aws:s3:::pg/a/b/*\"")), "%.*s",
		  STR_ARG(buf_slice(&out)));
}
