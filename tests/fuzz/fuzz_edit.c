/* Two bytes choose a change and a node, the rest is a file: the text changes there or not at all.
 */
#include "doc/edit.h"
#include "tree.h"

static struct obj node_at(struct obj at, size_t *left)
{
	for (struct obj m = obj_first(at); m.node; m = obj_next(m)) {
		struct obj found = (*left)-- == 0 ? m : node_at(m, left);

		if (found.node)
			return found;
	}
	return (struct obj){0};
}

static size_t common(struct str a, struct str b)
{
	size_t from = 0, behind = 0, least = a.len < b.len ? a.len : b.len;

	while (from < least && a.ptr[from] == b.ptr[from])
		from++;
	while (behind < least - from && a.ptr[a.len - 1 - behind] == b.ptr[b.len - 1 - behind])
		behind++;
	return from + behind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena) struct arena *a = arena_new();
	struct str text = {(const char *)data + 2, size - 2};
	struct doc_list list;
	struct err e = {0};

	if (size < 2 || !doc_read_yaml(a, text, &list, &e) || !list.len)
		return 0;
	struct obj root = doc_root(list.docs[0]);
	struct doc_list block;
	BUG_IF(!doc_read_yaml(a, STR("m: # c\n- n: x\n\nz: 1\n"), &block, &e));
	struct edit edit = {
		.kind = (enum edit_kind)(data[0] & 8 ? EDIT_BEHIND + data[0] % 2 : data[0] % 4),
		.at = node_at(root, &(size_t){data[1]}),
		.key = STR("a.b"),
		.text = data[0] & 4 ? STR("x '\"\\: #") : STR("x"),
		.root = root};
	if (data[0] & 8)
		edit.block = doc_root(block.docs[0]);
	struct edit_group group = {.edits = &edit};
	if (!edit.at.node || (edit.kind != EDIT_TEXT && !obj_key(edit.at).len) ||
	    (edit.kind == EDIT_TEXT && obj_type(edit.at) != OBJ_STRING))
		return 0;
	struct str out = edit_apply(a, text, &list, &group, 1);
	BUG_IF(group.refused && !str_eq(out, text));
	BUG_IF(!group.refused && (edit.kind == EDIT_INSERT || edit.kind == EDIT_BEHIND) &&
	       common(text, out) != text.len);
	BUG_IF(!group.refused && edit.kind == EDIT_REMOVE && common(text, out) != out.len);
	return 0;
}
