/* What lies in a class of storage from which nobody can read it. */
#include "base/arena.h"
#include "facts/probed.h"

#include <inttypes.h>

/* "2 base backups and 1 segment of WAL" */
static struct str counted(const struct rule_ctx *c, uint64_t backups, uint64_t segments)
{
	struct str wal = arena_fmt(c->arena, "%" PRIu64 " segment%s of WAL", segments,
				   segments == 1 ? "" : "s");
	struct str base =
		arena_fmt(c->arena, "%" PRIu64 " base backup%s", backups, backups == 1 ? "" : "s");

	if (!backups || !segments)
		return backups ? base : wal;
	return arena_fmt(c->arena, "%.*s and %.*s", STR_ARG(base), STR_ARG(wal));
}

static void look(const struct rule_ctx *c, const struct probed_archive *a)
{
	uint64_t segments = 0, backups = 0;

	for (size_t i = 0; i < a->catalogue->cold_len; i++)
		segments += a->catalogue->cold[i].last - a->catalogue->cold[i].first + 1;
	for (size_t i = 0; i < a->catalogue->backups_len; i++)
		backups += a->catalogue->backups[i].cold;
	if (!segments && !backups)
		return;
	struct finding *f =
		finding_add(c, a->at, a->path,
			    "the storage class of %.*s of server %.*s is GLACIER or DEEP_ARCHIVE",
			    STR_ARG(counted(c, backups, segments)), STR_ARG(a->server->name));

	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f, "%s",
		a->server->windows_len
			? "Barman Cloud cannot read what lies there (InvalidObjectState), unless it is restored in the store first, which takes hours: no moment that needs it is promised"
			: "Barman Cloud cannot read what lies there (InvalidObjectState), unless it is restored in the store first, which takes hours: before that nothing can be restored");
	finding_fix(
		c, f,
		"a lifecycle rule of the bucket that leaves out what is below destinationPath - retention deletes what is old; GLACIER_IR can be read at once");
	if (a->server->windows_len)
		finding_at_most(f, SEV_WARN);
}

static void check_archive_in_cold_storage(const struct rule_ctx *c)
{
	probed_each_archive(c, look);
}

static const struct rule rows[] = {
	{
		.id = "archive-in-cold-storage",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_archive_in_cold_storage,
		.summary = "Backups or WAL lie where they cannot be read at once",
		.reference =
			"https://docs.aws.amazon.com/AmazonS3/latest/userguide/archived-objects.html",
	},
};

RULE_ROWS(archive_in_cold_storage);
