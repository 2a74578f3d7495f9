/* What names the Cluster and is neither judged nor written: a Pooler leads to it, a Database is in
 * it. Those of a copy are to be made by a person. */
#include "internal.h"

#define ROW(kind, several)                                                                         \
	{                                                                                          \
		.group = "postgresql.cnpg.io", .version = "v1",                                    \
		.api_version = "postgresql.cnpg.io/v1", .name = (kind), .plural = (several)        \
	}

const struct kind_api restore_dependents[RESTORE_DEPENDENTS] = {
	ROW("Pooler", "poolers"),
	ROW("Database", "databases"),
	ROW("DatabaseRole", "databaseroles"),
	ROW("Publication", "publications"),
	ROW("Subscription", "subscriptions"),
};

/* Two folders may have the same one. */
static void add(struct restore *r, const char *kind, const struct object *o)
{
	for (const struct dependent *d = r->dependents; d; d = d->next)
		if (d->kind == kind && str_eq(d->name, o->name) &&
		    str_eq(d->namespace, o->namespace))
			return;
	struct dependent *d = ARENA_NEW(r->arena, struct dependent);

	*d = (struct dependent){kind, arena_str(r->arena, o->name),
				arena_str(r->arena, o->namespace), NULL};
	*r->last_dependent = d;
	r->last_dependent = &d->next;
}

static void note(void *ctx, struct obj root)
{
	struct restore *r = ctx;
	struct object o;

	if (!object_read(root, &o) || !o.name.len ||
	    !str_eq(obj_text(root, "spec.cluster.name"), r->in->cluster))
		return;
	for (size_t i = 0; i < RESTORE_DEPENDENTS; i++) {
		const struct kind_api *api = &restore_dependents[i];

		if (str_is(o.api_version, api->api_version) && str_is(o.kind_name, api->name))
			add(r, api->name, &o);
	}
}

void restore_note_dependents(struct restore *r, const struct doc_list *docs)
{
	for (size_t i = 0; i < docs->len; i++)
		object_each(doc_root(docs->docs[i]), note, r);
}

const struct dependent *restore_next_dependent(const struct restore *r, const struct dependent *d)
{
	struct str namespace = restore_cluster(r)->namespace;

	for (d = d ? d->next : r->dependents; d; d = d->next)
		if (!d->namespace.len || !namespace.len || str_eq(d->namespace, namespace))
			return d;
	return NULL;
}
