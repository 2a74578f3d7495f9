/* The manifest: what a restore changes first, then the rest of the Cluster as it is. */
#include "internal.h"

#include "base/utc.h"
#include "rules/exemption.h"

#include <inttypes.h>

#define SOURCE "origin" /* how the new Cluster calls what it is restored from */

/* Of who applies objects, and prunes what bears its mark, not of the object; and states of a
 * Cluster that is not this one. A name that ends with '/' is a prefix. */
static const char *const left_out[] = {
	"app.kubernetes.io/instance",
	"app.kubernetes.io/managed-by",
	"applyset.kubernetes.io/",
	"argocd.argoproj.io/",
	"cli-utils.sigs.k8s.io/",
	"config.k8s.io/",
	"config.kubernetes.io/",
	"helm.sh/",
	"helm.toolkit.fluxcd.io/",
	"internal.config.kubernetes.io/",
	"kapp.k14s.io/",
	"kluctl.io/",
	"kubectl.kubernetes.io/",
	"kustomize.toolkit.fluxcd.io/",
	"meta.helm.sh/",
	"objectset.rio.cattle.io/",
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

static void begin_metadata(const struct restore *r, struct emit *e, struct obj root,
			   struct str name)
{
	emit_map(e, "metadata");
	emit_text(e, "name", name);
	if (r->namespace.len)
		emit_text(e, "namespace", r->namespace);
	labels(e, "labels", obj_at(root, "metadata.labels"));
}

static void metadata(const struct restore *r, struct emit *e, struct obj root, struct str name)
{
	begin_metadata(r, e, root, name);
	labels(e, "annotations", obj_at(root, "metadata.annotations"));
	emit_close(e);
}

#define QUORUM "alpha.cnpg.io/failoverQuorum" /* refused without postgresql.synchronous */

/* No rule is to miss a backup; what else is exempted stays so. */
static void drill_metadata(const struct restore *r, struct emit *e)
{
	const struct object *o = restore_cluster(r);
	struct str allow = object_annotation(o, EXEMPTION_ALLOW);
	struct str reason = object_annotation(o, EXEMPTION_REASON);
	struct obj all = obj_at(o->root, "metadata.annotations");

	begin_metadata(r, e, o->root, r->as);
	emit_map(e, "annotations");
	for (struct obj m = obj_first(all); m.node; m = obj_next(m))
		if (!is_left_out(obj_key(m)) && !str_is(obj_key(m), QUORUM) &&
		    !str_has_prefix(obj_key(m), STR("backup-guard.io/")))
			emit_member(e, obj_key(m), m);
	emit_text(e, EXEMPTION_ALLOW,
		  arena_fmt(r->arena, "%.*s%scluster-without-backup", STR_ARG(allow),
			    allow.len ? ", " : ""));
	emit_text(e, EXEMPTION_REASON,
		  reason.len ? reason : STR("a drill: it is deleted when it was looked at"));
	emit_close(e);
	emit_close(e);
}

static void application(const struct restore *r, struct emit *e)
{
	struct application app = restore_application(r);
	struct obj secret = obj_at(restore_bootstrap(r), "secret");

	if (app.database.len)
		emit_text(e, "database", app.database);
	if (app.owner.len)
		emit_text(e, "owner", app.owner);
	if (obj_type(secret) == OBJ_MAP)
		emit_member(e, STR("secret"), secret);
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
				e, "%s",
				p->base->info.timeline != p->timeline
					? "a base backup of an older timeline is taken by its id only"
					: "CloudNativePG by itself takes a newer base backup, from which nothing leads to that moment");
		emit_text(e, "backupID", p->base->id);
	}
	if (p->name_timeline)
		emit_text(e, "targetTLI", arena_fmt(r->arena, "%u", p->timeline));
	else if (p->target.goal == RESTORE_LATEST)
		emit_text(e, "targetTLI", STR("latest")); /* that is meant: an id says no end */
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

/* An entry that the restore writes anew, or leaves out; one of the plugin that does nothing stays.
 */
