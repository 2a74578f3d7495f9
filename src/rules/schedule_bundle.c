#include "rules/checks.h"
#include "rules/schedule.h"

#include "base/limits.h"

/* A Cluster whose name is farther away than this is another one. */
#define NAME_DISTANCE 3

const struct known *schedule_cluster(const struct rule_ctx *c)
{
	struct str name = obj_text(c->root, "spec.cluster.name");

	if (!c->view || !name.len)
		return NULL;
	return view_find(c->view, KIND_CLUSTER, c->object->namespace, name);
}

bool schedule_cluster_is_certain(const struct rule_ctx *c, const struct known *cluster)
{
	const struct archive *ar = cluster->archive;
	bool is_bare = !ar->entries && !ar->in_tree.node && !ar->volume_snapshot;

	/* a template without any backup may get one from what fills it in */
	return view_is_certain(c->view, cluster, c->object->namespace) &&
	       !(is_bare && value_is_placeholder(cluster->object.name, NULL));
}

bool schedule_lacks(struct obj root, const char *path)
{
	struct str rest = str_from(path), name;

	while (str_split(&rest, '.', &name)) {
		root = obj_member(root, name);
		if (obj_type(root) == OBJ_NONE || obj_type(root) == OBJ_NULL_VALUE)
			return true;
		if (obj_type(root) != OBJ_MAP)
			return false;
	}
	return false;
}

void schedule_lacking(const struct rule_ctx *c, struct finding *f, const struct known *cluster)
{
	finding_scope(f, c->object->kind == KIND_BACKUP ? SCOPE_BUNDLE : SCOPE_REFERENCE);
	if (!schedule_cluster_is_certain(c, cluster))
		finding_at_most(f, SEV_WARN);
}

static bool has_affix(struct str name, struct str part)
{
	return str_has_prefix(name, part) || str_has_suffix(name, part);
}

/* "pg" and "pg-restored" are one database, and "gp" is a slip. */
static size_t distance(struct str a, struct str b)
{
	if (has_affix(a, b) || has_affix(b, a))
		return 1;
	return str_distance(a, b, NAME_DISTANCE);
}

static bool has_schedule(const struct rule_ctx *c, const struct known *cluster)
{
	struct view_iter it = view_each(c->view, REL_CLUSTER, KIND_SCHEDULED_BACKUP,
					cluster->object.namespace, cluster->object.name);

	return view_next(&it) != NULL;
}

/* The Cluster of the namespace that was most likely meant; empty when none is near. One that has a
 * schedule is a sibling: "db-1" and "db-2". */
static struct str nearest(const struct rule_ctx *c, struct str name)
{
	size_t looked = 0, best = NAME_DISTANCE + 1;
	struct str found = STR_EMPTY;
	struct view_iter it =
		view_each(c->view, REL_KIND, KIND_CLUSTER, c->object->namespace, STR_EMPTY);

	for (const struct known *k; looked < LIMIT_NEIGHBOURS && (k = view_next(&it)); looked++) {
		size_t d = distance(name, k->object.name);

		if (k->object.name.len && d < best && !has_schedule(c, k)) {
			best = d;
			found = k->object.name;
		}
	}
	return found;
}

/* A namespace in which there is a Cluster of that name; empty when there is none. */
static struct str elsewhere(const struct rule_ctx *c, struct str name)
{
	struct view_iter it = view_each(c->view, REL_NAME, KIND_CLUSTER, STR_EMPTY, name);
	const struct known *k = view_next(&it);

	return k ? k->object.namespace : STR_EMPTY;
}

