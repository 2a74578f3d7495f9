/* A run of `check`: what is read, what becomes known, what is judged. */
#include "check/check.h"

#include "base/file.h"
#include "base/limits.h"
#include "input/argo.h"
#include "input/bundles.h"
#include "input/files.h"
#include "input/flux.h"
#include "input/kustomization.h"
#include "input/markdown.h"
#include "input/reader.h"
#include "input/release.h"
#include "internal.h"
#include "report/framework.h"

/* An object of ours, or a provider of a Secret of another kind: known, but not judged. */
struct member {
	struct held *held;
	const struct policy *policy; /* NULL: it cannot be read */
	bool made;		     /* by a chart */
	struct member *next;
};

/* Of a file that was read ahead and holds something. */
struct kept {
	struct arena *arena;
	struct kept *next;
};

/* A document that cannot be read, of a file that is none of ours. */
struct stranger {
	struct str file;
	struct err err;
	struct str text; /* empty: it is no Secret */
	struct stranger *next;
};

struct run {
	const struct check_input *in;
	struct report *report;
	struct folders *folders;
	struct policies *policies;
	struct catalog *catalog;
	struct bundles *bundles;
	struct arena *documents, *scratch;
	struct doc_budget budget; /* of what is kept */
	struct kept *kept;
	struct reader *reader; /* NULL: a listener knows the texts */
	struct inventory *inventory;
	struct buckets *buckets; /* NULL: none is asked */
	bool whole;		 /* all policies say that the input is */
	struct member *first, **last;
	struct stranger *strangers, **last_stranger;
	struct input_file *file; /* the one at hand */
	bool is_patch;		 /* some kustomization says so... */
	bool seems_patch;	 /* ...or its name does */
};

static bool is_kustomized(const struct folder *folder)
{
	while (folder && !folder->kustomization)
		folder = folder->above;
	return folder;
}

static void keep(struct run *run, const struct object *object)
{
	struct member *m = ARENA_NEW(run->documents, struct member);
	struct object held = *object;

	held.manifest = true;
	held.part = object->part || run->seems_patch ||
		    (markdown_is(run->file->name) && example_is_part(object)) ||
		    (object_is_part(object) &&
		     (is_kustomized(run->file->folder) || !object_is_bare(object)));
	m->held = catalog_hold(run->catalog, run->file, &held);
	*run->last = m;
	run->last = &m->next;
	bundles_note(run->bundles, run->file, &held);
}

/* Of another kind: it may make a Secret, or have what a replacement copies; or its names matter,
 * where a kustomization includes it. */
static void other_kind(struct run *run, const struct object *object)
{
	struct object names = *object;
	struct provider provider;

	run->report->count.other_kinds++;
	if (run->is_patch)
		return;
	if (known_is_beside(object) || provider_read(object, run->documents, &provider) ||
	    flux_is(object) || flux_settings_is(object) || argo_is(object) || release_is(object) ||
	    release_is_source(object) ||
	    (run->file->included && catalog_wants(run->catalog, object))) {
		keep(run, object);
		return;
	}
	bundles_note(run->bundles, run->file, object);
	names.root = (struct obj){0};
	if (run->file->included)
		catalog_hold(run->catalog, run->file, &names);
}

static void each_object(void *ctx, struct obj root)
{
	struct run *run = ctx;
	struct object object;

	if (!object_read(root, &object)) {
		run->report->count.other_kinds++;
		if (release_read_values(run->file->name, root, &object) ||
		    completions_read(run->file->folder, root, &object))
			keep(run, &object);
	} else if (object.kind == KIND_OTHER) {
		other_kind(run, &object);
	} else if (run->is_patch || obj_type(obj_at(root, "$patch")) > OBJ_NULL_VALUE) {
		run->report->count.kustomize_patches++;
		report_skip(run->report, run->file->name, obj_pos(root).line,
			    run->is_patch ? "kustomize patch: what it makes is judged"
					  : "kustomize patch that deletes");
	} else {
		run->report->count.objects++;
		keep(run, &object);
	}
}

