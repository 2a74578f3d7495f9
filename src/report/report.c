#include "report/report.h"

#include "framework_internal.h"

#include "report/fingerprint.h"
#include "report/glyph.h"
#include "report/origin.h"
#include "report/writers.h"
#include "rules/rule.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT_ROW(name, extension, write, layout, objects, state)                                 \
	{name, extension, write, layout, objects, state},
#define FORMAT_NAME(name, extension, write, layout, objects, state) name,

const struct report_format report_formats[] = {FORMATS(FORMAT_ROW)};
const char *const report_format_names[] = {FORMATS(FORMAT_NAME) NULL};

const size_t report_formats_len = ARRAY_LEN(report_formats);

const struct report_format *report_format_find(struct str name)
{
	for (size_t i = 0; i < report_formats_len; i++)
		if (str_is(name, report_formats[i].name))
			return &report_formats[i];
	return NULL;
}

/* Room for one more; returns the array, which may have moved. */
static void *grow(struct report *r, void *items, size_t len, size_t *cap, size_t size)
{
	if (items && len < *cap)
		return items;
	*cap = *cap ? *cap * 2 : 8;
	void *grown = arena_alloc(r->arena, *cap * size);
	if (items)
		memcpy(grown, items, len * size);
	return grown;
}

#define ADD(r, list)                                                                               \
	((list).items = grow((r), (list).items, (list).len, &(list).cap, sizeof *(list).items),    \
	 &(list).items[(list).len++])

static struct str copy(struct report *r, struct str s)
{
	return s.len ? arena_str(r->arena, s) : STR_EMPTY;
}

static void copy_finding(struct report *r, struct finding *f)
{
	f->path = copy(r, f->path);
	f->message = copy(r, f->message);
	f->effect = copy(r, f->effect);
	f->fix = copy(r, f->fix);
	f->subject = copy(r, f->subject);
	f->exempted_by = copy(r, f->exempted_by);
	f->edits = NULL; /* about a tree that goes */
	f->source = NULL;
	f->written = f->removed = STR_EMPTY;
	f->other = (struct obj){0};
}

static void add_finding(struct report *r, struct report_findings *list,
			const struct report_finding *like, const struct finding *f)
{
	struct report_finding *added = ADD(r, *list);

	*added = *like;
	added->finding = *f;
	/* A patch wrote it: it stands there, and the object comes from its own file. */
	if (f->source && doc_name(f->source).len && !str_eq(doc_name(f->source), like->file)) {
		added->file = copy(r, doc_name(f->source));
		if (!added->origin.len)
			added->origin = like->file;
	}
	copy_finding(r, &added->finding);
}

/* An object of several bundles has a verdict in each, one behind the other: it is one object. */
static size_t keep_object(struct report *r, const struct report_finding *like)
{
	const struct report_object *last =
		r->objects.len ? &r->objects.items[r->objects.len - 1] : NULL;

	if (!last || !str_eq(last->file, like->file) || !str_eq(last->kind, like->kind) ||
	    !str_eq(last->namespace, like->namespace) || !str_eq(last->name, like->name))
		*ADD(r, r->objects) = (struct report_object){.file = like->file,
							     .kind = like->kind,
							     .namespace = like->namespace,
							     .name = like->name};
	return r->objects.len - 1;
}

void report_add_cluster(struct report *r, const struct report_cluster *row)
{
	struct report_cluster *to = ADD(r, r->clusters);

	*to = *row;
	to->namespace = copy(r, row->namespace);
	to->name = copy(r, row->name);
	to->store = copy(r, row->store);
	r->clusters.from |= row->from != 0;
	r->clusters.context |= row->context.len != 0;
}

