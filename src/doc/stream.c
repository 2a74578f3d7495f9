#include "stream_internal.h"

#include "base/buf.h"
#include "json_value_internal.h"

static void append(struct arena *a, struct buf *docs, const struct doc *like, struct doc_list *out)
{
	struct doc *d = ARENA_NEW(a, struct doc);

	*d = *like;
	buf_add(docs, &d, sizeof d);
	out->docs = (const struct doc **)(void *)docs->ptr;
	out->len++;
}

/* One document. What it took is given back when it is refused. */
static bool read_document(struct json_reader *r, struct doc_budget *budget, struct doc *out)
{
	struct arena_mark mark = arena_mark(r->arena);
	struct err *err = r->scan.err;
	bool scarce = budget->nodes < LIMIT_NODES;

	r->scan.nul = false;
	r->most = scarce ? budget->nodes : LIMIT_NODES;
	if (!json_read_value(r, &out->root)) {
		arena_rewind(r->arena, mark);
		if (scarce && r->nodes > r->most)
			err_at(err, E_LIMIT, err->line, err->column, TOO_MANY_IN_RUN,
			       LIMIT_RUN_NODES);
		return false;
	}
	budget->nodes -= r->nodes;
	out->nul = r->scan.nul;
	return true;
}

static bool read_documents(struct json_reader *r, struct doc_budget *budget, struct doc_list *out)
{
	struct buf docs = BUF_ARENA(r->arena);
	struct doc d = *r->place.file;

	for (scan_blanks(&r->scan); r->scan.at < r->scan.end; scan_blanks(&r->scan)) {
		if (out->len == LIMIT_DOCUMENTS)
			return json_refuse(r, TOO_MANY_DOCUMENTS, LIMIT_DOCUMENTS);
		if (!read_document(r, budget, &d))
			return false;
		if (NODE_TYPE(d.root) != cJSON_NULL)
			append(r->arena, &docs, &d, out);
	}
	return true;
}

enum json_stream json_stream_read(struct arena *a, const struct doc *file,
				  struct doc_budget *budget, struct doc_list *out, struct err *err)
{
	const unsigned char *from = (const unsigned char *)file->text.ptr;
	struct json_reader r = {
		.scan = {.text = file->text, .at = from, .end = from + file->text.len, .err = err},
		.arena = a,
		.place = {.file = file, .line = 1, .column = 1},
		.left_out = STR_EMPTY,
	};
	struct arena_mark mark = arena_mark(a);
	struct doc_budget before = *budget;

	if (!str_has_prefix(str_trim(file->text), STR("{")))
		return STREAM_OTHER;
	if (read_documents(&r, budget, out))
		return STREAM_READ;
	if (r.refused)
		return STREAM_REFUSED;
	arena_rewind(a, mark);
	*budget = before;
	*out = (struct doc_list){0};
	return STREAM_OTHER;
}
