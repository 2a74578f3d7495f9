/* What the chart `cluster` makes of values: a line for each object, then one for each of its values
 * with the line of what says so. Line 0: the release does. */
#include "input/cluster_chart.h"

#include "base/json.h"

#include <criterion/criterion.h>

struct seen {
	struct buf text;
	bool brief; /* of an object no value */
};

static void add_leaves(struct buf *out, struct obj root, struct obj at)
{
	struct json j = JSON(out);

	if (obj_len(at)) {
		for (struct obj m = obj_first(at); m.node; m = obj_next(m))
			add_leaves(out, root, m);
		return;
	}
	buf_byte(out, ' ');
	obj_path(root, at, out);
	buf_byte(out, ' ');
	obj_json(at, &j);
	buf_fmt(out, " %u\n", obj_pos(at).line);
}

static void take_object(void *ctx, const struct object *o)
{
	struct seen *seen = ctx;
	struct obj more = obj_at(o->root, "metadata.annotations");

	buf_fmt(&seen->text, "%.*s %.*s/%.*s%s %u\n", STR_ARG(o->kind_name), STR_ARG(o->namespace),
		STR_ARG(o->name), o->part ? " in part" : "",
		obj_pos(obj_at(o->root, "metadata.name")).line);
	if (seen->brief)
		return;
	if (more.node)
		add_leaves(&seen->text, o->root, more);
	add_leaves(&seen->text, o->root, obj_at(o->root, "spec"));
}

static void take_secret(void *ctx, const struct provider *p, struct str namespace)
{
	struct seen *seen = ctx;

	buf_fmt(&seen->text, "Secret %.*s/%.*s%s:", STR_ARG(namespace), STR_ARG(p->name),
		p->open ? " or more" : "");
	for (size_t i = 0; i < p->keys_len; i++)
		buf_fmt(&seen->text, " %.*s", STR_ARG(p->keys[i].name));
	buf_byte(&seen->text, '\n');
}

static struct str make(struct arena *a, struct str name, const char *values, bool open)
{
	struct seen seen = {BUF_ARENA(a), !open};
	struct doc_budget budget = DOC_BUDGET;
	struct doc_list docs;
	struct err err;

	cr_assert(doc_read_yaml(a, str_from(values), &docs, &err), "%s: %s", values, err.msg);
	struct obj root = doc_root(docs.docs[0]);
	struct chart_release release = {name, STR("app"), root, {0}, open};
	struct chart_sink sink = {take_object, take_secret, &seen};
	cluster_chart_make(a, &budget, &release, &sink);
	return buf_slice(&seen.text);
}

/* Of a release with values that are not seen, so that no default of the chart is in the way; then
 * in brief of one whose values are all there. */
static void assert_makes(const char *values, const char *want)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str open = make(a, STR("pg"), values, true);
	struct str whole = make(a, STR("pg"), values, false);
	struct str got = arena_fmt(a, "%.*s=\n%.*s", STR_ARG(open), STR_ARG(whole));

	cr_expect(str_is(got, want), "%s\nbecomes\n%.*sinstead of\n%s", values, STR_ARG(got), want);
}

/* The values of a store that backups go to. */
#define STORE                                                                                      \
	"mode: standalone\n"                                                                       \
	"backups:\n"                                                                               \
	"  enabled: true\n"                                                                        \
	"  method: barmanObjectStore\n"

