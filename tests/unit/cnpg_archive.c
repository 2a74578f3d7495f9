#include "cnpg/archive.h"

#include <criterion/criterion.h>

#include "base/arena.h"

/* A Cluster of this spec, with " for '. */
static struct object cluster(struct arena *a, const char *name, const char *spec)
{
	struct buf json = BUF_ARENA(a);
	const struct doc *doc;
	struct object o;
	struct err err = {0};

	buf_fmt(&json,
		"{'apiVersion':'postgresql.cnpg.io/v1','kind':'Cluster','metadata':{'name':'%s'},'spec':%s}",
		name, spec);
	for (size_t i = 0; i < json.len; i++)
		if (json.ptr[i] == '\'')
			json.ptr[i] = '"';
	cr_assert(doc_read_json(a, buf_slice(&json), &doc, &err), "%s", err.msg);
	cr_assert(object_read(doc_root(doc), &o));
	return o;
}

static struct archive resolve(struct arena *a, const char *name, const char *spec)
{
	struct object o = cluster(a, name, spec);
	struct archive out;

	archive_resolve(&o, &out);
	return out;
}

#define EQ(text, literal)                                                                          \
	cr_expect(str_is(text, literal), "'%.*s' is not '%s'", STR_ARG(text), literal)

#define PLUGIN "'name':'" PLUGIN_NAME "'"

Test(cnpg_archive, two_entries_mix_store_of_the_last_and_server_of_the_last_enabled)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(
		a, "db",
		"{'plugins':[{" PLUGIN
		",'parameters':{'barmanObjectName':'minio','serverName':'first'}},{" PLUGIN
		",'parameters':{'barmanObjectName':'garage'}},{" PLUGIN
		",'enabled':false,'parameters':{'barmanObjectName':'b2','serverName':'off'}}]}");

	cr_expect_eq(ar.entries, 3);
	cr_expect_eq(ar.enabled_entries, 2);
	EQ(ar.place.store, "b2");
	EQ(obj_text(ar.place.store_at, ""), "b2");
	EQ(ar.place.server, "first");
	EQ(obj_text(ar.place.server_at, ""), "first");
	cr_expect_not(ar.place.server_default);
	EQ(obj_text(ar.last_enabled, "parameters.barmanObjectName"), "garage");
}

Test(cnpg_archive, empty_server_name_of_the_archive_is_taken_literally)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar =
		resolve(a, "db",
			"{'plugins':[{" PLUGIN
			",'parameters':{'barmanObjectName':'minio','serverName':''}}]}");

	cr_expect_eq(ar.place.server.len, 0);
	cr_expect_not(ar.place.server_default);
	cr_expect_eq(obj_type(ar.place.server_at), OBJ_STRING);
}

Test(cnpg_archive, server_name_of_the_archive_defaults_to_the_cluster)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(
		a, "db",
		"{'plugins':[{" PLUGIN
		",'isWALArchiver':true,'parameters':{'barmanObjectName':'minio','serverName':null}}]}");

	EQ(ar.place.server, "db");
	cr_expect(ar.place.server_default);
	cr_expect_eq(ar.place.server_at.node, NULL);
	cr_expect(ar.wal_archiver);
}

#define EXTERNAL(parameters)                                                                       \
	"'externalClusters':[{'name':'other'},{'name':'old','plugin':{" PLUGIN                     \
	",'parameters':" parameters "}}]"

Test(cnpg_archive, empty_server_name_of_a_source_is_the_new_clusters_name)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(a, "db-restore",
				    "{'bootstrap':{'recovery':{'source':'old'}}," EXTERNAL(
					    "{'barmanObjectName':'minio','serverName':''}") "}");

	cr_expect(ar.recovery.named);
	cr_expect(ar.recovery.plugin);
	EQ(ar.recovery.name, "old");
	EQ(ar.recovery.place.store, "minio");
	EQ(ar.recovery.place.server, "db-restore");
	cr_expect(ar.recovery.place.server_default);
	cr_expect_eq(ar.recovery.place.server_at.node, NULL);
	cr_expect_not(ar.replica.named);
}

Test(cnpg_archive, absent_server_name_of_a_source_is_not_the_external_clusters_name)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(
		a, "db-restore",
		"{'replica':{'source':'old'}," EXTERNAL("{'barmanObjectName':'minio'}") "}");

	EQ(ar.replica.place.server, "db-restore");
	cr_expect(ar.replica.place.server_default);
	cr_expect_not(ar.recovery.named);
}