static bool is_replaced(const struct restore *r, struct obj plugin)
{
	return (r->by_plugin || r->in->drill) && str_is(obj_text(plugin, "name"), PLUGIN_NAME);
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
	size_t others = 0;

	for (struct obj p = obj_first(all); p.node; p = obj_next(p))
		others += !is_replaced(r, p);
	if (r->in->drill ? !others : !obj_len(all))
		return;
	emit_list(e, "plugins");
	if (r->by_plugin && !r->in->drill) {
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

	if (!obj_len(from) || r->in->drill)
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

/* Its additional Services have names of their own, which those of the old Cluster have, and in
 * another namespace addresses and host names that lead clients to the copy. */
static void managed(const struct restore *r, struct emit *e, struct obj from)
{
	bool has = obj_at(from, "services.additional").node;

	if (!has || r->in_place) {
		emit_member(e, obj_key(from), from);
		return;
	}
	emit_comment(e, "without services.additional: their names and addresses are of %.*s",
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

static bool is_changed(const struct restore *r, struct str key)
{
	static const char *const keys[] = {"bootstrap", "externalClusters", "plugins", "backup",
					   "replica"};
	/* of a drill, which has one instance, and waits for no other */
	static const char *const instances[] = {"instances", "minSyncReplicas", "maxSyncReplicas"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_is(key, keys[i]))
			return true;
	for (size_t i = 0; r->in->drill && i < ARRAY_LEN(instances); i++)
		if (str_is(key, instances[i]))
			return true;
	return false;
}

/* A drill waits for no standby. */
static void postgresql(const struct restore *r, struct emit *e, struct obj from)
{
	if (!r->in->drill || !obj_at(from, "synchronous").node) {
		emit_member(e, obj_key(from), from);
		return;
	}
	emit_map(e, "postgresql");
	for (struct obj m = obj_first(from); m.node; m = obj_next(m))
		if (!str_is(obj_key(m), "synchronous"))
			emit_member(e, obj_key(m), m);
	emit_close(e);
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
		if (is_changed(r, obj_key(m)))
			continue;
		if (first)
			emit_comment(e, "the rest is that of %.*s", STR_ARG(restore_place(r)));
		first = false;
		if (str_is(obj_key(m), "managed"))
			managed(r, e, m);
		else if (str_is(obj_key(m), "postgresql"))
			postgresql(r, e, m);
		else
			emit_member(e, obj_key(m), m);
	}
}

static void cluster(const struct restore *r, struct emit *e)
{
	const struct object *o = restore_cluster(r);

	emit_text(e, "apiVersion", o->api_version);
	emit_text(e, "kind", o->kind_name);
	if (r->in->drill)
		drill_metadata(r, e);
	else
		metadata(r, e, o->root, r->as);
	emit_map(e, "spec");
	bootstrap(r, e);
	source(r, e);
	plugins(r, e);
	backup(r, e);
	if (obj_at(o->root, "spec.replica").node)
		emit_comment(e, "no replica: it is a primary, and follows nobody");
	if (r->in->drill) {
		emit_comment(e, "to be thrown away: it archives nothing");
		emit_int(e, "instances", 1);
	}
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
	metadata(r, e, k->object.root, k->object.name);
	emit_member(e, STR("spec"), obj_at(k->object.root, "spec"));
	emit_document(e);
}

void restore_write(struct restore *r)
{
	struct emit e = EMIT(&r->manifest);
	const struct object *o = restore_cluster(r);
	struct majors majors;

	emit_comment(&e, "Restores Cluster %.*s from its archive%s.",
		     STR_ARG(restore_called(r, o->namespace, o->name)),
		     r->in->drill ? ", to be looked at and thrown away" : "");
	for (size_t i = 0; i < r->mends_len; i++)
		emit_comment(&e, "BEFORE IT IS APPLIED: %.*s.", STR_ARG(r->mends[i]));
	if (restore_is_unsaved(r, &majors))
		emit_comment(
			&e,
			"KEEP THE OLD CLUSTER: no base backup of PostgreSQL %" PRId64
			" is known, so what was written since the upgrade is in its volumes alone.",
			majors.image);
	if (r->by_plugin && r->moves) {
		store(r, &e, restore_store(r, r->read));
		if (!str_eq(r->read, r->store) && !r->in->drill)
			store(r, &e, restore_store(r, r->store));
	}
	cluster(r, &e);
	if (r->in->drill)
		restore_write_job(r, &e);
}
