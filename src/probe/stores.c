#include "probe/stores.h"

#include "cnpg/location.h"
#include "facts/store.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	uint32_t bundle;
	struct object object; /* an ObjectStore, or a Cluster */
	struct str external;  /* of the Cluster: the one whose store it is; empty: its own */
	struct obj configuration, env;
	struct str *servers;
	size_t servers_len;
	bool archived, read; /* Clusters do so */
	struct str *known;   /* folders of the store that are a Cluster's, by whatever store */
	size_t known_len;
	struct probe probe;
	bool again; /* another bundle has the same: it was asked there */
	struct entry *next;
};

struct cluster {
	struct view view;
	struct object object;
	struct cluster *next;
};

/* Where a Cluster archives to, or reads from (cnpg/location.h). */
struct place {
	struct str location;
	struct place *next;
};

struct stores {
	const struct probe_options *options;
	struct arena *arena;
	struct entry *first, **last;
	size_t len;
	struct cluster *clusters, **last_cluster; /* which name servers of them */
	struct place *places;
	bool *named;	    /* of options->names: it is there */
	struct probe *seen; /* NULL: nobody has looked yet */
	uint32_t seen_from; /* the bundle */
	struct probes probes;
};

struct stores *stores_new(const struct probe_options *options, struct arena *a)
{
	struct stores *s = ARENA_NEW(a, struct stores);

	s->options = options;
	s->arena = a;
	s->last = &s->first;
	s->last_cluster = &s->clusters;
	s->named = ARENA_ARRAY(a, bool, options->names_len + 1);
	return s;
}

/* NAME or NAMESPACE/NAME. */
static bool is_called(const struct object *o, struct str name)
{
	size_t slash = str_find_byte(name, '/');

	if (slash == STR_NONE)
		return str_eq(o->name, name);
	return str_eq(o->namespace, str_slice(name, 0, slash)) &&
	       str_eq(o->name, str_slice(name, slash + 1, name.len));
}

static bool is_wanted(struct stores *s, const struct object *o)
{
	bool wanted = !s->options->names_len;

	for (size_t i = 0; i < s->options->names_len; i++) {
		if (!is_called(o, s->options->names[i]))
			continue;
		wanted = s->named[i] = true;
	}
	return wanted;
}

/* `external`: of which external cluster of it; empty: its own. */
static struct entry *find(const struct stores *s, uint32_t bundle, const struct object *o,
			  struct str external)
{
	struct entry *e = s->first;

	while (e && (e->bundle != bundle || e->object.kind != o->kind ||
		     !str_eq(e->object.name, o->name) ||
		     !str_eq(e->object.namespace, o->namespace) || !str_eq(e->external, external)))
		e = e->next;
	return e;
}

/* What is told of it outlives the documents. `source` NULL: of its own. */
static struct entry entry_of(const struct object *o, const struct archive_source *source,
			     struct arena *a)
{
	bool store = o->kind == KIND_OBJECT_STORE;
	struct entry e = {
		.object = *o,
		.env = obj_at(o->root, store ? STORE_ENV : "spec.env"),
		.external = source ? source->name : STR_EMPTY,
		.configuration = source ? source->in_tree : store_configuration_of(o),
		.probe = {.namespace = arena_str(a, o->namespace),
			  .store = store ? arena_str(a, o->name) : STR_EMPTY,
			  .cluster = store ? STR_EMPTY : arena_str(a, o->name),
			  .external = source ? arena_str(a, source->name) : STR_EMPTY,
			  .unasked = STR_EMPTY,
			  .left = STR_EMPTY},
	};

	e.probe.place = settings_place(e.configuration, a);
	return e;
}

static struct entry *add(struct stores *s, uint32_t bundle, const struct object *o,
			 const struct archive_source *source)
{
	struct entry *e;

	if (find(s, bundle, o, source ? source->name : STR_EMPTY) || !is_wanted(s, o))
		return NULL;
	e = ARENA_NEW(s->arena, struct entry);
	*e = entry_of(o, source, s->arena);
	e->bundle = bundle;
	*s->last = e;
	s->last = &e->next;
	s->len++;
	return e;
}

