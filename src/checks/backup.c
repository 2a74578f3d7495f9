/* Base backups that stay in an archive for ever, and one that keeps all others there. */
#include "base/arena.h"
#include "base/limits.h"
#include "base/utc.h"
#include "facts/probed.h"
#include "facts/quoted.h"

#include <inttypes.h>

/* What is younger may be under way. */
#define UNDER_WAY_SECONDS UTC_DAY
#define OLD_SECONDS (30 * (int64_t)UTC_DAY)

/* Why no retention policy prunes it; NULL: one does, or it is under way. */
static const char *left_over(const struct rule_ctx *c, const struct backup *b)
{
	bool young = b->newest <= 0 || c->now - b->newest <= UNDER_WAY_SECONDS;

	if (!b->has_info)
		return young ? NULL : "without backup.info";
	if (!b->known || b->info.status == BACKUP_DONE)
		return NULL;
	if (b->info.status == BACKUP_FAILED)
		return "failed";
	return young ? NULL : "never ended";
}

static void look_for_leftovers(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct str names[QUOTED_NAMES];
	struct buf text = BUF_ARENA(c->arena);
	int64_t oldest = INT64_MAX;
	uint64_t bytes = 0;
	size_t len = 0;

	for (size_t i = 0; i < a->catalogue->backups_len; i++) {
		const struct backup *b = &a->catalogue->backups[i];
		const char *why = left_over(c, b);

		if (!why)
			continue;
		if (len < QUOTED_NAMES)
			names[len] = arena_fmt(c->arena, "%.*s (%s)",
					       STR_ARG(quoted_text(c, b->id)), why);
		len++;
		bytes += b->bytes;
		if (b->newest > 0 && b->newest < oldest)
			oldest = b->newest;
	}
	if (!len)
		return;
	quoted_names(&text, names, len);
	struct finding *f = finding_add(
		c, a->at, a->path,
		"base backups of server %.*s that failed or never ended stay there: %.*s",
		STR_ARG(a->server->name), STR_ARG(buf_slice(&text)));
	finding_subject(c, f, a->server->name);
	if (oldest == INT64_MAX)
		finding_effect(c, f, "no retention policy ever prunes them: %.*s",
			       STR_ARG(quoted_bytes(c, bytes)));
	else
		finding_effect(c, f,
			       "no retention policy ever prunes them: %.*s, the oldest of %.*s",
			       STR_ARG(quoted_bytes(c, bytes)), STR_ARG(quoted_moment(c, oldest)));
	finding_fix(
		c, f,
		"once no backup runs, delete these folders below base/ with a client of the store - no command of the plugin does");
	if (oldest <= c->now - OLD_SECONDS)
		finding_at_least(f, SEV_WARN);
}

static void check_backup_leftover(const struct rule_ctx *c)
{
	probed_each_archive(c, look_for_leftovers);
}

/* The names of those that are so; how many. */
static size_t name_those(const struct rule_ctx *c, const struct probed_archive *a,
			 bool (*are)(const struct backup *b), struct buf *out)
{
	struct str names[QUOTED_NAMES];
	size_t len = 0;

	for (size_t i = 0; i < a->catalogue->backups_len; i++) {
		const struct backup *b = &a->catalogue->backups[i];

		if (!are(b))
			continue;
		if (len < QUOTED_NAMES)
			names[len] = quoted_text(c, b->id);
		len++;
	}
	if (len)
		quoted_names(out, names, len);
	return len;
}

static bool is_wrong(const struct backup *b)
{
	return b->wrong;
}

static bool is_large(const struct backup *b)
{
	return b->large;
}

static void look_for_unreadable(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct buf text = BUF_ARENA(c->arena);
	size_t len = name_those(c, a, is_wrong, &text), first = 0;

	if (!len)
		return;
	while (!a->catalogue->backups[first].wrong)
		first++;
	struct finding *f = finding_add(
		c, a->at, a->path, "base backup%s %.*s of server %.*s cannot be understood: %.*s",
		len == 1 ? "" : "s", STR_ARG(buf_slice(&text)), STR_ARG(a->server->name),
		STR_ARG(quoted_text(c, a->catalogue->backups[first].problem)));
	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f,
		"where Barman Cloud cannot read that backup.info either it says \"Unsafe to proceed with deletion\": no backup and no WAL of this server is pruned any more");
	finding_fix(
		c, f,
		"put the backup.info right, or delete that folder below base/ - once nobody needs the backup");
}

