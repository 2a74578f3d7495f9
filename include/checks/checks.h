/*
 * One function a rule, in the file of its kind; common.c is for rules of several kinds. Called
 * through the table only.
 */
#ifndef CHECKS_CHECKS_H
#define CHECKS_CHECKS_H

struct rule_ctx;

/* cluster.c */
void check_archive_timeout_disabled(const struct rule_ctx *c);
void check_backup_target_primary(const struct rule_ctx *c);
void check_cluster_without_backup(const struct rule_ctx *c);
void check_plugin_disabled(const struct rule_ctx *c);
void check_plugin_entry_duplicate(const struct rule_ctx *c);
void check_server_name_unsafe(const struct rule_ctx *c);
void check_validation_disabled(const struct rule_ctx *c);
void check_wal_archiver_off(const struct rule_ctx *c);
void check_wal_archiving_skipped(const struct rule_ctx *c);

/* cluster_bundle.c */
void check_archive_already_in_use(const struct rule_ctx *c);
void check_archive_location_shared(const struct rule_ctx *c);
void check_objectstore_missing(const struct rule_ctx *c);
void check_recovery_target_before_window(const struct rule_ctx *c);

/* cluster_change.c */
void check_location_changed_on_live_cluster(const struct rule_ctx *c);
void check_major_upgrade_same_server_name(const struct rule_ctx *c);

/* cluster_in_tree.c */
void check_in_tree_beside_plugin(const struct rule_ctx *c);
void check_in_tree_deprecated(const struct rule_ctx *c);
void check_in_tree_image_without_barman(const struct rule_ctx *c);
void check_retention_on_cluster_ignored(const struct rule_ctx *c);

/* cluster_parameters.c */
void check_barman_object_name_missing(const struct rule_ctx *c);
void check_cross_namespace_store(const struct rule_ctx *c);
void check_plugin_parameter_unknown(const struct rule_ctx *c);

/* cluster_recovery.c */
void check_empty_archive_check_skipped(const struct rule_ctx *c);
void check_external_in_tree_credentials(const struct rule_ctx *c);
void check_recovery_external_plugin_disabled(const struct rule_ctx *c);
void check_recovery_from_own_archive(const struct rule_ctx *c);
void check_recovery_from_plugin_backup_object(const struct rule_ctx *c);
void check_recovery_server_name_missing(const struct rule_ctx *c);
void check_replica_source_in_tree_with_plugin(const struct rule_ctx *c);

/* cluster_schedules.c */
void check_cluster_without_schedule(const struct rule_ctx *c);

/* common.c */
void check_nul_in_value(const struct rule_ctx *c);
void check_plugin_name_unknown(const struct rule_ctx *c);
void check_unresolved_placeholder(const struct rule_ctx *c);

/* deletion.c */
void check_last_schedule_delete(const struct rule_ctx *c);
void check_objectstore_delete_in_use(const struct rule_ctx *c);
void check_owner_self_cascade(const struct rule_ctx *c);
void check_secret_delete_in_use(const struct rule_ctx *c);

/* exemption.c */
void check_exemption_not_honoured(const struct rule_ctx *c);

/* live.c */
void check_live_backup_stuck(const struct rule_ctx *c);
void check_live_continuous_archiving_false(const struct rule_ctx *c);
void check_live_last_backup_failed(const struct rule_ctx *c);
void check_live_no_recent_backup(const struct rule_ctx *c);

/* manifest_unknown.c */
void check_retention_misplaced(const struct rule_ctx *c);
void check_unknown_field(const struct rule_ctx *c);

/* manifest_value.c */
void check_invalid_value(const struct rule_ctx *c);

/* objectstore.c */
void check_bucket_versioning_retention(const struct rule_ctx *c);
void check_credentials_absent(const struct rule_ctx *c);
void check_credentials_incomplete(const struct rule_ctx *c);
void check_credentials_kinds_mixed(const struct rule_ctx *c);
void check_data_compression_unsupported_by_version(const struct rule_ctx *c);
void check_destination_credentials_mismatch(const struct rule_ctx *c);
void check_destination_path_invalid(const struct rule_ctx *c);
void check_endpoint_malformed(const struct rule_ctx *c);
void check_endpoint_plaintext(const struct rule_ctx *c);
void check_gcs_credentials_empty(const struct rule_ctx *c);
void check_no_compression(const struct rule_ctx *c);
void check_retention_missing(const struct rule_ctx *c);
void check_sse_on_s3_compatible(const struct rule_ctx *c);

