/* To which archive the Cluster writes, which one a restore reads, and where the new Cluster writes
 * to. */
#include "base/utf8.h"
#include "cnpg/location.h"
#include "facts/cluster.h"
#include "internal.h"

#define MOST_NAME 50 /* bytes of a Cluster's name (CloudNativePG's webhook) */

static bool locate(const struct restore *r, struct str store, struct buf *out)
{
	const struct known *k = restore_store(r, store);
	struct obj configuration =
		k ? obj_at(k->object.root, "spec.configuration") : (struct obj){0};

	location_of(obj_text(configuration, "endpointURL"),
		    obj_text(configuration, "destinationPath"), STR_EMPTY, out);
	return obj_text(configuration, "destinationPath").len;
}

/* Nobody archives to this ObjectStore. */
static bool is_only_read(const struct restore *r, struct str store)
{
	struct view_iter it =
		view_each(&r->view, REL_STORE, KIND_OTHER, restore_cluster(r)->namespace, store);

	for (const struct known *k; (k = view_next(&it));)
		if (k->archive && str_eq(k->archive->place.store, store))
			return false;
	return true;
}

/* An ObjectStore that the Cluster declares for reading the same place, with less rights maybe. */
static struct str store_to_read(const struct restore *r)
{
	struct buf own = BUF_ARENA(r->arena);
	struct obj list = obj_at(restore_cluster(r)->root, "spec.externalClusters");

	if (!locate(r, r->store, &own))
		return r->store;
	for (struct obj e = obj_first(list); e.node; e = obj_next(e)) {
		struct str store = obj_text(e, "plugin.parameters.barmanObjectName");
		struct buf place = BUF_ARENA(r->arena);

		if (str_is(obj_text(e, "plugin.name"), PLUGIN_NAME) && !str_eq(store, r->store) &&
		    locate(r, store, &place) && str_eq(buf_slice(&place), buf_slice(&own)) &&
		    is_only_read(r, store))
			return store;
	}
	return r->store;
}

static bool settle_archive(struct restore *r, struct err *err)
{
	const struct object *o = restore_cluster(r);
	struct str called = restore_called(r, o->namespace, o->name);

	archive_resolve(o, &r->archive);
	r->by_plugin = archive_by_plugin(&r->archive);
	if (r->by_plugin) {
		r->store = r->archive.place.store;
		r->server = r->archive.place.server;
		r->read = store_to_read(r);
	} else if (r->archive.in_tree.node) {
		r->server = archive_in_tree_server(r->archive.in_tree, o->name);
	} else {
		return err_set(
			err, E_VALUE,
			"Cluster %.*s archives nowhere: it has no enabled plugin " PLUGIN_NAME
			" with a barmanObjectName, and no backup.barmanObjectStore",
			STR_ARG(called));
	}
	if (!r->server.len)
		return err_set(
			err, E_VALUE,
			"Cluster %.*s archives under an empty serverName, which a recovery cannot name: there it means the new Cluster's own name",
			STR_ARG(called));
	return true;
}

static bool is_label(struct str name)
{
	return object_is_name(name) && str_find_byte(name, '.') == STR_NONE;
}

static bool is_sound(struct str name, struct err *err)
{
	if (!is_label(name))
		return err_set(
			err, E_VALUE,
			"'%.*s' is no name of a Cluster: small letters, digits and '-', a letter or digit at both ends",
			STR_ARG(name));
	if (name.len > MOST_NAME)
		return err_set(
			err, E_VALUE,
			"the name %.*s has %zu characters, and a Cluster's at most %d: give a shorter one by --as",
			STR_ARG(name), name.len, MOST_NAME);
	return true;
}

bool restore_names_check(const struct restore_input *in, struct err *err)
{
	if (in->as.len && !is_sound(in->as, err))
		return false;
	return !in->in_namespace.len || is_label(in->in_namespace) ||
	       err_set(err, E_VALUE, "'%.*s' is no name of a namespace", STR_ARG(in->in_namespace));
}

