/* The in-tree store: deprecated, beside the plugin, and in an image that cannot use it. */
#include "cnpg/schema.h"
#include "facts/cluster.h"

/* The in-tree store and that of the plugin are one place. */
static bool both_are_one(const struct rule_ctx *c)
{
	struct buf plugin = BUF_ARENA(c->arena), in_tree = BUF_ARENA(c->arena);

	return c->view && view_place(c->view, c->object, &c->archive->place, &plugin) &&
	       view_in_tree(c->object, c->archive->in_tree, c->object->name, &in_tree) &&
	       str_eq(buf_slice(&plugin), buf_slice(&in_tree));
}

/* Each side deletes WAL only with its own base backups; which of them have a schedule? */
static void unscheduled_side(const struct rule_ctx *c, struct finding *f, struct str in_tree)
{
	struct cluster_schedules s = {0};
	struct str store = c->archive->place.store;

	if (c->view)
		cluster_schedules(c, &s);
	if (s.plugin && !s.in_tree)
		finding_effect(
			c, f,
			"schedules make base backups in ObjectStore %.*s only: what lies in %.*s, grows for ever and cannot be restored",
			STR_ARG(store), STR_ARG(in_tree));
	else if (s.in_tree && !s.plugin)
		finding_effect(
			c, f,
			"schedules make base backups in %.*s, only: ObjectStore %.*s grows for ever and cannot be restored",
			STR_ARG(in_tree), STR_ARG(store));
	else
		finding_effect(
			c, f,
			"each side deletes WAL only with its own base backups: the one without a schedule grows for ever and cannot be restored");
}

static void check_in_tree_beside_plugin(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	bool unchecked = object_has_annotation(c->object, "cnpg.io/validation", "disabled");
	struct buf in_tree = BUF_ARENA(c->arena);

	if (!ar->in_tree.node || !cluster_archives_by_plugin(c))
		return;
	if (ar->wal_archiver && !unchecked)
		return; /* CloudNativePG refuses that */
	cluster_in_tree_place(c, &in_tree);
	struct finding *f = finding_add(
		c, c->root, "spec.backup.barmanObjectStore",
		"WAL is archived twice: in-tree to %.*s, and by the plugin to ObjectStore %.*s",
		STR_ARG(buf_slice(&in_tree)), STR_ARG(ar->place.store));
	if (both_are_one(c)) {
		finding_scope(f, SCOPE_BUNDLE);
		finding_at_least(f, SEV_DENY);
		finding_subject(c, f, STR("one place"));
		finding_effect(
			c, f,
			"both are one place: each deletes there what the other still needs, and a new Cluster stops with \"Expected empty archive\"");
	} else {
		unscheduled_side(c, f, buf_slice(&in_tree));
	}
	finding_fix(c, f, "remove spec.backup.barmanObjectStore, and set isWALArchiver: true");
	if (ar->wal_archiver) /* refused, were it not for the annotation */
		finding_at_least(f, SEV_DENY);
}

/* The removal was announced for 1.28, 1.29, 1.30 and 1.31: only the CRDs of what runs can tell. */
static bool is_gone(const struct rule_ctx *c, bool external)
{
	const struct schema *s = schema_for(c->schema, KIND_CLUSTER);
	const struct schema_node *at = schema_of(s, KIND_CLUSTER);

	at = at ? schema_member(s, at, STR("spec")) : NULL;
	at = at ? schema_member(s, at, external ? STR("externalClusters") : STR("backup")) : NULL;
	if (at && external)
		at = schema_item(s, at);
	return s->exact && !(at && schema_member(s, at, STR("barmanObjectStore")));
}

/* `beside`: the plugin is there already. */
static void in_tree_deprecated(const struct rule_ctx *c, struct obj at, const char *what,
			       bool beside)
{
	bool external = obj_key(at).len == 0; /* an item of a list */
	if (obj_type(obj_at(at, "barmanObjectStore")) != OBJ_MAP)
		return;
	struct finding *f =
		finding_add(c, at, "barmanObjectStore",
			    "%s an in-tree barmanObjectStore, which is deprecated", what);
	if (is_gone(c, external)) {
		finding_effect(
			c, f,
			"the CRD of Cluster has no such field any more: no backup, no recovery");
		finding_at_least(f, SEV_DENY);
	} else {
		finding_effect(
			c, f,
			"its removal is announced for CloudNativePG 1.31: backups and recovery end with that upgrade");
	}
	if (beside)
		finding_fix(c, f, "remove it - the plugin archives, too");
	else
		finding_fix(c, f,
			    "an ObjectStore with this configuration, and plugin " PLUGIN_NAME
			    " with barmanObjectName in its place");
}

static void check_in_tree_deprecated(const struct rule_ctx *c)
{
	struct obj e = obj_first(obj_at(c->root, "spec.externalClusters"));

	in_tree_deprecated(c, obj_at(c->root, "spec.backup"), "backups go to",
			   cluster_archives_by_plugin(c));
	for (; e.node; e = obj_next(e))
		in_tree_deprecated(c, e, "this external cluster is read from", false);
}

static void check_in_tree_image_without_barman(const struct rule_ctx *c)
{
	const char *path = "spec.imageName";
	const struct archive *ar = c->archive;
	struct str image = obj_text(c->root, path), tag = cluster_image_tag(image), rest = tag,
		   part;

	if (!ar->in_tree.node && !ar->recovery.in_tree.node && !ar->replica.in_tree.node)
		return;
	if (!str_contains(image, STR("cloudnative-pg/")))
		return; /* in the tags of others these words may mean anything */
	while (str_split(&rest, '-', &part)) {
		if (!str_is(part, "minimal") && !str_is(part, "standard"))
			continue;
		struct finding *f = finding_add(
			c, c->root, path,
			"image %.*s has no barman-cloud programs, which an in-tree barmanObjectStore needs",
			STR_ARG(tag));
		finding_effect(c, f, "WAL archiving, backups and recovery fail in the Pod");
		finding_fix(
			c, f,
			"the same tag with system in place of %.*s - or the Barman Cloud plugin, which needs nothing in the image",
			STR_ARG(part));
		return;
	}
}

static const struct rule rows[] = {
	{
		.id = "in-tree-beside-plugin",
		.kinds = KIND_CLUSTER,
		.helped = true,
		.severity = SEV_WARN,
		.check = check_in_tree_beside_plugin,
		.summary = "The Cluster archives in-tree and by the plugin at the same time",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
	},
	{
		.id = "in-tree-deprecated",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.partial = true,
		.check = check_in_tree_deprecated,
		.summary = "An in-tree barmanObjectStore is deprecated",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/migration/",
	},
	{
		.id = "in-tree-image-without-barman",
		.kinds = KIND_CLUSTER,
		.severity = SEV_WARN,
		.check = check_in_tree_image_without_barman,
		.summary = "The image lacks the programs that an in-tree store needs",
		.reference = "https://cloudnative-pg.io/documentation/current/container_images/",
	},
};

RULE_ROWS(in_tree);