Test(cnpg_archive, written_server_name_of_a_source_counts)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(a, "db-restore",
				    "{'bootstrap':{'recovery':{'source':'old'}}," EXTERNAL(
					    "{'barmanObjectName':'minio','serverName':'db'}") "}");

	EQ(ar.recovery.place.server, "db");
	cr_expect_not(ar.recovery.place.server_default);
}

Test(cnpg_archive, namespace_in_the_parameters_changes_nothing)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(
		a, "db",
		"{'plugins':[{" PLUGIN
		",'parameters':{'barmanObjectName':'minio','barmanObjectNamespace':'storage'}}]}");

	EQ(ar.place.store, "minio");
	EQ(ar.place.server, "db");
}

Test(cnpg_archive, other_plugins_count_only_as_wal_archiver)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(
		a, "db",
		"{'plugins':[{'name':'pgbackrest.dalibo.com','isWALArchiver':true,'parameters':{'barmanObjectName':'x'}},{" PLUGIN
		",'enabled':false,'isWALArchiver':true}]}");

	cr_expect_eq(ar.entries, 1);
	cr_expect_eq(ar.enabled_entries, 0);
	cr_expect_eq(ar.place.store.len, 0);
	cr_expect(ar.wal_archiver);
	ar = resolve(a, "db", "{'plugins':[{" PLUGIN ",'enabled':false,'isWALArchiver':true}]}");
	cr_expect_not(ar.wal_archiver);
}

Test(cnpg_archive, backup_target_alone_is_no_in_tree_store)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar =
		resolve(a, "db", "{'backup':{'target':'primary','barmanObjectStore':null}}");

	cr_expect_eq(ar.in_tree.node, NULL);
	cr_expect_not(ar.volume_snapshot);
	ar = resolve(a, "db", "{'backup':{'volumeSnapshot':{},'barmanObjectStore':{}}}");
	cr_expect_neq(ar.in_tree.node, NULL);
	cr_expect(ar.volume_snapshot);
}

Test(cnpg_archive, source_without_its_external_cluster_is_named_and_nothing_more)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(a, "db", "{'bootstrap':{'recovery':{'source':'gone'}}}");

	cr_expect(ar.recovery.named);
	cr_expect_eq(ar.recovery.external.node, NULL);
	cr_expect_not(ar.recovery.plugin);
}

Test(cnpg_archive, odd_shapes_are_absent)
{
	CLEANUP(arena) struct arena *a = arena_new();
	static const char *const specs[] = {
		"null",
		"[]",
		"'x'",
		"{'plugins':{},'externalClusters':'x','bootstrap':[],'replica':7,'backup':[]}",
		"{'plugins':[null,7,[],{'name':7},{" PLUGIN ",'parameters':[]},{" PLUGIN
		",'enabled':'no','parameters':{'barmanObjectName':1,'serverName':[]}}],'bootstrap':{'recovery':{'source':7}},'replica':{'source':null}}",
		"{'bootstrap':{'recovery':{'source':'x'}},'externalClusters':[{'name':'x','plugin':[],'barmanObjectStore':'y'}]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct archive ar = resolve(a, "db", specs[i]);

		cr_expect_eq(ar.place.store.len, 0);
		EQ(ar.place.server, "db");
		cr_expect_eq(ar.in_tree.node, NULL);
		cr_expect_not(ar.recovery.plugin);
		cr_expect_eq(ar.recovery.in_tree.node, NULL);
	}
}

Test(cnpg_archive, in_tree_server_name_defaults_to_the_name_it_stands_under)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct archive ar = resolve(
		a, "db",
		"{'backup':{'barmanObjectStore':{'destinationPath':'s3://backups/pg/','endpointURL':'https://MinIO.lan:443'}},'bootstrap':{'recovery':{'source':'old'}},'externalClusters':[{'name':'old','barmanObjectStore':{'destinationPath':'s3://backups/pg','endpointURL':'https://minio.lan','serverName':'db'}}]}");
	struct buf here = BUF_ARENA(a), there = BUF_ARENA(a), other = BUF_ARENA(a);

	archive_in_tree_location(ar.in_tree, STR("db"), &here);
	archive_in_tree_location(ar.recovery.in_tree, ar.recovery.name, &there);
	archive_in_tree_location(ar.in_tree, STR("old"), &other);
	EQ(buf_slice(&here), "minio.lan/backups/pg/db");
	cr_expect(str_eq(buf_slice(&here), buf_slice(&there)));
	EQ(buf_slice(&other), "minio.lan/backups/pg/old");
}
