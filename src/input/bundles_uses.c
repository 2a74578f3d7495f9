/* What stands in a bundle: objects, generated Secrets, and what a release of a chart makes there.
 */
#include "bundles_internal.h"

#include "base/limits.h"
#include "input/release.h"

void bundles_add_use(struct bundles *b, struct held *h, const struct object *as, uint32_t bundle)
{
	struct use *u;

	if (h->uses_len++ >= LIMIT_MEMBERSHIPS) {
		b->bundles[bundle].doubts |= BUNDLE_PARTIAL;
		return;
	}
	u = ARENA_NEW(b->arena, struct use);
	u->bundle = bundle;
	u->object = *as;
	if (h->last_use)
		h->last_use->next = u;
	else
		h->uses = u;
	h->last_use = u;
}

void bundles_fill_namespace(const struct bundles *b, const struct folder *folder, struct object *o)
{
	if (!o->namespace.len)
		o->namespace = b->namespace.len ? b->namespace
			       : folder		? folder->namespace
						: STR_EMPTY;
}

void bundles_add_secret(struct bundles *b, const struct secret *like)
{
	struct secret *s = ARENA_NEW(b->arena, struct secret);

	*s = *like;
	s->next = b->secrets;
	b->secrets = s;
}

struct making {
	struct bundles *b;
	struct held *release;
	uint32_t bundle;
};

/* The same one in each of its bundles: of those of its kind, the one in its turn. */
static struct held *made_held(const struct making *m, const struct object *o)
{
	for (struct held *h = m->release->made; h; h = h->next)
		if (h->object.kind == o->kind && h->last_use->bundle != m->bundle)
			return h;
	return catalog_hold_made(m->b->catalog, m->release, o);
}

static void place_made(void *ctx, const struct object *o)
{
	const struct making *m = ctx;
	struct object object = *o;

	bundles_fill_namespace(m->b, m->release->file->folder, &object);
	bundles_add_use(m->b, made_held(m, o), &object, m->bundle);
}

static void place_made_secret(void *ctx, const struct provider *p, struct str namespace)
{
	const struct making *m = ctx;
	struct object object = {.namespace = namespace};

	bundles_fill_namespace(m->b, m->release->file->folder, &object);
	bundles_add_secret(m->b, &(struct secret){.provider = *p,
						  .namespace = object.namespace,
						  .file = m->release->file->name,
						  .bundle = m->bundle});
}

void bundles_place_release(struct bundles *b, struct evaluation *e, struct held *h,
			   const struct object *as, uint32_t bundle)
{
	struct making m = {b, h, bundle};
	const struct chart_sink sink = {place_made, place_made_secret, &m};

	releases_make(b->releases, e, h->file, as, &sink);
}
