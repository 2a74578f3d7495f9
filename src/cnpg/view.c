#include "cnpg/view.h"

#include "base/limits.h"
#include "cnpg/location.h"
#include "internal.h"

static unsigned doubts_of(const struct inventory *inv, uint32_t bundle)
{
	return bundle < inv->doubts_len ? inv->doubts[bundle] : 0;
}

static bool sets(const struct object *o, const char *path)
{
	return obj_at(o->root, path).node != NULL;
}

/* A part that says nothing of the archive leaves its object whole: what else it brings (a way to
 * bootstrap, an annotation) is for the rules about that to look up. */
static bool completes(const struct object *part)
{
	return part->kind != KIND_CLUSTER || sets(part, "spec.backup") ||
	       sets(part, "spec.plugins");
}

/* It is of an alternative, or not what it will be. */
static bool is_passed_over(struct view_iter *it, const struct known *k)
{
	const struct view *v = it->view;
	const struct inventory *inv = v->inventory;
	enum apart apart = APART_NOT;

	if (it->relation != REL_PART && (doubts_of(inv, k->bundle) & BUNDLE_CHANGED))
		apart = APART_LOOSELY;
	else if (k->bundle != v->bundle && inv->apart)
		apart = inv->apart(inv->apart_ctx, v->bundle, k->bundle);
	it->hidden |= apart == APART_LOOSELY;
	return apart != APART_NOT;
}

/* The write that is judged replaces it, or takes it away. */
static bool is_gone(const struct view *v, const struct known *k)
{
	return (v->instead && known_same(&v->instead->object, &k->object)) ||
	       (v->without && known_same(&v->without->object, &k->object));
}

static bool lies_at(const struct view *v, const struct known *k, struct str location)
{
	struct buf locations[LOCATIONS] = {0};
	size_t len = k->archive ? view_locations(v, &k->object, k->archive, locations) : 0;
	bool found = false;

	for (size_t i = 0; i < len; i++)
		found |= str_eq(buf_slice(&locations[i]), location);
	for (size_t i = 0; i < LOCATIONS; i++)
		buf_release(&locations[i]);
	return found;
}

static bool instead_matches(const struct view_iter *it)
{
	const struct view *v = it->view;

	if (!v->instead)
		return false;
	if (it->relation == REL_LOCATION)
		return lies_at(v, v->instead, it->name);
	return keys_match(v->instead,
			  &(struct index_key){it->relation, it->kind, 0, it->namespace, it->name});
}

struct view_iter view_each(const struct view *v, enum relation relation, enum kind kind,
			   struct str namespace, struct str name)
{
	struct view_iter it = {.view = v,
			       .relation = relation,
			       .kind = kind,
			       .namespace = index_namespace(namespace),
			       .name = name};
	struct index_key key = {relation, kind, v->bundle, it.namespace, name};

	it.at = index_find(&v->inventory->index, &key);
	if (!v->bundle)
		it.phase = 1;
	return it;
}

/* Own bundle first, then what stands elsewhere, then what the write puts there. */
const struct known *view_next(struct view_iter *it)
{
	const struct view *v = it->view;

	while (it->phase < 2) {
		const struct index_entry *e = it->at;

		if (!e) {
			struct index_key all = {it->relation, it->kind, 0, it->namespace, it->name};

			it->at = it->phase++ ? NULL : index_find(&v->inventory->index, &all);
			continue;
		}
		it->at = e->next;
		if (is_gone(v, e->known) ||
		    (v->bundle && it->phase && e->known->bundle == v->bundle))
			continue;
		if (!is_passed_over(it, e->known))
			return e->known;
		if (++it->skipped == LIMIT_ALTERNATIVES)
			it->at = NULL;
	}
	if (it->phase++ == 2 && !it->others && instead_matches(it))
		return v->instead;
	return NULL;
}

static const struct known *first_of(const struct view *v, enum relation relation, enum kind kind,
				    struct str namespace, struct str name)
{
	struct view_iter it = view_each(v, relation, kind, namespace, name);

