/* What is known of one Cluster, and what is to become of it. */
#include "internal.h"

#include <stdarg.h>

void migration_refuse(struct migrate *m, struct migration *of, const char *fmt, ...)
{
	struct buf why = BUF_ARENA(m->arena);
	va_list args;

	if (of->refused.len)
		return;
	va_start(args, fmt);
	buf_vfmt(&why, fmt, args);
	va_end(args);
	of->refused = buf_slice(&why);
}

size_t migrations_refused(const struct migrate *m)
{
	size_t count = 0;

	for (const struct migration *of = m->first; of; of = of->next)
		count += of->refused.len != 0;
	return count;
}

void migration_tell(struct migration *of, const char *fmt, ...)
{
	struct buf line CLEANUP(buf) = {0};
	va_list args;

	va_start(args, fmt);
	buf_vfmt(&line, fmt, args);
	va_end(args);
	buf_text(&of->told, "  ");
	buf_clean(&of->told, buf_slice(&line));
	buf_byte(&of->told, '\n');
}

struct migration *migration_find(const struct migrate *m, struct str file, size_t nth)
{
	for (struct migration *of = m->first; of; of = of->next)
		if (of->nth == nth && str_eq(of->file, file))
			return of;
	return NULL;
}

struct migration *migration_of(struct migrate *m, const struct held *held, size_t nth)
{
	const struct object *o = &held->object;
	struct migration *of = migration_find(m, held->file->name, nth);

	if (of)
		return of;
	of = ARENA_NEW(m->arena, struct migration);
	struct str namespace = held->uses ? held->uses->object.namespace : o->namespace;
	*of = (struct migration){.file = arena_str(m->arena, held->file->name),
				 .nth = nth,
				 .line = obj_pos(o->root).line,
				 .name = arena_str(m->arena, o->name),
				 .called = arena_fmt(m->arena, "%.*s%s%.*s", STR_ARG(namespace),
						     namespace.len ? "/" : "", STR_ARG(o->name))};
	*m->last = of;
	m->last = &of->next;
	return of;
}

bool migration_edit(struct migrate *m, struct edit **list, struct edit edit, struct str lines)
{
	struct doc_list docs;
	struct err err;

	if (lines.len) {
		if (!doc_read_yaml(m->arena, lines, &docs, &err) || docs.len != 1)
			return false;
		edit.block = doc_root(docs.docs[0]);
	}
	edit.next = *list;
	*list = ARENA_NEW(m->arena, struct edit);
	**list = edit;
	return true;
}

bool migration_edit_here(struct migrate *m, struct migration *of, struct edit edit,
			 struct str lines)
{
	struct text_edits *in = of->edits;

	while (in && in->text != of->at.text)
		in = in->next;
	if (!in) {
		in = ARENA_NEW(m->arena, struct text_edits);
		*in = (struct text_edits){of->at.text, NULL, of->edits};
		of->edits = in;
	}
	edit.root = of->at.root;
	edit.inside = of->at.inside;
	edit.embedded = of->at.embedded;
	if (migration_edit(m, &in->edits, edit, lines))
		return true;
	migration_refuse(m, of, "what it would become cannot be read again");
	return false;
}

void migration_commit(struct migrate *m, struct migration *of)
{
	for (const struct text_edits *in = of->edits; in; in = in->next)
		migration_change(m, of, in->text, in->edits);
	for (const struct store *s = of->stores; s; s = s->next) {
		const struct text_edits *in = of->edits;

		while (in && in->text != s->text)
			in = in->next;
		if (!in) /* once more does no harm */
			migration_change(m, of, s->text, NULL);
	}
}

struct part *migration_parts(const struct migrate *m, size_t *len)
{
	*len = m->parts.len / sizeof(struct part);
	return (struct part *)(void *)m->parts.ptr;
}

void migration_change(struct migrate *m, struct migration *of, struct text *text,
		      struct edit *edits)
{
	struct part part = {.of = of, .text = text, .group.edits = edits};

	buf_add(&m->parts, &part, sizeof part);
}

/* "apps/kustomization.yaml:3", or nothing. */
static struct str place_of(struct migrate *m, struct obj at, const struct held *held)
{
	struct pos pos = obj_pos(at);

	if (!at.node || !pos.line || str_eq(doc_name(obj_source(at)), held->file->name))
		return STR_EMPTY;
	return arena_fmt(m->arena, " (%.*s:%u)", STR_ARG(doc_name(obj_source(at))), pos.line);
}

/* The first value below that is written in another file; else itself. */
static struct obj written_elsewhere(struct obj at, struct str file)
{
	if (at.node && obj_pos(at).line && !str_eq(doc_name(obj_source(at)), file))
		return at;
	for (struct obj m = obj_first(at); m.node; m = obj_next(m)) {
		struct obj found = written_elsewhere(m, file);

		if (obj_pos(found).line && !str_eq(doc_name(obj_source(found)), file))
			return found;
	}
	return at;
}

bool migration_is_written(struct obj here, struct obj applied)
{
	struct obj a, b;

	if (texts_fill_in(obj_text(here, "")) || obj_equal(here, applied))
		return true;
	if (obj_type(here) != obj_type(applied) || obj_len(here) != obj_len(applied) ||
	    !obj_len(here))
		return false;
	for (a = obj_first(here), b = obj_first(applied); a.node && b.node;
	     a = obj_next(a), b = obj_next(b))
		if (!str_eq(obj_key(a), obj_key(b)) || !migration_is_written(a, b))
			return false;
	return true;
}

void migration_need_written(struct migrate *m, struct migration *of, const struct held *held,
			    const char *path)
{
	struct obj here = obj_at(held->object.root, path);

	for (const struct use *u = held->uses; u; u = u->next) {
		struct obj applied = obj_at(u->object.root, path);

		if (u->changed) {
			migration_refuse(
				m, of,
				"a plugin of its kustomization changes it in a way that is not known");
			return;
		}
		if (here.node ? migration_is_written(here, applied) : !applied.node)
			continue;
		struct str place = place_of(m, written_elsewhere(applied, held->file->name), held);
		migration_refuse(
			m, of,
			"%s of %.*s %.*s is not applied as it is written%.*s: what a kustomization makes of it is to be migrated there, by hand",
			path, STR_ARG(held->object.kind_name), STR_ARG(held->object.name),
			STR_ARG(place));
		return;
	}
}
