/* Any bytes as CRDs: an error with a text, or a schema whose parts are all there and in order. */
#include "base/arena.h"
#include "cnpg/schema.h"

#include <stdint.h>
#include <string.h>

static void look(const struct schema *s, const struct schema_node *node, unsigned depth)
{
	BUG_IF(depth > 250);
	for (size_t i = 0; i < node->len; i++) {
		const struct schema_field *f = &s->fields[node->first + i];

		BUG_IF(i && strcmp(f[-1].name, f->name) >= 0);
		BUG_IF(schema_field(s, node, str_from(f->name)) != f);
		look(s, &s->nodes[f->node], depth + 1);
	}
	if (node->members)
		look(s, &s->nodes[node->members], depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *arena = arena_new();
	struct schema_reader *r = schema_reader_new(arena);
	struct str bytes = {(const char *)data, size};
	struct err err = {0};
	struct doc_list docs;
	bool ok = doc_read_yaml(arena, bytes, &docs, &err);

	for (size_t i = 0; i < docs.len && ok; i++)
		ok = schema_read(r, doc_root(docs.docs[i]), &err);
	BUG_IF(!ok && !err.msg[0]);
	const struct schema *s = ok ? schema_read_end(r) : NULL;
	for (size_t i = 0; s && i < s->roots_len; i++)
		look(s, &s->nodes[s->roots[i].node], 0);
	return 0;
}
