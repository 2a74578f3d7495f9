#include "fields_internal.h"

#define AT(member) .offset = offsetof(struct policy, member)
#define AT_LIST(member)                                                                            \
	.list = true, .offset = offsetof(struct policy, member.items),                             \
	.len_offset = offsetof(struct policy, member.len)
#define IN_STORE(member) .offset = offsetof(struct store_params, member)
#define IN_STORE_LIST(member)                                                                      \
	.list = true, .offset = offsetof(struct store_params, member.items),                       \
	.len_offset = offsetof(struct store_params, member.len)

static const char *const api_versions[] = {"backup-guard.io/v1alpha1", NULL};
static const char *const kinds[] = {"BackupPolicy", NULL};
static const char *const modes[] = {"enforce", "warn", "audit", NULL};
static const char *const roles[] = {"archive", "offsite", NULL};
static const char *const zones[] = {"UTC", NULL};
static const char *const owners[] = {"none", "self", "cluster", NULL};

_Static_assert(MODE_WARN == 1 && MODE_AUDIT == 2, "the order of modes");
_Static_assert(STORE_OFFSITE == 1, "the order of roles");

static const struct field metadata[] = {
	{"name", &field_name, AT(name), .help = "Name of the policy, as it is shown"},
	{0},
};

#define NO_LABELS                                                                                  \
	"a request for admission does not carry the labels of its namespace; write "               \
	"match: a glob of names"

static const struct field namespace_mode[] = {
	{"match", &field_name, .offset = offsetof(struct namespace_mode, match), .required = true,
	 .help = "Namespaces, by a glob of their names"},
	{"mode", &field_word, .offset = offsetof(struct namespace_mode, mode), .required = true,
	 .choices = modes, .help = "The mode in those namespaces"},
	{"labelSelector", .refused = NO_LABELS},
	{"matchLabels", .refused = NO_LABELS},
	{"namespaceSelector", .refused = NO_LABELS},
	{"selector", .refused = NO_LABELS},
	{0},
};

static const struct field credentials[] = {
	{"secretName", &field_name, IN_STORE_LIST(secret_name),
	 .help = "Secrets that an ObjectStore of this store may name; empty: any"},
	{"accessKeyId", &field_text, IN_STORE(access_key_id),
	 .help = "Key in the Secret that s3Credentials.accessKeyId must name; empty: any"},
	{"secretAccessKey", &field_text, IN_STORE(secret_access_key),
	 .help = "Key in the Secret that s3Credentials.secretAccessKey must name; empty: any"},
	{"requiredKeys", &field_name, IN_STORE_LIST(required_keys),
	 .help = "Keys that the Secret must have"},
	{"requiredValues", &field_pairs, IN_STORE(required_values),
	 .help = "Values that keys of the Secret must have; not for what is secret"},
	{0},
};

static const struct field store[] = {
	{"name", &field_name, IN_STORE(name), .required = true, .help = "Name of the store"},
	{"role", &field_word, IN_STORE(role), .choices = roles, .help = "What it is for"},
	{"objectStoreName", &field_template, IN_STORE(object_store_name), .required = true,
	 .help = "Name of its ObjectStores, with {app}, {namespace}, {cluster}"},
	{"destinationPath", &field_template, IN_STORE_LIST(destination_path),
	 .help = "Where its backups go, with {app}, {namespace}, {cluster}; empty: anywhere"},
	{"endpointURL", &field_name, IN_STORE_LIST(endpoint_url),
	 .help = "Endpoints it may be reached by; empty: any"},
	{"credentials", &field_map, .fields = credentials, .help = "Secrets and their keys"},
	{0},
};

static const struct field schedule[] = {
	{"minInterval", &field_duration, AT(params.min_interval),
	 .help = "Least time between two base backups"},
	{"maxInterval", &field_duration, AT(params.max_interval),
	 .help = "Most time between two base backups"},
	{"timezone", &field_zone, .choices = zones,
	 .help = "CloudNativePG reads schedules in UTC, and in nothing else"},
	{"window", &field_window, AT(params),
	 .help = "When base backups may start, UTC: 01:00-05:30; it may span midnight"},
	{0},
};

static const struct field scheduled_backup[] = {
	{"name", &field_template, AT(params.scheduled_backup_name),
	 .help = "Name of a ScheduledBackup, with {app}, {namespace}, {cluster}; empty: any"},
	{"ownerReference", &field_choice, AT(params.owner_reference), .choices = owners,
	 .help = "What backupOwnerReference must be"},
	{0},
};

static const struct field retention[] = {
	{"min", &field_days, AT(params.retention_min), .help = "Least retentionPolicy"},
	{"max", &field_days, AT(params.retention_max), .help = "Most retentionPolicy"},
	{0},
};

static const struct field rule[] = {
	{"severity", &field_severity, .offset = offsetof(struct rule_setting, severity),
	 .required = true, .choices = severity_names, .help = "off: the rule is not asked"},
	{0},
};

