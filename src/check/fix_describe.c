/* What an edit of --fix does, in words. */
#include "internal.h"

#include "base/json.h"
#include "base/utf8.h"

#define REMOVED_BYTES 200 /* of what was removed: the diff and the history have it all */

static void describe_removed(const struct edit *e, struct buf *out)
{
	struct buf text CLEANUP(buf) = {0};
	struct json json = JSON(&text);

	obj_json(e->at, &json);
	buf_text(out, "removed ");
	buf_clean(out, obj_key(e->at));
	buf_text(out, ": ");
	struct str shown = utf8_cut(buf_slice(&text), REMOVED_BYTES);
	buf_clean(out, shown);
	buf_text(out, shown.len < text.len ? "..." : "");
}

void fix_describe(const struct edit *e, struct buf *out)
{
	switch (e->kind) {
	case EDIT_TEXT:
		buf_clean(out, obj_key(e->at));
		buf_text(out, ": '");
		buf_clean(out, obj_text(e->at, ""));
		buf_fmt(out, "' -> '%.*s'", STR_ARG(e->text));
		break;
	case EDIT_KEY:
		buf_clean(out, obj_key(e->at));
		buf_fmt(out, " -> %.*s", STR_ARG(e->text));
		break;
	case EDIT_INSERT:
		buf_fmt(out, "added %.*s: %.*s", STR_ARG(e->key), STR_ARG(e->text));
		break;
	case EDIT_REMOVE:
		describe_removed(e, out);
		break;
	case EDIT_BEHIND:
	case EDIT_ITEM:
	case EDIT_REPLACE: /* no remedy is one */
		break;
	}
}