static void add_server(struct stores *s, struct entry *e, struct str server)
{
	struct str *more;

	if (!server.len || value_is_placeholder(server, NULL))
		return;
	for (size_t i = 0; i < e->servers_len; i++)
		if (str_eq(e->servers[i], server))
			return;
	more = ARENA_ARRAY(s->arena, struct str, e->servers_len + 1);
	if (e->servers_len)
		memcpy(more, e->servers, e->servers_len * sizeof *more);
	more[e->servers_len++] = arena_str(s->arena, server);
	e->servers = more;
}

static struct entry *add_place(struct stores *s, const struct view *v, const struct object *cluster,
			       const struct archive_place *place)
{
	const struct known *store = place->store.len ? view_store(v, cluster, place) : NULL;
	struct entry *e = store ? find(s, store->bundle, &store->object, STR_EMPTY) : NULL;

	if (e)
		add_server(s, e, place->server);
	return e;
}

static void add_archive(struct stores *s, const struct view *v, const struct object *cluster,
			const struct archive *a)
{
	struct entry *e = archive_by_plugin(a) ? add_place(s, v, cluster, &a->place) : NULL;

	if (e)
		e->archived = true;
}

static bool is_same_store(struct obj a, struct obj b)
{
	return obj_equal(obj_at(a, "destinationPath"), obj_at(b, "destinationPath")) &&
	       obj_equal(obj_at(a, "endpointURL"), obj_at(b, "endpointURL"));
}

/* What it says for itself alone: `own` is that, or NULL. */
static void add_source(struct stores *s, const struct view *v, const struct object *cluster,
		       const struct archive_source *source, struct entry *own)
{
	struct entry *e = NULL;

	if (source->plugin) {
		e = add_place(s, v, cluster, &source->place);
	} else if (source->in_tree.node && own &&
		   is_same_store(source->in_tree, own->configuration)) {
		add_server(s, own, archive_in_tree_server(source->in_tree, source->name));
	} else if (source->in_tree.node) {
		e = add(s, v->bundle, cluster, source);
		if (e)
			add_server(s, e, archive_in_tree_server(source->in_tree, source->name));
	}
	if (e)
		e->read = true;
}

void stores_add(struct stores *s, const struct view *v, const struct object *o)
{
	struct cluster *c;

	if (o->kind == KIND_OBJECT_STORE)
		add(s, v->bundle, o, NULL);
	if (o->kind != KIND_CLUSTER)
		return;
	c = ARENA_NEW(s->arena, struct cluster);
	*c = (struct cluster){*v, *o, NULL};
	*s->last_cluster = c;
	s->last_cluster = &c->next;
}

/* When all stores are known. */
static void add_servers_of(struct stores *s, const struct cluster *c)
{
	const struct view *v = &c->view;
	const struct object *o = &c->object;
	struct entry *own = NULL;
	struct archive a;

	archive_resolve(o, &a);
	add_archive(s, v, o, &a);
	if (a.in_tree.node)
		own = add(s, v->bundle, o, NULL);
	if (own) {
		add_server(s, own, archive_in_tree_server(a.in_tree, o->name));
		own->archived = true;
	}
	add_source(s, v, o, &a.recovery, own);
	if (!str_eq(a.replica.name, a.recovery.name))
		add_source(s, v, o, &a.replica, own);
}

static void note_place(struct stores *s, struct buf *location)
{
	struct place *p;

	if (!location->len)
		return;
	p = ARENA_NEW(s->arena, struct place);
	*p = (struct place){arena_str(s->arena, buf_slice(location)), s->places};
	s->places = p;
	location->len = 0;
}

static void note_plugin_place(struct stores *s, const struct cluster *c,
			      const struct archive_place *place)
{
	struct buf location CLEANUP(buf) = {0};

	if (place->store.len && view_place(&c->view, &c->object, place, &location))
		note_place(s, &location);
}

static void note_in_tree_place(struct stores *s, struct obj in_tree, struct str name)
{
	struct buf location CLEANUP(buf) = {0};

	if (!in_tree.node)
		return;
	archive_in_tree_location(in_tree, name, &location);
	note_place(s, &location);
}

