/* The manifest: what a restore changes first, then the rest of the Cluster as it is. */
#include "internal.h"

#include "base/utc.h"

#define SOURCE "origin" /* how the new Cluster calls what it is restored from */

/* Of who applies objects, not of the object; and states of a Cluster that is not this one. A name
 * that ends with '/' is a prefix. */
static const char *const left_out[] = {
	"app.kubernetes.io/instance",
	"app.kubernetes.io/managed-by",
	"argocd.argoproj.io/",
	"config.kubernetes.io/",
	"helm.sh/",
	"helm.toolkit.fluxcd.io/",
	"internal.config.kubernetes.io/",
	"kubectl.kubernetes.io/",
	"kustomize.toolkit.fluxcd.io/",
	"meta.helm.sh/",
	"cnpg.io/fencedInstances",
	"cnpg.io/hibernation",
	"cnpg.io/reconciliationLoop",
	"cnpg.io/reloadedAt",
	"cnpg.io/skipEmptyWalArchiveCheck",
};

static bool is_left_out(struct str key)
{
	for (size_t i = 0; i < ARRAY_LEN(left_out); i++) {
		struct str name = str_from(left_out[i]);

		if (name.ptr[name.len - 1] == '/' ? str_has_prefix(key, name) : str_eq(key, name))
			return true;
	}
	return false;
}

static void labels(struct emit *e, const char *key, struct obj from)
{
	size_t left = 0;

	for (struct obj m = obj_first(from); m.node; m = obj_next(m))
		left += !is_left_out(obj_key(m));
	if (!left)
		return;
	emit_map(e, key);
	for (struct obj m = obj_first(from); m.node; m = obj_next(m))
		if (!is_left_out(obj_key(m)))
			emit_member(e, obj_key(m), m);
	emit_close(e);
}

static void metadata(struct emit *e, struct obj root, struct str namespace, struct str name)
{
	emit_map(e, "metadata");
	emit_text(e, "name", name);
	if (namespace.len)
		emit_text(e, "namespace", namespace);
	labels(e, "labels", obj_at(root, "metadata.labels"));
	labels(e, "annotations", obj_at(root, "metadata.annotations"));
	emit_close(e);
}

/* CloudNativePG's defaults of initdb, which it does not write down where nothing is said. */
static void application(const struct restore *r, struct emit *e)
{
	struct obj from = restore_bootstrap(r);
	struct obj bootstrap = obj_at(restore_cluster(r)->root, "spec.bootstrap");
	bool made = !from.node || obj_type(obj_at(bootstrap, "initdb")) == OBJ_MAP;
	struct str database = obj_text(from, "database"), owner = obj_text(from, "owner");

	if (str_is(obj_text(from, "import.type"), "monolith"))
		made = false; /* it has databases of its own, and no application's */
	if (made && !database.len)
		database = STR("app");
	if (made && !owner.len)
		owner = database;
	if (database.len)
		emit_text(e, "database", database);
	if (owner.len)
		emit_text(e, "owner", owner);
	if (obj_type(obj_at(from, "secret")) == OBJ_MAP)
		emit_member(e, STR("secret"), obj_at(from, "secret"));
}

static void target(const struct restore *r, struct emit *e)
{
	const struct restore_plan *p = &r->plan;
	char time[UTC_TEXT];

	if (p->target.goal == RESTORE_LATEST && !p->name_base && !p->name_timeline)
		return;
	emit_map(e, "recoveryTarget");
	if (p->target.goal == RESTORE_TIME)
		emit_text(e, "targetTime", str_from(utc_format(p->target.time, time)));
	if (p->target.goal == RESTORE_IMMEDIATE)
		emit_bool(e, "targetImmediate", true);
	if (p->name_base) {
		if (p->target.goal == RESTORE_TIME)
			emit_comment(
				e,
				"the newest base backup before that moment cannot be used: WAL of it is missing");
		emit_text(e, "backupID", p->base->id);
	}
	if (p->name_timeline)
		emit_text(e, "targetTLI", arena_fmt(r->arena, "%u", p->timeline));
	emit_close(e);
}

