/* Parameters of PostgreSQL that CloudNativePG sets itself, or does not take as they are. */
#include "facts/cluster.h"
#include "facts/operator.h"

#include <string.h>

#define PARAMETERS "spec.postgresql.parameters"

/*
 * FixedConfigurationParameters of pkg/postgres/configuration.go, sorted. The value that is set
 * anyway may be written. `instead`: where a person may say it.
 */
static const struct {
	const char *name, *value, *instead;
} fixed[] = {
	{"allow_system_table_mods", NULL, NULL},
	{"archive_cleanup_command", NULL, NULL},
	{"archive_command", NULL, "WAL goes to where spec.plugins sends it"},
	{"bonjour", NULL, NULL},
	{"bonjour_name", NULL, NULL},
	{"cluster_name", NULL, NULL},
	{"config_file", NULL, NULL},
	{"data_directory", NULL, NULL},
	{"data_sync_retry", NULL, NULL},
	{"event_source", NULL, NULL},
	{"external_pid_file", NULL, NULL},
	{"hba_file", NULL, "its lines belong in spec.postgresql.pg_hba"},
	{"hot_standby", NULL, NULL},
	{"ident_file", NULL, "its lines belong in spec.postgresql.pg_ident"},
	{"jit_provider", NULL, NULL},
	{"listen_addresses", NULL, NULL},
	{"log_destination", "csvlog", NULL},
	{"log_directory", "/controller/log", NULL},
	{"log_file_mode", NULL, NULL},
	{"log_filename", "postgres", NULL},
	{"log_rotation_age", "0", NULL},
	{"log_rotation_size", "0", NULL},
	{"log_truncate_on_rotation", "false", NULL},
	{"logging_collector", "on", NULL},
	{"pg_failover_slots.primary_dsn", NULL, NULL},
	{"pg_failover_slots.standby_slot_names", NULL, NULL},
	{"port", NULL, NULL},
	{"primary_conninfo", NULL, NULL},
	{"primary_slot_name", NULL, NULL},
	{"promote_trigger_file", NULL, NULL},
	{"recovery_end_command", NULL, NULL},
	{"recovery_min_apply_delay", NULL, "spec.replica.minApplyDelay says it of a replica"},
	{"recovery_target", NULL, "it belongs in spec.bootstrap.recovery.recoveryTarget"},
	{"recovery_target_action", NULL, NULL},
	{"recovery_target_inclusive", NULL, "it belongs in spec.bootstrap.recovery.recoveryTarget"},
	{"recovery_target_lsn", NULL, "it belongs in spec.bootstrap.recovery.recoveryTarget"},
	{"recovery_target_name", NULL, "it belongs in spec.bootstrap.recovery.recoveryTarget"},
	{"recovery_target_time", NULL, "it belongs in spec.bootstrap.recovery.recoveryTarget"},
	{"recovery_target_timeline", NULL, "it belongs in spec.bootstrap.recovery.recoveryTarget"},
	{"recovery_target_xid", NULL, "it belongs in spec.bootstrap.recovery.recoveryTarget"},
	{"restart_after_crash", NULL, NULL},
	{"restore_command", NULL, "WAL comes from the source of spec.bootstrap.recovery"},
	{"shared_preload_libraries", "", "they belong in spec.postgresql.shared_preload_libraries"},
	{"ssl", NULL, NULL},
	{"ssl_ca_file", NULL, "spec.certificates names its Secret"},
	{"ssl_cert_file", NULL, "spec.certificates names its Secret"},
	{"ssl_crl_file", NULL, NULL},
	{"ssl_dh_params_file", NULL, NULL},
	{"ssl_ecdh_curve", NULL, NULL},
	{"ssl_key_file", NULL, "spec.certificates names its Secret"},
	{"ssl_passphrase_command", NULL, NULL},
	{"ssl_passphrase_command_supports_reload", NULL, NULL},
	{"ssl_prefer_server_ciphers", NULL, NULL},
	{"stats_temp_directory", NULL, NULL},
	{"synchronized_standby_slots", NULL, NULL},
	{"synchronous_standby_names", NULL, "spec.postgresql.synchronous says which they are"},
	{"syslog_facility", NULL, NULL},
	{"syslog_ident", NULL, NULL},
	{"syslog_sequence_numbers", NULL, NULL},
	{"syslog_split_messages", NULL, NULL},
	{"temp_tablespaces", NULL, "spec.tablespaces has temporary for it"},
	{"unix_socket_directories", NULL, NULL},
	{"unix_socket_group", NULL, NULL},
	{"unix_socket_permissions", NULL, NULL},
};

static bool archives(const struct rule_ctx *c)
{
	return !object_has_annotation(c->object, "cnpg.io/skipWalArchiving", "enabled");
}

