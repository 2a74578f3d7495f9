/*
 * A client of an API server: one connection that is kept, one thread at a time.
 */
#ifndef KUBE_KUBE_H
#define KUBE_KUBE_H

#include "doc/obj.h"
#include "kube/config.h"

struct kube;

/* The config must live as long as the client. */
MUST_CHECK bool kube_open(const struct kube_config *config, struct kube **out, struct err *err);
void kube_close(struct kube *k); /* NULL is fine */
DEFINE_CLEANUP(struct kube *, kube, kube_close)

/* The client's calls end at once when it returns true. Asked about every second. */
void kube_stop_when(struct kube *k, bool (*stop)(const void *ctx), const void *ctx);

struct kube_call {
	const char *method;	  /* "GET" */
	struct str path;	  /* from /api or /apis on, with its query, encoded; an error
				     when a name in it would lead elsewhere: "..", "a/b" */
	struct str body;	  /* empty: none */
	const char *content_type; /* of the body */
	const char *accept;	  /* NULL: KUBE_JSON */
};

struct kube_answer {
	long status; /* of HTTP; 0: there was none */
	struct str body;
	struct obj root;     /* of the body when it is JSON, else absent */
	struct str warnings; /* what kubectl would print as "Warning: ...", one a line */
};

#define KUBE_APPLY "application/apply-patch+yaml"
#define KUBE_MERGE "application/merge-patch+json"
#define KUBE_JSON "application/json"

/* True for a status 2xx. Otherwise the error says what the API server said; a caller that expects
 * 404 or 409 looks at answer->status. Within LIMIT_KUBE_SECONDS. */
MUST_CHECK bool kube_do(struct kube *k, const struct kube_call *call, struct arena *a,
			struct kube_answer *answer, struct err *err);

/* GET of one object. */
MUST_CHECK bool kube_get(struct kube *k, struct str path, struct arena *a,
			 struct kube_answer *answer, struct err *err);

/* A part of a path or of a query: everything but letters, digits and -._~ as %XX. Appends. */
void kube_encode(struct buf *out, struct str part);

/*
 * Every object of a collection, in pages of LIMIT_KUBE_PAGE, and of fewer where they have more than
 * LIMIT_KUBE_BYTES: memory is that of a page. `begin` is called first, and again when the list has
 * to begin anew (410: the API server has forgotten where we were); `each` for each item, whose tree
 * lives until it returns. `skipped` (NULL: it is an error) for one that is too large even alone: of
 * its metadata namespace and name are sure to be there, and nothing else. A list without an end is
 * an error, at the latest after LIMIT_KUBE_PAGES.
 */
struct kube_reader {
	void (*begin)(void *ctx);
	void (*each)(void *ctx, struct obj item);
	void (*skipped)(void *ctx, struct obj item);
	void *ctx;
};
struct kube_listed {
	struct arena *arena; /* in: where `version` goes */
	size_t most;	     /* in: objects; more of them are an error. 0: any number */
	struct str version;  /* of the list, for a watch */
	long status;	     /* of HTTP, of the last page */
};
MUST_CHECK bool kube_list(struct kube *k, struct str path, const struct kube_reader *reader,
			  struct kube_listed *listed, struct err *err);

enum kube_event { KUBE_ADDED, KUBE_MODIFIED, KUBE_DELETED };

/*
 * Lists a collection and watches it until `stop` (see kube_stop_when) says so: with bookmarks,
 * resuming where it was, listing anew after 410 Gone, and after an error with a growing pause. An
 * event that is too large is `skipped` as in a list, but for a deletion, of which no more is told.
 * `synced` follows each complete list; `failed` each error, before the pause. `alive` (may be
 * NULL): the watch is answered, a bookmark came, or it ended in time. `absent` (may be NULL: it is
 * an error): the API server serves no such kind; asked again every few seconds. `lost` (may be
 * NULL) is asked before each watch: true lists anew instead of resuming.
 */
struct kube_watcher {
	struct kube_reader list;
	void (*synced)(void *ctx);
	void (*event)(void *ctx, enum kube_event what, struct obj object);
	void (*failed)(void *ctx, const struct err *err);
	void (*alive)(void *ctx);
	void (*absent)(void *ctx);
	bool (*lost)(void *ctx);
};
void kube_follow(struct kube *k, struct str path, const struct kube_watcher *watcher);

#endif
