/* Base backups that stay in an archive for ever, and one that keeps all others there. */
#include "base/arena.h"
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

static void look_for_unreadable(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct str names[QUOTED_NAMES], problem = STR_EMPTY;
	struct buf text = BUF_ARENA(c->arena);
	size_t len = 0;

	for (size_t i = 0; i < a->catalogue->backups_len; i++) {
		const struct backup *b = &a->catalogue->backups[i];

		if (!b->wrong)
			continue;
		if (!len)
			problem = quoted_text(c, b->problem);
		if (len < QUOTED_NAMES)
			names[len] = quoted_text(c, b->id);
		len++;
	}
	if (!len)
		return;
	quoted_names(&text, names, len);
	struct finding *f = finding_add(
		c, a->at, a->path, "base backup%s %.*s of server %.*s cannot be understood: %.*s",
		len == 1 ? "" : "s", STR_ARG(buf_slice(&text)), STR_ARG(a->server->name),
		STR_ARG(problem));
	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f,
		"where Barman Cloud cannot read that backup.info either it says \"Unsafe to proceed with deletion\": no backup and no WAL of this server is pruned any more");
	finding_fix(
		c, f,
		"put the backup.info right, or delete that folder below base/ - once nobody needs the backup");
}

static void check_backup_info_unreadable(const struct rule_ctx *c)
{
	probed_each_archive(c, look_for_unreadable);
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
};

RULE_ROWS(backup);
