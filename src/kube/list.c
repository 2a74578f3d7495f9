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
static void read_page(struct obj root, const struct kube_reader *reader)
{
	struct obj items = obj_at(root, "items");

	for (struct obj e = obj_first(items); e.node; e = obj_next(e))
		reader->each(reader->ctx, e);
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

		token.len = 0;
		bool ok = kube_get(k, url, page, &answer, err);

		listed->status = answer.status;
		if (ok) {
			read_page(answer.root, reader);
			buf_str(&token, obj_text(answer.root, "metadata.continue"));
			listed->version = arena_str(
				listed->arena, obj_text(answer.root, "metadata.resourceVersion"));
			if (!token.len)
				return true;
		} else if (answer.status == GONE && ++restarts <= MOST_RESTARTS) {
			reader->begin(reader->ctx);
		} else {
			return false;
		}
		arena_reset(page);
	}
}