	return view_next(&it);
}

/* A patch that names no namespace may be meant for an object in any, and the other way round.
 * `any`: whatever it says. */
static bool has_part(const struct view *v, enum kind kind, struct str namespace, struct str name,
		     bool any)
{
	size_t seen = 0;

	if (!v->inventory->has_parts)
		return false;
	struct view_iter it = view_each(v, REL_PART, kind, STR_EMPTY, name);
	for (const struct known *k; (k = view_next(&it));) {
		struct str in = k->object.namespace;

		if (((!in.len || !namespace.len || str_eq(in, namespace)) &&
		     (any || completes(&k->object))) ||
		    ++seen == LIMIT_ALTERNATIVES)
			return true;
	}
	return false;
}

bool view_has_part(const struct view *v, const struct object *o)
{
	return has_part(v, o->kind, index_namespace(o->namespace), o->name, false);
}

/* In any namespace; NULL when there are several. */
static const struct known *only_one(const struct view *v, enum kind kind, struct str name)
{
	struct view_iter it = view_each(v, REL_NAME, kind, STR_EMPTY, name);
	const struct known *found = view_next(&it);

	return found && view_next(&it) ? NULL : found;
}

/* Whole or in part. */
static const struct known *find(const struct view *v, enum kind kind, struct str namespace,
				struct str name)
{
	struct str in = index_namespace(namespace);
	const struct known *found = first_of(v, REL_SELF, kind, in, name);

	/* one text is one name where it is filled in once: in a bundle */
	if (value_is_placeholder(name, NULL))
		return found && found->bundle == v->bundle ? found : only_one(v, kind, name);
	if (found)
		return found;
	if (in.len)
		return first_of(v, REL_SELF, kind, STR_EMPTY, name);
	return v->inventory->whole ? NULL : only_one(v, kind, name);
}

/* What stands around the part that is filled in is the beginning and the end of `name`. */
static bool may_become(struct str variable, struct str name)
{
	struct str part;
	size_t end = variable.len;

	if (!value_is_placeholder(variable, &part))
		return false;
	while (end && variable.ptr[end - 1] != '}' && variable.ptr[end - 1] != ')')
		end--;
	return str_has_prefix(name, str_slice(variable, 0, (size_t)(part.ptr - variable.ptr))) &&
	       (!end || str_has_suffix(name, str_slice(variable, end, variable.len)));
}

/* One whose name is not known yet may be it. */
static bool may_be_there(const struct view *v, enum kind kind, struct str namespace,
			 struct str name)
{
	struct view_iter it = view_each(v, REL_VARIABLE, kind, STR_EMPTY, STR_EMPTY);
	size_t seen = 0;

	for (const struct known *k; (k = view_next(&it));) {
		struct str in = k->object.namespace;

		if (++seen == LIMIT_ALTERNATIVES)
			return true;
		if ((!in.len || !namespace.len || str_eq(in, namespace)) &&
		    may_become(keys_name(k), name))
			return true;
	}
	return false;
}

/* What is meant may have been passed over. */
static bool is_hidden(const struct view *v, enum kind kind, struct str namespace, struct str name)
{
	struct view_iter it = view_each(v, REL_SELF, kind, namespace, name);

	return !view_next(&it) && (it.hidden || it.skipped == LIMIT_ALTERNATIVES);
}

const struct known *view_find(const struct view *v, enum kind kind, struct str namespace,
			      struct str name)
{
	const struct known *found = find(v, kind, namespace, name);

	return found && !found->object.part ? found : NULL;
}

bool view_is_certain(const struct view *v, const struct known *k, struct str namespace)
{
	struct str in = index_namespace(namespace);
	unsigned doubts = doubts_of(v->inventory, v->bundle) | doubts_of(v->inventory, k->bundle);

	return !(doubts & BUNDLE_CHANGED) &&
	       (k->bundle == v->bundle || (in.len && str_eq(in, k->object.namespace)));
}

