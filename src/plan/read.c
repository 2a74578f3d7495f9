/* Reads what is applied, and plans each Cluster of it. */
#include "internal.h"

#include "check/check.h"
#include "input/bundles.h"
#include "input/catalog.h"
#include "input/markdown.h"

struct row {
	struct plan_cluster cluster;
	struct obj root; /* while it is read */
	struct row *next;
};

struct reading {
	const struct plan_input *in;
	const struct plan_options *options;
	struct arena *arena;
	struct report *report;
	const struct check_placed *placed;
	struct row *first, **last;
	size_t len;
};

static struct str place_of(const struct reading *r, const struct held *h, const struct use *u)
{
	uint32_t line = obj_pos(u->object.root).line;

	if (r->in->kube)
		return STR_EMPTY;
	if (!line)
		return arena_str(r->arena, h->file->name);
	return arena_fmt(r->arena, "%.*s:%u", STR_ARG(doc_name(obj_source(u->object.root))), line);
}

/* The same object of several roots is one. */
static bool is_known(const struct reading *r, const struct object *o)
{
	for (const struct row *row = r->first; row; row = row->next)
		if (str_eq(row->cluster.name, o->name) &&
		    str_eq(row->cluster.namespace, o->namespace) && obj_equal(row->root, o->root))
			return true;
	return false;
}

static void consider(struct reading *r, const struct held *h, const struct use *u)
{
	const struct object *o = &u->object;
	const struct view v = {.inventory = r->placed->inventory, .bundle = u->bundle};

	if (o->kind != KIND_CLUSTER || o->part || o->misnamed || o->left_out_by.len ||
	    is_known(r, o))
		return;
	struct row *row = ARENA_NEW(r->arena, struct row);
	plan_cluster_read(r->arena, &v, o, r->options, &row->cluster);
	row->cluster.place = place_of(r, h, u);
	row->root = o->root;
	*r->last = row;
	r->last = &row->next;
	r->len++;
}

/* What has a spec that is none is not planned, and not missing either. */
static void tell_unreadable(struct reading *r, const struct held *h)
{
	const struct object *o = h->uses ? &h->uses->object : NULL;
	struct obj spec;
	struct err err;

	if (!o || (o->kind != KIND_CLUSTER && o->kind != KIND_OBJECT_STORE &&
		   o->kind != KIND_SCHEDULED_BACKUP))
		return;
	spec = obj_at(o->root, "spec");
	if (obj_type(spec) <= OBJ_NULL_VALUE || obj_type(spec) == OBJ_MAP)
		return;
	err_at(&err, E_VALUE, obj_pos(spec).line, obj_pos(spec).column,
	       "spec of %s %.*s is not a map: it is not planned", kind_name(o->kind),
	       STR_ARG(o->name));
	report_add_error(r->report, arena_str(r->arena, h->file->name), &err, STR_EMPTY);
}

static void consider_all(struct reading *r, const struct held *h)
{
	tell_unreadable(r, h);
	for (const struct use *u = h->uses; u; u = u->next)
		consider(r, h, u);
}

static void placed(void *ctx, const struct check_placed *what)
{
	struct reading *r = ctx;

	r->placed = what;
	for (size_t i = 0; i < what->catalog->len; i++)
		for (const struct held *h = what->catalog->files[i].first; h; h = h->next) {
			consider_all(r, h);
			for (const struct held *m = h->made; m; m = m->next)
				consider_all(r, m);
		}
}

static void keep(struct reading *r, struct plan *out)
{
	struct plan_cluster *clusters = ARENA_ARRAY(r->arena, struct plan_cluster, r->len + 1);

	for (const struct row *row = r->first; row; row = row->next)
		clusters[out->clusters_len++] = row->cluster;
	out->clusters = clusters;
	plan_collide(r->arena, out);
}

void plan_read(const struct plan_input *in, struct report *report, struct plan *out)
{
	struct reading r = {.in = in, .arena = report->arena, .report = report};
	const struct str stdin_path = STR("-");
	struct check_input read = {.policy = in->policy,
				   .nearest_policy = in->nearest_policy,
				   .paths = in->paths,
				   .paths_len = in->paths_len,
				   .namespace = in->namespace,
				   .now = in->options.now,
				   .markdown = in->markdown ||
					       markdown_is_among(in->paths, in->paths_len),
				   .reader = {.placed = placed, .ctx = &r}};
	struct err err;

	*out = (struct plan){.options = in->options};
	out->options.live = in->kube != NULL;
	r.options = &out->options;
	r.last = &r.first;
	if (in->kube) {
		if (!plan_read_live(r.arena, in, &read.text, &err)) {
			report_add_error(report, STR_EMPTY, &err, STR_EMPTY);
			return;
		}
		read.paths = &stdin_path;
		read.paths_len = 1;
	}
	check_run(&read, report);
	keep(&r, out);
}
