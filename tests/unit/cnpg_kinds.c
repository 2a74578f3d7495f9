#include "cnpg/kinds.h"

#include "base/arena.h"
#include "cnpg/object.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(kinds, every_row_is_found_by_what_it_says)
{
	for (unsigned i = 0; i < KINDS; i++) {
		enum kind k = (enum kind)(1u << i);
		const struct kind_api *api = kind_api(k);
		char both[64];
		bool known;

		cr_assert_eq(kind_of(str_from(api->api_version), str_from(api->name), &known), k);
		cr_assert(known, "%s", api->name);
		cr_assert_str_eq(kind_name(k), api->name);
		snprintf(both, sizeof both, "%s%s%s", api->group, *api->group ? "/" : "",
			 api->version);
		cr_assert_str_eq(api->api_version, both);
	}
	cr_assert_str_eq(kind_name(KIND_OTHER), "other");
}

Test(kinds, a_version_is_known_or_not_and_the_group_decides)
{
	bool known;

	cr_assert_eq(kind_of(STR("external-secrets.io/v1beta1"), STR("ExternalSecret"), &known),
		     KIND_EXTERNAL_SECRET);
	cr_assert(known);
	cr_assert_eq(kind_of(STR("postgresql.cnpg.io/v1beta1"), STR("Cluster"), &known),
		     KIND_CLUSTER);
	cr_assert_not(known);
	cr_assert_eq(kind_of(STR("cluster.x-k8s.io/v1"), STR("Cluster"), &known), KIND_OTHER);
	cr_assert_not(known);
}

Test(kinds, paths_are_those_of_the_api_server)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct buf b = BUF_ARENA(a);

	kind_path(KIND_OBJECT_STORE, STR_EMPTY, &b);
	buf_byte(&b, ' ');
	kind_path(KIND_CLUSTER, STR("a/b"), &b);
	buf_byte(&b, ' ');
	kind_object_path(KIND_SECRET, STR("app"), STR("x?"), &b);
	cr_assert(str_is(buf_slice(&b), "/apis/barmancloud.cnpg.io/v1/objectstores "
					"/apis/postgresql.cnpg.io/v1/namespaces/a%2Fb/clusters "
					"/api/v1/namespaces/app/secrets/x%3F"),
		  "%.*s", STR_ARG(buf_slice(&b)));
}

Test(cnpg_kinds, what_no_api_server_has_is_taken_for_what_was_meant)
{
	static const struct {
		const char *api_version, *kind;
		enum kind meant;
	} rows[] = {
		{"postgresql.cnpg.io/v1", "ScheduleBackup", KIND_SCHEDULED_BACKUP},
		{"postgresql.cnpg.io/v1", "scheduledbackups", KIND_SCHEDULED_BACKUP},
		{"postgresql.cnpg.io/v1beta1", "Cluster", KIND_CLUSTER},
		{"postgresql.cnpg.io", "Cluster", KIND_CLUSTER},
		{"postgresql.cnpg.io/v1", "ObjectStore", KIND_OBJECT_STORE},
		{"barmancloud.cnpg.io/v1", "Backup", KIND_BACKUP},
		{"barman-cloud.cnpg.io/v1", "ObjectStore", KIND_OBJECT_STORE},
		{"cnpg.io/v1", "Cluster", KIND_CLUSTER},
		/* right, of others, or too far from anything */
		{"postgresql.cnpg.io/v1", "Cluster", KIND_OTHER},
		{"postgresql.cnpg.io/v1", "Database", KIND_OTHER},
		{"postgresql.cnpg.io/v1", "Bucket", KIND_OTHER},
		{"postgresql.cnpg.io/v1", "ScheduledB", KIND_OTHER},
		{"klio.cnpg.io/v1", "Backup", KIND_OTHER},
		{"velero.io/v1", "Backup", KIND_OTHER},
		{"v1", "ScheduledBackup", KIND_OTHER},
		{"", "", KIND_OTHER},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_eq(kind_meant(str_from(rows[i].api_version), str_from(rows[i].kind)),
			     rows[i].meant, "%s %s", rows[i].api_version, rows[i].kind);
}

Test(kinds, a_name_is_what_an_api_server_takes_for_one)
{
	static const char *const names[] = {"a", "0", "a-b.c-d", "a.b"};
	static const char *const others[] = {"",     ".",  "..", "a/b", "%2e%2e", "A",	"a_b",
					     "a..b", "-a", "a-", ".a",	"a.",	  "a b"};
	char longest[255];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		cr_assert(object_is_name(str_from(names[i])), "%s", names[i]);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		cr_assert_not(object_is_name(str_from(others[i])), "%s", others[i]);
	memset(longest, 'a', sizeof longest);
	cr_assert(object_is_name((struct str){longest, 253}));
	cr_assert_not(object_is_name((struct str){longest, 254}));
}