static void note_places_of(struct stores *s, const struct cluster *c)
{
	struct archive a;
	const struct archive_source *sources[] = {&a.recovery, &a.replica};

	archive_resolve(&c->object, &a);
	if (archive_by_plugin(&a))
		note_plugin_place(s, c, &a.place);
	note_in_tree_place(s, a.in_tree, c->object.name);
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		if (sources[i]->plugin)
			note_plugin_place(s, c, &sources[i]->place);
		note_in_tree_place(s, sources[i]->in_tree, sources[i]->name);
	}
}

/* The folder of the store in which the place lies; empty: it does not. */
static struct str folder_of(const struct place *p, const struct buf *around)
{
	if (!str_has_prefix(p->location, buf_slice(around)))
		return STR_EMPTY;
	struct str rest = str_slice(p->location, around->len, p->location.len);

	return str_slice(rest, 0, str_find_byte(rest, '/'));
}

static void know_folders(const struct stores *s, struct entry *e)
{
	struct buf around CLEANUP(buf) = {0};
	size_t len = 0;

	location_of(obj_text(e->configuration, "endpointURL"),
		    obj_text(e->configuration, "destinationPath"), STR_EMPTY, &around);
	buf_byte(&around, '/');
	for (const struct place *p = s->places; p; p = p->next)
		len += folder_of(p, &around).len != 0;
	e->known = ARENA_ARRAY(s->arena, struct str, len + 1);
	for (const struct place *p = s->places; p; p = p->next) {
		struct str folder = folder_of(p, &around);

		if (folder.len)
			e->known[e->known_len++] = folder;
	}
}

/* Asked already, with the same configuration and for the same servers. */
static const struct entry *find_asked(const struct stores *s, const struct entry *e)
{
	for (const struct entry *o = s->first; o != e; o = o->next) {
		size_t same = 0;

		if (o->again || !str_eq(o->object.name, e->object.name) ||
		    !str_eq(o->external, e->external) ||
		    !str_eq(o->object.namespace, e->object.namespace) ||
		    !obj_equal(o->configuration, e->configuration) || !obj_equal(o->env, e->env) ||
		    o->servers_len != e->servers_len)
			continue;
		while (same < e->servers_len && str_eq(o->servers[same], e->servers[same]))
			same++;
		if (same == e->servers_len)
			return o;
	}
	return NULL;
}

struct asking {
	const struct probe_progress *progress;
	const struct probe *probe;
	size_t requests;
};

static void before_request(void *ctx)
{
	struct asking *asking = ctx;

	asking->progress->tell(asking->progress->ctx, asking->probe, ++asking->requests);
}

static void fail_within(const struct object *o, struct err *err, struct report *r)
{
	err_within(err, "%s %.*s%s%.*s: ", kind_name(o->kind), STR_ARG(o->namespace),
		   o->namespace.len ? "/" : "", STR_ARG(o->name));
	report_add_error(r, STR_EMPTY, err, STR_EMPTY);
}

/* False: it cannot be asked, which is told. */
static bool ask_with(const struct probe_options *o, struct entry *e,
		     const struct settings *settings, struct report *r)
{
	struct asking asking = {.progress = &o->progress, .probe = &e->probe};
	const struct s3_options options = {.before = o->progress.tell ? before_request : NULL,
					   .ctx = &asking,
					   .endpoint = settings->endpoint,
					   .bucket = settings->bucket,
					   .keys = settings->keys,
					   .ca = settings->ca,
					   .proxy = settings->proxy};
	const struct probe_wish wish = {.path = settings->path,
					.servers = e->servers,
					.servers_len = e->servers_len,
					.known = e->known,
					.known_len = e->known_len,
					.beside = o->alone && (o->names_len || !e->servers_len),
					.now = r->now,
					.write = o->write && !e->probe.source,
					.headers = settings->headers,
					.headers_len = settings->headers_len,
					.checksum = settings->checksum};
	CLEANUP(s3) struct s3 *s3 = NULL;
	struct err err;

	if (s3_open(&options, &s3, &err)) {
		probe_ask(s3, &wish, r->arena, &e->probe);
		return true;
	}
	e->probe.unasked = arena_fmt(r->arena, "%s", err.msg);
	fail_within(&e->object, &err, r);
	return false;
}

/* What it says lives in the report's arena. A store that was named and is not asked is an error:
 * most formats tell nothing of stores, and silence would be taken for an answer. */
