#include "rules/rule.h"

#include "rules/checks.h"

const struct rule rules[] = {
	{
		.id = "additional-args-malformed",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_additional_args_malformed,
		.summary = "An additional argument is not one word of a command line",
		.why = "Each element is handed to barman-cloud as one argument, blanks and "
		       "all: \"--opt value\" is an unknown word, and a value without its "
		       "option moves the positional arguments. The command stops, and with "
		       "it every backup or WAL file.",
		.fix = "Write --option=value in one element, or option and value in two.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    data:\n"
		       "      additionalCommandArgs:\n"
		       "        - --max-single-put-size 16777216",
		.good = "spec:\n"
			"  configuration:\n"
			"    data:\n"
			"      additionalCommandArgs:\n"
			"        - --max-single-put-size=16777216",
		.reference = "cloudnative-pg/plugin-barman-cloud#428",
	},

	{
		.id = "additional-args-reserved",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_additional_args_reserved,
		.summary = "An additional argument is one that CloudNativePG sets itself",
		.why = "Of an argument and its field only one counts, and a value that "
		       "stands in an element of its own stays behind and stops the "
		       "command. endpoint-url, cloud-provider and tags are passed by "
		       "CloudNativePG after these, and the commands that list and delete "
		       "backups never see them here. Alone, an argument that has a field "
		       "works: an info.",
		.fix = "Use the field: endpointURL, data.jobs, data.encryption, "
		       "wal.compression, tags.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    data:\n"
		       "      additionalCommandArgs:\n"
		       "        - --jobs=4",
		.good = "spec:\n"
			"  configuration:\n"
			"    data:\n"
			"      jobs: 4",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	{
		.id = "archive-already-in-use",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_archive_already_in_use,
		.summary = "A new Cluster is to archive where backups of that name lie already",
		.why = "The status of the ObjectStore lists the servers whose backups "
		       "it holds. A new Cluster checks that its archive is empty and "
		       "stops with \"Expected empty archive\" before its first WAL file; "
		       "so does one that was deleted and is created again under its "
		       "name. If the bucket was emptied since, the status is out of "
		       "date.",
		.fix = "Give the new Cluster a serverName of its own, such as db-v2; "
		       "or empty the directory.",
		.bad = "kind: Cluster\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "---\n"
		       "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/db\n"
		       "status:\n"
		       "  serverRecoveryWindow:\n"
		       "    db: {lastSuccessfulBackupTime: \"2026-08-20T03:00:12Z\"}",
		.good = "kind: Cluster\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db-v2\n"
			"---\n"
			"kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/db\n"
			"status:\n"
			"  serverRecoveryWindow:\n"
			"    db: {lastSuccessfulBackupTime: \"2026-08-20T03:00:12Z\"}",
		.reference = "cloudnative-pg/plugin-barman-cloud#727",
		.superseded_by = "archive-location-shared",
	},

	{
		.id = "archive-location-shared",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_archive_location_shared,
		.summary = "Two Clusters archive to the same place",
		.why = "A place is endpoint, bucket, path and server name, and the "
		       "server name defaults to the name of the Cluster: two Clusters "
		       "called db with one destinationPath are in one directory, "
		       "whatever their namespaces. The second one stops with \"Expected "
		       "empty archive\"; where that check is skipped, or came too "
		       "early, the WAL of both mixes, and neither can be restored. The "
		       "same destinationPath with different server names is fine.",
		.fix = "Give one of them another serverName (a new Cluster any time, a "
		       "running one followed by a Backup at once), or another "
		       "destinationPath.",
		.bad = "kind: Cluster\n"
		       "metadata: {name: db, namespace: shop}\n"
		       "spec:\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/\n"
		       "---\n"
		       "kind: Cluster\n"
		       "metadata: {name: db, namespace: blog}\n"
		       "spec:\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/",
		.good = "kind: Cluster\n"
			"metadata: {name: db, namespace: shop}\n"
			"spec:\n"
			"  backup:\n"
			"    barmanObjectStore:\n"
			"      destinationPath: s3://backups/\n"
			"---\n"
			"kind: Cluster\n"
			"metadata: {name: db, namespace: blog}\n"
			"spec:\n"
			"  backup:\n"
			"    barmanObjectStore:\n"
			"      destinationPath: s3://backups/\n"
			"      serverName: blog-db",
		.reference = "cloudnative-pg/plugin-barman-cloud#263",
		.superseded_by = "recovery-from-own-archive",
	},

	{
		.id = "archive-timeout-disabled",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_archive_timeout_disabled,
		.summary = "WAL of a quiet database is archived late or never",
		.why = "With archive_timeout 0 a segment is archived only when its 16 MB "
		       "are full. A database with few writes then has hours or days of "
		       "them nowhere but on its own volume. CloudNativePG's default is "
		       "5min.",
		.fix = "Remove archive_timeout, or set the time whose writes you can do "
		       "without.",
		.bad = "spec:\n"
		       "  postgresql:\n"
		       "    parameters:\n"
		       "      archive_timeout: \"0\"\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store",
		.good = "spec:\n"
			"  postgresql:\n"
			"    parameters:\n"
			"      archive_timeout: 5min\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://cloudnative-pg.io/documentation/current/wal_archiving/",
	},

	{
		.id = "backup-target-primary",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_backup_target_primary,
		.summary = "Base backups run on the primary although there are standbys",
		.why = "A base backup reads the whole database. On the primary it competes "
		       "with the applications for I/O and CPU; prefer-standby, the "
		       "default, takes the most aligned standby.",
		.fix = "Remove target, or set prefer-standby.",
		.bad = "spec:\n"
		       "  instances: 3\n"
		       "  backup:\n"
		       "    target: primary",
		.good = "spec:\n"
			"  instances: 3\n"
			"  backup:\n"
			"    target: prefer-standby",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "barman-object-name-missing",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_barman_object_name_missing,
		.summary = "A plugin entry names no ObjectStore",
		.why = "The plugin knows no default store. Without "
		       "parameters.barmanObjectName the sidecar is not injected: with "
		       "isWALArchiver: true archive_command fails with \"wal archive plugin "
		       "is not available\" and the WAL volume fills up; without it "
		       "archive_command succeeds and stores nothing. A recovery or replica "
		       "source without it has nothing to read.",
		.fix = "Set parameters.barmanObjectName to an ObjectStore of the Cluster's "
		       "namespace.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        objectStoreName: minio-store",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	{
		.id = "bucket-versioning-retention",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.check = check_bucket_versioning_retention,
		.summary = "Backblaze B2 hides what the retention policy deletes",
		.why = "B2 keeps every version of an object. What the plugin deletes is only "
		       "hidden: it is still stored and billed until a lifecycle rule of the "
		       "bucket removes hidden versions.",
		.fix = "Set the bucket's lifecycle rule to keep only the last version.",
		.bad = "spec:\n"
		       "  retentionPolicy: 30d\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/app\n"
		       "    endpointURL: https://s3.eu-central-003.backblazeb2.com\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: b2, key: id}\n"
		       "      secretAccessKey: {name: b2, key: secret}\n"
		       "      region: {name: b2, key: region}",
		.good = "spec:\n"
			"  retentionPolicy: 30d\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/app\n"
			"    endpointURL: https://minio.example.org\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: minio, key: id}\n"
			"      secretAccessKey: {name: minio, key: secret}",
		.reference = "EnterpriseDB/barman#1197",
	},

	{
		.id = "checksum-env-missing",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_checksum_env_missing,
		.summary = "A store that is not AWS may refuse the checksums of newer boto3",
		.why = "Since boto3 1.36 every upload carries a CRC checksum unless it is "
		       "told otherwise; some S3-compatible stores answer "
		       "XAmzContentSHA256Mismatch or \"Unsupported header\", and no backup "
		       "arrives. A warning for services that are known to (Backblaze B2, "
		       "Alibaba OSS, Huawei OBS, Volcano TOS), an info for the rest: most "
		       "have learned it. The env of every store that a Cluster uses counts. "
		       "The policy knows better for a site: checksumEnvRequired lists hosts "
		       "for which it is a deny, checksumEnvOk those for which it is silent.",
		.fix = "Set both variables to when_required in "
		       "instanceSidecarConfiguration.env.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    endpointURL: https://s3.example.org\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: s3, key: id}\n"
		       "      secretAccessKey: {name: s3, key: secret}",
		.good = "spec:\n"
			"  configuration:\n"
			"    endpointURL: https://s3.example.org\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: s3, key: id}\n"
			"      secretAccessKey: {name: s3, key: secret}\n"
			"  instanceSidecarConfiguration:\n"
			"    env:\n"
			"      - name: AWS_REQUEST_CHECKSUM_CALCULATION\n"
			"        value: when_required\n"
			"      - name: AWS_RESPONSE_CHECKSUM_VALIDATION\n"
			"        value: when_required",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "cluster-without-backup",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_cluster_without_backup,
		.summary = "The Cluster has no backup of any kind",
		.why = "There is no plugin, no barmanObjectStore and no volumeSnapshot. "
		       "Nothing shows it: the condition ContinuousArchiving is True, "
		       "because archive_command succeeds without doing anything.",
		.fix = "Add the Barman Cloud plugin with an ObjectStore, and a "
		       "ScheduledBackup.",
		.bad = "spec:\n"
		       "  instances: 1\n"
		       "  storage:\n"
		       "    size: 10Gi",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
		.superseded_by = "policy-require-plugin",
	},

	{
		.id = "cluster-without-schedule",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_USERS,
		.severity = SEV_WARN,
		.check = check_cluster_without_schedule,
		.summary = "A Cluster archives WAL, but no ScheduledBackup names it",
		.why = "WAL alone restores nothing: a restore begins with a base "
		       "backup. And WAL is deleted only together with base backups, so "
		       "without any the store grows for ever, whatever its "
		       "retentionPolicy. Where no ScheduledBackup of the namespace is "
		       "known at all, they may be elsewhere: an info. Said of files "
		       "and audits only; a schedule is usually applied after its "
		       "Cluster.",
		.fix = "Add a ScheduledBackup with the Cluster's name and the method "
		       "that it archives with.",
		.bad = "kind: Cluster\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "---\n"
		       "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/db",
		.good = "kind: Cluster\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"---\n"
			"kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/db\n"
			"---\n"
			"kind: ScheduledBackup\n"
			"metadata: {name: db-daily}\n"
			"spec:\n"
			"  schedule: '0 0 3 * * *'\n"
			"  cluster: {name: db}\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
			"  immediate: true\n"
			"  backupOwnerReference: self",
		.reference = "EnterpriseDB/barman#712",
	},

	{
		.id = "credentials-absent",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_credentials_absent,
		.summary = "An ObjectStore without credentials",
		.why = "The plugin has no webhook: the API server accepts such a store, "
		       "and the sidecar then answers every backup and every WAL file with "
		       "\"no credentials defined\". PostgreSQL keeps its WAL until the "
		       "volume is full. A usual cause is s3Credentials: with its content "
		       "one level too far left.",
		.fix = "Set s3Credentials, azureCredentials or googleCredentials.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/app\n"
		       "    s3Credentials:\n"
		       "    accessKeyId: {name: s3, key: id}",
		.good = "spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/app\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: s3, key: id}\n"
			"      secretAccessKey: {name: s3, key: secret}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "credentials-incomplete",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_credentials_incomplete,
		.summary = "Credentials lack a part that is read at every backup",
		.why = "CloudNativePG checks this for in-tree stores, nobody does for an "
		       "ObjectStore. The sidecar reads name and key of each Secret before "
		       "every WAL file and fails with \"missing access key ID\" or \"missing "
		       "secret access key\".",
		.fix = "Name both keys, or the role that is inherited.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: s3, key: id}",
		.good = "spec:\n"
			"  configuration:\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: s3, key: id}\n"
			"      secretAccessKey: {name: s3, key: secret}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "credentials-key-missing",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_credentials_key_missing,
		.summary = "The Secret of the credentials has no such key",
		.why = "The sidecar reads secret.data[key] of each selector, and "
		       "stops at the first that is not there: \"missing key "
		       "ACCESS_KEY, inside secret minio\". No WAL is archived, no "
		       "backup is taken, nothing is pruned, and WAL fills the volume "
		       "until PostgreSQL stops. Of an ExternalSecret with a template "
		       "only the keys of the template count, unless its mergePolicy "
		       "is Merge; what dataFrom brings is not known, and no finding.",
		.fix = "Name a key that the Secret has, or add the key to the Secret.",
		.bad = "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: minio, key: ACCESS_KEY_ID}\n"
		       "      secretAccessKey: {name: minio, key: SECRET_KEY}\n"
		       "---\n"
		       "kind: Secret\n"
		       "metadata: {name: minio}\n"
		       "stringData: {ACCESS_KEY: backup, SECRET_KEY: not-so-secret}",
		.good = "kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: minio, key: ACCESS_KEY}\n"
			"      secretAccessKey: {name: minio, key: SECRET_KEY}\n"
			"---\n"
			"kind: Secret\n"
			"metadata: {name: minio}\n"
			"stringData: {ACCESS_KEY: backup, SECRET_KEY: not-so-secret}",
		.reference = "cloudnative-pg/barman-cloud pkg/credentials/env.go",
	},

	{
		.id = "credentials-kinds-mixed",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_credentials_kinds_mixed,
		.summary = "Credentials of several kinds stand side by side",
		.why = "Of several kinds the sidecar takes s3Credentials first, then "
		       "googleCredentials, then azureCredentials, whatever destinationPath "
		       "says. Within one kind a role wins over keys, which are then not "
		       "even read. CloudNativePG refuses both for in-tree stores; for an "
		       "ObjectStore nobody does.",
		.fix = "Keep the credentials that are meant.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    s3Credentials:\n"
		       "      inheritFromIAMRole: true\n"
		       "      accessKeyId: {name: s3, key: id}\n"
		       "      secretAccessKey: {name: s3, key: secret}",
		.good = "spec:\n"
			"  configuration:\n"
			"    s3Credentials:\n"
			"      inheritFromIAMRole: true",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "credentials-secret-missing",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_credentials_secret_missing,
		.summary = "The Secret of the credentials is not there",
		.why = "Credentials are read from Secrets in the namespace of the "
		       "Cluster. Without one WAL archiving, backups and retention all "
		       "fail together, and WAL fills the volume until PostgreSQL "
		       "stops. A deny where everything is known, as in a live "
		       "cluster; in files a warning, since Secrets are often made by "
		       "hand, and an info when the files hold no Secret at all for "
		       "the namespace. With strictReferences it counts in full.",
		.fix = "Add the Secret, or whatever makes it (ExternalSecret, "
		       "SealedSecret), to the namespace, or name the one that is "
		       "meant.",
		.bad = "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: minio, key: ACCESS_KEY}\n"
		       "      secretAccessKey: {name: minio, key: SECRET_KEY}\n"
		       "---\n"
		       "kind: Secret\n"
		       "metadata: {name: minio-credentials}\n"
		       "stringData: {ACCESS_KEY: backup, SECRET_KEY: not-so-secret}",
		.good = "kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: minio, key: ACCESS_KEY}\n"
			"      secretAccessKey: {name: minio, key: SECRET_KEY}\n"
			"---\n"
			"kind: Secret\n"
			"metadata: {name: minio}\n"
			"stringData: {ACCESS_KEY: backup, SECRET_KEY: not-so-secret}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "cross-namespace-store",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_cross_namespace_store,
		.summary = "The plugin is told to use a store of another namespace",
		.why = "ObjectStores are looked up in the Cluster's own namespace only. A "
		       "namespace key is ignored, a '/' is taken as a part of the name. "
		       "While no such ObjectStore exists the operator tries again for ever, "
		       "before it handles a failover.",
		.fix = "Put the ObjectStore and its Secret into the Cluster's namespace.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "        barmanObjectNamespace: storage",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/448",
	},

	{
		.id = "data-compression-unsupported-by-version",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_data_compression_unsupported_by_version,
		.summary = "The plugin in use does not know this compression of base backups",
		.why = "data.compression: lz4 came with plugin 0.13; the ObjectStore CRD "
		       "of an older one refuses the object. pluginVersion of the policy "
		       "says which is in use.",
		.fix = "Use snappy or gzip, or a newer plugin.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    data:\n"
		       "      compression: lz4",
		.good = "spec:\n"
			"  configuration:\n"
			"    data:\n"
			"      compression: snappy",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/releases",
	},

	{
		.id = "destination-credentials-mismatch",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_destination_credentials_mismatch,
		.summary = "destinationPath belongs to another provider than the credentials",
		.why = "The credentials choose the provider, and barman-cloud refuses a "
		       "destinationPath that is not of its form: s3:// for s3Credentials, "
		       "gs:// for googleCredentials, "
		       "https://ACCOUNT.blob.core.windows.net/ for azureCredentials.",
		.fix = "Change the one that is wrong. Google through its S3 interface is "
		       "s3:// with endpointURL: https://storage.googleapis.com.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: gs://backups/app\n"
		       "    s3Credentials:\n"
		       "      inheritFromIAMRole: true",
		.good = "spec:\n"
			"  configuration:\n"
			"    destinationPath: gs://backups/app\n"
			"    googleCredentials:\n"
			"      gkeEnvironment: true",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "destination-path-invalid",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_destination_path_invalid,
		.summary = "destinationPath is not a URL that barman-cloud understands",
		.why = "The API server takes any text; barman-cloud parses it at run time. "
		       "With s3Credentials it wants s3://BUCKET/PATH and nothing else: the "
		       "host belongs in endpointURL. A query or fragment is dropped "
		       "without a word, so the backups end up elsewhere.",
		.fix = "Write s3://BUCKET/PATH, gs://BUCKET/PATH or "
		       "https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: https://minio.example.org/backups/app\n"
		       "    s3Credentials:\n"
		       "      inheritFromIAMRole: true",
		.good = "spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/app\n"
			"    endpointURL: https://minio.example.org\n"
			"    s3Credentials:\n"
			"      inheritFromIAMRole: true",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
		.superseded_by = "policy-destination",
	},

	{
		.id = "empty-archive-check-skipped",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_empty_archive_check_skipped,
		.summary = "The check for an empty archive is switched off",
		.why = "cnpg.io/skipEmptyWalArchiveCheck: enabled lets a new Cluster write "
		       "into an archive that another one filled. Their WAL files have the "
		       "same names: each overwrites the other's, and neither can be "
		       "restored for certain.",
		.fix = "Remove the annotation; give a Cluster that is made anew a new "
		       "serverName.",
		.bad = "metadata:\n"
		       "  name: db\n"
		       "  annotations:\n"
		       "    cnpg.io/skipEmptyWalArchiveCheck: enabled\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store",
		.good = "metadata:\n"
			"  name: db\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db-v2",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/263",
	},

	{
		.id = "endpoint-aws-redundant-or-region",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_endpoint_aws_redundant_or_region,
		.summary = "The region is missing or another than that of the endpoint",
		.why = "boto3 signs for us-east-1 unless it is told a region; it reads "
		       "AWS_DEFAULT_REGION and not AWS_REGION, and never the host name. "
		       "Scaleway and OVHcloud answer such a request with \"400 Bad "
		       "Request\", so do Garage and others depending on their "
		       "configuration.",
		.fix = "Set AWS_DEFAULT_REGION in instanceSidecarConfiguration.env, or "
		       "s3Credentials.region.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    endpointURL: https://s3.fr-par.scw.cloud\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: s3, key: id}\n"
		       "      secretAccessKey: {name: s3, key: secret}",
		.good = "spec:\n"
			"  configuration:\n"
			"    endpointURL: https://s3.fr-par.scw.cloud\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: s3, key: id}\n"
			"      secretAccessKey: {name: s3, key: secret}\n"
			"      region: {name: s3, key: region}",
		.reference = "cloudnative-pg/cloudnative-pg#202",
	},

	{
		.id = "endpoint-ca-ignored",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_endpoint_ca_ignored,
		.summary = "endpointCA has no effect here, or an unwanted one",
		.why = "endpointCA becomes AWS_CA_BUNDLE or REQUESTS_CA_BUNDLE; with "
		       "Google it is not used, with http:// nothing is checked, and "
		       "without endpointURL it is AWS that is checked against a private "
		       "CA. Its Secret must exist all the same: it is mounted into the "
		       "Pod.",
		.fix = "Remove it, or set the https:// endpointURL that it belongs to.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    endpointURL: http://minio:9000\n"
		       "    endpointCA: {name: ca, key: ca.crt}\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: s3, key: id}\n"
		       "      secretAccessKey: {name: s3, key: secret}",
		.good = "spec:\n"
			"  configuration:\n"
			"    endpointURL: https://minio:9000\n"
			"    endpointCA: {name: ca, key: ca.crt}\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: s3, key: id}\n"
			"      secretAccessKey: {name: s3, key: secret}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "endpoint-ca-missing",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_endpoint_ca_missing,
		.summary = "The CA certificate of the endpoint is not there",
		.why = "The plugin mounts endpointCA into the Pod as a volume. Unlike "
		       "the Secret of the credentials, which is read when it is "
		       "needed, a Secret or key that is not there keeps the Pod from "
		       "starting at all (FailedMount): no PostgreSQL. A value that is "
		       "no PEM certificate lets it start, and every connection to the "
		       "store fail.",
		.fix = "Put the CA certificate in PEM into the Secret, under the key "
		       "that endpointCA names.",
		.bad = "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/\n"
		       "    endpointURL: https://minio.example.org\n"
		       "    endpointCA: {name: minio-ca, key: ca.crt}\n"
		       "---\n"
		       "kind: Secret\n"
		       "metadata: {name: minio-ca}\n"
		       "stringData:\n"
		       "  tls.crt: |\n"
		       "    -----BEGIN CERTIFICATE-----\n"
		       "    MIIBszCCAVmgAwIBAgIUH0\n"
		       "    -----END CERTIFICATE-----",
		.good = "kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/\n"
			"    endpointURL: https://minio.example.org\n"
			"    endpointCA: {name: minio-ca, key: ca.crt}\n"
			"---\n"
			"kind: Secret\n"
			"metadata: {name: minio-ca}\n"
			"stringData:\n"
			"  ca.crt: |\n"
			"    -----BEGIN CERTIFICATE-----\n"
			"    MIIBszCCAVmgAwIBAgIUH0\n"
			"    -----END CERTIFICATE-----",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "endpoint-malformed",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_endpoint_malformed,
		.summary = "endpointURL is not scheme, host and port",
		.why = "It is handed to boto3 as it is. Without a scheme, or with an "
		       "underscore in the host, boto3 refuses it (\"Invalid endpoint\"). "
		       "With an endpoint the bucket is always addressed by path, so a "
		       "bucket in the endpoint is there twice. A path is only a warning: a "
		       "proxy may map it.",
		.fix = "Write https://HOST:PORT; the bucket stands in destinationPath.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    endpointURL: minio.example.org:9000\n"
		       "    s3Credentials:\n"
		       "      inheritFromIAMRole: true",
		.good = "spec:\n"
			"  configuration:\n"
			"    endpointURL: https://minio.example.org:9000\n"
			"    s3Credentials:\n"
			"      inheritFromIAMRole: true",
		.reference = "cloudnative-pg/cloudnative-pg#3684",
		.superseded_by = "policy-endpoint",
	},

	{
		.id = "endpoint-plaintext",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_endpoint_plaintext,
		.summary = "Backups go over an unencrypted connection",
		.why = "Base backups and WAL hold every row of the database, and nothing "
		       "encrypts them on the way to an http:// endpoint. Inside one "
		       "cluster or a home network this is usual, hence only an info there; "
		       "the policy lists accepted hosts in allowPlaintext.",
		.fix = "Use https://, and endpointCA for a private CA.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    endpointURL: http://s3.example.org\n"
		       "    s3Credentials:\n"
		       "      inheritFromIAMRole: true",
		.good = "spec:\n"
			"  configuration:\n"
			"    endpointURL: https://s3.example.org\n"
			"    s3Credentials:\n"
			"      inheritFromIAMRole: true",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "exemption-not-honoured",
		.kinds = KIND_ALL,
		.severity = SEV_WARN,
		.check = check_exemption_not_honoured,
		.summary = "An exemption annotation is incomplete, expired or misspelt",
		.why = "backup-guard.io/allow silences the rules it names only together with a "
		       "backup-guard.io/reason, before backup-guard.io/expires, and where the "
		       "policy "
		       "allows annotations. Otherwise every finding stands.",
		.fix = "Add the reason, mend the date or the rule id, or remove the annotation.",
		.bad = "metadata:\n  annotations:\n    backup-guard.io/allow: schedule-suspended",
		.good = "metadata:\n  annotations:\n    backup-guard.io/allow: schedule-suspended\n"
			"    backup-guard.io/reason: restored by hand until March",
		.reference = "https://kubernetes.io/docs/concepts/overview/working-with-objects/"
			     "annotations/",
	},

	{
		.id = "external-in-tree-credentials",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_external_in_tree_credentials,
		.summary = "An external cluster's barmanObjectStore cannot work",
		.why = "CloudNativePG checks the credentials of "
		       "spec.backup.barmanObjectStore, but not those of externalClusters. "
		       "What is wrong with them shows only when the restore job runs, and "
		       "fails.",
		.fix = "Correct the credentials or the destinationPath, as for an "
		       "ObjectStore.",
		.bad = "spec:\n"
		       "  externalClusters:\n"
		       "    - name: old\n"
		       "      barmanObjectStore:\n"
		       "        destinationPath: s3://backups/old\n"
		       "        s3Credentials:\n"
		       "          accessKeyId:\n"
		       "            name: minio\n"
		       "            key: ID",
		.good = "spec:\n"
			"  externalClusters:\n"
			"    - name: old\n"
			"      barmanObjectStore:\n"
			"        destinationPath: s3://backups/old\n"
			"        s3Credentials:\n"
			"          accessKeyId:\n"
			"            name: minio\n"
			"            key: ID\n"
			"          secretAccessKey:\n"
			"            name: minio\n"
			"            key: SECRET",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},

	{
		.id = "externalsecret-not-owner",
		.kinds = KIND_EXTERNAL_SECRET,
		.severity = SEV_WARN,
		.check = check_externalsecret_not_owner,
		.summary = "An ExternalSecret does not create the Secret that backups read",
		.why = "With creationPolicy None nothing is written at all, with Merge "
		       "only into a Secret that something else creates. Until it exists "
		       "every backup and every WAL file fails.",
		.fix = "Use creationPolicy Owner, the default, or Orphan.",
		.bad = "spec:\n"
		       "  target:\n"
		       "    name: s3-credentials\n"
		       "    creationPolicy: None",
		.good = "spec:\n"
			"  target:\n"
			"    name: s3-credentials\n"
			"    creationPolicy: Owner",
		.reference = "https://external-secrets.io/latest/guides/ownership-deletion-policy/",
	},

	{
		.id = "gcs-credentials-empty",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_gcs_credentials_empty,
		.summary = "googleCredentials say neither a key file nor a GKE environment",
		.why = "The sidecar dereferences the missing applicationCredentials and "
		       "panics: no WAL file and no backup is ever stored.",
		.fix = "Set gkeEnvironment: true with Workload Identity, or "
		       "applicationCredentials.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: gs://backups/app\n"
		       "    googleCredentials: {}",
		.good = "spec:\n"
			"  configuration:\n"
			"    destinationPath: gs://backups/app\n"
			"    googleCredentials:\n"
			"      gkeEnvironment: true",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "iam-on-custom-endpoint",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_iam_on_custom_endpoint,
		.summary = "An IAM role of AWS is used with a store that is not AWS",
		.why = "inheritFromIAMRole makes the sidecar read nothing at all; boto3 "
		       "then looks for a role of the Pod, which a MinIO or an appliance "
		       "does not know. It is right only with a token service of that "
		       "store, for which the sidecar's env has AWS_ROLE_ARN and "
		       "AWS_WEB_IDENTITY_TOKEN_FILE.",
		.fix = "Name accessKeyId and secretAccessKey, or set the web identity "
		       "variables.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    endpointURL: https://minio.example.org\n"
		       "    s3Credentials:\n"
		       "      inheritFromIAMRole: true",
		.good = "spec:\n"
			"  configuration:\n"
			"    endpointURL: https://minio.example.org\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: s3, key: id}\n"
			"      secretAccessKey: {name: s3, key: secret}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "immediate-with-new-cluster",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_immediate_with_new_cluster,
		.summary = "The first backup is due before its Cluster runs",
		.why = "With immediate: true the operator creates a Backup at once. While "
		       "the Cluster is still being made, that Backup waits as pending, or "
		       "fails because WAL archiving is not up yet; while it is neither "
		       "completed nor failed the schedule makes no other, and a failed one "
		       "is not repeated before the next time of the schedule. In files it "
		       "is an info where one file holds both.",
		.fix = "Apply the ScheduledBackup when the Cluster is ready (dependsOn of "
		       "Flux, a later wave of Argo CD), or look at its first Backup "
		       "afterwards.",
		.bad = "kind: ScheduledBackup\n"
		       "spec:\n"
		       "  schedule: \"0 0 3 * * *\"\n"
		       "  cluster: {name: db}\n"
		       "  immediate: true\n"
		       "  method: plugin\n"
		       "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
		       "---\n"
		       "kind: Cluster\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio}",
		.good = "kind: ScheduledBackup\n"
			"spec:\n"
			"  schedule: \"0 0 3 * * *\"\n"
			"  cluster: {name: db}\n"
			"  immediate: true\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
			"---\n"
			"kind: Cluster\n"
			"spec:\n"
			"  instances: 1\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio}\n"
			"status: {currentPrimary: db-1}",
		.reference = "cloudnative-pg/klio#268",
	},

	{
		.id = "in-tree-beside-plugin",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_in_tree_beside_plugin,
		.summary = "The Cluster archives in-tree and by the plugin at the same time",
		.why = "Every WAL file goes to both. Each side deletes WAL only with its "
		       "own base backups, so the side without a schedule grows for ever "
		       "and cannot be restored. It is meant for the days of a migration; "
		       "CloudNativePG 1.31 removes the in-tree side.",
		.fix = "Remove spec.backup.barmanObjectStore, set isWALArchiver: true, and "
		       "let schedules use method: plugin.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/db",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
	},

	{
		.id = "in-tree-deprecated",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_in_tree_deprecated,
		.summary = "An in-tree barmanObjectStore is deprecated",
		.why = "Backups by spec.backup.barmanObjectStore and recovery from "
		       "externalClusters[].barmanObjectStore are deprecated, and "
		       "completely removed in CloudNativePG 1.31.",
		.fix = "Move the configuration to an ObjectStore and use the Barman Cloud "
		       "plugin.",
		.bad = "spec:\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/db",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
	},

	{
		.id = "in-tree-image-without-barman",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_in_tree_image_without_barman,
		.summary = "The image lacks the programs that an in-tree store needs",
		.why = "In-tree backups run barman-cloud inside the PostgreSQL container. "
		       "Official images with minimal or standard in their tag do not have it, "
		       "only system images do.",
		.fix = "Use a system image, or the Barman Cloud plugin, which brings its "
		       "own.",
		.bad = "spec:\n"
		       "  imageName: ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/db",
		.good = "spec:\n"
			"  imageName: ghcr.io/cloudnative-pg/postgresql:18-system-trixie\n"
			"  backup:\n"
			"    barmanObjectStore:\n"
			"      destinationPath: s3://backups/db",
		.reference = "https://cloudnative-pg.io/documentation/current/container_images/",
	},

	{
		.id = "invalid-value",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_invalid_value,
		.summary = "A value is one that the API server refuses",
		.why = "The CRDs of CloudNativePG and the Barman Cloud plugin say which type, "
		       "choices, pattern and bounds each field has, and which fields must be "
		       "there. The API server refuses what is outside them before any webhook "
		       "is asked. YAML makes the usual ones: a number or on where text is "
		       "wanted, \"true\" in quotes where a boolean is.",
		.fix = "Write the value as the field wants it; the finding says how.",
		.bad = "kind: ScheduledBackup\n"
		       "spec:\n"
		       "  schedule: '0 0 3 * * *'\n"
		       "  immediate: \"true\"\n"
		       "  cluster: {name: db}\n"
		       "  method: barman-cloud",
		.good = "kind: ScheduledBackup\n"
			"spec:\n"
			"  schedule: '0 0 3 * * *'\n"
			"  immediate: true\n"
			"  cluster: {name: db}\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}",
		.reference = "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
	},

	{
		.id = "kubectl-apply-annotation-secret",
		.kinds = KIND_SECRET,
		.severity = SEV_INFO,
		.check = check_kubectl_apply_annotation_secret,
		.summary = "An annotation of a credentials Secret repeats its values",
		.why = "kubectl apply keeps the whole manifest in "
		       "kubectl.kubernetes.io/last-applied-configuration. Dashboards and "
		       "log collectors that hide data show annotations.",
		.fix = "Apply with --server-side, or let an ExternalSecret or SealedSecret "
		       "write the Secret; then remove the annotation.",
		.bad = "metadata:\n"
		       "  name: s3-credentials\n"
		       "  annotations:\n"
		       "    kubectl.kubernetes.io/last-applied-configuration: \"{...}\"",
		.good = "metadata:\n"
			"  name: s3-credentials",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},

	{
		.id = "last-schedule-delete",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_DELETE,
		.update_too = true,
		.severity = SEV_WARN,
		.check = check_last_schedule_delete,
		.summary = "The last active schedule of a Cluster goes, or is suspended",
		.why = "Without a schedule no base backup is made, and a restore has to "
		       "replay all WAL since the last one. WAL files are deleted only "
		       "together with base backups, so the archive grows for ever.",
		.fix = "Create the schedule that takes its place first, or delete the "
		       "Cluster first.",
		.bad = "kind: ScheduledBackup\n"
		       "metadata: {name: daily}\n"
		       "spec:\n"
		       "  schedule: \"0 0 3 * * *\"\n"
		       "  cluster: {name: db}\n"
		       "  method: plugin\n"
		       "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
		       "---\n"
		       "kind: Cluster\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio}",
		.good = "kind: ScheduledBackup\n"
			"metadata: {name: daily}\n"
			"spec:\n"
			"  schedule: \"0 0 3 * * *\"\n"
			"  cluster: {name: db}\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
			"---\n"
			"kind: Cluster\n"
			"spec:\n"
			"  instances: 1\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio}\n"
			"---\n"
			"kind: ScheduledBackup\n"
			"metadata: {name: nightly}\n"
			"spec:\n"
			"  schedule: \"0 0 2 * * *\"\n"
			"  cluster: {name: db}\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}",
		.reference = "JiRaska/open-bank-oss#1487",
	},

	{
		.id = "live-backup-stuck",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_backup_stuck,
		.summary = "A Backup has been neither completed nor failed for more than a day",
		.why = "A ScheduledBackup makes no new Backup while one of its own is neither "
		       "completed nor failed. One that waits for a Cluster that is gone, or "
		       "for WAL archiving that fails, stops the schedule without a word: its "
		       "status looks healthy.",
		.fix = "Look at the Backup's status and events and repair what it waits for. "
		       "If it does not go on then: kubectl delete backup NAME.",
		.bad = "kind: Cluster\n"
		       "metadata: {name: db, namespace: app, creationTimestamp: "
		       "'2026-01-01T00:00:00Z'}\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/db\n"
		       "      s3Credentials: {inheritFromIAMRole: true}\n"
		       "---\n"
		       "kind: Backup\n"
		       "metadata: {name: db-1, namespace: app, creationTimestamp: "
		       "'2026-08-20T00:00:00Z'}\n"
		       "spec: {cluster: {name: db}}\n"
		       "status: {phase: walArchivingFailing}\n",
		.good = "kind: Cluster\n"
			"metadata: {name: db, namespace: app, creationTimestamp: "
			"'2026-01-01T00:00:00Z'}\n"
			"spec:\n"
			"  instances: 1\n"
			"  backup:\n"
			"    barmanObjectStore:\n"
			"      destinationPath: s3://backups/db\n"
			"      s3Credentials: {inheritFromIAMRole: true}\n"
			"---\n"
			"kind: Backup\n"
			"metadata: {name: db-1, namespace: app, creationTimestamp: "
			"'2026-08-20T00:00:00Z'}\n"
			"spec: {cluster: {name: db}}\n"
			"status: {phase: completed, stoppedAt: '2026-08-26T03:00:00Z'}\n",
		.reference = "cloudnative-pg/cloudnative-pg#10778",
	},

	{
		.id = "live-continuous-archiving-false",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_continuous_archiving_false,
		.summary = "WAL archiving fails",
		.why = "PostgreSQL keeps every WAL file that could not be archived. There is "
		       "no recovery to a time after the last file that arrived, and when the "
		       "volume is full PostgreSQL stops.",
		.fix = "Read the condition's message and the logs of the Pod's container "
		       "plugin-barman-cloud. Often the cause is a credential, the store's "
		       "name, or an archive that is not empty.",
		.bad = "kind: Cluster\n"
		       "metadata: {name: db, namespace: app, creationTimestamp: "
		       "'2026-01-01T00:00:00Z'}\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/db\n"
		       "      s3Credentials: {inheritFromIAMRole: true}\n"
		       "status:\n"
		       "  conditions:\n"
		       "    - {type: ContinuousArchiving, status: 'False'}\n",
		.good = "kind: Cluster\n"
			"metadata: {name: db, namespace: app, creationTimestamp: "
			"'2026-01-01T00:00:00Z'}\n"
			"spec:\n"
			"  instances: 1\n"
			"  backup:\n"
			"    barmanObjectStore:\n"
			"      destinationPath: s3://backups/db\n"
			"      s3Credentials: {inheritFromIAMRole: true}\n"
			"status:\n"
			"  conditions:\n"
			"    - {type: ContinuousArchiving, status: 'True'}\n",
		.reference = "https://cloudnative-pg.io/documentation/current/wal_archiving/",
	},

	{
		.id = "live-last-backup-failed",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_WARN,
		.check = check_live_last_backup_failed,
		.summary = "The last backup failed",
		.why = "A failed Backup is not repeated before the schedule's next activation, "
		       "and a ScheduledBackup does not show that its Backups fail.",
		.fix = "Read the Backup's status.error, repair the cause, and make one by "
		       "hand: kubectl cnpg backup NAME --method plugin --plugin-name "
		       "barman-cloud.cloudnative-pg.io.",
		.bad = "kind: Cluster\n"
		       "metadata: {name: db, namespace: app, creationTimestamp: "
		       "'2026-01-01T00:00:00Z'}\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/db\n"
		       "      s3Credentials: {inheritFromIAMRole: true}\n"
		       "---\n"
		       "kind: Backup\n"
		       "metadata: {name: db-1, namespace: app, creationTimestamp: "
		       "'2026-08-26T03:00:00Z'}\n"
		       "spec: {cluster: {name: db}}\n"
		       "status: {phase: failed, stoppedAt: '2026-08-26T03:00:05Z', error: 'exit "
		       "status 4'}\n",
		.good = "kind: Cluster\n"
			"metadata: {name: db, namespace: app, creationTimestamp: "
			"'2026-01-01T00:00:00Z'}\n"
			"spec:\n"
			"  instances: 1\n"
			"  backup:\n"
			"    barmanObjectStore:\n"
			"      destinationPath: s3://backups/db\n"
			"      s3Credentials: {inheritFromIAMRole: true}\n"
			"---\n"
			"kind: Backup\n"
			"metadata: {name: db-1, namespace: app, creationTimestamp: "
			"'2026-08-26T03:00:00Z'}\n"
			"spec: {cluster: {name: db}}\n"
			"status: {phase: completed, stoppedAt: '2026-08-26T03:00:05Z'}\n",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "live-no-recent-backup",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_no_recent_backup,
		.summary = "The last completed backup is older than two intervals of its schedule",
		.why = "Schedules that make no backup look like those that do. What counts is "
		       "when the last one was completed: the Backups of the Cluster and "
		       "status.serverRecoveryWindow of its ObjectStore say it.",
		.fix = "Look for the reason in the events of the ScheduledBackup and in the "
		       "last Backup: kubectl get backups. Then make one by hand.",
		.bad = "kind: Cluster\n"
		       "metadata: {name: db, namespace: app, creationTimestamp: "
		       "'2026-01-01T00:00:00Z'}\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  backup:\n"
		       "    barmanObjectStore:\n"
		       "      destinationPath: s3://backups/db\n"
		       "      s3Credentials: {inheritFromIAMRole: true}\n"
		       "---\n"
		       "kind: ScheduledBackup\n"
		       "metadata: {name: db-daily, namespace: app}\n"
		       "spec: {schedule: '0 0 3 * * *', cluster: {name: db}}\n"
		       "---\n"
		       "kind: Backup\n"
		       "metadata: {name: db-1, namespace: app, creationTimestamp: "
		       "'2026-08-20T03:00:00Z'}\n"
		       "spec: {cluster: {name: db}}\n"
		       "status: {phase: completed, stoppedAt: '2026-08-20T03:00:05Z'}\n",
		.good = "kind: Cluster\n"
			"metadata: {name: db, namespace: app, creationTimestamp: "
			"'2026-01-01T00:00:00Z'}\n"
			"spec:\n"
			"  instances: 1\n"
			"  backup:\n"
			"    barmanObjectStore:\n"
			"      destinationPath: s3://backups/db\n"
			"      s3Credentials: {inheritFromIAMRole: true}\n"
			"---\n"
			"kind: ScheduledBackup\n"
			"metadata: {name: db-daily, namespace: app}\n"
			"spec: {schedule: '0 0 3 * * *', cluster: {name: db}}\n"
			"---\n"
			"kind: Backup\n"
			"metadata: {name: db-1, namespace: app, creationTimestamp: "
			"'2026-08-26T03:00:00Z'}\n"
			"spec: {cluster: {name: db}}\n"
			"status: {phase: completed, stoppedAt: '2026-08-26T03:00:05Z'}\n",
		.reference = "cloudnative-pg/cloudnative-pg#10385",
	},

	{
		.id = "location-changed-on-live-cluster",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_CHANGE,
		.severity = SEV_WARN,
		.check = check_location_changed_on_live_cluster,
		.summary = "The archive of a running Cluster moves",
		.why = "What was archived stays where it is. Retention looks at the "
		       "new place only, so the old one is never pruned; the plugin "
		       "deletes the Backup objects whose backups are not in its "
		       "catalogue; and until the first base backup in the new place a "
		       "restore needs the old one, and reaches to the change at most.",
		.fix = "Make a Backup as soon as the change is applied, and delete the "
		       "old place by hand when its window has passed.",
		.bad = "kind: Cluster\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "        serverName: db\n"
		       "status:\n"
		       "  currentPrimary: db-1\n"
		       "---\n"
		       "kind: Cluster\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "        serverName: db-v2\n"
		       "status:\n"
		       "  currentPrimary: db-1",
		.good = "kind: Cluster\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db\n"
			"status:\n"
			"  currentPrimary: db-1\n"
			"---\n"
			"kind: Cluster\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db\n"
			"  instances: 3\n"
			"status:\n"
			"  currentPrimary: db-1",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},

	{
		.id = "major-upgrade-same-server-name",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_CHANGE,
		.severity = SEV_WARN,
		.check = check_major_upgrade_same_server_name,
		.summary = "A major upgrade keeps the place of its archive",
		.why = "pg_upgrade makes a new database system on timeline 1. Its WAL "
		       "and base backups land among those of the old one, under names "
		       "that may be taken already: archiving can stop, and a restore "
		       "can take the wrong ones.",
		.fix = "Set a new serverName, such as db-17, in the same change, and "
		       "make a Backup after it.",
		.bad = "kind: Cluster\n"
		       "spec:\n"
		       "  imageName: ghcr.io/cloudnative-pg/postgresql:16.9\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "status:\n"
		       "  currentPrimary: db-1\n"
		       "---\n"
		       "kind: Cluster\n"
		       "spec:\n"
		       "  imageName: ghcr.io/cloudnative-pg/postgresql:17.5\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "status:\n"
		       "  currentPrimary: db-1",
		.good = "kind: Cluster\n"
			"spec:\n"
			"  imageName: ghcr.io/cloudnative-pg/postgresql:16.9\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"status:\n"
			"  currentPrimary: db-1\n"
			"---\n"
			"kind: Cluster\n"
			"spec:\n"
			"  imageName: ghcr.io/cloudnative-pg/postgresql:17.5\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db-17\n"
			"status:\n"
			"  currentPrimary: db-1",
		.reference = "cloudnative-pg/plugin-barman-cloud#827",
	},

	{
		.id = "method-default-in-tree",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_DENY,
		.check = check_method_default_in_tree,
		.summary = "Method barmanObjectStore where only the plugin is set up",
		.why = "spec.method defaults to barmanObjectStore. A Cluster that archives "
		       "through the plugin has no in-tree store, so every backup fails "
		       "with \"no barmanObjectStore section defined on the target cluster\", "
		       "while the schedule itself looks healthy. Found where "
		       "pluginConfiguration is set, and where the Cluster is known and has "
		       "no spec.backup.barmanObjectStore.",
		.fix = "Write method: plugin and pluginConfiguration with the name of the "
		       "plugin; or remove pluginConfiguration if the in-tree store is "
		       "meant.",
		.bad = "spec:\n  cluster: {name: db}\n  pluginConfiguration: {name: "
		       "barman-cloud.cloudnative-pg.io}",
		.good = "spec:\n  cluster: {name: db}\n  method: plugin\n  pluginConfiguration: "
			"{name: barman-cloud.cloudnative-pg.io}",
		.reference = "cloudnative-pg/cloudnative-pg#8445",
		.superseded_by = "policy-method",
	},

	{
		.id = "method-section-missing",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_method_section_missing,
		.summary = "The Cluster does not have what the method of its backup needs",
		.why = "Method volumeSnapshot needs spec.backup.volumeSnapshot of the "
		       "Cluster, method plugin an entry in spec.plugins. Otherwise every "
		       "Backup fails as soon as it is made: \"no volumeSnapshot section "
		       "defined on the target cluster\", \"cannot proceed with the backup as "
		       "the cluster has no plugin configured\"; the schedule itself looks "
		       "healthy. At the API server a schedule gets a warning only, because "
		       "the Cluster may be changed next.",
		.fix = "Add the section to the Cluster, or write the method that it is set "
		       "up for.",
		.bad = "kind: ScheduledBackup\n"
		       "spec:\n"
		       "  schedule: \"0 0 3 * * *\"\n"
		       "  cluster: {name: db}\n"
		       "  method: volumeSnapshot\n"
		       "---\n"
		       "kind: Cluster\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio}",
		.good = "kind: ScheduledBackup\n"
			"spec:\n"
			"  schedule: \"0 0 3 * * *\"\n"
			"  cluster: {name: db}\n"
			"  method: volumeSnapshot\n"
			"---\n"
			"kind: Cluster\n"
			"spec:\n"
			"  instances: 1\n"
			"  backup:\n"
			"    volumeSnapshot: {className: csi-ceph}",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "no-compression",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.check = check_no_compression,
		.summary = "WAL is stored uncompressed",
		.why = "A segment has 16 MiB however little is in it, and archive_timeout "
		       "closes one every 5 minutes: 4.5 GiB a day of an idle cluster, "
		       "mostly zeros.",
		.fix = "Set wal.compression, for example to gzip, zstd or snappy.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/app",
		.good = "spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/app\n"
			"    wal:\n"
			"      compression: gzip",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
		.superseded_by = "policy-require-compression",
	},

	{
		.id = "no-immediate-first-backup",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_no_immediate_first_backup,
		.summary = "No backup is taken until the schedule first fires",
		.why = "A new schedule waits for its first activation. Until the first base "
		       "backup has ended nothing can be restored, although the Cluster is "
		       "Ready and ContinuousArchiving is True. immediate is read once, before "
		       "the first check of the schedule.",
		.fix = "Write immediate: true.",
		.bad = "spec:\n  schedule: '0 0 3 * * 0'\n  cluster: {name: db}",
		.good = "spec:\n  schedule: '0 0 3 * * 0'\n  immediate: true\n  cluster: {name: "
			"db}",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
	},

	{
		.id = "nul-in-value",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_nul_in_value,
		.summary = "A value that backups depend on holds a NUL character",
		.why = "The API server stores \\u0000 in any string, but barman-cloud gets the "
		       "value as an "
		       "argument or an environment variable, where it ends at the NUL: another "
		       "path, "
		       "another name, or no start at all.",
		.fix = "Remove the \\u0000; it usually comes from a template or a binary Secret.",
		.bad = "spec:\n  configuration:\n    destinationPath: \"s3://backups/a\\0b\"",
		.good = "spec:\n  configuration:\n    destinationPath: s3://backups/ab",
		.reference = "plugin-barman-cloud#764",
	},

	{
		.id = "objectstore-delete-in-use",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_DELETE,
		.severity = SEV_DENY,
		.check = check_objectstore_delete_in_use,
		.summary = "An ObjectStore goes while a Cluster needs it",
		.why = "The plugin asks the operator to try again as long as the "
		       "ObjectStore of a Cluster is missing, and the operator does nothing "
		       "else for that Cluster meanwhile: no WAL is archived, no backup "
		       "made, and a lost primary is not replaced. A recovery source is "
		       "needed until the new Cluster runs.",
		.fix = "Delete the Cluster first, or give it another barmanObjectName. To "
		       "delete the store all the same, annotate it: backup-guard.io/allow: "
		       "objectstore-delete-in-use and backup-guard.io/reason.",
		.bad = "kind: ObjectStore\n"
		       "metadata: {name: minio}\n"
		       "spec:\n"
		       "  configuration: {destinationPath: s3://backups}\n"
		       "---\n"
		       "kind: Cluster\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio}",
		.good = "kind: ObjectStore\n"
			"metadata: {name: minio-old}\n"
			"spec:\n"
			"  configuration: {destinationPath: s3://backups}\n"
			"---\n"
			"kind: Cluster\n"
			"spec:\n"
			"  instances: 1\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio}",
		.reference = "cloudnative-pg/plugin-barman-cloud#337",
	},

	{
		.id = "objectstore-missing",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_objectstore_missing,
		.summary = "A Cluster names an ObjectStore that does not exist",
		.why = "While a store that the archive, the recovery source or the "
		       "replica source names is not in the namespace, the plugin asks "
		       "the operator to come again later, for ever, before it handles "
		       "anything else: no bootstrap, no failover, no self-healing. "
		       "Where a write is judged this is a warning, since what is "
		       "applied together comes in any order; strictReferences in the "
		       "policy refuses it.",
		.fix = "Correct the name, or add the ObjectStore to the namespace of "
		       "the Cluster.",
		.bad = "kind: Cluster\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "---\n"
		       "kind: ObjectStore\n"
		       "metadata: {name: db-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/db",
		.good = "kind: Cluster\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"---\n"
			"kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/db\n"
			"---\n"
			"kind: ScheduledBackup\n"
			"metadata: {name: db-daily}\n"
			"spec:\n"
			"  schedule: '0 0 3 * * *'\n"
			"  cluster: {name: db}\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
			"  immediate: true\n"
			"  backupOwnerReference: self",
		.reference = "cloudnative-pg/plugin-barman-cloud#337",
	},

	{
		.id = "objectstore-unused",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_USERS,
		.severity = SEV_WARN,
		.check = check_objectstore_unused,
		.summary = "No Cluster uses the ObjectStore",
		.why = "A Cluster archives to the one store that its plugin entry "
		       "names, and to no other. A second ObjectStore, meant as an "
		       "offsite copy, receives nothing: not through the parameters of "
		       "a ScheduledBackup, which the plugin does not read, and not "
		       "through an external cluster, which is only read from. In "
		       "files and audits only, and only where Clusters of its "
		       "namespace are known: a store is written before its Cluster.",
		.fix = "Name it in the Cluster that is to archive there, or remove "
		       "it. For a second copy let the bucket replicate, or add a "
		       "replica cluster with a store of its own.",
		.bad = "kind: ObjectStore\n"
		       "metadata: {name: offsite-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://offsite/\n"
		       "  retentionPolicy: 30d\n"
		       "---\n"
		       "kind: Cluster\n"
		       "metadata: {name: db}\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio-store}",
		.good = "kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/\n"
			"  retentionPolicy: 30d\n"
			"---\n"
			"kind: Cluster\n"
			"metadata: {name: db}\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio-store}",
		.reference = "cloudnative-pg/plugin-barman-cloud#611",
	},

	{
		.id = "owner-reference-none",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_owner_reference_none,
		.summary = "Backups of the schedule belong to nobody",
		.why = "backupOwnerReference defaults to none: Backup objects stay when the "
		       "schedule or the Cluster goes, and failed ones, which retention never "
		       "deletes, pile up.",
		.fix = "Write backupOwnerReference: self (they go with the schedule) or "
		       "cluster. What is in the bucket stays either way.",
		.bad = "spec:\n  schedule: '0 0 3 * * *'\n  backupOwnerReference: none",
		.good = "spec:\n  schedule: '0 0 3 * * *'\n  backupOwnerReference: self",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
		.superseded_by = "policy-owner-reference",
	},

	{
		.id = "owner-self-cascade",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_DELETE,
		.severity = SEV_WARN,
		.check = check_owner_self_cascade,
		.summary = "The Backups of a schedule are deleted with it",
		.why = "With backupOwnerReference: self each Backup belongs to its "
		       "ScheduledBackup and the garbage collector takes it along, also "
		       "when the schedule is only renamed. What lies in the object store "
		       "stays and can be restored, but nothing in Kubernetes lists it any "
		       "more, and a recovery by the name of a Backup is gone.",
		.fix = "Delete with kubectl delete --cascade=orphan, or write "
		       "backupOwnerReference: cluster for the Backups to come.",
		.bad = "kind: ScheduledBackup\n"
		       "metadata: {name: daily}\n"
		       "spec:\n"
		       "  schedule: \"0 0 3 * * *\"\n"
		       "  cluster: {name: db}\n"
		       "  backupOwnerReference: self\n"
		       "  method: plugin\n"
		       "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
		       "---\n"
		       "kind: Cluster\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio}\n"
		       "---\n"
		       "kind: Backup\n"
		       "metadata:\n"
		       "  name: daily-20260825030000\n"
		       "  ownerReferences: [{apiVersion: postgresql.cnpg.io/v1, kind: "
		       "ScheduledBackup, name: daily}]\n"
		       "spec:\n"
		       "  cluster: {name: db}",
		.good = "kind: ScheduledBackup\n"
			"metadata: {name: daily}\n"
			"spec:\n"
			"  schedule: \"0 0 3 * * *\"\n"
			"  cluster: {name: db}\n"
			"  backupOwnerReference: cluster\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
			"---\n"
			"kind: Cluster\n"
			"spec:\n"
			"  instances: 1\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio}\n"
			"---\n"
			"kind: Backup\n"
			"metadata:\n"
			"  name: daily-20260825030000\n"
			"  ownerReferences: [{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, "
			"name: db}]\n"
			"spec:\n"
			"  cluster: {name: db}",
		.reference = "https://kubernetes.io/docs/concepts/architecture/garbage-collection/",
	},

	{
		.id = "plaintext-credentials-in-env",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plaintext_credentials_in_env,
		.summary = "A secret key stands in clear in an environment variable",
		.why = "Whoever may read the object, its repository or its history can "
		       "read, change and delete the backups. The value may also win over "
		       "the one of s3Credentials.",
		.fix = "Use s3Credentials, or valueFrom.secretKeyRef. Then change the key: "
		       "it has been seen.",
		.bad = "spec:\n"
		       "  instanceSidecarConfiguration:\n"
		       "    env:\n"
		       "      - name: AWS_SECRET_ACCESS_KEY\n"
		       "        value: not-so-secret",
		.good = "spec:\n"
			"  instanceSidecarConfiguration:\n"
			"    env:\n"
			"      - name: AWS_SECRET_ACCESS_KEY\n"
			"        valueFrom:\n"
			"          secretKeyRef: {name: s3, key: secret}",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},

	{
		.id = "plugin-disabled",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_plugin_disabled,
		.summary = "The Barman Cloud plugin is there, but disabled",
		.why = "A plugin with enabled: false is not loaded. Backups fail with "
		       "\"requested plugin is not available\", and unless something else "
		       "archives, archive_command succeeds without storing any WAL.",
		.fix = "Set enabled: true, or remove the entry.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      enabled: false\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/350",
		.superseded_by = "policy-require-plugin",
	},

	{
		.id = "plugin-entry-duplicate",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plugin_entry_duplicate,
		.summary = "spec.plugins has the Barman Cloud plugin more than once",
		.why = "The entries are not two archives. The plugin takes the store of "
		       "the last entry, even of a disabled one, and the serverName of the "
		       "last enabled entry that has the key: a mix that nobody wrote.",
		.fix = "Keep one entry. For a second copy replicate the bucket, or let a "
		       "replica cluster archive.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      parameters:\n"
		       "        barmanObjectName: offsite-store",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/934",
	},

	{
		.id = "plugin-name-unknown",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plugin_name_unknown,
		.summary = "A plugin's name is not that of any plugin, or none of the Cluster's",
		.why = "A Cluster that names a plugin which the operator has not "
		       "discovered, in plugins or in any externalClusters entry, stays in "
		       "the phase of an unknown plugin: nothing else is reconciled. A "
		       "backup by such a plugin, or by one that its Cluster does not have "
		       "or has disabled, fails with \"requested plugin is not available\".",
		.fix = "Write barman-cloud.cloudnative-pg.io, or list the other plugin in "
		       "knownPlugins of the policy.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cnpg.io",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/196",
	},

	{
		.id = "plugin-parameter-unknown",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plugin_parameter_unknown,
		.summary = "The plugin does not know a parameter",
		.why = "Only barmanObjectName and serverName are read; any other key is "
		       "ignored without a word. One that is misspelt means that a default "
		       "is in force. Keys that resemble neither are at most a warning.",
		.fix = "Correct the key, or remove it.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "        servername: db-v2",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db-v2",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	{
		.id = "plugin-parameters-ignored",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_plugin_parameters_ignored,
		.summary = "The Barman Cloud plugin ignores parameters of a backup",
		.why = "The plugin (up to 0.15) reads its store from the Cluster alone; "
		       "the parameters that the operator relays with a backup are never "
		       "used. A backup \"to\" another store completes, in the store of the "
		       "Cluster: an offsite copy that is made this way does not exist. "
		       "Where the Cluster is known, another store or serverName than its "
		       "own is a deny, and the same an info.",
		.fix = "Remove the parameters. For a second copy use replication of the "
		       "bucket, a replica cluster with a store of its own, or volumeSnapshot.",
		.bad = "spec:\n  method: plugin\n  pluginConfiguration:\n    name: "
		       "barman-cloud.cloudnative-pg.io\n    parameters: {barmanObjectName: "
		       "offsite}",
		.good = "spec:\n  method: plugin\n  pluginConfiguration:\n    name: "
			"barman-cloud.cloudnative-pg.io",
		.reference = "cloudnative-pg/plugin-barman-cloud#1076",
	},

	{
		.id = "policy-credentials-secret",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_credentials_secret,
		.summary = "Credentials come from another Secret or key than the policy says",
		.why = "The policy lists, for each store, the Secret that holds its credentials "
		       "and the keys in it. Another Secret is one that nobody rotates, or that "
		       "belongs to another store: barman-cloud then fails with an access error, "
		       "and WAL piles up in the volume.",
		.fix = "Name a Secret of stores[].credentials.secretName, with the keys "
		       "accessKeyId and secretAccessKey of that store.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: my-own-keys, key: ACCESS_KEY_ID}\n"
		       "      secretAccessKey: {name: my-own-keys, key: SECRET_KEY}",
		.good = "spec:\n"
			"  configuration:\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: longhorn-minio-credentials, key: "
			"AWS_ACCESS_KEY_ID}\n"
			"      secretAccessKey: {name: longhorn-minio-credentials, key: "
			"AWS_SECRET_ACCESS_KEY}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-destination",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_destination,
		.summary = "Backups go to another path than the policy says",
		.why = "The policy lists, for each store, the path that its backups have, with "
		       "{app}, {namespace} and {cluster} filled in. A backup elsewhere may "
		       "overwrite another one, and is not found when it is needed. A trailing "
		       "slash makes no difference.",
		.fix = "Write a path of stores[].destinationPath. {app} is the same as in the "
		       "ObjectStore's name.",
		.bad = "metadata: {name: paperless-minio-store}\nspec:\n  configuration:\n    "
		       "destinationPath: s3://homelab-postgres-backups/immich/immich-db",
		.good = "metadata: {name: paperless-minio-store}\nspec:\n  configuration:\n    "
			"destinationPath: s3://homelab-postgres-backups/paperless/paperless-db",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-endpoint",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_endpoint,
		.summary = "Backups go to another endpoint than the policy says",
		.why = "The policy lists the endpoints of each store. Another one is another "
		       "server, and without endpointURL (or AWS_ENDPOINT_URL in the sidecar's "
		       "environment) barman-cloud talks to AWS. Case of the host, the default port "
		       "and a trailing slash make no difference.",
		.fix = "Write an endpoint of stores[].endpointURL.",
		.bad = "spec:\n  configuration:\n    endpointURL: https://nas.example.net:9000",
		.good = "spec:\n  configuration:\n    endpointURL: "
			"https://truenas.peekoff.com:9000",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-method",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_method,
		.summary = "A backup is not made by the Barman Cloud plugin",
		.why = "method is barmanObjectStore when it is left out: the in-tree way, which "
		       "fails on a Cluster that archives through the plugin (\"no "
		       "barmanObjectStore section defined on the target cluster\"). Backups that "
		       "the operator makes for a ScheduledBackup are judged by their schedule.",
		.fix = "Set method: plugin and pluginConfiguration.name: "
		       "barman-cloud.cloudnative-pg.io.",
		.bad = "spec:\n  cluster: {name: paperless-db}",
		.good = "spec:\n  cluster: {name: paperless-db}\n  method: plugin\n  "
			"pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	{
		.id = "policy-owner-reference",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_owner_reference,
		.summary = "Backup objects have another owner than the policy says",
		.why = "backupOwnerReference decides when Backup objects go: with their schedule "
		       "(self), with their Cluster (cluster) or never (none, the default). What is "
		       "in the bucket stays either way.",
		.fix = "Write backupOwnerReference as spec.scheduledBackup.ownerReference of the "
		       "policy says.",
		.bad = "spec:\n  backupOwnerReference: none",
		.good = "spec:\n  backupOwnerReference: self",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "policy-require-compression",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_require_compression,
		.summary = "WAL or base backups are stored without compression",
		.why = "Without wal.compression and data.compression everything is stored as it "
		       "is: a WAL file of an idle database is 16 MiB, most of it zeros.",
		.fix = "Set wal.compression and data.compression, gzip for example.",
		.bad = "spec:\n  configuration:\n    wal: {maxParallel: 4}",
		.good = "spec:\n  configuration:\n    wal: {compression: gzip}\n    data: {"
			"compression: gzip}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-require-endpoint-ca",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_require_endpoint_ca,
		.summary = "An https endpoint is trusted without a CA of its own",
		.why = "Without endpointCA the endpoint's certificate must come from a public CA, "
		       "and may come from any. A server with a private CA is refused, one in the "
		       "middle with a public certificate is not.",
		.fix = "Name the Secret and the key that hold the CA's certificate in endpointCA.",
		.bad = "spec:\n  configuration:\n    endpointURL: https://truenas.peekoff.com:9000",
		.good = "spec:\n  configuration:\n    endpointURL: "
			"https://truenas.peekoff.com:9000\n    endpointCA: {name: truenas-ca, "
			"key: ca.crt}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-require-plugin",
		.kinds = KIND_CLUSTER,
		.severity = SEV_OFF,
		.check = check_policy_require_plugin,
		.summary = "A Cluster is not backed up by the Barman Cloud plugin",
		.why = "Without an enabled barman-cloud.cloudnative-pg.io among spec.plugins the "
		       "plugin archives no WAL and makes no base backup. CloudNativePG says "
		       "nothing about it: ContinuousArchiving is True although nothing is "
		       "archived.",
		.fix = "Add the plugin with isWALArchiver: true and the ObjectStore's name as "
		       "barmanObjectName.",
		.bad = "spec:\n  instances: 1",
		.good = "spec:\n  instances: 1\n  plugins:\n    - name: "
			"barman-cloud.cloudnative-pg.io\n      isWALArchiver: true\n      "
			"parameters: {barmanObjectName: paperless-minio-store}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	{
		.id = "policy-require-store-roles",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_USERS,
		.severity = SEV_OFF,
		.check = check_policy_require_store_roles,
		.summary = "A Cluster has no archive of a role that the site requires",
		.why = "requireStoreRoles in the policy lists roles of stores. A "
		       "Cluster has one archive store; that of a second role belongs "
		       "to a replica Cluster which follows it, or is an in-tree store "
		       "beside the plugin, as long as CloudNativePG has one. Both are "
		       "looked for in the namespace. Said of files and audits only: "
		       "the replica is created after its source.",
		.fix = "Add a replica Cluster that archives to a store of that role.",
		.bad = "kind: Cluster\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: shop-b2-store",
		.good = "kind: Cluster\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: shop-b2-store\n"
			"---\n"
			"kind: Cluster\n"
			"metadata: {name: db-far}\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: shop-minio-store\n"
			"  replica:\n"
			"    enabled: true\n"
			"    source: db\n"
			"  externalClusters:\n"
			"    - name: db\n"
			"      plugin:\n"
			"        name: barman-cloud.cloudnative-pg.io\n"
			"        parameters:\n"
			"          barmanObjectName: shop-b2-store\n"
			"          serverName: db",
		.reference = "https://cloudnative-pg.io/documentation/current/replica_cluster/",
	},

	{
		.id = "policy-retention",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_retention,
		.summary = "retentionPolicy is outside the bounds of the policy",
		.why = "Backups older than retentionPolicy are deleted, and with them the WAL that "
		       "they need: too short, and a mistake found late cannot be undone; too long "
		       "or missing, and the bucket fills up. A month counts 31 days, as in Barman.",
		.fix = "Write a retentionPolicy between spec.retention.min and spec.retention.max.",
		.bad = "spec:\n  retentionPolicy: 2d",
		.good = "spec:\n  retentionPolicy: 30d",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},

	{
		.id = "policy-schedule-name",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_schedule_name,
		.summary = "A ScheduledBackup has another name than the policy says",
		.why = "With one pattern for all names a Cluster's schedule is found without a "
		       "search, and a second one for the same Cluster is noticed.",
		.fix = "Name it as spec.scheduledBackup.name of the policy says.",
		.bad = "metadata: {name: nightly}\nspec:\n  cluster: {name: paperless-db}",
		.good = "metadata: {name: paperless-db-backup}\nspec:\n  cluster: {name: "
			"paperless-db}",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "policy-schedule-window",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_schedule_window,
		.summary = "A schedule runs outside the window of the policy",
		.why = "A base backup reads the whole database and fills the line to the store. "
		       "The window says when that disturbs nobody; it is UTC, as the schedule is. "
		       "@every has no fixed time of day and so is never inside.",
		.fix = "Choose hours and minutes inside spec.schedule.window of the policy.",
		.bad = "spec:\n  schedule: '0 0 12 * * *'",
		.good = "spec:\n  schedule: '0 0 3 * * *'",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "policy-secret-keys",
		.kinds = KIND_SECRET | KIND_EXTERNAL_SECRET,
		.severity = SEV_OFF,
		.check = check_policy_secret_keys,
		.summary = "A store's Secret lacks a key or a value that the policy requires",
		.why = "ObjectStores read the credentials from keys of this Secret; a key that is "
		       "not there fails WAL archiving, base backups and retention at once, and WAL "
		       "piles up in the volume. Values are compared, and never shown.",
		.fix = "Give the Secret every key of stores[].credentials.requiredKeys.",
		.bad = "kind: Secret\n"
		       "metadata: {name: longhorn-minio-credentials}\n"
		       "stringData:\n"
		       "  AWS_ACCESS_KEY_ID: example",
		.good = "kind: Secret\n"
			"metadata: {name: longhorn-minio-credentials}\n"
			"stringData:\n"
			"  AWS_ACCESS_KEY_ID: example\n"
			"  AWS_SECRET_ACCESS_KEY: example\n"
			"  AWS_REGION: us-west-1\n"
			"  AWS_S3_FORCE_PATH_STYLE: \"true\"",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-store-name",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_OFF,
		.check = check_policy_store_name,
		.summary = "An ObjectStore has a name that no store of the policy has",
		.why = "The policy knows each store by the name of its ObjectStores; path, "
		       "endpoint and credentials follow from it. In a Cluster the rule looks at "
		       "where backups go, not at where it was recovered from.",
		.fix = "Use a name of stores[].objectStoreName.",
		.bad = "kind: Cluster\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: my-store",
		.good = "kind: Cluster\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: paperless-minio-store",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	{
		.id = "recovery-external-plugin-disabled",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_recovery_external_plugin_disabled,
		.summary = "The plugin of the recovery or replica source is disabled",
		.why = "The plugin of an external cluster with enabled: false is not "
		       "loaded for it, so that the restore job or the replica has nothing "
		       "that could read its backups.",
		.fix = "Set enabled: true on the plugin of that external cluster.",
		.bad = "metadata:\n"
		       "  name: db-restore\n"
		       "spec:\n"
		       "  bootstrap:\n"
		       "    recovery:\n"
		       "      source: db\n"
		       "  externalClusters:\n"
		       "    - name: db\n"
		       "      plugin:\n"
		       "        name: barman-cloud.cloudnative-pg.io\n"
		       "        enabled: false\n"
		       "        parameters:\n"
		       "          barmanObjectName: minio-store\n"
		       "          serverName: db",
		.good = "metadata:\n"
			"  name: db-restore\n"
			"spec:\n"
			"  bootstrap:\n"
			"    recovery:\n"
			"      source: db\n"
			"  externalClusters:\n"
			"    - name: db\n"
			"      plugin:\n"
			"        name: barman-cloud.cloudnative-pg.io\n"
			"        parameters:\n"
			"          barmanObjectName: minio-store\n"
			"          serverName: db",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},

	{
		.id = "recovery-from-own-archive",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_recovery_from_own_archive,
		.summary = "The Cluster recovers from the place it archives to",
		.why = "A new Cluster checks that its archive is empty, and recovery stops "
		       "with \"Expected empty archive\". With "
		       "cnpg.io/skipEmptyWalArchiveCheck: enabled it starts, and the WAL "
		       "of two histories mixes in one archive. Both server names default "
		       "to the name of this Cluster, so leaving both out is the same "
		       "mistake.",
		.fix = "Archive under a new name (serverName: db-v2 on the plugin) and "
		       "keep the old one on the source.",
		.bad = "metadata:\n"
		       "  name: db\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "  bootstrap:\n"
		       "    recovery:\n"
		       "      source: db\n"
		       "  externalClusters:\n"
		       "    - name: db\n"
		       "      plugin:\n"
		       "        name: barman-cloud.cloudnative-pg.io\n"
		       "        parameters:\n"
		       "          barmanObjectName: minio-store",
		.good = "metadata:\n"
			"  name: db\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db-v2\n"
			"  bootstrap:\n"
			"    recovery:\n"
			"      source: db\n"
			"  externalClusters:\n"
			"    - name: db\n"
			"      plugin:\n"
			"        name: barman-cloud.cloudnative-pg.io\n"
			"        parameters:\n"
			"          barmanObjectName: minio-store\n"
			"          serverName: db",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/727",
	},

	{
		.id = "recovery-from-plugin-backup-object",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_recovery_from_plugin_backup_object,
		.summary = "Recovery from a Backup object does not work with the plugin",
		.why = "bootstrap.recovery.backup reads the store and the credentials from "
		       "the Backup's status. A Backup that the plugin made has none there, "
		       "and the restore fails with \"no credentials defined\". It works for "
		       "in-tree and volumeSnapshot backups.",
		.fix = "Use bootstrap.recovery.source with an externalClusters entry of "
		       "the plugin.",
		.bad = "spec:\n"
		       "  bootstrap:\n"
		       "    recovery:\n"
		       "      backup:\n"
		       "        name: db-20261101",
		.good = "spec:\n"
			"  bootstrap:\n"
			"    recovery:\n"
			"      source: db",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/7989",
	},

	{
		.id = "recovery-server-name-missing",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_recovery_server_name_missing,
		.summary = "The source has no serverName, and its default is this Cluster's name",
		.why = "On an external cluster of the plugin, serverName defaults to the "
		       "name of the new Cluster, not to that of the external one, as it "
		       "did for in-tree stores. Unless backups lie under that very name "
		       "the restore finds none and is retried for ever.",
		.fix = "Set serverName to the name under which the backups were written.",
		.bad = "metadata:\n"
		       "  name: db-restore\n"
		       "spec:\n"
		       "  bootstrap:\n"
		       "    recovery:\n"
		       "      source: db\n"
		       "  externalClusters:\n"
		       "    - name: db\n"
		       "      plugin:\n"
		       "        name: barman-cloud.cloudnative-pg.io\n"
		       "        parameters:\n"
		       "          barmanObjectName: minio-store",
		.good = "metadata:\n"
			"  name: db-restore\n"
			"spec:\n"
			"  bootstrap:\n"
			"    recovery:\n"
			"      source: db\n"
			"  externalClusters:\n"
			"    - name: db\n"
			"      plugin:\n"
			"        name: barman-cloud.cloudnative-pg.io\n"
			"        parameters:\n"
			"          barmanObjectName: minio-store\n"
			"          serverName: db",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	{
		.id = "recovery-target-before-window",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_recovery_target_before_window,
		.summary = "The time to recover to is before the first backup, or in the future",
		.why = "A restore takes the newest base backup that was complete "
		       "before targetTime and replays WAL up to it. Before the first "
		       "recoverability point of the server there is none; the status "
		       "of the ObjectStore says when that is. A time that no WAL "
		       "reaches ends with \"recovery ended before configured recovery "
		       "target was reached\". Either way the job is retried for ever.",
		.fix = "Set a targetTime within the recovery window; without "
		       "recoveryTarget the restore goes to the end of the WAL.",
		.bad = "kind: Cluster\n"
		       "metadata: {name: db-restore}\n"
		       "spec:\n"
		       "  bootstrap:\n"
		       "    recovery:\n"
		       "      source: db\n"
		       "      recoveryTarget:\n"
		       "        targetTime: \"2026-08-01T00:00:00Z\"\n"
		       "  externalClusters:\n"
		       "    - name: db\n"
		       "      plugin:\n"
		       "        name: barman-cloud.cloudnative-pg.io\n"
		       "        parameters:\n"
		       "          barmanObjectName: minio-store\n"
		       "          serverName: db\n"
		       "---\n"
		       "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/db\n"
		       "status:\n"
		       "  serverRecoveryWindow:\n"
		       "    db: {firstRecoverabilityPoint: \"2026-08-10T03:00:12Z\"}",
		.good = "kind: Cluster\n"
			"metadata: {name: db-restore}\n"
			"spec:\n"
			"  bootstrap:\n"
			"    recovery:\n"
			"      source: db\n"
			"      recoveryTarget:\n"
			"        targetTime: \"2026-08-20T00:00:00Z\"\n"
			"  externalClusters:\n"
			"    - name: db\n"
			"      plugin:\n"
			"        name: barman-cloud.cloudnative-pg.io\n"
			"        parameters:\n"
			"          barmanObjectName: minio-store\n"
			"          serverName: db\n"
			"---\n"
			"kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/db\n"
			"status:\n"
			"  serverRecoveryWindow:\n"
			"    db: {firstRecoverabilityPoint: \"2026-08-10T03:00:12Z\"}",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},

	{
		.id = "region-ignored-with-iam",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_region_ignored_with_iam,
		.summary = "The region is not read together with an IAM role",
		.why = "inheritFromIAMRole: true makes the sidecar skip everything else in "
		       "s3Credentials, region included; boto3 then signs for us-east-1.",
		.fix = "Set AWS_DEFAULT_REGION in instanceSidecarConfiguration.env.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    s3Credentials:\n"
		       "      inheritFromIAMRole: true\n"
		       "      region: {name: s3, key: region}",
		.good = "spec:\n"
			"  configuration:\n"
			"    s3Credentials:\n"
			"      inheritFromIAMRole: true\n"
			"  instanceSidecarConfiguration:\n"
			"    env:\n"
			"      - name: AWS_DEFAULT_REGION\n"
			"        value: eu-central-1",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "replica-source-in-tree-with-plugin",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_replica_source_in_tree_with_plugin,
		.summary = "A replica reads in-tree while the plugin is its WAL archiver",
		.why = "The plugin serves the WAL of a Cluster that archives by it, and "
		       "does not know the barmanObjectStore of an external cluster. The "
		       "replica gets its base backup and then no WAL.",
		.fix = "Give the external cluster a plugin section in place of "
		       "barmanObjectStore.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "  replica:\n"
		       "    enabled: true\n"
		       "    source: main\n"
		       "  externalClusters:\n"
		       "    - name: main\n"
		       "      barmanObjectStore:\n"
		       "        destinationPath: s3://backups/main\n"
		       "        s3Credentials:\n"
		       "          inheritFromIAMRole: true",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"  replica:\n"
			"    enabled: true\n"
			"    source: main\n"
			"  externalClusters:\n"
			"    - name: main\n"
			"      plugin:\n"
			"        name: barman-cloud.cloudnative-pg.io\n"
			"        parameters:\n"
			"          barmanObjectName: main-store\n"
			"          serverName: main",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/7499",
	},

	{
		.id = "retention-interval-nonpositive",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_retention_interval_nonpositive,
		.summary = "The sidecar prunes the archive without a pause",
		.why = "The CRD has no minimum. A negative interval is a loop without a "
		       "pause that lists the bucket and the API server as fast as it can; "
		       "0 counts as 5 minutes, and a few seconds only cost requests.",
		.fix = "Leave it at 1800, the default.",
		.bad = "spec:\n"
		       "  instanceSidecarConfiguration:\n"
		       "    retentionPolicyIntervalSeconds: -1",
		.good = "spec:\n"
			"  instanceSidecarConfiguration:\n"
			"    retentionPolicyIntervalSeconds: 1800",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},

	{
		.id = "retention-misplaced",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_retention_misplaced,
		.summary = "A retention policy stands where nothing reads it",
		.why = "retentionPolicy belongs at spec.retentionPolicy of the ObjectStore; with "
		       "the deprecated in-tree store at spec.backup.retentionPolicy of the "
		       "Cluster. Anywhere else the CRD does not know it: it is refused, or "
		       "dropped, and backups are kept for ever. The plugin's documentation "
		       "once had it in spec.configuration.",
		.fix = "Move it to spec.retentionPolicy of the ObjectStore.",
		.bad = "kind: ObjectStore\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/app\n"
		       "    retentionPolicy: 30d",
		.good = "kind: ObjectStore\n"
			"spec:\n"
			"  retentionPolicy: 30d\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/app",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},

	{
		.id = "retention-missing",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_retention_missing,
		.summary = "An ObjectStore keeps every backup for ever",
		.why = "Only spec.retentionPolicy of the ObjectStore counts; without it "
		       "the sidecar never deletes a base backup, nor the WAL before it. It "
		       "is not read from spec.configuration, nor from the Cluster.",
		.fix = "Set retentionPolicy to days, weeks or months: 30d, 4w, 1m.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/app",
		.good = "spec:\n"
			"  retentionPolicy: 30d\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/app",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
		.superseded_by = "policy-retention",
	},

	{
		.id = "retention-on-cluster-ignored",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_retention_on_cluster_ignored,
		.summary = "retentionPolicy on the Cluster has no effect with the plugin",
		.why = "spec.backup.retentionPolicy belongs to the in-tree "
		       "barmanObjectStore. Backups of the plugin are deleted by "
		       "spec.retentionPolicy of the ObjectStore; without it nothing ever "
		       "is.",
		.fix = "Move it to spec.retentionPolicy of the ObjectStore.",
		.bad = "kind: Cluster\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "  backup:\n"
		       "    retentionPolicy: 30d",
		.good = "kind: ObjectStore\n"
			"spec:\n"
			"  retentionPolicy: 30d",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/8599",
	},

	{
		.id = "retention-shorter-than-interval",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_retention_shorter_than_interval,
		.summary = "Backups are kept for a shorter time than lies between two of them",
		.why = "A recovery window keeps the newest base backup that is older "
		       "than the window, so the archive never becomes empty. But then "
		       "there is only that one and perhaps a newer one: if it is "
		       "damaged, nothing older can take its place, and a restore "
		       "replays all the WAL since. An info while the window is less "
		       "than twice the time between two backups.",
		.fix = "Keep at least twice the longest time between two base "
		       "backups, or schedule them more often.",
		.bad = "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/\n"
		       "  retentionPolicy: 3d\n"
		       "---\n"
		       "kind: Cluster\n"
		       "metadata: {name: db}\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio-store}\n"
		       "---\n"
		       "kind: ScheduledBackup\n"
		       "metadata: {name: db-weekly}\n"
		       "spec:\n"
		       "  schedule: '0 0 3 * * 0'\n"
		       "  cluster: {name: db}\n"
		       "  method: plugin\n"
		       "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}",
		.good = "kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/\n"
			"  retentionPolicy: 30d\n"
			"---\n"
			"kind: Cluster\n"
			"metadata: {name: db}\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio-store}\n"
			"---\n"
			"kind: ScheduledBackup\n"
			"metadata: {name: db-weekly}\n"
			"spec:\n"
			"  schedule: '0 0 3 * * 0'\n"
			"  cluster: {name: db}\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}",
		.reference = "https://docs.pgbarman.org/release/latest/user_guide/"
			     "retention_policies.html",
	},

	{
		.id = "schedule-cluster-missing",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_schedule_cluster_missing,
		.summary = "There is no Cluster of the name that is to be backed up",
		.why = "The Backup waits as pending and is tried again every 30 seconds, "
		       "for ever; and while one Backup is neither completed nor failed a "
		       "schedule makes no other. With backupOwnerReference: cluster not "
		       "even the first one is made. A Cluster that was restored under a "
		       "new name is the usual cause.",
		.fix = "Write the name of the Cluster, and put both into one namespace.",
		.bad = "kind: ScheduledBackup\n"
		       "spec:\n"
		       "  schedule: \"0 0 3 * * *\"\n"
		       "  cluster: {name: db}\n"
		       "  method: plugin\n"
		       "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
		       "---\n"
		       "kind: Cluster\n"
		       "metadata: {name: db-restored}\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio}",
		.good = "kind: ScheduledBackup\n"
			"spec:\n"
			"  schedule: \"0 0 3 * * *\"\n"
			"  cluster: {name: db-restored}\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
			"---\n"
			"kind: Cluster\n"
			"metadata: {name: db-restored}\n"
			"spec:\n"
			"  instances: 1\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio}",
		.reference = "cloudnative-pg/cloudnative-pg#10778",
	},

	{
		.id = "schedule-dom-dow-or",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_dom_dow_or,
		.summary = "Day of month and weekday are alternatives, not conditions",
		.why = "When neither the day of month nor the weekday has a star, one of them "
		       "suffices: 13 and FRI is every 13th and every Friday. A range without a"
		       " star, 1-31, lets every day match.",
		.fix = "Write * for the one that does not matter.",
		.bad = "spec:\n  schedule: '0 0 3 13 * FRI'",
		.good = "spec:\n  schedule: '0 0 3 * * FRI'",
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},

	{
		.id = "schedule-duplicate",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_schedule_duplicate,
		.summary = "Two schedules make the same backup at the same time",
		.why = "A Cluster has one archive, so two schedules of one method store "
		       "the same base backup twice: one Backup waits until the other is "
		       "done. It is what becomes of \"one schedule for each store\". "
		       "Compared are active schedules of one Cluster, over the next 400 "
		       "days.",
		.fix = "Remove one of them, or move it to another time.",
		.bad = "kind: ScheduledBackup\n"
		       "metadata: {name: daily}\n"
		       "spec:\n"
		       "  schedule: \"0 0 3 * * *\"\n"
		       "  cluster: {name: db}\n"
		       "  method: plugin\n"
		       "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
		       "---\n"
		       "kind: ScheduledBackup\n"
		       "metadata: {name: weekly}\n"
		       "spec:\n"
		       "  schedule: \"0 0 3 * * 0\"\n"
		       "  cluster: {name: db}\n"
		       "  method: plugin\n"
		       "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}",
		.good = "kind: ScheduledBackup\n"
			"metadata: {name: daily}\n"
			"spec:\n"
			"  schedule: \"0 0 3 * * *\"\n"
			"  cluster: {name: db}\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
			"---\n"
			"kind: ScheduledBackup\n"
			"metadata: {name: snapshots}\n"
			"spec:\n"
			"  schedule: \"0 0 3 * * 0\"\n"
			"  cluster: {name: db}\n"
			"  method: volumeSnapshot",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
	},

	{
		.id = "schedule-five-fields",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_five_fields,
		.summary = "Schedule with five fields; the first is seconds",
		.why = "CloudNativePG reads six fields, second minute hour day month weekday, "
		       "and the last is the optional one. Five fields are not an error: the "
		       "first is then the second. 0 3 * * * runs at minute 3 of every hour, 0 "
		       "2 * * 1 hourly and only in January. The operator gives a warning, "
		       "which GitOps tools do not show.",
		.fix = "Put a 0 for the second in front.",
		.bad = "spec:\n  schedule: '0 3 * * *'",
		.good = "spec:\n  schedule: '0 0 3 * * *'",
		.reference = "cloudnative-pg/cloudnative-pg#2593",
	},

	{
		.id = "schedule-gap-too-long",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_gap_too_long,
		.summary = "Base backups are too far apart",
		.why = "A restore begins with a base backup and replays all WAL since: the "
		       "longer the gap, the longer it takes, and the more WAL must be kept and"
		       " be intact. The bound is spec.schedule.maxInterval of the policy "
		       "(default 8 days).",
		.fix = "Schedule at least one base backup a week; or raise maxInterval in the "
		       "policy.",
		.bad = "spec:\n  schedule: '0 0 3 1 * *'",
		.good = "spec:\n  schedule: '0 0 3 * * 0'",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
		.superseded_by = "schedule-five-fields",
	},

	{
		.id = "schedule-invalid",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_invalid,
		.summary = "Schedule that CloudNativePG cannot parse",
		.why = "CloudNativePG parses schedules with robfig/cron v1: six fields, second"
		       " minute hour day month weekday, or @hourly @daily @weekly @monthly "
		       "@yearly, or @every 6h. It knows no time zone, no Quartz L W #, no "
		       "weekday 7, no range that wraps round.",
		.fix = "Write one that parses; backup-guard cron SPEC shows what it does.",
		.bad = "spec:\n  schedule: '0 0 3 * * 7'",
		.good = "spec:\n  schedule: '0 0 3 * * 0'",
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},

	{
		.id = "schedule-never-fires",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_never_fires,
		.summary = "Schedule without any activation",
		.why = "The operator looks for an activation until the end of the fifth year. "
		       "When there is none it emits one event NoSchedule and stops: no backup "
		       "is ever taken, not even the one that immediate: true asks for.",
		.fix = "Choose a day that exists in a chosen month; for one single backup "
		       "create a Backup.",
		.bad = "spec:\n  schedule: '0 0 3 30 2 *'",
		.good = "spec:\n  schedule: '0 0 3 28 * *'",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
		.superseded_by = "schedule-five-fields",
	},

	{
		.id = "schedule-on-hibernated-cluster",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_schedule_on_hibernated_cluster,
		.summary = "A hibernated Cluster is to be backed up",
		.why = "A hibernated Cluster has no Pod: each Backup fails with \"cannot "
		       "backup a hibernated cluster\", and failed Backups are never "
		       "deleted.",
		.fix = "Write suspend: true into the schedule while the Cluster sleeps.",
		.bad = "kind: ScheduledBackup\n"
		       "spec:\n"
		       "  schedule: \"0 0 3 * * *\"\n"
		       "  cluster: {name: db}\n"
		       "  method: plugin\n"
		       "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
		       "---\n"
		       "kind: Cluster\n"
		       "metadata:\n"
		       "  name: db\n"
		       "  annotations: {cnpg.io/hibernation: \"on\"}\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio}",
		.good = "kind: ScheduledBackup\n"
			"spec:\n"
			"  schedule: \"0 0 3 * * *\"\n"
			"  cluster: {name: db}\n"
			"  suspend: true\n"
			"  method: plugin\n"
			"  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n"
			"---\n"
			"kind: Cluster\n"
			"metadata:\n"
			"  name: db\n"
			"  annotations: {cnpg.io/hibernation: \"on\"}\n"
			"spec:\n"
			"  instances: 1\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio}",
		.reference = "cloudnative-pg/cloudnative-pg#8508",
	},

	{
		.id = "schedule-padded-hourly",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_padded_hourly,
		.summary = "Hourly schedule that was probably meant as daily",
		.why = "Somebody who knows that six fields are needed, and appends a star to "
		       "five, gets an hourly schedule: 0 3 * * * * runs at minute 3 of every "
		       "hour. The missing field is the second, in front. Minutes 1 to 23, "
		       "which could be an hour, are suspected; volumeSnapshot is not.",
		.fix = "Put a 0 in front and drop the star of the hour: 0 0 3 * * *. If hourly"
		       " base backups are meant, set spec.schedule.minInterval: 1h in the "
		       "policy.",
		.bad = "spec:\n  schedule: '0 3 * * * *'",
		.good = "spec:\n  schedule: '0 0 3 * * *'",
		.reference = "cloudnative-pg/charts#243",
	},

	{
		.id = "schedule-suspended",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.check = check_schedule_suspended,
		.summary = "Suspended schedule",
		.why = "While suspend is true no base backup is taken. WAL is archived on, and"
		       " is deleted only together with base backups: it grows, and a restore "
		       "from the last base backup takes longer every day.",
		.fix = "Write suspend: false, or remove it, when the reason is gone.",
		.bad = "spec:\n  schedule: '0 0 3 * * *'\n  suspend: true",
		.good = "spec:\n  schedule: '0 0 3 * * *'",
		.reference =
			"https://cloudnative-pg.io/documentation/current/backup/#scheduled-backups",
		.superseded_by = "last-schedule-delete",
	},

	{
		.id = "schedule-timezone-assumption",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.partial = true,
		.check = check_schedule_timezone_assumption,
		.summary = "The object speaks of a time zone, the schedule is read in UTC",
		.why = "The operator evaluates schedules in the zone of its own container: "
		       "UTC, unless TZ is set there. A time zone cannot be written in a "
		       "schedule.",
		.fix = "Write the hour in UTC.",
		.bad = "metadata: {name: db-3am-cet}\nspec:\n  schedule: '0 0 3 * * *'",
		.good = "metadata: {name: db-daily}\nspec:\n  schedule: '0 0 2 * * *'",
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},

	{
		.id = "schedule-too-frequent",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_too_frequent,
		.summary = "Base backups follow each other too closely",
		.why = "Each activation is a full base backup and a Backup object. Schedules "
		       "by the minute or second leave thousands of objects behind, up to an "
		       "operator that runs out of memory. The bound is "
		       "spec.schedule.minInterval of the policy (default 1 hour); below 4 "
		       "hours it is an info. volumeSnapshot is exempt.",
		.fix = "Once a day is usual: WAL archiving covers the time between.",
		.bad = "spec:\n  schedule: '0 */15 * * * *'",
		.good = "spec:\n  schedule: '0 0 3 * * *'",
		.reference = "cloudnative-pg/cloudnative-pg#2510",
		.superseded_by = "schedule-five-fields",
	},

	{
		.id = "scheduled-backup-name-too-long",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.check = check_scheduled_backup_name_too_long,
		.summary = "Name of the schedule does not fit into a label",
		.why = "The operator names each Backup NAME-YYYYMMDDHHMMSS and puts the name "
		       "of the schedule into label cnpg.io/scheduled-backup; with "
		       "volumeSnapshot the Backup's name becomes a label too. Labels end at 63"
		       " characters: longer ones make every backup fail.",
		.fix = "At most 63 characters, at most 48 with method: volumeSnapshot.",
		.bad = "metadata: {name: "
		       "a-schedule-with-a-name-of-more-than-48-characters-x}\nspec: {method: "
		       "volumeSnapshot}",
		.good = "metadata: {name: nightly}\nspec: {method: volumeSnapshot}",
		.reference = "cloudnative-pg/cloudnative-pg#9343",
	},

	{
		.id = "scheduled-backup-plugin-config-missing",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.check = check_scheduled_backup_plugin_config_missing,
		.summary = "Method plugin without the name of a plugin",
		.why = "CloudNativePG accepts such a ScheduledBackup and then refuses every "
		       "Backup that it creates (\"cannot be empty when the backup method is "
		       "plugin\"); the operator tries again for ever.",
		.fix = "Write pluginConfiguration.name.",
		.bad = "spec:\n  method: plugin",
		.good = "spec:\n  method: plugin\n  pluginConfiguration: {name: "
			"barman-cloud.cloudnative-pg.io}",
		.reference = "cloudnative-pg/cloudnative-pg#7513",
	},

	{
		.id = "secret-delete-in-use",
		.kinds = KIND_SECRET | KIND_EXTERNAL_SECRET,
		.scope = SCOPE_DELETE,
		.update_too = true,
		.severity = SEV_WARN,
		.check = check_secret_delete_in_use,
		.summary = "Credentials go while an ObjectStore of a Cluster reads them",
		.why = "The plugin reads the Secret for every WAL file, backup and "
		       "retention run. Without it, or without one of its keys, all of them "
		       "fail, and PostgreSQL keeps its WAL until the volume is full. A CA "
		       "certificate or a variable of the sidecar that is missing keeps "
		       "Pods from starting. The Secret of an ExternalSecret is deleted "
		       "with it unless its creationPolicy is Orphan.",
		.fix = "Change the ObjectStore to the new Secret or key first.",
		.bad = "kind: Secret\n"
		       "metadata: {name: s3}\n"
		       "stringData: {ID: minio, KEY: not-shown}\n"
		       "---\n"
		       "kind: ObjectStore\n"
		       "metadata: {name: minio}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: s3, key: ID}\n"
		       "      secretAccessKey: {name: s3, key: KEY}\n"
		       "---\n"
		       "kind: Cluster\n"
		       "spec:\n"
		       "  instances: 1\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters: {barmanObjectName: minio}",
		.good = "kind: Secret\n"
			"metadata: {name: s3-old}\n"
			"stringData: {ID: minio, KEY: not-shown}\n"
			"---\n"
			"kind: ObjectStore\n"
			"metadata: {name: minio}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: s3, key: ID}\n"
			"      secretAccessKey: {name: s3, key: KEY}\n"
			"---\n"
			"kind: Cluster\n"
			"spec:\n"
			"  instances: 1\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters: {barmanObjectName: minio}",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "secret-key-without-effect",
		.kinds = KIND_SECRET | KIND_EXTERNAL_SECRET,
		.scope = SCOPE_USERS,
		.severity = SEV_INFO,
		.check = check_secret_key_without_effect,
		.summary = "A key of the Secret sets nothing for backups",
		.why = "barman-cloud does not see the Secret: the sidecar passes on "
		       "the keys that the ObjectStore names, one by one. AWS_REGION, "
		       "AWS_S3_FORCE_PATH_STYLE or an endpoint beside them may serve "
		       "other programs, but do nothing here.",
		.fix = "Name the region in s3Credentials.region and the endpoint in "
		       "endpointURL; there is no setting for path style, which boto3 "
		       "uses with every endpointURL.",
		.bad = "kind: Secret\n"
		       "metadata: {name: minio}\n"
		       "stringData: {ACCESS_KEY: backup, SECRET_KEY: not-so-secret, AWS_REGION: "
		       "eu}\n"
		       "---\n"
		       "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: minio, key: ACCESS_KEY}\n"
		       "      secretAccessKey: {name: minio, key: SECRET_KEY}",
		.good = "kind: Secret\n"
			"metadata: {name: minio}\n"
			"stringData: {ACCESS_KEY: backup, SECRET_KEY: not-so-secret, AWS_REGION: "
			"eu}\n"
			"---\n"
			"kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: minio, key: ACCESS_KEY}\n"
			"      secretAccessKey: {name: minio, key: SECRET_KEY}\n"
			"      region: {name: minio, key: AWS_REGION}",
		.reference = "cloudnative-pg/plugin-barman-cloud#588",
	},

	{
		.id = "secret-value-dirty",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE | KIND_SECRET,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_secret_value_dirty,
		.summary = "A credential is empty or has stray bytes around it",
		.why = "The sidecar puts the bytes into the environment of barman-cloud as "
		       "they are. A line break from echo, a blank or a NUL byte spoils "
		       "every signature, and an empty value fails at the first request. "
		       "Judged are the Secrets that the policy names (of a store's Secret the "
		       "keys that the store names) or that carry the label "
		       "backup-guard.io/credentials: \"true\", and in an audit those that a store "
		       "names; values are never shown.",
		.fix = "Encode without the line break: printf %s \"$VALUE\" | base64 -w0.",
		.bad = "metadata:\n"
		       "  labels:\n"
		       "    backup-guard.io/credentials: \"true\"\n"
		       "data:\n"
		       "  secret: c2VjcmV0Cg==",
		.good = "metadata:\n"
			"  labels:\n"
			"    backup-guard.io/credentials: \"true\"\n"
			"data:\n"
			"  secret: c2VjcmV0",
		.reference = "cloudnative-pg/cloudnative-pg#972",
	},

	{
		.id = "secret-wrong-namespace",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_WARN,
		.check = check_secret_wrong_namespace,
		.summary = "The Secret is in another namespace only",
		.why = "The Secrets of an ObjectStore are read in the namespace of "
		       "the Cluster that uses it. One in the namespace of the "
		       "storage, where people like to keep it, is not seen: archiving "
		       "and backups fail as if there were none. Secrets that "
		       "Reflector or Replicator copy, and those of a "
		       "ClusterExternalSecret, are known and no finding.",
		.fix = "Make the Secret in the namespace of the Cluster too: an "
		       "ExternalSecret, or a controller that copies it.",
		.bad = "kind: ObjectStore\n"
		       "metadata: {name: minio-store, namespace: app}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: minio, key: ACCESS_KEY}\n"
		       "      secretAccessKey: {name: minio, key: SECRET_KEY}\n"
		       "---\n"
		       "kind: Secret\n"
		       "metadata: {name: minio, namespace: storage}\n"
		       "stringData: {ACCESS_KEY: backup, SECRET_KEY: not-so-secret}",
		.good = "kind: ObjectStore\n"
			"metadata: {name: minio-store, namespace: app}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: minio, key: ACCESS_KEY}\n"
			"      secretAccessKey: {name: minio, key: SECRET_KEY}\n"
			"---\n"
			"kind: Secret\n"
			"metadata: {name: minio, namespace: app}\n"
			"stringData: {ACCESS_KEY: backup, SECRET_KEY: not-so-secret}",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},

	{
		.id = "server-name-unsafe",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_server_name_unsafe,
		.summary = "serverName leads out of the archive's place",
		.why = "The archive lies in destinationPath/serverName/{base,wals}. An "
		       "empty serverName is taken literally and means the root of the "
		       "store, one that begins with '/' replaces the path, and blanks, "
		       "control characters, '..' or '//' become part of every key. A '/' "
		       "inside is legal, but makes two stores meet in one place.",
		.fix = "Use letters, digits and hyphens.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "        serverName: \"\"",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	{
		.id = "sidecar-env-secret-missing",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_sidecar_env_secret_missing,
		.summary = "A Secret of the sidecar's env is not there",
		.why = "The kubelet fills in secretKeyRef before it starts the "
		       "container. A Secret or key that is not there, and not "
		       "optional, ends in CreateContainerConfigError: the sidecar "
		       "does not start, and with it the Pod, PostgreSQL included.",
		.fix = "Add the Secret and key to the namespace, or write optional: "
		       "true.",
		.bad = "kind: ObjectStore\n"
		       "metadata: {name: minio-store}\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/\n"
		       "  instanceSidecarConfiguration:\n"
		       "    env:\n"
		       "      - name: HTTPS_PROXY\n"
		       "        valueFrom: {secretKeyRef: {name: proxy, key: URL}}\n"
		       "---\n"
		       "kind: Secret\n"
		       "metadata: {name: proxy}\n"
		       "stringData: {url: http://proxy.example.org}",
		.good = "kind: ObjectStore\n"
			"metadata: {name: minio-store}\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/\n"
			"  instanceSidecarConfiguration:\n"
			"    env:\n"
			"      - name: HTTPS_PROXY\n"
			"        valueFrom: {secretKeyRef: {name: proxy, key: url}}\n"
			"---\n"
			"kind: Secret\n"
			"metadata: {name: proxy}\n"
			"stringData: {url: http://proxy.example.org}",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},

	{
		.id = "sidecar-memory-low",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_sidecar_memory_low,
		.summary = "The sidecar has too little memory for a base backup",
		.why = "barman-cloud holds parts of every file that it uploads at the same "
		       "time; 254 MiB were seen with the defaults, more with many jobs. "
		       "Over its limit the container is killed, the backup fails and WAL "
		       "archiving stops with it.",
		.fix = "Set limits.memory to 512Mi, or fewer jobs.",
		.bad = "spec:\n"
		       "  instanceSidecarConfiguration:\n"
		       "    resources:\n"
		       "      limits:\n"
		       "        memory: 128Mi",
		.good = "spec:\n"
			"  instanceSidecarConfiguration:\n"
			"    resources:\n"
			"      limits:\n"
			"        memory: 512Mi",
		.reference = "cloudnative-pg/plugin-barman-cloud#765",
	},

	{
		.id = "sse-on-s3-compatible",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_sse_on_s3_compatible,
		.summary = "Server-side encryption is asked of a store that may not have it",
		.why = "wal.encryption and data.encryption become headers of S3. Most "
		       "S3-compatible stores refuse them unless a key service is set up, hence "
		       "a deny for aws:kms; with Azure and Google they have no effect.",
		.fix = "Remove the field, and set the default encryption of the bucket in "
		       "the store.",
		.bad = "spec:\n"
		       "  configuration:\n"
		       "    endpointURL: https://minio.example.org\n"
		       "    wal:\n"
		       "      encryption: AES256\n"
		       "    s3Credentials:\n"
		       "      accessKeyId: {name: s3, key: id}\n"
		       "      secretAccessKey: {name: s3, key: secret}",
		.good = "spec:\n"
			"  configuration:\n"
			"    endpointURL: https://minio.example.org\n"
			"    wal:\n"
			"      compression: gzip\n"
			"    s3Credentials:\n"
			"      accessKeyId: {name: s3, key: id}\n"
			"      secretAccessKey: {name: s3, key: secret}",
		.reference = "cloudnative-pg/plugin-barman-cloud#646",
	},

	{
		.id = "unknown-field",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_unknown_field,
		.summary = "A field is unknown to the CRD: misspelt, or in the wrong place",
		.why = "kubectl and server-side apply refuse an object with a field that the CRD "
		       "does not have; other tools apply it, and the API server drops the field "
		       "without a word. Denied when it is clear what was meant, else a warning: "
		       "a newer release may have the field (operatorVersion and pluginVersion "
		       "of the policy say what you run).",
		.fix = "Use the name and place that the finding gives.",
		.bad = "kind: ObjectStore\n"
		       "spec:\n"
		       "  configuration:\n"
		       "    destinationPath: s3://backups/app\n"
		       "    endpointUrl: https://minio.example.org",
		.good = "kind: ObjectStore\n"
			"spec:\n"
			"  configuration:\n"
			"    destinationPath: s3://backups/app\n"
			"    endpointURL: https://minio.example.org",
		.reference = "cloudnative-pg/cloudnative-pg#2517",
	},

	{
		.id = "unresolved-placeholder",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_unresolved_placeholder,
		.summary = "A placeholder was never filled in",
		.why = "Nothing fills it in any more: the backup goes to a bucket, a server or a "
		       "store of "
		       "that very name, or nowhere. In files ${VAR}, $(VAR) and {{ }} are left "
		       "alone, "
		       "because Flux, Argo CD or Helm fill them in later; <app> and CHANGEME "
		       "nobody does.",
		.fix = "Write the real value; with Flux, check postBuild.substitute.",
		.bad = "spec:\n  configuration:\n    destinationPath: s3://backups/<app>",
		.good = "spec:\n  configuration:\n    destinationPath: s3://backups/paperless",
		.reference = "https://fluxcd.io/flux/components/kustomize/kustomizations/",
	},

	{
		.id = "validation-disabled",
		.kinds = KIND_CLUSTER | KIND_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_validation_disabled,
		.summary = "CloudNativePG's own validation is switched off",
		.why = "With cnpg.io/validation: disabled CloudNativePG's webhook accepts "
		       "everything, among it what cannot work: two WAL archivers, a "
		       "recovery source that does not exist, incomplete credentials. Two "
		       "plugins as WAL archivers are denied here in its place.",
		.fix = "Remove the annotation.",
		.bad = "metadata:\n"
		       "  annotations:\n"
		       "    cnpg.io/validation: disabled",
		.good = "metadata:\n"
			"  annotations: {}",
		.reference = "https://cloudnative-pg.io/documentation/current/labels_annotations/",
	},

	{
		.id = "wal-archiver-off",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_wal_archiver_off,
		.summary = "The plugin is enabled, but nothing is the WAL archiver",
		.why = "Without isWALArchiver: true WAL goes to the store only while the "
		       "sidecar is there; when it is missing, "
		       "archive_command reports success and the WAL is lost. A gap in the "
		       "WAL ends every recovery there.",
		.fix = "Set isWALArchiver: true on the plugin entry.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/606",
	},

	{
		.id = "wal-archiving-skipped",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_wal_archiving_skipped,
		.summary = "An annotation switches WAL archiving off",
		.why = "cnpg.io/skipWalArchiving: enabled sets archive_mode to off, "
		       "whatever else the Cluster says about backups. Base backups without "
		       "their WAL cannot be restored.",
		.fix = "Remove the annotation.",
		.bad = "metadata:\n"
		       "  name: db\n"
		       "  annotations:\n"
		       "    cnpg.io/skipWalArchiving: enabled\n"
		       "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      isWALArchiver: true\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store",
		.good = "metadata:\n"
			"  name: db\n"
			"spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      isWALArchiver: true\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://cloudnative-pg.io/documentation/current/labels_annotations/",
	},
};

const size_t rules_len = ARRAY_LEN(rules);