static void look_for_large(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct buf text = BUF_ARENA(c->arena);
	size_t len = name_those(c, a, is_large, &text);

	if (!len)
		return;
	struct finding *f = finding_add(
		c, a->at, a->path,
		"backup.info of base backup%s %.*s of server %.*s has more than %u bytes, and was not read",
		len == 1 ? "" : "s", STR_ARG(buf_slice(&text)), STR_ARG(a->server->name),
		LIMIT_S3_TEXT_BYTES);
	finding_subject(c, f, arena_fmt(c->arena, "%.*s large", STR_ARG(a->server->name)));
	finding_effect(
		c, f,
		"Barman writes some 1.3 kB; whether it can be restored is not known here, and it is in no window");
	finding_fix(c, f, "read it with a client of the store: is it what Barman wrote?");
	finding_at_most(f, SEV_INFO);
}

static void check_backup_info_unreadable(const struct rule_ctx *c)
{
	probed_each_archive(c, look_for_unreadable);
	probed_each_archive(c, look_for_large);
}

/* CloudNativePG takes the newest that ended by then, whatever it holds (isBackupDone). */
static const struct backup *newest_taken(const struct catalogue *c)
{
	const struct backup *newest = NULL;

	for (size_t i = 0; i < c->backups_len; i++) {
		const struct backup *b = &c->backups[i];

		if (backup_is_taken(b) && (!newest || b->info.end >= newest->info.end))
			newest = b;
	}
	return newest;
}

/* Where nothing at all can be restored, nothing-to-restore says so. */
static void look_for_unusable(const struct rule_ctx *c, const struct probed_archive *a)
{
	const struct backup *newest = newest_taken(a->catalogue);

	for (size_t i = 0; a->server->windows_len && i < a->catalogue->backups_len; i++) {
		const struct backup *b = &a->catalogue->backups[i];
		bool hollow = b->known && b->info.status == BACKUP_DONE && !b->has_data;

		if (!hollow && (b != newest || b->info.status == BACKUP_DONE))
			continue;
		struct finding *f =
			finding_add(c, a->at, a->path, "base backup %.*s of server %.*s %s",
				    STR_ARG(quoted_text(c, b->id)), STR_ARG(a->server->name),
				    hollow ? "has a backup.info that says DONE, and no data"
					   : "is the newest, and failed after its end");
		finding_subject(c, f, b->id);
		if (b == newest)
			finding_effect(
				c, f,
				"a restore that names no backupID begins with it, since CloudNativePG looks at its begin and end alone%s",
				hollow ? ", and finds nothing"
				       : "; what it lacks is not known, and the restore may end there");
		else
			finding_effect(
				c, f,
				"a restore to a moment before the next one ended begins with it, and finds nothing; retention counts it as a good one");
		if (a->archived && b == newest)
			finding_fix(
				c, f,
				"%.*s - a base backup now; until it is done, backup-guard restore names another one",
				STR_ARG(probed_backup_command(c, a)));
		else
			finding_fix(c, f,
				    "delete its folder below base/ with a client of the store");
	}
}

static void check_backup_not_restorable(const struct rule_ctx *c)
{
	probed_each_archive(c, look_for_unusable);
}

static const struct rule rows[] = {
	{
		.id = "backup-info-unreadable",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_WARN,
		.check = check_backup_info_unreadable,
		.summary = "A backup.info cannot be understood: nothing may be pruned any more",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
	{
		.id = "backup-leftover",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_INFO,
		.check = check_backup_leftover,
		.summary = "Base backups that failed or never ended stay for ever",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
	{
		.id = "backup-not-restorable",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_WARN,
		.check = check_backup_not_restorable,
		.summary = "A restore would begin with a base backup that holds no database",
		.reference = "https://cloudnative-pg.io/documentation/current/recovery/",
	},
};

RULE_ROWS(backup);