static bool settle_name(struct restore *r, struct err *err)
{
	const struct object *o = restore_cluster(r);

	r->as = r->in->as.len ? r->in->as
			      : arena_fmt(r->arena, "%.*s-%s", STR_ARG(o->name),
					  r->in->drill ? "drill" : "restored");
	r->namespace = r->in->in_namespace.len ? r->in->in_namespace : o->namespace;
	r->moves = !str_eq(r->namespace, o->namespace);
	r->in_place = str_eq(r->as, o->name) && !r->moves;
	if (!is_sound(r->as, err))
		return false;
	if (r->in_place && r->in->drill)
		return err_set(
			err, E_VALUE,
			"a drill is beside the old Cluster, not in its place: give another name by --as");
	const struct known *other = view_find(&r->view, KIND_CLUSTER, r->namespace, r->as);
	if (!r->in_place && other)
		return err_set(
			err, E_VALUE,
			"there is a Cluster %.*s already, in %.*s: give another name by --as",
			STR_ARG(restore_called(r, r->namespace, r->as)),
			STR_ARG(r->in->kube ? STR("Kubernetes") : other->file));
	return true;
}

/* An ObjectStore that is written would change one of its name that is there. */
static bool is_free(const struct restore *r, struct str store, struct err *err)
{
	const struct known *ours = restore_store(r, store);
	const struct known *theirs =
		r->moves && r->namespace.len
			? view_find(&r->view, KIND_OBJECT_STORE, r->namespace, store)
			: NULL;

	if (!ours || !theirs || ours == theirs || !str_eq(theirs->object.namespace, r->namespace) ||
	    obj_equal(obj_at(ours->object.root, "spec"), obj_at(theirs->object.root, "spec")))
		return true;
	return err_set(
		err, E_VALUE,
		"namespace %.*s has an ObjectStore %.*s of its own, which the manifest would change: restore into another namespace",
		STR_ARG(r->namespace), STR_ARG(store));
}

bool restore_settle(struct restore *r, struct err *err)
{
	return settle_archive(r, err) && settle_name(r, err) && is_free(r, r->store, err) &&
	       is_free(r, r->read, err);
}

const struct object *restore_read_from(const struct restore *r)
{
	const struct known *store = r->by_plugin ? restore_store(r, r->read) : NULL;

	if (!r->by_plugin)
		return restore_cluster(r);
	return store ? &store->object : NULL;
}

/* A server of this name has an archive, or will have. */
struct taken {
	struct str name;
	bool found;
};

static void compare(void *ctx, struct str server)
{
	struct taken *t = ctx;

	t->found |= str_eq(server, t->name);
}

/* In any namespace: two may share a bucket. */
static void look_at(const struct held *h, struct taken *t)
{
	static const char *const paths[] = {
		"metadata.name",
		"spec.plugins[].parameters.serverName",
		"spec.backup.barmanObjectStore.serverName",
		"spec.externalClusters[].plugin.parameters.serverName",
		"spec.externalClusters[].barmanObjectStore.serverName",
	};

	for (const struct use *u = h->uses; u && !t->found; u = u->next) {
		struct obj root = u->object.root;

		for (size_t i = 0; u->object.kind == KIND_CLUSTER && i < ARRAY_LEN(paths); i++)
			restore_each_text(root, paths[i], compare, t);
		struct obj windows = obj_at(root, "status.serverRecoveryWindow");
		if (u->object.kind == KIND_OBJECT_STORE)
			t->found |= obj_member(windows, t->name).node != NULL;
	}
}

static bool is_taken(const struct restore *r, struct str name, const struct restore_bucket *bucket)
{
	const struct catalog *catalog = r->placed->catalog;
	struct taken t = {.name = name};

	for (size_t i = 0; i < bucket->servers_len; i++)
		compare(&t, bucket->servers[i]);
	for (size_t i = 0; i < catalog->len; i++)
		for (const struct held *h = catalog->files[i].first; h; h = h->next) {
			look_at(h, &t);
			for (const struct held *m = h->made; m; m = m->next)
				look_at(m, &t);
		}
	return t.found;
}

#define MOST_SERVER 240 /* bytes: 255 fit, and a number stands behind it */

void restore_name_server(struct restore *r, const struct restore_bucket *bucket)
{
	struct str like = utf8_cut(r->server, MOST_SERVER);

	while (like.len && like.ptr[0] == '-') /* which Barman takes for an option */
		like = str_slice(like, 1, like.len);
	r->new_server = cluster_next_name(r->arena, like.len ? like : r->as);
	while (is_taken(r, r->new_server, bucket))
		r->new_server = cluster_next_name(r->arena, r->new_server);
	r->is_new = bucket->catalogue && bucket->servers_whole;
}
