#include "rules/cluster.h"

#include "base/arena.h"
#include "rules/checks.h"
#include "rules/store.h"

#include <inttypes.h>

bool cluster_archives_by_plugin(const struct rule_ctx *c)
{
	return archive_by_plugin(c->archive);
}

void cluster_in_tree_place(const struct rule_ctx *c, struct buf *out)
{
	struct str server = obj_text(c->archive->in_tree, "serverName");

	buf_str(out, obj_text(c->archive->in_tree, "destinationPath"));
	buf_text(out, ", server ");
	buf_str(out, server.len ? server : c->object->name);
}

void cluster_place(const struct rule_ctx *c, const struct archive_place *place, struct buf *out)
{
	const struct known *store = c->view ? view_store(c->view, c->object, place) : NULL;
	struct str path = store ? obj_text(store->object.root, "spec.configuration.destinationPath")
				: STR_EMPTY;

	path = store_url_shown(c->arena, path);
	if (path.len)
		buf_fmt(out, "%.*s, server %.*s (ObjectStore %.*s)", STR_ARG(path),
			STR_ARG(place->server), STR_ARG(place->store));
	else
		buf_fmt(out, "ObjectStore %.*s, server %.*s", STR_ARG(place->store),
			STR_ARG(place->server));
}

bool cluster_skips_empty_check(const struct rule_ctx *c)
{
	return object_has_annotation(c->object, "cnpg.io/skipEmptyWalArchiveCheck", "enabled");
}

static struct obj annotation(const struct rule_ctx *c, const char *key)
{
	return obj_member(obj_at(c->root, "metadata.annotations"), str_from(key));
}

void check_wal_archiver_off(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	enum obj_type written = obj_type(obj_at(ar->last_enabled, "isWALArchiver"));

	if (!ar->enabled_entries || ar->wal_archiver || ar->in_tree.node)
		return;
	if (written != OBJ_NONE && written != OBJ_NULL_VALUE && written != OBJ_BOOL)
		return; /* "true" in quotes: the API server refuses it */
	struct finding *f = finding_add(c, ar->last_enabled, "isWALArchiver",
					"no plugin is the WAL archiver: isWALArchiver is not true");
	finding_effect(
		c, f,
		"whenever the sidecar is missing, archive_command reports success and the WAL is lost");
	finding_fix(c, f, "isWALArchiver: true");
}

/* Something else archives: only backups by the plugin suffer, if there are any. */
static void disabled_beside(const struct rule_ctx *c, struct finding *f)
{
	struct cluster_schedules s = {0};
	struct str schedule;

	if (c->view)
		cluster_schedules(c, &s);
	if (s.plugin) {
		schedule = cluster_called(c, s.plugin);
		finding_scope(f, SCOPE_USERS);
		finding_effect(
			c, f,
			"each backup of %.*s fails with \"requested plugin is not available\"",
			STR_ARG(schedule));
	} else {
		finding_at_most(f, SEV_WARN);
		finding_effect(
			c, f,
			"backups with method plugin fail with \"requested plugin is not available\"");
	}
	if (c->archive->in_tree.node)
		finding_fix(
			c, f,
			"%sset enabled: true and isWALArchiver: true, and remove spec.backup.barmanObjectStore",
			s.plugin ? "" : "remove the entry - or ");
}

void check_plugin_disabled(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct finding *f;

	if (!ar->entries || ar->enabled_entries)
		return;
	f = finding_add(c, ar->last, "enabled", "plugin " PLUGIN_NAME " is disabled");
	finding_fix(c, f, "enabled: true");
	if (ar->in_tree.node || ar->wal_archiver)
		disabled_beside(c, f);
	else
		finding_effect(
			c, f,
			"no WAL is stored (archive_command succeeds without doing anything) and backups fail with \"requested plugin is not available\"");
}

/* Some other plugin may be the backup; a near miss of ours is another rule's finding. */
static bool has_other_backup_plugin(const struct rule_ctx *c)
{
	struct obj e = obj_first(obj_at(c->root, "spec.plugins"));

	for (; e.node; e = obj_next(e)) {
		struct str name = obj_text(e, "name");

		if (obj_true(e, "enabled", true) &&
		    (plugin_may_make_backups(c, name) || plugin_name_is_near(name) ||
		     value_is_placeholder(name, NULL)))
			return true;
	}
	return c->archive->wal_archiver;
}

void check_cluster_without_backup(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;

	if (ar->entries || ar->in_tree.node || ar->volume_snapshot || has_other_backup_plugin(c))
		return;
	struct finding *f = finding_add(c, c->root, "spec.plugins", "this Cluster has no backup");
	finding_effect(
		c, f,
		"ContinuousArchiving still shows True, because archive_command succeeds without doing anything; what is on the volumes is all there is");
	finding_fix(c, f,
		    "plugins: [{name: " PLUGIN_NAME
		    ", isWALArchiver: true, parameters: {barmanObjectName: <ObjectStore>}}]");
}

