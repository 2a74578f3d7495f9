#include "checks/table.h"

#include <string.h>

/* Every file of rules in this folder. */
#define FILES(X)                                                                                   \
	X(additional_args)                                                                         \
	X(additional_args_reserved)                                                                \
	X(archive)                                                                                 \
	X(archive_in_cold_storage)                                                                 \
	X(archive_orphaned)                                                                        \
	X(archive_two_systems)                                                                     \
	X(backup)                                                                                  \
	X(backup_target_primary)                                                                   \
	X(barman_object_name_missing)                                                              \
	X(bucket_versioning_retention)                                                             \
	X(checksum_env_missing)                                                                    \
	X(cluster_without)                                                                         \
	X(credentials)                                                                             \
	X(cross_namespace_store)                                                                   \
	X(data_compression_unsupported_by_version)                                                 \
	X(destination)                                                                             \
	X(empty_archive_check_skipped)                                                             \
	X(endpoint)                                                                                \
	X(endpoint_ca)                                                                             \
	X(exemption_not_honoured)                                                                  \
	X(external_in_tree_credentials)                                                            \
	X(externalsecret_not_owner)                                                                \
	X(gcs_credentials_empty)                                                                   \
	X(iam_on_custom_endpoint)                                                                  \
	X(immediate_with_new_cluster)                                                              \
	X(in_tree)                                                                                 \
	X(invalid_value)                                                                           \
	X(kind_unknown)                                                                            \
	X(kubectl_apply_annotation_secret)                                                         \
	X(last_schedule_delete)                                                                    \
	X(live)                                                                                    \
	X(live_phase)                                                                              \
	X(location_changed_on_live_cluster)                                                        \
	X(major_upgrade_same_server_name)                                                          \
	X(manifest_not_applied)                                                                    \
	X(method)                                                                                  \
	X(multipart_limit)                                                                         \
	X(namespace_missing)                                                                       \
	X(network_policy_recovery)                                                                 \
	X(no_backup_of_running_major)                                                              \
	X(no_compression)                                                                          \
	X(no_immediate_first_backup)                                                               \
	X(nothing_to_restore)                                                                      \
	X(nul_in_value)                                                                            \
	X(object_defined_twice)                                                                    \
	X(objectstore)                                                                             \
	X(operator_refuses)                                                                        \
	X(operator_refuses_credentials)                                                            \
	X(operator_refuses_parameter)                                                              \
	X(operator_refuses_recovery_target)                                                        \
	X(owner)                                                                                   \
	X(plaintext_credentials_in_env)                                                            \
	X(plugin)                                                                                  \
	X(policy)                                                                                  \
	X(policy_require)                                                                          \
	X(policy_schedule)                                                                         \
	X(policy_secret_keys)                                                                      \
	X(recovery)                                                                                \
	X(recovery_major_mismatch)                                                                 \
	X(recovery_source_unreadable)                                                              \
	X(recovery_target)                                                                         \
	X(region_ignored_with_iam)                                                                 \
	X(replica_source_in_tree_with_plugin)                                                      \
	X(retention)                                                                               \
	X(schedule)                                                                                \
	X(schedule_cluster_missing)                                                                \
	X(schedule_duplicate)                                                                      \
	X(scheduled_backup)                                                                        \
	X(secret)                                                                                  \
	X(selector_impossible)                                                                     \
	X(server_name_unsafe)                                                                      \
	X(sidecar)                                                                                 \
	X(sidecar_env)                                                                             \
	X(sidecar_env_without_effect)                                                              \
	X(sse_on_s3_compatible)                                                                    \
	X(store)                                                                                   \
	X(store_in_same_cluster)                                                                   \
	X(store_keeps_versions)                                                                    \
	X(store_not)                                                                               \
	X(store_renames_objects)                                                                   \
	X(tags_invalid)                                                                            \
	X(timeline_history)                                                                        \
	X(unknown_field)                                                                           \
	X(unresolved_placeholder)                                                                  \
	X(validation_disabled)                                                                     \
	X(wal)                                                                                     \
	X(wal_gap)                                                                                 \
	X(wal_late)

#define DECLARE(file) extern const struct rule_rows file##_rules;
FILES(DECLARE)

#define ADDRESS(file) &file##_rules,
static const struct rule_rows *const files[] = {FILES(ADDRESS)};

#define RULES_MOST 256 /* more than there are; who adds one too many sees it at once */

static struct rule joined[RULES_MOST];
const struct rule *const rules = joined;
size_t rules_len;

/* Files and their rows are nearly in order, so a row seldom has to pass another. */
static void add(const struct rule *row)
{
	size_t at = rules_len;

	BUG_IF(rules_len == RULES_MOST);
	for (; at && strcmp(joined[at - 1].id, row->id) > 0; at--)
		joined[at] = joined[at - 1];
	joined[at] = *row;
	rules_len++;
}

/* Before main begins: whoever asks, in whatever thread, finds the table whole, and it costs a
 * look-up nothing. */
__attribute__((constructor)) static void join(void)
{
	for (size_t f = 0; f < ARRAY_LEN(files); f++)
		for (size_t i = 0; i < files[f]->len; i++)
			add(&files[f]->rows[i]);
}

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
