/*
 * Changes of a file's text that touch nothing else: not a comment, a quote, a line's end, nor the
 * meaning of any other value. A change is plain data about the tree; how it is written is found out
 * here, by the places of the nodes. What was written is read again and compared with the tree that
 * was meant; what would be anything else is refused.
 */
#ifndef DOC_EDIT_H
#define DOC_EDIT_H

#include "doc/obj.h"

enum edit_kind {
	EDIT_TEXT,    /* the string `at` becomes `text` */
	EDIT_KEY,     /* the key of the member `at` becomes `text` */
	EDIT_INSERT,  /* behind the member `at` its map gets the member `key`, the string `text` */
	EDIT_REMOVE,  /* the member `at` goes */
	EDIT_BEHIND,  /* behind the member `at` its map gets the members of `block` */
	EDIT_REPLACE, /* the member `at` becomes the members of `block` */
	EDIT_ITEM, /* behind the item `at` its list gets the item `block`, or the string `text` */
};

struct edit {
	enum edit_kind kind;
	struct obj at;
	/* For EDIT_INSERT; "a.b" is a map `a` with the one member `b`. */
	struct str key;
	struct str text;
	/* For EDIT_BEHIND and EDIT_REPLACE: a map, the root of a document that was read from text
	 * with lines that begin at its own indentation, none. It stands as it is written there,
	 * comments too; in braces it is written in those, and one with a comment is refused. A node
	 * has at most one of these, and no EDIT_INSERT beside it. For EDIT_ITEM: any root; absent:
	 * `text` is meant. */
	struct obj block;
	/* For EDIT_REMOVE: the comments right above that begin where it begins go, too. */
	bool comments;
	struct obj root; /* of the object, at or above `at` */
	/* Of a root that doc_read_embedded read: all that it read, and the string that holds that,
	 * in a document of the file. Absent: the root is one of the file. */
	struct obj inside;
	const struct doc_list *embedded;
	struct edit *next;
};

/* What belongs together: the text gets all of the list, or none. */
struct edit_group {
	const struct edit *edits;
	const char *refused; /* out: why it gets none; NULL: it has all */
};

/* `docs` is what doc_read_yaml read from `bytes`, and the edits are about it. Returns the new text,
 * in the arena; it is `bytes` when all are refused. Refusals are about the way a value is written:
 * over several lines, shared by an alias. */
struct str edit_apply(struct arena *a, struct str bytes, const struct doc_list *docs,
		      struct edit_group *groups, size_t len);

#endif
