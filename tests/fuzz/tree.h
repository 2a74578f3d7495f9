/* What must hold for every tree that was read. */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

#include "base/json.h"
#include "doc/obj.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Printed as JSON it reads back as an equal tree; every string and place can be read. */
static inline void tree_holds(struct arena *a, struct obj root)
{
	struct buf text CLEANUP(buf) = {0};
	struct json j = JSON(&text);
	const struct doc *again;
	struct err e;

	obj_json(root, &j);
	BUG_IF(!str_is_utf8(buf_slice(&text)));
	BUG_IF(!doc_read_json(a, buf_slice(&text), &again, &e));
	BUG_IF(!obj_equal(root, doc_root(again)) || !obj_equal(doc_root(again), root));
}

#endif
