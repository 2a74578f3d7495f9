/* Any bytes as a file of YAML documents: places lie in the text. */
#include "tree.h"
#include "base/utf8.h"

static void places_hold(struct obj o)
{
	struct pos p = obj_pos(o), key = obj_key_pos(o);

	BUG_IF(!p.line || p.line > p.end_line || (p.line == p.end_line && p.column > p.end_column));
	BUG_IF(key.line && doc_line(o.doc, key.line).len + 1 < key.column);
	for (struct obj m = obj_first(o); m.node; m = obj_next(m))
		places_hold(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct doc_list list;
	struct err e = {0};

	if (!doc_read_yaml(a, (struct str){(const char *)data, size}, &list, &e))
		BUG_IF(!e.code || !e.line || !e.column || !utf8_valid(str_from(e.msg)));
	for (size_t i = 0; i < list.len; i++) {
		tree_holds(a, doc_root(list.docs[i]));
		places_hold(doc_root(list.docs[i]));
	}
	return 0;
}