Test(cluster_chart, a_container_of_azure_is_put_together)
{
	assert_makes(
		STORE "  provider: azure\n"
		      "  azure:\n"
		      "    storageAccount: mine\n"
		      "    serviceName: blob\n"
		      "    containerName: pail\n"
		      "    path: /pg\n"
		      "    storageKey: x\n",
		"Secret app/pg-cluster-backup-azure-creds or more: AZURE_STORAGE_ACCOUNT AZURE_STORAGE_KEY\n"
		"Cluster app/pg-cluster in part 0\n"
		" spec.backup.barmanObjectStore.destinationPath \"https://mine.blob.core.windows.net/pail/pg\" 7\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageAccount.name \"pg-cluster-backup-azure-creds\" 3\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageAccount.key \"AZURE_STORAGE_ACCOUNT\" 3\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageKey.name \"pg-cluster-backup-azure-creds\" 3\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageKey.key \"AZURE_STORAGE_KEY\" 3\n"
		"=\n"
		"Secret app/pg-cluster-backup-azure-creds: AZURE_STORAGE_ACCOUNT AZURE_STORAGE_KEY\n"
		"Cluster app/pg-cluster 0\n"
		"ScheduledBackup app/pg-cluster-daily-backup 3\n");
	assert_makes(
		STORE "  provider: azure\n"
		      "  azure:\n"
		      "    storageAccount: mine\n"
		      "    storageSasToken: x\n"
		      "  destinationPath: https://other\n",
		"Secret app/pg-cluster-backup-azure-creds or more: AZURE_STORAGE_ACCOUNT AZURE_STORAGE_SAS_TOKEN\n"
		"Cluster app/pg-cluster in part 0\n"
		" spec.backup.barmanObjectStore.destinationPath \"https://other\" 9\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageAccount.name \"pg-cluster-backup-azure-creds\" 3\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageAccount.key \"AZURE_STORAGE_ACCOUNT\" 3\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageSasToken.name \"pg-cluster-backup-azure-creds\" 3\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageSasToken.key \"AZURE_STORAGE_SAS_TOKEN\" 3\n"
		"=\n"
		"Secret app/pg-cluster-backup-azure-creds: AZURE_STORAGE_ACCOUNT AZURE_STORAGE_SAS_TOKEN\n"
		"Cluster app/pg-cluster 0\n"
		"ScheduledBackup app/pg-cluster-daily-backup 3\n");
	assert_makes(
		STORE "  provider: azure\n"
		      "  azure: {containerName: pail}\n"
		      "  secret: {create: false, name: keys}\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageAccount.name \"keys\" 7\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageAccount.key \"AZURE_STORAGE_ACCOUNT\" 7\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageSasToken.name \"keys\" 7\n"
		" spec.backup.barmanObjectStore.azureCredentials.storageSasToken.key \"AZURE_STORAGE_SAS_TOKEN\" 7\n"
		"=\n"
		"Cluster app/pg-cluster in part 0\n"
		"ScheduledBackup app/pg-cluster-daily-backup 3\n");
}

Test(cluster_chart, azure_has_an_identity_or_a_connection_string_instead_of_a_key)
{
	assert_makes(STORE "  provider: azure\n"
			   "  destinationPath: https://other\n"
			   "  azure:\n"
			   "    connectionString: x\n"
			   "    inheritFromAzureAD: true\n"
			   "    storageKey: x\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " spec.backup.barmanObjectStore.destinationPath \"https://other\" 6\n"
		     " spec.backup.barmanObjectStore.azureCredentials.inheritFromAzureAD true 9\n"
		     "=\n"
		     "Cluster app/pg-cluster 0\n"
		     "ScheduledBackup app/pg-cluster-daily-backup 3\n");
	assert_makes(
		STORE "  provider: azure\n"
		      "  destinationPath: https://other\n"
		      "  azure:\n"
		      "    connectionString: x\n"
		      "    storageKey: x\n",
		"Secret app/pg-cluster-backup-azure-creds or more: AZURE_CONNECTION_STRING\n"
		"Cluster app/pg-cluster in part 0\n"
		" spec.backup.barmanObjectStore.destinationPath \"https://other\" 6\n"
		" spec.backup.barmanObjectStore.azureCredentials.connectionString.name \"pg-cluster-backup-azure-creds\" 3\n"
		" spec.backup.barmanObjectStore.azureCredentials.connectionString.key \"AZURE_CONNECTION_STRING\" 3\n"
		"=\n"
		"Secret app/pg-cluster-backup-azure-creds: AZURE_CONNECTION_STRING\n"
		"Cluster app/pg-cluster 0\n"
		"ScheduledBackup app/pg-cluster-daily-backup 3\n");
}

