/* Folders beside the archives of a store that are no Cluster's. */
#include "base/arena.h"
#include "facts/probed.h"
#include "facts/quoted.h"
#include "facts/store.h"

struct looking {
	struct str store, folder;
};

static bool reads(const struct archive_source *source, const struct looking *l)
{
	return source->plugin && str_eq(source->place.store, l->store) &&
	       str_eq(source->place.server, l->folder);
}

static bool reads_none(void *ctx, const struct known *cluster)
{
	const struct archive *a = cluster->archive;

	return !reads(&a->recovery, ctx) && !reads(&a->replica, ctx);
}

/* Nobody archives there, by whatever ObjectStore; none of this one reads there; and no Cluster is
 * called so. */
static bool is_orphaned(const struct rule_ctx *c, struct str folder)
{
	const struct archive_place place = {.store = c->object->name, .server = folder};
	struct looking l = {c->object->name, folder};
	struct buf location = BUF_ARENA(c->arena);

	if (!view_place(c->view, c->object, &place, &location))
		return false;
	struct view_iter by_place =
		view_each(c->view, REL_LOCATION, KIND_OTHER, STR_EMPTY, buf_slice(&location));
	struct view_iter by_name = view_each(c->view, REL_NAME, KIND_CLUSTER, STR_EMPTY, folder);
	return !view_next(&by_place) && !view_next(&by_name) &&
	       store_each_user(c, c->object->name, reads_none, &l);
}

static void check_archive_orphaned(const struct rule_ctx *c)
{
	const struct probe *p = probed_store(c);
	struct str names[QUOTED_NAMES];
	struct buf text = BUF_ARENA(c->arena);
	size_t len = 0;

	if (!p || !c->probes->everywhere || !c->view || !view_is_live(c->view) ||
	    view_is_blind(c->view, KIND_CLUSTER))
		return;
	for (size_t i = 0; i < p->folders_len; i++) {
		if (!is_orphaned(c, p->folders[i]))
			continue;
		if (len < QUOTED_NAMES)
			names[len] = quoted_text(c, p->folders[i]);
		len++;
	}
	if (!len)
		return;
	quoted_names(&text, names, len);
	struct finding *f = finding_add(c, c->root, "spec.configuration.destinationPath",
					"no Cluster archives to %s that %s there: %.*s",
					len == 1 ? "a folder" : "folders",
					len == 1 ? "lies" : "lie", STR_ARG(buf_slice(&text)));
	finding_effect(
		c, f,
		"nobody prunes what lies there; it may be all that is left of a database, or belong to another Kubernetes cluster");
	finding_fix(
		c, f,
		"backup-guard probe -n %.*s %.*s - tells to when each can be restored; look into it before anything is deleted",
		STR_ARG(c->object->namespace), STR_ARG(c->object->name));
	finding_subject(c, f, STR_EMPTY);
}

static const struct rule rows[] = {
	{
		.id = "archive-orphaned",
		.kinds = KIND_OBJECT_STORE,
		.scope = SCOPE_BUCKET,
		.severity = SEV_INFO,
		.check = check_archive_orphaned,
		.summary = "A folder of the store is the archive of no Cluster",
		.reference = "https://cloudnative-pg.io/plugin-barman-cloud/docs/retention/",
	},
};

RULE_ROWS(archive_orphaned);
