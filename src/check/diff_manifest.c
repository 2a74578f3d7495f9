/* The diff of a file of manifests, without what is in its Secrets. */
#include "check/diff.h"

#include "cnpg/object.h"

static void hide(struct buf *hidden, struct obj at)
{
	struct pos pos = obj_pos(at);

	buf_add(hidden, &(struct diff_hidden){pos.line, pos.end_line}, sizeof(struct diff_hidden));
}

/* Values of a chart hold what it writes into a Secret. In objects of ours such a key is a map. */
static void hide_values(struct buf *hidden, struct obj at)
{
	static const char *const keys[] = {"accessKey",	       "secretKey",
					   "storageKey",       "storageSasToken",
					   "connectionString", "applicationCredentials"};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (obj_text(at, "").len && str_is(obj_key(at), keys[i]))
			hide(hidden, at);
	for (struct obj m = obj_first(at); m.node; m = obj_next(m))
		hide_values(hidden, m); /* as deep as LIMIT_DEPTH at most */
}

static void add_hidden(void *context, struct obj root)
{
	if (str_is(obj_text(root, "kind"), "Secret"))
		hide(context, root);
	else
		hide_values(context, root);
}

bool diff_manifest(const struct diff_manifest *m, struct buf *out)
{
	CLEANUP(arena) struct arena *scratch = arena_new();
	struct buf hidden = BUF_ARENA(scratch);
	struct doc_list docs;
	struct err err;

	if (!doc_read_yaml(scratch, m->old, &docs, &err))
		return false; /* it was read before */
	for (size_t i = 0; i < docs.len; i++)
		object_each(doc_root(docs.docs[i]), add_hidden, &hidden);
	struct diff_texts texts = {
		.path = m->path,
		.old = m->old,
		.new = m->new,
		.created = m->created,
		.hidden = (const struct diff_hidden *)(void *)hidden.ptr,
		.hidden_len = hidden.len / sizeof(struct diff_hidden),
	};
	return diff_write(scratch, &texts, out);
}