/* A line of a broken Secret may be its value, and a message that begins with a quote repeats one.
 */
static void hide_value(struct err *err)
{
	err_at(err, err->code, err->line, err->column, "this value must be quoted in YAML");
}

static void add_error(struct run *run, struct str bytes, struct err *err)
{
	bool confidential = run->file->outside || str_contains(bytes, STR("Secret"));
	struct str line = confidential ? STR_EMPTY : line_of(bytes, err->line);

	if (confidential && err->msg[0] == '\'')
		hide_value(err);
	report_add_error(run->report, run->file->name, err, line);
}

/* One of a file that is none of ours fails nothing, unless it is a Secret that one of ours refers
 * to: that is known when all is read. */
static void leave_out(struct run *run, struct str text, const struct err *err)
{
	struct arena *a = run->report->arena;
	struct stranger *s = ARENA_NEW(a, struct stranger);

	run->file->unknown |= strangers_may_provide(text);
	*s = (struct stranger){.file = run->file->name, .err = *err};
	if (str_contains(text, STR("Secret")))
		s->text = arena_str(a, text);
	if ((s->text.len || run->file->outside) && err->msg[0] == '\'')
		hide_value(&s->err);
	*run->last_stranger = s;
	run->last_stranger = &s->next;
}

/* False for the template of a chart: what stands behind one is of the template too. */
static bool refuse(struct run *run, struct str bytes, struct doc_error e)
{
	struct str text = e.to ? lines_of(bytes, e.from, e.to) : bytes;

	if (markdown_is(run->file->name)) { /* a sketch */
		report_skip(run->report, run->file->name, e.err.line, e.err.msg);
		return true;
	}
	if (check_is_template(text, e.err.line - e.from + 1)) {
		run->file->unknown = true;
		run->report->count.helm_templates++;
		report_skip(run->report, run->file->name, e.err.line,
			    "template of Helm or of another program");
		return false;
	}
	/* Who pipes something in means it. */
	if (!run->file->folder || strangers_are_ours(bytes, files_name(run->file->name))) {
		run->file->unknown = true;
		add_error(run, bytes, &e.err);
	} else {
		leave_out(run, text, &e.err);
	}
	return true;
}

/* The line behind which nothing is taken. */
static uint32_t refuse_broken(struct run *run, const struct reader_file *read)
{
	if (!read->whole && !read->docs.errors_len)
		refuse(run, read->bytes, (struct doc_error){.err = read->err});
	for (size_t i = 0; i < read->docs.errors_len; i++)
		if (!refuse(run, read->bytes, read->docs.errors[i]))
			return read->docs.errors[i].from;
	return UINT32_MAX;
}

/* What documentation shows is judged for itself, and what of it cannot be read is a sketch. */
static void take_examples(struct run *run, struct reader_file *read)
{
	const struct policy *policy =
		read->docs.len ? policies_of(run->policies, run->file->folder) : NULL;

	run->report->count.files += read->bytes.len != 0;
	doc_set_name(&read->docs, run->file->name);
	examples_take(
		&(struct examples){run->report, run->in, policy, run->file->name, run->scratch},
		&read->docs);
}

static void take_documents(struct run *run, struct reader_file *read)
{
	const struct check_listener *listener = run->in->listener;
	struct member **last = run->last;
	uint32_t end = refuse_broken(run, read);

	doc_set_name(&read->docs, run->file->name);
	for (size_t i = 0; i < read->docs.len; i++) {
		struct obj root = doc_root(read->docs.docs[i]);

		if (obj_pos(root).line < end)
			object_each(root, each_object, run);
	}
	if (listener)
		listener->parsed(listener->ctx,
				 &(struct check_text){run->file->name, read->bytes, read->docs,
						      read->whole, run->file->outside,
						      run->last != last});
}

/* It was read with its folder. */
static bool is_read(const struct input_file *file)
{
	const struct kustomization *k = file->folder ? file->folder->kustomization : NULL;

	return k && k->docs.len && str_is(str_from(file->path), k->path);
}

