/* A collection in pages, as large as their bytes allow. */
#include "internal.h"

#include "base/limits.h"

enum { OK = 200, GONE = 410, MOST_RESTARTS = 5 };

/* Who asks so gets the objects without spec and status, and the same token of the next page. */
#define METADATA_ONLY "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

struct listing {
	struct kube *kube;
	struct str path;
	const struct kube_reader *reader;
	struct kube_listed *listed;
	struct arena *page;
	struct buf token; /* of the next page; on the heap, as `mark` */
	struct buf mark;  /* a token of before: a list that comes back to it has no end */
	unsigned limit;	  /* objects of a page */
	size_t pages, objects;
	int restarts;
};

static struct str page_path(struct listing *l)
{
	struct buf out = BUF_ARENA(l->page);
	bool query = str_find_byte(l->path, '?') != STR_NONE;

	buf_fmt(&out, "%.*s%climit=%u", STR_ARG(l->path), query ? '&' : '?', l->limit);
	if (l->token.len) {
		buf_text(&out, "&continue=");
		kube_encode(&out, buf_slice(&l->token));
	}
	return buf_slice(&out);
}

static bool get_page(struct listing *l, const char *accept, struct kube_answer *answer,
		     struct err *err)
{
	struct kube_call call = {.method = "GET", .path = page_path(l), .accept = accept};
	bool ok = kube_do(l->kube, &call, l->page, answer, err);

	l->listed->status = answer->status;
	return ok;
}

static bool is_list(const struct listing *l, struct obj items, struct err *err)
{
	return obj_type(items) == OBJ_LIST || obj_type(items) == OBJ_NULL_VALUE ||
	       err_set(err, E_SYNTAX, "GET %.*s: the answer is no list", STR_ARG(l->path));
}

/* The items of a list do not say their kind; the list does. */
static bool read_page(struct listing *l, const struct kube_answer *answer, struct err *err)
{
	struct obj items = obj_at(answer->root, "items");

	if (!is_list(l, items, err))
		return false;
	l->objects += obj_len(items);
	if (l->listed->most && l->objects > l->listed->most)
		return err_set(err, E_LIMIT, "GET %.*s: a list of more than %zu objects",
			       STR_ARG(l->path), l->listed->most);
	for (struct obj e = obj_first(items); e.node; e = obj_next(e))
		l->reader->each(l->reader->ctx, e);
	if (answer->body.len < LIMIT_KUBE_BYTES / 4 && l->limit < LIMIT_KUBE_PAGE)
		l->limit = l->limit * 2 < LIMIT_KUBE_PAGE ? l->limit * 2 : LIMIT_KUBE_PAGE;
	return true;
}

/* One object that is too large alone: what it is called, and the way past it. */
static bool skip_one(struct listing *l, struct kube_answer *answer)
{
	struct err ignored; /* that it is too large is the matter */

	if (!l->reader->skipped || !get_page(l, METADATA_ONLY, answer, &ignored))
		return false;
	struct obj items = obj_at(answer->root, "items");
	if (!is_list(l, items, &ignored) || obj_len(items) > 1)
		return false; /* it does not know what was asked for */
	if (obj_len(items))
		l->reader->skipped(l->reader->ctx, obj_first(items));
	return true;
}

/* The token of the next page; empty after the last. */
static bool turn_page(struct listing *l, struct obj root, struct err *err)
{
	struct str next = obj_text(root, "metadata.continue");

	if (next.len && str_eq(next, buf_slice(&l->mark)))
		return err_set(err, E_VALUE, "GET %.*s: the list does not go on", STR_ARG(l->path));
	l->token.len = 0;
	buf_str(&l->token, next);
	if ((l->pages & (l->pages - 1)) == 0) {
		l->mark.len = 0;
		buf_str(&l->mark, next);
	}
	return true;
}

static bool begin_anew(struct listing *l)
{
	if (!l->token.len || ++l->restarts > MOST_RESTARTS)
		return false;
	l->token.len = l->mark.len = 0;
	l->objects = 0;
	l->reader->begin(l->reader->ctx);
	return true;
}

/* Until the last page, whose answer stays in `answer`. */
static bool get_all(struct listing *l, struct kube_answer *answer, struct err *err)
{
	for (;;) {
		arena_reset(l->page);
		if (++l->pages > LIMIT_KUBE_PAGES)
			return err_set(err, E_LIMIT, "GET %.*s: a list of more than %u pages",
				       STR_ARG(l->path), LIMIT_KUBE_PAGES);
		bool ok = get_page(l, NULL, answer, err);
		bool too_large = !ok && err->code == E_LIMIT && answer->status == OK;

		if (too_large && l->limit > 1) {
			l->limit /= 2;
			continue;
		}
		if (!ok && answer->status == GONE && begin_anew(l))
			continue;
		if (too_large ? !skip_one(l, answer) : !ok || !read_page(l, answer, err))
			return false;
		if (!turn_page(l, answer->root, err))
			return false;
		if (!l->token.len)
			return true;
	}
}

bool kube_list(struct kube *k, struct str path, const struct kube_reader *reader,
	       struct kube_listed *listed, struct err *err)
{
	CLEANUP(arena) struct arena *page = arena_new();
	struct listing l = {.kube = k,
			    .path = path,
			    .reader = reader,
			    .listed = listed,
			    .page = page,
			    .limit = LIMIT_KUBE_PAGE};
	struct kube_answer answer;

	reader->begin(reader->ctx);
	bool ok = get_all(&l, &answer, err);
	if (ok)
		listed->version =
			arena_str(listed->arena, obj_text(answer.root, "metadata.resourceVersion"));
	buf_release(&l.token);
	buf_release(&l.mark);
	return ok;
}