void check_plugin_entry_duplicate(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct str store = ar->place.store;

	if (ar->entries < 2)
		return;
	struct finding *f =
		finding_add(c, ar->last, "name", "%zu entries of plugin " PLUGIN_NAME, ar->entries);
	if (!ar->enabled_entries) {
		finding_effect(c, f, "none of them is enabled");
		finding_at_most(f, SEV_WARN); /* plugin-disabled has the harm */
	} else
		finding_effect(
			c, f,
			"WAL and backups go to ObjectStore %.*s (of the last entry, enabled or not), server %.*s (%s)",
			STR_ARG(store.len ? store : STR("<none>")),
			STR_ARG(ar->place.server.len ? ar->place.server : STR("''")),
			ar->place.server_default ? "the default"
						 : "of the last enabled entry that has one");
	finding_fix(c, f, "one entry, with barmanObjectName and serverName in it");
}

/* Legal, and only a warning. */
#define HOLDS_SLASH "holds '/'"

/* What is wrong with a server name as a part of a path; NULL when nothing is. */
static const char *unsafe(struct str name)
{
	struct str rest = name, part;

	if (!name.len)
		return "is empty";
	if (name.ptr[0] == '/')
		return "begins with '/'";
	for (size_t i = 0; i < name.len; i++) {
		unsigned char b = (unsigned char)name.ptr[i];

		if (b <= ' ' || b == 0x7f)
			return b == ' ' ? "holds a blank" : "holds a control character";
		if (b == '?' || b == '#')
			return b == '?' ? "holds '?'" : "holds '#'";
	}
	while (str_split(&rest, '/', &part)) {
		if (!part.len && rest.ptr)
			return "holds '//'";
		if (str_is(part, "..") || str_is(part, "."))
			return "has a part of dots only";
	}
	return str_find_byte(name, '/') == STR_NONE ? NULL : HOLDS_SLASH;
}

static bool is_name_byte(char b)
{
	return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
	       b == '-' || b == '_' || b == '.';
}

/* Its letters and digits, with hyphens between them; the Cluster's name when none are left. */
static struct str safe_name(const struct rule_ctx *c, struct str name)
{
	struct buf out = BUF_ARENA(c->arena);

	for (size_t i = 0; i < name.len; i++) {
		if (is_name_byte(name.ptr[i]) && (out.len || name.ptr[i] != '.'))
			buf_byte(&out, name.ptr[i]);
		else if (out.len && out.ptr[out.len - 1] != '-')
			buf_byte(&out, '-');
	}
	while (out.len && out.ptr[out.len - 1] == '-')
		out.len--;
	return out.len ? buf_slice(&out) : c->object->name;
}

static struct str after_last_slash(struct str name)
{
	struct str rest = name, part, last = name;

	while (str_split(&rest, '/', &part))
		last = part.len ? part : last;
	return last;
}

static void judge_server_name(const struct rule_ctx *c, struct obj at, struct str name,
			      struct str store)
{
	const char *what = unsafe(name);
	struct str good;

	if (!what || value_is_placeholder(name, NULL))
		return;
	struct finding *f = finding_add(c, at, "", "serverName '%.*s' %s", STR_ARG(name), what);
	if (!name.len)
		finding_effect(
			c, f,
			"base/ and wals/ lie at the root of ObjectStore %.*s, where those of any other server end up too",
			STR_ARG(store));
	else if (name.ptr[0] == '/')
		finding_effect(
			c, f,
			"barman drops the path of destinationPath: the archive lies in %.*s at the top of the bucket",
			STR_ARG(name));
	else if (str_is(str_from(what), HOLDS_SLASH))
		finding_effect(
			c, f,
			"a store with a longer destinationPath and serverName %.*s can lie in the same place",
			STR_ARG(after_last_slash(name)));
	else
		finding_effect(
			c, f,
			"it stands as it is in every object key, destinationPath/%.*s/wals, which other tools read differently or not at all",
			STR_ARG(name));
	if (str_is(str_from(what), HOLDS_SLASH))
		finding_at_most(f, SEV_WARN);
	good = safe_name(c, name);
	if (good.len)
		finding_fix(c, f, "serverName: %.*s", STR_ARG(good));
}

void check_server_name_unsafe(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	struct str in_tree;

	if (ar->enabled_entries && !ar->place.server_default)
		judge_server_name(c, ar->place.server_at, ar->place.server, ar->place.store);
	if (obj_str(ar->in_tree, "serverName", &in_tree) == OBJ_SET && in_tree.len)
		judge_server_name(c, obj_at(ar->in_tree, "serverName"), in_tree, STR_EMPTY);
}