/* What was not read ahead. False when it cannot be read. */
static bool read_now(struct run *run, struct str path, struct reader_file *out)
{
	if (!text_read(run->in, run->documents, path, &out->bytes, &out->err))
		return false;
	reader_parse(run->documents, path, &run->budget, out);
	return true;
}

/* Whatever is not kept is gone. */
static void read_file(struct run *run, struct str path, struct reader_file *read)
{
	run->is_patch = run->file->folder && !run->file->included &&
			folders_patches(run->folders, run->file->path);
	run->seems_patch = run->file->folder && !run->file->included && strangers_patch(path);
	if (read->arena || read_now(run, path, read)) {
		if (markdown_is(path) && !run->in->markdown)
			take_examples(run, read);
		else
			take_documents(run, read);
	} else {
		report_add_error(run->report, run->file->name, &read->err, STR_EMPTY);
		run->file->unknown = true;
	}
}

static void tell_progress(const struct run *run, size_t files, size_t judged)
{
	const struct check_progress *p = &run->in->progress;

	if (p->tell)
		p->tell(p->ctx, files, judged, &run->report->count);
}

/* The charts that it installs, which are read with its folder. */
static void hold_charts(struct run *run)
{
	struct obj charts = obj_at(run->file->folder->kustomization->root, "helmCharts");
	struct object chart;

	for (struct obj o = obj_first(charts); o.node; o = obj_next(o))
		if (release_read_chart(o, &chart))
			keep(run, &chart);
}

/* File `i`, and forgets what of it is not kept. */
static void take_file(struct run *run, struct str path, size_t i)
{
	struct arena_mark mark = arena_mark(run->documents);
	struct doc_budget budget = run->budget;
	struct member **last = run->last;
	struct reader_file none = {0};
	struct reader_file *read = run->reader ? reader_take(run->reader, i, &run->budget) : &none;

	if (!path.len) {
		if (is_read(run->file))
			hold_charts(run);
		return;
	}
	read_file(run, path, read);
	if (last == run->last) {
		arena_rewind(run->documents, mark);
		run->budget = budget;
	} else if (read->arena) {
		struct kept *kept = ARENA_NEW(run->documents, struct kept);

		*kept = (struct kept){read->arena, run->kept};
		run->kept = kept;
		read->arena = NULL;
	}
}

/* Counts it; its path, or nothing when it is not to be read. */
static struct str to_read(struct run *run, struct input_file *file, const struct file *listed)
{
	if (listed->error) {
		report_add_error(run->report, file->name, listed->error, STR_EMPTY);
		file->unknown = true;
		return STR_EMPTY;
	}
	if (markdown_is(listed->path)) /* --fix is for manifests */
		return run->in->listener ? STR_EMPTY : listed->path;
	run->report->count.files++;
	if (file->folder && file->folder->helm_templates) {
		if (!run->in->helm)
			charts_skip(run->report, file);
		return STR_EMPTY;
	}
	if (strangers_assert(files_name(file->name)) || folders_asserts(run->folders, file->path)) {
		run->report->count.asserts++;
		report_skip(run->report, file->name, 0, "what chainsaw or kuttl compares");
		return STR_EMPTY;
	}
	if (is_read(file)) {
		run->report->count.other_kinds += file->folder->kustomization->docs.len;
		return STR_EMPTY;
	}
	return listed->path;
}

/* Folders first: any kustomization may name any file as a patch. */
static void read_files(struct run *run, const struct file_list *list)
{
	struct arena *a = run->report->arena;
	struct str *paths = ARENA_ARRAY(a, struct str, list->len + 1);

	run->catalog = catalog_new(a, run->folders, list);
	run->bundles = bundles_new(a, run->catalog);
	if (run->in->listener) {
		run->catalog->read = run->in->listener->read;
		run->catalog->read_ctx = run->in->listener->ctx;
	}
	for (size_t i = 0; i < list->len; i++)
		paths[i] = to_read(run, &run->catalog->files[i], &list->items[i]);
	if (!run->in->listener)
		run->reader = reader_new(a, paths, list->len);
	for (size_t i = 0; i < list->len; i++) {
		run->file = &run->catalog->files[i];
		take_file(run, paths[i], i);
		tell_progress(run, i + 1, 0);
	}
	reader_free(run->reader);
}

