#include "cnpg/location.h"

#include <criterion/criterion.h>

static void is_at(const char *endpoint, const char *destination, const char *server,
		  const char *expected)
{
	struct buf out CLEANUP(buf) = {0};

	location_of(str_from(endpoint), str_from(destination), str_from(server), &out);
	cr_assert(str_is(buf_slice(&out), expected), "%s + %s + %s: %.*s, not %s", endpoint,
		  destination, server, STR_ARG(buf_slice(&out)), expected);
}

static bool same_endpoint(const char *a, const char *b)
{
	return endpoint_equal(str_from(a), str_from(b));
}

static bool same_destination(const char *a, const char *b)
{
	struct buf x CLEANUP(buf) = {0}, y CLEANUP(buf) = {0};

	location_of(STR_EMPTY, str_from(a), STR_EMPTY, &x);
	location_of(STR_EMPTY, str_from(b), STR_EMPTY, &y);
	return str_eq(buf_slice(&x), buf_slice(&y));
}

Test(location, url_has_seven_parts)
{
	struct url u;

	cr_assert(url_split(STR("HTTPS://me:pw@Host.example:9000/a/b?c=d#e"), &u));
	cr_assert(str_is(u.scheme, "HTTPS"));
	cr_assert(str_is(u.userinfo, "me:pw"));
	cr_assert(str_is(u.host, "Host.example"));
	cr_assert(str_is(u.port, "9000"));
	cr_assert(str_is(u.path, "/a/b"));
	cr_assert(str_is(u.query, "c=d"));
	cr_assert(str_is(u.fragment, "e"));
}

Test(location, url_parts_that_are_absent_are_empty)
{
	struct url u;

	cr_assert(url_split(STR("s3://"), &u));
	cr_assert_eq(u.host.len + u.port.len + u.path.len + u.query.len + u.fragment.len, 0);
	cr_assert(url_split(STR("http://[fd00::1]/x"), &u));
	cr_assert(str_is(u.host, "[fd00::1]"));
	cr_assert_eq(u.port.len, 0);
	cr_assert(url_split(STR("http://[fd00::1]:9000"), &u));
	cr_assert(str_is(u.port, "9000"));
	cr_assert(url_split(STR("http://h?x=/y#z"), &u));
	cr_assert(str_is(u.host, "h"));
	cr_assert(str_is(u.query, "x=/y"));
}

Test(location, url_needs_a_scheme)
{
	static const char *const bad[] = {"", "minio:9000", "://x", "3s://x", "a b://x", "//x"};
	struct url u;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert_not(url_split(str_from(bad[i]), &u), "%s", bad[i]);
}

Test(location, endpoints_differ_in_scheme_host_and_port_only_where_it_matters)
{
	cr_assert(same_endpoint("https://Host:443/", "https://host"));
	cr_assert(same_endpoint("HTTP://host:80", "http://host./"));
	cr_assert(same_endpoint("https://host:9000//a", "https://host:9000/a/"));
	cr_assert_not(same_endpoint("https://host", "http://host"));
	cr_assert_not(same_endpoint("https://host:80", "https://host"));
	cr_assert_not(same_endpoint("https://host/a", "https://host/A"));
	cr_assert_not(same_endpoint("https://host/a", "https://host"));
	cr_assert_not(same_endpoint("https://host?a", "https://host"));
	cr_assert(same_endpoint("", ""));
	cr_assert_not(same_endpoint("", "https://host"));
}

Test(location, local_hosts_are_those_of_a_cluster_or_a_lan)
{
	static const char *const local[] = {"minio",
					    "minio.storage.svc",
					    "minio.storage.svc.cluster.local",
					    "localhost",
					    "nas.local",
					    "nas.home.arpa",
					    "127.0.0.1",
					    "10.0.0.1",
					    "172.16.0.1",
					    "172.31.255.1",
					    "192.168.1.10",
					    "100.64.0.1",
					    "100.127.0.1",
					    "[fc00::1]",
					    "[febf::1]",
					    "169.254.1.1",
					    "[::1]",
					    "fd12::1",
					    "[fe80::1]",
					    "MINIO.Storage.SVC",
					    "minio.storage.svc."};
	static const char *const public[] = {"",
					     "s3.eu-west-1.amazonaws.com",
					     "nas.example.org",
					     "172.15.0.1",
					     "172.32.0.1",
					     "8.8.8.8",
					     "100.128.0.1",
					     "192.169.0.1",
					     "193.168.0.1",
					     "169.253.1.1",
					     "8.254.1.1",
					     "11.0.0.1",
					     "126.0.0.1",
					     "100.63.0.1",
					     "101.64.0.1",
					     "171.16.0.1",
					     "[::2]",
					     "[fe00::1]",
					     "[fec0::1]",
					     "[fb00::1]",
					     "[2001:db8::1]",
					     "svc.example.org",
					     "my-svc.org",
					     "1.2.3.4.5"};

	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		cr_assert(host_is_local(str_from(local[i])), "%s", local[i]);
	for (size_t i = 0; i < ARRAY_LEN(public); i++)
		cr_assert_not(host_is_local(str_from(public[i])), "%s", public[i]);
}