static void bootstrap(const struct restore *r, struct emit *e)
{
	emit_comment(e, "the data comes from the archive");
	emit_map(e, "bootstrap");
	emit_map(e, "recovery");
	emit_text(e, "source", STR(SOURCE));
	application(r, e);
	target(r, e);
	emit_close(e);
	emit_close(e);
}

static void parameters(struct emit *e, struct str store, struct str server)
{
	emit_map(e, "parameters");
	emit_text(e, "barmanObjectName", store);
	emit_text(e, "serverName", server);
	emit_close(e);
}

static void in_tree(struct emit *e, struct obj configuration, struct str server)
{
	emit_map(e, "barmanObjectStore");
	for (struct obj m = obj_first(configuration); m.node; m = obj_next(m))
		if (!str_is(obj_key(m), "serverName"))
			emit_member(e, obj_key(m), m);
	emit_text(e, "serverName", server);
	emit_close(e);
}

static void source(const struct restore *r, struct emit *e)
{
	emit_list(e, "externalClusters");
	emit_comment(e, "what Cluster %.*s archived", STR_ARG(restore_cluster(r)->name));
	emit_item(e);
	emit_text(e, "name", STR(SOURCE));
	if (r->by_plugin) {
		emit_map(e, "plugin");
		emit_text(e, "name", STR(PLUGIN_NAME));
		parameters(e, r->read, r->server);
		emit_close(e);
	} else {
		in_tree(e, r->archive.in_tree, r->server);
	}
	emit_close(e);
	emit_close(e);
}

/* An entry that the restore writes anew; one of the plugin that does nothing stays. */
static bool is_replaced(const struct restore *r, struct obj plugin)
{
	return r->by_plugin && str_is(obj_text(plugin, "name"), PLUGIN_NAME);
}

/* As before, and always where it may: two that archive WAL are refused. */
static bool archives_wal(const struct restore *r, struct obj plugins)
{
	bool was = false, other = false;

	for (struct obj p = obj_first(plugins); p.node; p = obj_next(p)) {
		bool does = obj_true(p, "enabled", true) && obj_true(p, "isWALArchiver", false);

		was |= does && is_replaced(r, p);
		other |= does && !is_replaced(r, p);
	}
	return was || (!other && !r->archive.in_tree.node);
}

static void why_new(const struct restore *r, struct emit *e)
{
	emit_comment(
		e,
		"an archive of its own: that of %.*s is not empty, and nothing is archived to one that is not",
		STR_ARG(r->server));
}

static void plugins(const struct restore *r, struct emit *e)
{
	struct obj all = obj_at(restore_cluster(r)->root, "spec.plugins");

	if (!obj_len(all))
		return;
	emit_list(e, "plugins");
	if (r->by_plugin) {
		why_new(r, e);
		emit_item(e);
		emit_text(e, "name", STR(PLUGIN_NAME));
		if (archives_wal(r, all))
			emit_bool(e, "isWALArchiver", true);
		parameters(e, r->store, r->new_server);
		emit_close(e);
	}
	for (struct obj p = obj_first(all); p.node; p = obj_next(p))
		if (!is_replaced(r, p))
			emit_value(e, p);
	emit_close(e);
}

static void backup(const struct restore *r, struct emit *e)
{
	struct obj from = obj_at(restore_cluster(r)->root, "spec.backup");

	if (!obj_len(from))
		return;
	emit_map(e, "backup");
	for (struct obj m = obj_first(from); m.node; m = obj_next(m)) {
		if (!str_is(obj_key(m), "barmanObjectStore")) {
			emit_member(e, obj_key(m), m);
			continue;
		}
		why_new(r, e);
		in_tree(e, m, r->new_server);
	}
	emit_close(e);
}

