/* Any bytes as a JSON text: as cJSON reads it, or an error with a place. */
#include "oracle.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = {(const char *)data, size};
	const struct doc *d;
	struct err e = {0};

	if (doc_read_json(a, text, &d, &e)) {
		BUG_IF(!oracle_agrees(text, doc_root(d)));
		tree_holds(a, doc_root(d));
	} else {
		BUG_IF(!e.code || !e.line || !e.column || !str_is_utf8(str_from(e.msg)));
	}
	return 0;
}
