/* A collection in pages. */
#include "kube/kube.h"

#include "base/limits.h"

enum { GONE = 410, MOST_RESTARTS = 5 };

static struct str page_path(struct str path, struct str token, struct arena *a)
{
	struct buf out = BUF_ARENA(a);
	bool query = str_find_byte(path, '?') != STR_NONE;

	buf_fmt(&out, "%.*s%climit=%u", STR_ARG(path), query ? '&' : '?', LIMIT_KUBE_PAGE);
	if (token.len) {
		buf_text(&out, "&continue=");
		kube_encode(&out, token);
	}
	return buf_slice(&out);
}

/* The items of a list do not say their kind; the list does. */
static bool read_page(struct obj root, struct str path, const struct kube_reader *reader,
		      struct err *err)
{
	struct obj items = obj_at(root, "items");

	if (obj_type(items) != OBJ_LIST && obj_type(items) != OBJ_NULL_VALUE)
		return err_set(err, E_SYNTAX, "GET %.*s: the answer is no list", STR_ARG(path));
	for (struct obj e = obj_first(items); e.node; e = obj_next(e))
		reader->each(reader->ctx, e);
	return true;
}

/* The token of the next page; empty after the last. The same one again would never end. */
static bool turn_page(struct obj root, struct str path, struct buf *token, struct err *err)
{
	struct str next = obj_text(root, "metadata.continue");

	if (next.len && str_eq(next, buf_slice(token)))
		return err_set(err, E_VALUE, "GET %.*s: the list does not go on", STR_ARG(path));
	token->len = 0;
	buf_str(token, next);
	return true;
}

bool kube_list(struct kube *k, struct str path, const struct kube_reader *reader,
	       struct kube_listed *listed, struct err *err)
{
	CLEANUP(arena) struct arena *page = arena_new();
	CLEANUP(buf) struct buf token = {0};
	struct kube_answer answer;

	reader->begin(reader->ctx);
	for (int restarts = 0;;) {
		struct str url = page_path(path, buf_slice(&token), page);
		bool ok = kube_get(k, url, page, &answer, err);

		listed->status = answer.status;
		if (ok) {
			if (!read_page(answer.root, path, reader, err) ||
			    !turn_page(answer.root, path, &token, err))
				return false;
			if (!token.len)
				break;
		} else if (answer.status == GONE && token.len && ++restarts <= MOST_RESTARTS) {
			token.len = 0;
			reader->begin(reader->ctx);
		} else {
			return false;
		}
		arena_reset(page);
	}
	listed->version =
		arena_str(listed->arena, obj_text(answer.root, "metadata.resourceVersion"));
	return true;
}
