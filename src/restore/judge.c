/* What the rules say of the manifest and of the schedules, read again as they are printed, beside
 * what is there. */
#include "internal.h"
#include "report/glyph.h"
#include "report/markdown.h"

/* One that was written. */
struct written {
	struct object object;
	bool schedule; /* not of the manifest */
	struct written *next;
};

struct judge {
	struct restore *restore;
	struct inventory *inventory;
	bool schedules; /* are read now */
	struct written *first, **last;
	struct findings before; /* of what is there: the Cluster, its stores, its schedules */
	bool unjudged;		/* but for what is being deleted, or exempt */
};

static void collect(void *ctx, struct obj root)
{
	struct judge *j = ctx;
	struct written *w = ARENA_NEW(j->restore->arena, struct written);

	BUG_IF(!object_read(root, &w->object));
	w->object.manifest = true;
	w->schedule = j->schedules;
	*j->last = w;
	j->last = &w->next;
}

/* Limits may be crossed by what is there twice now, or deeper. */
static bool read_again(struct judge *j, const struct buf *text, struct err *err)
{
	struct doc_list docs;

	if (!doc_read_yaml(j->restore->arena, buf_slice(text), &docs, err))
		return err_within(err, "what would be written cannot be read: ");
	for (size_t i = 0; i < docs.len; i++)
		object_each(doc_root(docs.docs[i]), collect, j);
	return true;
}

/* Somebody is told to copy them there. */
static void add_secret(const struct judge *j, struct str name)
{
	const struct restore *r = j->restore;
	struct view_iter it =
		view_each(&r->view, REL_SELF, KIND_SECRET, restore_cluster(r)->namespace, name);
	struct provider unknown = {.provides = true, .name = name, .open = true};
	const struct known *k = view_next(&it);

	if (!k)
		inventory_add_generated(j->inventory, &unknown, r->namespace, STR_EMPTY,
					r->use->bundle);
	for (; k; k = view_next(&it))
		inventory_add_generated(j->inventory, &k->secret, r->namespace, STR_EMPTY,
					r->use->bundle);
}

static void ask(const struct judge *j, const struct inventory *inventory,
		const struct object *object, struct verdict *out)
{
	const struct restore *r = j->restore;
	struct judge_request request = {.operation = OP_CREATE,
					.object = object,
					.now = r->in->now,
					.inventory = inventory,
					.bundle = r->use->bundle};

	engine_judge(r->policy, &request, r->arena, out);
}

static void note_before(struct judge *j, const struct object *object)
{
	struct restore *r = j->restore;
	struct verdict v;

	ask(j, r->placed->inventory, object, &v);
	j->unjudged |= v.reason != VERDICT_JUDGED;
	for (size_t i = 0; i < v.findings.len; i++)
		*findings_append(&j->before, r->arena) = v.findings.items[i];
}

static void look_before(struct judge *j)
{
	const struct restore *r = j->restore;
	const struct known *stores[] = {restore_store(r, r->store), restore_store(r, r->read)};
	struct view_iter it = restore_each_schedule(r);

	note_before(j, restore_cluster(r));
	for (size_t i = 0; i < ARRAY_LEN(stores); i++)
		if (stores[i])
			note_before(j, &stores[i]->object);
	for (const struct known *k; (k = view_next(&it));)
		note_before(j, &k->object);
}

#define IN_TREE_SOURCE "spec.externalClusters[0].barmanObjectStore"
#define IN_TREE_STORE "spec.backup.barmanObjectStore"

/* It has that finding, at least as severe; or one about the store that the source is a copy of,
 * where other rules ask. */
static bool was_there(const struct judge *j, const struct finding *f)
{
	for (size_t i = 0; i < j->before.len; i++) {
		const struct finding *old = &j->before.items[i];

		if ((old->rule == f->rule && old->severity >= f->severity) ||
		    (str_has_prefix(f->path, STR(IN_TREE_SOURCE)) &&
		     str_has_prefix(old->path, STR(IN_TREE_STORE))))
			return true;
	}
	return false;
}

static void tell(const struct judge *j, const struct written *w, const struct finding *f)
{
	struct restore *r = j->restore;
	bool old = was_there(j, f);

	if (f->severity < SEV_WARN)
		return;
	if (f->severity > r->out->worst && !w->schedule)
		r->out->worst = f->severity;
	if (!old && !j->unjudged && f->severity > r->out->worst_new)
		r->out->worst_new = f->severity;
	struct buf line = BUF_ARENA(r->arena);

	buf_fmt(&line, "%s in %s ", severity_name(f->severity), kind_name(w->object.kind));
	buf_str(&line, w->object.name);
	buf_text(&line, old ? ", as it is there already: " : ": ");
	finding_sentence(f, &line);
	glyph_clean(&r->summary, buf_slice(&line));
	buf_byte(&r->summary, '\n');
	if (w->schedule) {
		buf_text(&r->schedule_faults, "# ");
		glyph_clean(&r->schedule_faults, buf_slice(&line));
		buf_byte(&r->schedule_faults, '\n');
	} else if (f->severity == SEV_DENY) {
		buf_text(&r->denials, "- ");
		markdown_text(&r->denials, buf_slice(&line));
		buf_byte(&r->denials, '\n');
	}
}

static void judge_all(const struct judge *j)
{
	for (const struct written *w = j->first; w; w = w->next) {
		struct verdict v;

		ask(j, j->inventory, &w->object, &v);
		for (size_t i = 0; i < v.findings.len; i++)
			tell(j, w, &v.findings.items[i]);
	}
}

bool restore_judge(struct restore *r, struct err *err)
{
	struct judge j = {.restore = r, .inventory = inventory_new(r->arena)};

	j.last = &j.first;
	if (!read_again(&j, &r->manifest, err))
		return false;
	j.schedules = true;
	if (!read_again(&j, &r->schedules, err))
		return false;
	if (!r->policy)
		return true; /* an error of the report */
	look_before(&j);
	bundles_fill_without(r->placed->bundles, j.inventory, r->in_place ? r->use : NULL);
	for (const struct written *w = j.first; w; w = w->next)
		inventory_add(j.inventory, &w->object, STR_EMPTY, r->use->bundle);
	if (r->moves)
		for (size_t i = 0; i < r->needs_len; i++)
			if (str_is(str_from(r->needs[i].kind), "Secret"))
				add_secret(&j, r->needs[i].name);
	if (r->placed->whole)
		inventory_is_meant_whole(j.inventory);
	inventory_settle(j.inventory);
	judge_all(&j);
	return true;
}
