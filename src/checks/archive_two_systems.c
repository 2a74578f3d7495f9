/* Backups of two database systems in one archive. */
#include "facts/probed.h"
#include "facts/quoted.h"

/* "7713606499394828123 (base backups 20260825T030000 and 20260826T030000)" */
static void add_system(const struct rule_ctx *c, const struct catalogue *catalogue, struct str id,
		       struct buf *out)
{
	struct str names[QUOTED_NAMES];
	size_t len = 0;

	for (size_t i = 0; i < catalogue->backups_len; i++) {
		const struct backup *b = &catalogue->backups[i];

		if (!b->known || !str_eq(b->info.system_id, id))
			continue;
		if (len < QUOTED_NAMES)
			names[len] = quoted_text(c, b->id);
		len++;
	}
	buf_fmt(out, "%.*s (base backup%s ", STR_ARG(quoted_text(c, id)), len == 1 ? "" : "s");
	quoted_names(out, names, len);
	buf_byte(out, ')');
}

static void look(const struct rule_ctx *c, const struct probed_archive *a)
{
	const struct str *ids = a->catalogue->systems;
	struct buf both = BUF_ARENA(c->arena);

	if (!ids[1].len)
		return;
	add_system(c, a->catalogue, ids[0], &both);
	buf_text(&both, " and ");
	add_system(c, a->catalogue, ids[1], &both);
	struct finding *f =
		finding_add(c, a->at, a->path,
			    "the archive of server %.*s holds more than one database system: %.*s",
			    STR_ARG(a->server->name), STR_ARG(buf_slice(&both)));
	finding_subject(c, f, a->server->name);
	finding_effect(
		c, f,
		"WAL of both may have the same names: then one has overwritten the other's, and a recovery may end with \"invalid checkpoint record\"");
	if (a->archived)
		finding_fix(
			c, f,
			"a serverName of its own for each Cluster, and a base backup of each - what is mixed cannot be sorted out; after a major upgrade the backups from before are of the old system");
	else
		finding_at_most(f, SEV_WARN);
}

static void check_archive_two_systems(const struct rule_ctx *c)
{
	probed_each_archive(c, look);
}

static const struct rule rows[] = {
	{
		.id = "archive-two-systems",
		.kinds = KIND_CLUSTER | KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_DENY,
		.check = check_archive_two_systems,
		.summary = "One archive holds backups of more than one database system",
		.reference = "cloudnative-pg/plugin-barman-cloud#263",
	},
};

RULE_ROWS(archive_two_systems);