Test(cluster_chart, a_bucket_of_google)
{
	assert_makes(
		STORE "  provider: google\n"
		      "  google:\n"
		      "    bucket: pail\n"
		      "    path: /pg\n",
		"Secret app/pg-cluster-backup-google-creds or more: APPLICATION_CREDENTIALS\n"
		"Cluster app/pg-cluster in part 0\n"
		" spec.backup.barmanObjectStore.destinationPath \"gs://pail/pg\" 7\n"
		" spec.backup.barmanObjectStore.googleCredentials.applicationCredentials.name \"pg-cluster-backup-google-creds\" 3\n"
		" spec.backup.barmanObjectStore.googleCredentials.applicationCredentials.key \"APPLICATION_CREDENTIALS\" 3\n"
		"=\n"
		"Secret app/pg-cluster-backup-google-creds: APPLICATION_CREDENTIALS\n"
		"Cluster app/pg-cluster 0\n"
		"ScheduledBackup app/pg-cluster-daily-backup 3\n");
	assert_makes(STORE "  provider: google\n"
			   "  google:\n"
			   "    gkeEnvironment: true\n"
			   "  secret: {create: true}\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " spec.backup.barmanObjectStore.googleCredentials.gkeEnvironment true 7\n"
		     "=\n"
		     "Cluster app/pg-cluster in part 0\n"
		     "ScheduledBackup app/pg-cluster-daily-backup 3\n");
}

Test(cluster_chart, a_bucket_of_s3)
{
	assert_makes(
		STORE "  provider: s3\n"
		      "  s3:\n"
		      "    bucket: pail\n"
		      "    path: /pg\n"
		      "    region: eu-west-1\n"
		      "  secret: {accessKeyIdField: ID, name: keys, create: true}\n",
		"Secret app/keys or more: ID ACCESS_SECRET_KEY\n"
		"Cluster app/pg-cluster in part 0\n"
		" spec.backup.barmanObjectStore.endpointURL \"https://s3.eu-west-1.amazonaws.com\" 9\n"
		" spec.backup.barmanObjectStore.destinationPath \"s3://pail/pg\" 7\n"
		" spec.backup.barmanObjectStore.s3Credentials.accessKeyId.name \"keys\" 10\n"
		" spec.backup.barmanObjectStore.s3Credentials.accessKeyId.key \"ID\" 10\n"
		" spec.backup.barmanObjectStore.s3Credentials.secretAccessKey.name \"keys\" 10\n"
		" spec.backup.barmanObjectStore.s3Credentials.secretAccessKey.key \"ACCESS_SECRET_KEY\" 10\n"
		"=\n"
		"Secret app/keys: ID ACCESS_SECRET_KEY\n"
		"Cluster app/pg-cluster 0\n"
		"ScheduledBackup app/pg-cluster-daily-backup 3\n");
	assert_makes(STORE "  provider: s3\n"
			   "  endpointURL: https://s3.example.org\n"
			   "  destinationPath: s3://pail\n"
			   "  s3:\n"
			   "    region: eu-west-1\n"
			   "    inheritFromIAMRole: true\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " spec.backup.barmanObjectStore.endpointURL \"https://s3.example.org\" 6\n"
		     " spec.backup.barmanObjectStore.destinationPath \"s3://pail\" 7\n"
		     " spec.backup.barmanObjectStore.s3Credentials.inheritFromIAMRole true 10\n"
		     "=\n"
		     "Cluster app/pg-cluster 0\n"
		     "ScheduledBackup app/pg-cluster-daily-backup 3\n");
	assert_makes(
		STORE "  provider: s3\n"
		      "  destinationPath: s3://pail\n"
		      "  secret: {secretAccessKeyField: KEY, create: false, name: keys}\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec.backup.barmanObjectStore.destinationPath \"s3://pail\" 6\n"
		" spec.backup.barmanObjectStore.s3Credentials.accessKeyId.name \"keys\" 7\n"
		" spec.backup.barmanObjectStore.s3Credentials.accessKeyId.key \"ACCESS_KEY_ID\" 7\n"
		" spec.backup.barmanObjectStore.s3Credentials.secretAccessKey.name \"keys\" 7\n"
		" spec.backup.barmanObjectStore.s3Credentials.secretAccessKey.key \"KEY\" 7\n"
		"=\n"
		"Cluster app/pg-cluster in part 0\n"
		"ScheduledBackup app/pg-cluster-daily-backup 3\n");
}