void check_wal_archiving_skipped(const struct rule_ctx *c)
{
	static const char key[] = "cnpg.io/skipWalArchiving";
	const struct archive *ar = c->archive;

	if (!object_has_annotation(c->object, key, "enabled") ||
	    (!ar->entries && !ar->in_tree.node && !ar->volume_snapshot))
		return;
	struct finding *f = finding_add(c, annotation(c, key), "",
					"%s: enabled switches WAL archiving off", key);
	finding_effect(
		c, f,
		"archive_mode is off: no WAL is stored, and a base backup without its WAL cannot be restored");
	finding_fix(c, f, "remove the annotation");
}

/* What CloudNativePG would refuse, were it asked. An archiver beside an in-tree store is the
 * business of in-tree-beside-plugin, one plugin twice that of plugin-entry-duplicate. */
static void two_archivers(const struct rule_ctx *c)
{
	struct obj e = obj_first(obj_at(c->root, "spec.plugins")), first = {0};
	struct finding *f;

	for (; e.node; e = obj_next(e)) {
		if (!obj_true(e, "enabled", true) || !obj_true(e, "isWALArchiver", false))
			continue;
		if (!first.node) {
			first = e;
			continue;
		}
		if (str_eq(obj_text(e, "name"), obj_text(first, "name")))
			continue;
		f = finding_add(
			c, e, "isWALArchiver",
			"a second WAL archiver, beside %.*s, which CloudNativePG refuses unless its validation is disabled",
			STR_ARG(obj_text(first, "name")));
		finding_effect(c, f, "WAL is archived only while both of them succeed");
		finding_fix(c, f, "isWALArchiver: false - on all but one");
		finding_at_least(f, SEV_DENY);
	}
}

void check_validation_disabled(const struct rule_ctx *c)
{
	static const char key[] = "cnpg.io/validation";

	if (!object_has_annotation(c->object, key, "disabled"))
		return;
	struct finding *f =
		finding_add(c, annotation(c, key), "",
			    "%s: disabled switches CloudNativePG's own checks off", key);
	finding_effect(c, f, "it accepts what it would refuse, such as two WAL archivers");
	finding_fix(c, f, "remove the annotation");
	two_archivers(c);
}

/* A time as PostgreSQL reads it: a number, blanks, a unit (none: seconds). In milliseconds. */
static bool read_pg_time(struct str text, double *ms)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = {{"", 1e3},	   {"us", 1e-3}, {"ms", 1},   {"s", 1e3},
		     {"min", 6e4}, {"h", 36e5},	 {"d", 864e5}};
	double number = 0, digit = 1;
	size_t i = 0;

	text = str_trim(text);
	for (bool point = false; i < text.len; i++) {
		char b = text.ptr[i];

		if (b == '.' && !point)
			point = true;
		else if (b < '0' || b > '9')
			break;
		else if (point)
			number += (b - '0') * (digit /= 10);
		else
			number = number * 10 + (b - '0');
	}
	for (size_t u = 0; i && u < ARRAY_LEN(units); u++) {
		if (str_is(str_trim(str_slice(text, i, text.len)), units[u].name)) {
			*ms = number * units[u].ms;
			return true;
		}
	}
	return false;
}

void check_archive_timeout_disabled(const struct rule_ctx *c)
{
	const char *path = "spec.postgresql.parameters.archive_timeout";
	struct str text;
	double ms;

	if (obj_str(c->root, path, &text) != OBJ_SET || !read_pg_time(text, &ms))
		return;
	if (!cluster_archives_by_plugin(c) && !c->archive->in_tree.node)
		return;
	/* less than half a second rounds to 0, which means never */
	if (ms < 500) {
		struct finding *f = finding_add(c, c->root, path, "archive_timeout is off (%.*s)",
						STR_ARG(text));
		finding_effect(
			c, f,
			"WAL is archived only when 16 MB are full: a database with few writes may lose days of them");
		finding_fix(c, f, "archive_timeout: 5min");
	} else if (ms > 36e5) {
		struct finding *f =
			finding_add(c, c->root, path, "archive_timeout %.*s is more than an hour",
				    STR_ARG(text));
		finding_effect(
			c, f,
			"until then the writes of a quiet database are nowhere but on its volume");
		finding_fix(c, f, "archive_timeout: 5min");
	}
}

void check_backup_target_primary(const struct rule_ctx *c)
{
	bool cluster = c->object->kind == KIND_CLUSTER;
	const char *path = cluster ? "spec.backup.target" : "spec.target";
	int64_t instances = 1;
	struct finding *f;

	if (!str_is(obj_text(c->root, path), "primary"))
		return;
	obj_int(c->root, "spec.instances", &instances);
	if (cluster && instances < 2)
		return;
	if (cluster)
		f = finding_add(c, c->root, path,
				"base backups run on the primary, one of %" PRId64 " instances",
				instances);
	else
		f = finding_add(c, c->root, path,
				"base backups of this schedule run on the primary");
	finding_effect(c, f, "they take I/O and CPU from the instance that serves the writes");
	finding_fix(c, f, "target: prefer-standby");
}