void check_schedule_cluster_missing(const struct rule_ctx *c)
{
	static const char *const path = "spec.cluster.name";
	struct str name = obj_text(c->root, path), namespace = c->object->namespace;

	if (!name.len || value_is_placeholder(name, NULL) ||
	    value_is_placeholder(namespace, NULL) ||
	    !view_lacks(c->view, KIND_CLUSTER, namespace, name))
		return;
	struct str other = elsewhere(c, name), near = nearest(c, name);
	if (!other.len && view_knows(c->view, KIND_CLUSTER, namespace) == KNOWN_NOTHING)
		return; /* a schedule by itself, whose Cluster is made elsewhere */
	struct finding *f =
		finding_add(c, c->root, path, "there is no Cluster %.*s%s%.*s%s%.*s", STR_ARG(name),
			    namespace.len ? " in namespace " : "", STR_ARG(namespace),
			    other.len ? ", only in namespace " : "", STR_ARG(other));
	if (c->object->kind == KIND_BACKUP)
		finding_effect(c, f, "the Backup stays \"pending\" and is tried every 30 seconds");
	else
		finding_effect(
			c, f,
			"its first Backup stays \"pending\", and the schedule makes no other while it does");
	if (other.len)
		finding_fix(c, f, "namespace: %.*s - its Cluster must be in its own namespace",
			    STR_ARG(other));
	else if (near.len)
		finding_fix(c, f, "cluster: {name: %.*s}", STR_ARG(near));
	else
		finding_fix(c, f, "the metadata.name of a Cluster%s%.*s",
			    namespace.len ? " in namespace " : "", STR_ARG(namespace));
	/* a Backup in a file may be one that was made long ago, a Cluster a chart's */
	if ((c->object->kind == KIND_BACKUP ? c->object->manifest : c->schedule->suspended) ||
	    (!near.len && view_knows(c->view, KIND_CLUSTER, namespace) != KNOWN_ALL))
		finding_at_most(f, SEV_WARN);
	finding_absent(c, f, KIND_CLUSTER, namespace);
}

void schedule_lack_effect(const struct rule_ctx *c, struct finding *f, const struct known *cluster,
			  const char *section)
{
	bool schedule = c->object->kind == KIND_SCHEDULED_BACKUP;
	const char *who = schedule ? "every backup fails" : "the Backup fails";

	if (schedule_lacks(cluster->object.root, "spec.backup"))
		finding_effect(
			c, f,
			"%s: \"cannot proceed with the backup as the cluster has no backup section\"",
			who);
	else
		finding_effect(c, f, "%s: \"no %s section defined on the target cluster\"", who,
			       section);
}

static void snapshot_missing(const struct rule_ctx *c, const struct known *cluster)
{
	struct str name = cluster->object.name;

	if (!schedule_lacks(cluster->object.root, "spec.backup.volumeSnapshot"))
		return;
	struct finding *f = finding_add(
		c, c->root, "spec.method",
		"method is volumeSnapshot, but Cluster %.*s has no spec.backup.volumeSnapshot",
		STR_ARG(name));
	schedule_lack_effect(c, f, cluster, "volumeSnapshot");
	finding_fix(
		c, f,
		"backup: {volumeSnapshot: {className: <VolumeSnapshotClass>}} in the spec of Cluster %.*s",
		STR_ARG(name));
	schedule_lacking(c, f, cluster);
}

static void plugins_missing(const struct rule_ctx *c, const struct known *cluster)
{
	struct obj plugins = obj_at(cluster->object.root, "spec.plugins");
	struct str name = cluster->object.name;
	struct str plugin = obj_text(c->root, "spec.pluginConfiguration.name");
	bool ours = !plugin.len || str_is(plugin, PLUGIN_NAME);

	if (obj_len(plugins) || (obj_type(plugins) != OBJ_LIST &&
				 !schedule_lacks(cluster->object.root, "spec.plugins")))
		return; /* some, or a placeholder */
	struct finding *f =
		finding_add(c, c->root, "spec.method",
			    "method is plugin, but Cluster %.*s has no plugins", STR_ARG(name));
	finding_effect(
		c, f,
		"%s: \"cannot proceed with the backup as the cluster has no plugin configured\"",
		c->object->kind == KIND_BACKUP ? "the Backup fails" : "every backup fails");
	finding_fix(
		c, f, "plugins: [{name: %.*s%s}] in the spec of Cluster %.*s%s",
		STR_ARG(ours ? STR(PLUGIN_NAME) : plugin),
		ours ? ", isWALArchiver: true, parameters: {barmanObjectName: <ObjectStore>}" : "",
		STR_ARG(name),
		ours && cluster->archive->in_tree.node ? ", in place of backup.barmanObjectStore"
						       : "");
	schedule_lacking(c, f, cluster);
}