Test(cluster_chart, another_provider_is_not_known)
{
	assert_makes(STORE "  provider: tape\n", "Cluster app/pg-cluster in part 0\n"
						 " spec.backup.barmanObjectStore {} 3\n"
						 "=\n"
						 "Cluster app/pg-cluster in part 0\n"
						 "ScheduledBackup app/pg-cluster-daily-backup 3\n");
}

static const char *const certificates[] = {
	"  endpointCA: {create: true}\n",
	"  endpointCA: {create: true, name: own, key: root.crt}\n",
	"  endpointCA: {name: own}\n",
	"  endpointCA:\n    name: own\n    key: root.crt\n",
	"  endpointCA: {key: root.crt}\n",
};
static const char *const certified[] = {
	"Secret app/pg-cluster-ca-bundle or more: ca-bundle.crt\n"
	"Cluster app/pg-cluster in part 0\n"
	" spec.backup.barmanObjectStore.destinationPath \"gs://pail\" 6\n"
	" spec.backup.barmanObjectStore.endpointCA.name \"pg-cluster-ca-bundle\" 8\n"
	" spec.backup.barmanObjectStore.endpointCA.key \"ca-bundle.crt\" 8\n"
	" spec.backup.barmanObjectStore.googleCredentials.gkeEnvironment true 7\n"
	"=\n"
	"Secret app/pg-cluster-ca-bundle: ca-bundle.crt\n"
	"Cluster app/pg-cluster 0\n"
	"ScheduledBackup app/pg-cluster-daily-backup 3\n",
	"Secret app/own or more: root.crt\n"
	"Cluster app/pg-cluster in part 0\n"
	" spec.backup.barmanObjectStore.destinationPath \"gs://pail\" 6\n"
	" spec.backup.barmanObjectStore.endpointCA.name \"own\" 8\n"
	" spec.backup.barmanObjectStore.endpointCA.key \"root.crt\" 8\n"
	" spec.backup.barmanObjectStore.googleCredentials.gkeEnvironment true 7\n"
	"=\n"
	"Secret app/own: root.crt\n"
	"Cluster app/pg-cluster 0\n"
	"ScheduledBackup app/pg-cluster-daily-backup 3\n",
	"Cluster app/pg-cluster in part 0\n"
	" spec.backup.barmanObjectStore.destinationPath \"gs://pail\" 6\n"
	" spec.backup.barmanObjectStore.endpointCA.name \"own\" 8\n"
	" spec.backup.barmanObjectStore.endpointCA.key \"ca-bundle.crt\" 8\n"
	" spec.backup.barmanObjectStore.googleCredentials.gkeEnvironment true 7\n"
	"=\n"
	"Cluster app/pg-cluster in part 0\n"
	"ScheduledBackup app/pg-cluster-daily-backup 3\n",
	"Cluster app/pg-cluster in part 0\n"
	" spec.backup.barmanObjectStore.destinationPath \"gs://pail\" 6\n"
	" spec.backup.barmanObjectStore.endpointCA.name \"own\" 9\n"
	" spec.backup.barmanObjectStore.endpointCA.key \"root.crt\" 10\n"
	" spec.backup.barmanObjectStore.googleCredentials.gkeEnvironment true 7\n"
	"=\n"
	"Cluster app/pg-cluster 0\n"
	"ScheduledBackup app/pg-cluster-daily-backup 3\n",
	"Cluster app/pg-cluster in part 0\n"
	" spec.backup.barmanObjectStore.destinationPath \"gs://pail\" 6\n"
	" spec.backup.barmanObjectStore.googleCredentials.gkeEnvironment true 7\n"
	"=\n"
	"Cluster app/pg-cluster 0\n"
	"ScheduledBackup app/pg-cluster-daily-backup 3\n"};