/* objectstore_args.c */
void check_additional_args_malformed(const struct rule_ctx *c);
void check_additional_args_reserved(const struct rule_ctx *c);

/* objectstore_endpoint.c */
void check_checksum_env_missing(const struct rule_ctx *c);
void check_endpoint_aws_redundant_or_region(const struct rule_ctx *c);
void check_endpoint_ca_ignored(const struct rule_ctx *c);
void check_iam_on_custom_endpoint(const struct rule_ctx *c);
void check_region_ignored_with_iam(const struct rule_ctx *c);

/* objectstore_sidecar.c */
void check_plaintext_credentials_in_env(const struct rule_ctx *c);
void check_retention_interval_nonpositive(const struct rule_ctx *c);
void check_sidecar_memory_low(const struct rule_ctx *c);

/* schedule.c */
void check_schedule_five_fields(const struct rule_ctx *c);
void check_schedule_invalid(const struct rule_ctx *c);
void check_schedule_never_fires(const struct rule_ctx *c);

/* schedule_bundle.c */
void check_immediate_with_new_cluster(const struct rule_ctx *c);
void check_method_section_missing(const struct rule_ctx *c);
void check_schedule_cluster_missing(const struct rule_ctx *c);
void check_schedule_on_hibernated_cluster(const struct rule_ctx *c);

/* schedule_duplicate.c */
void check_schedule_duplicate(const struct rule_ctx *c);

/* schedule_method.c */
void check_method_default_in_tree(const struct rule_ctx *c);
void check_owner_reference_none(const struct rule_ctx *c);
void check_plugin_parameters_ignored(const struct rule_ctx *c);
void check_schedule_suspended(const struct rule_ctx *c);
void check_scheduled_backup_name_too_long(const struct rule_ctx *c);
void check_scheduled_backup_plugin_config_missing(const struct rule_ctx *c);

/* schedule_rhythm.c */
void check_no_immediate_first_backup(const struct rule_ctx *c);
void check_schedule_dom_dow_or(const struct rule_ctx *c);
void check_schedule_gap_too_long(const struct rule_ctx *c);
void check_schedule_padded_hourly(const struct rule_ctx *c);
void check_schedule_timezone_assumption(const struct rule_ctx *c);
void check_schedule_too_frequent(const struct rule_ctx *c);

/* secret.c */
void check_externalsecret_not_owner(const struct rule_ctx *c);
void check_kubectl_apply_annotation_secret(const struct rule_ctx *c);
void check_secret_key_without_effect(const struct rule_ctx *c);
void check_secret_value_dirty(const struct rule_ctx *c);

/* site.c */
void check_policy_credentials_secret(const struct rule_ctx *c);
void check_policy_destination(const struct rule_ctx *c);
void check_policy_endpoint(const struct rule_ctx *c);
void check_policy_method(const struct rule_ctx *c);
void check_policy_owner_reference(const struct rule_ctx *c);
void check_policy_require_compression(const struct rule_ctx *c);
void check_policy_require_endpoint_ca(const struct rule_ctx *c);
void check_policy_require_plugin(const struct rule_ctx *c);
void check_policy_retention(const struct rule_ctx *c);
void check_policy_schedule_name(const struct rule_ctx *c);
void check_policy_schedule_window(const struct rule_ctx *c);
void check_policy_secret_keys(const struct rule_ctx *c);
void check_policy_store_name(const struct rule_ctx *c);

/* site_roles.c */
void check_policy_require_store_roles(const struct rule_ctx *c);

/* store_secrets.c */
void check_credentials_key_missing(const struct rule_ctx *c);
void check_credentials_secret_missing(const struct rule_ctx *c);
void check_endpoint_ca_missing(const struct rule_ctx *c);
void check_secret_wrong_namespace(const struct rule_ctx *c);
void check_sidecar_env_secret_missing(const struct rule_ctx *c);

/* store_use.c */
void check_objectstore_unused(const struct rule_ctx *c);
void check_retention_shorter_than_interval(const struct rule_ctx *c);

#endif