/* Its additional Services have names of their own, which those of the old Cluster have. */
static void managed(const struct restore *r, struct emit *e, struct obj from)
{
	bool has = obj_at(from, "services.additional").node;

	if (!has || r->in_place || r->moves) {
		emit_member(e, obj_key(from), from);
		return;
	}
	emit_comment(e, "without services.additional: the Services of those names are of %.*s",
		     STR_ARG(restore_cluster(r)->name));
	emit_map(e, "managed");
	for (struct obj m = obj_first(from); m.node; m = obj_next(m)) {
		if (!str_is(obj_key(m), "services")) {
			emit_member(e, obj_key(m), m);
			continue;
		}
		emit_map(e, "services");
		for (struct obj s = obj_first(m); s.node; s = obj_next(s))
			if (!str_is(obj_key(s), "additional"))
				emit_member(e, obj_key(s), s);
		emit_close(e);
	}
	emit_close(e);
}

static bool is_changed(struct str key)
{
	static const char *const keys[] = {"bootstrap", "externalClusters", "plugins", "backup",
					   "replica"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(key, keys[i]))
			return true;
	return false;
}

bool restore_names_image(const struct restore *r)
{
	struct obj spec = obj_at(restore_cluster(r)->root, "spec");

	return obj_type(obj_at(spec, "imageName")) > OBJ_NULL_VALUE ||
	       obj_type(obj_at(spec, "imageCatalogRef")) > OBJ_NULL_VALUE;
}

static void rest(const struct restore *r, struct emit *e)
{
	struct obj spec = obj_at(restore_cluster(r)->root, "spec");
	struct str image = obj_text(restore_cluster(r)->root, "status.image");
	bool first = true;

	if (!restore_names_image(r) && image.len) {
		emit_comment(e, "what it runs: another major version cannot open its files");
		emit_text(e, "imageName", image);
	}

	for (struct obj m = obj_first(spec); m.node; m = obj_next(m)) {
		if (is_changed(obj_key(m)))
			continue;
		if (first)
			emit_comment(e, "the rest is that of %.*s", STR_ARG(restore_place(r)));
		first = false;
		if (str_is(obj_key(m), "managed"))
			managed(r, e, m);
		else
			emit_member(e, obj_key(m), m);
	}
}

static void cluster(const struct restore *r, struct emit *e)
{
	const struct object *o = restore_cluster(r);

	emit_text(e, "apiVersion", o->api_version);
	emit_text(e, "kind", o->kind_name);
	metadata(e, o->root, r->namespace, r->as);
	emit_map(e, "spec");
	bootstrap(r, e);
	source(r, e);
	plugins(r, e);
	backup(r, e);
	if (obj_at(o->root, "spec.replica").node)
		emit_comment(e, "no replica: it is a primary, and follows nobody");
	rest(r, e);
	emit_close(e);
}

static void store(const struct restore *r, struct emit *e, const struct known *k)
{
	if (!k)
		return;
	emit_comment(e, "a copy of the one in namespace %.*s",
		     STR_ARG(restore_cluster(r)->namespace));
	emit_text(e, "apiVersion", k->object.api_version);
	emit_text(e, "kind", k->object.kind_name);
	metadata(e, k->object.root, r->namespace, k->object.name);
	emit_member(e, STR("spec"), obj_at(k->object.root, "spec"));
	emit_document(e);
}

void restore_write(struct restore *r)
{
	struct emit e = EMIT(&r->manifest);
	const struct object *o = restore_cluster(r);

	emit_comment(&e, "Restores Cluster %.*s from its archive.",
		     STR_ARG(restore_called(r, o->namespace, o->name)));
	if (r->by_plugin && r->moves) {
		store(r, &e, restore_store(r, r->read));
		if (!str_eq(r->read, r->store))
			store(r, &e, restore_store(r, r->store));
	}
	cluster(r, &e);
}