Test(cluster_chart, a_certificate_has_a_secret)
{
	for (size_t i = 0; i < ARRAY_LEN(certificates); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct str values = arena_fmt(a,
					      STORE "  provider: google\n"
						    "  destinationPath: gs://pail\n"
						    "  google: {gkeEnvironment: true}\n%s",
					      certificates[i]);

		assert_makes(arena_cstr(a, values), certified[i]);
	}
}

Test(cluster_chart, wal_and_data)
{
	assert_makes(STORE "  provider: google\n"
			   "  destinationPath: gs://pail\n"
			   "  google: {gkeEnvironment: true}\n"
			   "  wal:\n"
			   "    compression: lz4\n"
			   "    encryption: ''\n"
			   "    maxParallel: 4\n"
			   "  data:\n"
			   "    encryption: AES256\n"
			   "    jobs: '2'\n"
			   "    additionalCommandArgs: [--x]\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " spec.backup.barmanObjectStore.wal.compression \"lz4\" 9\n"
		     " spec.backup.barmanObjectStore.wal.maxParallel 4 11\n"
		     " spec.backup.barmanObjectStore.data.encryption \"AES256\" 13\n"
		     " spec.backup.barmanObjectStore.data.additionalCommandArgs[0] \"--x\" 15\n"
		     " spec.backup.barmanObjectStore.destinationPath \"gs://pail\" 6\n"
		     " spec.backup.barmanObjectStore.googleCredentials.gkeEnvironment true 7\n"
		     "=\n"
		     "Cluster app/pg-cluster 0\n"
		     "ScheduledBackup app/pg-cluster-daily-backup 3\n");
}

Test(cluster_chart, a_recovery)
{
	assert_makes(
		"mode: recovery\n"
		"recovery:\n"
		"  method: backup\n"
		"  backupName: last\n"
		"  database: app\n"
		"  owner: me\n"
		"  pitrTarget:\n"
		"    time: 2026-08-26T10:00:00Z\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec.bootstrap.recovery.recoveryTarget.targetTime \"2026-08-26T10:00:00Z\" 8\n"
		" spec.bootstrap.recovery.database \"app\" 5\n"
		" spec.bootstrap.recovery.owner \"me\" 6\n"
		" spec.bootstrap.recovery.backup.name \"last\" 4\n"
		"=\n"
		"Cluster app/pg-cluster 0\n");
	assert_makes(
		"mode: recovery\n"
		"recovery:\n"
		"  method: object_store\n"
		"  clusterName: old\n"
		"  provider: google\n"
		"  google: {bucket: pail}\n",
		"Secret app/pg-cluster-recovery-google-creds or more: APPLICATION_CREDENTIALS\n"
		"Cluster app/pg-cluster in part 0\n"
		" spec.bootstrap.recovery.source \"objectStoreRecoveryCluster\" 3\n"
		" spec.externalClusters[0].name \"objectStoreRecoveryCluster\" 3\n"
		" spec.externalClusters[0].barmanObjectStore.serverName \"old\" 4\n"
		" spec.externalClusters[0].barmanObjectStore.destinationPath \"gs://pail\" 6\n"
		" spec.externalClusters[0].barmanObjectStore.googleCredentials.applicationCredentials.name \"pg-cluster-recovery-google-creds\" 3\n"
		" spec.externalClusters[0].barmanObjectStore.googleCredentials.applicationCredentials.key \"APPLICATION_CREDENTIALS\" 3\n"
		"=\n"
		"Secret app/pg-cluster-recovery-google-creds: APPLICATION_CREDENTIALS\n"
		"Cluster app/pg-cluster 0\n");
	assert_makes("mode: recovery\n"
		     "recovery: {method: import}\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " spec {} 1\n"
		     "=\n"
		     "Cluster app/pg-cluster in part 0\n");
	assert_makes("mode: replica\n", "Cluster app/pg-cluster in part 0\n"
					" spec {} 1\n"
					"=\n"
					"Cluster app/pg-cluster in part 0\n");
}