static void ask(const struct probe_options *options, struct entry *e, struct arena *secrets,
		struct report *r)
{
	const struct settings_source from = {
		.namespace = e->object.namespace,
		.configuration = e->configuration,
		.env = e->env,
		.secrets = &options->secrets,
		.environment = options->environment,
	};
	struct settings settings;
	struct err err;

	bool told = !settings_read(&from, secrets, &settings, &err);

	if (told) {
		fail_within(&e->object, &err, r);
		e->probe.unasked = STR("its keys could not be read");
	} else if (settings.unasked.len) {
		e->probe.unasked = arena_str(r->arena, settings.unasked);
	} else {
		told = !ask_with(options, e, &settings, r);
	}
	if (options->names_len && e->probe.unasked.len && !told) {
		err_set(&err, E_VALUE, "it was named, and is not asked: %.*s",
			STR_ARG(e->probe.unasked));
		fail_within(&e->object, &err, r);
	}
	arena_wipe(secrets);
}

void stores_ask_one(const struct probe_options *options, const struct object *o, struct str server,
		    struct report *r, struct probe *out)
{
	CLEANUP(arena) struct arena *secrets = arena_new();
	struct entry e = entry_of(o, NULL, r->arena);

	e.servers = &server;
	e.servers_len = 1;
	ask(options, &e, secrets, r);
	*out = e.probe;
}

static void tell_unknown_names(const struct stores *s, struct report *r)
{
	for (size_t i = 0; i < s->options->names_len; i++) {
		struct err err;

		if (s->named[i])
			continue;
		err_set(&err, E_VALUE,
			"there is no ObjectStore called %.*s, and no Cluster of that name with a barmanObjectStore",
			STR_ARG(s->options->names[i]));
		report_add_error(r, STR_EMPTY, &err, STR_EMPTY);
	}
}

/* Instead of asking: what its keys need. Several are told apart by a line before each. */
static void write_policy(struct stores *s, struct entry *e, struct buf *out)
{
	struct buf policy CLEANUP(buf) = {0};

	e->probe.unasked = STR("only a policy for its keys was asked for");
	if (!settings_iam_policy(e->configuration, s->arena, &policy))
		return;
	if (s->len > 1)
		buf_fmt(out, "# %.*s%s%.*s\n", STR_ARG(e->object.namespace),
			e->object.namespace.len ? "/" : "", STR_ARG(e->object.name));
	buf_str(out, buf_slice(&policy));
}

void stores_ask(struct stores *s, struct report *r)
{
	CLEANUP(arena) struct arena *secrets = arena_new();
	struct probe *told;

	for (const struct cluster *c = s->clusters; c; c = c->next) {
		add_servers_of(s, c);
		note_places_of(s, c);
	}
	told = ARENA_ARRAY(s->arena, struct probe, s->len + 1);
	for (struct entry *e = s->first; e; e = e->next) {
		const struct entry *asked = find_asked(s, e);

		e->again = asked != NULL;
		if (asked) {
			e->probe = asked->probe;
			continue;
		}
		know_folders(s, e);
		e->probe.source = e->read && !e->archived;
		if (s->options->iam_policies)
			write_policy(s, e, s->options->iam_policies);
		else
			ask(s->options, e, secrets, r);
		told[r->stores.len++] = e->probe;
	}
	if (s->options->progress.tell)
		s->options->progress.tell(s->options->progress.ctx, NULL, 0);
	r->stores.items = told;
	tell_unknown_names(s, r);
}

const struct probes *stores_seen_from(struct stores *s, uint32_t bundle)
{
	if (s->seen && s->seen_from == bundle)
		return &s->probes;
	if (!s->seen)
		s->seen = ARENA_ARRAY(s->arena, struct probe, s->len + 1);
	s->seen_from = bundle;
	s->probes = (struct probes){.items = s->seen};
	for (const struct entry *e = s->first; e; e = e->next)
		if (e->bundle == bundle)
			s->seen[s->probes.len++] = e->probe;
	for (const struct entry *e = s->first; e; e = e->next)
		if (e->bundle != bundle)
			s->seen[s->probes.len++] = e->probe;
	return &s->probes;
}