static const struct field exempt[] = {
	{"namespaces", &field_name, AT_LIST(exempt.namespaces), .help = "Globs of namespaces"},
	{"labels", &field_pairs, AT(exempt.labels),
	 .help = "Labels of an object, one of which is enough; values are globs"},
	{"users", &field_name, AT_LIST(exempt.users), .help = "Globs of user names"},
	{"groups", &field_name, AT_LIST(exempt.groups), .help = "Globs of groups of users"},
	{"serviceAccounts", &field_name, AT_LIST(exempt.service_accounts),
	 .help = "Globs of service accounts, as NAMESPACE:NAME"},
	{"annotations", &field_forbidden, AT(params.annotations_forbidden),
	 .help = "Whether backup-guard.io/allow on an object silences rules; default true"},
	{0},
};

static const struct field alerts[] = {
	{"namePrefix", &field_name, AT(alerts.name_prefix),
	 .help = "What the name of each alert begins with; default " POLICY_ALERTS_PREFIX},
	{"labels", &field_pairs, AT(alerts.labels),
	 .help = "Labels of each alert; severity in place of warning and critical"},
	{"objectLabels", &field_pairs, AT(alerts.object_labels),
	 .help = "Labels of a PrometheusRule, by which Prometheus selects it"},
	{"runbookURL", &field_name, AT(alerts.runbook_url),
	 .help = "Where the runbook of an alert is; {rule} stands for the id of a rule that explain knows"},
	{0},
};

static const struct field spec[] = {
	{"profile", &field_choice, AT(profile), .choices = policy_profiles,
	 .help = "What the rest overrides; default " POLICY_DEFAULT_PROFILE},
	{"mode", &field_word, AT(mode), .choices = modes,
	 .help = "enforce refuses, warn lets through with a warning, audit is silent"},
	{"namespaceModes", &field_namespace_mode, .list = true,
	 .offset = offsetof(struct policy, namespace_modes),
	 .len_offset = offsetof(struct policy, namespace_modes_len), .fields = namespace_mode,
	 .help = "Another mode for some namespaces; the first that matches counts"},
	{"pluginVersion", &field_version, AT(params.plugin),
	 .help = "Version of the Barman Cloud plugin"},
	{"operatorVersion", &field_version, AT(params.operator_),
	 .help = "Version of CloudNativePG"},
	{"stores", &field_store, .list = true, .offset = offsetof(struct policy, params.stores),
	 .len_offset = offsetof(struct policy, params.stores_len), .fields = store,
	 .help = "Where backups may go; an ObjectStore belongs to the first that its name fits"},
	{"requireStoreRoles", &field_choice, AT_LIST(params.require_store_roles), .choices = roles,
	 .help = "Roles of stores, of each of which a Cluster must have an archive"},
	{"schedule", &field_map, .fields = schedule, .help = "When base backups are made"},
	{"scheduledBackup", &field_map, .fields = scheduled_backup,
	 .help = "What ScheduledBackups look like"},
	{"retention", &field_map, .fields = retention, .help = "Bounds of retentionPolicy"},
	{"clusterNameAliases", &field_pattern, AT_LIST(aliases),
	 .help = "Regular expressions; what they match is no difference between cluster names"},
	{"strictReferences", &field_flag, AT(params.strict_references),
	 .help = "Whether a reference to what does not exist is refused, not only warned about; what is applied together must then come in order"},
	{"knownPlugins", &field_name, AT_LIST(params.known_plugins),
	 .help = "Plugins in use beside barman-cloud.cloudnative-pg.io"},
	{"operators", &field_name, AT_LIST(operators),
	 .help = "Globs of users that are the operator: only warned, never refused; their Backups of schedules are not judged"},
	{"allowPlaintext", &field_name, AT_LIST(params.allow_plaintext),
	 .help = "Globs of hosts that may be reached by http://"},
	{"checksumEnvRequired", &field_name, AT_LIST(params.checksum_env_required),
	 .help = "Globs of hosts that refuse the checksums of newer S3 clients"},
	{"checksumEnvOk", &field_name, AT_LIST(params.checksum_env_ok),
	 .help = "Globs of hosts that accept the checksums of newer S3 clients"},
	{"credentialSecrets", &field_name, AT_LIST(params.credential_secrets),
	 .help = "Secrets with credentials of backups, beside those of the stores"},
	{"rules", &field_rules, .fields = rule, .help = "Severities that differ, by rule id"},
	{"exempt", &field_map, .fields = exempt, .help = "Who and what is never judged"},
	{"alerts", &field_map, .fields = alerts,
	 .help = "Names and labels of what backup-guard alerts writes"},
	{0},
};

const struct field policy_fields[] = {
	{"apiVersion", &field_constant, .choices = api_versions, .required = true},
	{"kind", &field_constant, .choices = kinds, .required = true},
	{"metadata", &field_map, .fields = metadata, .help = "The policy's name"},
	{"spec", &field_map, .fields = spec, .help = "What differs from the profile"},
	{0},
};