Test(cluster_chart, a_store_of_the_plugin)
{
	assert_makes(
		"mode: recovery\n"
		"recovery:\n"
		"  method: plugin\n"
		"  pluginConfiguration:\n"
		"    name: barman-cloud.cloudnative-pg.io\n"
		"    parameters: {}\n"
		"  clusterName: old\n"
		"  provider: google\n"
		"  google: {bucket: pail}\n"
		"  data: {additionalCommandArgs: [--x]}\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec.bootstrap.recovery.source \"pluginRecoveryCluster\" 3\n"
		" spec.externalClusters[0].name \"pluginRecoveryCluster\" 3\n"
		" spec.externalClusters[0].plugin.name \"barman-cloud.cloudnative-pg.io\" 5\n"
		" spec.externalClusters[0].plugin.parameters.barmanObjectName \"pg-cluster-recovery\" 5\n"
		" spec.externalClusters[0].plugin.parameters.serverName \"old\" 7\n"
		"Secret app/pg-cluster-recovery-google-creds or more: APPLICATION_CREDENTIALS\n"
		"ObjectStore app/pg-cluster-recovery in part 0\n"
		" spec.configuration.destinationPath \"gs://pail\" 9\n"
		" spec.configuration.googleCredentials.applicationCredentials.name \"pg-cluster-recovery-google-creds\" 3\n"
		" spec.configuration.googleCredentials.applicationCredentials.key \"APPLICATION_CREDENTIALS\" 3\n"
		"=\n"
		"Cluster app/pg-cluster 0\n"
		"Secret app/pg-cluster-recovery-google-creds: APPLICATION_CREDENTIALS\n"
		"ObjectStore app/pg-cluster-recovery in part 0\n");
	assert_makes("mode: standalone\n"
		     "backups:\n"
		     "  enabled: true\n"
		     "  method: plugin\n"
		     "  pluginConfiguration:\n"
		     "    name: barman-cloud.cloudnative-pg.io\n"
		     "    parameters: {serverName: x}\n"
		     "  provider: google\n"
		     "  google: {bucket: pail, gkeEnvironment: true}\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " spec.plugins[0].name \"barman-cloud.cloudnative-pg.io\" 6\n"
		     " spec.plugins[0].parameters.barmanObjectName \"pg-cluster-backups\" 6\n"
		     " spec.plugins[0].isWALArchiver true 3\n"
		     "ObjectStore app/pg-cluster-backups in part 0\n"
		     " spec.configuration.destinationPath \"gs://pail\" 9\n"
		     " spec.configuration.googleCredentials.gkeEnvironment true 9\n"
		     "=\n"
		     "Cluster app/pg-cluster in part 0\n"
		     "ObjectStore app/pg-cluster-backups in part 0\n"
		     "ScheduledBackup app/pg-cluster-daily-backup in part 3\n");
}