void check_method_section_missing(const struct rule_ctx *c)
{
	const struct known *cluster = schedule_cluster(c);
	struct str method = schedule_method(c);

	if (!cluster)
		return;
	if (str_is(method, "volumeSnapshot"))
		snapshot_missing(c, cluster);
	if (str_is(method, "plugin"))
		plugins_missing(c, cluster);
}

enum schedule_plugin schedule_plugin(const struct rule_ctx *c, struct str name)
{
	const struct known *cluster = schedule_cluster(c);
	enum schedule_plugin is = PLUGIN_ABSENT;

	if (!cluster || !str_is(schedule_method(c), "plugin"))
		return PLUGIN_NOT_KNOWN;
	struct obj plugins = obj_at(cluster->object.root, "spec.plugins");
	if (!obj_len(plugins))
		return PLUGIN_NOT_KNOWN; /* method-section-missing, if anything */
	for (struct obj e = obj_first(plugins); e.node; e = obj_next(e)) {
		struct str other;

		if (obj_str(e, "name", &other) != OBJ_SET || value_is_placeholder(other, NULL))
			return PLUGIN_NOT_KNOWN;
		if (!str_eq(other, name))
			continue;
		if (obj_true(e, "enabled", true))
			return PLUGIN_ENABLED;
		is = PLUGIN_DISABLED;
	}
	return is;
}

void check_schedule_on_hibernated_cluster(const struct rule_ctx *c)
{
	const struct known *cluster = schedule_cluster(c);
	bool backup = c->object->kind == KIND_BACKUP;

	if (!cluster || !object_has_annotation(&cluster->object, "cnpg.io/hibernation", "on") ||
	    (c->schedule && c->schedule->suspended))
		return;
	struct finding *f = finding_add(
		c, c->root, "spec.cluster.name", "Cluster %.*s is hibernated%s",
		STR_ARG(cluster->object.name), backup ? "" : ", and its schedule is active");
	finding_effect(c, f, "%s: \"cannot backup a hibernated cluster\"",
		       backup ? "the Backup fails" : "every backup fails");
	if (backup)
		finding_fix(c, f, "wake the Cluster first: cnpg.io/hibernation: \"off\"");
	else
		finding_fix(c, f, "suspend: true - until the Cluster is woken");
}

/* Where a file says both, one `kubectl apply` makes both; a live Cluster shows whether it runs. */
static bool is_new(const struct rule_ctx *c, const struct known *cluster)
{
	const struct view *v = c->view;

	if (obj_text(cluster->object.root, "status.currentPrimary").len)
		return false;
	if (!c->object->manifest)
		return true;
	struct view_iter it =
		view_each(v, REL_SELF, c->object->kind, c->object->namespace, c->object->name);
	const struct known *self;
	for (size_t i = 0; i < LIMIT_ALTERNATIVES && (self = view_next(&it)); i++)
		if (self->object.root.node == c->root.node)
			return str_eq(self->file, cluster->file);
	return false;
}

void check_immediate_with_new_cluster(const struct rule_ctx *c)
{
	static const char *const path = "spec.immediate";
	const struct known *cluster = schedule_cluster(c);

	if (!cluster || !c->creating || !obj_true(c->root, path, false) || c->schedule->suspended ||
	    !str_is(schedule_method(c), "plugin") ||
	    obj_text(c->root, "status.lastCheckTime").len || !is_new(c, cluster))
		return;
	struct finding *f =
		finding_add(c, c->root, path, "the first backup %s due before Cluster %.*s runs%s",
			    c->object->manifest ? "may be" : "is", STR_ARG(cluster->object.name),
			    c->object->manifest ? ": both stand in one file" : "");
	finding_effect(
		c, f,
		"it waits, or fails while WAL archiving is not up yet; a failed one is not repeated before the schedule's next time");
	finding_fix(
		c, f,
		"apply the ScheduledBackup when the Cluster is ready - or look at its first Backup then");
	if (c->object->manifest)
		finding_at_most(f, SEV_INFO);
}
