/* Inside doc/: from a change of the tree to one of the text, and back to be sure. */
#ifndef DOC_EDIT_INNER_H
#define DOC_EDIT_INNER_H

#include "doc/edit.h"
#include "tree_internal.h"

/* The bytes from..to of the document's text become `text`. */
struct splice {
	size_t from, to;
	struct str text;
	bool shared; /* an anchor or an alias stands at the value or around it */
};

/* A place whose offset is known; begins as zeros. One for all edits of a file. */
struct cursor {
	uint32_t line, column;
	size_t offset;
};

/* NULL, or why it cannot be written. */
const char *splice_make(struct arena *a, const struct edit *e, struct cursor *c,
			struct splice *out);

/* A document that is not `old` with the edits (sorted, see edit_order) and nothing else. */
bool edit_differs(struct arena *a, const struct doc *old, const struct doc *new,
		  const struct edit *const *edits, size_t len);

/* For qsort, of const struct edit *: by node, then as listed. Equal ones say the same. */
int edit_order(const void *a, const void *b);

#endif
