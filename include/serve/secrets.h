/*
 * What is known of the Secrets that live objects refer to: key names and flags, and of those alone.
 * Nobody watches them, which would take the right to read every Secret. Each is looked up by its
 * name, again after a while, and soon after a write of it was reviewed. So what is known may be
 * old: see inventory_add_looked_up.
 *
 * A Secret is unknown until it was looked up, when it could not be read the last time, when that
 * was too long ago (limits.h), and from the review of a write of it on. It is absent only when the
 * API server said so the last time.
 *
 * `now` is in milliseconds of the monotonic clock. Any thread may call.
 */
#ifndef SERVE_SECRETS_H
#define SERVE_SECRETS_H

#include "cnpg/inventory.h"

struct secrets;

/* `changed` is called when something else is known, by the thread that has changed it. */
struct secrets *secrets_new(void (*changed)(void *ctx), void *ctx);
void secrets_free(struct secrets *s); /* NULL is fine */

/* The references of all live objects, anew: what is not named again is forgotten. Others wait
 * meanwhile. */
void secrets_begin(struct secrets *s);
void secrets_refer(struct secrets *s, struct str namespace, struct str name);
void secrets_end(struct secrets *s);

/* Adds what is known now. */
void secrets_tell(struct secrets *s, struct inventory *inventory, struct arena *a);

/* A write of it was reviewed, and may soon be stored. */
void secrets_written(struct secrets *s, struct str namespace, struct str name, int64_t now);

/* The one to look up now; false: none. Its text is copied into the arena. */
struct secrets_turn {
	struct str namespace, name;
};
bool secrets_next(struct secrets *s, int64_t now, struct arena *a, struct secrets_turn *turn);

enum secrets_found {
	SECRETS_READ,
	SECRETS_ABSENT,
	SECRETS_REFUSED, /* we may not */
	SECRETS_FAILED,
};
/* What came of it; `root` is the Secret, on SECRETS_READ. Values are decoded in the arena. */
void secrets_answer(struct secrets *s, const struct secrets_turn *turn, enum secrets_found found,
		    struct obj root, int64_t now, struct arena *a);

/* Asks for one after the other, at a moderate pace, until secrets_stop: the life of a thread. The
 * arena is overwritten after each. */
typedef enum secrets_found secrets_ask_fn(void *ctx, const struct secrets_turn *turn,
					  struct arena *a, struct obj *root);
void secrets_run(struct secrets *s, secrets_ask_fn *ask, void *ctx);
void secrets_stop(struct secrets *s);

void secrets_metrics(struct secrets *s, struct buf *out);

#endif
