/* The options of barman-cloud's commands. */
#include "facts/barman.h"

#define ALL (BARMAN_BACKUP | BARMAN_RESTORE | BARMAN_WAL_ARCHIVE | BARMAN_WAL_RESTORE)
#define UPLOAD (BARMAN_BACKUP | BARMAN_WAL_ARCHIVE)

static const struct barman_option options[] = {
	{{"--addressing-style"}, ALL, TAKES_WORD, GROUP_NONE, "auto virtual path"},
	{{"--aws-await-snapshots-timeout"}, BARMAN_BACKUP, TAKES_POSITIVE, GROUP_NONE, NULL},
	{{"--aws-profile", "-P"}, ALL, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--aws-region"}, BARMAN_BACKUP | BARMAN_RESTORE, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--aws-snapshot-lock-cool-off-period"}, BARMAN_BACKUP, TAKES_POSITIVE, GROUP_NONE, NULL},
	{{"--aws-snapshot-lock-duration"}, BARMAN_BACKUP, TAKES_POSITIVE, GROUP_LOCK, NULL},
	{{"--aws-snapshot-lock-expiration-date"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_LOCK, NULL},
	{{"--aws-snapshot-lock-mode"},
	 BARMAN_BACKUP,
	 TAKES_WORD,
	 GROUP_NONE,
	 "governance compliance"},
	{{"--azure-credential", "--credential", "--default"},
	 ALL,
	 TAKES_WORD,
	 GROUP_NONE,
	 "azure-cli managed-identity default"},
	{{"--azure-resource-group"}, BARMAN_BACKUP | BARMAN_RESTORE, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--azure-subscription-id"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--bzip2", "-j"}, UPLOAD, TAKES_NOTHING, GROUP_COMPRESSION, NULL},
	{{"--cloud-provider"},
	 ALL,
	 TAKES_WORD,
	 GROUP_NONE,
	 "aws-s3 azure-blob-storage google-cloud-storage"},
	{{"--compression-level"}, BARMAN_WAL_ARCHIVE, TAKES_LEVEL, GROUP_NONE, NULL},
	{{"--dbname", "-d"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--encryption", "-e"}, UPLOAD, TAKES_WORD, GROUP_NONE, "AES256 aws:kms"},
	{{"--encryption-scope"}, UPLOAD, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--endpoint-url"}, ALL, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--gcp-project"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--gcp-zone"}, BARMAN_BACKUP | BARMAN_RESTORE, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--gzip", "-z"}, UPLOAD, TAKES_NOTHING, GROUP_COMPRESSION, NULL},
	{{"--help"}, ALL, ENDS_COMMAND, GROUP_NONE, NULL},
	{{"--history-tag"}, BARMAN_WAL_ARCHIVE, TAKES_TAG, GROUP_HISTORY_TAGS, NULL},
	{{"--history-tags"}, BARMAN_WAL_ARCHIVE, TAKES_TAGS, GROUP_HISTORY_TAGS, NULL},
	{{"--host", "-h"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--immediate-checkpoint"}, BARMAN_BACKUP, TAKES_NOTHING, GROUP_NONE, NULL},
	{{"--jobs", "-J"}, BARMAN_BACKUP, TAKES_POSITIVE, GROUP_NONE, NULL},
	{{"--keepalive-interval"}, BARMAN_BACKUP, TAKES_INTEGER, GROUP_NONE, NULL},
	{{"--kms-key-name"}, UPLOAD, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--lz4"}, UPLOAD, TAKES_NOTHING, GROUP_COMPRESSION, NULL},
	{{"--max-archive-size", "-S"}, BARMAN_BACKUP, TAKES_SIZE, GROUP_NONE, NULL},
	{{"--max-bandwidth"}, BARMAN_BACKUP, TAKES_SIZE, GROUP_NONE, NULL},
	{{"--max-block-size"}, BARMAN_WAL_ARCHIVE, TAKES_SIZE, GROUP_NONE, NULL},
	{{"--max-concurrency"}, BARMAN_WAL_ARCHIVE, TAKES_POSITIVE, GROUP_NONE, NULL},
	{{"--max-single-put-size"}, BARMAN_WAL_ARCHIVE, TAKES_SIZE, GROUP_NONE, NULL},
	{{"--min-chunk-size"}, BARMAN_BACKUP, TAKES_SIZE, GROUP_NONE, NULL},
	{{"--name", "-n"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--no-partial"}, BARMAN_WAL_RESTORE, TAKES_NOTHING, GROUP_NONE, NULL},
	{{"--parallel", "-p"}, BARMAN_WAL_RESTORE, TAKES_INTEGER, GROUP_NONE, NULL},
	{{"--port", "-p"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--profile"}, ALL, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--quiet", "-q"}, ALL, TAKES_NOTHING, GROUP_VERBOSITY, NULL},
	{{"--read-timeout"}, ALL, TAKES_POSITIVE, GROUP_NONE, NULL},
	{{"--snappy"}, UPLOAD, TAKES_NOTHING, GROUP_COMPRESSION, NULL},
	{{"--snapshot-disk"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--snapshot-gcp-project"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--snapshot-instance"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--snapshot-recovery-instance"}, BARMAN_RESTORE, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--snapshot-recovery-zone"}, BARMAN_RESTORE, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--snapshot-zone"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--spool-dir"}, BARMAN_WAL_RESTORE, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--sse-customer-key"}, ALL, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--sse-kms-key-id"}, UPLOAD, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--tablespace"}, BARMAN_RESTORE, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--tag"}, UPLOAD, TAKES_TAG, GROUP_TAGS, NULL},
	{{"--tags"}, UPLOAD, TAKES_TAGS, GROUP_TAGS, NULL},
	{{"--target-lsn"}, BARMAN_RESTORE, TAKES_TEXT, GROUP_TARGET, NULL},
	{{"--target-time"}, BARMAN_RESTORE, TAKES_TEXT, GROUP_TARGET, NULL},
	{{"--target-tli"}, BARMAN_RESTORE, TAKES_TIMELINE, GROUP_NONE, NULL},
	{{"--test", "-t"}, ALL, ENDS_COMMAND, GROUP_NONE, NULL},
	{{"--user", "-U"}, BARMAN_BACKUP, TAKES_TEXT, GROUP_NONE, NULL},
	{{"--verbose", "-v"}, ALL, TAKES_NOTHING, GROUP_VERBOSITY, NULL},
	{{"--version", "-V"}, ALL, ENDS_COMMAND, GROUP_NONE, NULL},
	{{"--xz"}, BARMAN_WAL_ARCHIVE, TAKES_NOTHING, GROUP_COMPRESSION, NULL},
	{{"--zstd"}, UPLOAD, TAKES_NOTHING, GROUP_COMPRESSION, NULL},
};

const char *barman_command_name(enum barman_command command)
{
	switch (command) {
	case BARMAN_BACKUP:
		return "barman-cloud-backup";
	case BARMAN_RESTORE:
		return "barman-cloud-restore";
	case BARMAN_WAL_ARCHIVE:
		return "barman-cloud-wal-archive";
	case BARMAN_WAL_RESTORE:
		return "barman-cloud-wal-restore";
	}
	return "barman-cloud";
}

const struct barman_option *barman_option_next(enum barman_command command,
					       const struct barman_option *after)
{
	for (const struct barman_option *o = after ? after + 1 : options;
	     o < options + ARRAY_LEN(options); o++)
		if (o->commands & command)
			return o;
	return NULL;
}

const struct barman_option *barman_option(enum barman_command command, struct str name)
{
	for (const struct barman_option *o = NULL; (o = barman_option_next(command, o));)
		for (size_t i = 0; i < ARRAY_LEN(o->names) && o->names[i]; i++)
			if (str_is(name, o->names[i]))
				return o;
	return NULL;
}

const char *barman_wants(const struct barman_option *option)
{
	static const char *const wants[] = {
		[TAKES_NOTHING] = "no value",
		[ENDS_COMMAND] = "no value",
		[TAKES_TEXT] = "a value",
		[TAKES_WORD] = "one of",
		[TAKES_INTEGER] = "a whole number",
		[TAKES_POSITIVE] = "a whole number from 1",
		[TAKES_SIZE] = "a size such as 10MB",
		[TAKES_LEVEL] = "low, medium, high or a whole number",
		[TAKES_TIMELINE] = "current, latest or a whole number from 1",
		[TAKES_TAG] = "KEY,VALUE of letters, digits, blanks and + - = . _ : / @",
		[TAKES_TAGS] = "KEY,VALUE",
	};

	return option->takes == TAKES_WORD ? option->words : wants[option->takes];
}
