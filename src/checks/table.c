#include "checks/table.h"

#include "checks/checks.h"

const struct rule rules[] = {
	{
		.id = "additional-args-malformed",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_additional_args_malformed,
		.summary = "An additional argument is not one word of a command line",
		.reference = "cloudnative-pg/plugin-barman-cloud#428",
	},

	{
		.id = "additional-args-reserved",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_additional_args_reserved,
		.summary = "An additional argument is one that CloudNativePG sets itself",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	{
		.id = "archive-already-in-use",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_archive_already_in_use,
		.summary = "A new Cluster is to archive where backups of that name lie already",
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
		.reference = "https://cloudnative-pg.io/documentation/current/wal_archiving/",
	},

	{
		.id = "backup-target-primary",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_backup_target_primary,
		.summary = "Base backups run on the primary although there are standbys",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "barman-object-name-missing",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_barman_object_name_missing,
		.summary = "A plugin entry names no ObjectStore",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	{
		.id = "bucket-versioning-retention",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.check = check_bucket_versioning_retention,
		.summary = "Backblaze B2 hides what the retention policy deletes",
		.reference = "EnterpriseDB/barman#1197",
	},

	{
		.id = "checksum-env-missing",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_checksum_env_missing,
		.summary = "A store that is not AWS may refuse the checksums of newer boto3",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "cluster-without-backup",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_cluster_without_backup,
		.summary = "The Cluster has no backup of any kind",
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
		.reference = "EnterpriseDB/barman#712",
	},

	{
		.id = "credentials-absent",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_credentials_absent,
		.summary = "An ObjectStore without credentials",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "credentials-incomplete",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_credentials_incomplete,
		.summary = "Credentials lack a part that is read at every backup",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "credentials-key-missing",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_credentials_key_missing,
		.summary = "The Secret of the credentials has no such key",
		.reference = "cloudnative-pg/barman-cloud pkg/credentials/env.go",
	},

	{
		.id = "credentials-kinds-mixed",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_credentials_kinds_mixed,
		.summary = "Credentials of several kinds stand side by side",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "credentials-secret-missing",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_credentials_secret_missing,
		.summary = "The Secret of the credentials is not there",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "cross-namespace-store",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_cross_namespace_store,
		.summary = "The plugin is told to use a store of another namespace",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/448",
	},

	{
		.id = "data-compression-unsupported-by-version",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_data_compression_unsupported_by_version,
		.summary = "The plugin in use does not know this compression of base backups",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/releases",
	},

	{
		.id = "destination-credentials-mismatch",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_destination_credentials_mismatch,
		.summary = "destinationPath belongs to another provider than the credentials",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "destination-path-invalid",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_destination_path_invalid,
		.summary = "destinationPath is not a URL that barman-cloud understands",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
		.superseded_by = "policy-destination",
	},

	{
		.id = "empty-archive-check-skipped",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_empty_archive_check_skipped,
		.summary = "The check for an empty archive is switched off",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/263",
	},

	{
		.id = "endpoint-aws-redundant-or-region",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_endpoint_aws_redundant_or_region,
		.summary = "The region is missing or another than that of the endpoint",
		.reference = "cloudnative-pg/cloudnative-pg#202",
	},

	{
		.id = "endpoint-ca-ignored",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_endpoint_ca_ignored,
		.summary = "endpointCA has no effect here, or an unwanted one",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "endpoint-ca-missing",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_endpoint_ca_missing,
		.summary = "The CA certificate of the endpoint is not there",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "endpoint-malformed",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_endpoint_malformed,
		.summary = "endpointURL is not scheme, host and port",
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
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "exemption-not-honoured",
		.kinds = KIND_ALL,
		.severity = SEV_WARN,
		.check = check_exemption_not_honoured,
		.summary = "An exemption annotation is incomplete, expired or misspelt",
		.reference = "https://kubernetes.io/docs/concepts/overview/working-with-objects/"
			     "annotations/",
	},

	{
		.id = "external-in-tree-credentials",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_external_in_tree_credentials,
		.summary = "An external cluster's barmanObjectStore cannot work",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},

	{
		.id = "externalsecret-not-owner",
		.kinds = KIND_EXTERNAL_SECRET,
		.severity = SEV_WARN,
		.check = check_externalsecret_not_owner,
		.summary = "An ExternalSecret does not create the Secret that backups read",
		.reference = "https://external-secrets.io/latest/guides/ownership-deletion-policy/",
	},

	{
		.id = "gcs-credentials-empty",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_gcs_credentials_empty,
		.summary = "googleCredentials say neither a key file nor a GKE environment",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "iam-on-custom-endpoint",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_iam_on_custom_endpoint,
		.summary = "An IAM role of AWS is used with a store that is not AWS",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "immediate-with-new-cluster",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_immediate_with_new_cluster,
		.summary = "The first backup is due before its Cluster runs",
		.reference = "cloudnative-pg/klio#268",
	},

	{
		.id = "in-tree-beside-plugin",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_in_tree_beside_plugin,
		.summary = "The Cluster archives in-tree and by the plugin at the same time",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
	},

	{
		.id = "in-tree-deprecated",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_in_tree_deprecated,
		.summary = "An in-tree barmanObjectStore is deprecated",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
	},

	{
		.id = "in-tree-image-without-barman",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_in_tree_image_without_barman,
		.summary = "The image lacks the programs that an in-tree store needs",
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
		.reference = "https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/",
	},

	{
		.id = "kubectl-apply-annotation-secret",
		.kinds = KIND_SECRET,
		.severity = SEV_INFO,
		.check = check_kubectl_apply_annotation_secret,
		.summary = "An annotation of a credentials Secret repeats its values",
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
		.reference = "JiRaska/open-bank-oss#1487",
	},

	{
		.id = "live-backup-stuck",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_backup_stuck,
		.summary = "A Backup has been neither completed nor failed for more than a day",
		.reference = "cloudnative-pg/cloudnative-pg#10778",
	},

	{
		.id = "live-continuous-archiving-false",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_continuous_archiving_false,
		.summary = "WAL archiving fails",
		.reference = "https://cloudnative-pg.io/documentation/current/wal_archiving/",
	},

	{
		.id = "live-last-backup-failed",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_WARN,
		.check = check_live_last_backup_failed,
		.summary = "The last backup failed",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "live-no-recent-backup",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_LIVE,
		.severity = SEV_DENY,
		.check = check_live_no_recent_backup,
		.summary = "The last completed backup is older than two intervals of its schedule",
		.reference = "cloudnative-pg/cloudnative-pg#10385",
	},

	{
		.id = "location-changed-on-live-cluster",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_CHANGE,
		.severity = SEV_WARN,
		.check = check_location_changed_on_live_cluster,
		.summary = "The archive of a running Cluster moves",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},

	{
		.id = "major-upgrade-same-server-name",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_CHANGE,
		.severity = SEV_WARN,
		.check = check_major_upgrade_same_server_name,
		.summary = "A major upgrade keeps the place of its archive",
		.reference = "cloudnative-pg/plugin-barman-cloud#827",
	},

	{
		.id = "method-default-in-tree",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_DENY,
		.check = check_method_default_in_tree,
		.summary = "Method barmanObjectStore where only the plugin is set up",
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
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "no-compression",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_INFO,
		.check = check_no_compression,
		.summary = "WAL is stored uncompressed",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
		.superseded_by = "policy-require-compression",
	},

	{
		.id = "no-immediate-first-backup",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_no_immediate_first_backup,
		.summary = "No backup is taken until the schedule first fires",
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
		.reference = "plugin-barman-cloud#764",
	},

	{
		.id = "objectstore-delete-in-use",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_DELETE,
		.severity = SEV_DENY,
		.check = check_objectstore_delete_in_use,
		.summary = "An ObjectStore goes while a Cluster needs it",
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
		.reference = "cloudnative-pg/plugin-barman-cloud#337",
	},

	{
		.id = "objectstore-unused",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_USERS,
		.severity = SEV_WARN,
		.check = check_objectstore_unused,
		.summary = "No Cluster uses the ObjectStore",
		.reference = "cloudnative-pg/plugin-barman-cloud#611",
	},

	{
		.id = "owner-reference-none",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_INFO,
		.check = check_owner_reference_none,
		.summary = "Backups of the schedule belong to nobody",
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
		.reference = "https://kubernetes.io/docs/concepts/architecture/garbage-collection/",
	},

	{
		.id = "plaintext-credentials-in-env",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plaintext_credentials_in_env,
		.summary = "A secret key stands in clear in an environment variable",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},

	{
		.id = "plugin-disabled",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_plugin_disabled,
		.summary = "The Barman Cloud plugin is there, but disabled",
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
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/934",
	},

	{
		.id = "plugin-name-unknown",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plugin_name_unknown,
		.summary = "A plugin's name is not that of any plugin, or none of the Cluster's",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/196",
	},

	{
		.id = "plugin-parameter-unknown",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_plugin_parameter_unknown,
		.summary = "The plugin does not know a parameter",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	{
		.id = "plugin-parameters-ignored",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_plugin_parameters_ignored,
		.summary = "The Barman Cloud plugin ignores parameters of a backup",
		.reference = "cloudnative-pg/plugin-barman-cloud#1076",
	},

	{
		.id = "policy-credentials-secret",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_credentials_secret,
		.summary = "Credentials come from another Secret or key than the policy says",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-destination",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_destination,
		.summary = "Backups go to another path than the policy says",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-endpoint",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_endpoint,
		.summary = "Backups go to another endpoint than the policy says",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-method",
		.kinds = KIND_SCHEDULED_BACKUP | KIND_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_method,
		.summary = "A backup is not made by the Barman Cloud plugin",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	{
		.id = "policy-owner-reference",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_owner_reference,
		.summary = "Backup objects have another owner than the policy says",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "policy-require-compression",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_require_compression,
		.summary = "WAL or base backups are stored without compression",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-require-endpoint-ca",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_require_endpoint_ca,
		.summary = "An https endpoint is trusted without a CA of its own",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-require-plugin",
		.kinds = KIND_CLUSTER,
		.severity = SEV_OFF,
		.check = check_policy_require_plugin,
		.summary = "A Cluster is not backed up by the Barman Cloud plugin",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	{
		.id = "policy-require-store-roles",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_USERS,
		.severity = SEV_OFF,
		.check = check_policy_require_store_roles,
		.summary = "A Cluster has no archive of a role that the site requires",
		.reference = "https://cloudnative-pg.io/documentation/current/replica_cluster/",
	},

	{
		.id = "policy-retention",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_OFF,
		.check = check_policy_retention,
		.summary = "retentionPolicy is outside the bounds of the policy",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},

	{
		.id = "policy-schedule-name",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_schedule_name,
		.summary = "A ScheduledBackup has another name than the policy says",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "policy-schedule-window",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_OFF,
		.check = check_policy_schedule_window,
		.summary = "A schedule runs outside the window of the policy",
		.reference = "https://cloudnative-pg.io/documentation/current/backup/",
	},

	{
		.id = "policy-secret-keys",
		.kinds = KIND_SECRET | KIND_EXTERNAL_SECRET,
		.severity = SEV_OFF,
		.check = check_policy_secret_keys,
		.summary = "A store's Secret lacks a key or a value that the policy requires",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "policy-store-name",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.severity = SEV_OFF,
		.check = check_policy_store_name,
		.summary = "An ObjectStore has a name that no store of the policy has",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	{
		.id = "recovery-external-plugin-disabled",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_recovery_external_plugin_disabled,
		.summary = "The plugin of the recovery or replica source is disabled",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},

	{
		.id = "recovery-from-own-archive",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_recovery_from_own_archive,
		.summary = "The Cluster recovers from the place it archives to",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/727",
	},

	{
		.id = "recovery-from-plugin-backup-object",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_recovery_from_plugin_backup_object,
		.summary = "Recovery from a Backup object does not work with the plugin",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/7989",
	},

	{
		.id = "recovery-server-name-missing",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_recovery_server_name_missing,
		.summary = "The source has no serverName, and its default is this Cluster's name",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/",
	},

	{
		.id = "recovery-target-before-window",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_recovery_target_before_window,
		.summary = "The time to recover to is before the first backup, or in the future",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},

	{
		.id = "region-ignored-with-iam",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_region_ignored_with_iam,
		.summary = "The region is not read together with an IAM role",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "replica-source-in-tree-with-plugin",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_replica_source_in_tree_with_plugin,
		.summary = "A replica reads in-tree while the plugin is its WAL archiver",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/7499",
	},

	{
		.id = "retention-interval-nonpositive",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_retention_interval_nonpositive,
		.summary = "The sidecar prunes the archive without a pause",
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
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},

	{
		.id = "retention-missing",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_retention_missing,
		.summary = "An ObjectStore keeps every backup for ever",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
		.superseded_by = "policy-retention",
	},

	{
		.id = "retention-on-cluster-ignored",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_retention_on_cluster_ignored,
		.summary = "retentionPolicy on the Cluster has no effect with the plugin",
		.reference = "https://github.com/cloudnative-pg/cloudnative-pg/issues/8599",
	},

	{
		.id = "retention-shorter-than-interval",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_retention_shorter_than_interval,
		.summary = "Backups are kept for a shorter time than lies between two of them",
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
		.reference = "cloudnative-pg/cloudnative-pg#10778",
	},

	{
		.id = "schedule-dom-dow-or",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_dom_dow_or,
		.summary = "Day of month and weekday are alternatives, not conditions",
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},

	{
		.id = "schedule-duplicate",
		.kinds = KIND_SCHEDULED_BACKUP,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_WARN,
		.check = check_schedule_duplicate,
		.summary = "Two schedules make the same backup at the same time",
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
		.reference = "cloudnative-pg/cloudnative-pg#2593",
	},

	{
		.id = "schedule-gap-too-long",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_gap_too_long,
		.summary = "Base backups are too far apart",
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
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},

	{
		.id = "schedule-never-fires",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_never_fires,
		.summary = "Schedule without any activation",
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
		.reference = "cloudnative-pg/cloudnative-pg#8508",
	},

	{
		.id = "schedule-padded-hourly",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_schedule_padded_hourly,
		.summary = "Hourly schedule that was probably meant as daily",
		.reference = "cloudnative-pg/charts#243",
	},

	{
		.id = "schedule-suspended",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_WARN,
		.check = check_schedule_suspended,
		.summary = "Suspended schedule",
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
		.reference = "https://pkg.go.dev/github.com/robfig/cron",
	},

	{
		.id = "schedule-too-frequent",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_schedule_too_frequent,
		.summary = "Base backups follow each other too closely",
		.reference = "cloudnative-pg/cloudnative-pg#2510",
		.superseded_by = "schedule-five-fields",
	},

	{
		.id = "scheduled-backup-name-too-long",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.check = check_scheduled_backup_name_too_long,
		.summary = "Name of the schedule does not fit into a label",
		.reference = "cloudnative-pg/cloudnative-pg#9343",
	},

	{
		.id = "scheduled-backup-plugin-config-missing",
		.kinds = KIND_SCHEDULED_BACKUP,
		.severity = SEV_DENY,
		.check = check_scheduled_backup_plugin_config_missing,
		.summary = "Method plugin without the name of a plugin",
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
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/",
	},

	{
		.id = "secret-key-without-effect",
		.kinds = KIND_SECRET | KIND_EXTERNAL_SECRET,
		.scope = SCOPE_USERS,
		.severity = SEV_INFO,
		.check = check_secret_key_without_effect,
		.summary = "A key of the Secret sets nothing for backups",
		.reference = "cloudnative-pg/plugin-barman-cloud#588",
	},

	{
		.id = "secret-value-dirty",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE | KIND_SECRET,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_secret_value_dirty,
		.summary = "A credential is empty or has stray bytes around it",
		.reference = "cloudnative-pg/cloudnative-pg#972",
	},

	{
		.id = "secret-wrong-namespace",
		.kinds = KIND_OBJECT_STORE | KIND_CLUSTER,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_WARN,
		.check = check_secret_wrong_namespace,
		.summary = "The Secret is in another namespace only",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},

	{
		.id = "server-name-unsafe",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_server_name_unsafe,
		.summary = "serverName leads out of the archive's place",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},

	{
		.id = "sidecar-env-secret-missing",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_REFERENCE,
		.severity = SEV_DENY,
		.check = check_sidecar_env_secret_missing,
		.summary = "A Secret of the sidecar's env is not there",
		.reference = "https://kubernetes.io/docs/concepts/configuration/secret/",
	},

	{
		.id = "sidecar-memory-low",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_sidecar_memory_low,
		.summary = "The sidecar has too little memory for a base backup",
		.reference = "cloudnative-pg/plugin-barman-cloud#765",
	},

	{
		.id = "sse-on-s3-compatible",
		.kinds = KIND_OBJECT_STORE,
		.severity = SEV_WARN,
		.check = check_sse_on_s3_compatible,
		.summary = "Server-side encryption is asked of a store that may not have it",
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
		.reference = "cloudnative-pg/cloudnative-pg#2517",
	},

	{
		.id = "unresolved-placeholder",
		.kinds = KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE,
		.severity = SEV_DENY,
		.check = check_unresolved_placeholder,
		.summary = "A placeholder was never filled in",
		.reference = "https://fluxcd.io/flux/components/kustomize/kustomizations/",
	},

	{
		.id = "validation-disabled",
		.kinds = KIND_CLUSTER | KIND_BACKUP,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_validation_disabled,
		.summary = "CloudNativePG's own validation is switched off",
		.reference = "https://cloudnative-pg.io/documentation/current/labels_annotations/",
	},

	{
		.id = "wal-archiver-off",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_wal_archiver_off,
		.summary = "The plugin is enabled, but nothing is the WAL archiver",
		.reference = "https://github.com/cloudnative-pg/plugin-barman-cloud/issues/606",
	},

	{
		.id = "wal-archiving-skipped",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.partial = true,
		.check = check_wal_archiving_skipped,
		.summary = "An annotation switches WAL archiving off",
		.reference = "https://cloudnative-pg.io/documentation/current/labels_annotations/",
	},
};

const size_t rules_len = ARRAY_LEN(rules);

const struct rule *rule_find(struct str id)
{
	size_t low = 0, high = rules_len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(id, str_from(rules[middle].id));

		if (order == 0)
			return &rules[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *rule_nearest(struct str id)
{
	const char *best = NULL;
	size_t most = id.len / 3 > 3 ? id.len / 3 : 3;

	for (size_t i = 0; i < rules_len; i++) {
		size_t distance = str_distance(id, str_from(rules[i].id), most);

		if (distance <= most) {
			best = rules[i].id;
			if (!distance)
				break;
			most = distance - 1;
		}
	}
	return best;
}