Test(cluster_chart, an_image_by_its_version_unless_others_say_which)
{
	static const char *const others[] = {
		"",
		"type: postgresql\n",
		"type: postgis\n",
		"cluster: {imageName: own}\n",
		"cluster: {imageCatalogRef: {name: x}}\n",
		"imageCatalog: {images: [{image: x}]}\n",
	};
	static const char *const wanted[] = {
		"Cluster app/pg-cluster in part 0\n"
		" spec.imageName \"ghcr.io/cloudnative-pg/postgresql:16\" 3\n"
		"=\n"
		"Cluster app/pg-cluster 0\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec.imageName \"ghcr.io/cloudnative-pg/postgresql:16\" 3\n"
		"=\n"
		"Cluster app/pg-cluster 0\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec {} 1\n"
		"=\n"
		"Cluster app/pg-cluster 0\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec.imageName \"own\" 4\n"
		"=\n"
		"Cluster app/pg-cluster 0\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec {} 1\n"
		"=\n"
		"Cluster app/pg-cluster 0\n",
		"Cluster app/pg-cluster in part 0\n"
		" spec {} 1\n"
		"=\n"
		"Cluster app/pg-cluster 0\n"};

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct str values = arena_fmt(
			a, "mode: standalone\nversion:\n  postgresql: '16'\n%s", others[i]);

		assert_makes(arena_cstr(a, values), wanted[i]);
	}
	assert_makes("mode: standalone\nversion: {postgresql: 17.2}\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " spec.imageName \"ghcr.io/cloudnative-pg/postgresql:17.2\" 2\n"
		     "=\n"
		     "Cluster app/pg-cluster 0\n");
}

Test(cluster_chart, what_a_cluster_has_beside_backups)
{
	assert_makes("mode: standalone\n"
		     "cluster:\n"
		     "  instances: 2\n"
		     "  annotations: {a: b}\n"
		     "  storage:\n"
		     "    size: 8Gi\n"
		     "    storageClass: ''\n"
		     "  walStorage:\n"
		     "    enabled: true\n"
		     "    size: 1Gi\n"
		     "    storageClass: fast\n"
		     "  env: [{name: A, value: b}]\n"
		     "  postgresql:\n"
		     "    parameters: {archive_timeout: 1min}\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " metadata.annotations.a \"b\" 4\n"
		     " spec.instances 2 3\n"
		     " spec.env[0].name \"A\" 12\n"
		     " spec.env[0].value \"b\" 12\n"
		     " spec.postgresql.parameters.archive_timeout \"1min\" 14\n"
		     " spec.storage.size \"8Gi\" 6\n"
		     " spec.walStorage.size \"1Gi\" 10\n"
		     " spec.walStorage.storageClass \"fast\" 11\n"
		     "=\n"
		     "Cluster app/pg-cluster 0\n");
	assert_makes("mode: standalone\n"
		     "cluster:\n"
		     "  instances: '2'\n"
		     "  walStorage: {enabled: false, size: 1Gi}\n"
		     "  postgresql: {parameters: {}}\n"
		     "  plugins: [{name: x}]\n",
		     "Cluster app/pg-cluster in part 0\n"
		     " spec.plugins[0].name \"x\" 6\n"
		     "=\n"
		     "Cluster app/pg-cluster in part 0\n");
}

Test(cluster_chart, a_name_is_cut_at_63_bytes)
{
	static const struct {
		const char *release, *values, *name;
	} names[] = {
		{"r",
		 "fullnameOverride: "
		 "a23456789012345678901234567890123456789012345678901234567890123\n",
		 "a23456789012345678901234567890123456789012345678901234567890123"},
		{"r",
		 "fullnameOverride: "
		 "a234567890123456789012345678901234567890123456789012345678901234\n",
		 "a23456789012345678901234567890123456789012345678901234567890123"},
		{"r",
		 "fullnameOverride: "
		 "a2345678901234567890123456789012345678901234567890123456789012-45\n",
		 "a2345678901234567890123456789012345678901234567890123456789012"},
		{"r", "nameOverride: x-\n", "r-x"},
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		CLEANUP(arena) struct arena *a = arena_new();
		struct str got = make(a, str_from(names[i].release), names[i].values, true);
		struct str want = arena_fmt(a, "Cluster app/%s in part", names[i].name);

		cr_expect(str_has_prefix(got, want), "%.*s", STR_ARG(got));
	}
}
