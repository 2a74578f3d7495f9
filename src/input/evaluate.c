#include "evaluate_internal.h"

#include "input/release.h"

#include <sys/stat.h>

/* What is evaluated at the moment. */
struct level {
	struct evaluation *e;
	struct kustomization *k;
	const struct level *above;
	unsigned depth;
};

static void take(struct level *l, struct made *m, struct held *h, struct obj entry)
{
	struct resource *r = ARENA_NEW(l->e->scratch, struct resource);

	r->object = h->object;
	r->object.part = false; /* whatever its file is called */
	r->held = h;
	r->from = l->k;
	r->entry = entry;
	made_add(l->e, m, r);
}

/* A limit was crossed before: what more there is, is not seen. */
static bool is_full(const struct level *l, struct made *m)
{
	bool full = l->depth >= LIMIT_DEPTH || l->e->made >= LIMIT_RENDERED;

	m->doubts |= full ? MADE_PARTIAL : 0;
	return full;
}

static void accumulate(struct level *l, struct made *m);

/* What a kustomization of its own makes, behind what is there. */
static void merge(struct level *l, struct made *m, struct made *sub)
{
	struct resource *next;

	for (struct resource *r = sub->first; r; r = next) {
		next = r->next;
		made_add(l->e, m, r);
	}
	m->doubts |= sub->doubts;
	while (sub->references) {
		struct reference *ref = sub->references;

		sub->references = ref->next;
		ref->next = m->references;
		m->references = ref;
	}
	made_forget(sub);
}

static bool is_circle(const struct level *l, const struct kustomization *k)
{
	for (const struct level *at = l; at; at = at->above)
		if (kustomization_is_above(k, str_from(at->k->path)))
			return true;
	return false;
}

static void take_kustomization(struct level *l, struct made *m,
			       const struct kustomization_entry *entry, struct kustomization *k)
{
	struct level below = {l->e, k, l, l->depth + 1};
	struct made sub = {.last = &sub.first};

	l->e->made++;
	if (is_full(&below, m))
		return;
	if (is_circle(l, k)) {
		evaluate_refuse(
			l->e, k, entry->at,
			"kustomize refuses a folder in which the kustomization stands that lists it: a circle");
	} else if (k->component != entry->component) {
		evaluate_refuse(l->e, l->k, entry->at,
				k->component
					? "a Component stands under components, not resources"
					: "under components stand only folders of kind Component");
	} else if (!k->docs.len) {
		m->doubts |= MADE_PARTIAL;
	} else if (entry->component) {
		accumulate(&below, m);
	} else {
		accumulate(&below, &sub);
		merge(l, m, &sub);
	}
}

static void take_file(struct level *l, struct made *m, const struct kustomization_entry *entry)
{
	struct input_file *f = catalog_find(l->e->catalog, entry->path);

	evaluate_may_read(l->e, l->k, entry->at, entry->path);
	if (f)
		f->taken = true;
	if (!f || f->unknown)
		m->doubts |= MADE_PARTIAL;
	for (struct held *h = f ? f->first : NULL; h && !is_full(l, m); h = h->next) {
		l->e->made++;
		take(l, m, h, entry->at);
	}
}

/* What holds secrets is often kept out of a repository: whoever builds it has it. */
static bool is_kept_out(struct str path)
{
	static const char *const words[] = {"secret", "cred", "passw", "token", "sops",
					    ".env",   "cert", "key",   "auth"};
	char name[LIMIT_NAME_BYTES];
	struct str last = files_name(path);
	size_t len = 0;

	for (; len < last.len && len < sizeof name; len++) {
		char c = last.ptr[len];
		name[len] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_contains((struct str){name, len}, str_from(words[i])))
			return true;
	return false;
}

static void take_missing(struct level *l, struct made *m, struct obj entry)
{
	struct str text = obj_text(entry, "");

	m->doubts |= MADE_PARTIAL;
	if (!l->e->strict && is_kept_out(text))
		return;
	evaluate_refuse(l->e, l->k, entry, "'%.*s' is not there: kustomize builds nothing",
			STR_ARG(text));
}