Test(location, a_service_has_a_name_in_the_dns_of_a_cluster)
{
	static const char *const yes[] = {"minio", "minio.storage.svc", "MINIO.Storage.SVC.",
					  "minio.storage.svc.cluster.local"};
	static const char *const no[] = {"", "nas.lan", "svc.example.org", "[fe80::1]", "10.0.0.1"};

	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		cr_assert(host_is_service(str_from(yes[i])), "%s", yes[i]);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		cr_assert_not(host_is_service(str_from(no[i])), "%s", no[i]);
}

Test(location, aws_hosts_end_in_its_two_domains)
{
	cr_assert(host_is_aws(STR("s3.eu-west-1.amazonaws.com")));
	cr_assert(host_is_aws(STR("S3.CN-NORTH-1.amazonaws.com.cn.")));
	cr_assert_not(host_is_aws(STR("amazonaws.com.example.org")));
	cr_assert_not(host_is_aws(STR("notamazonaws.com")));
}

Test(location, s3_location_is_host_bucket_path_and_server)
{
	is_at("https://NAS.example:443/", "s3://b/p/", "db", "nas.example/b/p/db");
	is_at("http://minio:9000", "s3://b", "db", "minio:9000/b/db");
	is_at("", "s3://b/p", "db", "s3.amazonaws.com/b/p/db");
	is_at("https://s3.eu-west-1.amazonaws.com", "s3://b/p", "db", "s3.amazonaws.com/b/p/db");
	is_at("https://s3.cn-north-1.amazonaws.com.cn", "s3://b", "db", "s3.amazonaws.com.cn/b/db");
	is_at("https://h", "s3://b//p//q/", "db", "h/b/p/q/db");
	is_at("https://h", "S3://Bucket/P?x=1#y", "db", "h/Bucket/P/db");
	is_at("minio:9000", "s3://b", "db", "minio:9000/b/db");
}

Test(location, server_name_joins_as_in_python)
{
	is_at("https://h", "s3://b/a", "b/c", "h/b/a/b/c");
	is_at("https://h", "s3://b/a/b", "c", "h/b/a/b/c");
	is_at("https://h", "s3://b/a", "", "h/b/a");
	is_at("https://h", "s3://b/a", "/db", "h/b/db");
	is_at("https://h", "s3://b/a", "../db", "h/b/a/../db");
	is_at("", "https://x.blob.core.windows.net/c/p", "/db", "x.blob.core.windows.net/c/db");
}

Test(location, google_has_two_forms_of_one_place)
{
	is_at("", "gs://b/p", "db", "storage.googleapis.com/b/p/db");
	is_at("", "https://console.cloud.google.com/storage/browser/b/p?project=x", "db",
	      "storage.googleapis.com/b/p/db");
	is_at("https://storage.googleapis.com", "s3://b/p", "db", "storage.googleapis.com/b/p/db");
}

Test(location, azure_is_its_own_host)
{
	is_at("https://ignored", "https://Acc.blob.core.windows.net/c/p", "db",
	      "acc.blob.core.windows.net/c/p/db");
	is_at("", "http://azurite:10000/acc/c", "db", "azurite:10000/acc/c/db");
}

Test(location, destinations_are_compared_without_trailing_slash)
{
	cr_assert(same_destination("s3://b/p", "s3://b/p/"));
	cr_assert(same_destination("s3://b", "s3://b/"));
	cr_assert_not(same_destination("s3://b/p", "s3://b/P"));
	cr_assert_not(same_destination("s3://b/p", "s3://b"));
	cr_assert_not(same_destination("s3://b/p", "gs://b/p"));
	cr_assert(same_destination("plain", "plain/"));
	cr_assert_not(same_destination("b/p", "s3://b/p/q"));
}

Test(location, what_urlparse_drops_is_no_difference)
{
	cr_assert(same_destination(" s3://bucket/app", "s3://bucket/app"));
	cr_assert(same_destination("s3://bucket/app\n", "s3://bucket/app"));
	cr_assert(same_destination("s3://buc\tket/a\rpp", "s3://bucket/app"));
	cr_assert_not(same_destination("s3://bucket/app ", "s3://bucket/app"));
}

Test(location, region_is_a_label_of_a_host)
{
	cr_expect(region_is_label(STR("eu-north-1")));
	cr_expect(region_is_label(STR("AUTO")));
	cr_expect(!region_is_label(STR("")));
	cr_expect(!region_is_label(STR("12")));
	cr_expect(!region_is_label(STR("-eu")));
	cr_expect(!region_is_label(STR("eu-")));
	cr_expect(!region_is_label(STR("eu.north")));
	cr_expect(region_is_label(
		STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
	cr_expect(!region_is_label(
		STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
}

Test(location, zeros_before_a_port_are_no_difference)
{
	cr_assert(same_endpoint("http://host:07070", "http://host:7070"));
	cr_assert(same_endpoint("https://host:0443", "https://host"));
	cr_assert_not(same_endpoint("http://host:0", "http://host"));
	cr_assert_not(same_endpoint("http://host:7070", "http://host:70700"));
}
