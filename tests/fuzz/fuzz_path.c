/* A path, a line end, and a document: looking up, and naming every node. */
#include "tree.h"
#include "base/utf8.h"

static void names_hold(struct obj root, struct obj o, size_t *most)
{
	struct buf path CLEANUP(buf) = {0};

	obj_path(root, o, &path);
	BUG_IF(path.len && !utf8_valid(buf_slice(&path)));
	for (struct obj m = obj_first(o); m.node && (*most)--; m = obj_next(m))
		names_hold(root, m, most);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str rest = {(const char *)data, size}, path, found = STR_EMPTY;
	const struct doc *d;
	struct err e;
	size_t most = 1000;

	if (!str_split(&rest, '\n', &path) || !rest.ptr || !doc_read_json(a, rest, &d, &e))
		return 0;
	BUG_IF(obj_str(doc_root(d), arena_cstr(a, path), &found) != OBJ_SET && found.len);
	names_hold(doc_root(d), doc_root(d), &most);
	return 0;
}
