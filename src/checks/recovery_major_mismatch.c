/* Recovery of an archive of one major version of PostgreSQL by a server of another. */
#include "facts/cluster.h"
#include "facts/neighbour.h"

#include <inttypes.h>

/* ghcr.io/cloudnative-pg/postgresql:18.4, the default of CloudNativePG 1.30; 1.28 was the first. */
#define DEFAULT_MAJOR 18
#define DEFAULT_SINCE 1, 28

/* The Cluster that writes what is recovered from. */
static const struct known *writer(const struct rule_ctx *c)
{
	const struct archive_source *source = &c->archive->recovery;
	struct str backup = obj_text(c->root, "spec.bootstrap.recovery.backup.name");
	struct buf at = BUF_ARENA(c->arena);
	const struct known *made;
	bool known = source->plugin
			     ? view_place(c->view, c->object, &source->place, &at)
			     : source->in_tree.node &&
				       view_in_tree(c->object, source->in_tree, source->name, &at);

	if (known)
		return cluster_other_at(c, buf_slice(&at), false);
	if (!backup.len || value_is_placeholder(backup, NULL))
		return NULL;
	made = view_find(c->view, KIND_BACKUP, c->object->namespace, backup);
	if (!made)
		return NULL;
	return view_find(c->view, KIND_CLUSTER, c->object->namespace,
			 obj_text(made->object.root, "spec.cluster.name"));
}

/* No image is named, nor may be by what is not known. */
static bool takes_default(const struct object *cluster)
{
	return obj_type(obj_at(cluster->root, "spec.imageName")) <= OBJ_NULL_VALUE &&
	       obj_type(obj_at(cluster->root, "spec.imageCatalogRef")) <= OBJ_NULL_VALUE;
}

static void other_major(const struct rule_ctx *c, const struct known *from, const char *at,
			int64_t theirs, int64_t ours)
{
	struct finding *f = finding_add(
		c, c->root, at,
		"PostgreSQL %" PRId64 " is to recover backups of %.*s, made by PostgreSQL %" PRId64,
		ours, STR_ARG(neighbour_called(c, from)), theirs);

	finding_effect(
		c, f,
		"files of another major version cannot be opened: the restored server does not start, and the restore is retried for ever");
	if (obj_type(obj_at(c->root, "spec.imageCatalogRef.major")) == OBJ_NUMBER)
		finding_fix(c, f, "major: %" PRId64 " - and upgrade once it runs", theirs);
	else
		finding_fix(c, f, "an image of PostgreSQL %" PRId64 " - and upgrade once it runs",
			    theirs);
}

static void default_major(const struct rule_ctx *c, const struct known *from, int64_t theirs)
{
	struct str image = obj_text(from->object.root, "spec.imageName");
	bool known = !version_before(c->params->operator_, DEFAULT_SINCE);
	struct finding *f;

	if (known && theirs == DEFAULT_MAJOR)
		return;
	f = finding_add(c, c->root, "spec.imageName",
			"no image is named for a recovery from %.*s, which is PostgreSQL %" PRId64,
			STR_ARG(neighbour_called(c, from)), theirs);
	if (known)
		finding_effect(
			c, f,
			"the operator takes its default, since CloudNativePG 1.28 PostgreSQL %d: another major version cannot open these files",
			DEFAULT_MAJOR);
	else
		finding_effect(
			c, f,
			"the operator takes its default: where that is another major version, it cannot open these files");
	if (image.len)
		finding_fix(c, f, "imageName: %.*s", STR_ARG(image));
	else
		finding_fix(c, f, "the imageCatalogRef of %.*s",
			    STR_ARG(neighbour_called(c, from)));
	finding_at_most(f, SEV_WARN);
}

static void check_recovery_major_mismatch(const struct rule_ctx *c)
{
	const struct known *from;
	const char *at, *there;
	int64_t ours, theirs;

	if (cluster_is_bootstrapped(c) ||
	    obj_type(obj_at(c->root, "spec.bootstrap.recovery")) != OBJ_MAP)
		return;
	from = writer(c);
	theirs = from ? cluster_major(&from->object, &there) : 0;
	if (!theirs)
		return;
	ours = cluster_major(c->object, &at);
	if (ours && ours != theirs)
		other_major(c, from, at, theirs, ours);
	else if (!ours && takes_default(c->object))
		default_major(c, from, theirs);
}

static const struct rule rows[] = {
	{
		.id = "recovery-major-mismatch",
		.kinds = KIND_CLUSTER,
		.scope = SCOPE_BUNDLE,
		.severity = SEV_DENY,
		.check = check_recovery_major_mismatch,
		.summary = "The backups are of another major version of PostgreSQL",
		.reference = "cloudnative-pg/cloudnative-pg#4004",
	},
};

RULE_ROWS(recovery_major_mismatch);
