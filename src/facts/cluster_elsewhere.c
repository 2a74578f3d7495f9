/* What patches say of the Cluster under judgement, or the Cluster that it is a patch of. */
#include "facts/cluster.h"

#include "base/limits.h"

static void read_elsewhere(const struct rule_ctx *c, enum relation relation, struct str server,
			   struct cluster_elsewhere *out)
{
	struct view_iter it =
		view_each(c->view, relation, KIND_CLUSTER, STR_EMPTY, c->object->name);
	size_t seen = 0;

	for (const struct known *k; (k = view_next(&it)) && seen < LIMIT_HOLDERS; seen++) {
		struct str in_tree = obj_text(k->archive->in_tree, "serverName");
		bool boots = obj_len(obj_at(k->object.root, "spec.bootstrap")) != 0;

		/* a patch with a way to bootstrap of its own is an alternative */
		if (!(boots && relation == REL_PART) &&
		    object_has_annotation(&k->object, "cnpg.io/skipEmptyWalArchiveCheck",
					  "enabled"))
			out->skips = true;
		out->recovers |= relation == REL_PART && k->archive->recovery.named;
		out->other |= (k->archive->last_enabled.node &&
			       !str_eq(k->archive->place.server, server)) ||
			      (in_tree.len && !str_eq(in_tree, server));
	}
}

struct cluster_elsewhere cluster_elsewhere(const struct rule_ctx *c, struct str server)
{
	struct cluster_elsewhere out = {0};

	if (!c->view)
		return out;
	read_elsewhere(c, REL_PART, server, &out);
	if (c->object->part)
		read_elsewhere(c, REL_NAME, server, &out);
	return out;
}
