#include "facts/probed.h"

#include "base/arena.h"
#include "facts/cluster.h"
#include "facts/quoted.h"
#include "facts/store.h"

/* One that somebody asked. */
static const struct probe *find(const struct rule_ctx *c, struct str namespace, struct str store,
				struct str cluster)
{
	const struct probe *p = probes_find(c->probes, namespace, store, cluster);

	return p && !p->unasked.len ? p : NULL;
}

/* Of the ObjectStore to which a Cluster archives: where one of the two says no namespace, it is
 * that of the other. */
static const struct probe *find_store(const struct rule_ctx *c)
{
	const struct archive_place *place = &c->archive->place;
	const struct known *store = c->view ? view_store(c->view, c->object, place) : NULL;

	return find(c, store ? store->object.namespace : c->object->namespace, place->store,
		    STR_EMPTY);
}

const struct probe *probed_store(const struct rule_ctx *c)
{
	if (c->object->kind == KIND_OBJECT_STORE)
		return find(c, c->object->namespace, c->object->name, STR_EMPTY);
	return c->archive->in_tree.node ? find(c, c->object->namespace, STR_EMPTY, c->object->name)
					: NULL;
}

/* What was listed of it says something. */
static void tell(const struct rule_ctx *c, struct probed_archive a, struct str server,
		 probed_archive_fn *each)
{
	a.server = a.probe ? probe_server_find(a.probe, server) : NULL;
	a.catalogue = a.server ? a.server->catalogue : NULL;
	if (a.catalogue && !a.server->problem.len)
		each(c, &a);
}

void probed_each_source(const struct rule_ctx *c, probed_source_fn *each, void *ctx)
{
	const struct archive_source *sources[] = {&c->archive->recovery, &c->archive->replica};
	bool same = str_eq(sources[0]->name, sources[1]->name);

	if (obj_text(c->root, "status.currentPrimary").len && !cluster_follows_source(c))
		return;
	for (size_t i = 0; i < (same ? 1 : ARRAY_LEN(sources)); i++) {
		const struct probe *p = probes_find_external(c->probes, c->object->namespace,
							     c->object->name, sources[i]->name);

		if (sources[i]->in_tree.node && !sources[i]->plugin && p && !p->unasked.len)
			each(ctx, sources[i], p);
	}
}

static void each_of_cluster(const struct rule_ctx *c, probed_archive_fn *each)
{
	const struct archive *ar = c->archive;
	struct probed_archive a = {.archived = true};
	bool plugin = cluster_archives_by_plugin(c);

	if (plugin) {
		a.probe = find_store(c);
		a.at = ar->last_enabled;
		a.path = "parameters.serverName";
		a.by_plugin = true;
		tell(c, a, ar->place.server, each);
	}
	if (ar->in_tree.node && !(plugin && ar->wal_archiver)) {
		a.probe = probed_store(c);
		a.at = ar->in_tree;
		a.path = "serverName";
		a.by_plugin = false;
		tell(c, a, archive_in_tree_server(ar->in_tree, c->object->name), each);
	}
}

int64_t probed_newest_backup(const struct rule_ctx *c)
{
	const struct archive *ar = c->archive;
	bool plugin = cluster_archives_by_plugin(c);
	const struct probe *p = NULL;
	struct str server = ar->place.server;

	if (!c->probes)
		return 0;
	if (plugin) {
		p = find_store(c);
	} else if (ar->in_tree.node) {
		p = probed_store(c);
		server = archive_in_tree_server(ar->in_tree, c->object->name);
	}
	return p ? probe_server_backed(probe_server_find(p, server)) : 0;
}

struct telling {
	const struct rule_ctx *c;
	probed_archive_fn *each;
};

static void tell_source(void *ctx, const struct archive_source *source, const struct probe *p)
{
	const struct telling *t = ctx;
	const struct probed_archive a = {
		.probe = p, .at = source->in_tree, .path = "destinationPath"};

	tell(t->c, a, archive_in_tree_server(source->in_tree, source->name), t->each);
}

struct looking {
	const struct rule_ctx *c;
	struct str server;
};

static bool archives_elsewhere(void *ctx, const struct known *cluster)
{
	const struct looking *l = ctx;

	return !store_is_archive_of(cluster, l->c->object->name) ||
	       !str_eq(cluster->archive->place.server, l->server);
}

void probed_each_archive(const struct rule_ctx *c, probed_archive_fn *each)
{
	struct probed_archive a = {.probe = c->object->kind == KIND_OBJECT_STORE ? probed_store(c)
										 : NULL};

	if (c->object->kind == KIND_CLUSTER) {
		each_of_cluster(c, each);
		probed_each_source(c, tell_source, &(struct telling){c, each});
	}
	a.at = store_configuration(c);
	a.path = "destinationPath";
	a.by_plugin = true;
	for (size_t i = 0; a.probe && c->view && i < a.probe->servers_len; i++) {
		struct looking l = {c, a.probe->servers[i].name};

		if (!a.probe->servers[i].beside &&
		    store_each_user(c, c->object->name, archives_elsewhere, &l))
			tell(c, a, l.server, each);
	}
}

struct str probed_backup_command(const struct rule_ctx *c, const struct probed_archive *a)
{
	struct str namespace = c->object->namespace;

	return arena_fmt(c->arena, "kubectl cnpg backup%s%.*s %.*s%s", namespace.len ? " -n " : "",
			 STR_ARG(namespace), STR_ARG(c->object->name),
			 a->by_plugin ? " --method plugin --plugin-name " PLUGIN_NAME : "");
}

const struct s3_failure *probed_failure(const struct rule_ctx *c, enum probe_call call)
{
	const struct probe *p = probed_store(c);

	return p && p->calls[call].said == PROBE_NO ? &p->calls[call].why : NULL;
}

const char *probed_operation(enum probe_call call)
{
	static const char *const operations[PROBE_CALLS] = {
		[PROBE_HEAD] = "HeadBucket",	[PROBE_LIST] = "ListObjectsV2",
		[PROBE_READ] = "GetObject",	[PROBE_WRITE] = "PutObject",
		[PROBE_FIND] = "ListObjectsV2", [PROBE_DELETE] = "DeleteObjects",
	};

	return operations[call];
}

struct str probed_answer(const struct rule_ctx *c, const struct s3_failure *why)
{
	if (!why->status)
		return STR("no answer");
	return why->code.len ? arena_fmt(c->arena, "%.*s (HTTP %ld)",
					 STR_ARG(quoted_text(c, why->code)), why->status)
			     : arena_fmt(c->arena, "HTTP %ld", why->status);
}

struct str probed_words(const struct rule_ctx *c, const struct s3_failure *why)
{
	struct str text = quoted_text(c, why->message);

	while (text.len && text.ptr[text.len - 1] == '.')
		text.len--;
	return text.len ? arena_fmt(c->arena, "%.*s; ", STR_ARG(text)) : STR_EMPTY;
}

bool probed_is_denied(const struct s3_failure *why)
{
	return str_is(why->code, "AccessDenied") || (!why->code.len && why->status == 403);
}

struct finding *probed_add_at_keys(const struct rule_ctx *c, const char *field, struct str message)
{
	struct obj configuration = store_configuration(c);
	const char *path = obj_at(configuration, field).node ? field : "s3Credentials";

	if (store_kind(configuration) != STORE_S3)
		path = "destinationPath";
	return finding_add(c, configuration, path, "%.*s", STR_ARG(message));
}