static void take_rendered(void *ctx, struct input_file *file, struct obj root)
{
	struct run *run = ctx;

	run->file = file;
	run->is_patch = run->seems_patch = false;
	object_each(root, each_object, run);
}

static void render_charts(struct run *run)
{
	run->catalog->helm = run->in->helm;
	if (run->in->helm)
		charts_take(&(struct charts){run->catalog, run->bundles, run->documents,
					     &run->budget, run->report, run->in->namespace,
					     take_rendered, run});
}

/* What stands in one file stands in a row. */
static void look_beside(struct run *run)
{
	for (struct member *m = run->first, *next; m; m = next) {
		struct beside b = {.namespace = STR_EMPTY};

		for (next = m; next && next->held->file == m->held->file; next = next->next)
			object_beside(&b, next->held->object.namespace);
		for (; m != next; m = m->next)
			m->held->object.beside = b.namespace;
	}
}

/* What charts make is known when all was placed; it stands behind what makes it. */
static void add_made(struct run *run)
{
	for (struct member *m = run->first, *next; m; m = next) {
		struct member *last = m;

		next = m->next;
		for (struct held *h = m->held->made; h; h = h->next) {
			struct member *made = ARENA_NEW(run->documents, struct member);

			*made = (struct member){.held = h, .made = true, .next = next};
			last = last->next = made;
			run->report->count.objects++;
		}
	}
}

/* Whether all policies say that the input is whole. */
static bool find_policies(struct run *run)
{
	bool whole = true;

	for (struct member *m = run->first; m; m = m->next) {
		if (m->held->object.kind == KIND_OTHER)
			continue;
		m->policy = policies_of(run->policies, m->held->file->folder);
		whole = whole && m->policy && policy_params(m->policy)->strict_references;
	}
	return whole;
}

/* What cannot be built is an error where it makes objects of ours, or such lie beside it. */
static void tell_refusals(struct run *run, const struct evaluation_error *errors)
{
	for (const struct evaluation_error *e = errors; e; e = e->next) {
		if (!e->in || e->in->ours)
			report_add_error(run->report, e->file, &e->err, STR_EMPTY);
		else
			report_skip(run->report, e->file, e->err.line, e->err.msg);
	}
}

/* Flux reads files wherever they lie, unlike kustomize itself. */
static void know(struct run *run)
{
	struct evaluation e = {.arena = run->documents,
			       .scratch = run->scratch,
			       .budget = &run->budget,
			       .catalog = run->catalog,
			       .anywhere = bundles_have_flux(run->bundles)};

	look_beside(run);
	completions_name(run->catalog);
	bundles_place(run->bundles, &e, run->in->namespace);
	add_made(run);
	run->inventory = inventory_new(run->documents);
	bundles_fill(run->bundles, run->inventory);
	run->whole = find_policies(run);
	if (run->whole)
		inventory_is_meant_whole(run->inventory);
	inventory_settle(run->inventory);
	tell_refusals(run, e.errors);
	evaluation_release(&e);
}

static void ask_buckets(struct run *run)
{
	run->buckets = buckets_new(run->in->stores, run->inventory, run->report);
	for (const struct member *m = run->first; m; m = m->next)
		buckets_add(run->buckets, m->held);
	buckets_ask(run->buckets);
}

static bool is_referred_to(const struct run *run, struct str text)
{
	bool found = false;

	for (const struct member *m = run->first; m && text.len && !found; m = m->next)
		found = strangers_are_named(&m->held->object, text);
	return found;
}

static void tell_strangers(struct run *run)
{
	struct report *r = run->report;
	struct str last = STR_EMPTY;

	for (struct stranger *s = run->strangers; s; s = s->next) {
		if (is_referred_to(run, s->text)) {
			report_add_error(r, s->file, &s->err, STR_EMPTY);
			continue;
		}
		if (!str_eq(s->file, last))
			r->count.strangers++;
		last = s->file;
		report_skip(r, s->file, s->err.line, s->err.msg);
	}
}

