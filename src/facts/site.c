#include "facts/site.h"

#include "cnpg/location.h"
#include "facts/neighbour.h"

/* A value that somebody else fills in says nothing about a template. */
static struct str known(struct str value)
{
	return value_is_placeholder(value, NULL) ? STR_EMPTY : value;
}

struct template_bindings site_bindings(const struct rule_ctx *c, struct str cluster)
{
	return (struct template_bindings){
		.namespace = known(c->object->namespace),
		.cluster = known(cluster),
		.aliases = c->params->cluster_name_aliases,
		.aliases_len = c->params->cluster_name_aliases_len,
	};
}

void site_add_filled(struct buf *out, struct str template, const struct template_bindings *b)
{
	if (out->len)
		buf_text(out,
			 str_find(buf_slice(out), STR(" - or ")) == STR_NONE ? " - or " : " or ");
	template_fill(template, b, out);
}

const struct store_params *site_store_named(const struct rule_ctx *c, struct str name,
					    struct template_bindings *b)
{
	for (size_t i = 0; i < c->params->stores_len; i++)
		if (template_match(c->params->stores[i].object_store_name, name, b))
			return &c->params->stores[i];
	return NULL;
}

const struct store_params *site_store_of(const struct rule_ctx *c, struct template_bindings *b)
{
	*b = site_bindings(c, STR_EMPTY);
	const struct store_params *s = site_store_named(c, c->object->name, b);

	b->app = known(b->app);
	b->namespace = known(b->namespace);
	b->cluster = known(b->cluster);
	return s || c->params->stores_len != 1 ? s : &c->params->stores[0];
}

struct str site_store_names(const struct rule_ctx *c, const struct template_bindings *b)
{
	struct buf names = BUF_ARENA(c->arena);
	struct template_bindings filled = *b;
	const struct known *store = neighbour_only(c, KIND_OBJECT_STORE);

	if (store && store->object.root.node != c->root.node)
		site_store_named(c, store->object.name, &filled); /* binds {app} */
	for (size_t i = 0; i < c->params->stores_len; i++)
		site_add_filled(&names, c->params->stores[i].object_store_name, &filled);
	return buf_slice(&names);
}

bool site_destination_fits(const struct rule_ctx *c, struct str template, struct str value,
			   struct template_bindings *b)
{
	struct buf x = BUF_ARENA(c->arena), y = BUF_ARENA(c->arena);

	location_of(STR_EMPTY, template, STR_EMPTY, &x);
	location_of(STR_EMPTY, value, STR_EMPTY, &y);
	return template_match(buf_slice(&x), buf_slice(&y), b);
}