static void take_entry(struct level *l, struct made *m, const struct kustomization_entry *entry)
{
	struct str text = obj_text(entry->at, "");
	const struct input_file *known =
		entry->path ? catalog_find(l->e->catalog, entry->path) : NULL;
	const struct folder *folder;
	struct stat s;

	if (!entry->path) {
		m->doubts |= MADE_PARTIAL;
		return;
	}
	if (known && !known->unknown) { /* it may be yet to be written */
		take_file(l, m, entry);
		return;
	}
	if (stat(entry->path, &s) != 0) {
		take_missing(l, m, entry->at);
		return;
	}
	if (!S_ISDIR(s.st_mode)) {
		take_file(l, m, entry);
		return;
	}
	folder = folders_known(l->e->catalog->folders, entry->path);
	if (folder && folder->kustomization) {
		take_kustomization(l, m, entry, folder->kustomization);
		return;
	}
	m->doubts |= MADE_PARTIAL;
	if (folder)
		evaluate_refuse(
			l->e, l->k, entry->at,
			"the folder '%.*s' has no kustomization.yaml: kustomize builds nothing",
			STR_ARG(text));
}

static void take_entries(struct level *l, struct made *m, bool components)
{
	for (size_t i = 0; i < l->k->entries_len; i++)
		if (l->k->entries[i].component == components)
			take_entry(l, m, &l->k->entries[i]);
}

/* What is done by programs that are not here. */
static unsigned doubts_of(const struct kustomization *k, const struct catalog *c)
{
	static const struct {
		const char *key;
		unsigned doubt;
	} keys[] = {
		{"generators", MADE_PARTIAL},
		{"helmChartInflationGenerator", MADE_PARTIAL},
		{"transformers", MADE_CHANGED},
		{"openapi", MADE_CHANGED | MADE_SCHEMA},
	};
	struct obj charts = obj_at(k->root, "helmCharts");
	unsigned doubts = 0;

	for (struct obj o = obj_first(charts); o.node; o = obj_next(o))
		doubts |= release_makes_chart(c, k, o) ? MADE_CHARTS : MADE_PARTIAL;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		doubts |= obj_len(obj_at(k->root, keys[i].key)) ? keys[i].doubt : 0;
	return doubts;
}

static bool makes_ours(const struct made *m)
{
	for (const struct resource *r = m->first; r; r = r->next)
		if (r->object.kind &
		    (KIND_CLUSTER | KIND_SCHEDULED_BACKUP | KIND_BACKUP | KIND_OBJECT_STORE))
			return true;
	return false;
}

/* Of its own file. */
static void take_charts(struct level *l, struct made *m)
{
	struct input_file *f = catalog_find(l->e->catalog, l->k->path);

	if (f)
		f->taken = true;
	for (struct held *h = f ? f->first : NULL; h && !is_full(l, m); h = h->next) {
		if (!release_is_chart(&h->object))
			continue;
		l->e->made++;
		take(l, m, h, h->object.root);
	}
}

/* In the order of kustomize (api/internal/target/kusttarget.go, accumulateTarget). */
static void accumulate(struct level *l, struct made *m)
{
	struct evaluation *e = l->e;

	l->k->built = true;
	evaluate_fields(e, l->k);
	m->doubts |= doubts_of(l->k, e->catalog);
	take_entries(l, m, false);
	take_charts(l, m);
	evaluate_configurations(e, l->k, m);
	evaluate_generators(e, l->k, m);
	take_entries(l, m, true);
	evaluate_merge_patches(e, l->k, m);
	evaluate_names(e, l->k, m);
	evaluate_labels(e, l->k, m);
	evaluate_json_patches(e, l->k, m);
	evaluate_replacements(e, l->k, m);
	l->k->ours |= makes_ours(m);
}

/* kustomize reads "off" as text, kubectl as a boolean. */
static void finish(struct evaluation *e, struct made *m)
{
	for (struct resource *r = m->first; r; r = r->next) {
		r->gone = str_is(object_annotation(&r->object, "config.kubernetes.io/local-config"),
				 "true");
		if (!e->plain && !r->render && r->object.root.node &&
		    render_differs(r->object.root))
			resource_open(e, r);
	}
	made_sweep(m);
}

bool evaluate(struct evaluation *e, struct kustomization *k, struct made *out)
{
	struct level l = {.e = e, .k = k};

	e->failed = false;
	*out = (struct made){.last = &out->first};
	accumulate(&l, out);
	evaluate_references(e, out);
	finish(e, out);
	made_forget(out);
	return !e->failed;
}

void evaluate_quietly(struct evaluation *e, struct kustomization *k, struct made *made)
{
	struct evaluation_error *errors = e->errors;
	size_t len = e->errors_len;

	(void)evaluate(e, k, made);
	e->errors = errors;
	e->errors_len = len;
}