/* The mutating webhook writes it anew before anybody checks it. */
static void archive_mode(const struct rule_ctx *c, struct obj parameters)
{
	const char *mode = !archives(c) ? "off" : cluster_follows_source(c) ? "always" : "on";
	struct str value = obj_text(parameters, "archive_mode");
	struct finding *f;

	if (!value.len || value_is_placeholder(value, NULL) || str_is(value, mode))
		return;
	f = finding_add(c, parameters, "archive_mode",
			"archive_mode %.*s is not what PostgreSQL gets", STR_ARG(value));
	finding_effect(c, f, "CloudNativePG writes %s in its place without a word", mode);
	finding_fix(
		c, f,
		"remove archive_mode - annotation cnpg.io/skipWalArchiving: enabled turns WAL archiving off");
	finding_at_most(f, SEV_WARN);
}

static void fixed_parameter(const struct rule_ctx *c, struct obj parameter, size_t row)
{
	const char *value = fixed[row].value;
	struct str name = obj_key(parameter);
	struct finding *f;

	if (value && str_is(obj_text(parameter, ""), value))
		return;
	f = finding_add(c, parameter, "", "%.*s is set by CloudNativePG itself", STR_ARG(name));
	operator_says(c, f, "Can't set fixed configuration parameter");
	if (fixed[row].instead)
		finding_fix(c, f, "remove %.*s - %s", STR_ARG(name), fixed[row].instead);
	else
		finding_fix(c, f, "remove %.*s", STR_ARG(name));
}

static void each_fixed(const struct rule_ctx *c, struct obj parameters)
{
	for (struct obj p = obj_first(parameters); p.node; p = obj_next(p)) {
		if (obj_type(p) != OBJ_STRING || value_is_placeholder(obj_text(p, ""), NULL))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
			if (str_is(obj_key(p), fixed[i].name))
				fixed_parameter(c, p, i);
	}
}

/* The rest of the words depends on the release; this much is in each. */
static void wal_level(const struct rule_ctx *c, struct obj parameters)
{
	struct str level = obj_text(parameters, "wal_level");
	struct finding *f;
	int64_t n;

	if (!level.len || value_is_placeholder(level, NULL) || !operator_instances(c, &n) ||
	    str_is(level, "replica") || str_is(level, "logical"))
		return;
	if (!str_is(level, "minimal")) {
		f = finding_add(c, parameters, "wal_level",
				"wal_level %.*s is not logical, replica or minimal",
				STR_ARG(level));
		operator_says(c, f, "unrecognized `wal_level` value");
		finding_fix(c, f, "wal_level: logical");
	} else if (n > 1 || archives(c)) {
		f = finding_add(c, parameters, "wal_level", "wal_level is minimal, %s",
				archives(c) ? "and WAL is archived"
					    : "and there is more than one instance");
		operator_says(
			c, f,
			"`wal_level` should be set at `logical` or `replica` when `archive_mode` is `on`");
		finding_fix(c, f, "wal_level: logical");
	} else if (!str_is(obj_text(parameters, "max_wal_senders"), "0")) {
		f = finding_add(c, parameters, "wal_level",
				"wal_level is minimal, and max_wal_senders is not \"0\"");
		operator_says(
			c, f,
			"`max_wal_senders` should be set at `0` when `wal_level` is `minimal`");
		finding_fix(c, f, "wal_level: logical");
	}
}

static void wal_log_hints(const struct rule_ctx *c, struct obj parameters)
{
	static const char *const no[] = {"0", "of", "off", "n",	   "no",
					 "f", "fa", "fal", "fals", "false"};
	struct str hints = obj_text(parameters, "wal_log_hints");
	int64_t n;

	if (!operator_instances(c, &n) || n < 2)
		return;
	for (size_t i = 0; i < ARRAY_LEN(no); i++) {
		if (!str_eq_nocase(hints, str_from(no[i])))
			continue;
		struct finding *f =
			finding_add(c, parameters, "wal_log_hints",
				    "wal_log_hints is off, and there is more than one instance");
		finding_because(c, f, c->root, "spec.instances");

		operator_says(c, f, "`wal_log_hints` must be set to `on` when `instances` > 1");
		finding_fix(c, f, "wal_log_hints: \"on\"");
	}
}

static void check_operator_refuses_parameter(const struct rule_ctx *c)
{
	struct obj parameters = obj_at(c->root, PARAMETERS);

	if (!operator_validates(c))
		return;
	archive_mode(c, parameters);
	each_fixed(c, parameters);
	wal_level(c, parameters);
	wal_log_hints(c, parameters);
}

static const struct rule rows[] = {
	{
		.id = "operator-refuses-parameter",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_MANIFEST,
		.severity = SEV_DENY,
		.check = check_operator_refuses_parameter,
		.summary = "A parameter of PostgreSQL is one that CloudNativePG refuses",
		.reference = "https://cloudnative-pg.io/documentation/current/postgresql_conf/",
	},
};

RULE_ROWS(operator_refuses_parameter);
