#include "rules/rule.h"

#include "rules/checks.h"

const struct rule rules[] = {
	/* additional-args-malformed: OS, objectstore.c, SEV_DENY */

	/* additional-args-reserved: OS, objectstore.c, SEV_WARN */

	{
		.id = "archive-timeout-disabled",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
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
		       "      archive_timeout: \"0\"",
		.good = "spec:\n"
			"  postgresql:\n"
			"    parameters:\n"
			"      archive_timeout: 5min",
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

	/* checksum-env-missing: OS, objectstore.c, SEV_WARN */

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

	/* credentials-absent: OS, objectstore.c, SEV_DENY */

	/* credentials-incomplete: OS, objectstore.c, SEV_DENY */

	/* credentials-kinds-mixed: OS, objectstore.c, SEV_DENY */

	{
		.id = "cross-namespace-store",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_cross_namespace_store,
		.summary = "The plugin is told to use a store of another namespace",
		.why = "ObjectStores are looked up in the Cluster's own namespace only. A "
		       "namespace key is ignored, a '/' is taken as a part of the name. "
		       "While no such ObjectStore exists the operator requeues for ever, "
		       "before it handles a failover.",
		.fix = "Put the ObjectStore and its Secret into the Cluster's namespace.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "        barmanObjectNamespace: storage",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/448",
	},

	/* data-compression-unsupported-by-version: OS, objectstore.c, SEV_WARN */

	/* destination-credentials-mismatch: OS, objectstore.c, SEV_DENY */

	/* destination-path-invalid: OS, objectstore.c, SEV_DENY */

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
		       "  annotations:\n"
		       "    cnpg.io/skipEmptyWalArchiveCheck: enabled",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db-v2",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/263",
	},

	/* endpoint-aws-redundant-or-region: OS, objectstore.c, SEV_WARN */

	/* endpoint-ca-ignored: OS, objectstore.c, SEV_WARN */

	/* endpoint-malformed: OS, objectstore.c, SEV_DENY */

	/* endpoint-plaintext: OS|C, objectstore.c, SEV_WARN */

	/* external-in-tree-credentials: C, cluster.c, SEV_DENY */

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

	/* externalsecret-not-owner: ES, secret.c, SEV_WARN */

	/* gcs-credentials-empty: OS, objectstore.c, SEV_DENY */

	/* iam-on-custom-endpoint: OS, objectstore.c, SEV_WARN */

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
		       "Images with minimal or standard in their tag do not have it, only "
		       "system images do.",
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

	/* kubectl-apply-annotation-secret: S, secret.c, SEV_INFO */

	/* method-default-in-tree: SB|B, schedule.c, SEV_DENY */

	/* no-compression: OS, objectstore.c, SEV_INFO */

	/* no-immediate-first-backup: SB, schedule.c, SEV_INFO */

	{
		.id = "nul-in-value",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
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

	/* owner-reference-none: SB, schedule.c, SEV_INFO */

	/* plaintext-credentials-in-env: OS|C, objectstore.c, SEV_DENY */

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
		.check = check_plugin_name_unknown,
		.summary = "A plugin's name is not that of any plugin",
		.why = "A Cluster that names a plugin which the operator has not "
		       "discovered, in plugins or in any externalClusters entry, stays in "
		       "the phase of an unknown plugin: nothing else is reconciled. A "
		       "backup by such a plugin fails with \"requested plugin is not "
		       "available\".",
		.fix = "Write barman-cloud.cloudnative-pg.io, or list the other plugin in "
		       "knownPlugins of the policy.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cnpg.io",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/196",
	},

	{
		.id = "plugin-parameter-unknown",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_plugin_parameter_unknown,
		.summary = "The plugin does not know a parameter",
		.why = "Only barmanObjectName and serverName are read; any other key is "
		       "ignored without a word. One that is misspelt means that a default "
		       "is in force. Keys that resemble neither are at most a warning.",
		.fix = "Correct the key, or remove it.",
		.bad = "spec:\n"
		       "  plugins:\n"
		       "    - name: barman-cloud.cloudnative-pg.io\n"
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "        servername: db-v2",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db-v2",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	/* plugin-parameters-ignored: SB|B, schedule.c, SEV_WARN */

	/* policy-credentials-secret: OS, site.c, SEV_OFF */

	/* policy-destination: OS, site.c, SEV_OFF */

	/* policy-endpoint: OS, site.c, SEV_OFF */

	/* policy-method: SB|B, site.c, SEV_OFF */

	/* policy-owner-reference: SB, site.c, SEV_OFF */

	/* policy-require-compression: OS, site.c, SEV_OFF */

	/* policy-require-endpoint-ca: OS, site.c, SEV_OFF */

	/* policy-require-plugin: C, site.c, SEV_OFF */

	/* policy-retention: OS, site.c, SEV_OFF */

	/* policy-schedule-name: SB, site.c, SEV_OFF */

	/* policy-schedule-window: SB, site.c, SEV_OFF */

	/* policy-secret-keys: S|ES, site.c, SEV_OFF */

	/* policy-store-name: OS|C, site.c, SEV_OFF */

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
		.bad = "spec:\n"
		       "  externalClusters:\n"
		       "    - name: db\n"
		       "      plugin:\n"
		       "        name: barman-cloud.cloudnative-pg.io\n"
		       "        enabled: false",
		.good = "spec:\n"
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
		.severity = SEV_WARN,
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
		       "  externalClusters:\n"
		       "    - name: db\n"
		       "      plugin:\n"
		       "        name: barman-cloud.cloudnative-pg.io\n"
		       "        parameters:\n"
		       "          barmanObjectName: minio-store",
		.good = "metadata:\n"
			"  name: db-restore\n"
			"spec:\n"
			"  externalClusters:\n"
			"    - name: db\n"
			"      plugin:\n"
			"        name: barman-cloud.cloudnative-pg.io\n"
			"        parameters:\n"
			"          barmanObjectName: minio-store\n"
			"          serverName: db",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	/* region-ignored-with-iam: OS, objectstore.c, SEV_WARN */

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
		       "  replica:\n"
		       "    source: main\n"
		       "  externalClusters:\n"
		       "    - name: main\n"
		       "      barmanObjectStore:\n"
		       "        destinationPath: s3://backups/main",
		.good = "spec:\n"
			"  replica:\n"
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

	/* retention-interval-nonpositive: OS, objectstore.c, SEV_DENY */

	/* retention-missing: OS, objectstore.c, SEV_WARN */

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
		       "  backup:\n"
		       "    retentionPolicy: 30d",
		.good = "kind: ObjectStore\n"
			"spec:\n"
			"  retentionPolicy: 30d",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/8599",
	},

	/* schedule-dom-dow-or: SB, schedule.c, SEV_WARN */

	/* schedule-five-fields: SB, schedule.c, SEV_DENY */

	/* schedule-gap-too-long: SB, schedule.c, SEV_WARN */

	/* schedule-invalid: SB, schedule.c, SEV_DENY */

	/* schedule-never-fires: SB, schedule.c, SEV_DENY */

	/* schedule-padded-hourly: SB, schedule.c, SEV_WARN */

	/* schedule-suspended: SB, schedule.c, SEV_WARN */

	/* schedule-timezone-assumption: SB, schedule.c, SEV_INFO */

	/* schedule-too-frequent: SB, schedule.c, SEV_DENY */

	/* scheduled-backup-name-too-long: SB, schedule.c, SEV_DENY */

	/* scheduled-backup-plugin-config-missing: SB, schedule.c, SEV_DENY */

	/* secret-value-dirty: S, secret.c, SEV_DENY */

	{
		.id = "server-name-unsafe",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
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
		       "      parameters:\n"
		       "        barmanObjectName: minio-store\n"
		       "        serverName: \"\"",
		.good = "spec:\n"
			"  plugins:\n"
			"    - name: barman-cloud.cloudnative-pg.io\n"
			"      parameters:\n"
			"        barmanObjectName: minio-store\n"
			"        serverName: db",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	/* sidecar-memory-low: OS, objectstore.c, SEV_WARN */

	/* sse-on-s3-compatible: OS, objectstore.c, SEV_WARN */

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
		.check = check_validation_disabled,
		.summary = "CloudNativePG's own validation is switched off",
		.why = "With cnpg.io/validation: disabled CloudNativePG's webhook accepts "
		       "everything, among it what cannot work: two WAL archivers, a "
		       "recovery source that does not exist, incomplete credentials.",
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
		.why = "Without isWALArchiver: true archiving is fail-open. WAL goes to "
		       "the store while the sidecar is there; when it is missing, "
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
		.check = check_wal_archiving_skipped,
		.summary = "An annotation switches WAL archiving off",
		.why = "cnpg.io/skipWalArchiving: enabled sets archive_mode to off, "
		       "whatever else the Cluster says about backups. Base backups without "
		       "their WAL cannot be restored.",
		.fix = "Remove the annotation.",
		.bad = "metadata:\n"
		       "  annotations:\n"
		       "    cnpg.io/skipWalArchiving: enabled",
		.good = "metadata:\n"
			"  annotations: {}",
		.reference = "https://cloudnative-pg.io/documentation/current/labels_annotations/",
	},
};

const size_t rules_len = ARRAY_LEN(rules);