bool view_is_blind(const struct view *v, enum kind kind)
{
	return v->inventory->unknown & kind;
}

bool view_is_unserved(const struct view *v, enum kind kind)
{
	return v->inventory->unserved & kind;
}

bool view_has_secrets(const struct view *v)
{
	return v->inventory->has_secrets || (v->instead && v->instead->secret.provides);
}

bool view_is_live(const struct view *v)
{
	return v->inventory->whole;
}

bool view_lacks(const struct view *v, enum kind kind, struct str namespace, struct str name)
{
	struct str in = index_namespace(namespace);

	if (view_is_blind(v, kind) && !first_of(v, REL_NOT_THERE, kind, in, name))
		return false;
	if (find(v, kind, in, name) || has_part(v, kind, in, name, true) ||
	    may_be_there(v, kind, in, name) || is_hidden(v, kind, in, name) ||
	    is_hidden(v, kind, STR_EMPTY, name))
		return false;
	return in.len || !first_of(v, REL_NAME, kind, STR_EMPTY, name);
}

enum knowledge view_knows(const struct view *v, enum kind kind, struct str namespace)
{
	struct str in = index_namespace(namespace);

	if (view_is_blind(v, kind))
		return kind == KIND_SECRET && v->inventory->has_secrets ? KNOWN_SOME
									: KNOWN_NOTHING;
	if (v->inventory->whole)
		return KNOWN_ALL;
	if (doubts_of(v->inventory, v->bundle))
		return KNOWN_NOTHING;
	if (v->inventory->meant_whole)
		return KNOWN_ALL;
	return first_of(v, REL_KIND, kind, in, STR_EMPTY) ||
			       (in.len && first_of(v, REL_KIND, kind, STR_EMPTY, STR_EMPTY))
		       ? KNOWN_SOME
		       : KNOWN_NOTHING;
}

const struct known *view_store(const struct view *v, const struct object *cluster,
			       const struct archive_place *place)
{
	if (!place->store.len || value_is_placeholder(place->store, NULL))
		return NULL;
	return view_find(v, KIND_OBJECT_STORE, cluster->namespace, place->store);
}

/* `http://minio:9000` is another server in another namespace. */
static bool add_location(const struct object *cluster, struct str endpoint, struct str destination,
			 struct str server, struct buf *out)
{
	struct url url;

	if (!destination.len || value_is_placeholder(destination, NULL) ||
	    value_is_placeholder(endpoint, NULL) || value_is_placeholder(server, NULL))
		return false;
	if (url_split(endpoint, &url) && str_find_byte(url.host, '.') == STR_NONE &&
	    str_find_byte(url.host, ':') == STR_NONE) {
		buf_str(out, cluster->namespace);
		buf_byte(out, '@');
	}
	location_of(endpoint, destination, server, out);
	return true;
}

bool view_place(const struct view *v, const struct object *cluster,
		const struct archive_place *place, struct buf *out)
{
	const struct known *store = view_store(v, cluster, place);
	struct obj configuration;

	if (!store)
		return false;
	configuration = obj_at(store->object.root, "spec.configuration");
	return add_location(cluster, obj_text(configuration, "endpointURL"),
			    obj_text(configuration, "destinationPath"), place->server, out);
}

bool view_in_tree(const struct object *cluster, struct obj in_tree, struct str name,
		  struct buf *out)
{
	return in_tree.node && add_location(cluster, obj_text(in_tree, "endpointURL"),
					    obj_text(in_tree, "destinationPath"),
					    archive_in_tree_server(in_tree, name), out);
}

size_t view_locations(const struct view *v, const struct object *cluster, const struct archive *a,
		      struct buf out[LOCATIONS])
{
	size_t len = archive_by_plugin(a) && view_place(v, cluster, &a->place, &out[0]);

	if (view_in_tree(cluster, a->in_tree, cluster->name, &out[len]) &&
	    (!len || !str_eq(buf_slice(&out[0]), buf_slice(&out[1]))))
		len++;
	return len;
}
