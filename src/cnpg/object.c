#include "cnpg/object.h"

#include "base/limits.h"

bool object_read_json(struct arena *a, struct str bytes, size_t nodes, const struct doc **out,
		      struct err *err)
{
	struct doc_bounds bounds = {.nodes = nodes, .left_out = STR("managedFields")};

	return doc_read_json_within(a, bytes, &bounds, out, err);
}

void object_each(struct obj root, void (*each)(void *ctx, struct obj object), void *ctx)
{
	struct obj items;

	if (str_has_suffix(obj_text(root, "kind"), STR("List")) &&
	    obj_list(root, "items", &items) == OBJ_SET) {
		for (struct obj item = obj_first(items); item.node; item = obj_next(item))
			object_each(item, each, ctx); /* as deep as LIMIT_DEPTH at most */
		return;
	}
	each(ctx, root);
}

bool object_read(struct obj root, struct object *out)
{
	bool known;

	*out = (struct object){.root = root};
	if (obj_str(root, "apiVersion", &out->api_version) != OBJ_SET ||
	    obj_str(root, "kind", &out->kind_name) != OBJ_SET)
		return false;
	out->kind = kind_of(out->api_version, out->kind_name, &known);
	if (!out->kind || !known) {
		enum kind meant = kind_meant(out->api_version, out->kind_name);

		out->misnamed = meant != KIND_OTHER;
		out->kind = out->misnamed ? meant : out->kind;
	}
	out->namespace = obj_text(root, "metadata.namespace");
	out->name = obj_text(root, "metadata.name");
	return true;
}

static bool is_absent(struct obj root, const char *path)
{
	return obj_type(obj_at(root, path)) <= OBJ_NULL_VALUE;
}

/* `instances` alone has a default: a Cluster with storage is whole without it. */
bool object_is_part(const struct object *o)
{
	if (o->kind == KIND_CLUSTER)
		return is_absent(o->root, "spec.instances") && is_absent(o->root, "spec.storage");
	return o->kind == KIND_OBJECT_STORE && is_absent(o->root, "spec.configuration");
}

bool object_is_bare(const struct object *o)
{
	struct obj spec = obj_at(o->root, "spec");

	return is_absent(o->root, "spec") || (obj_type(spec) == OBJ_MAP && !obj_len(spec)) ||
	       obj_type(obj_at(spec, "configuration")) == OBJ_NULL_VALUE;
}

bool object_is_terminating(const struct object *o)
{
	return obj_type(obj_at(o->root, "metadata.deletionTimestamp")) == OBJ_STRING;
}

struct str object_annotation(const struct object *o, const char *key)
{
	return obj_text(obj_member(obj_at(o->root, "metadata.annotations"), str_from(key)), "");
}

bool object_has_annotation(const struct object *o, const char *key, const char *value)
{
	return str_is(object_annotation(o, key), value);
}

bool object_is_from_schedule(const struct object *o)
{
	struct obj labels = obj_at(o->root, "metadata.labels");
	struct obj owners = obj_at(o->root, "metadata.ownerReferences");

	if (o->kind != KIND_BACKUP)
		return false;
	if (obj_text(obj_member(labels, STR("cnpg.io/scheduled-backup")), "").len)
		return true;
	for (struct obj owner = obj_first(owners); owner.node; owner = obj_next(owner))
		if (str_is(obj_text(owner, "kind"), "ScheduledBackup"))
			return true;
	return false;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool object_is_name(struct str name)
{
	struct str rest = name, label;

	while (str_split(&rest, '.', &label)) {
		if (!label.len || !is_alnum(label.ptr[0]) || !is_alnum(label.ptr[label.len - 1]))
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!is_alnum(label.ptr[i]) && label.ptr[i] != '-')
				return false;
	}
	return name.len && name.len <= LIMIT_NAME_BYTES;
}

void object_beside(struct beside *b, struct str namespace)
{
	if (!namespace.len || b->differ)
		return;
	b->differ = value_is_placeholder(namespace, NULL) ||
		    (b->namespace.len && !str_eq(b->namespace, namespace));
	b->namespace = b->differ ? STR_EMPTY : namespace;
}
