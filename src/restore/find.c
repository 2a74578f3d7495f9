/* The Cluster that is meant, among all that are applied. */
#include "internal.h"

enum { SHOWN = 5 }; /* of several, in a message */

bool restore_name_read(struct str text, struct restore_input *in, struct err *err)
{
	size_t slash = str_find_byte(text, '/');

	in->cluster = text;
	if (slash == STR_NONE)
		return true;
	struct str namespace = str_slice(text, 0, slash);

	in->cluster = str_slice(text, slash + 1, text.len);
	if (!object_is_name(namespace) || !object_is_name(in->cluster))
		return err_set(err, E_VALUE, "'%.*s' is neither CLUSTER nor NAMESPACE/CLUSTER",
			       STR_ARG(text));
	if (in->namespace.len && !str_eq(in->namespace, namespace))
		return err_set(err, E_VALUE, "%.*s is not in namespace %.*s, which -n names",
			       STR_ARG(text), STR_ARG(in->namespace));
	in->namespace = namespace;
	return true;
}

static struct str place_of(const struct restore *r, const struct held *h, const struct use *u)
{
	uint32_t line = obj_pos(u->object.root).line;

	if (r->in->kube)
		return STR("the live Cluster");
	if (!line)
		return h->file->name;
	return arena_fmt(r->arena, "%.*s:%u", STR_ARG(doc_name(obj_source(u->object.root))), line);
}

struct str restore_place(const struct restore *r)
{
	return place_of(r, r->held, r->use);
}

struct search {
	struct restore *r;
	struct buf found, others;
	size_t found_len, others_len;
	bool made; /* the last that was found is made by a chart */
};

static void add(struct buf *list, size_t *len, struct str text)
{
	if (*len < SHOWN)
		buf_fmt(list, "%s%.*s", *len ? ", " : "", STR_ARG(text));
	else if (*len == SHOWN)
		buf_text(list, ", ...");
	++*len;
}

static bool is_meant(const struct restore_input *in, const struct object *o)
{
	return str_eq(o->name, in->cluster) &&
	       (!in->namespace.len || str_eq(o->namespace, in->namespace));
}

/* The same object of several roots is one. */
static void consider(struct search *s, const struct held *h, const struct use *u, bool made)
{
	struct restore *r = s->r;
	const struct object *o = &u->object;

	if (o->kind != KIND_CLUSTER || o->part || o->misnamed)
		return;
	struct str called = restore_called(r, o->namespace, o->name);
	if (!is_meant(r->in, o)) {
		add(&s->others, &s->others_len, called);
		return;
	}
	if (r->use && str_eq(o->namespace, restore_cluster(r)->namespace) &&
	    obj_equal(o->root, restore_cluster(r)->root))
		return;
	add(&s->found, &s->found_len,
	    arena_fmt(r->arena, "%.*s (%.*s)", STR_ARG(called), STR_ARG(place_of(r, h, u))));
	r->held = h;
	r->use = u;
	s->made = made;
}

static void consider_all(struct search *s, const struct held *h, bool made)
{
	for (const struct use *u = h->uses; u; u = u->next)
		consider(s, h, u, made);
}

static struct str place_read(const struct restore *r)
{
	const struct restore_input *in = r->in;

	if (!in->kube)
		return STR("what was read");
	return arena_fmt(r->arena, "namespace %.*s%s%.*s", STR_ARG(in->namespace),
			 in->context.len ? " of context " : "", STR_ARG(in->context));
}

/* Where one may be that is not where it was looked for. */
static struct str where_else(const struct restore *r)
{
	return arena_fmt(
		r->arena,
		"; another namespace is named by -n NAMESPACE%s; of one that is gone give the manifest: -f FILE --credentials secret",
		r->in->context.len ? ", another context by --context" : "");
}

bool restore_find(struct restore *r, struct err *err)
{
	struct search s = {.r = r, .found = BUF_ARENA(r->arena), .others = BUF_ARENA(r->arena)};
	const struct catalog *catalog = r->placed->catalog;
	struct str name = restore_called(r, r->in->namespace, r->in->cluster);
	struct str gone = r->in->kube ? where_else(r) : STR_EMPTY;

	for (size_t i = 0; i < catalog->len; i++)
		for (const struct held *h = catalog->files[i].first; h; h = h->next) {
			consider_all(&s, h, false);
			for (const struct held *m = h->made; m; m = m->next)
				consider_all(&s, m, true);
		}
	if (s.found_len > 1)
		return err_set(err, E_VALUE,
			       "%zu Clusters are called %.*s: %.*s; name one by -n or by its files",
			       s.found_len, STR_ARG(name), STR_ARG(buf_slice(&s.found)));
	if (!s.found_len && s.others_len)
		return err_set(err, E_VALUE, "no Cluster is called %.*s; there %s %.*s%.*s",
			       STR_ARG(name), s.others_len == 1 ? "is" : "are",
			       STR_ARG(buf_slice(&s.others)), STR_ARG(gone));
	if (!s.found_len)
		return err_set(err, E_VALUE, "no Cluster is in %.*s%.*s", STR_ARG(place_read(r)),
			       STR_ARG(gone));
	if (s.made)
		return err_set(
			err, E_VALUE,
			"Cluster %.*s is made by a Helm chart, of which not all is known: give the live one by -f, as kubectl get clusters.postgresql.cnpg.io -o yaml prints it",
			STR_ARG(name));
	r->view = (struct view){.inventory = r->placed->inventory, .bundle = r->use->bundle};
	r->policy = check_policy(r->placed, r->held->file);
	return true;
}