void report_add_verdict(struct report *r, struct str file, const struct object *o,
			const struct verdict *v)
{
	r->count.dropped += v->findings.dropped;
	if (!r->keep_objects && v->reason != VERDICT_EXEMPT && !v->findings.len && !v->exempted.len)
		return;
	struct report_finding like = {
		.file = file,
		.api_version = copy(r, o->api_version),
		.kind = copy(r, o->kind_name),
		.namespace = copy(r, o->namespace),
		.name = copy(r, o->name),
		.origin = origin_of(r->arena, o),
	};
	if (r->keep_objects)
		like.object = keep_object(r, &like);
	if (v->reason == VERDICT_EXEMPT)
		*ADD(r, r->exempt_objects) = (struct report_exempt){
			.file = file,
			.kind = like.kind,
			.namespace = like.namespace,
			.name = like.name,
			.by = copy(r, v->exempted_by),
			.object = like.object,
		};
	for (size_t i = 0; i < v->findings.len; i++) {
		struct finding f = v->findings.items[i];

		if (v->audit_only && f.severity > SEV_WARN)
			f.severity = SEV_WARN; /* nobody would be refused */
		struct str line =
			f.confidential || !f.source ? STR_EMPTY : doc_line(f.source, f.pos.line);

		like.source = excerpt_take(r->arena, line, f.pos);
		add_finding(r, &r->findings, &like, &f);
		r->count.by_severity[f.severity]++;
	}
	like.source = (struct excerpt){.text = STR_EMPTY};
	for (size_t i = 0; i < v->exempted.len; i++) {
		struct finding f = v->exempted.items[i];

		add_finding(r, &r->exempted, &like, &f);
	}
}

/* A person looks into a few of them. */
#define SHOWN_USES 5

static struct str effect_of_uses(struct report *r, const struct report_uses *u)
{
	struct buf text = BUF_ARENA(r->arena);

	if (u->effect.len)
		buf_fmt(&text, "%.*s; ", STR_ARG(u->effect));
	buf_fmt(&text, "used by %zu: ", u->len);
	for (size_t i = 0; i < u->len && i < SHOWN_USES; i++)
		buf_fmt(&text, "%s%.*s", i ? ", " : "", STR_ARG(u->roots[i]));
	if (u->len > SHOWN_USES)
		buf_text(&text, ", …");
	return buf_slice(&text);
}

void report_add_use(struct report *r, struct report_finding *f, struct str root, struct str fix)
{
	struct report_uses *u = &f->uses;

	if (!u->len) {
		u->effect = f->finding.effect;
		u->fix = f->finding.fix;
	}
	u->roots = grow(r, u->roots, u->len, &u->cap, sizeof *u->roots);
	u->roots[u->len++] = copy(r, root);
	u->differ |= !str_eq(fix, u->fix);
	if (u->len < 2)
		return;
	f->finding.effect = effect_of_uses(r, u);
	if (u->differ) /* where it is written it would be wrong for the others */
		f->finding.fix = arena_fmt(r->arena, "for %.*s: %.*s", STR_ARG(u->roots[0]),
					   STR_ARG(u->fix));
}

void report_add_error(struct report *r, struct str file, const struct err *e, struct str line)
{
	struct pos pos = {.line = e->line, .column = e->column};

	*ADD(r, r->errors) = (struct report_error){
		.file = copy(r, file),
		.line = e->line,
		.column = e->column,
		.message = arena_str(r->arena, str_from(e->msg)),
		.source = excerpt_take(r->arena, line, pos),
	};
}

void report_skip(struct report *r, struct str file, uint32_t line, const char *why)
{
	*ADD(r, r->skipped) = (struct report_skipped){
		.file = copy(r, file), .line = line, .why = arena_str(r->arena, str_from(why))};
}

static void merge_findings(struct report *r, struct report_findings *to,
			   const struct report_findings *from, struct str context)
{
	for (size_t i = 0; i < from->len; i++) {
		struct report_finding *f = ADD(r, *to);

		*f = from->items[i];
		f->context = context;
		f->object += r->objects.len;
	}
}

static void merge_objects(struct report *r, const struct report *from, struct str context)
{
	for (size_t i = 0; i < from->exempt_objects.len; i++) {
		struct report_exempt *e = ADD(r, r->exempt_objects);

		*e = from->exempt_objects.items[i];
		e->context = context;
		e->object += r->objects.len;
	}
	for (size_t i = 0; i < from->objects.len; i++) {
		struct report_object *o = ADD(r, r->objects);

		*o = from->objects.items[i];
		o->context = context;
	}
}

static void merge_counts(struct report_counts *to, const struct report_counts *from)
{
	to->objects += from->objects;
	to->dropped += from->dropped;
	to->secrets_unread += from->secrets_unread;
	for (size_t s = 0; s < ARRAY_LEN(to->by_severity); s++)
		to->by_severity[s] += from->by_severity[s];
}

