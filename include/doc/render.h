/*
 * A document that is made out of others by changes: what kustomize, Flux or Argo CD would apply.
 * Each of its values knows the document that wrote it (obj_source) and its place there: what a
 * patch brought stands in the patch, and what was taken over stands where it was.
 *
 * A rendered document borrows the text of the documents that it is made of, which must outlive it.
 * It is read as any other, and may be changed until somebody reads it; a view (struct obj) of it
 * is good until the next change of that value or of one above it.
 *
 * Errors: E_LIMIT (LIMIT_NODES, LIMIT_DEPTH, the budget of the run), and E_VALUE for what the real
 * program refuses too, with the place of what asks for it in its own document. After an error the
 * document is as it happens to be: drop it.
 */
#ifndef DOC_RENDER_H
#define DOC_RENDER_H

#include "doc/obj.h"

struct render {
	struct arena *arena;
	/* Its nodes are taken off here: those that are made, as many as there are in the end or
	 * more. */
	struct doc_budget *budget;
	/* As kustomize reads files: a plain word that YAML 1.1 takes for a boolean and YAML 1.2 for
	 * text (off, yes, n) is text. Not so in JSON patches, which it reads as kubectl does. */
	bool words;
	struct doc *doc;	 /* set by render_copy */
	size_t nodes;		 /* as they count for LIMIT_NODES */
	const struct doc *wrong; /* set by an error of render_texts: its place is in this one */
};

/* What `root` is, as a document of its own: render->doc. */
MUST_CHECK bool render_copy(struct render *r, struct obj root, struct err *err);

/* Its root; absent (no node) when a patch deleted it. */
struct obj render_root(const struct render *r);

/*
 * A strategic merge patch of kustomize over an object without a schema, as all custom resources
 * are: maps are merged, null deletes, lists are replaced; "$patch: delete", "replace" and "merge"
 * in maps do what they say. Kind, name and namespace stay as they are, whatever the patch says of
 * them, but for what `may_change` allows.
 */
#define RENDER_CHANGE_NAME 1u
#define RENDER_CHANGE_KIND 2u
MUST_CHECK bool render_merge(struct render *r, struct obj patch, unsigned may_change,
			     struct err *err);

/* The list of operations of a JSON patch (RFC 6902), as kustomize's library takes them: an index
 * may be negative, and `replace` adds a member that is not there. */
MUST_CHECK bool render_json_patch(struct render *r, struct obj operations, struct err *err);

/*
 * Single changes. `map` is a map of the rendered document, and `writer` the value of another
 * document whose place the change has: where a person would undo it.
 */

/* The member `key` becomes this text, or is added as the last one. */
MUST_CHECK bool render_put_text(struct render *r, struct obj map, struct str key, struct str text,
				struct obj writer, struct err *err);
/* The same with a copy of a value, which stands where that stands. */
MUST_CHECK bool render_put(struct render *r, struct obj map, struct str key, struct obj value,
			   struct err *err);
/* A copy of a value becomes the last of a list. */
MUST_CHECK bool render_append(struct render *r, struct obj list, struct obj value, struct err *err);
/* The map under `key`, in *out; where there is none or null, an empty one is made. E_VALUE when it
 * is anything else. */
MUST_CHECK bool render_open(struct render *r, struct obj map, struct str key, struct obj writer,
			    struct obj *out, struct err *err);
/* The member `key` goes, if it is there. */
void render_remove(struct render *r, struct obj map, struct str key);
/* The value `at`, of the rendered document, becomes this text: obj_filled knows what it was where
 * the writer is another value. */
void render_text(struct render *r, struct obj at, struct str text, struct obj writer);

/* What a text becomes. */
struct render_changed {
	struct str text;
	bool as_text;  /* whatever it looks like */
	struct obj by; /* where it stands from now on; absent: where it stood */
};
typedef bool render_text_fn(void *ctx, struct str text, struct render_changed *out,
			    struct err *err);
/*
 * All text of the document, keys too, becomes what `change` makes of it (false: an error, which
 * gets the place of the text). That works on YAML that a program wrote, with quotes only where they
 * are needed: a text that has none, once changed, is read again as what it looks like then, a
 * number or a list, or as nothing that can be read (E_VALUE).
 */
MUST_CHECK bool render_texts(struct render *r, render_text_fn *change, void *ctx, struct err *err);

/* The value `at`, of the rendered document, stands from now on where `writer` does. */
void render_move(struct render *r, struct obj at, struct obj writer);

/* The value `at` took the place of `old`, of the rendered document as well: obj_filled. */
void render_filled(struct obj at, struct obj old);

/* kustomize reads something in it otherwise than kubectl (struct render, words). */
bool render_differs(struct obj root);

#endif