static void judge(struct run *run, const struct member *m)
{
	struct report *report = run->report;
	size_t findings = report->findings.len, exempted = report->exempted.len;
	size_t exempt = report->exempt_objects.len;

	for (const struct use *u = m->held->uses; u; u = u->next) {
		struct object object = u->object;
		struct view view = {.inventory = run->inventory, .bundle = u->bundle};
		struct verdict verdict;
		struct judge_request request = {.operation = OP_CREATE,
						.object = &object,
						.now = run->in->now,
						.schema = run->in->schema,
						.probes =
							buckets_seen_from(run->buckets, u->bundle),
						.buckets_alone = buckets_alone(run->buckets),
						.bundle = u->bundle};
		struct str root = bundles_root(run->bundles, u->bundle);
		size_t before;

		if (!u->changed)
			request.inventory = run->inventory;
		object.part |= view_has_part(&view, &object);
		engine_judge(m->policy, &request, run->scratch, &verdict);
		if (object.kind == KIND_CLUSTER && !object.part)
			framework_look(report, &view, &object, NULL, run->in->now);
		for (size_t i = 0; i < verdict.findings.len; i++)
			chart_reword(run->scratch, m->made, &verdict.findings.items[i]);
		if (u != m->held->uses) {
			uses_drop_told(report, &verdict.findings, &report->findings, findings,
				       root);
			uses_drop_told(report, &verdict.exempted, &report->exempted, exempted,
				       root);
			verdict.findings.dropped = 0;
		}
		before = report->findings.len;
		if (verdict.reason != VERDICT_EXEMPT || report->exempt_objects.len == exempt)
			report_add_verdict(report, m->held->file->name, &object, &verdict);
		if (m->held->uses->next)
			uses_note(report, &report->findings, before, root);
		if (run->in->listener)
			run->in->listener->take(run->in->listener->ctx, &verdict,
						m->held->uses->next == NULL);
		if (change_judge(&run->in->before, m->policy, request, run->scratch, &verdict))
			report_add_verdict(report, m->held->file->name, &object, &verdict);
		arena_reset(run->scratch);
	}
}

static void judge_all(struct run *run, size_t files)
{
	size_t judged = 0;

	for (const struct member *m = run->first; m; m = m->next) {
		if (!m->policy)
			continue;
		judge(run, m);
		tell_progress(run, files, ++judged);
	}
}

void check_run(const struct check_input *in, struct report *out)
{
	CLEANUP(arena) struct arena *documents = arena_new();
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct run run = {.in = in,
			  .report = out,
			  .documents = documents,
			  .scratch = scratch,
			  .budget = DOC_BUDGET};
	const struct files_wanted wanted = {in->paths, in->paths_len, in->exclude, in->exclude_len};
	struct file_list files;

	run.last = &run.first;
	run.last_stranger = &run.strangers;
	run.folders = folders_new(out->arena, in->listener ? &in->listener->kustomizations : NULL);
	run.policies = policies_new(out, in->policy, in->nearest_policy);
	files_find(out->arena, &wanted, &files);
	for (size_t i = 0; in->listener && i < in->listener->added_len; i++)
		files_add(out->arena, in->listener->added[i], &files);
	catalog_complete(out->arena, run.folders, &wanted, &files);
	files_sort(&files);
	read_files(&run, &files);
	render_charts(&run);
	know(&run);
	tell_strangers(&run);
	if (in->stores)
		ask_buckets(&run);
	if (in->reader.placed)
		in->reader.placed(in->reader.ctx,
				  &(struct check_placed){run.catalog, run.bundles, run.inventory,
							 run.whole, run.policies});
	else
		judge_all(&run, files.len);
	policies_tell(run.policies);
	if (in->listener && in->listener->judged)
		in->listener->judged(in->listener->ctx);
	bundles_free(run.bundles);
	catalog_free(run.catalog);
	folders_free(run.folders);
	policies_free(run.policies);
	for (struct kept *k = run.kept; k; k = k->next)
		arena_free(k->arena);
	report_sort(out);
}