void report_merge(struct report *r, const struct report *from, struct str context)
{
	/* findings say their object by its place behind those that are there */
	merge_findings(r, &r->findings, &from->findings, context);
	merge_findings(r, &r->exempted, &from->exempted, context);
	merge_objects(r, from, context);
	for (size_t i = 0; i < from->clusters.len; i++) {
		struct report_cluster row = from->clusters.items[i];

		row.context = context;
		report_add_cluster(r, &row);
	}
	framework_merge(r, from, context);
	for (size_t i = 0; i < from->errors.len; i++) {
		struct report_error *e = ADD(r, r->errors);

		*e = from->errors.items[i];
		e->message = arena_fmt(r->arena, "context %.*s: %.*s", STR_ARG(context),
				       STR_ARG(e->message));
	}
	merge_counts(&r->count, &from->count);
}

static int order(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_objects(const struct report_finding *a, const struct report_finding *b)
{
	int by = str_cmp(a->context, b->context);

	if (!by)
		by = str_cmp(a->namespace, b->namespace);
	if (!by)
		by = str_cmp(a->kind, b->kind);
	return by ? by : str_cmp(a->name, b->name);
}

static int compare_findings(const void *left, const void *right)
{
	const struct report_finding *a = left, *b = right;
	int by = str_cmp(a->file, b->file);

	if (!by)
		by = order(a->finding.pos.line, b->finding.pos.line);
	if (!by)
		by = order(a->finding.pos.column, b->finding.pos.column);
	if (!by && !a->file.len) /* live: no place says which object it is */
		by = compare_objects(a, b);
	if (!by)
		by = strcmp(a->finding.rule->id, b->finding.rule->id);
	if (!by)
		by = str_cmp(a->finding.path, b->finding.path);
	return by ? by : str_cmp(a->finding.message, b->finding.message);
}

static int compare_errors(const void *left, const void *right)
{
	const struct report_error *a = left, *b = right;
	int by = str_cmp(a->file, b->file);

	return by ? by : order(a->line, b->line);
}

static int compare_skipped(const void *left, const void *right)
{
	const struct report_skipped *a = left, *b = right;
	int by = str_cmp(a->file, b->file);

	return by ? by : order(a->line, b->line);
}

void report_sort(struct report *r)
{
	if (r->findings.len)
		qsort(r->findings.items, r->findings.len, sizeof *r->findings.items,
		      compare_findings);
	if (r->exempted.len)
		qsort(r->exempted.items, r->exempted.len, sizeof *r->exempted.items,
		      compare_findings);
	if (r->errors.len)
		qsort(r->errors.items, r->errors.len, sizeof *r->errors.items, compare_errors);
	if (r->skipped.len)
		qsort(r->skipped.items, r->skipped.len, sizeof *r->skipped.items, compare_skipped);
	fingerprint_number(&r->findings);
	fingerprint_number(&r->exempted);
}

void report_lower(struct report *r, bool (*covers)(void *ctx, const struct report_finding *f),
		  void *ctx)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->findings.len; i++) {
		const struct report_finding *f = &r->findings.items[i];

		if (covers(ctx, f)) {
			r->count.by_severity[f->finding.severity]--;
			*ADD(r, r->baselined) = *f;
		} else {
			r->findings.items[kept++] = *f;
		}
	}
	r->findings.len = kept;
}

void report_quieten(struct report *r, enum severity severity)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->findings.len; i++)
		if (severity != SEV_OFF && r->findings.items[i].finding.severity >= severity)
			r->findings.items[kept++] = r->findings.items[i];
	r->findings.len = kept;
	r->quiet = true;
}

bool report_reaches(const struct report *r, enum severity severity)
{
	size_t count = 0;

	for (size_t s = severity; severity != SEV_OFF && s <= SEV_DENY; s++)
		count += r->count.by_severity[s];
	return count > 0;
}

void report_errors(struct buf *out, const struct report *r, const struct report_style *style,
		   bool layout)
{
	for (size_t i = 0; i < r->errors.len; i++) {
		if (layout)
			text_error(out, &r->errors.items[i], style);
		else
			compact_error(out, &r->errors.items[i]);
	}
}

void report_list_skipped(struct buf *out, const struct report *r)
{
	for (size_t i = 0; i < r->skipped.len; i++) {
		const struct report_skipped *s = &r->skipped.items[i];

		buf_text(out, "skipped: ");
		glyph_clean(out, s->file);
		if (s->line)
			buf_fmt(out, ":%u", s->line);
		buf_text(out, ": ");
		glyph_clean(out, s->why);
		buf_byte(out, '\n');
	}
}
