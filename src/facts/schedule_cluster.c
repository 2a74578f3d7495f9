/* The Cluster that a ScheduledBackup or Backup names, and what it lacks. */
#include "facts/schedule.h"

#include "cnpg/archive.h"

const struct known *schedule_cluster(const struct rule_ctx *c)
{
	struct schedule *s = c->schedule;
	const struct known *cluster;

	if (s && c->view && s->view == c->view)
		return s->cluster;
	struct str name = obj_text(c->root, "spec.cluster.name");
	if (!c->view || !name.len)
		return NULL;
	cluster = view_find(c->view, KIND_CLUSTER, c->object->namespace, name);
	if (s) {
		s->view = c->view;
		s->cluster = cluster;
	}
	return cluster;
}

const struct known *schedule_staying_cluster(const struct rule_ctx *c)
{
	const struct known *cluster = schedule_cluster(c);

	return cluster && !object_is_terminating(&cluster->object) ? cluster : NULL;
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
