/* Any bytes as a JSON text. */
#include "tree.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	const struct doc *d;
	struct err e = {0};

	if (doc_read_json(a, (struct str){(const char *)data, size}, &d, &e))
		tree_holds(a, doc_root(d));
	else
		BUG_IF(!e.code || !e.line || !e.column || !utf8_valid(str_from(e.msg)));
	return 0;
}
