/* References to the plugin that say no ObjectStore. */
#include "base/arena.h"
#include "cnpg/archive.h"
#include "facts/plugin.h"
#include "facts/store.h"

/* What `who` lacks, and its fix: at the key that was meant to be it, if there is one. */
static struct finding *store_missing(const struct rule_ctx *c, struct obj entry, struct str who)
{
	struct obj typo = plugin_mistyped_store(entry);
	bool empty = obj_type(obj_at(entry, "parameters.barmanObjectName")) == OBJ_STRING;
	struct str meant = obj_text(typo, "");
	struct finding *f;

	if (typo.node)
		f = finding_add(c, typo, "", "%.*s has %.*s in place of barmanObjectName",
				STR_ARG(who), STR_ARG(obj_key(typo)));
	else
		f = finding_add(c, entry, "parameters.barmanObjectName", "%.*s has %s",
				STR_ARG(who),
				empty ? "an empty barmanObjectName" : "no barmanObjectName");
	if (typo.node)
		plugin_rename_key(c, f, entry, typo, "barmanObjectName");
	if (meant.len)
		finding_fix(c, f, "barmanObjectName: %.*s", STR_ARG(meant));
	else
		finding_fix(
			c, f, "barmanObjectName: %.*s%s", STR_ARG(store_meant(c)),
			plugin_is_of_patch(c)
				? " - a list in a patch replaces the whole list: it must repeat what stays"
				: "");
	return f;
}

/* An entry that bears nothing but its name and defaults: INCLUDE_PLUGINS adds such ones. */
static bool may_be_included(struct obj entry)
{
	return !obj_len(obj_at(entry, "parameters")) && !obj_true(entry, "isWALArchiver", false);
}

static void archive_store_missing(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct finding *f;

	if (!ar->enabled_entries || ar->place.store.len || !plugin_lacks_store(ar->last))
		return;
	f = store_missing(c, ar->last, STR("plugin " PLUGIN_NAME));
	if (obj_true(ar->last_enabled, "isWALArchiver", false))
		finding_effect(
			c, f,
			"the sidecar is not injected, archive_command fails with \"wal archive plugin is not available\" and the WAL volume fills up");
	else if (ar->in_tree.node)
		finding_effect(c, f,
			       "the sidecar is not injected, and the plugin archives nothing");
	else
		finding_effect(
			c, f,
			"the sidecar is not injected: no backup, and archive_command succeeds without storing any WAL");
	if (may_be_included(ar->last))
		finding_fix(
			c, f,
			"parameters: {barmanObjectName: %.*s} - if you wrote no such entry, the operator's INCLUDE_PLUGINS added it",
			STR_ARG(store_meant(c)));
}

static void source_store_missing(const struct rule_ctx *c, const struct archive_source *source,
				 const char *field)
{
	struct obj plugin = obj_at(source->external, "plugin");
	struct finding *f;

	if (!source->plugin || source->place.store.len || !plugin_lacks_store(plugin))
		return;
	f = store_missing(c, plugin,
			  arena_fmt(c->arena, "externalClusters %.*s", STR_ARG(source->name)));
	finding_effect(c, f, "%s has no object store to read from", field);
}

static void check_barman_object_name_missing(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;

	archive_store_missing(c);
	source_store_missing(c, &ar->recovery, "bootstrap.recovery.source");
	if (!str_eq(ar->recovery.name, ar->replica.name))
		source_store_missing(c, &ar->replica, "replica.source");
}

static const struct rule rows[] = {
	{
		.id = "barman-object-name-missing",
		.kinds = KIND_CLUSTER,
		.severity = SEV_DENY,
		.check = check_barman_object_name_missing,
		.summary = "A plugin entry names no ObjectStore",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/",
	},
};

RULE_ROWS(barman_object_name_missing);
