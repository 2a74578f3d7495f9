/* Objects in the fences of Markdown. */
#include "check/check.h"
#include "internal.h"
#include "rules/rule.h"

/* "# ..." and the like between its lines. */
static bool leaves_out(struct obj root)
{
	struct pos pos = obj_pos(root);

	for (uint32_t n = pos.line; n <= pos.end_line; n++) {
		struct str line = doc_line(root.doc, n);

		if (str_contains(line, STR("...")) || str_contains(line, STR("\xe2\x80\xa6")))
			return true;
	}
	return false;
}

/* Documentation is made of placeholders, and shows a part. Nobody applies what it shows, so it
 * fails no run over a folder; who names the file wants to know. */
static void soften(struct findings *all, bool named)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->len; i++) {
		struct finding *f = &all->items[i];

		if (!named && f->severity > SEV_WARN)
			f->severity = SEV_WARN;
		if (!str_is(str_from(f->rule->id), "unresolved-placeholder") &&
		    (named || !str_is(str_from(f->rule->id), "cluster-without-backup")))
			all->items[kept++] = *f;
	}
	all->len = kept;
}

static bool is_named(const struct check_input *in, struct str file)
{
	bool named = false;

	for (size_t i = 0; i < in->paths_len; i++)
		named |= str_eq(in->paths[i], file);
	return named;
}

bool example_is_part(const struct object *object)
{
	return object_is_part(object) || !object->name.len || leaves_out(object->root);
}

static void judge(const struct examples *e, struct obj root)
{
	struct object object;
	struct verdict verdict;
	const struct judge_request request = {.operation = OP_CREATE,
					      .object = &object,
					      .now = e->in->now,
					      .schema = e->in->schema};

	if (!object_read(root, &object) || object.kind == KIND_OTHER ||
	    object.kind == KIND_SECRET) {
		e->report->count.other_kinds++;
		return;
	}
	e->report->count.objects++;
	object.manifest = true;
	object.part = example_is_part(&object);
	if (e->in->reader.example) {
		e->in->reader.example(e->in->reader.ctx, &object);
		return;
	}
	engine_judge(e->policy, &request, e->scratch, &verdict);
	soften(&verdict.findings, is_named(e->in, e->file));
	report_add_verdict(e->report, e->file, &object, &verdict);
}

void examples_take(const struct examples *e, const struct doc_list *docs)
{
	for (size_t i = 0; i < docs->errors_len; i++)
		report_skip(e->report, e->file, docs->errors[i].err.line, docs->errors[i].err.msg);
	for (size_t i = 0; e->policy && i < docs->len; i++) {
		judge(e, doc_root(docs->docs[i]));
		arena_reset(e->scratch);
	}
}
